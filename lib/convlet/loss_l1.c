/* loss_l1.c - the absolute error |y - t|. */
#include <math.h>

#include "convlet/loss_kinds.h"

/* Agrees with torch.nn.L1Loss: the slope is 0 where e is. NaN stays NaN. */
static void terms(const double *e, size_t count, double parameter, double *term,
                  double *slope)
{
    (void)parameter;
    for (size_t i = 0; i < count; i++) {
        term[i] = fabs(e[i]);
        slope[i] = e[i] > 0 ? 1 : e[i] < 0 ? -1 : e[i];
    }
}

static double value_and_grad(const cvl_loss *loss, const cvl_tensor *y,
                             const cvl_tensor *t, const cvl_tensor *mask,
                             double scale, const cvl_exec *exec,
                             cvl_tensor *grad)
{
    return cvl_loss_sum_terms(terms, loss, y, t, mask, scale, exec, grad);
}

const cvl_loss_kind cvl_loss_l1 = {
    .name = "l1",
    .usage = "l1: the absolute error, which outliers pull no more than others",
    .target = CVL_TARGET_ARRAY,
    .reduction = CVL_REDUCTION_NOTEBOOK,
    .value_and_grad = value_and_grad,
};
