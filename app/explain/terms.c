/* terms.c - see explain_terms.h for the contract. */
#include "explain/terms.h"

#include <assert.h>
#include <float.h>
#include <math.h>

#include <convlet/memory.h>

const char *explain_name(enum explain_kind kind)
{
    static const char *const names[] = {[EXPLAIN_OUTPUT] = "y",
                                        [EXPLAIN_GRAD_WEIGHT] = "dw",
                                        [EXPLAIN_GRAD_INPUT] = "dx",
                                        [EXPLAIN_GRAD_BIAS] = "db"};
    return names[kind];
}

const char *explain_left(enum explain_kind kind)
{
    const bool is_weight = kind == EXPLAIN_OUTPUT || kind == EXPLAIN_GRAD_INPUT;
    return is_weight ? "w" : "dy";
}

const char *explain_right(enum explain_kind kind)
{
    if (kind == EXPLAIN_GRAD_BIAS) return "";
    return kind == EXPLAIN_GRAD_INPUT ? "dy" : "x";
}

bool explain_reader(size_t at, size_t reach, size_t stride, size_t outputs,
                    size_t *output)
{
    if (at < reach || (at - reach) % stride) return false;
    *output = (at - reach) / stride;
    return *output < outputs;
}

/* What the walks below share. The sum of all |products| bounds rounding. */
struct walk {
    const struct explain_data *data;
    const cvl_conv2d_geometry *g;
    size_t group_in, group_out, out_height, out_width;
    struct explain_sum *sum; /* NULL: only count */
    size_t count;
    double magnitude;
};

static struct walk walk_of(const struct explain_data *data)
{
    const cvl_conv2d_geometry *const g = &data->conv.geometry;
    return (struct walk){.data = data,
                         .g = g,
                         .group_in = g->in_channels / g->groups,
                         .group_out = g->out_channels / g->groups,
                         .out_height = cvl_conv2d_out_height(g),
                         .out_width = cvl_conv2d_out_width(g)};
}

/* One element; false, with 0, outside of the tensor. */
static bool read(const cvl_tensor *tensor, const ptrdiff_t at[4], double *value)
{
    size_t flat = 0;
    *value = 0.0;
    for (size_t i = 0; i < 4; i++) {
        if (at[i] < 0 || (size_t)at[i] >= tensor->shape[i]) return false;
        flat = flat * tensor->shape[i] + (size_t)at[i];
    }
    *value = cvl_tensor_get(tensor, flat);
    return true;
}

static void place(ptrdiff_t at[4], size_t a, size_t b, ptrdiff_t c, ptrdiff_t d)
{
    at[0] = (ptrdiff_t)a;
    at[1] = (ptrdiff_t)b;
    at[2] = c;
    at[3] = d;
}

/* Counts a term, or enters it. */
static void enter(struct walk *walk, struct explain_term *term,
                  const cvl_tensor *left, const cvl_tensor *right)
{
    struct explain_sum *const sum = walk->sum;
    const size_t index = walk->count++;
    if (!sum) return;
    read(left, term->left, &term->a);
    term->b = 1.0;
    if (right) term->padding = !read(right, term->right, &term->b);
    term->product = term->a * term->b;
    sum->sum += term->product;
    term->sum = sum->sum;
    walk->magnitude += fabs(term->product);
    if (term->padding) sum->padding++;
    if (index < sum->listed)
        sum->terms[index] = *term;
    else
        sum->left_out += term->product;
}

/* What tap (i,j) of output (p,q) reads of x[n,c]. */
static void place_input(const struct walk *walk, size_t n, size_t c,
                        const size_t out[2], const size_t tap[2],
                        ptrdiff_t at[4])
{
    const cvl_conv2d_geometry *const g = walk->g;
    place(at, n, c,
          (ptrdiff_t)(out[0] * g->stride_y + tap[0] * g->dilation_y) -
              (ptrdiff_t)g->pad_top,
          (ptrdiff_t)(out[1] * g->stride_x + tap[1] * g->dilation_x) -
              (ptrdiff_t)g->pad_left);
}

static void walk_output(struct walk *walk, const size_t at[4])
{
    const cvl_conv2d_geometry *const g = walk->g;
    const size_t k = at[1], first = k / walk->group_out * walk->group_in;
    for (size_t c = 0; c < walk->group_in; c++)
        for (size_t i = 0; i < g->kernel_height; i++)
            for (size_t j = 0; j < g->kernel_width; j++) {
                struct explain_term term = {0};
                place(term.left, k, g->tied ? 0 : c, (ptrdiff_t)i,
                      (ptrdiff_t)j);
                place_input(walk, at[0], first + c, &at[2],
                            (const size_t[2]){i, j}, term.right);
                enter(walk, &term, &walk->data->w, &walk->data->x);
            }
}

/* All outputs of a sample that tap at[2], at[3] reads x[n,channel] for. */
static void walk_tap(struct walk *walk, const size_t at[4], size_t n,
                     size_t channel)
{
    for (size_t p = 0; p < walk->out_height; p++)
        for (size_t q = 0; q < walk->out_width; q++) {
            struct explain_term term = {0};
            place(term.left, n, at[0], (ptrdiff_t)p, (ptrdiff_t)q);
            place_input(walk, n, channel, (const size_t[2]){p, q}, &at[2],
                        term.right);
            enter(walk, &term, &walk->data->dy, &walk->data->x);
        }
}

/* A tied weight is one for every channel of the group. */
static void walk_grad_weight(struct walk *walk, const size_t at[4])
{
    const size_t first = at[0] / walk->group_out * walk->group_in;
    const size_t channels = walk->g->tied ? walk->group_in : 1;
    for (size_t c = 0; c < channels; c++)
        for (size_t n = 0; n < walk->g->batch; n++)
            walk_tap(walk, at, n, first + at[1] + c);
}

static void walk_grad_input(struct walk *walk, const size_t at[4])
{
    const cvl_conv2d_geometry *const g = walk->g;
    const size_t first = at[1] / walk->group_in * walk->group_out;
    const size_t c = g->tied ? 0 : at[1] % walk->group_in;
    for (size_t k = first; k < first + walk->group_out; k++)
        for (size_t i = 0; i < g->kernel_height; i++)
            for (size_t j = 0; j < g->kernel_width; j++) {
                size_t p, q;
                if (!explain_reader(at[2] + g->pad_top, i * g->dilation_y,
                                    g->stride_y, walk->out_height, &p) ||
                    !explain_reader(at[3] + g->pad_left, j * g->dilation_x,
                                    g->stride_x, walk->out_width, &q))
                    continue;
                struct explain_term term = {0};
                place(term.left, k, c, (ptrdiff_t)i, (ptrdiff_t)j);
                place(term.right, at[0], k, (ptrdiff_t)p, (ptrdiff_t)q);
                enter(walk, &term, &walk->data->w, &walk->data->dy);
            }
}

static void walk_grad_bias(struct walk *walk, size_t k)
{
    for (size_t n = 0; n < walk->g->batch; n++)
        for (size_t p = 0; p < walk->out_height; p++)
            for (size_t q = 0; q < walk->out_width; q++) {
                struct explain_term term = {0};
                place(term.left, n, k, (ptrdiff_t)p, (ptrdiff_t)q);
                enter(walk, &term, &walk->data->dy, NULL);
            }
}

static void walk_all(struct walk *walk, enum explain_kind kind,
                     const size_t at[4])
{
    walk->count = 0;
    switch (kind) {
    case EXPLAIN_OUTPUT: walk_output(walk, at); break;
    case EXPLAIN_GRAD_WEIGHT: walk_grad_weight(walk, at); break;
    case EXPLAIN_GRAD_INPUT: walk_grad_input(walk, at); break;
    case EXPLAIN_GRAD_BIAS: walk_grad_bias(walk, at[3]); break;
    }
}

/* The element of the computed tensor. */
static double result_at(const struct explain_data *data, enum explain_kind kind,
                        const size_t at[4])
{
    const cvl_tensor *const tensor = explain_result(data, kind);
    size_t flat = 0;
    if (kind == EXPLAIN_GRAD_BIAS) return cvl_tensor_get(tensor, at[3]);
    for (size_t i = 0; i < 4; i++) {
        assert(at[i] < tensor->shape[i]);
        flat = flat * tensor->shape[i] + at[i];
    }
    return cvl_tensor_get(tensor, flat);
}

/*
 * Any order of a sum of n products errs by n epsilon times the sum of their
 * absolute values at most; the bias and the last rounding are two more.
 * Source: Higham, "Accuracy and Stability of Numerical Algorithms", 2002,
 * section 4.2.
 */
static void compare(struct explain_sum *sum, cvl_dtype dtype, double magnitude,
                    double tolerance)
{
    const double epsilon = dtype == CVL_F32 ? FLT_EPSILON : DBL_EPSILON;
    const double rounded =
        dtype == CVL_F32 ? (double)(float)sum->total : sum->total;
    magnitude += fabs(sum->bias);
    sum->allowed =
        (tolerance > 0.0 ? tolerance : ((double)sum->count + 2.0) * epsilon) *
        magnitude;
    sum->difference = sum->result - sum->total;
    if (!isfinite(sum->difference))
        sum->matches =
            rounded == sum->result || (isnan(rounded) && isnan(sum->result));
    else
        sum->matches = fabs(sum->difference) <= sum->allowed ||
                       (!(tolerance > 0.0) && rounded == sum->result);
}

cvl_status explain_add_up(const struct explain_data *data,
                          enum explain_kind kind, const size_t at[4],
                          size_t limit, double tolerance,
                          struct explain_sum *sum, cvl_error *err)
{
    struct walk walk = walk_of(data);
    void *terms;
    size_t bytes;
    *sum = (struct explain_sum){.kind = kind};
    for (size_t i = 0; i < 4; i++) sum->at[i] = at[i];
    walk_all(&walk, kind, at);
    sum->count = walk.count;
    sum->listed = limit && limit < sum->count ? limit : sum->count;
    if (!cvl_size_mul(sum->listed, sizeof *sum->terms, &bytes))
        return cvl_fail(err, CVL_ENOMEM, "out of memory: %zu terms",
                        sum->listed);
    const cvl_status status = cvl_alloc(&terms, bytes, "the terms", err);
    if (status) return status;
    sum->terms = terms;
    walk.sum = sum;
    walk_all(&walk, kind, at);
    sum->has_bias = kind == EXPLAIN_OUTPUT && data->b.data;
    if (sum->has_bias) sum->bias = cvl_tensor_get(&data->b, at[1]);
    sum->total = sum->bias + sum->sum;
    sum->result = result_at(data, kind, at);
    compare(sum, data->x.dtype, walk.magnitude, tolerance);
    return CVL_OK;
}

void explain_sum_free(struct explain_sum *sum)
{
    cvl_free(sum->terms);
    *sum = (struct explain_sum){0};
}
