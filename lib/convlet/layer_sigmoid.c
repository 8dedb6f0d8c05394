/* layer_sigmoid.c - the logistic function as a layer of a net. */
#include "convlet/activation.h"
#include "convlet/layer_pointwise.h"

static void sigmoid_forward(cvl_layer *layer, const cvl_tensor *x, void *work)
{
    (void)work;
    cvl_sigmoid_forward(x, cvl_pointwise_exec(layer), &layer->output);
}

static void sigmoid_backward(cvl_layer *layer, const cvl_tensor *x,
                             const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    (void)x;
    (void)work;
    if (dx)
        cvl_sigmoid_backward(&layer->output, dy, cvl_pointwise_exec(layer), dx);
}

static void sigmoid_terms(const cvl_terms *terms, const cvl_element *number,
                          cvl_term_visit *visit, void *context)
{
    const cvl_element y = cvl_terms_element(terms, CVL_ARRAY_Y, 0, number->at);
    cvl_term term = {0};
    if (number->array == CVL_ARRAY_Y) {
        term.left = cvl_terms_element(terms, CVL_ARRAY_X, 0, number->at);
        term.part = CVL_TERM_FUNCTION;
        term.how = "1 / (1 + exp(-x))";
        term.product = y.value;
    } else {
        term.left = cvl_terms_element(terms, CVL_ARRAY_DY, 0, number->at);
        term.how = "y (1 - y)";
        term.factor = y.value * (1 - y.value);
        term.product = term.left.value * term.factor;
    }
    visit(context, &term);
}

static void sigmoid_graph(const cvl_layer *layer, cvl_graph *graph)
{
    cvl_layer_operator(layer, graph, "Sigmoid");
}

const cvl_layer_kind cvl_layer_sigmoid = {
    .name = "sigmoid",
    .usage = "sigmoid: 1 / (1 + exp(-x)), from 0 to 1",
    .own_bytes = sizeof(cvl_pointwise),
    .parse = cvl_pointwise_parse,
    .setup = cvl_pointwise_setup,
    .forward = sigmoid_forward,
    .backward = sigmoid_backward,
    .terms = sigmoid_terms,
    .graph = sigmoid_graph,
};
