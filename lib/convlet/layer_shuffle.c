/* layer_shuffle.c - channels become the pixels of a finer grid. */
#include "convlet/layer.h"

#include <stdio.h>

#include "convlet/size.h"
#include "kernel/elements.h"

/*
 *     y[n, c, h r + i, w r + j] = x[n, c r r + i r + j, h, w]
 *
 * It moves numbers and computes none, so its gradient is the way back. A
 * convolution before it works on the coarse grid, where it is r r times
 * cheaper, and makes r r numbers at once for each of its pixels.
 * Source: Shi et al., "Real-time single image and video super-resolution using
 * an efficient sub-pixel convolutional neural network", CVPR 2016; agrees
 * with torch.nn.PixelShuffle.
 */
enum { MAX_FACTOR = 16 };

typedef struct shuffle_layer {
    size_t factor;
    cvl_exec exec;
} shuffle_layer;

static const shuffle_layer *own_of(const cvl_layer *layer)
{
    return layer->own;
}

static cvl_status shuffle_parse(cvl_layer *layer, char *const *words,
                                size_t count, cvl_error *err)
{
    if (!count)
        return cvl_fail(err, CVL_EINVAL,
                        "shuffle needs its factor, such as shuffle 2");
    if (count > 1)
        return cvl_fail(err, CVL_EINVAL,
                        "shuffle takes one factor, got '%s' as well", words[1]);
    const char *end = words[0];
    size_t factor;
    if (*end == '0' || !cvl_size_parse(&end, NULL, &factor) || *end ||
        factor < 2 || factor > MAX_FACTOR)
        return cvl_fail(err, CVL_EINVAL,
                        "factor '%s' is not a number from 2 to %d", words[0],
                        MAX_FACTOR);
    ((shuffle_layer *)layer->own)->factor = factor;
    return CVL_OK;
}

static cvl_status shuffle_setup(cvl_layer *layer, const cvl_tensor *input,
                                const cvl_net_config *config, cvl_error *err)
{
    const size_t r = own_of(layer)->factor;
    const size_t *const in = input->shape;
    /* As many numbers as the input has: no size overflows. */
    const size_t shape[4] = {in[0], in[1] / (r * r), in[2] * r, in[3] * r};
    if (in[1] % (r * r))
        return cvl_fail(err, CVL_EINVAL,
                        "%zu input channels are not a multiple of %zu x %zu = "
                        "%zu",
                        in[1], r, r, r * r);
    layer->output = cvl_tensor_wrap(config->dtype, 4, shape, NULL);
    ((shuffle_layer *)layer->own)->exec = config->exec;
    snprintf(layer->text, sizeof layer->text, "shuffle %zu", r);
    return CVL_OK;
}

/* From the coarse tensor to the fine one, or back. */
typedef struct pass {
    size_t r;
    const cvl_tensor *coarse, *fine;
    bool back;
} pass;

/* What cvl_exec_run is told of a number, which is waited for. */
static const double FLOPS = 4;

/* Task: a plane of the fine tensor, of each row of which r coarse ones are. */
static void move_plane(void *context, size_t task, size_t worker)
{
    (void)worker;
    const pass *const p = context;
    const size_t r = p->r, height = p->coarse->shape[2];
    const size_t width = p->coarse->shape[3], area = height * width;
    const size_t bytes = cvl_dtype_size(p->coarse->dtype);
    const size_t first = task * r * r * area * bytes;
    char *const coarse = (char *)p->coarse->data + first;
    char *const fine = (char *)p->fine->data + first;
    for (size_t h = 0; h < height; h++)
        for (size_t i = 0; i < r; i++)
            cvl_elements_of(p->coarse->dtype)
                ->shuffle(r, width, area, p->back,
                          coarse + (i * r * area + h * width) * bytes,
                          fine + (h * r + i) * r * width * bytes);
}

static void shuffle(const cvl_layer *layer, const cvl_tensor *coarse,
                    const cvl_tensor *fine, bool back)
{
    pass p = {own_of(layer)->factor, coarse, fine, back};
    cvl_exec_run(&own_of(layer)->exec, fine->shape[0] * fine->shape[1],
                 FLOPS * (double)fine->count, move_plane, &p);
}

static void shuffle_forward(cvl_layer *layer, const cvl_tensor *x, void *work)
{
    (void)work;
    shuffle(layer, x, &layer->output, false);
}

static void shuffle_backward(cvl_layer *layer, const cvl_tensor *x,
                             const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    (void)x;
    (void)work;
    if (dx) shuffle(layer, dx, dy, true);
}

static void shuffle_terms(const cvl_terms *terms, const cvl_element *number,
                          cvl_term_visit *visit, void *context)
{
    const cvl_layer *const layer = terms->layer;
    const ptrdiff_t r = (ptrdiff_t)own_of(layer)->factor, *const at =
                                                              number->at;
    const bool forward = number->array == CVL_ARRAY_Y;
    const ptrdiff_t coarse[4] = {
        at[0], at[1] * r * r + at[2] % r * r + at[3] % r, at[2] / r, at[3] / r};
    const ptrdiff_t fine[4] = {at[0], at[1] / (r * r),
                               at[2] * r + at[1] % (r * r) / r,
                               at[3] * r + at[1] % r};
    const cvl_element moved =
        forward ? cvl_terms_element(terms, CVL_ARRAY_X, 0, coarse)
                : cvl_terms_element(terms, CVL_ARRAY_DY, 0, fine);
    const cvl_term term = {.left = moved, .product = moved.value};
    visit(context, &term);
}

static cvl_window shuffle_window(const cvl_layer *layer, size_t axis)
{
    cvl_window window = cvl_window_of_point();
    (void)axis;
    window.factor = own_of(layer)->factor;
    return window;
}

static void shuffle_graph(const cvl_layer *layer, cvl_graph *graph)
{
    cvl_graph_node *const node =
        cvl_layer_operator(layer, graph, "DepthToSpace");
    cvl_graph_size(node, "blocksize", own_of(layer)->factor);
    cvl_graph_word(node, "mode", "CRD"); /* channel first, as above */
}

const cvl_layer_kind cvl_layer_shuffle = {
    .name = "shuffle",
    .usage = "shuffle R: R x R channels become one of R times the rows and "
             "columns",
    .own_bytes = sizeof(shuffle_layer),
    .parse = shuffle_parse,
    .setup = shuffle_setup,
    .forward = shuffle_forward,
    .backward = shuffle_backward,
    .terms = shuffle_terms,
    .window = shuffle_window,
    .graph = shuffle_graph,
};
