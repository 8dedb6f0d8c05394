/* loss_kinds.c - what losses share: their terms, summed in one order. */
#include "convlet/loss_kinds.h"

/*
 * The items are cut into at most MAX_CHUNKS chunks, by their number alone,
 * and the chunks' sums are added in order: the same bits for any number of
 * threads.
 */
enum { MAX_CHUNKS = 64, CHUNK = 16384 };

/* What cvl_exec_run is told of a number: memory sets the pace. */
static const double FLOPS = 3;

typedef struct chunks {
    cvl_loss_part *part;
    const void *context;
    size_t items, chunk;
    double sums[MAX_CHUNKS];
} chunks;

/* Task: one chunk. */
static void sum_chunk(void *context, size_t task, size_t worker)
{
    (void)worker;
    chunks *const c = context;
    const size_t first = task * c->chunk, rest = c->items - first;
    c->sums[task] =
        c->part(c->context, first, rest < c->chunk ? rest : c->chunk);
}

double cvl_loss_sum_parts(cvl_loss_part *part, const void *context,
                          size_t items, size_t width, const cvl_exec *exec)
{
    const cvl_exec alone = {.threads = 1};
    chunks c = {.part = part,
                .context = context,
                .items = items,
                .chunk = width < CHUNK ? CHUNK / width : 1};
    const size_t even = (items + MAX_CHUNKS - 1) / MAX_CHUNKS;
    if (c.chunk < even) c.chunk = even;
    const size_t count = (items + c.chunk - 1) / c.chunk;
    cvl_exec_run(exec ? exec : &alone, count,
                 FLOPS * (double)items * (double)width, sum_chunk, &c);
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += c.sums[i];
    return sum;
}

/* What a loss of elements goes over; t, mask and g may be NULL. */
typedef struct pass {
    cvl_loss_kernel *kernel;
    const cvl_loss_kind *kind;
    double parameter, scale;
    const unsigned char *y, *t, *mask;
    unsigned char *g;
    cvl_dtype dtype;
} pass;

static const void *data_of(const cvl_tensor *tensor)
{
    return tensor ? tensor->data : NULL;
}

static double run_kernel(const void *context, size_t first, size_t count)
{
    const pass *const p = context;
    const size_t byte = first * cvl_dtype_size(p->dtype);
    return p->kernel(p->y + byte, p->t ? p->t + byte : NULL,
                     p->mask ? p->mask + byte : NULL, p->scale,
                     p->g ? p->g + byte : NULL, count);
}

double cvl_loss_sum(cvl_loss_kernel *kernel, const cvl_tensor *y,
                    const cvl_tensor *t, const cvl_tensor *mask, double scale,
                    const cvl_exec *exec, cvl_tensor *g)
{
    const pass p = {.kernel = kernel,
                    .scale = scale,
                    .y = y->data,
                    .t = data_of(t),
                    .mask = data_of(mask),
                    .g = g ? g->data : NULL,
                    .dtype = y->dtype};
    return cvl_loss_sum_parts(run_kernel, &p, y->count, 1, exec);
}

static double get(const void *array, cvl_dtype dtype, size_t i)
{
    return dtype == CVL_F32 ? (double)((const float *)array)[i]
                            : ((const double *)array)[i];
}

static void set(void *array, cvl_dtype dtype, size_t i, double value)
{
    if (dtype == CVL_F32)
        ((float *)array)[i] = (float)value;
    else
        ((double *)array)[i] = value;
}

/* Errors at a time; they stay near. */
enum { BLOCK = 256 };

/* e = y - t, in their type, or 0 where the mask is 0. */
static void subtract(const pass *p, size_t first, size_t count, double *e)
{
    for (size_t i = 0; i < count; i++) {
        const size_t at = first + i;
        const double error = get(p->y, p->dtype, at) - get(p->t, p->dtype, at);
        const bool counts = !p->mask || get(p->mask, p->dtype, at) != 0;
        e[i] = !counts ? 0 : p->dtype == CVL_F32 ? (double)(float)error : error;
    }
}

static double sum_block(const pass *p, size_t first, size_t count)
{
    double e[BLOCK], term[BLOCK], slope[BLOCK], sum = 0;
    subtract(p, first, count, e);
    p->kind->errors(e, count, p->parameter, term, slope);
    for (size_t i = 0; i < count; i++) {
        const size_t at = first + i;
        const bool counts = !p->mask || get(p->mask, p->dtype, at) != 0;
        sum += counts ? term[i] : 0;
        if (p->g) set(p->g, p->dtype, at, counts ? p->scale * slope[i] : 0);
    }
    return sum;
}

static double sum_errors(const void *context, size_t first, size_t count)
{
    double sum = 0;
    for (size_t done = 0; done < count; done += BLOCK)
        sum += sum_block(context, first + done,
                         count - done < BLOCK ? count - done : BLOCK);
    return sum;
}

double cvl_loss_sum_errors(const cvl_loss *loss, const cvl_tensor *y,
                           const cvl_tensor *t, const cvl_tensor *mask,
                           double scale, const cvl_exec *exec, cvl_tensor *grad)
{
    const pass p = {.kind = loss->kind,
                    .parameter = loss->parameter != 0 ? loss->parameter
                                                      : loss->kind->parameter,
                    .scale = scale,
                    .y = y->data,
                    .t = t->data,
                    .mask = data_of(mask),
                    .g = grad ? grad->data : NULL,
                    .dtype = y->dtype};
    return cvl_loss_sum_parts(sum_errors, &p, y->count, 1, exec);
}
