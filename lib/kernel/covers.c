/* covers.c - see covers.h for what these kernels are for. */
#include "kernel/covers.h"

#include <stdio.h>

#include "convlet/memory.h"
#include "convlet/tensor.h"
#include "kernel/dense_loops.h"

/* Along one axis. */
static bool axis_covers(size_t in, size_t kernel, size_t before, size_t after)
{
    return in == kernel && before == 0 && after == 0;
}

bool cvl_covers(const cvl_conv2d_geometry *g)
{
    return axis_covers(g->in_height, g->kernel_height, g->pad_top,
                       g->pad_bottom) &&
           axis_covers(g->in_width, g->kernel_width, g->pad_left, g->pad_right);
}

/* The dense layer of one group. */
typedef struct covers {
    cvl_dense_sizes sizes;
    const cvl_dense_kernel *dense;
    size_t groups, real_bytes;
} covers;

static cvl_status plan_covers(const cvl_conv2d_geometry *g,
                              const cvl_exec *exec, cvl_dtype dtype,
                              void **plan, size_t *work_bytes, cvl_error *err)
{
    const cvl_status status =
        cvl_alloc(plan, sizeof(covers), "convolution plan", err);
    if (status) return status;
    covers *const p = *plan;
    const cvl_conv_sizes s = cvl_conv_sizes_of(g, exec);
    *p = (covers){.dense = cvl_product_kernel(dtype, exec->isa),
                  .groups = g->groups,
                  .real_bytes = cvl_dtype_size(dtype)};
    p->sizes = (cvl_dense_sizes){.batch = g->batch,
                                 .inputs = s.group_in * s.window,
                                 .outputs = s.group_out,
                                 .x_row = g->in_channels * s.window,
                                 .y_row = g->out_channels,
                                 .exec = *exec};
    *work_bytes = p->dense->work_bytes(&p->sizes);
    return CVL_OK;
}

static cvl_status plan_f32(const cvl_conv2d_geometry *geometry,
                           const cvl_exec *exec, void **plan,
                           size_t *work_bytes, cvl_error *err)
{
    return plan_covers(geometry, exec, CVL_F32, plan, work_bytes, err);
}

static cvl_status plan_f64(const cvl_conv2d_geometry *geometry,
                           const cvl_exec *exec, void **plan,
                           size_t *work_bytes, cvl_error *err)
{
    return plan_covers(geometry, exec, CVL_F64, plan, work_bytes, err);
}

static void describe(const void *plan, cvl_conv_pass pass, char *text,
                     size_t size)
{
    const covers *const p = plan;
    (void)pass;
    snprintf(text, size,
             "a matrix product: the kernel covers its input, so each output "
             "reads all %zu numbers of it",
             p->sizes.inputs);
}

/* Where group `g` has its part of an array: `count` numbers further each. */
static const void *part(const covers *p, const void *array, size_t g,
                        size_t count)
{
    return array ? (const char *)array + g * count * p->real_bytes : NULL;
}

static void *own_part(const covers *p, void *array, size_t g, size_t count)
{
    return array ? (char *)array + g * count * p->real_bytes : NULL;
}

static void forward(const void *plan, const void *x, const void *w,
                    const void *b, void *y, void *work)
{
    const covers *const p = plan;
    const size_t in = p->sizes.inputs, out = p->sizes.outputs;
    for (size_t g = 0; g < p->groups; g++)
        p->dense->forward(&p->sizes, part(p, x, g, in), part(p, w, g, in * out),
                          part(p, b, g, out), own_part(p, y, g, out), work);
}

static void grad_weight(const void *plan, const void *x, const void *dy,
                        void *dw, void *db, void *work)
{
    const covers *const p = plan;
    const size_t in = p->sizes.inputs, out = p->sizes.outputs;
    for (size_t g = 0; g < p->groups; g++)
        p->dense->grad_weight(&p->sizes, part(p, x, g, in), part(p, dy, g, out),
                              own_part(p, dw, g, in * out),
                              own_part(p, db, g, out), work);
}

static void grad_input(const void *plan, const void *w, const void *dy,
                       void *dx, void *work)
{
    const covers *const p = plan;
    const size_t in = p->sizes.inputs, out = p->sizes.outputs;
    for (size_t g = 0; g < p->groups; g++)
        p->dense->grad_input(&p->sizes, part(p, w, g, in * out),
                             part(p, dy, g, out), own_part(p, dx, g, in), work);
}

const cvl_conv_kernel cvl_covers_f32 = {
    .plan = plan_f32,
    .describe = describe,
    .forward = forward,
    .grad_weight = grad_weight,
    .grad_input = grad_input,
};

const cvl_conv_kernel cvl_covers_f64 = {
    .plan = plan_f64,
    .describe = describe,
    .forward = forward,
    .grad_weight = grad_weight,
    .grad_input = grad_input,
};
