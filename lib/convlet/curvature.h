/* curvature.h - how sharply a net's loss bends: what a step may not exceed. */
#ifndef CVL_CURVATURE_H
#define CVL_CURVATURE_H

#include <stdbool.h>

#include "convlet/loss.h"
#include "convlet/whitening.h"

/*
 * A loss as a function of the params of a net. H is the second derivative of
 * the loss that descends along scale * l', the gradient by the output.
 */
typedef struct cvl_objective {
    cvl_net *net;
    const cvl_loss *loss;   /* the kind is not NULL */
    const cvl_tensor *x;    /* the net's input */
    const cvl_tensor *t;    /* the target; only stacks need it */
    const cvl_tensor *mask; /* NULL, or 0 and 1 like the output */
    double scale;           /* cvl_loss_scale */
    cvl_tensor *work;       /* like the output; overwritten */
    /* NULL, or the coordinates of the params that H is the derivative in; for
     * one layer */
    const cvl_whitening *whitening;
    const cvl_exec *exec; /* of an optimiser's update; NULL: one thread */
} cvl_objective;

/* Is this loss of this net quadratic in the params, a bowl, so that H is the
 * same anywhere? It is for one layer that is linear in its params and a loss
 * whose terms have a curvature. */
bool cvl_objective_is_quadratic(const cvl_net *net, const cvl_loss_kind *loss);

/*
 * The largest eigenvalue of H by magnitude, by power iteration on products
 * with H; gradient descent with a rate above 2 / *largest leaves the bowl.
 * Quadratic: a product is one forward and one backward pass. Else it is the
 * central difference of two gradients, at the params as they are; the result
 * is a local estimate, not a bound.
 * The iteration starts from a fixed vector and stops where *largest settles
 * to 1e-4 of itself, or after 100 products. The params and
 * buffers are the same afterwards; their grads, the activations and
 * objective->work are not. *largest is 0 for a flat loss, and NaN where the net
 * overflows. CVL_ENOMEM. Source: Golub and Van Loan, "Matrix Computations",
 * section 7.3.
 */
cvl_status cvl_curvature_largest(const cvl_objective *objective,
                                 double *largest, cvl_error *err);

/*
 * One step of conjugate gradients toward the lowest point of a
 * quadratic: to it, in exact arithmetic, in as many steps as there are
 * params; rounding makes it more, the more so the longer the valley. Before it:
 * the params' grads at the params, as cvl_net_backward leaves them.
 *
 *   direction, descent   one tensor like each param; zeros before the first
 *                        step, then left alone between the steps
 *
 * Moves the params; overwrites the activations. One forward pass. Returns the
 * length of the gradient that it started from: 0 at the lowest point. Sums are
 * in double. Allocates nothing, cannot fail.
 * Source: Hestenes and Stiefel 1952, section 10 (CGLS), with the residual
 * computed anew each step and Polak and Ribiere's factor, which lose fewer
 * digits and agree in exact arithmetic; where rounding has eaten the
 * directions' conjugacy, it starts again along the gradient.
 */
double cvl_conjugate_step(const cvl_objective *objective, cvl_tensor *direction,
                          cvl_tensor *descent);

#endif
