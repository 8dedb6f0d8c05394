/* write.h - how the generators of the shipped pictures end. */
#ifndef WRITE_H
#define WRITE_H

#include <convlet/tensor.h>

/* Writes the picture that was made as the PNG that argv names, and frees it.
 * Returns main's exit status, and says on stderr what went wrong. */
int write_picture(cvl_status status, cvl_tensor *picture, cvl_error *err,
                  int argc, char **argv);

#endif
