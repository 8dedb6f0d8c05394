/* layer_maxpool.c - the largest number of each window. */
#include "convlet/layer_pool.h"

static void maxpool_forward(cvl_layer *layer, const cvl_tensor *x, void *work)
{
    const cvl_pool_layer *const own = layer->own;
    (void)work;
    cvl_maxpool_forward(&own->geometry, &own->exec, x, &layer->output);
}

static void maxpool_backward(cvl_layer *layer, const cvl_tensor *x,
                             const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    const cvl_pool_layer *const own = layer->own;
    (void)work;
    if (dx) cvl_maxpool_backward(&own->geometry, &own->exec, x, dy, dx);
}

const cvl_layer_kind cvl_layer_maxpool = {
    .name = "maxpool",
    .usage = "maxpool KHxKW|all [stride=S] [padding=P] [ceil=yes]: the largest "
             "of each window",
    .own_bytes = sizeof(cvl_pool_layer),
    .parse = cvl_pool_parse,
    .setup = cvl_pool_setup,
    .forward = maxpool_forward,
    .backward = maxpool_backward,
    .terms = cvl_pool_terms,
    .window = cvl_pool_window,
    .graph = cvl_pool_graph,
};
