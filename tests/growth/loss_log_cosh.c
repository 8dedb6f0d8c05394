/* loss_log_cosh.c - a loss that convlet lacks: log cosh(y - t). */
#include <math.h>

#include "convlet/loss_kinds.h"

/* log cosh(e) = |e| + log(1 + exp(-2 |e|)) - log 2, which cannot overflow. */
static double value_and_grad(const cvl_loss *loss, const cvl_tensor *y,
                             const cvl_tensor *t, const cvl_tensor *mask,
                             double scale, const cvl_exec *exec,
                             cvl_tensor *grad)
{
    (void)loss, (void)exec;
    double sum = 0;
    for (size_t i = 0; i < y->count; i++) {
        const double weight = mask ? cvl_tensor_get(mask, i) : 1;
        const double e = cvl_tensor_get(y, i) - cvl_tensor_get(t, i);
        const double size = fabs(e);
        if (weight != 0) sum += size + log1p(exp(-2 * size)) - log(2);
        if (grad) cvl_tensor_set(grad, i, weight * scale * tanh(e));
    }
    return sum;
}

const cvl_loss_kind cvl_loss_log_cosh = {
    .name = "log-cosh",
    .usage = "log-cosh: log cosh(y - t)",
    .target = CVL_TARGET_ARRAY,
    .reduction = CVL_REDUCTION_NOTEBOOK,
    .value_and_grad = value_and_grad,
};
