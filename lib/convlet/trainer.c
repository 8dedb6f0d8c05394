/* trainer.c - see trainer.h for the contract. */
#include "convlet/trainer.h"

#include <assert.h>
#include <math.h>

/* A lone layer has a step of its own, which is faster for large outputs. */
static cvl_status plan_lone(cvl_trainer *trainer, const cvl_net_config *config,
                            cvl_error *err)
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

cvl_status cvl_trainer_init(cvl_trainer *trainer, const cvl_net_config *net,
                            const cvl_loss *loss,
                            const cvl_optimizer_settings *optimizer,
                            cvl_error *err)
{
    *trainer = (cvl_trainer){.loss = *loss, .exec = net->exec};
    trainer->loss.kind = cvl_loss_kind_of(loss);
    if (!cvl_reduction_name(loss->reduction))
        return cvl_fail(err, CVL_EINVAL, "%zu is no reduction",
                        (size_t)loss->reduction);
    cvl_status status = cvl_net_build(&trainer->net, net, err);
    if (!status)
        status = cvl_optimizer_init(&trainer->optimizer, optimizer,
                                    &trainer->net, trainer->loss.kind, err);
    if (status) return status;
    const cvl_tensor *const output = &trainer->net.output;
    trainer->used = trainer->loss.kind->target == CVL_TARGET_LABELS
                        ? output->shape[0]
                        : output->count;
    status = cvl_tensor_init_like(&trainer->grad, output, err);
    return status ? status : plan_lone(trainer, net, err);
}

void cvl_trainer_free(cvl_trainer *trainer)
{
    cvl_optimizer_free(&trainer->optimizer);
    cvl_conv2d_step_free(&trainer->lone);
    cvl_free(trainer->work);
    cvl_tensor_free(&trainer->mask);
    cvl_whitening_free(&trainer->whitening);
    cvl_tensor_free(&trainer->grad);
    cvl_net_free(&trainer->net);
    *trainer = (cvl_trainer){0};
}

static const cvl_tensor *mask_of(const cvl_trainer *trainer)
{
    return trainer->mask.data ? &trainer->mask : NULL;
}

cvl_status cvl_trainer_whiten(cvl_trainer *trainer, const cvl_tensor *x,
                              cvl_error *err)
{
    cvl_whitening_free(&trainer->whitening);
    return cvl_whitening_init(&trainer->whitening, &trainer->net, x,
                              mask_of(trainer), err);
}

bool cvl_trainer_is_quadratic(const cvl_trainer *trainer)
{
    return cvl_objective_is_quadratic(&trainer->net, trainer->loss.kind);
}

cvl_objective cvl_trainer_objective(cvl_trainer *trainer, const cvl_tensor *x,
                                    const cvl_tensor *t)
{
    return (cvl_objective){
        .net = &trainer->net,
        .x = x,
        .t = t,
        .mask = mask_of(trainer),
        .loss = trainer->loss.kind,
        .scale = cvl_loss_scale(&trainer->net.output, trainer->used,
                                trainer->loss.reduction),
        .work = &trainer->grad,
        .whitening = trainer->whitening.factors ? &trainer->whitening : NULL};
}

/* Is the output the target wherever that counts? */
static bool is_close(const cvl_trainer *trainer, const cvl_tensor *t)
{
    const cvl_tensor *const y = &trainer->net.output;
    const cvl_tensor *const mask = mask_of(trainer);
    if (trainer->loss.kind->target == CVL_TARGET_LABELS) return false;
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
static double descend(cvl_trainer *trainer, const cvl_tensor *x,
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

cvl_step_result cvl_trainer_step(cvl_trainer *trainer, const cvl_tensor *x,
                                 const cvl_tensor *t)
{
    cvl_step_result result = {.loss = descend(trainer, x, t)};
    result.mean = cvl_loss_mean(result.loss, &trainer->net.output,
                                trainer->used, trainer->loss.reduction);
    result.finite = isfinite(result.loss);
    result.all_close = result.finite && is_close(trainer, t);
    if (!result.finite || result.all_close) return result;

    const cvl_objective objective = cvl_trainer_objective(trainer, x, t);
    result.settled = cvl_optimizer_step(&trainer->optimizer, &objective);
    return result;
}
