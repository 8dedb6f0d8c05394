/* dense.h - the dense layer: forward pass and its two gradients. */
#ifndef CVL_DENSE_H
#define CVL_DENSE_H

#include <stddef.h>

#include "convlet/conv2d.h"

/*
 * A dense (fully connected, linear) layer of fixed sizes: every output reads
 * every input. It is a convolution without padding whose kernel is as large as
 * its input, of which a matrix product makes less work. Owns nothing.
 */
typedef struct cvl_dense {
    size_t batch, inputs, outputs;
    cvl_dtype dtype;
    cvl_exec exec;
    const struct cvl_dense_kernel *kernel; /* its functions (private) */
    size_t work_bytes;
} cvl_dense;

/*
 * Plans a layer of so many inputs and outputs an image. `algo` is
 * CVL_CONV_DIRECT for plain loops in double, the reference; any other is the
 * matrix product, for exec's isa. Everything that can fail, fails here.
 * CVL_EINVAL for a size of 0, or products of sizes that nothing could hold, or
 * for an impossible exec.
 */
cvl_status cvl_dense_init(cvl_dense *dense, size_t batch, size_t inputs,
                          size_t outputs, cvl_dtype dtype, cvl_conv_algo algo,
                          const cvl_exec *exec, cvl_error *err);

/* "direct" or "product": what was chosen. */
const char *cvl_dense_algorithm(const cvl_dense *dense);

/* Bytes of scratch that each of the three passes needs, as for a convolution:
 * see cvl_conv2d_work_bytes. */
size_t cvl_dense_work_bytes(const cvl_dense *dense);

/*
 * y[n,o] = b[o] + sum over i of w[o,i] x[n,i]
 *
 *   x [N,I]   w [O,I]   b [O] or NULL   y [N,O]
 *
 * Each may have more axes, such as x [N,C,H,W] and w [O,C,H,W]: only the order
 * of the numbers counts (asserted: how many there are, and the dtype). y is
 * overwritten and may not overlap the others. Cannot fail. The same bits for
 * any number of threads. Where a term of the sum is NaN or infinite, so is the
 * result.
 * Source: Goodfellow, Bengio and Courville, "Deep Learning", 2016, eq. 6.40;
 * agrees with torch.nn.functional.linear of the flattened input.
 */
void cvl_dense_forward(const cvl_dense *dense, const cvl_tensor *x,
                       const cvl_tensor *w, const cvl_tensor *b, cvl_tensor *y,
                       void *work);

/*
 * The gradients of L = sum(y * dy) by the weights and the bias:
 *
 *   dw[o,i] = sum over n of dy[n,o] x[n,i]
 *   db[o]   = sum over n of dy[n,o]
 *
 * dw and db (NULL to leave it out) are overwritten. Other promises as above.
 */
void cvl_dense_grad_weight(const cvl_dense *dense, const cvl_tensor *x,
                           const cvl_tensor *dy, cvl_tensor *dw, cvl_tensor *db,
                           void *work);

/*
 * The gradient of L = sum(y * dy) by the input:
 *
 *   dx[n,i] = sum over o of w[o,i] dy[n,o]
 *
 * dx is overwritten. Other promises as above.
 */
void cvl_dense_grad_input(const cvl_dense *dense, const cvl_tensor *w,
                          const cvl_tensor *dy, cvl_tensor *dx, void *work);

#endif
