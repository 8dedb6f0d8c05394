/* gradcheck.h - are the gradients those of the output, or of the loss? */
#ifndef CVL_GRADCHECK_H
#define CVL_GRADCHECK_H

#include "convlet/loss.h"
#include "convlet/net.h"

/* The worst of one gradient's finite differences. */
typedef struct cvl_gradcheck_row {
    const char *name;   /* "weight", "bias", "input"; of a net "0.weight" */
    size_t checked;     /* how many elements were moved */
    size_t skipped;     /* of them: no quotient is the gradient; of a net */
    size_t worst_index; /* flat index of the largest difference */
    double analytic;    /* there: the gradient that was computed */
    double numeric;     /* there: the difference quotient */
    double error;       /* |analytic - numeric| / sum |y * dy|; of a net see
                           cvl_gradcheck_net; -1: all were skipped */
    double largest;     /* the largest |gradient|: near 0, nothing is proved */
} cvl_gradcheck_row;

/* What a check found. */
typedef struct cvl_gradcheck {
    cvl_gradcheck_row rows[3];
    size_t row_count; /* 2 without a bias */

    /* <y,dy>, <x,dx>, <w,dw> of the bias-free map: equal in exact arithmetic,
     * as it is linear in x and in w. */
    double output_product, input_product, weight_product;
    double adjoint_error; /* largest difference / sum |y * dy| */
} cvl_gradcheck;

/*
 * Compares the three gradients of L = sum(y * dy) with central difference
 * quotients at the given point. L is linear in each single argument, so a
 * step of 1 gives the exact quotient but for rounding: a smaller one would
 * only lose digits.
 *
 *   x, w, b (NULL: none), dy   the point and the upstream gradient
 *   samples                    elements moved per tensor (0: all), spread
 *                              evenly
 *
 * Errors are divided by the scale of the rounding, sum |y * dy|: 1e-12 is
 * rounding in float64. CVL_ENOMEM, CVL_ESHAPE.
 * Source: Baydin et al., "Automatic differentiation in machine learning: a
 * survey", JMLR 2018, section 2.1; CS231n, "Gradient checks".
 */
cvl_status cvl_gradcheck_conv2d(const cvl_conv2d *conv, const cvl_tensor *x,
                                const cvl_tensor *w, const cvl_tensor *b,
                                const cvl_tensor *dy, size_t samples,
                                cvl_gradcheck *result, cvl_error *err);

/* How far difference quotients of one step h are from the gradient, relative
 * to the largest element of it. */
typedef struct cvl_gradcheck_step {
    double h;         /* given */
    double one_sided; /* of (L(w + h) - L(w)) / h */
    double central;   /* of (L(w + h) - L(w - h)) / 2h */
} cvl_gradcheck_step;

/*
 * What a choice of h does to a check: for the squared error L = sum((y - t)^2)
 * by the weight, the largest error of each quotient for each of `count` steps.
 * L is a quadratic, so the one-sided quotient is off by h times half the
 * curvature and the central one by nothing; what rounding adds grows as h
 * falls. The steps are taken as they are given, even if w + h rounds to w.
 *
 *   x, w, b (NULL: none), t   the point and the target, like the output
 *   samples                   elements moved (0: all), spread evenly
 *
 * CVL_ENOMEM, CVL_ESHAPE.
 * Source: Nocedal and Wright, "Numerical Optimization", section 8.1.
 */
cvl_status cvl_gradcheck_sweep(const cvl_conv2d *conv, const cvl_tensor *x,
                               const cvl_tensor *w, const cvl_tensor *b,
                               const cvl_tensor *t, size_t samples,
                               cvl_gradcheck_step *steps, size_t count,
                               cvl_error *err);

/* A net that is built, and what its gradients are checked for. */
typedef struct cvl_gradcheck_task {
    cvl_net *net;                 /* both ways, its params set */
    const cvl_net_config *config; /* that it was built from */
    const cvl_loss *loss;
    const cvl_tensor *x; /* like the net's input */
    const cvl_tensor *t; /* what the loss compares with: see loss.h */
    size_t samples;      /* elements moved per tensor (0: all), spread evenly */
    double tolerance;    /* 0: 1e-6, or 1e-4 for float32 */
} cvl_gradcheck_task;

/* What a check of a net found. */
typedef struct cvl_net_gradcheck {
    size_t row_count;
    cvl_gradcheck_row rows[CVL_MAX_PARAMS + 1]; /* params, then the input */
    double tolerance;   /* that was taken: a larger error is wrong */
    double vanishing;   /* what no difference quotient tells from 0 */
    bool good;          /* no row is wrong */
    size_t wrong_layer; /* where one is: the last layer that computes a wrong
                           gradient from a right one, */
    const char *wrong;  /* and of what: a row's name, or "its input" */
} cvl_net_gradcheck;

/*
 * Compares the gradients that a net computes, by all of its params and by its
 * input, with central difference quotients of the loss, or of what the
 * reduction hands back instead of it.
 *
 * The quotients are those of a twin of the net in float64, with the same params
 * and buffers and in the same mode: float32 has no digits for them. Two steps,
 * h and h/2, are extrapolated, which leaves an error of h^4.
 *
 * Where the loss bends between them, at a relu's 0 or where another element of
 * a window becomes the largest, a quotient is not the gradient. It is seen by
 * what is left of S(h) - 2 S(h/2) and D(h) - D(h/2) of the second and the
 * central differences, which are of h^3 and h^2 where nothing bends, and by
 * one bend at least a seventh of it. Such an element is tried again with
 * smaller steps; if the last one still crosses a bend, it is skipped. A wrong
 * gradient is not: no bend makes up for it.
 *
 * An error is relative to the largest gradient of the tensor, or where that is
 * less than rounding lets a quotient tell, to that.
 *
 * Leaves the net's params alone; its activations, gradients and buffers are
 * spent. CVL_ENOMEM; CVL_ESHAPE for an x or a t that do not fit.
 * Source: Nocedal and Wright, "Numerical Optimization", section 8.1; Richardson
 * 1911 for the extrapolation.
 */
cvl_status cvl_gradcheck_net(const cvl_gradcheck_task *task,
                             cvl_net_gradcheck *result, cvl_error *err);

#endif
