/* optimizer.c - see optimizer.h for the contract. */
#include "convlet/optimizer.h"

#include <math.h>

#include "convlet/names.h"
#include "convlet/optimizer_kinds.h"

#define CVL_OPTIMIZER_ROW(file) &cvl_optimizer_##file,
static const cvl_optimizer_kind *const KINDS[] = {
    CVL_OPTIMIZER_KINDS(CVL_OPTIMIZER_ROW)};
enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };

const char *cvl_optimizer_kind_name(size_t index)
{
    return index < KIND_COUNT ? KINDS[index]->name : NULL;
}

const char *cvl_optimizer_kind_usage(size_t index)
{
    return index < KIND_COUNT ? KINDS[index]->usage : NULL;
}

const cvl_optimizer_kind *cvl_optimizer_kind_find(const char *name)
{
    const size_t i = cvl_names_index(cvl_optimizer_kind_name, name);
    return i < KIND_COUNT ? KINDS[i] : NULL;
}

const char *cvl_schedule_name(size_t schedule)
{
    static const char *const names[] = {"constant", "linear", "cosine"};
    return schedule < sizeof names / sizeof *names ? names[schedule] : NULL;
}

static const cvl_optimizer_kind *kind_of(const cvl_optimizer_settings *settings)
{
    return settings->kind ? settings->kind : KINDS[0];
}

size_t cvl_optimizer_slots(const cvl_optimizer_settings *settings)
{
    const cvl_optimizer_kind *const kind = kind_of(settings);
    if (kind->slots) return kind->slots(settings);
    size_t count = 0;
    while (count < CVL_OPTIMIZER_MAX_SLOTS && kind->slot_names[count]) count++;
    return count;
}

static cvl_status check(const cvl_optimizer_settings *settings,
                        const cvl_net *net, const cvl_loss_kind *loss,
                        cvl_error *err)
{
    const cvl_optimizer_kind *const kind = settings->kind;
    if (!cvl_schedule_name((size_t)settings->schedule))
        return cvl_fail(err, CVL_EINVAL, "%zu is no schedule",
                        (size_t)settings->schedule);
    if (kind->quadratic_only && !cvl_net_lone_conv2d(net))
        return cvl_fail(err, CVL_EINVAL,
                        "optimizer %s is for one conv layer, and this net is "
                        "none; use sgd or adam",
                        kind->name);
    if (kind->quadratic_only && !cvl_objective_is_quadratic(net, loss))
        return cvl_fail(err, CVL_EINVAL,
                        "optimizer %s is for a quadratic loss, and %s is none; "
                        "use sgd or adam",
                        kind->name, loss->name);
    return kind->check ? kind->check(settings, err) : CVL_OK;
}

cvl_status cvl_optimizer_init(cvl_optimizer *optimizer,
                              const cvl_optimizer_settings *settings,
                              const cvl_net *net, const cvl_loss_kind *loss,
                              cvl_error *err)
{
    void *block;
    const size_t params = net->param_count;
    *optimizer = (cvl_optimizer){.settings = *settings};
    optimizer->settings.kind = kind_of(settings);
    const size_t slots = cvl_optimizer_slots(settings);
    cvl_status status = check(&optimizer->settings, net, loss, err);
    if (!status)
        status = cvl_alloc(&block, slots * params * sizeof *optimizer->slots,
                           "the optimizer", err);
    if (status) return status;
    optimizer->slots = block;
    optimizer->slot_count = slots;
    optimizer->param_count = params;
    for (size_t i = 0; !status && i < slots * params; i++)
        status = cvl_tensor_init_like(&optimizer->slots[i],
                                      &net->params[i % params].value, err);
    return status;
}

void cvl_optimizer_free(cvl_optimizer *optimizer)
{
    const size_t count = optimizer->slot_count * optimizer->param_count;
    for (size_t i = 0; i < count; i++) cvl_tensor_free(&optimizer->slots[i]);
    cvl_free(optimizer->slots);
    *optimizer = (cvl_optimizer){0};
}

double cvl_optimizer_part(const cvl_optimizer_settings *settings,
                          size_t updates)
{
    static const double pi = 3.14159265358979323846;
    const double rise = updates < settings->warmup
                            ? (double)(updates + 1) / (double)settings->warmup
                            : 1;
    if (settings->schedule == CVL_SCHEDULE_CONSTANT) return rise;
    const double part = (double)updates / (double)settings->steps;
    return rise * (settings->schedule == CVL_SCHEDULE_LINEAR
                       ? 1 - part
                       : 0.5 + 0.5 * cos(pi * part));
}

bool cvl_optimizer_step(cvl_optimizer *optimizer,
                        const cvl_objective *objective)
{
    const cvl_optimizer_settings *const settings = &optimizer->settings;
    const double rate =
        settings->lr * cvl_optimizer_part(settings, optimizer->updates);
    optimizer->updates++;
    const cvl_whitening *const whitening = objective->whitening;
    if (whitening) cvl_whiten_grads(whitening, objective->net);
    if (whitening) cvl_whiten_params(whitening, objective->net);
    const bool over = settings->kind->step(optimizer, rate, objective);
    if (whitening) cvl_unwhiten_params(whitening, objective->net);
    return over;
}
