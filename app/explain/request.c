/* request.c - see request.h for the contract. */
#include "explain/request.h"

#include <stdio.h>
#include <string.h>

#include "base/setup.h"
#include "base/text.h"
#include "explain/explain.h"
#include "explain/sum.h"

cvl_status explain_read_request(const struct config *config,
                                struct explain_request *request, cvl_error *err)
{
    const struct explain_request all[] = {
        {CVL_ARRAY_Y, 0, "at", "N,K,Y,X", config->explain.of_output},
        {CVL_ARRAY_GRAD, 0, "grad-weight", "K,C,I,J",
         config->explain.of_weight},
        {CVL_ARRAY_DX, 0, "grad-input", "N,C,Y,X", config->explain.of_input},
        {CVL_ARRAY_GRAD, 1, "grad-bias", "K", config->explain.of_bias}};
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

cvl_status explain_find(const struct explain_request *request,
                        const cvl_tensor *tensor, cvl_element *number,
                        cvl_error *err)
{
    const size_t *const at = request->index.at + 4 - tensor->ndim;
    cvl_element last = {.array = request->array, .param = request->param};
    char asked[ELEMENT_SIZE], end[ELEMENT_SIZE];
    bool inside = true;
    size_t flat = 0;
    *number = last;
    for (size_t i = 0; i < tensor->ndim; i++) {
        if (at[i] >= tensor->shape[i]) inside = false;
        number->at[i] = (ptrdiff_t)at[i];
        last.at[i] = (ptrdiff_t)tensor->shape[i] - 1;
        flat = flat * tensor->shape[i] + at[i];
    }
    if (!inside)
        return cvl_fail(err, CVL_EINVAL,
                        "--%s: there is no %s; the last %s is %s",
                        request->flag, element_text(number, asked),
                        request->axes, element_place(&last, end));
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
    return is_example(config) && !config->data.weight;
}

static bool draws_nothing(const struct config *config)
{
    return has_example_weight(config) && !config->data.grad_output;
}

static bool has_grad_output(const struct config *config)
{
    return config->data.grad_output;
}

static bool needs_no_gradient(const struct config *config)
{
    const struct explain_settings *const explain = &config->explain;
    return !explain->of_weight.count && !explain->of_input.count &&
           !explain->of_bias.count && !explain->save_arrays;
}

static bool has_no_loss(const struct config *config)
{
    return is_example(config) && !config->data.target;
}

static bool compares_labels(const struct config *config)
{
    return setup_compares_labels(&config->training);
}

static const char *loss(const struct config *config)
{
    return config->training.loss;
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
    {"target loss reduction", has_grad_output,
     "@ has no effect beside --grad-output, the gradient to send back", NULL},
    {"grad-output target loss reduction", needs_no_gradient,
     "@ is for gradients; add --grad-weight K,C,I,J, --grad-input N,C,Y,X or "
     "--grad-bias K",
     NULL},
    {"loss", compares_labels,
     "@ % is of labels, and a convolution is explained toward an array; take "
     "mse, l1, huber or charbonnier",
     loss},
    {"loss reduction", has_no_loss, "@ is for a loss; add --target ones", NULL},
    {0}};
