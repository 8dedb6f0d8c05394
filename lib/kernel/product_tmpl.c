/* product_tmpl.c - the matrix products of a dense layer, in register tiles. */
#include "kernel/dense_loops.h"
#include "kernel/kernel.h"
#include "kernel/tiled_vector.h"

/* A dense layer is no reason for copies where bytes count. */
#ifdef CVL_SMALL
#undef HAS_COPY
#define HAS_COPY(M, N) 0
#endif

/*
 * A tile is TALL x WIDE sums, which stay in registers. Two ways to fill it:
 *
 *   dots    y = x w^T: both lie along the sum, so each sum is a vector, whose
 *           lanes are added up in the end; nothing is copied or turned
 *   spread  dx = dy w, dw = dy^T x: numbers of dy, each in all lanes, times
 *           vectors of the rows of w (or x)
 *
 *           dy        a strip of w
 *         [. . .]   [ WIDE vectors ]
 *    TALL [. . .] x [ WIDE vectors ]   copied side by side, for all
 *         [. . .]   [ WIDE vectors ]   the tiles that read it
 *
 * Long sums are cut, so that what many tiles read stays in the caches. Which
 * tile makes a number, and in what order, follows from the sizes alone.
 */
#if CVL_VECTOR_BYTES == 64
enum { TALL = 8 };
#else
enum { TALL = 4 };
#endif
enum {
    WIDE = 3,
    ROOM = 32, /* for TALL x WIDE sums, in steps of LANES */
    DOTS_PIECE = 4096 / sizeof(real), /* products of a long sum at a time */
    DOTS_ROWS = 32,                   /* of x, in a task */
    DOTS_COLUMNS = 4 * WIDE,          /* rows of w, in a task */
    SPREAD_PIECE = 256,
    SPREAD_ROWS = 128 /* of the result, in a task */
};
#define STRIP (WIDE * LANES)

typedef struct tile {
    size_t count; /* products of a sum */
    const real *a, *b;
    size_t a_row, a_step; /* from sum to sum, and from product to product */
    size_t b_step;        /* dots: from sum to sum; spread: between vectors */
    bool more;            /* y has the sums of the products before */
    const real *bias;     /* dots: of each column, or NULL */
    real *y;
    size_t y_row, columns; /* spread: so many of a row are wanted */
} tile;

/* `count` numbers, and zeros behind them. */
INLINE vec load_few(const real *from, size_t count)
{
    vec v = {0};
    memcpy(&v, from, count * sizeof *from);
    return v;
}

/* The products that fill no vector: the lanes of the last whole one that have
 * had no turn. */
INLINE void dots_rest(const size_t M, const size_t N, const tile *t,
                      vec sum[ROOM])
{
    const size_t rest = t->count % LANES;
    const bool few = t->count < LANES;
    const size_t at = few ? 0 : t->count - LANES;
    vec v[WIDE];
    UNROLL for (size_t n = 0; n < N; n++)
    {
        const real *const b = t->b + n * t->b_step + at;
        v[n] = few ? load_few(b, rest) : keep_last(load(b), rest);
    }
    UNROLL for (size_t m = 0; m < M; m++)
    {
        const real *const a = t->a + m * t->a_row + at;
        const vec s = few ? load_few(a, rest) : load(a);
        UNROLL for (size_t n = 0; n < N; n++) sum[m * N + n] += s * v[n];
    }
}

INLINE void run_dots(const size_t M, const size_t N, const tile *t)
{
    const real *a[TALL], *b[WIDE];
    vec sum[ROOM];
    real out[ROOM];
    UNROLL for (size_t k = 0; k < ROOM; k++) sum[k] = (vec){0};
    UNROLL for (size_t m = 0; m < M; m++) a[m] = t->a + m * t->a_row;
    UNROLL for (size_t n = 0; n < N; n++) b[n] = t->b + n * t->b_step;
    for (size_t i = 0; i + LANES <= t->count; i += LANES) {
        vec v[WIDE];
        UNROLL for (size_t n = 0; n < N; n++) v[n] = load(b[n] + i);
        UNROLL for (size_t m = 0; m < M; m++)
        {
            const vec s = load(a[m] + i);
            UNROLL for (size_t n = 0; n < N; n++) sum[m * N + n] += s * v[n];
        }
    }
    if (t->count % LANES) dots_rest(M, N, t, sum);
    UNROLL for (size_t k = 0; k < M * N; k += LANES)
        store(out + k, add_lanes(sum + k));
    UNROLL for (size_t m = 0; m < M; m++)
    {
        UNROLL for (size_t n = 0; n < N; n++)
        {
            real *const y = t->y + m * t->y_row + n;
            *y = out[m * N + n] + (t->more ? *y : t->bias ? t->bias[n] : 0);
        }
    }
}

INLINE void run_spread(const size_t M, const size_t N, const tile *t)
{
    const size_t step = t->a_step;
    const real *a[TALL], *b = t->b;
    vec sum[TALL][WIDE];
    UNROLL for (size_t m = 0; m < M; m++)
    {
        a[m] = t->a + m * t->a_row;
        UNROLL for (size_t n = 0; n < N; n++) sum[m][n] = (vec){0};
    }
    for (size_t i = 0; i < t->count; i++, b += t->b_step) {
        vec v[WIDE];
        UNROLL for (size_t n = 0; n < N; n++) v[n] = load(b + n * LANES);
        UNROLL for (size_t m = 0; m < M; m++)
        {
            const vec s = spread(a[m][i * step]);
            UNROLL for (size_t n = 0; n < N; n++) sum[m][n] += s * v[n];
        }
    }
    const size_t last = t->columns - (N - 1) * LANES;
    UNROLL for (size_t m = 0; m < M; m++)
    {
        UNROLL for (size_t n = 0; n < N; n++)
        {
            real *const y = t->y + m * t->y_row + n * LANES;
            if (n + 1 < N || last == LANES) {
                store(y, t->more ? load(y) + sum[m][n] : sum[m][n]);
            } else {
                if (t->more) sum[m][n] += load_few(y, last);
                memcpy(y, &sum[m][n], last * sizeof *y);
            }
        }
    }
}

SHARED void share_dots(size_t M, size_t N, const tile *t)
{
    run_dots(M, N, t);
}

SHARED void share_spread(size_t M, size_t N, const tile *t)
{
    run_spread(M, N, t);
}

/* A function for every size, so that all loops above can be unrolled. */
typedef void tile_function(const tile *t);
/* clang-format off */
#define ROW(X, M) X(M, 1) X(M, 2) X(M, 3)
#define GRID4(X) ROW(X, 1) ROW(X, 2) ROW(X, 3) ROW(X, 4)
#if CVL_VECTOR_BYTES == 64
#define GRID(X) GRID4(X) ROW(X, 5) ROW(X, 6) ROW(X, 7) ROW(X, 8)
#else
#define GRID(X) GRID4(X)
#endif
#define TILES(M, N) \
    static void dots_##M##x##N(const tile *t) \
    { HAS_COPY(M, N) ? run_dots(M, N, t) : share_dots(M, N, t); } \
    static void spread_##M##x##N(const tile *t) \
    { HAS_COPY(M, N) ? run_spread(M, N, t) : share_spread(M, N, t); }
#define DOTS_NAME(M, N) dots_##M##x##N,
#define SPREAD_NAME(M, N) spread_##M##x##N,
GRID(TILES)
/* Entry (M - 1) * WIDE + N - 1. */
static tile_function *const DOTS[] = {GRID(DOTS_NAME)};
static tile_function *const SPREAD[] = {GRID(SPREAD_NAME)};
/* clang-format on */

/* All tiles of `rows` rows and N sums (or vectors) across. */
static void run_rows(tile_function *const tiles[], tile t, size_t rows,
                     size_t N)
{
    for (size_t m = 0; m < rows; m += TALL) {
        tiles[(least(TALL, rows - m) - 1) * WIDE + N - 1](&t);
        t.a += TALL * t.a_row;
        t.y += TALL * t.y_row;
    }
}

/* One product: result[rows][columns] = sums of `sums` products each. */
typedef struct product {
    const real *a, *b, *bias;
    size_t a_row, a_step;
    size_t rows, columns, sums;
    real *y, *scratch;
    size_t scratch_step; /* from one worker's to the next one's */
} product;

/* Task: DOTS_ROWS rows of x by DOTS_COLUMNS rows of w. */
static void dots_task(void *context, size_t task, size_t worker)
{
    (void)worker;
    const product *const p = context;
    const size_t across = divide_up(p->columns, DOTS_COLUMNS);
    const size_t row = task / across * DOTS_ROWS;
    const size_t first = task % across * DOTS_COLUMNS;
    const size_t end = least(first + DOTS_COLUMNS, p->columns);
    const size_t pieces = divide_up(p->sums, DOTS_PIECE);
    for (size_t k = 0; k < pieces; k++) {
        const size_t from = k * p->sums / pieces;
        for (size_t o = first; o < end; o += WIDE) {
            const tile t = {.count = (k + 1) * p->sums / pieces - from,
                            .a = p->a + row * p->sums + from,
                            .b = p->b + o * p->sums + from,
                            .a_row = p->sums,
                            .b_step = p->sums,
                            .more = k > 0,
                            .bias = p->bias ? p->bias + o : NULL,
                            .y = p->y + row * p->columns + o,
                            .y_row = p->columns};
            run_rows(DOTS, t, least(DOTS_ROWS, p->rows - row),
                     least(WIDE, end - o));
        }
    }
}

/* Copies a strip of `count` rows, with zeros behind the last columns. */
static void copy_strip(const real *from, size_t step, size_t count,
                       size_t columns, real *to)
{
    const size_t width = divide_up(columns, LANES) * LANES;
    for (size_t i = 0; i < count; i++, from += step, to += width) {
        size_t k = 0;
        for (; k + LANES <= columns; k += LANES) store(to + k, load(from + k));
        if (k < columns) store(to + k, load_few(from + k, columns - k));
    }
}

/* Task: a strip of columns, for SPREAD_ROWS rows. */
static void spread_task(void *context, size_t task, size_t worker)
{
    const product *const p = context;
    const size_t strips = divide_up(p->columns, STRIP);
    const size_t row = task / strips * SPREAD_ROWS;
    const size_t rows = least(SPREAD_ROWS, p->rows - row);
    const size_t column = task % strips * STRIP;
    const size_t columns = least(STRIP, p->columns - column);
    const size_t N = divide_up(columns, LANES);
    real *const strip = p->scratch + worker * p->scratch_step;
    for (size_t k = 0; k < p->sums; k += SPREAD_PIECE) {
        tile t = {.count = least(SPREAD_PIECE, p->sums - k),
                  .a = p->a + row * p->a_row + k * p->a_step,
                  .b = p->b + k * p->columns + column,
                  .a_row = p->a_row,
                  .a_step = p->a_step,
                  .b_step = p->columns,
                  .more = k > 0,
                  .y = p->y + row * p->columns + column,
                  .y_row = p->columns,
                  .columns = columns};
        if (rows > TALL || columns < N * LANES) {
            copy_strip(t.b, t.b_step, t.count, columns, strip);
            t.b = strip;
            t.b_step = N * LANES;
        }
        run_rows(SPREAD, t, rows, N);
    }
}

/* Rows of dy that a task adds up at once, for the bias. */
enum { BIAS_COLUMNS = 256 };

/* Task: BIAS_COLUMNS of db. */
static void bias_task(void *context, size_t task, size_t worker)
{
    (void)worker;
    const product *const p = context;
    const size_t first = task * BIAS_COLUMNS;
    const size_t count = least(BIAS_COLUMNS, p->columns - first);
    real *const y = p->y + first;
    memset(y, 0, count * sizeof *y);
    for (size_t n = 0; n < p->sums; n++) {
        const real *const a = p->a + n * p->columns + first;
        for (size_t o = 0; o < count; o++) y[o] += a[o];
    }
}

/* It knows the speed of plain loops; a vector does LANES of their rounds. */
static double effort(const cvl_dense_sizes *s)
{
    const size_t lanes = LANES;
    return cvl_dense_flops(s) / (double)lanes;
}

/* Elements from one worker's scratch to the next one's. */
static size_t scratch_step(const cvl_dense_sizes *s)
{
    const bool alone =
        s->exec.threads == 1 || effort(s) < s->exec.parallel_flops;
    return SPREAD_PIECE * STRIP +
           (alone ? 0 : CVL_WORKERS_APART / sizeof(real));
}

static size_t work_bytes(const cvl_dense_sizes *s)
{
    return s->exec.threads * scratch_step(s) * sizeof(real);
}

static void forward(const cvl_dense_sizes *s, const void *x, const void *w,
                    const void *b, void *y, void *work)
{
    (void)work;
    product p = {.a = x,
                 .b = w,
                 .bias = b,
                 .rows = s->batch,
                 .columns = s->outputs,
                 .sums = s->inputs,
                 .y = y};
    cvl_exec_run(&s->exec,
                 divide_up(p.rows, DOTS_ROWS) *
                     divide_up(p.columns, DOTS_COLUMNS),
                 effort(s), dots_task, &p);
}

static void run_strips(const cvl_dense_sizes *s, product *p)
{
    p->scratch_step = scratch_step(s);
    cvl_exec_run(&s->exec,
                 divide_up(p->rows, SPREAD_ROWS) * divide_up(p->columns, STRIP),
                 effort(s), spread_task, p);
}

static void grad_weight(const cvl_dense_sizes *s, const void *x, const void *dy,
                        void *dw, void *db, void *work)
{
    product p = {.a = dy,
                 .b = x,
                 .a_row = 1,
                 .a_step = s->outputs,
                 .rows = s->outputs,
                 .columns = s->inputs,
                 .sums = s->batch,
                 .y = dw,
                 .scratch = work};
    run_strips(s, &p);
    if (!db) return;
    product bias = {.a = dy, .columns = s->outputs, .sums = s->batch, .y = db};
    cvl_exec_run(&s->exec, divide_up(s->outputs, BIAS_COLUMNS),
                 effort(s) / (double)s->inputs, bias_task, &bias);
}

static void grad_input(const cvl_dense_sizes *s, const void *w, const void *dy,
                       void *dx, void *work)
{
    product p = {.a = dy,
                 .b = w,
                 .a_row = s->outputs,
                 .a_step = 1,
                 .rows = s->batch,
                 .columns = s->inputs,
                 .sums = s->outputs,
                 .y = dx,
                 .scratch = work};
    run_strips(s, &p);
}

const cvl_dense_kernel CVL_PRODUCT_NAME = {
    .name = "product",
    .work_bytes = work_bytes,
    .forward = forward,
    .grad_weight = grad_weight,
    .grad_input = grad_input,
};
