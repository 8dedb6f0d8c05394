/* net.c - see net.h for the contract. */
#include "conv/net.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/outputs.h"
#include "conv/output.h"
#include "nets/arrays.h"

static bool wants_gradient(const struct output_settings *out)
{
    return out->grad_input || out->grad_params || out->grad_loss;
}

/* A loss that is named, or a target, wants to be compared; and so does a
 * gradient, unless what is sent back is there. */
static struct net_ways ways_of(const struct config *config)
{
    const bool back = wants_gradient(&config->output);
    const bool named = config->data.target || config->data.labels ||
                       config->training.loss_is_said;
    return (struct net_ways){.backward = back,
                             .compares =
                                 !config->data.grad_output && (back || named)};
}

static cvl_status check_request(const struct config *config, cvl_error *err)
{
    if (config->data.grad_output && !wants_gradient(&config->output))
        return cvl_fail(err, CVL_EINVAL,
                        "--grad-output is there, but no gradient is asked for; "
                        "add --grad-params or --grad-input, with a file or "
                        "with - to print it");
    return CVL_OK;
}

/* Nothing that is there is lost, and no result in another. */
static cvl_status check_outputs(const struct config *config, cvl_error *err)
{
    const struct output_settings *const out = &config->output;
    const struct data_settings *const in = &config->data;
    const struct output outputs[] = {{"output", out->output},
                                     {"grad-input", out->grad_input},
                                     {"grad-params", out->grad_params},
                                     {"buffers", out->buffers},
                                     {"grad-loss", out->grad_loss}};
    const char *const inputs[] = {in->input,
                                  in->params,
                                  in->target,
                                  in->labels,
                                  config->show.model,
                                  in->grad_output,
                                  config->start.config_file};
    return outputs_check(outputs, sizeof outputs / sizeof *outputs, inputs,
                         sizeof inputs / sizeof *inputs, out->force, err);
}

/* Planes in the layout that x came in; of a net of [N,C], [N,K] and not
 * [N,K,1,1]. */
static cvl_status put_planes(const struct config *config,
                             const struct net_arrays *arrays, const char *path,
                             const char *name, const cvl_tensor *tensor,
                             cvl_error *err)
{
    const bool is_list =
        arrays->is_list && tensor->shape[2] == 1 && tensor->shape[3] == 1;
    cvl_tensor view = cvl_tensor_wrap(tensor->dtype, is_list ? 2 : 4,
                                      tensor->shape, tensor->data);
    const cvl_status status =
        is_list ? conv_put(path, name, &view, err)
                : conv_put_planes(config, path, name, &view, err);
    cvl_tensor_free(&view);
    return status;
}

/* Tensors under their names. */
static cvl_status put_named(const char *path, cvl_named_tensor *tensors,
                            size_t count, cvl_error *err)
{
    cvl_status status = CVL_OK;
    if (strcmp(path, "-") != 0)
        return cvl_safetensors_save(
            path, &(cvl_safetensors){.tensor_count = count, .tensors = tensors},
            err);
    for (size_t i = 0; !status && i < count; i++)
        status = conv_put(path, tensors[i].name, &tensors[i].tensor, err);
    return status;
}

static cvl_status put_gradients(const char *path, const cvl_net *net,
                                cvl_error *err)
{
    cvl_named_tensor tensors[CVL_MAX_PARAMS];
    if (!path) return CVL_OK;
    for (size_t i = 0; i < net->param_count; i++)
        tensors[i] =
            (cvl_named_tensor){net->params[i].name, net->params[i].grad};
    return put_named(path, tensors, net->param_count, err);
}

static cvl_status put_buffers(const char *path, const cvl_net *net,
                              cvl_error *err)
{
    cvl_named_tensor tensors[CVL_MAX_BUFFERS];
    if (!path) return CVL_OK;
    for (size_t i = 0; i < net->buffer_count; i++)
        tensors[i] =
            (cvl_named_tensor){net->buffers[i].name, net->buffers[i].value};
    return put_named(path, tensors, net->buffer_count, err);
}

/* "loss:0.693", and of labels "loss:0.693,accuracy:0.5". */
static void print_loss(const struct net_arrays *arrays)
{
    char text[NUMBER_SIZE];
    const size_t count = arrays->net.output.shape[0];
    printf("loss:%s", number_format(arrays->value, text));
    if (cvl_loss_kind_of(&arrays->loss)->target == CVL_TARGET_LABELS)
        printf(",accuracy:%s",
               number_format((double)net_arrays_right(arrays) / (double)count,
                             text));
    putchar('\n');
}

static cvl_status save(const struct config *config, struct net_ways ways,
                       const struct net_arrays *arrays, cvl_error *err)
{
    const struct output_settings *const out = &config->output;
    const bool is_asked =
        out->output || out->buffers || ways.backward || ways.compares;
    cvl_status status = put_planes(config, arrays, is_asked ? out->output : "-",
                                   "y", &arrays->net.output, err);
    if (!status && ways.compares) print_loss(arrays);
    if (!status && out->grad_loss)
        status =
            put_planes(config, arrays, out->grad_loss, "dy", &arrays->dy, err);
    if (!status && ways.backward)
        status =
            put_planes(config, arrays, out->grad_input, "dx", &arrays->dx, err);
    if (!status) status = put_gradients(out->grad_params, &arrays->net, err);
    return status ? status : put_buffers(out->buffers, &arrays->net, err);
}

static cvl_status check_buffers(const struct config *config, const cvl_net *net,
                                cvl_error *err)
{
    if (!config->output.buffers || net->buffer_count) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "--buffers: no layer of this net has some, as batchnorm "
                    "has; leave it out");
}

cvl_status conv_net(const struct config *config, cvl_error *err)
{
    const struct net_ways ways = ways_of(config);
    struct net_arrays arrays = {0};
    cvl_status status = check_request(config, err);
    if (!status) status = check_outputs(config, err);
    if (!status) status = net_arrays_load(config, ways, &arrays, err);
    if (!status) status = check_buffers(config, &arrays.net, err);
    if (!status) status = net_arrays_run(&arrays, ways, err);
    if (!status) status = save(config, ways, &arrays, err);
    net_arrays_free(&arrays);
    return status;
}
