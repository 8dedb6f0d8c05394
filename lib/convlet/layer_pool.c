/* layer_pool.c - see layer_pool.h for the contract. */
#include "convlet/layer_pool.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "convlet/append.h"
#include "convlet/layer_words.h"

static cvl_status read_keys(const char *name, cvl_pool_layer *own,
                            char *const *words, size_t count, cvl_error *err)
{
    cvl_pool_geometry *const g = &own->geometry;
    const cvl_layer_key keys[] = {
        {"stride", "2", cvl_word_pair_above_0, g->stride},
        {"padding", "1", cvl_word_pair, g->padding},
        {"ceil", "yes", cvl_word_switch, &g->ceil},
        {"count-padding", "no", cvl_word_switch, &g->count_padding}};
    const size_t all = sizeof keys / sizeof *keys;
    return cvl_layer_read_keys(name, keys, own->averages ? all : all - 1, words,
                               count, err);
}

cvl_status cvl_pool_parse(cvl_layer *layer, char *const *words, size_t count,
                          cvl_error *err)
{
    const char *const name = layer->kind->name;
    cvl_pool_layer *const own = layer->own;
    cvl_pool_geometry *const g = &own->geometry;
    if (!count)
        return cvl_fail(err, CVL_EINVAL,
                        "%s needs its window, such as %s 2, %s 3x3 stride=2, "
                        "or %s all",
                        name, name, name, name);
    own->whole = !strcmp(words[0], "all");
    if (own->whole) {
        char text[32];
        snprintf(text, sizeof text, "%s all", name);
        return cvl_layer_read_keys(text, NULL, 0, words + 1, count - 1, err);
    }
    cvl_status status =
        cvl_word_pair_above_0("window", words[0], g->window, err);
    if (status) return status;
    memcpy(g->stride, g->window, sizeof g->stride);
    g->count_padding = own->averages;
    return read_keys(name, own, words + 1, count - 1, err);
}

/* Writes the spec back in full but for what is at its default. */
static void describe(cvl_layer *layer)
{
    const cvl_pool_layer *const own = layer->own;
    const cvl_pool_geometry *const g = &own->geometry;
    const char *const name = layer->kind->name;
    char *const text = layer->text;
    const size_t size = sizeof layer->text;
    if (own->whole) {
        snprintf(text, size, "%s all", name);
        return;
    }
    snprintf(text, size, "%s %zux%zu", name, g->window[0], g->window[1]);
    if (memcmp(g->stride, g->window, sizeof g->stride) != 0)
        cvl_append(text, size, " stride=%zux%zu", g->stride[0], g->stride[1]);
    if (g->padding[0] || g->padding[1])
        cvl_append(text, size, " padding=%zux%zu", g->padding[0],
                   g->padding[1]);
    cvl_append(text, size, "%s%s", g->ceil ? " ceil=yes" : "",
               own->averages && !g->count_padding ? " count-padding=no" : "");
}

cvl_status cvl_pool_setup(cvl_layer *layer, const cvl_tensor *input,
                          const cvl_net_config *config, cvl_error *err)
{
    cvl_pool_layer *const own = layer->own;
    cvl_pool_geometry *const g = &own->geometry;
    size_t shape[4];
    g->batch = input->shape[0];
    g->channels = input->shape[1];
    for (size_t axis = 0; axis < 2; axis++) {
        g->in[axis] = input->shape[2 + axis];
        if (!own->whole) continue;
        g->window[axis] = g->in[axis];
        g->stride[axis] = 1;
    }
    const cvl_status status = cvl_pool_geometry_check(g, err);
    if (status) return status;
    cvl_pool_output_shape(g, shape);
    layer->output = cvl_tensor_wrap(config->dtype, 4, shape, NULL);
    own->exec = config->exec;
    describe(layer);
    return CVL_OK;
}

/* What `ceil` lets stick out counts as padding here: it follows from what the
 * stride leaves of the input. */
cvl_window cvl_pool_window(const cvl_layer *layer, size_t axis)
{
    const cvl_pool_geometry *const g = &cvl_pool_of(layer)->geometry;
    const size_t padded = g->in[axis] + 2 * g->padding[axis];
    const size_t end =
        (cvl_pool_out(g, axis) - 1) * g->stride[axis] + g->window[axis];
    return (cvl_window){.reach = g->window[axis] - 1,
                        .stride = g->stride[axis],
                        .before = g->padding[axis],
                        .after = g->padding[axis] +
                                 (end > padded ? end - padded : 0),
                        .factor = 1};
}

/* A number's terms on their way to the visitor. */
typedef struct pool_walk {
    const cvl_terms *terms;
    const cvl_pool_layer *own;
    cvl_term_visit *visit;
    void *context;
    const ptrdiff_t *plane; /* n, c */
} pool_walk;

static cvl_element element(const pool_walk *walk, cvl_array array, ptrdiff_t a,
                           ptrdiff_t b)
{
    const ptrdiff_t at[4] = {walk->plane[0], walk->plane[1], a, b};
    return cvl_terms_element(walk->terms, array, 0, at);
}

/* A window, and which of its elements is the largest, as pool.h says it. */
typedef struct pool_window {
    cvl_pool_span down, across;
    double counted;
    size_t h, w;
    size_t equal; /* how many are as large */
} pool_window;

/* What a window does with one number that comes to it: an average takes its
 * share of all of them, a maximum the one that `is_taken`. */
static void take(const pool_walk *walk, cvl_element number,
                 const pool_window *window, bool is_taken, bool is_inside)
{
    cvl_term term = {.left = number};
    if (walk->own->averages) {
        term.part = is_inside ? CVL_TERM_ADDED : CVL_TERM_PADDING;
        term.product = number.value / window->counted;
        term.factor = 1 / window->counted;
        term.how = "1 / count";
    } else if (is_taken) {
        term.part = CVL_TERM_TAKEN;
        term.product = number.value;
        term.factor = (double)window->equal;
    } else {
        term.part = CVL_TERM_COMPARED;
        term.right = element(walk, CVL_ARRAY_X, (ptrdiff_t)window->h,
                             (ptrdiff_t)window->w);
    }
    walk->visit(walk->context, &term);
}

static pool_window window_of(const pool_walk *walk, size_t p, size_t q)
{
    const cvl_pool_geometry *const g = &walk->own->geometry;
    const cvl_pool_span down = cvl_pool_span_of(g, 0, p);
    const cvl_pool_span across = cvl_pool_span_of(g, 1, q);
    pool_window window = {.down = down,
                          .across = across,
                          .counted =
                              (double)down.counted * (double)across.counted,
                          .h = down.first,
                          .w = across.first};
    double most = -INFINITY;
    for (size_t h = down.first; h < down.end; h++)
        for (size_t w = across.first; w < across.end; w++) {
            const double x =
                element(walk, CVL_ARRAY_X, (ptrdiff_t)h, (ptrdiff_t)w).value;
            if (x == most) window.equal++;
            if (!(x > most) && !isnan(x)) continue;
            most = x;
            window.h = h;
            window.w = w;
            window.equal = 1;
        }
    return window;
}

/* With the padding before and after, where it is counted. */
static void walk_output(const pool_walk *walk, size_t p, size_t q)
{
    const cvl_pool_geometry *const g = &walk->own->geometry;
    const pool_window window = window_of(walk, p, q);
    ptrdiff_t top = (ptrdiff_t)window.down.first;
    ptrdiff_t left = (ptrdiff_t)window.across.first;
    if (g->count_padding) {
        top = (ptrdiff_t)(p * g->stride[0]) - (ptrdiff_t)g->padding[0];
        left = (ptrdiff_t)(q * g->stride[1]) - (ptrdiff_t)g->padding[1];
    }
    for (ptrdiff_t h = top; h < top + (ptrdiff_t)window.down.counted; h++)
        for (ptrdiff_t w = left; w < left + (ptrdiff_t)window.across.counted;
             w++)
            take(walk, element(walk, CVL_ARRAY_X, h, w), &window,
                 h == (ptrdiff_t)window.h && w == (ptrdiff_t)window.w,
                 h >= 0 && (size_t)h < g->in[0] && w >= 0 &&
                     (size_t)w < g->in[1]);
}

static void walk_input(const pool_walk *walk, size_t h, size_t w)
{
    const cvl_pool_geometry *const g = &walk->own->geometry;
    size_t top, bottom, left, right;
    cvl_pool_readers(g, 0, h, &top, &bottom);
    cvl_pool_readers(g, 1, w, &left, &right);
    for (size_t p = top; p < bottom; p++)
        for (size_t q = left; q < right; q++) {
            const pool_window window = window_of(walk, p, q);
            take(walk, element(walk, CVL_ARRAY_DY, (ptrdiff_t)p, (ptrdiff_t)q),
                 &window, h == window.h && w == window.w, true);
        }
}

void cvl_pool_terms(const cvl_terms *terms, const cvl_element *number,
                    cvl_term_visit *visit, void *context)
{
    const pool_walk walk = {.terms = terms,
                            .own = cvl_pool_of(terms->layer),
                            .visit = visit,
                            .context = context,
                            .plane = number->at};
    const size_t at[2] = {(size_t)number->at[2], (size_t)number->at[3]};
    if (number->array == CVL_ARRAY_Y)
        walk_output(&walk, at[0], at[1]);
    else
        walk_input(&walk, at[0], at[1]);
}

/* Padding that counts becomes zeros of the input, so that what `ceil` lets
 * stick out behind them, which does not, is all the padding that is left. */
static void add_zeros(const cvl_pool_layer *own, cvl_graph *graph)
{
    const size_t *const p = own->geometry.padding;
    cvl_graph_node *const node = cvl_graph_add(graph, "Pad");
    node->constant =
        (cvl_graph_constant){.name = "pads",
                             .count = 8,
                             .sizes = {0, 0, p[0], p[1], 0, 0, p[0], p[1]}};
}

void cvl_pool_graph(const cvl_layer *layer, cvl_graph *graph)
{
    const cvl_pool_layer *const own = cvl_pool_of(layer);
    const cvl_pool_geometry *const g = &own->geometry;
    size_t pads[4];
    bool sticks_out = false;
    if (own->whole) {
        cvl_graph_add(graph,
                      own->averages ? "GlobalAveragePool" : "GlobalMaxPool");
        return;
    }
    for (size_t axis = 0; axis < 2; axis++) {
        const cvl_window window = cvl_pool_window(layer, axis);
        pads[axis] = window.before;
        pads[2 + axis] = window.after;
        if (window.after > window.before) sticks_out = true;
    }
    const bool counts = own->averages && g->count_padding;
    if (counts && sticks_out) {
        add_zeros(own, graph);
        for (size_t i = 0; i < 4; i++) pads[i] -= g->padding[i % 2];
    }
    cvl_graph_node *const node =
        cvl_graph_add(graph, own->averages ? "AveragePool" : "MaxPool");
    cvl_graph_sizes(node, "kernel_shape", 2, g->window);
    cvl_graph_sizes(node, "strides", 2, g->stride);
    cvl_graph_sizes(node, "pads", 4, pads);
    if (own->averages)
        cvl_graph_size(node, "count_include_pad", counts && !sticks_out);
    if (g->ceil) graph->is_fixed = true;
}
