/* optimizer.c - see optimizer.h for the contract. */
#include "train/optimizer.h"

#include <math.h>

#include <convlet/memory.h>

static const char *const NAMES[][OPTIMIZER_SLOTS] = {
    [OPTIMIZER_SGD] = {"velocity"},
    [OPTIMIZER_ADAM] = {"mean", "square"},
    [OPTIMIZER_CG] = {"direction", "descent"},
};

struct optimizer_settings optimizer_of(const struct config *config)
{
    return (struct optimizer_settings){
        .choice = config->training.optimizer,
        .sgd = {config->training.lr, config->training.momentum,
                config->training.nesterov, config->training.weight_decay},
        .adam = {config->training.lr, config->training.beta1,
                 config->training.beta2, config->training.epsilon,
                 config->training.weight_decay},
        .schedule = config->training.lr_schedule,
        .steps = config->training.steps,
        .warmup = config->training.lr_warmup};
}

static void add_knob(const char *name, double value, struct text *text)
{
    text_add(text, ", %s ", name);
    text_add_real(text, value);
}

void optimizer_describe(const struct config *config, struct text *text)
{
    if (config->training.optimizer == OPTIMIZER_CG) {
        text_add(text, "conjugate gradients");
        return;
    }
    const bool adam = config->training.optimizer == OPTIMIZER_ADAM;
    text_add(text, adam ? "Adam" : "SGD");
    add_knob("lr", config->training.lr, text);
    if (config->training.lr_schedule != SCHEDULE_CONSTANT)
        text_add(text, " falling to 0 along %s",
                 config->training.lr_schedule == SCHEDULE_LINEAR ? "a line"
                                                                 : "a cosine");
    if (config->training.lr_warmup)
        text_add(text, " after %zu updates of rising",
                 config->training.lr_warmup);
    if (adam) {
        add_knob("betas", config->training.beta1, text);
        text_add(text, " and ");
        text_add_real(text, config->training.beta2);
        add_knob("epsilon", config->training.epsilon, text);
    } else {
        add_knob("momentum", config->training.momentum, text);
        text_add(text, "%s", config->training.nesterov ? " (Nesterov)" : "");
    }
    add_knob("weight decay", config->training.weight_decay, text);
}

static cvl_status check(const struct optimizer_settings *settings,
                        const cvl_net *net, cvl_error *err)
{
    switch (settings->choice) {
    case OPTIMIZER_SGD: return cvl_sgd_check(&settings->sgd, err);
    case OPTIMIZER_ADAM: return cvl_adam_check(&settings->adam, err);
    case OPTIMIZER_CG: break;
    }
    if (cvl_net_lone_conv2d(net)) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "--optimizer cg is for one conv layer, and this net is "
                    "none; use sgd or adam");
}

size_t optimizer_slots(const struct optimizer_settings *settings)
{
    if (settings->choice != OPTIMIZER_SGD) return 2;
    return settings->sgd.momentum != 0 ? 1 : 0;
}

cvl_status optimizer_init(struct optimizer *optimizer,
                          const struct optimizer_settings *settings,
                          const cvl_net *net, cvl_error *err)
{
    void *block;
    const size_t slots = optimizer_slots(settings), params = net->param_count;
    *optimizer = (struct optimizer){.settings = *settings};
    cvl_status status = check(settings, net, err);
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

void optimizer_free(struct optimizer *optimizer)
{
    const size_t count = optimizer->slot_count * optimizer->param_count;
    for (size_t i = 0; i < count; i++) cvl_tensor_free(&optimizer->slots[i]);
    cvl_free(optimizer->slots);
    *optimizer = (struct optimizer){0};
}

const char *optimizer_slot_name(const struct optimizer *optimizer, size_t slot)
{
    return NAMES[optimizer->settings.choice][slot];
}

cvl_tensor *optimizer_slot(const struct optimizer *optimizer, size_t slot,
                           size_t param)
{
    return &optimizer->slots[slot * optimizer->param_count + param];
}

double optimizer_rate(const struct optimizer_settings *settings, size_t updates)
{
    static const double pi = 3.14159265358979323846;
    const double rise = updates < settings->warmup
                            ? (double)(updates + 1) / (double)settings->warmup
                            : 1;
    if (settings->schedule == SCHEDULE_CONSTANT) return rise;
    const double part = (double)updates / (double)settings->steps;
    return rise * (settings->schedule == SCHEDULE_LINEAR
                       ? 1 - part
                       : 0.5 + 0.5 * cos(pi * part));
}

double optimizer_step(struct optimizer *optimizer,
                      const cvl_objective *objective)
{
    const struct optimizer_settings *const settings = &optimizer->settings;
    const double part = optimizer_rate(settings, optimizer->updates);
    cvl_sgd sgd = settings->sgd;
    cvl_adam adam = settings->adam;
    sgd.lr *= part;
    adam.lr *= part;
    const bool remembers = optimizer->slot_count > 0;
    optimizer->updates++;
    if (settings->choice == OPTIMIZER_CG)
        return cvl_conjugate_step(objective, optimizer_slot(optimizer, 0, 0),
                                  optimizer_slot(optimizer, 1, 0));
    for (size_t i = 0; i < optimizer->param_count; i++) {
        cvl_param *const param = &objective->net->params[i];
        if (settings->choice == OPTIMIZER_ADAM)
            cvl_adam_step(&adam, optimizer->updates, &param->value,
                          &param->grad, optimizer_slot(optimizer, 0, i),
                          optimizer_slot(optimizer, 1, i));
        else
            cvl_sgd_step(&sgd, &param->value, &param->grad,
                         remembers ? optimizer_slot(optimizer, 0, i) : NULL);
    }
    return HUGE_VAL;
}
