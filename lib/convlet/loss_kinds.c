/* loss_kinds.c - what losses share: their terms, summed in one order. */
#include "convlet/loss_kinds.h"

/*
 * The elements are cut into at most MAX_CHUNKS chunks, by their number alone,
 * and the chunks' sums are added in order: the same bits for any number of
 * threads.
 */
enum { MAX_CHUNKS = 64, CHUNK = 16384 };

/* What cvl_exec_run is told of an element: memory sets the pace. */
static const double FLOPS = 3;

typedef struct pass {
    cvl_loss_kernel *kernel;
    const unsigned char *y, *t, *mask;
    unsigned char *g;
    double scale;
    size_t count, chunk, real_bytes;
    double sums[MAX_CHUNKS];
} pass;

/* Task: one chunk. */
static void sum_chunk(void *context, size_t task, size_t worker)
{
    (void)worker;
    pass *const p = context;
    const size_t first = task * p->chunk, rest = p->count - first;
    const size_t count = rest < p->chunk ? rest : p->chunk;
    const size_t byte = first * p->real_bytes;
    p->sums[task] = p->kernel(p->y + byte, p->t ? p->t + byte : NULL,
                              p->mask ? p->mask + byte : NULL, p->scale,
                              p->g ? p->g + byte : NULL, count);
}

static const void *data_of(const cvl_tensor *tensor)
{
    return tensor ? tensor->data : NULL;
}

double cvl_loss_sum(cvl_loss_kernel *kernel, const cvl_tensor *y,
                    const cvl_tensor *t, const cvl_tensor *mask, double scale,
                    const cvl_exec *exec, cvl_tensor *g)
{
    const cvl_exec alone = {.threads = 1};
    pass p = {.kernel = kernel,
              .y = y->data,
              .t = data_of(t),
              .mask = data_of(mask),
              .g = g ? g->data : NULL,
              .scale = scale,
              .count = y->count,
              .chunk = CHUNK,
              .real_bytes = cvl_dtype_size(y->dtype)};
    const size_t even = (p.count + MAX_CHUNKS - 1) / MAX_CHUNKS;
    if (p.chunk < even) p.chunk = even;
    const size_t chunks = (p.count + p.chunk - 1) / p.chunk;
    cvl_exec_run(exec ? exec : &alone, chunks, FLOPS * (double)p.count,
                 sum_chunk, &p);
    double sum = 0;
    for (size_t i = 0; i < chunks; i++) sum += p.sums[i];
    return sum;
}
