/* layer_square.c - a layer kind that convlet lacks: y = x^2. */
#include "convlet/layer.h"

#include <stdio.h>

static cvl_status square_parse(cvl_layer *layer, char *const *words,
                               size_t count, cvl_error *err)
{
    (void)layer;
    if (!count) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL, "square takes no argument, got '%s'",
                    words[0]);
}

static cvl_status square_setup(cvl_layer *layer, const cvl_tensor *input,
                               const cvl_net_config *config, cvl_error *err)
{
    (void)config;
    (void)err;
    layer->output = *input;
    snprintf(layer->text, sizeof layer->text, "square");
    return CVL_OK;
}

static void square_forward(cvl_layer *layer, const cvl_tensor *x, void *work)
{
    (void)work;
    for (size_t i = 0; i < x->count; i++) {
        const double value = cvl_tensor_get(x, i);
        cvl_tensor_set(&layer->output, i, value * value);
    }
}

static void square_backward(cvl_layer *layer, const cvl_tensor *x,
                            const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    (void)layer;
    (void)work;
    for (size_t i = 0; dx && i < x->count; i++)
        cvl_tensor_set(dx, i, 2 * cvl_tensor_get(x, i) * cvl_tensor_get(dy, i));
}

/* y = x * x; dx = x * dy, twice. */
static void square_terms(const cvl_terms *terms, const cvl_element *number,
                         cvl_term_visit *visit, void *context)
{
    const bool forward = number->array == CVL_ARRAY_Y;
    cvl_term term = {
        .left = cvl_terms_element(terms, CVL_ARRAY_X, 0, number->at),
        .right = cvl_terms_element(terms, forward ? CVL_ARRAY_X : CVL_ARRAY_DY,
                                   0, number->at)};
    term.product = term.left.value * term.right.value;
    visit(context, &term);
    if (!forward) visit(context, &term);
}

static cvl_window square_window(const cvl_layer *layer, size_t axis)
{
    (void)layer;
    (void)axis;
    return cvl_window_of_point();
}

static void square_graph(const cvl_layer *layer, cvl_graph *graph)
{
    cvl_graph_node *const node = cvl_layer_operator(layer, graph, "Mul");
    node->other = node->source;
}

const cvl_layer_kind cvl_layer_square = {
    .name = "square",
    .usage = "square",
    .parse = square_parse,
    .setup = square_setup,
    .forward = square_forward,
    .backward = square_backward,
    .terms = square_terms,
    .window = square_window,
    .graph = square_graph,
};
