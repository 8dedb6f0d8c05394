/* optimizer_sign.c - an optimiser that convlet lacks: by the sign alone. */
#include <math.h>

#include "convlet/optimizer_kinds.h"

/* The mean of the gradients' signs, which the step follows. */
static size_t slots(const cvl_optimizer_settings *settings)
{
    (void)settings;
    return 1;
}

static double sign_of(double value)
{
    return (value > 0) - (value < 0);
}

/* m = momentum m + sign(dp); p = p - lr sign(m) */
static bool step(cvl_optimizer *optimizer, double rate,
                 const cvl_objective *objective)
{
    const double momentum = optimizer->settings.momentum;
    for (size_t i = 0; i < optimizer->param_count; i++) {
        cvl_param *const param = &objective->net->params[i];
        cvl_tensor *const m = cvl_optimizer_slot(optimizer, 0, i);
        for (size_t j = 0; j < m->count; j++) {
            const double sign = sign_of(cvl_tensor_get(&param->grad, j));
            cvl_tensor_set(m, j, momentum * cvl_tensor_get(m, j) + sign);
            const double moved = cvl_tensor_get(&param->value, j) -
                                 rate * sign_of(cvl_tensor_get(m, j));
            cvl_tensor_set(&param->value, j, moved);
        }
    }
    return false;
}

const cvl_optimizer_kind cvl_optimizer_sign = {
    .name = "sign",
    .title = "sign descent",
    .usage = "sign: steps of one size, by the sign of the gradients",
    .knobs = CVL_KNOB_RATE | CVL_KNOB_MOMENTUM,
    .rate = 0.001,
    .rough_rate = 0.001,
    .slot_names = {"signs"},
    .slots = slots,
    .step = step,
};
