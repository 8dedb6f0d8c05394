/* curvature.h - how sharply a net's loss bends: what a step may not exceed. */
#ifndef CVL_CURVATURE_H
#define CVL_CURVATURE_H

#include <stdbool.h>

#include "convlet/net.h"

/*
 * A squared error seen as a bowl over the params of a net: the gradient by
 * the output is slope * mask * (y - t), and H is the second derivative of the
 * loss that descends along it.
 */
typedef struct cvl_bowl {
    cvl_net *net;
    const cvl_tensor *x;    /* the net's input */
    const cvl_tensor *t;    /* the target; only stacks need it */
    const cvl_tensor *mask; /* NULL, or 0 and 1 like the output */
    double slope;           /* cvl_loss_slope */
    cvl_tensor *work;       /* like the output; overwritten */
} cvl_bowl;

/* Is the net one layer, linear in its params, so that H is the same anywhere
 * and what is found holds everywhere? */
bool cvl_bowl_is_exact(const cvl_net *net);

/*
 * The largest eigenvalue of H by magnitude, by power iteration on products
 * with H; gradient descent with a rate above 2 / *largest leaves the bowl.
 * One layer: a product is one forward and one backward pass. A stack: it is
 * the central difference of two gradients, at the params as they are; the
 * result is a local estimate, not a bound.
 * The iteration starts from a fixed vector and stops where *largest settles
 * to 1e-4 of itself, or after 100 products. The params are the same
 * afterwards; their grads, the activations and bowl->work are not.
 * *largest is 0 for a flat loss, and NaN where the net overflows.
 * CVL_ENOMEM. Source: Golub and Van Loan, "Matrix Computations", section 7.3.
 */
cvl_status cvl_curvature_largest(const cvl_bowl *bowl, double *largest,
                                 cvl_error *err);

/*
 * One step of conjugate gradients toward the lowest point of the bowl of one
 * linear layer: to it, in exact arithmetic, in as many steps as there are
 * params. Before it: the params' grads at the params, as cvl_net_backward
 * leaves them.
 *
 *   direction, descent   one tensor like each param; zeros before the first
 *                        step, then left alone between the steps
 *
 * Moves the params; overwrites the activations. One forward pass. Returns by
 * how much that lowers the loss that descends along slope * mask * (y - t),
 * up to rounding: 0 at the lowest point. Allocates nothing, cannot fail.
 * Source: Hestenes and Stiefel 1952, section 10 (CGLS), with the residual
 * computed anew each step and Polak and Ribiere's factor, which lose fewer
 * digits and agree in exact arithmetic.
 */
double cvl_conjugate_step(const cvl_bowl *bowl, cvl_tensor *direction,
                          cvl_tensor *descent);

#endif
