/* activation.c - see activation.h for the contract. */
#include "convlet/activation.h"

#include <assert.h>

#include "convlet/size.h"
#include "kernel/elements.h"

/* What cvl_exec_run is told of an element: most are waited for because they
 * are moved; to compute a power takes longer. */
static const double MOVED = 4, COMPUTED = 20;

/* dy is NULL where the gradient is not what is made. */
typedef struct pass {
    cvl_map_loop *loop;
    double slope;
    const unsigned char *at, *dy;
    unsigned char *to;
    size_t count, real_bytes;
} pass;

enum { CHUNK = 2048 };

/* Task: a chunk of the elements. */
static void map_chunk(void *context, size_t task, size_t worker)
{
    (void)worker;
    const pass *const p = context;
    const size_t first = task * CHUNK, byte = first * p->real_bytes;
    p->loop(p->slope, cvl_least(CHUNK, p->count - first), p->at + byte,
            p->dy ? p->dy + byte : NULL, p->to + byte);
}

static void run(cvl_map_loop *loop, double slope, double flops,
                const cvl_tensor *at, const cvl_tensor *dy,
                const cvl_exec *exec, cvl_tensor *to)
{
    const cvl_exec alone = {.threads = 1};
    pass p = {.loop = loop,
              .slope = slope,
              .at = at->data,
              .dy = dy ? dy->data : NULL,
              .to = to->data,
              .count = at->count,
              .real_bytes = cvl_dtype_size(at->dtype)};
    assert(!dy || !cvl_tensor_check_like("", dy, at, NULL));
    assert(!cvl_tensor_check_like("", to, at, NULL));
    cvl_exec_run(exec ? exec : &alone, (p.count + CHUNK - 1) / CHUNK,
                 flops * (double)p.count, map_chunk, &p);
}

void cvl_relu_forward(const cvl_tensor *x, const cvl_exec *exec, cvl_tensor *y)
{
    run(cvl_elements_of(x->dtype)->relu_forward, 0, MOVED, x, NULL, exec, y);
}

void cvl_relu_backward(const cvl_tensor *x, const cvl_tensor *dy,
                       const cvl_exec *exec, cvl_tensor *dx)
{
    run(cvl_elements_of(x->dtype)->relu_backward, 0, MOVED, x, dy, exec, dx);
}

void cvl_leaky_forward(const cvl_tensor *x, double slope, const cvl_exec *exec,
                       cvl_tensor *y)
{
    run(cvl_elements_of(x->dtype)->leaky_forward, slope, MOVED, x, NULL, exec,
        y);
}

void cvl_leaky_backward(const cvl_tensor *x, double slope, const cvl_tensor *dy,
                        const cvl_exec *exec, cvl_tensor *dx)
{
    run(cvl_elements_of(x->dtype)->leaky_backward, slope, MOVED, x, dy, exec,
        dx);
}

void cvl_tanh_forward(const cvl_tensor *x, const cvl_exec *exec, cvl_tensor *y)
{
    run(cvl_elements_of(x->dtype)->tanh_forward, 0, COMPUTED, x, NULL, exec, y);
}

void cvl_sigmoid_forward(const cvl_tensor *x, const cvl_exec *exec,
                         cvl_tensor *y)
{
    run(cvl_elements_of(x->dtype)->sigmoid_forward, 0, COMPUTED, x, NULL, exec,
        y);
}

void cvl_tanh_backward(const cvl_tensor *y, const cvl_tensor *dy,
                       const cvl_exec *exec, cvl_tensor *dx)
{
    run(cvl_elements_of(y->dtype)->tanh_backward, 0, MOVED, y, dy, exec, dx);
}

void cvl_sigmoid_backward(const cvl_tensor *y, const cvl_tensor *dy,
                          const cvl_exec *exec, cvl_tensor *dx)
{
    run(cvl_elements_of(y->dtype)->sigmoid_backward, 0, MOVED, y, dy, exec, dx);
}
