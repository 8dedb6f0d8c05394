/* optimizer_adam.c - adaptive moments: see adam.h. */

#include <assert.h>
#include <math.h>

#include "convlet/adam.h"
#include "convlet/optimizer_kinds.h"
#include "kernel/elements.h"

/* What cvl_exec_run is told of a weight: a root and two divisions. */
static const double FLOPS = 20;

static cvl_status check_positive(const char *name, double value, cvl_error *err)
{
    if (isfinite(value) && value >= 0) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL, "%s is %g, expected a number >= 0", name,
                    value);
}

static cvl_status check_beta(const char *name, double value, cvl_error *err)
{
    if (value >= 0 && value < 1) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL, "%s is %g, expected 0 <= %s < 1", name,
                    value, name);
}

cvl_status cvl_adam_check(const cvl_adam *adam, cvl_error *err)
{
    cvl_status status = check_positive("learning rate", adam->lr, err);
    if (!status) status = check_beta("beta1", adam->beta1, err);
    if (!status) status = check_beta("beta2", adam->beta2, err);
    if (!status) status = check_positive("epsilon", adam->epsilon, err);
    if (!status)
        status = check_positive("weight decay", adam->weight_decay, err);
    return status;
}

void cvl_adam_step(const cvl_adam *adam, size_t step, cvl_tensor *p,
                   const cvl_tensor *dp, cvl_tensor *m, cvl_tensor *v)
{
    assert(step >= 1);
    assert(!cvl_tensor_check_like("", dp, p, NULL));
    assert(!cvl_tensor_check_like("", m, p, NULL));
    assert(!cvl_tensor_check_like("", v, p, NULL));
    const cvl_adam_rates rates = {
        .beta1 = adam->beta1,
        .beta2 = adam->beta2,
        .epsilon = adam->epsilon,
        .decay = adam->weight_decay,
        .rate = adam->lr / (1 - pow(adam->beta1, (double)step)),
        .root = sqrt(1 - pow(adam->beta2, (double)step)),
    };
    cvl_elements_of(p->dtype)->adam_step(&rates, p->count, p->data, dp->data,
                                         m->data, v->data);
}

static cvl_adam adam_of(const cvl_optimizer_settings *settings, double rate)
{
    return (cvl_adam){rate, settings->beta1, settings->beta2, settings->epsilon,
                      settings->weight_decay};
}

static cvl_status check(const cvl_optimizer_settings *settings, cvl_error *err)
{
    const cvl_adam adam = adam_of(settings, settings->lr);
    return cvl_adam_check(&adam, err);
}

/* What a step of all params goes by. */
typedef struct rates {
    cvl_adam adam;
    size_t step;
} rates;

static void update(const void *context, cvl_tensor *p, const cvl_tensor *dp,
                   cvl_tensor *mean, cvl_tensor *square)
{
    const rates *const r = context;
    cvl_adam_step(&r->adam, r->step, p, dp, mean, square);
}

static bool step(cvl_optimizer *optimizer, double rate,
                 const cvl_objective *objective)
{
    const rates r = {adam_of(&optimizer->settings, rate), optimizer->updates};
    cvl_optimizer_update(optimizer, objective, FLOPS, update, &r);
    return false;
}

/* Its steps are as long as the rate, whatever bends, and one layer has no bad
 * valleys. */
const cvl_optimizer_kind cvl_optimizer_adam = {
    .name = "adam",
    .title = "Adam",
    .usage = "",
    .knobs = CVL_KNOB_RATE | CVL_KNOB_DECAY | CVL_KNOB_MOMENTS,
    .rate = 0.1,
    .rough_rate = 0.001,
    .slot_names = {"mean", "square"},
    .check = check,
    .step = step,
};
