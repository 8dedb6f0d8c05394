/* request.c - see request.h for the contract. */
#include "explain/request.h"

#include <stdio.h>
#include <string.h>

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
    struct text asked = {0}, last = {0};
    const size_t *const at = request->index.at + 4 - tensor->ndim;
    bool inside = true;
    size_t flat = 0;
    *number = (cvl_element){.array = request->array, .param = request->param};
    for (size_t i = 0; i < tensor->ndim; i++) {
        if (at[i] >= tensor->shape[i]) inside = false;
        number->at[i] = (ptrdiff_t)at[i];
        flat = flat * tensor->shape[i] + at[i];
        text_add(&asked, "%s%zu", i ? "," : "", at[i]);
        text_add(&last, "%s%zu", i ? "," : "", tensor->shape[i] - 1);
    }
    cvl_status status = text_status(&asked, err);
    if (!status) status = text_status(&last, err);
    if (!status && inside)
        number->value = cvl_tensor_get(tensor, flat);
    else if (!status)
        status = cvl_fail(
            err, CVL_EINVAL, "--%s: there is no %s[%s]; the last %s is %s",
            request->flag, array_name(request->array, request->param),
            asked.data, request->axes, last.data);
    text_free(&asked);
    text_free(&last);
    return status;
}

/* Flags that have no effect where a rule applies, and why. */
struct rule {
    bool applies;
    const char *names[5]; /* ends in NULL */
    const char *why, *source, *rest;
};

static cvl_status refuse(const struct resolution *resolution,
                         const struct rule *rule, cvl_error *err)
{
    for (const char *const *name = rule->names; *name; name++)
        if (resolution_origin(
                resolution, option_find(*name, COMMAND_EXPLAIN)) == ORIGIN_FLAG)
            return cvl_fail(err, CVL_EINVAL, "--%s %s%s%s", *name, rule->why,
                            rule->source, rule->rest);
    return CVL_OK;
}

cvl_status explain_refuse_idle(const struct resolution *resolution,
                               cvl_error *err)
{
    const struct config *const config = &resolution->config;
    char input[TEXT_CLIP], weight[TEXT_CLIP];
    const bool random = strcmp(config->data.input, "random") == 0;
    const bool example = strcmp(config->data.input, "example") == 0;
    const bool given = config->data.weight || example;
    const bool is_gradient = config->explain.of_weight.count ||
                             config->explain.of_input.count ||
                             config->explain.of_bias.count;
    text_clip(example ? "the example" : config->data.input, input);
    text_clip(config->data.weight ? config->data.weight : "the example",
              weight);
    const struct rule rules[] = {
        {!random,
         {"batch", "channels", "height", "width"},
         "is for random input; ",
         input,
         " has its own size"},
        {given,
         {"kernels", "kernel-size"},
         "is for kernels that are drawn; ",
         weight,
         example && !config->data.weight ? " has its own; add --input random"
                                         : " has its own"},
        {example && !config->data.weight && !config->data.grad_output,
         {"seed"},
         "is for numbers that are drawn; add --input random",
         "",
         ""},
        {config->data.grad_output,
         {"target", "reduction"},
         "has no effect beside --grad-output, the gradient to send back",
         "",
         ""},
        {!is_gradient && !config->explain.save_arrays,
         {"grad-output", "target", "reduction"},
         "is for gradients; add --grad-weight K,C,I,J, --grad-input N,C,Y,X "
         "or --grad-bias K",
         "",
         ""},
        {example && !config->data.target,
         {"reduction"},
         "is for a loss; add --target ones",
         "",
         ""},
    };
    cvl_status status = CVL_OK;
    for (size_t i = 0; !status && i < sizeof rules / sizeof *rules; i++)
        if (rules[i].applies) status = refuse(resolution, &rules[i], err);
    return status;
}
