/* pool.c - see pool_loops.h for the contract. */
#include "convlet/pool.h"

#include <assert.h>

#include "kernel/pool_loops.h"

/* What cvl_exec_run is told of one element of a window: at the least, as the
 * 2x2 are compared. */
static const double FLOPS = 4;

/* What a pass reads and writes: x or dx is NULL where it has none; out is y or
 * dy. */
typedef struct pass {
    const cvl_pool_geometry *g;
    const cvl_tensor *x, *dx, *out;
} pass;

static void *plane(const cvl_tensor *tensor, size_t index)
{
    const size_t area = tensor->shape[2] * tensor->shape[3];
    return (unsigned char *)tensor->data +
           index * area * cvl_dtype_size(tensor->dtype);
}

static const cvl_pool_loops *loops_of(const cvl_tensor *tensor)
{
    return tensor->dtype == CVL_F32 ? &cvl_pool_f32 : &cvl_pool_f64;
}

/* The tasks: one plane each. */
static void max_plane(void *context, size_t task, size_t worker)
{
    const pass *const p = context;
    (void)worker;
    loops_of(p->out)->max(p->g, plane(p->x, task), plane(p->out, task));
}

static void max_back_plane(void *context, size_t task, size_t worker)
{
    const pass *const p = context;
    (void)worker;
    loops_of(p->out)->max_back(p->g, plane(p->x, task), plane(p->out, task),
                               plane(p->dx, task));
}

static void average_plane(void *context, size_t task, size_t worker)
{
    const pass *const p = context;
    (void)worker;
    loops_of(p->out)->average(p->g, plane(p->x, task), plane(p->out, task));
}

static void average_back_plane(void *context, size_t task, size_t worker)
{
    const pass *const p = context;
    (void)worker;
    loops_of(p->out)->average_back(p->g, plane(p->out, task),
                                   plane(p->dx, task));
}

static void run(const pass *p, const cvl_exec *exec, cvl_task *task)
{
    const cvl_exec alone = {.threads = 1};
    const cvl_pool_geometry *const g = p->g;
    const cvl_dtype dtype = p->out->dtype;
    size_t in[4], out[4];
    cvl_pool_input_shape(g, in);
    cvl_pool_output_shape(g, out);
    assert(!p->x || !cvl_tensor_check("", p->x, dtype, 4, in, NULL));
    assert(!p->dx || !cvl_tensor_check("", p->dx, dtype, 4, in, NULL));
    assert(!cvl_tensor_check("", p->out, dtype, 4, out, NULL));
    (void)dtype;
    const double windows = (double)(out[0] * out[1] * out[2] * out[3]);
    cvl_exec_run(exec ? exec : &alone, out[0] * out[1],
                 FLOPS * windows * (double)g->window[0] * (double)g->window[1],
                 task, (void *)p);
}

void cvl_maxpool_forward(const cvl_pool_geometry *g, const cvl_exec *exec,
                         const cvl_tensor *x, cvl_tensor *y)
{
    const pass p = {.g = g, .x = x, .out = y};
    run(&p, exec, max_plane);
}

void cvl_maxpool_backward(const cvl_pool_geometry *g, const cvl_exec *exec,
                          const cvl_tensor *x, const cvl_tensor *dy,
                          cvl_tensor *dx)
{
    const pass p = {.g = g, .x = x, .dx = dx, .out = dy};
    run(&p, exec, max_back_plane);
}

void cvl_avgpool_forward(const cvl_pool_geometry *g, const cvl_exec *exec,
                         const cvl_tensor *x, cvl_tensor *y)
{
    const pass p = {.g = g, .x = x, .out = y};
    run(&p, exec, average_plane);
}

void cvl_avgpool_backward(const cvl_pool_geometry *g, const cvl_exec *exec,
                          const cvl_tensor *dy, cvl_tensor *dx)
{
    const pass p = {.g = g, .dx = dx, .out = dy};
    run(&p, exec, average_back_plane);
}
