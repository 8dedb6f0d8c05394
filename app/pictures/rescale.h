/* rescale.h - whole arrays, [N,C,H,W] of any dtype, of another size. */
#ifndef CONVLET_PICTURES_RESCALE_H
#define CONVLET_PICTURES_RESCALE_H

#include <convlet/tensor.h>

#include "pictures/resample.h"

/*
 * Each makes a new tensor of the dtype of x. CVL_ENOMEM.
 *
 *   resize    cut at the bottom and the right, or filled with the last row and
 *             column of x
 *   enlarge   `factor` times as many rows and columns, by Keys' cubic as
 *             axis_bicubic has it
 */
cvl_status rescale_resize(const cvl_tensor *x, size_t height, size_t width,
                          cvl_tensor *result, cvl_error *err);
cvl_status rescale_enlarge(const cvl_tensor *x, size_t factor,
                           cvl_tensor *result, cvl_error *err);

/*
 * The same along any two axes, into a tensor [N,C,rows->to,columns->to] that is
 * there, of the dtype of x [N,C,rows->from,columns->from]. CVL_ENOMEM.
 */
cvl_status rescale_by(const struct axis *rows, const struct axis *columns,
                      const cvl_tensor *x, cvl_tensor *result, cvl_error *err);

#endif
