/* trainer.c - see trainer.h for the contract. */
#include "train/trainer.h"

#include <assert.h>
#include <math.h>

#include <convlet/memory.h>

/* A lone layer has a step of its own, which is faster for large outputs. */
static cvl_status plan_lone(struct trainer *trainer,
                            const cvl_net_config *config, cvl_error *err)
{
    const cvl_conv2d *const conv = cvl_net_lone_conv2d(&trainer->net);
    if (!conv) return CVL_OK;
    const cvl_status status =
        cvl_conv2d_step_init(&trainer->lone, &conv->geometry, config->dtype,
                             config->algo, &config->exec, err);
    return status ? status
                  : cvl_alloc(&trainer->work, trainer->lone.work_bytes,
                              "scratch of a step", err);
}

cvl_status trainer_init(struct trainer *trainer, const cvl_net_config *config,
                        const struct optimizer_settings *optimizer,
                        cvl_error *err)
{
    *trainer = (struct trainer){.used = 0};
    cvl_status status = cvl_net_build(&trainer->net, config, err);
    if (!status)
        status =
            optimizer_init(&trainer->optimizer, optimizer, &trainer->net, err);
    if (status) return status;
    const cvl_tensor *const output = &trainer->net.output;
    trainer->exec = config->exec;
    trainer->used = output->count;
    status = cvl_tensor_init_like(&trainer->grad, output, err);
    return status ? status : plan_lone(trainer, config, err);
}

void trainer_free(struct trainer *trainer)
{
    optimizer_free(&trainer->optimizer);
    cvl_conv2d_step_free(&trainer->lone);
    cvl_free(trainer->work);
    cvl_tensor_free(&trainer->mask);
    cvl_tensor_free(&trainer->grad);
    cvl_net_free(&trainer->net);
    *trainer = (struct trainer){0};
}

static const cvl_tensor *mask_of(const struct trainer *trainer)
{
    return trainer->mask.data ? &trainer->mask : NULL;
}

bool trainer_is_quadratic(const struct trainer *trainer)
{
    return cvl_objective_is_quadratic(&trainer->net,
                                      cvl_loss_kind_of(&trainer->loss));
}

cvl_objective trainer_objective(struct trainer *trainer, const cvl_tensor *x,
                                const cvl_tensor *t)
{
    return (cvl_objective){.net = &trainer->net,
                           .x = x,
                           .t = t,
                           .mask = mask_of(trainer),
                           .loss = cvl_loss_kind_of(&trainer->loss),
                           .scale = cvl_loss_scale(&trainer->net.output,
                                                   trainer->used,
                                                   trainer->loss.reduction),
                           .work = &trainer->grad};
}

/* Is the output the target wherever that counts? */
static bool is_close(const struct trainer *trainer, const cvl_tensor *t)
{
    const cvl_tensor *const y = &trainer->net.output;
    const cvl_tensor *const mask = mask_of(trainer);
    if (!mask) return cvl_tensor_allclose(t, y, trainer->rtol, trainer->atol);
    for (size_t i = 0; i < y->count; i++) {
        const double want = cvl_tensor_get(y, i);
        const double error = fabs(cvl_tensor_get(t, i) - want);
        if (cvl_tensor_get(mask, i) != 0 &&
            !(error <= trainer->atol + trainer->rtol * fabs(want)))
            return false;
    }
    return true;
}

/* The loss and, but for a net whose loss is not finite, all gradients. */
static double descend(struct trainer *trainer, const cvl_tensor *x,
                      const cvl_tensor *t)
{
    cvl_net *const net = &trainer->net;
    cvl_param *const bias = net->param_count > 1 ? &net->params[1] : NULL;
    if (trainer->work) {
        const cvl_conv2d_batch batch = {.x = x,
                                        .w = &net->params[0].value,
                                        .b = bias ? &bias->value : NULL,
                                        .t = t,
                                        .mask = mask_of(trainer),
                                        .used = trainer->used,
                                        .loss = trainer->loss,
                                        .y = &net->output,
                                        .dy = &trainer->grad,
                                        .dw = &net->params[0].grad,
                                        .db = bias ? &bias->grad : NULL};
        return cvl_conv2d_step_run(&trainer->lone, &batch, trainer->work);
    }
    double loss;
    cvl_net_forward(net, x);
    const cvl_status status = cvl_loss_compute(
        &trainer->loss, &net->output, t, mask_of(trainer), trainer->used,
        &trainer->exec, &trainer->grad, &loss, NULL);
    assert(!status);
    (void)status;
    if (isfinite(loss)) cvl_net_backward(net, x, &trainer->grad, NULL);
    return loss;
}

struct step_result trainer_step(struct trainer *trainer, const cvl_tensor *x,
                                const cvl_tensor *t)
{
    struct step_result result = {.loss = descend(trainer, x, t)};
    result.mse = cvl_loss_mean(result.loss, &trainer->net.output, trainer->used,
                               trainer->loss.reduction);
    result.finite = isfinite(result.loss);
    result.all_close = result.finite && is_close(trainer, t);
    if (!result.finite || result.all_close) return result;

    const cvl_objective objective = trainer_objective(trainer, x, t);
    const double gain = optimizer_step(&trainer->optimizer, &objective);
    /* In the loss's own unit, which is not always that of its gradient. */
    const double mean_gain = gain / (objective.scale * (double)trainer->used);
    result.settled = mean_gain < TRAINER_SETTLED * result.mse;
    return result;
}
