/* layer_tanh.c - the hyperbolic tangent as a layer of a net. */
#include "convlet/activation.h"
#include "convlet/layer_pointwise.h"

static void tanh_forward(cvl_layer *layer, const cvl_tensor *x, void *work)
{
    (void)work;
    cvl_tanh_forward(x, cvl_pointwise_exec(layer), &layer->output);
}

static void tanh_backward(cvl_layer *layer, const cvl_tensor *x,
                          const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    (void)x;
    (void)work;
    if (dx)
        cvl_tanh_backward(&layer->output, dy, cvl_pointwise_exec(layer), dx);
}

/* 1 - y y as the kernel rounds it, which near y = 1 is much of it. */
static double slope_at(const cvl_terms *terms, double y)
{
    const float single = (float)y;
    if (terms->y->dtype == CVL_F64) return 1 - y * y;
    return (double)(1 - single * single);
}

static void tanh_terms(const cvl_terms *terms, const cvl_element *number,
                       cvl_term_visit *visit, void *context)
{
    const cvl_element y = cvl_terms_element(terms, CVL_ARRAY_Y, 0, number->at);
    cvl_term term = {0};
    if (number->array == CVL_ARRAY_Y) {
        term.left = cvl_terms_element(terms, CVL_ARRAY_X, 0, number->at);
        term.part = CVL_TERM_FUNCTION;
        term.how = "tanh x";
        term.product = y.value;
    } else {
        term.left = cvl_terms_element(terms, CVL_ARRAY_DY, 0, number->at);
        term.how = "1 - y y";
        term.factor = slope_at(terms, y.value);
        term.product = term.left.value * term.factor;
    }
    visit(context, &term);
}

static void tanh_graph(const cvl_layer *layer, cvl_graph *graph)
{
    cvl_layer_operator(layer, graph, "Tanh");
}

const cvl_layer_kind cvl_layer_tanh = {
    .name = "tanh",
    .usage = "tanh: from -1 to 1",
    .own_bytes = sizeof(cvl_pointwise),
    .parse = cvl_pointwise_parse,
    .setup = cvl_pointwise_setup,
    .forward = tanh_forward,
    .backward = tanh_backward,
    .terms = tanh_terms,
    .graph = tanh_graph,
};
