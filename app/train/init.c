/* init.c - the params that a run starts from. */
#include <string.h>

#include "data/arrays.h"
#include "data/model.h"
#include "train/run.h"

/* Replaces the value of the named param by an array from a file. */
static cvl_status load_param(struct run *run, const char *path,
                             const char *name, cvl_error *err)
{
    cvl_net *const net = &run->trainer.net;
    cvl_param *param = NULL;
    for (size_t i = 0; i < net->param_count; i++)
        if (strcmp(net->params[i].name, name) == 0) param = &net->params[i];
    if (!param)
        return cvl_fail(err, CVL_EINVAL, "%s: the first layer has no %s", path,
                        name + 2);
    cvl_tensor array;
    cvl_status status = array_read(path, NULL, &array, err);
    if (!status) status = array_convert(&array, run->dtype, err);
    if (!status)
        status = cvl_tensor_check_like(path, &array, &param->value, err);
    if (!status) cvl_tensor_copy(&param->value, &array);
    cvl_tensor_free(&array);
    return status;
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

cvl_status run_init_params(struct run *run, cvl_error *err)
{
    const struct config *const config = run->config;
    cvl_init init = CVL_INIT_NORMAL;
    cvl_status status = CVL_OK;
    if (cvl_init_parse(config->training.init, &init)) {
        cvl_net_init_params(&run->trainer.net, init, &run->state.random);
        if (config->training.residual) zero_last_kernels(&run->trainer.net);
        if (config->data.degrade) centre_first_bias(&run->trainer.net);
    } else {
        status =
            model_load_params(config->training.init, &run->trainer.net, err);
    }
    if (!status && config->training.init_weight)
        status = load_param(run, config->training.init_weight, "0.weight", err);
    if (!status && config->training.init_bias)
        status = load_param(run, config->training.init_bias, "0.bias", err);
    return status;
}
