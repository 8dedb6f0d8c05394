/* gradcheck.h - are the gradients of a convolution those of its output? */
#ifndef CVL_GRADCHECK_H
#define CVL_GRADCHECK_H

#include "convlet/conv2d.h"

/* The worst of one gradient's finite differences. */
typedef struct cvl_gradcheck_row {
    const char *name;   /* "weight", "bias", "input" */
    size_t checked;     /* how many elements were moved */
    size_t worst_index; /* flat index of the largest difference */
    double analytic;    /* there: the gradient that was computed */
    double numeric;     /* there: the difference quotient */
    double error;       /* |analytic - numeric| / sum |y * dy| */
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

#endif
