/* layer_relu.c - the rectifier as a layer of a net. */
#include "convlet/layer.h"

#include <stdio.h>

#include "convlet/activation.h"

static cvl_status relu_parse(cvl_layer *layer, char *const *words, size_t count,
                             cvl_error *err)
{
    (void)layer;
    if (!count) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "relu takes no argument, got '%s'; a comma ends a layer",
                    words[0]);
}

static cvl_status relu_setup(cvl_layer *layer, const cvl_tensor *input,
                             const cvl_net_config *config, cvl_error *err)
{
    (void)config;
    (void)err;
    layer->output = *input;
    snprintf(layer->text, sizeof layer->text, "relu");
    return CVL_OK;
}

static void relu_forward(cvl_layer *layer, const cvl_tensor *x, void *work)
{
    (void)work;
    cvl_relu_forward(x, &layer->output);
}

static void relu_backward(cvl_layer *layer, const cvl_tensor *x,
                          const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    (void)layer;
    (void)work;
    if (dx) cvl_relu_backward(x, dy, dx);
}

const cvl_layer_kind cvl_layer_relu = {
    .name = "relu",
    .usage = "relu",
    .parse = relu_parse,
    .setup = relu_setup,
    .forward = relu_forward,
    .backward = relu_backward,
};
