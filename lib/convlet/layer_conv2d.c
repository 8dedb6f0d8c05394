/* layer_conv2d.c - the convolution as a layer of a net. */
#include "convlet/layer.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convlet/append.h"
#include "convlet/layer_weights.h"
#include "convlet/layer_words.h"
#include "convlet/size.h"

enum { WEIGHT = CVL_LAYER_WEIGHT, BIAS = CVL_LAYER_BIAS };

typedef enum padding_rule {
    PAD_SIZES, /* as given */
    PAD_SAME,
    PAD_FIT
} padding_rule;

/* What a layer was asked for, before its input is known. */
typedef struct conv_spec {
    size_t out_channels;
    size_t kernel[2], stride[2], dilation[2];
    size_t padding[4]; /* top, bottom, left, right */
    padding_rule padding_rule;
    size_t groups;
    bool bias, tied;
} conv_spec;

typedef struct conv_layer {
    conv_spec spec;
    cvl_conv2d conv;
} conv_layer;

/* What a padding may be, which padding=same makes of the product of two sizes,
 * and which must be read back. */
static const size_t MAX_PADDING =
    (size_t)(SIZE_MAX / 4 < 1000000000000 ? SIZE_MAX / 4 : 1000000000000);

/* Reads a padding into the spec. */
static cvl_status read_padding(const char *name, const char *text, void *value,
                               cvl_error *err)
{
    conv_spec *const spec = value;
    size_t *const p = spec->padding;
    spec->padding_rule = !strcmp(text, "same")  ? PAD_SAME
                         : !strcmp(text, "fit") ? PAD_FIT
                                                : PAD_SIZES;
    if (spec->padding_rule != PAD_SIZES) return CVL_OK;
    switch (cvl_word_sizes(text, p, 4, MAX_PADDING)) {
    case 1: p[1] = p[2] = p[3] = p[0]; return CVL_OK;
    case 2:
        p[2] = p[3] = p[1];
        p[1] = p[0];
        return CVL_OK;
    case 4: return CVL_OK;
    default:
        return cvl_fail(err, CVL_EINVAL,
                        "%s '%s' is not same, fit, or sizes such as 1, "
                        "1x2 (rows x columns) or 0x1x0x1 (top x bottom x left "
                        "x right)",
                        name, text);
    }
}

static cvl_status conv_parse(cvl_layer *layer, char *const *words, size_t count,
                             cvl_error *err)
{
    conv_spec *const spec = &((conv_layer *)layer->own)->spec;
    *spec = (conv_spec){
        .stride = {1, 1}, .dilation = {1, 1}, .groups = 1, .bias = true};
    const cvl_layer_key keys[] = {
        {"stride", "2", cvl_word_pair, spec->stride},
        {"padding", "1", read_padding, spec},
        {"dilation", "2", cvl_word_pair, spec->dilation},
        {"groups", "2", cvl_word_count, &spec->groups},
        {"bias", "no", cvl_word_switch, &spec->bias},
        {"tied", "yes", cvl_word_switch, &spec->tied},
    };
    if (count < 2)
        return cvl_fail(err, CVL_EINVAL,
                        "conv needs its output channels and kernel size, such "
                        "as conv 64 3x3");
    cvl_status status =
        cvl_word_count("output channels", words[0], &spec->out_channels, err);
    if (!status)
        status = cvl_word_pair("kernel size", words[1], spec->kernel, err);
    return status
               ? status
               : cvl_layer_read_keys("conv", keys, sizeof keys / sizeof *keys,
                                     words + 2, count - 2, err);
}

static cvl_conv2d_geometry geometry_of(const conv_spec *spec,
                                       const cvl_tensor *input)
{
    cvl_conv2d_geometry g = {
        .batch = input->shape[0],
        .in_channels = input->shape[1],
        .in_height = input->shape[2],
        .in_width = input->shape[3],
        .out_channels = spec->out_channels,
        .kernel_height = spec->kernel[0],
        .kernel_width = spec->kernel[1],
        .stride_y = spec->stride[0],
        .stride_x = spec->stride[1],
        .pad_top = spec->padding[0],
        .pad_bottom = spec->padding[1],
        .pad_left = spec->padding[2],
        .pad_right = spec->padding[3],
        .dilation_y = spec->dilation[0],
        .dilation_x = spec->dilation[1],
        .groups = spec->groups,
        .tied = spec->tied,
    };
    if (spec->padding_rule == PAD_SAME) cvl_conv2d_pad_same(&g);
    if (spec->padding_rule == PAD_FIT) cvl_conv2d_pad_fit(&g);
    return g;
}

/* Writes the spec back in full but for what is at its default. */
static void describe(cvl_layer *layer, const cvl_conv2d_geometry *g, bool bias)
{
    char *const text = layer->text;
    const size_t size = sizeof layer->text;
    snprintf(text, size, "conv %zu %zux%zu", g->out_channels, g->kernel_height,
             g->kernel_width);
    if (g->stride_y != 1 || g->stride_x != 1)
        cvl_append(text, size, " stride=%zux%zu", g->stride_y, g->stride_x);
    if (g->pad_top || g->pad_bottom || g->pad_left || g->pad_right)
        cvl_append(text, size, " padding=%zux%zux%zux%zu", g->pad_top,
                   g->pad_bottom, g->pad_left, g->pad_right);
    if (g->dilation_y != 1 || g->dilation_x != 1)
        cvl_append(text, size, " dilation=%zux%zu", g->dilation_y,
                   g->dilation_x);
    if (g->groups != 1) cvl_append(text, size, " groups=%zu", g->groups);
    cvl_append(text, size, "%s%s", bias ? "" : " bias=no",
               g->tied ? " tied=yes" : "");
}

static cvl_status conv_setup(cvl_layer *layer, const cvl_tensor *input,
                             const cvl_net_config *config, cvl_error *err)
{
    conv_layer *const own = layer->own;
    const cvl_conv2d_geometry g = geometry_of(&own->spec, input);
    const cvl_status status = cvl_conv2d_init(&own->conv, &g, config->dtype,
                                              config->algo, &config->exec, err);
    if (status) return status;
    size_t shape[4];
    cvl_conv2d_output_shape(&g, shape);
    layer->output = cvl_tensor_wrap(config->dtype, 4, shape, NULL);
    layer->work_bytes = cvl_conv2d_work_bytes(&own->conv);
    layer->algorithm = cvl_conv_algo_name(own->conv.algo);
    layer->block = cvl_conv2d_block(&own->conv);
    layer->flops = cvl_conv2d_flops(&g);

    layer->param_count = own->spec.bias ? 2 : 1;
    layer->param_ndim[WEIGHT] = 4;
    cvl_conv2d_weight_shape(&g, layer->param_shape[WEIGHT]);
    layer->param_ndim[BIAS] = 1;
    layer->param_shape[BIAS][0] = g.out_channels;
    describe(layer, &g, own->spec.bias);
    return CVL_OK;
}

static void conv_forward(cvl_layer *layer, const cvl_tensor *x, void *work)
{
    const conv_layer *const own = layer->own;
    const cvl_tensor *const bias =
        own->spec.bias ? &layer->params[BIAS].value : NULL;
    cvl_conv2d_forward(&own->conv, x, &layer->params[WEIGHT].value, bias,
                       &layer->output, work);
}

static void conv_backward(cvl_layer *layer, const cvl_tensor *x,
                          const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    const conv_layer *const own = layer->own;
    cvl_tensor *const grad_bias =
        own->spec.bias ? &layer->params[BIAS].grad : NULL;
    cvl_conv2d_grad_weight(&own->conv, x, dy, &layer->params[WEIGHT].grad,
                           grad_bias, work);
    if (dx)
        cvl_conv2d_grad_input(&own->conv, &layer->params[WEIGHT].value, dy, dx,
                              work);
}

static cvl_window conv_window(const cvl_layer *layer, size_t axis)
{
    const conv_layer *const own = layer->own;
    return cvl_conv2d_window(&own->conv.geometry, axis);
}

static void conv_free(cvl_layer *layer)
{
    cvl_conv2d_free(&((conv_layer *)layer->own)->conv);
}

/* A convolution's terms on their way to the visitor. */
typedef struct conv_walk {
    const cvl_terms *terms;
    const cvl_conv2d_geometry *g;
    cvl_term_visit *visit;
    void *context;
    size_t group_in, group_out; /* channels of a group */
    size_t out_height, out_width;
} conv_walk;

static cvl_element element(const conv_walk *walk, cvl_array array, size_t a,
                           size_t b, size_t c, size_t d)
{
    const ptrdiff_t at[4] = {(ptrdiff_t)a, (ptrdiff_t)b, (ptrdiff_t)c,
                             (ptrdiff_t)d};
    return cvl_terms_element(walk->terms, array, WEIGHT, at);
}

static void multiply(const conv_walk *walk, cvl_element left, cvl_element right,
                     cvl_term_part part)
{
    /* Padding is nothing to multiply, also of an infinite weight. */
    const bool is_number = part != CVL_TERM_PADDING;
    const cvl_term term = {.left = left,
                           .right = right,
                           .product = is_number ? left.value * right.value : 0,
                           .part = part};
    walk->visit(walk->context, &term);
}

static void add(const conv_walk *walk, cvl_element alone)
{
    const cvl_term term = {.left = alone, .product = alone.value};
    walk->visit(walk->context, &term);
}

/* left times what tap i, j of output p, q reads of x[n,c]. */
static void multiply_input(const conv_walk *walk, cvl_element left, size_t n,
                           size_t c, const size_t out[2], const size_t tap[2])
{
    const cvl_conv2d_geometry *const g = walk->g;
    const ptrdiff_t at[4] = {
        (ptrdiff_t)n, (ptrdiff_t)c,
        (ptrdiff_t)(out[0] * g->stride_y + tap[0] * g->dilation_y) -
            (ptrdiff_t)g->pad_top,
        (ptrdiff_t)(out[1] * g->stride_x + tap[1] * g->dilation_x) -
            (ptrdiff_t)g->pad_left};
    const bool inside = at[2] >= 0 && (size_t)at[2] < g->in_height &&
                        at[3] >= 0 && (size_t)at[3] < g->in_width;
    multiply(walk, left, cvl_terms_element(walk->terms, CVL_ARRAY_X, 0, at),
             inside ? CVL_TERM_ADDED : CVL_TERM_PADDING);
}

static void walk_output(const conv_walk *walk, const size_t at[4])
{
    const cvl_conv2d_geometry *const g = walk->g;
    const size_t k = at[1], first = k / walk->group_out * walk->group_in;
    const ptrdiff_t bias[4] = {(ptrdiff_t)k};
    for (size_t c = 0; c < walk->group_in; c++)
        for (size_t i = 0; i < g->kernel_height; i++)
            for (size_t j = 0; j < g->kernel_width; j++)
                multiply_input(
                    walk,
                    element(walk, CVL_ARRAY_PARAM, k, g->tied ? 0 : c, i, j),
                    at[0], first + c, at + 2, (const size_t[2]){i, j});
    if (walk->terms->params[BIAS])
        add(walk, cvl_terms_element(walk->terms, CVL_ARRAY_PARAM, BIAS, bias));
}

/* A tied weight is one for every channel of the group. */
static void walk_weight(const conv_walk *walk, const size_t at[4])
{
    const size_t k = at[0];
    const size_t first = k / walk->group_out * walk->group_in + at[1];
    const size_t channels = walk->g->tied ? walk->group_in : 1;
    for (size_t c = first; c < first + channels; c++)
        for (size_t n = 0; n < walk->g->batch; n++)
            for (size_t p = 0; p < walk->out_height; p++)
                for (size_t q = 0; q < walk->out_width; q++)
                    multiply_input(walk,
                                   element(walk, CVL_ARRAY_DY, n, k, p, q), n,
                                   c, (const size_t[2]){p, q}, at + 2);
}

static void walk_bias(const conv_walk *walk, size_t k)
{
    for (size_t n = 0; n < walk->g->batch; n++)
        for (size_t p = 0; p < walk->out_height; p++)
            for (size_t q = 0; q < walk->out_width; q++)
                add(walk, element(walk, CVL_ARRAY_DY, n, k, p, q));
}

/* The output whose window, `reach` behind its start, reads padded input `at`;
 * false where none does. */
static bool find_reader(size_t at, size_t reach, size_t stride, size_t outputs,
                        size_t *output)
{
    if (at < reach || (at - reach) % stride) return false;
    *output = (at - reach) / stride;
    return *output < outputs;
}

static void walk_input(const conv_walk *walk, const size_t at[4])
{
    const cvl_conv2d_geometry *const g = walk->g;
    const size_t first = at[1] / walk->group_in * walk->group_out;
    const size_t c = g->tied ? 0 : at[1] % walk->group_in;
    for (size_t k = first; k < first + walk->group_out; k++)
        for (size_t i = 0; i < g->kernel_height; i++)
            for (size_t j = 0; j < g->kernel_width; j++) {
                size_t p, q;
                if (find_reader(at[2] + g->pad_top, i * g->dilation_y,
                                g->stride_y, walk->out_height, &p) &&
                    find_reader(at[3] + g->pad_left, j * g->dilation_x,
                                g->stride_x, walk->out_width, &q))
                    multiply(walk, element(walk, CVL_ARRAY_PARAM, k, c, i, j),
                             element(walk, CVL_ARRAY_DY, at[0], k, p, q),
                             CVL_TERM_ADDED);
            }
}

static void walk_geometry(const cvl_terms *terms, const cvl_element *number,
                          cvl_term_visit *visit, void *context)
{
    const cvl_conv2d_geometry *const g = terms->layer;
    const conv_walk walk = {.terms = terms,
                            .g = g,
                            .visit = visit,
                            .context = context,
                            .group_in = g->in_channels / g->groups,
                            .group_out = g->out_channels / g->groups,
                            .out_height = cvl_conv2d_out_height(g),
                            .out_width = cvl_conv2d_out_width(g)};
    size_t at[4];
    for (size_t i = 0; i < 4; i++) at[i] = (size_t)number->at[i];
    if (number->array == CVL_ARRAY_Y)
        walk_output(&walk, at);
    else if (number->array == CVL_ARRAY_DX)
        walk_input(&walk, at);
    else if (number->param == BIAS)
        walk_bias(&walk, at[0]);
    else
        walk_weight(&walk, at);
}

cvl_terms cvl_conv2d_terms(const cvl_conv2d_geometry *geometry,
                           const cvl_tensor *x, const cvl_tensor *w,
                           const cvl_tensor *b, const cvl_tensor *dy)
{
    return (cvl_terms){.walk = walk_geometry,
                       .layer = geometry,
                       .x = x,
                       .dy = dy,
                       .params = {w, b}};
}

static const cvl_conv2d_geometry *conv_geometry(const cvl_layer *layer)
{
    return &((const conv_layer *)layer->own)->conv.geometry;
}

static void conv_terms(const cvl_terms *terms, const cvl_element *number,
                       cvl_term_visit *visit, void *context)
{
    cvl_terms lone = *terms;
    lone.layer = conv_geometry(terms->layer);
    walk_geometry(&lone, number, visit, context);
}

/* ONNX has no tied kernels, and cannot say what padding=fit does where an input
 * of another size leaves another rest. */
static void conv_graph(const cvl_layer *layer, cvl_graph *graph)
{
    const conv_spec *const spec = &((const conv_layer *)layer->own)->spec;
    const cvl_conv2d_geometry *const g = conv_geometry(layer);
    const size_t pads[4] = {g->pad_top, g->pad_left, g->pad_bottom,
                            g->pad_right};
    cvl_graph_node *const node = cvl_layer_operator(layer, graph, "Conv");
    cvl_graph_sizes(node, "kernel_shape", 2, spec->kernel);
    cvl_graph_sizes(node, "strides", 2, spec->stride);
    cvl_graph_sizes(node, "dilations", 2, spec->dilation);
    cvl_graph_sizes(node, "pads", 4, pads);
    cvl_graph_size(node, "group", g->groups);
    if (g->tied) node->repeat = g->in_channels / g->groups;
    if (spec->padding_rule == PAD_FIT && (g->stride_y > 1 || g->stride_x > 1))
        graph->is_fixed = true;
}

const cvl_layer_kind cvl_layer_conv2d = {
    .name = "conv",
    .usage = "conv OUT KHxKW [stride=S] [padding=same|fit|P|PYxPX|TxBxLxR] "
             "[dilation=D] [groups=G] [bias=yes|no] [tied=yes|no]",
    .param_names = {[WEIGHT] = "weight", [BIAS] = "bias"},
    .own_bytes = sizeof(conv_layer),
    .parse = conv_parse,
    .setup = conv_setup,
    .init_params = cvl_layer_init_weights,
    .forward = conv_forward,
    .backward = conv_backward,
    .terms = conv_terms,
    .geometry = conv_geometry,
    .window = conv_window,
    .graph = conv_graph,
    .free = conv_free,
};

const cvl_conv2d *cvl_net_conv2d(const cvl_net *net, size_t index)
{
    const cvl_layer *const layer = &net->layers[index];
    if (layer->kind != &cvl_layer_conv2d) return NULL;
    return &((const conv_layer *)layer->own)->conv;
}

const cvl_conv2d *cvl_net_lone_conv2d(const cvl_net *net)
{
    return net->layer_count == 1 ? cvl_net_conv2d(net, 0) : NULL;
}
