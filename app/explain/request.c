/* request.c - see request.h for the contract. */
#include "explain/request.h"

#include <string.h>

#include <convlet/append.h>

#include "base/text.h"
#include "explain/explain.h"
#include "explain/sum.h"
#include "nets/rules.h"

cvl_status explain_read_request(const struct config *config,
                                struct explain_request *request, cvl_error *err)
{
    const struct explain_request all[] = {
        {CVL_ARRAY_Y, 0, "at", "N,K,Y,X", config->explain.of_output},
        {CVL_ARRAY_GRAD, 0, "grad-weight", "K,C,I,J",
         config->explain.of_weight},
        {CVL_ARRAY_DX, 0, "grad-input", "N,C,Y,X", config->explain.of_input},
        {CVL_ARRAY_GRAD, 1, "grad-bias", "K", config->explain.of_bias},
        {CVL_ARRAY_NONE, 0, "loss-row", "N", config->explain.of_loss}};
    const char *first = config->explain.of_geometry ? "geometry" : NULL;
    *request = (struct explain_request){.array = CVL_ARRAY_Y};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!all[i].index.count) continue;
        if (first)
            return cvl_fail(err, CVL_EINVAL,
                            "--%s and --%s are two questions; ask one at a "
                            "time",
                            first, all[i].flag);
        first = all[i].flag;
        *request = all[i];
    }
    return CVL_OK;
}

/* Of a net's layer without such params, or with more axes asked for than they
 * have: which layers have them, or how many axes. */
static cvl_status refuse_param(const struct explain_request *request,
                               const struct explain_layer *layer,
                               cvl_error *err)
{
    const char *const what = request->param ? "bias" : "weight";
    const cvl_net *const net = layer->net;
    char have[CVL_ERROR_SIZE / 2];
    cvl_layer_info info;
    have[0] = '\0';
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_net_layer_info(net, i, &info);
        if (info.param_count > request->param)
            cvl_append(have, sizeof have, "%s%zu", have[0] ? " or " : "", i);
    }
    cvl_net_layer_info(net, layer->index, &info);
    return cvl_fail(err, CVL_EINVAL, "--%s: layer %zu (%s) has no %s; %s%s",
                    request->flag, layer->index, info.kind, what,
                    have[0] ? "ask of --layer " : "no layer of the net has one",
                    have);
}

cvl_status explain_find(const struct explain_request *request,
                        const struct explain_layer *layer, cvl_element *number,
                        cvl_error *err)
{
    const cvl_tensor *const tensor =
        explain_result(layer, request->array, request->param);
    cvl_element last = {.array = request->array, .param = request->param};
    char asked[ELEMENT_SIZE], end[ELEMENT_SIZE];
    bool inside = true;
    size_t flat = 0;
    if (!tensor) return refuse_param(request, layer, err);
    last.ndim = tensor->ndim;
    *number = last;
    if (request->index.count > tensor->ndim)
        return cvl_fail(err, CVL_EINVAL,
                        "--%s: %s of this layer has %zu axis; write one "
                        "number, the channel",
                        request->flag, element_array(&last), tensor->ndim);
    const size_t *const at = request->index.at + 4 - tensor->ndim;
    for (size_t i = 0; i < tensor->ndim; i++) {
        if (at[i] >= tensor->shape[i]) inside = false;
        number->at[i] = (ptrdiff_t)at[i];
        last.at[i] = (ptrdiff_t)tensor->shape[i] - 1;
        flat = flat * tensor->shape[i] + at[i];
    }
    if (!inside)
        return cvl_fail(
            err, CVL_EINVAL, "--%s: there is no %s; the last %s is %s",
            request->flag, element_text(number, asked),
            tensor->ndim == 1 ? "K" : request->axes, element_place(&last, end));
    number->value = cvl_tensor_get(tensor, flat);
    return CVL_OK;
}

static bool has_own_size(const struct config *config)
{
    return strcmp(config->data.input, "random") != 0;
}

static bool is_example(const struct config *config)
{
    return strcmp(config->data.input, "example") == 0;
}

static bool has_weight(const struct config *config)
{
    return config->data.weight;
}

static bool has_example_weight(const struct config *config)
{
    return is_example(config) && !config->data.weight && !net_is_given(config);
}

static bool draws_nothing(const struct config *config)
{
    return has_example_weight(config) && !config->data.grad_output;
}

static bool has_grad_output(const struct config *config)
{
    return config->data.grad_output;
}

static bool asks_no_gradient(const struct config *config)
{
    const struct explain_settings *const explain = &config->explain;
    return !explain->of_weight.count && !explain->of_input.count &&
           !explain->of_bias.count;
}

static bool follows_path(const struct config *config)
{
    return config->explain.follows;
}

static bool asks_for_loss(const struct config *config)
{
    return config->explain.of_loss.count;
}

static bool needs_no_gradient(const struct config *config)
{
    return asks_no_gradient(config) && !asks_for_loss(config) &&
           !config->explain.save_arrays;
}

static bool has_no_loss(const struct config *config)
{
    return is_example(config) && !config->data.target && !net_is_given(config);
}

static bool compares_labels(const struct config *config)
{
    return net_loss_takes_labels(config) && !net_is_given(config);
}

static bool filters_target(const struct config *config)
{
    return net_is_given(config) && config->data.target &&
           strncmp(config->data.target, "filter:", 7) == 0;
}

static const char *target(const struct config *config)
{
    return config->data.target;
}

static const char *input(const struct config *config)
{
    return is_example(config) ? "the example" : config->data.input;
}

static const char *weight(const struct config *config)
{
    return config->data.weight;
}

const struct rule explain_rules[] = {
    {"net params channels height width", net_is_of_model,
     "@ has no effect beside --model; % has its own", net_model},
    {"weight bias weight-layout", net_is_given,
     "@ is of one convolution; a net takes its arrays from --params", NULL},
    {"kernels kernel-size stride padding dilation groups tie-input-channels",
     net_is_given,
     "@ is of one convolution; a net's layers say theirs, as conv 8 3x3 "
     "stride=2",
     NULL},
    {"layer", asks_for_loss,
     "@ has no effect beside --loss-row, which is of the net's output", NULL},
    {"grad-output", asks_for_loss,
     "@ takes the place of a loss, and --loss-row asks for one", NULL},
    {"loss-row layer params mode labels path label-smoothing", net_is_missing,
     "@ is for a net; add --net, as --net \"conv 8 3x3, relu\"", NULL},
    {"path", asks_no_gradient,
     "@ follows a gradient; add --grad-weight K,C,I,J, --grad-input N,C,Y,X or "
     "--grad-bias K",
     NULL},
    {"terms save-arrays", follows_path, "@ has no effect beside --path", NULL},
    {"target", filters_target,
     "@ % is of one convolution; of a net name ones, zeros, or a picture or "
     "array",
     target},
    {"batch channels height width", has_own_size,
     "@ is for random input; % has its own size", input},
    {"kernels kernel-size", has_weight,
     "@ is for kernels that are drawn; % has its own", weight},
    {"kernels kernel-size", has_example_weight,
     "@ is for kernels that are drawn; the example has its own; add --input "
     "random",
     NULL},
    {"seed", draws_nothing,
     "@ is for numbers that are drawn; add --input random", NULL},
    {"target loss reduction label-smoothing labels", has_grad_output,
     "@ has no effect beside --grad-output, the gradient to send back", NULL},
    {"grad-output target loss reduction label-smoothing labels",
     needs_no_gradient,
     "@ is for gradients; add --grad-weight K,C,I,J, --grad-input N,C,Y,X or "
     "--grad-bias K",
     NULL},
    {"loss", compares_labels,
     "@ % is of labels, and a convolution is explained toward an array; take "
     "mse, l1, huber or charbonnier",
     net_loss},
    {"loss reduction", has_no_loss, "@ is for a loss; add --target ones", NULL},
    {0}};
