/* loss_l1.c - the absolute error |y - t|. */
#include <math.h>

#include "convlet/loss_kinds.h"

/* Agrees with torch.nn.L1Loss: the slope is 0 where e is. NaN stays NaN. */
static void errors(const double *e, size_t count, double parameter,
                   double *term, double *slope)
{
    (void)parameter;
    for (size_t i = 0; i < count; i++) {
        term[i] = fabs(e[i]);
        slope[i] = e[i] > 0 ? 1 : e[i] < 0 ? -1 : e[i];
    }
}

const cvl_loss_kind cvl_loss_l1 = {
    .name = "l1",
    .usage = "l1: the absolute error, which outliers pull no more than others",
    .target = CVL_TARGET_ARRAY,
    .reduction = CVL_REDUCTION_NOTEBOOK,
    .value_and_grad = cvl_loss_sum_errors,
    .errors = errors,
};
