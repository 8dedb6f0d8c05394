/* activation.h - the rectifier, which makes a stack more than one layer. */
#ifndef CVL_ACTIVATION_H
#define CVL_ACTIVATION_H

#include "convlet/tensor.h"

/*
 * y = max(x, 0), element by element; y may be x. NaN stays NaN.
 * Like tensors (asserted); cannot fail.
 * Source: Glorot, Bordes and Bengio 2011; agrees with torch.nn.ReLU.
 */
void cvl_relu_forward(const cvl_tensor *x, cvl_tensor *y);

/*
 * dx = dy where x > 0, else 0; dx may be dy. `x` may be the input or the
 * output of the forward pass: both are positive at the same places.
 */
void cvl_relu_backward(const cvl_tensor *x, const cvl_tensor *dy,
                       cvl_tensor *dx);

#endif
