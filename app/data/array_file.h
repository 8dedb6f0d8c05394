/* array_file.h - a .npy or IDX file, which gzip may have packed. */
#ifndef CONVLET_DATA_ARRAY_FILE_H
#define CONVLET_DATA_ARRAY_FILE_H

#include <convlet/numbers.h>
#include <convlet/tensor.h>

#include "data/source.h"

/* {0} is empty. */
struct array_file {
    struct source source;
    struct source_mark mark; /* of the file, packed where it is */
    cvl_numbers numbers;     /* in its bytes */
};

/* Reads the file; messages start with the path. CVL_EIO, CVL_EFORMAT,
 * CVL_EUNSUPPORTED, CVL_ENOMEM; it is {0} then. */
cvl_status array_file_read(const char *path, struct array_file *file,
                           cvl_error *err);

/* The same as float64, with the axes that the file has. Errors as above. */
cvl_status array_file_read_all(const char *path, cvl_tensor *tensor,
                               cvl_error *err);

/* Frees and resets; idempotent. */
void array_file_free(struct array_file *file);

#endif
