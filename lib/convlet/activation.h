/* activation.h - what makes a stack more than one layer, element by element. */
#ifndef CVL_ACTIVATION_H
#define CVL_ACTIVATION_H

#include "convlet/exec.h"
#include "convlet/tensor.h"

/*
 * All of them are computed by the threads of exec (NULL: one), the same bits
 * for any number of them; NaN stays NaN. Like tensors (asserted); cannot fail.
 *
 * y = max(x, 0), element by element; y may be x.
 * Source: Glorot, Bordes and Bengio 2011; agrees with torch.nn.ReLU.
 */
void cvl_relu_forward(const cvl_tensor *x, const cvl_exec *exec, cvl_tensor *y);

/*
 * dx = dy where x > 0, else 0; dx may be dy. `x` may be the input or the
 * output of the forward pass: both are positive at the same places.
 */
void cvl_relu_backward(const cvl_tensor *x, const cvl_tensor *dy,
                       const cvl_exec *exec, cvl_tensor *dx);

/*
 * y = x where x > 0, else slope x; dx = dy where x > 0, else slope dy. y may be
 * x, and dx be dy.
 * Source: Maas, Hannun and Ng 2013; agrees with torch.nn.LeakyReLU.
 */
void cvl_leaky_forward(const cvl_tensor *x, double slope, const cvl_exec *exec,
                       cvl_tensor *y);
void cvl_leaky_backward(const cvl_tensor *x, double slope, const cvl_tensor *dy,
                        const cvl_exec *exec, cvl_tensor *dx);

/* y = tanh x, and y = 1 / (1 + exp(-x)); y may be x. */
void cvl_tanh_forward(const cvl_tensor *x, const cvl_exec *exec, cvl_tensor *y);
void cvl_sigmoid_forward(const cvl_tensor *x, const cvl_exec *exec,
                         cvl_tensor *y);

/* dx = dy (1 - y y), and dx = dy y (1 - y), from the output of the forward
 * pass; dx may be dy. */
void cvl_tanh_backward(const cvl_tensor *y, const cvl_tensor *dy,
                       const cvl_exec *exec, cvl_tensor *dx);
void cvl_sigmoid_backward(const cvl_tensor *y, const cvl_tensor *dy,
                          const cvl_exec *exec, cvl_tensor *dx);

#endif
