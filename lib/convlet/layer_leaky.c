/* layer_leaky.c - the leaky rectifier as a layer of a net. */
#include "convlet/layer.h"

#include <stdio.h>

#include "convlet/activation.h"
#include "convlet/layer_words.h"
#include "convlet/number.h"

static const double SLOPE = 0.01;

typedef struct leaky_layer {
    cvl_exec exec;
    double slope;
} leaky_layer;

static const leaky_layer *own_of(const cvl_layer *layer)
{
    return layer->own;
}

static cvl_status leaky_parse(cvl_layer *layer, char *const *words,
                              size_t count, cvl_error *err)
{
    double *const slope = &((leaky_layer *)layer->own)->slope;
    *slope = SLOPE;
    if (!count) return CVL_OK;
    if (count == 1) return cvl_word_number("slope", words[0], slope, err);
    return cvl_fail(err, CVL_EINVAL, "leaky takes one slope, got '%s' as well",
                    words[1]);
}

static cvl_status leaky_setup(cvl_layer *layer, const cvl_tensor *input,
                              const cvl_net_config *config, cvl_error *err)
{
    char number[CVL_NUMBER_SIZE];
    const double slope = own_of(layer)->slope;
    (void)err;
    ((leaky_layer *)layer->own)->exec = config->exec;
    layer->output = *input;
    snprintf(layer->text, sizeof layer->text, "leaky%s%s",
             slope == SLOPE ? "" : " ",
             slope == SLOPE ? "" : cvl_number_format(slope, number));
    return CVL_OK;
}

static void leaky_forward(cvl_layer *layer, const cvl_tensor *x, void *work)
{
    const leaky_layer *const own = own_of(layer);
    (void)work;
    cvl_leaky_forward(x, own->slope, &own->exec, &layer->output);
}

static void leaky_backward(cvl_layer *layer, const cvl_tensor *x,
                           const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    const leaky_layer *const own = own_of(layer);
    (void)work;
    if (dx) cvl_leaky_backward(x, own->slope, dy, &own->exec, dx);
}

static void leaky_terms(const cvl_terms *terms, const cvl_element *number,
                        cvl_term_visit *visit, void *context)
{
    const bool forward = number->array == CVL_ARRAY_Y;
    const cvl_element x = cvl_terms_element(terms, CVL_ARRAY_X, 0, number->at);
    cvl_term term = {.left = x, .factor = own_of(terms->layer)->slope};
    if (!forward)
        term.left = cvl_terms_element(terms, CVL_ARRAY_DY, 0, number->at);
    term.how = x.value > 0 ? NULL : "the slope below 0";
    term.product = term.left.value * (term.how ? term.factor : 1);
    visit(context, &term);
}

static void leaky_graph(const cvl_layer *layer, cvl_graph *graph)
{
    cvl_graph_number(cvl_layer_operator(layer, graph, "LeakyRelu"), "alpha",
                     own_of(layer)->slope);
}

const cvl_layer_kind cvl_layer_leaky = {
    .name = "leaky",
    .usage = "leaky [SLOPE]: a rectifier with a slope below 0, of 0.01",
    .own_bytes = sizeof(leaky_layer),
    .parse = leaky_parse,
    .setup = leaky_setup,
    .forward = leaky_forward,
    .backward = leaky_backward,
    .terms = leaky_terms,
    .graph = leaky_graph,
};
