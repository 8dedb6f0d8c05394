/* optimizer_sgd.c - stochastic gradient descent: see sgd.h. */

#include <assert.h>
#include <math.h>

#include "convlet/optimizer_kinds.h"
#include "convlet/sgd.h"
#include "kernel/elements.h"

/* What cvl_exec_run is told of a weight, which is waited for. */
static const double FLOPS = 8;

cvl_status cvl_sgd_check(const cvl_sgd *sgd, cvl_error *err)
{
    if (!(isfinite(sgd->lr) && sgd->lr >= 0))
        return cvl_fail(err, CVL_EINVAL,
                        "learning rate is %g, expected a number >= 0", sgd->lr);
    if (!(sgd->momentum >= 0 && sgd->momentum < 1))
        return cvl_fail(err, CVL_EINVAL,
                        "momentum is %g, expected 0 <= momentum < 1",
                        sgd->momentum);
    if (!(isfinite(sgd->weight_decay) && sgd->weight_decay >= 0))
        return cvl_fail(err, CVL_EINVAL,
                        "weight decay is %g, expected a number >= 0",
                        sgd->weight_decay);
    if (sgd->nesterov && sgd->momentum == 0)
        return cvl_fail(err, CVL_EINVAL,
                        "nesterov needs a momentum, for example 0.9");
    return CVL_OK;
}

void cvl_sgd_step(const cvl_sgd *sgd, cvl_tensor *p, const cvl_tensor *dp,
                  cvl_tensor *v)
{
    assert(!cvl_tensor_check_like("", dp, p, NULL));
    assert(v ? !cvl_tensor_check_like("", v, p, NULL) : sgd->momentum == 0);
    cvl_elements_of(p->dtype)->sgd_step(sgd->lr, sgd->momentum, sgd->nesterov,
                                        sgd->weight_decay, p->count, p->data,
                                        dp->data, v ? v->data : NULL);
}

static cvl_sgd sgd_of(const cvl_optimizer_settings *settings, double rate)
{
    return (cvl_sgd){rate, settings->momentum, settings->nesterov,
                     settings->weight_decay};
}

static size_t slots(const cvl_optimizer_settings *settings)
{
    return settings->momentum != 0 ? 1 : 0;
}

static cvl_status check(const cvl_optimizer_settings *settings, cvl_error *err)
{
    const cvl_sgd sgd = sgd_of(settings, settings->lr);
    return cvl_sgd_check(&sgd, err);
}

static void update(const void *context, cvl_tensor *p, const cvl_tensor *dp,
                   cvl_tensor *velocity, cvl_tensor *none)
{
    (void)none;
    cvl_sgd_step(context, p, dp, velocity);
}

static bool step(cvl_optimizer *optimizer, double rate,
                 const cvl_objective *objective)
{
    const cvl_sgd sgd = sgd_of(&optimizer->settings, rate);
    cvl_optimizer_update(optimizer, objective, FLOPS, update, &sgd);
    return false;
}

const cvl_optimizer_kind cvl_optimizer_sgd = {
    .name = "sgd",
    .title = "SGD",
    .usage = "",
    .knobs = CVL_KNOB_RATE | CVL_KNOB_MOMENTUM | CVL_KNOB_DECAY,
    .slot_names = {"velocity"},
    .slots = slots,
    .check = check,
    .step = step,
};
