/* loss_huber.c - a square for small errors, a line for large ones. */
#include <math.h>

#include "convlet/loss_kinds.h"

/*
 *     l(e) = e^2 / 2                    where |e| <= delta
 *            delta (|e| - delta / 2)    beyond
 *
 * Source: Huber, "Robust estimation of a location parameter", Annals of
 * Mathematical Statistics 1964; agrees with torch.nn.HuberLoss.
 */
static void errors(const double *e, size_t count, double parameter,
                   double *term, double *slope)
{
    const double delta = parameter;
    for (size_t i = 0; i < count; i++) {
        const double size = fabs(e[i]);
        const bool beyond = size > delta;
        term[i] = beyond ? delta * (size - delta / 2) : e[i] * e[i] / 2;
        slope[i] = beyond ? copysign(delta, e[i]) : e[i];
    }
}

const cvl_loss_kind cvl_loss_huber = {
    .name = "huber",
    .usage = "huber[:DELTA]: e^2 / 2 up to DELTA, which is 1, then a line",
    .target = CVL_TARGET_ARRAY,
    .reduction = CVL_REDUCTION_NOTEBOOK,
    .parameter_name = "delta",
    .parameter = 1,
    .value_and_grad = cvl_loss_sum_errors,
    .errors = errors,
};
