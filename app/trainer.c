/* trainer.c - see trainer.h for the contract. */
#include "trainer.h"

#include <assert.h>
#include <math.h>

#include <convlet/memory.h>

/* Zeros like each param. */
static cvl_status make_velocities(struct trainer *trainer, cvl_error *err)
{
    void *block;
    const size_t count = trainer->net.param_count;
    cvl_status status =
        cvl_alloc(&block, count * sizeof *trainer->velocity, "velocities", err);
    if (status) return status;
    trainer->velocity = block;
    for (size_t i = 0; !status && i < count; i++) {
        const cvl_tensor *const value = &trainer->net.params[i].value;
        status = cvl_tensor_init(&trainer->velocity[i], value->dtype,
                                 value->ndim, value->shape, err);
    }
    return status;
}

cvl_status trainer_init(struct trainer *trainer, const cvl_net_config *config,
                        const cvl_sgd *sgd, cvl_error *err)
{
    *trainer = (struct trainer){.sgd = *sgd};
    cvl_status status = cvl_sgd_check(sgd, err);
    if (!status) status = cvl_net_build(&trainer->net, config, err);
    if (status) return status;
    const cvl_tensor *const output = &trainer->net.output;
    status = cvl_tensor_init(&trainer->grad, output->dtype, output->ndim,
                             output->shape, err);
    if (!status && sgd->momentum != 0) status = make_velocities(trainer, err);
    return status;
}

void trainer_free(struct trainer *trainer)
{
    if (trainer->velocity)
        for (size_t i = 0; i < trainer->net.param_count; i++)
            cvl_tensor_free(&trainer->velocity[i]);
    cvl_free(trainer->velocity);
    cvl_tensor_free(&trainer->grad);
    cvl_net_free(&trainer->net);
    *trainer = (struct trainer){0};
}

/* The mean of the squared errors from the loss, whose sum is the same. */
static double mean_of(double loss, cvl_reduction reduction, const cvl_tensor *y)
{
    switch (reduction) {
    case CVL_REDUCTION_SUM: return loss / (double)y->count;
    case CVL_REDUCTION_NOTEBOOK: return loss / (double)y->shape[3];
    case CVL_REDUCTION_MEAN: break;
    }
    return loss;
}

struct step_result trainer_step(struct trainer *trainer, const cvl_tensor *x,
                                const cvl_tensor *t)
{
    cvl_net *const net = &trainer->net;
    struct step_result result;
    cvl_net_forward(net, x);
    const cvl_status status = cvl_loss_mse(&net->output, t, trainer->reduction,
                                           &trainer->grad, &result.loss, NULL);
    assert(!status);
    (void)status;
    result.mse = mean_of(result.loss, trainer->reduction, &net->output);
    result.finite = isfinite(result.loss);
    result.all_close =
        result.finite &&
        cvl_tensor_allclose(t, &net->output, trainer->rtol, trainer->atol);
    if (!result.finite || result.all_close) return result;

    cvl_net_backward(net, x, &trainer->grad, NULL);
    for (size_t i = 0; i < net->param_count; i++)
        cvl_sgd_step(&trainer->sgd, &net->params[i].value, &net->params[i].grad,
                     trainer->velocity ? &trainer->velocity[i] : NULL);
    return result;
}
