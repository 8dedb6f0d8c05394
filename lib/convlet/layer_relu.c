/* layer_relu.c - the rectifier as a layer of a net. */
#include "convlet/activation.h"
#include "convlet/layer_pointwise.h"

static void relu_forward(cvl_layer *layer, const cvl_tensor *x, void *work)
{
    (void)work;
    cvl_relu_forward(x, cvl_pointwise_exec(layer), &layer->output);
}

static void relu_backward(cvl_layer *layer, const cvl_tensor *x,
                          const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    (void)work;
    if (dx) cvl_relu_backward(x, dy, cvl_pointwise_exec(layer), dx);
}

static void relu_terms(const cvl_terms *terms, const cvl_element *number,
                       cvl_term_visit *visit, void *context)
{
    const bool forward = number->array == CVL_ARRAY_Y;
    const cvl_element x = cvl_terms_element(terms, CVL_ARRAY_X, 0, number->at);
    cvl_term term = {.left = x};
    if (!forward)
        term.left = cvl_terms_element(terms, CVL_ARRAY_DY, 0, number->at);
    /* As cvl_relu_forward and _backward treat NaN. */
    const bool is_cut = forward ? x.value < 0 : !(x.value > 0);
    if (is_cut)
        term.part = CVL_TERM_CUT;
    else
        term.product = term.left.value;
    if (is_cut && !forward) term.right = x;
    visit(context, &term);
}

static void relu_graph(const cvl_layer *layer, cvl_graph *graph)
{
    cvl_layer_operator(layer, graph, "Relu");
}

const cvl_layer_kind cvl_layer_relu = {
    .name = "relu",
    .usage = "relu: 0 for what is below 0",
    .own_bytes = sizeof(cvl_pointwise),
    .parse = cvl_pointwise_parse,
    .setup = cvl_pointwise_setup,
    .forward = relu_forward,
    .backward = relu_backward,
    .terms = relu_terms,
    .graph = relu_graph,
    .rectifies = true,
};
