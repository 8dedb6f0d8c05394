/* trainer.c - see trainer.h for the contract. */
#include "convlet/trainer.h"

#include <assert.h>
#include <math.h>

#include "convlet/trainer_part.h"

/* It is faster for large outputs. */
cvl_status cvl_trainer_plan_lone(const cvl_net *net,
                                 const cvl_net_config *config,
                                 cvl_conv2d_step *lone, void **work,
                                 cvl_error *err)
{
    const cvl_conv2d *const conv = cvl_net_lone_conv2d(net);
    if (!conv) return CVL_OK;
    const cvl_status status = cvl_conv2d_step_init(
        lone, &conv->geometry, config->dtype, conv->algo, &config->exec, err);
    return status ? status
                  : cvl_alloc(work, lone->work_bytes, "scratch of a step", err);
}

/* How many terms the loss has of such an output, all of which counts. */
static size_t count_terms(const cvl_trainer *trainer, const cvl_tensor *output)
{
    return trainer->loss.kind->target == CVL_TARGET_LABELS ? output->shape[0]
                                                           : output->count;
}

cvl_status cvl_trainer_init(cvl_trainer *trainer, const cvl_net_config *net,
                            const cvl_loss *loss,
                            const cvl_optimizer_settings *optimizer,
                            cvl_error *err)
{
    *trainer = (cvl_trainer){.loss = *loss, .exec = net->exec};
    trainer->loss.kind = cvl_loss_kind_of(loss);
    cvl_status status = cvl_loss_check(loss, err);
    if (!status) status = cvl_net_build(&trainer->net, net, err);
    if (!status) status = cvl_net_check_train(&trainer->net, err);
    if (!status)
        status = cvl_loss_check_output(loss, &trainer->net.output, err);
    if (!status)
        status = cvl_optimizer_init(&trainer->optimizer, optimizer,
                                    &trainer->net, trainer->loss.kind, err);
    if (status) return status;
    trainer->used = count_terms(trainer, &trainer->net.output);
    status = cvl_tensor_init_like(&trainer->grad, &trainer->net.output, err);
    return status ? status
                  : cvl_trainer_plan_lone(&trainer->net, net, &trainer->lone,
                                          &trainer->work, err);
}

cvl_status cvl_trainer_add_rest(cvl_trainer *trainer, const cvl_net_config *net,
                                size_t images, cvl_error *err)
{
    cvl_conv_algo algos[CVL_MAX_LAYERS];
    cvl_net_config fewer = *net;
    cvl_net_algos(&trainer->net, algos);
    fewer.input_shape[0] = images;
    fewer.algos = algos;
    assert(!trainer->rest.layer_count && !trainer->mask.data);
    assert(images > 0 && images < net->input_shape[0]);
    cvl_status status = cvl_net_build(&trainer->rest, &fewer, err);
    if (!status) status = cvl_net_check_train(&trainer->rest, err);
    if (status) return status;
    cvl_net_share_params(&trainer->rest, &trainer->net);
    return cvl_tensor_init_like(&trainer->rest_grad, &trainer->rest.output,
                                err);
}

void cvl_trainer_free(cvl_trainer *trainer)
{
    cvl_net_free(&trainer->rest);
    cvl_tensor_free(&trainer->rest_grad);
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

/* What takes so many images. */
static cvl_trainer_part part_for(cvl_trainer *trainer, const cvl_tensor *x)
{
    cvl_net *const rest = &trainer->rest;
    cvl_trainer_part part = {.net = &trainer->net,
                             .grad = &trainer->grad,
                             .lone = &trainer->lone,
                             .work = trainer->work,
                             .loss = trainer->loss,
                             .used = trainer->used,
                             .mask = mask_of(trainer),
                             .exec = &trainer->exec};
    if (!rest->layer_count || x->shape[0] != rest->input.shape[0]) return part;
    part.net = rest;
    part.grad = &trainer->rest_grad;
    part.work = NULL;
    part.used = count_terms(trainer, &rest->output);
    return part;
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
    const cvl_trainer_part part = part_for(trainer, x);
    return (cvl_objective){
        .net = part.net,
        .x = x,
        .t = t,
        .mask = mask_of(trainer),
        .loss = &trainer->loss,
        .scale = cvl_loss_scale(&part.net->output, part.used,
                                trainer->loss.reduction),
        .work = part.grad,
        .whitening = trainer->whitening.factors ? &trainer->whitening : NULL,
        .exec = &trainer->exec};
}

bool cvl_trainer_is_close(const cvl_trainer *trainer,
                          const cvl_trainer_part *part, const cvl_tensor *t)
{
    const cvl_tensor *const mask = part->mask, *const y = &part->net->output;
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

double cvl_trainer_descend(const cvl_trainer_part *part, const cvl_tensor *x,
                           const cvl_tensor *t)
{
    cvl_net *const net = part->net;
    cvl_param *const bias = net->param_count > 1 ? &net->params[1] : NULL;
    if (part->work) {
        const cvl_conv2d_batch batch = {.x = x,
                                        .w = &net->params[0].value,
                                        .b = bias ? &bias->value : NULL,
                                        .t = t,
                                        .mask = part->mask,
                                        .used = part->used,
                                        .loss = part->loss,
                                        .y = &net->output,
                                        .dy = part->grad,
                                        .dw = &net->params[0].grad,
                                        .db = bias ? &bias->grad : NULL};
        const double loss = cvl_conv2d_step_run(part->lone, &batch, part->work);
        cvl_watch_tell(&net->watch, CVL_PART_DESCENT, 0);
        return loss;
    }
    double loss;
    cvl_net_forward(net, x);
    const cvl_status status =
        cvl_loss_compute(&part->loss, &net->output, t, part->mask, part->used,
                         part->exec, part->grad, &loss, NULL);
    assert(!status);
    (void)status;
    cvl_watch_tell(&net->watch, CVL_PART_LOSS, 0);
    if (isfinite(loss)) cvl_net_backward(net, x, part->grad, NULL);
    return loss;
}

cvl_step_result cvl_trainer_step(cvl_trainer *trainer, const cvl_tensor *x,
                                 const cvl_tensor *t)
{
    const cvl_trainer_part part = part_for(trainer, x);
    const cvl_tensor *const y = &part.net->output;
    const cvl_watch *const watch = &part.net->watch;
    cvl_net_keep_buffers(part.net);
    cvl_watch_tell(watch, CVL_PART_REST, 0);
    cvl_step_result result = {.loss = cvl_trainer_descend(&part, x, t),
                              .output = y};
    result.mean =
        cvl_loss_mean(result.loss, y, part.used, trainer->loss.reduction);
    result.finite = isfinite(result.loss);
    result.all_close = result.finite && cvl_trainer_is_close(trainer, &part, t);
    if (!result.finite || result.all_close) {
        cvl_net_restore_buffers(part.net);
        return result;
    }

    const cvl_objective objective = cvl_trainer_objective(trainer, x, t);
    cvl_watch_tell(watch, CVL_PART_REST, 0);
    result.settled = cvl_optimizer_step(&trainer->optimizer, &objective);
    cvl_watch_tell(watch, CVL_PART_UPDATE, 0);
    return result;
}
