/* layer_avgpool.c - the mean of each window. */
#include "convlet/layer_pool.h"

static cvl_status avgpool_parse(cvl_layer *layer, char *const *words,
                                size_t count, cvl_error *err)
{
    ((cvl_pool_layer *)layer->own)->averages = true;
    return cvl_pool_parse(layer, words, count, err);
}

static void avgpool_forward(cvl_layer *layer, const cvl_tensor *x, void *work)
{
    const cvl_pool_layer *const own = layer->own;
    (void)work;
    cvl_avgpool_forward(&own->geometry, &own->exec, x, &layer->output);
}

static void avgpool_backward(cvl_layer *layer, const cvl_tensor *x,
                             const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    const cvl_pool_layer *const own = layer->own;
    (void)x;
    (void)work;
    if (dx) cvl_avgpool_backward(&own->geometry, &own->exec, dy, dx);
}

const cvl_layer_kind cvl_layer_avgpool = {
    .name = "avgpool",
    .usage = "avgpool KHxKW|all [stride=S] [padding=P] [ceil=yes] "
             "[count-padding=no]: the mean of each window",
    .own_bytes = sizeof(cvl_pool_layer),
    .parse = avgpool_parse,
    .setup = cvl_pool_setup,
    .forward = avgpool_forward,
    .backward = avgpool_backward,
    .terms = cvl_pool_terms,
    .window = cvl_pool_window,
    .graph = cvl_pool_graph,
};
