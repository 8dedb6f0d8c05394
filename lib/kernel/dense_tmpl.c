/* dense_tmpl.c - a dense layer as its formula says: the loops to read first. */
#include "kernel/dense_loops.h"

#include "kernel/real.h"

/*
 * Every result is one sum of products, in double, rounded once: the reference
 * that the matrix product must equal. A task is a row of the result.
 */
typedef struct dense_pass {
    const cvl_dense_sizes *s;
    const real *x, *w, *b, *dy; /* NULL where a pass does not use it */
    real *y, *dx, *dw, *db;
} dense_pass;

/* The sum of `count` products of numbers so many elements apart. */
static double dot(const real *a, size_t a_step, const real *b, size_t b_step,
                  size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)a[i * a_step] * (double)b[i * b_step];
    return sum;
}

/* Task: y[n]. */
static void forward_row(void *context, size_t n, size_t worker)
{
    (void)worker;
    const dense_pass *const p = context;
    const size_t I = p->s->inputs, O = p->s->outputs;
    for (size_t o = 0; o < O; o++)
        p->y[n * O + o] = (real)(dot(p->x + n * I, 1, p->w + o * I, 1, I) +
                                 (p->b ? (double)p->b[o] : 0));
}

/* Task: dw[o] and db[o]. */
static void weight_row(void *context, size_t o, size_t worker)
{
    (void)worker;
    const dense_pass *const p = context;
    const size_t N = p->s->batch, I = p->s->inputs, O = p->s->outputs;
    for (size_t i = 0; i < I; i++)
        p->dw[o * I + i] = (real)dot(p->dy + o, O, p->x + i, I, N);
    if (!p->db) return;
    double sum = 0;
    for (size_t n = 0; n < N; n++) sum += (double)p->dy[n * O + o];
    p->db[o] = (real)sum;
}

/* Task: dx[n]. */
static void input_row(void *context, size_t n, size_t worker)
{
    (void)worker;
    const dense_pass *const p = context;
    const size_t I = p->s->inputs, O = p->s->outputs;
    for (size_t i = 0; i < I; i++)
        p->dx[n * I + i] = (real)dot(p->dy + n * O, 1, p->w + i, I, O);
}

static size_t no_work(const cvl_dense_sizes *sizes)
{
    (void)sizes;
    return 0;
}

static void forward_direct(const cvl_dense_sizes *s, const void *x,
                           const void *w, const void *b, void *y, void *work)
{
    (void)work;
    dense_pass pass = {.s = s, .x = x, .w = w, .b = b, .y = y};
    cvl_exec_run(&s->exec, s->batch, cvl_dense_flops(s), forward_row, &pass);
}

static void grad_weight_direct(const cvl_dense_sizes *s, const void *x,
                               const void *dy, void *dw, void *db, void *work)
{
    (void)work;
    dense_pass pass = {.s = s, .x = x, .dy = dy, .dw = dw, .db = db};
    cvl_exec_run(&s->exec, s->outputs, cvl_dense_flops(s), weight_row, &pass);
}

static void grad_input_direct(const cvl_dense_sizes *s, const void *w,
                              const void *dy, void *dx, void *work)
{
    (void)work;
    dense_pass pass = {.s = s, .w = w, .dy = dy, .dx = dx};
    cvl_exec_run(&s->exec, s->batch, cvl_dense_flops(s), input_row, &pass);
}

const cvl_dense_kernel CVL_REAL_NAME(cvl_dense_direct) = {
    .name = "direct",
    .work_bytes = no_work,
    .forward = forward_direct,
    .grad_weight = grad_weight_direct,
    .grad_input = grad_input_direct,
};
