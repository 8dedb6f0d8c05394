/* loss_charbonnier.c - the absolute error without its bend at 0. */
#include <math.h>

#include "convlet/loss_kinds.h"

/*
 *     l(e) = sqrt(e^2 + eps^2)    l'(e) = e / l(e)
 *
 * Source: Charbonnier, Blanc-Feraud, Aubert and Barlaud, "Two deterministic
 * half-quadratic regularization algorithms for computed imaging", ICIP 1994.
 */
static void errors(const double *e, size_t count, double parameter,
                   double *term, double *slope)
{
    const double square = parameter * parameter;
    for (size_t i = 0; i < count; i++) {
        term[i] = sqrt(e[i] * e[i] + square);
        slope[i] = e[i] / term[i];
    }
}

const cvl_loss_kind cvl_loss_charbonnier = {
    .name = "charbonnier",
    .usage = "charbonnier[:EPS]: sqrt(e^2 + EPS^2), an l1 without its bend; "
             "EPS is 0.001",
    .target = CVL_TARGET_ARRAY,
    .reduction = CVL_REDUCTION_NOTEBOOK,
    .parameter_name = "eps",
    .parameter = 1e-3,
    .value_and_grad = cvl_loss_sum_errors,
    .errors = errors,
};
