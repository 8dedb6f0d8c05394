/* loss.c - see loss.h for the contract. */
#include "convlet/loss.h"

#include <string.h>

#include "kernel/squares.h"

/*
 * The elements are cut into at most MAX_CHUNKS chunks, by their number alone,
 * and the chunks' sums are added in order: the same bits for any number of
 * threads.
 */
enum { MAX_CHUNKS = 64, CHUNK = 16384 };

/* What cvl_exec_run is told of an element: memory sets the pace. */
static const double FLOPS = 3;

typedef struct pass {
    cvl_squares *kernel;
    const unsigned char *y, *t, *mask;
    unsigned char *g;
    double slope;
    size_t count, chunk, real_bytes;
    double sums[MAX_CHUNKS];
} pass;

/* An instruction set that this build has no kernels for takes the next best. */
static cvl_squares *kernel_for(cvl_dtype dtype, cvl_isa isa)
{
    static cvl_squares *const KERNELS[][2] = {
        [CVL_ISA_BASE] = {cvl_squares_base_f32, cvl_squares_base_f64},
#ifdef CVL_TILED_X86
        [CVL_ISA_AVX2] = {cvl_squares_avx2_f32, cvl_squares_avx2_f64},
        [CVL_ISA_AVX512] = {cvl_squares_avx512_f32, cvl_squares_avx512_f64},
#endif
    };
    const size_t best = sizeof KERNELS / sizeof *KERNELS - 1;
    return KERNELS[(size_t)isa < best ? (size_t)isa : best][dtype];
}

/* Task: one chunk. */
static void sum_chunk(void *context, size_t task, size_t worker)
{
    (void)worker;
    pass *const p = context;
    const size_t first = task * p->chunk, rest = p->count - first;
    const size_t count = rest < p->chunk ? rest : p->chunk;
    const size_t byte = first * p->real_bytes;
    p->sums[task] = p->kernel(p->y + byte, p->t ? p->t + byte : NULL,
                              p->mask ? p->mask + byte : NULL, p->slope,
                              p->g ? p->g + byte : NULL, count);
}

static const char *const NAMES[] = {
    [CVL_REDUCTION_MEAN] = "mean",
    [CVL_REDUCTION_SUM] = "sum",
    [CVL_REDUCTION_NOTEBOOK] = "notebook",
};

const char *cvl_reduction_name(cvl_reduction reduction)
{
    const size_t i = (size_t)reduction;
    return i < sizeof NAMES / sizeof *NAMES ? NAMES[i] : NULL;
}

bool cvl_reduction_parse(const char *name, cvl_reduction *reduction)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (!strcmp(name, NAMES[i])) {
            *reduction = (cvl_reduction)i;
            return true;
        }
    return false;
}

double cvl_loss_divisor(const cvl_tensor *y, size_t used,
                        cvl_reduction reduction)
{
    switch (reduction) {
    case CVL_REDUCTION_SUM: return 1.0;
    case CVL_REDUCTION_NOTEBOOK: return (double)used / (double)y->shape[3];
    case CVL_REDUCTION_MEAN: break;
    }
    return (double)used;
}

double cvl_loss_slope(const cvl_tensor *y, size_t used, cvl_reduction reduction)
{
    switch (reduction) {
    case CVL_REDUCTION_SUM: return 2.0;
    case CVL_REDUCTION_NOTEBOOK: return 1.0 / (double)y->shape[0];
    case CVL_REDUCTION_MEAN: break;
    }
    return 2.0 / (double)used;
}

static const void *data_of(const cvl_tensor *tensor)
{
    return tensor ? tensor->data : NULL;
}

double cvl_loss_errors(const cvl_tensor *y, const cvl_tensor *t,
                       const cvl_tensor *mask, double slope,
                       const cvl_exec *exec, cvl_tensor *errors)
{
    const cvl_exec alone = {.threads = 1};
    if (!exec) exec = &alone;
    pass p = {.kernel = kernel_for(y->dtype, exec->isa),
              .y = y->data,
              .t = data_of(t),
              .mask = data_of(mask),
              .g = errors ? errors->data : NULL,
              .slope = slope,
              .count = y->count,
              .chunk = CHUNK,
              .real_bytes = cvl_dtype_size(y->dtype)};
    const size_t even = (p.count + MAX_CHUNKS - 1) / MAX_CHUNKS;
    if (p.chunk < even) p.chunk = even;
    const size_t chunks = (p.count + p.chunk - 1) / p.chunk;
    cvl_exec_run(exec, chunks, FLOPS * (double)p.count, sum_chunk, &p);
    double sum = 0;
    for (size_t i = 0; i < chunks; i++) sum += p.sums[i];
    return sum;
}

cvl_status cvl_loss_mse_masked(const cvl_tensor *y, const cvl_tensor *t,
                               const cvl_tensor *mask, size_t used,
                               cvl_reduction reduction, const cvl_exec *exec,
                               cvl_tensor *grad, double *loss, cvl_error *err)
{
    cvl_status status = cvl_tensor_check_like("mse target", t, y, err);
    if (!status && mask)
        status = cvl_tensor_check_like("mse mask", mask, y, err);
    if (!status && grad)
        status = cvl_tensor_check_like("mse gradient", grad, y, err);
    if (!status && reduction == CVL_REDUCTION_NOTEBOOK && y->ndim != 4)
        status = cvl_fail(err, CVL_ESHAPE,
                          "reduction notebook needs 4 axes, got %zu", y->ndim);
    if (status) return status;
    const double slope = cvl_loss_slope(y, used, reduction);
    *loss = cvl_loss_errors(y, t, mask, slope, exec, grad) /
            cvl_loss_divisor(y, used, reduction);
    return CVL_OK;
}

cvl_status cvl_loss_mse(const cvl_tensor *y, const cvl_tensor *t,
                        cvl_reduction reduction, cvl_tensor *grad, double *loss,
                        cvl_error *err)
{
    return cvl_loss_mse_masked(y, t, NULL, y->count, reduction, NULL, grad,
                               loss, err);
}
