/* layer_dense.c - the dense layer as a layer of a net. */
#include "convlet/layer.h"

#include <stdio.h>

#include "convlet/dense.h"
#include "convlet/layer_weights.h"
#include "convlet/layer_words.h"

enum { WEIGHT = CVL_LAYER_WEIGHT, BIAS = CVL_LAYER_BIAS };

typedef struct dense_layer {
    size_t outputs;
    bool bias;
    cvl_conv2d_geometry geometry; /* of the convolution that it stands for */
    cvl_dense dense;
} dense_layer;

static cvl_status dense_parse(cvl_layer *layer, char *const *words,
                              size_t count, cvl_error *err)
{
    dense_layer *const own = layer->own;
    const cvl_layer_key keys[] = {{"bias", "no", cvl_word_switch, &own->bias}};
    own->bias = true;
    if (!count)
        return cvl_fail(err, CVL_EINVAL,
                        "dense needs its outputs, such as dense 10");
    const cvl_status status =
        cvl_word_count("outputs", words[0], &own->outputs, err);
    return status ? status
                  : cvl_layer_read_keys("dense", keys, 1, words + 1, count - 1,
                                        err);
}

/* A kernel as large as the input, without padding. */
static cvl_conv2d_geometry geometry_of(const dense_layer *own,
                                       const cvl_tensor *input)
{
    return (cvl_conv2d_geometry){
        .batch = input->shape[0],
        .in_channels = input->shape[1],
        .in_height = input->shape[2],
        .in_width = input->shape[3],
        .out_channels = own->outputs,
        .kernel_height = input->shape[2],
        .kernel_width = input->shape[3],
        .stride_y = 1,
        .stride_x = 1,
        .dilation_y = 1,
        .dilation_x = 1,
        .groups = 1,
    };
}

static cvl_status dense_setup(cvl_layer *layer, const cvl_tensor *input,
                              const cvl_net_config *config, cvl_error *err)
{
    dense_layer *const own = layer->own;
    const cvl_conv2d_geometry *const g = &own->geometry;
    own->geometry = geometry_of(own, input);
    cvl_status status = cvl_conv2d_geometry_check(g, err);
    if (!status)
        status = cvl_dense_init(
            &own->dense, g->batch, g->in_channels * g->in_height * g->in_width,
            own->outputs, config->dtype, config->algo, &config->exec, err);
    if (status) return status;
    size_t shape[4];
    cvl_conv2d_output_shape(g, shape);
    layer->output = cvl_tensor_wrap(config->dtype, 4, shape, NULL);
    layer->work_bytes = cvl_dense_work_bytes(&own->dense);
    layer->algorithm = cvl_dense_algorithm(&own->dense);
    layer->flops = cvl_conv2d_flops(g);

    layer->param_count = own->bias ? 2 : 1;
    layer->param_ndim[WEIGHT] = 4;
    cvl_conv2d_weight_shape(g, layer->param_shape[WEIGHT]);
    layer->param_ndim[BIAS] = 1;
    layer->param_shape[BIAS][0] = own->outputs;
    snprintf(layer->text, sizeof layer->text, "dense %zu%s", own->outputs,
             own->bias ? "" : " bias=no");
    return CVL_OK;
}

static void dense_forward(cvl_layer *layer, const cvl_tensor *x, void *work)
{
    const dense_layer *const own = layer->own;
    cvl_dense_forward(&own->dense, x, &layer->params[WEIGHT].value,
                      own->bias ? &layer->params[BIAS].value : NULL,
                      &layer->output, work);
}

static void dense_backward(cvl_layer *layer, const cvl_tensor *x,
                           const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    const dense_layer *const own = layer->own;
    cvl_dense_grad_weight(&own->dense, x, dy, &layer->params[WEIGHT].grad,
                          own->bias ? &layer->params[BIAS].grad : NULL, work);
    if (dx)
        cvl_dense_grad_input(&own->dense, &layer->params[WEIGHT].value, dy, dx,
                             work);
}

static const cvl_conv2d_geometry *dense_geometry(const cvl_layer *layer)
{
    return &((const dense_layer *)layer->own)->geometry;
}

/* The convolution's terms, and its window, are this layer's. */
static void dense_terms(const cvl_terms *terms, const cvl_element *number,
                        cvl_term_visit *visit, void *context)
{
    const cvl_terms lone =
        cvl_conv2d_terms(dense_geometry(terms->layer), terms->x,
                         terms->params[WEIGHT], terms->params[BIAS], terms->dy);
    cvl_terms_visit(&lone, number, visit, context);
}

static cvl_window dense_window(const cvl_layer *layer, size_t axis)
{
    return cvl_conv2d_window(dense_geometry(layer), axis);
}

/* As the convolution that it is, which keeps [N,O,1,1] for what follows. */
static void dense_graph(const cvl_layer *layer, cvl_graph *graph)
{
    const cvl_conv2d_geometry *const g = dense_geometry(layer);
    const size_t kernel[2] = {g->kernel_height, g->kernel_width};
    cvl_graph_node *const node = cvl_layer_operator(layer, graph, "Conv");
    cvl_graph_sizes(node, "kernel_shape", 2, kernel);
    graph->is_fixed = true;
}

const cvl_layer_kind cvl_layer_dense = {
    .name = "dense",
    .usage = "dense OUT [bias=yes|no]: OUT weighted sums of all of its input",
    .param_names = {[WEIGHT] = "weight", [BIAS] = "bias"},
    .own_bytes = sizeof(dense_layer),
    .parse = dense_parse,
    .setup = dense_setup,
    .init_params = cvl_layer_init_weights,
    .forward = dense_forward,
    .backward = dense_backward,
    .terms = dense_terms,
    .geometry = dense_geometry,
    .window = dense_window,
    .graph = dense_graph,
};
