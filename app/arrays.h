/* arrays.h - arrays from files, as the commands want them. */
#ifndef CONVLET_ARRAYS_H
#define CONVLET_ARRAYS_H

#include <stdbool.h>

#include <convlet/error.h>
#include <convlet/tensor.h>

/*
 * Reads a picture (see picture.h) or a .npy array into a new tensor of four
 * axes; an array of fewer gets axes of 1 in front, so that a 1D signal is
 * [1,1,1,W]. Values that are not finite are refused with their index.
 *
 *   is_picture   receives whether it was one; may be NULL
 *
 * An array keeps its own dtype; a picture gets `dtype`. A note about dropped
 * alpha goes to stderr. CVL_EIO, CVL_EFORMAT, CVL_EUNSUPPORTED, CVL_ENOMEM.
 */
cvl_status array_load_4d(const char *path, cvl_dtype dtype, cvl_tensor *tensor,
                         bool *is_picture, cvl_error *err);

/* A .npy array with the axes that the file has; finite. */
cvl_status array_load(const char *path, cvl_tensor *tensor, cvl_error *err);

/* Turns the tensor into one of that dtype; CVL_ENOMEM. */
cvl_status array_convert(cvl_tensor *tensor, cvl_dtype dtype, cvl_error *err);

/* Reorders the four axes as numpy.transpose does; CVL_ENOMEM. */
cvl_status array_transpose(cvl_tensor *tensor, const size_t axes[4],
                           cvl_error *err);

#endif
