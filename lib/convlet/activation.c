/* activation.c - see activation.h for the contract. */
#include "convlet/activation.h"

#include <assert.h>

#include "convlet/size.h"
#include "kernel/elements.h"

void cvl_relu_forward(const cvl_tensor *x, cvl_tensor *y)
{
    assert(!cvl_tensor_check_like("", y, x, NULL));
    cvl_elements_of(x->dtype)->relu_forward(x->count, x->data, y->data);
}

void cvl_relu_backward(const cvl_tensor *x, const cvl_tensor *dy,
                       cvl_tensor *dx)
{
    assert(!cvl_tensor_check_like("", dy, x, NULL));
    assert(!cvl_tensor_check_like("", dx, x, NULL));
    cvl_elements_of(x->dtype)->relu_backward(x->count, x->data, dy->data,
                                             dx->data);
}

void cvl_leaky_forward(const cvl_tensor *x, double slope, cvl_tensor *y)
{
    assert(!cvl_tensor_check_like("", y, x, NULL));
    cvl_elements_of(x->dtype)->leaky_forward(slope, x->count, x->data, y->data);
}

void cvl_leaky_backward(const cvl_tensor *x, double slope, const cvl_tensor *dy,
                        cvl_tensor *dx)
{
    assert(!cvl_tensor_check_like("", dy, x, NULL));
    assert(!cvl_tensor_check_like("", dx, x, NULL));
    cvl_elements_of(x->dtype)->leaky_backward(slope, x->count, x->data,
                                              dy->data, dx->data);
}

/* A function of each element, which costs more than to fetch it. */
typedef struct pass {
    void (*map)(size_t count, const void *x, void *y);
    const unsigned char *x;
    unsigned char *y;
    size_t count, real_bytes;
} pass;

enum { CHUNK = 2048, FLOPS = 20 };

/* Task: a chunk of the elements. */
static void map_chunk(void *context, size_t task, size_t worker)
{
    (void)worker;
    const pass *const p = context;
    const size_t first = task * CHUNK, byte = first * p->real_bytes;
    p->map(cvl_least(CHUNK, p->count - first), p->x + byte, p->y + byte);
}

static void run(void (*map)(size_t count, const void *x, void *y),
                const cvl_tensor *x, const cvl_exec *exec, cvl_tensor *y)
{
    const cvl_exec alone = {.threads = 1};
    pass p = {map, x->data, y->data, x->count, cvl_dtype_size(x->dtype)};
    assert(!cvl_tensor_check_like("", y, x, NULL));
    cvl_exec_run(exec ? exec : &alone, (p.count + CHUNK - 1) / CHUNK,
                 FLOPS * (double)p.count, map_chunk, &p);
}

void cvl_tanh_forward(const cvl_tensor *x, const cvl_exec *exec, cvl_tensor *y)
{
    run(cvl_elements_of(x->dtype)->tanh_forward, x, exec, y);
}

void cvl_sigmoid_forward(const cvl_tensor *x, const cvl_exec *exec,
                         cvl_tensor *y)
{
    run(cvl_elements_of(x->dtype)->sigmoid_forward, x, exec, y);
}

void cvl_tanh_backward(const cvl_tensor *y, const cvl_tensor *dy,
                       cvl_tensor *dx)
{
    assert(!cvl_tensor_check_like("", dy, y, NULL));
    assert(!cvl_tensor_check_like("", dx, y, NULL));
    cvl_elements_of(y->dtype)->tanh_backward(y->count, y->data, dy->data,
                                             dx->data);
}

void cvl_sigmoid_backward(const cvl_tensor *y, const cvl_tensor *dy,
                          cvl_tensor *dx)
{
    assert(!cvl_tensor_check_like("", dy, y, NULL));
    assert(!cvl_tensor_check_like("", dx, y, NULL));
    cvl_elements_of(y->dtype)->sigmoid_backward(y->count, y->data, dy->data,
                                                dx->data);
}
