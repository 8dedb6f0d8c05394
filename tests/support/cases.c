/* cases.c - see cases.h. */
#include "cases.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/memory.h"

const cvl_conv2d_geometry CASE_NOTEBOOK = {
    .batch = 2,
    .in_channels = 3,
    .in_height = 20,
    .in_width = 20,
    .out_channels = 4,
    .kernel_height = 2,
    .kernel_width = 2,
    .stride_y = 2,
    .stride_x = 2,
    .pad_top = 1,
    .pad_bottom = 1,
    .pad_left = 1,
    .pad_right = 1,
    .dilation_y = 1,
    .dilation_x = 1,
    .groups = 1,
};

size_t case_share(size_t count)
{
    const char *const text = getenv("CONVLET_TEST_SHARE");
    const unsigned long share = text ? strtoul(text, NULL, 10) : 1;
    ck_assert_msg(share > 0 && share <= count,
                  "CONVLET_TEST_SHARE is '%s', expected 1 to %zu", text, count);
    return count / share;
}

/* Uniform in low .. high. */
static size_t between(cvl_random *random, size_t low, size_t high)
{
    return low + cvl_random_u32(random) % (high - low + 1);
}

/* One axis: input, kernel, stride, dilation and two paddings that fit. */
static void draw_axis(cvl_random *random, size_t *in, size_t *kernel,
                      size_t *stride, size_t *dilation, size_t *before,
                      size_t *after)
{
    *kernel = between(random, 1, 5);
    *stride = between(random, 1, between(random, 1, 7));
    *dilation = between(random, 1, between(random, 1, 3));
    *before = between(random, 0, 4);
    *after = between(random, 0, 1) ? *before : between(random, 0, 4);
    const size_t window = *dilation * (*kernel - 1) + 1;
    const size_t pads = *before + *after;
    const size_t least = window > pads ? window - pads : 1;
    *in = between(random, 0, 3) ? between(random, least, least + 14) : least;
}

cvl_conv2d_geometry case_geometry(cvl_random *random)
{
    cvl_conv2d_geometry g = {.batch = between(random, 1, 3)};
    draw_axis(random, &g.in_height, &g.kernel_height, &g.stride_y,
              &g.dilation_y, &g.pad_top, &g.pad_bottom);
    draw_axis(random, &g.in_width, &g.kernel_width, &g.stride_x, &g.dilation_x,
              &g.pad_left, &g.pad_right);
    if (between(random, 0, 9) == 0) {
        g.in_height = g.kernel_height = 1;
        g.pad_top = g.pad_bottom = 0;
    }
    g.groups = between(random, 0, 2) ? 1 : between(random, 1, 4);
    const bool depthwise = between(random, 0, 4) == 0;
    g.in_channels = g.groups * (depthwise ? 1 : between(random, 1, 4));
    g.out_channels = g.groups * between(random, 1, 9);
    g.tied = between(random, 0, 7) == 0;
    return g;
}

void case_net_spec(cvl_random *random, char *spec, size_t size)
{
    static const char *const paddings[] = {"0", "1", "same", "fit", "2x0x1x3"};
    const size_t layers = between(random, 1, 5);
    for (size_t i = 0, used = 0; i < layers; i++) {
        const size_t factor = between(random, 1, 3);
        if (!between(random, 0, 3)) {
            used += (size_t)snprintf(
                spec + used, size - used,
                "%s%spool %zux%zu stride=%zux%zu padding=%zu ceil=%s",
                i ? ", " : "", between(random, 0, 1) ? "max" : "avg",
                between(random, 2, 4), between(random, 2, 4),
                between(random, 1, 3), between(random, 1, 3),
                between(random, 0, 1), between(random, 0, 1) ? "yes" : "no");
            continue;
        }
        used += (size_t)snprintf(
            spec + used, size - used,
            "%sconv %zu %zux%zu stride=%zux%zu padding=%s", i ? ", " : "",
            factor * factor * between(random, 1, 2), between(random, 1, 4),
            between(random, 1, 4), between(random, 1, 3), between(random, 1, 3),
            paddings[between(random, 0, 4)]);
        if (factor > 1)
            used += (size_t)snprintf(spec + used, size - used, ", shuffle %zu",
                                     factor);
    }
}

const char *case_describe(const cvl_conv2d_geometry *g, char text[256])
{
    snprintf(text, 256,
             "n%zu c%zu %zux%zu k%zu %zux%zu stride %zu,%zu pad "
             "%zu,%zu,%zu,%zu dilation %zu,%zu groups %zu%s",
             g->batch, g->in_channels, g->in_height, g->in_width,
             g->out_channels, g->kernel_height, g->kernel_width, g->stride_y,
             g->stride_x, g->pad_top, g->pad_bottom, g->pad_left, g->pad_right,
             g->dilation_y, g->dilation_x, g->groups, g->tied ? " tied" : "");
    return text;
}

/* Elements before and behind a result that nobody may touch. */
enum { GUARD = 16 };
static const double CANARY = 12345.0;

/* A result: NaN between two guards, in a block of its own. */
static cvl_tensor result_tensor(cvl_dtype dtype, size_t ndim,
                                const size_t *shape)
{
    cvl_tensor tensor = cvl_tensor_wrap(dtype, ndim, shape, NULL);
    const size_t padded = tensor.count + 2 * GUARD;
    cvl_tensor block;
    ck_assert_int_eq(cvl_tensor_init(&block, dtype, 1, &padded, NULL), CVL_OK);
    cvl_tensor_fill(&block, CANARY);
    tensor.data = (char *)block.data + GUARD * cvl_dtype_size(dtype);
    cvl_tensor_fill(&tensor, NAN);
    return tensor;
}

static char *guarded_block(const cvl_tensor *result)
{
    return (char *)result->data - GUARD * cvl_dtype_size(result->dtype);
}

static bool canaries_live(const cvl_tensor *result)
{
    const size_t padded = result->count + 2 * GUARD;
    const cvl_tensor block =
        cvl_tensor_wrap(result->dtype, 1, &padded, guarded_block(result));
    for (size_t i = 0; i < GUARD; i++)
        if (cvl_tensor_get(&block, i) != CANARY ||
            cvl_tensor_get(&block, padded - 1 - i) != CANARY)
            return false;
    return true;
}

static cvl_tensor given_tensor(cvl_dtype dtype, size_t ndim,
                               const size_t *shape, bool integers,
                               cvl_random *random)
{
    cvl_tensor tensor;
    ck_assert_int_eq(cvl_tensor_init(&tensor, dtype, ndim, shape, NULL),
                     CVL_OK);
    for (size_t i = 0; i < tensor.count; i++)
        cvl_tensor_set(&tensor, i,
                       integers ? (double)between(random, 0, 6) - 3
                                : cvl_random_normal(random));
    return tensor;
}

void case_init(case_arrays *a, const cvl_conv2d_geometry *g, cvl_dtype dtype,
               bool integers, cvl_random *random)
{
    size_t x[4], w[4], y[4];
    cvl_conv2d_input_shape(g, x);
    cvl_conv2d_weight_shape(g, w);
    cvl_conv2d_output_shape(g, y);
    a->x = given_tensor(dtype, 4, x, integers, random);
    a->w = given_tensor(dtype, 4, w, integers, random);
    a->b = given_tensor(dtype, 1, &g->out_channels, integers, random);
    a->dy = given_tensor(dtype, 4, y, integers, random);
    a->y = result_tensor(dtype, 4, y);
    a->dw = result_tensor(dtype, 4, w);
    a->db = result_tensor(dtype, 1, &g->out_channels);
    a->dx = result_tensor(dtype, 4, x);
}

void case_free(case_arrays *a)
{
    cvl_tensor *const given[] = {&a->x, &a->w, &a->b, &a->dy};
    for (size_t i = 0; i < 4; i++) cvl_tensor_free(given[i]);
    cvl_tensor *const results[] = {&a->y, &a->dw, &a->db, &a->dx};
    for (size_t i = 0; i < 4; i++) cvl_free(guarded_block(results[i]));
}

void case_run(case_arrays *a, const cvl_conv2d_geometry *g, cvl_conv_algo algo,
              const cvl_exec *exec)
{
    cvl_conv2d conv;
    cvl_error err = {0};
    void *work;
    ck_assert_msg(!cvl_conv2d_init(&conv, g, a->x.dtype, algo, exec, &err),
                  "%s", err.message);
    ck_assert_int_eq(
        cvl_alloc(&work, cvl_conv2d_work_bytes(&conv), "scratch", NULL),
        CVL_OK);
    /* What scratch holds does not matter. */
    memset(work, 0xff, cvl_conv2d_work_bytes(&conv));
    cvl_conv2d_forward(&conv, &a->x, &a->w, &a->b, &a->y, work);
    cvl_conv2d_grad_weight(&conv, &a->x, &a->dy, &a->dw, &a->db, work);
    cvl_conv2d_grad_input(&conv, &a->w, &a->dy, &a->dx, work);
    cvl_free(work);
    cvl_conv2d_free(&conv);
}

const char *case_difference(const case_arrays *a, const case_arrays *b)
{
    static const char *const names[] = {"y", "dw", "db", "dx"};
    const cvl_tensor *const ours[] = {&a->y, &a->dw, &a->db, &a->dx};
    const cvl_tensor *const theirs[] = {&b->y, &b->dw, &b->db, &b->dx};
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < ours[i]->count; j++) {
            const double left = cvl_tensor_get(ours[i], j);
            const double right = cvl_tensor_get(theirs[i], j);
            /* Also true for NaN, which no result may hold. */
            if (!(left == right)) return names[i];
        }
        if (!canaries_live(ours[i]) || !canaries_live(theirs[i]))
            return "a canary";
    }
    return NULL;
}

cvl_conv2d_geometry case_same_3x3(size_t batch, size_t in, size_t height,
                                  size_t width, size_t out)
{
    return (cvl_conv2d_geometry){.batch = batch,
                                 .in_channels = in,
                                 .in_height = height,
                                 .in_width = width,
                                 .out_channels = out,
                                 .kernel_height = 3,
                                 .kernel_width = 3,
                                 .stride_y = 1,
                                 .stride_x = 1,
                                 .pad_top = 1,
                                 .pad_bottom = 1,
                                 .pad_left = 1,
                                 .pad_right = 1,
                                 .dilation_y = 1,
                                 .dilation_x = 1,
                                 .groups = 1};
}
