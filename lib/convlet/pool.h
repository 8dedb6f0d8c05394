/* pool.h - the largest or the mean of each window, and the way back. */
#ifndef CVL_POOL_H
#define CVL_POOL_H

#include "convlet/exec.h"
#include "convlet/pool_geometry.h"
#include "convlet/tensor.h"

/*
 * For every function here:
 *
 *   g      checked
 *   exec   NULL for one thread; however many, the bits are the same
 *   x, dx  of cvl_pool_input_shape, y, dy of cvl_pool_output_shape, all of one
 *          dtype (asserted); what is written is none of what is read
 *
 * They take planes apart, allocate nothing, and cannot fail.
 */

/*
 * y is the largest x of each window. Padding is never chosen. Of equal values
 * the first in row-major order is taken, NaN before everything, the last NaN
 * before others; of a window of nothing but -infinity its first. Agrees with
 * torch.nn.MaxPool2d.
 */
void cvl_maxpool_forward(const cvl_pool_geometry *g, const cvl_exec *exec,
                         const cvl_tensor *x, cvl_tensor *y);

/*
 * dx is the sum of dy over the windows that took that x, in their row-major
 * order, 0 where none did. No index was kept: the windows are searched again.
 */
void cvl_maxpool_backward(const cvl_pool_geometry *g, const cvl_exec *exec,
                          const cvl_tensor *x, const cvl_tensor *dy,
                          cvl_tensor *dx);

/*
 * y is the sum of each window's x, added in double in row-major order, over
 * what is counted across times what is counted down (see cvl_pool_span). Agrees
 * with torch.nn.AvgPool2d.
 */
void cvl_avgpool_forward(const cvl_pool_geometry *g, const cvl_exec *exec,
                         const cvl_tensor *x, cvl_tensor *y);

/* dx is the sum of dy over the same count, of the windows that read that x, in
 * their row-major order. */
void cvl_avgpool_backward(const cvl_pool_geometry *g, const cvl_exec *exec,
                          const cvl_tensor *dy, cvl_tensor *dx);

#endif
