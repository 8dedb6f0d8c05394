/* output.h - results of `convlet conv`, in a file or on the screen. */
#ifndef CONVLET_CONV_OUTPUT_H
#define CONVLET_CONV_OUTPUT_H

#include <convlet/tensor.h>

#include "base/config.h"

/* Writes a .npy file, or prints the tensor under its name where the path is
 * "-"; nothing where it is NULL. CVL_EIO, CVL_ENOMEM. */
cvl_status conv_put(const char *path, const char *name,
                    const cvl_tensor *tensor, cvl_error *err);

/* The same of planes, in the layout that x came in. */
cvl_status conv_put_planes(const struct config *config, const char *path,
                           const char *name, cvl_tensor *tensor,
                           cvl_error *err);

#endif
