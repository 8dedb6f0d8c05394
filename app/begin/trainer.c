/* trainer.c - see trainer.h for the contract. */
#include "begin/trainer.h"

#include <convlet/memory.h>

#include "base/setup.h"
#include "data/mask.h"

/* Adds `times` copies of a tensor of that shape; false where that overflows. */
static bool add_tensor(size_t *sum, size_t times, cvl_dtype dtype,
                       const size_t shape[4])
{
    size_t bytes;
    return cvl_size_product(shape, 4, &bytes) &&
           cvl_size_mul(bytes, cvl_dtype_size(dtype), &bytes) &&
           cvl_size_mul(bytes, times, &bytes) && cvl_size_add(*sum, bytes, sum);
}

bool begin_bytes(const struct training_settings *settings, const cvl_net *net,
                 size_t *bytes)
{
    const cvl_optimizer_settings optimizer = setup_optimizer(settings);
    const cvl_dtype dtype = net->input.dtype;
    const bool masked =
        settings->region == REGION_VALID || settings->mask_clipped;
    const size_t params_shape[4] = {cvl_net_param_numbers(net), 1, 1, 1};
    *bytes = net->arena.used;
    return !net->arena.overflow &&
           add_tensor(bytes, 1, dtype, net->input.shape) &&
           add_tensor(bytes, masked ? 3 : 2, dtype, net->output.shape) &&
           add_tensor(bytes, cvl_optimizer_slots(&optimizer), dtype,
                      params_shape);
}

cvl_status begin_trainer(cvl_trainer *trainer, const cvl_net_config *net,
                         const struct training_settings *settings,
                         cvl_error *err)
{
    const cvl_loss loss = setup_loss(settings);
    const cvl_optimizer_settings optimizer = setup_optimizer(settings);
    cvl_error why;
    const cvl_status status =
        cvl_trainer_init(trainer, net, &loss, &optimizer, &why);
    trainer->rtol = settings->rtol;
    trainer->atol = settings->atol;
    if (!status) return CVL_OK;
    const bool unfit = trainer->net.layer_count > 0 &&
                       optimizer.kind->quadratic_only &&
                       !cvl_trainer_is_quadratic(trainer);
    return cvl_fail(err, status, "%s%s", unfit ? "--" : "", why.message);
}

/*
 * What is added to the input begins as nothing: a net of random kernels adds
 * so much that unlearning it kills half of the rectifiers. Source: Goyal et
 * al., "Accurate, large minibatch SGD", 2017, section 5.1, which starts the
 * last layer of every residual branch at zero.
 */
static void zero_last_kernels(cvl_net *net)
{
    for (size_t i = net->param_count; i-- > 0;)
        if (net->params[i].value.ndim == 4) {
            cvl_tensor_fill(&net->params[i].value, 0.0);
            return;
        }
}

/*
 * Pictures hold 0 to 1. The first layer's bias is set so that mid-grey gives
 * 0, as if the input was centred; without that, brightness drowns everything
 * else. Source: LeCun, Bottou, Orr and Mueller, "Efficient BackProp", 1998,
 * section 4.3.
 */
static void centre_first_bias(cvl_net *net)
{
    if (net->param_count < 2 || net->params[1].value.ndim != 1) return;
    const cvl_tensor *const w = &net->params[0].value;
    cvl_tensor *const bias = &net->params[1].value;
    const size_t window = w->count / bias->count;
    for (size_t o = 0; o < bias->count; o++) {
        double sum = 0;
        for (size_t i = 0; i < window; i++)
            sum += cvl_tensor_get(w, o * window + i);
        cvl_tensor_set(bias, o, -0.5 * sum);
    }
}

void begin_params(cvl_net *net, cvl_init init, const struct config *config,
                  cvl_random *random)
{
    cvl_net_init_params(net, init, random);
    if (config->training.residual) zero_last_kernels(net);
    if (config->data.degrade) centre_first_bias(net);
}

cvl_status begin_settle(cvl_trainer *trainer, const struct config *config,
                        const cvl_tensor *input, const cvl_tensor *target,
                        const char *clips, cvl_error *err)
{
    const cvl_status status =
        mask_make(&config->training, &trainer->net, target, clips,
                  &trainer->mask, &trainer->used, err);
    if (status || !config->training.whiten || config->data.degrade ||
        !cvl_net_lone_conv2d(&trainer->net))
        return status;
    return cvl_trainer_whiten(trainer, input, err);
}

/* Whitened, a loss of a mean square bends by 2: adam settles where an epsilon
 * of this size is well above the gradients. */
static const double WHITE_EPSILON = 0.01;

void begin_epsilon(cvl_trainer *trainer, struct training_settings *settings)
{
    cvl_optimizer_settings *const optimizer = &trainer->optimizer.settings;
    if (settings->epsilon > 0 || !(optimizer->kind->knobs & CVL_KNOB_MOMENTS))
        return;
    if (trainer->whitening.factors) optimizer->epsilon = WHITE_EPSILON;
    settings->epsilon = optimizer->epsilon;
}

bool begin_lacks_rate(const cvl_trainer *trainer,
                      const struct training_settings *settings)
{
    return !(settings->lr > 0) &&
           (trainer->optimizer.settings.kind->knobs & CVL_KNOB_RATE);
}

cvl_status begin_rate(cvl_trainer *trainer, struct training_settings *settings,
                      const cvl_tensor *x, const cvl_tensor *t,
                      struct rate_bounds *bounds, cvl_error *err)
{
    cvl_optimizer_settings *const optimizer = &trainer->optimizer.settings;
    cvl_status status = CVL_OK;
    bounds->exact = cvl_trainer_is_quadratic(trainer);
    if (rate_is_bounded(optimizer->kind))
        status = rate_bounds_measure(trainer, x, t, bounds, err);
    settings->lr = learning_rate_auto(optimizer, bounds);
    optimizer->lr = settings->lr;
    return status;
}
