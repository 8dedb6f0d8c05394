/* product_tmpl.c - the matrix products of a dense layer, tile by tile. */
#include "kernel/dense_loops.h"
#include "kernel/product_dots.h"
#include "kernel/product_tile.h"
#include "kernel/tiled_turn.h"

/*
 *   result   rows      columns   sums over   a      b
 *   y        images    outputs   inputs      x      w, turned
 *   dx       images    inputs    outputs     dy     w
 *   dw       outputs   inputs    images      dy     x
 *
 * A task makes a block of the result, DEPTH products of each sum at a time.
 * What all its tiles read of b is laid into a panel of two vectors, if b does
 * not have it as near, and stays in the cache:
 *
 *                      [ | ]
 *                    t [ | ]  panel
 *             t        [ | ]
 *     tile [. . .]      sums      rows of the task
 *     tile [. . .]      sums
 *
 * How a sum is made is the tile's, the same wherever it lies. Only for y the
 * number of images and of outputs says whether tiles make it, or dots.
 */
#define TILE CVL_PRODUCT_TILE_NAME
enum {
    DEPTH = 128,
    BLOCK = 256 / sizeof(real), /* columns of a task, at most */
    ROWS = 128,                 /* and rows */
    TASKS = 16,                 /* to be had, if there are enough of both */
    NEAR = 2048 / sizeof(real), /* columns of b that is near */
    FEW = 3,                    /* tiles not worth a panel */
    DOTS_PIECE = 4096 / sizeof(real), /* products of a long sum at a time */
    DOTS_ROWS = 32,                   /* of x, in a task */
    DOTS_COLUMNS = 4 * DOTS_WIDE      /* rows of w, in a task */
};
#define PANEL (2 * LANES)

/* result[rows][columns] = sums of `sums` products each. */
typedef struct product {
    const real *a, *b, *bias; /* bias: of each column, or NULL */
    size_t a_row, a_step;     /* from row to row, and from product to product */
    size_t b_row, y_row;      /* from row to row */
    size_t rows, columns, sums;
    bool turned; /* b is [columns][sums], not [sums][columns] */
    real *y, *scratch;
    size_t scratch_step;  /* from one worker's to the next one's */
    size_t height, block; /* rows and columns of a task */
} product;

/* Copies `count` rows, which are whole vectors then. */
static void copy_rows(const real *from, size_t step, size_t count,
                      size_t columns, real *to, size_t to_step)
{
    for (size_t i = 0; i < count; i++, from += step, to += to_step) {
        size_t k = 0;
        for (; k + LANES <= columns; k += LANES) store(to + k, load(from + k));
        if (k < columns) store(to + k, load_few(from + k, columns - k));
    }
}

/* Where a tile reads `width` columns of b, `*step` from product to product. */
static const real *lay_panel(const product *p, size_t column, size_t width,
                             size_t t, size_t count, real *to, size_t *step)
{
    const real *const from = p->b + t * p->b_row + column;
    const bool near = p->b_row < NEAR || p->height <= FEW * TILE.rows;
    *step = divide_up(width, LANES) * LANES;
    if (p->turned) {
        turn(p->b + column * p->b_row + t, p->b_row, width, count, to, *step);
        return to;
    }
    if (width < *step || !near) {
        copy_rows(from, p->b_row, count, width, to, *step);
        return to;
    }
    *step = p->b_row;
    return from;
}

/* The products from t on of some rows and up to PANEL columns. A vector that
 * sticks out of the result has its sums beside it, until they are complete. */
static void run_panel(const product *p, size_t row, size_t rows, size_t column,
                      size_t width, size_t t, real *room)
{
    const size_t N = divide_up(width, LANES), count = least(DEPTH, p->sums - t);
    const bool beside = width < N * LANES;
    real *const y = p->y + row * p->y_row + column;
    cvl_product q = {.count = count,
                     .a = p->a + row * p->a_row + t * p->a_step,
                     .a_step = p->a_step,
                     .a_row = p->a_row,
                     .y = beside ? room + DEPTH * PANEL : y,
                     .y_row = beside ? N * LANES : p->y_row,
                     .y_vector = LANES,
                     .add = t > 0 || p->bias,
                     .whole = true};
    q.u = lay_panel(p, column, width, t, count, room, &q.u_step);
    if (t == 0 && p->bias)
        copy_rows(p->bias + column, 0, rows, width, q.y, q.y_row);
    (p->a_row == 1 ? TILE.outer : TILE.apart)(rows, N, &q);
    for (size_t m = 0; beside && t + count == p->sums && m < rows; m++)
        memcpy(y + m * p->y_row, (real *)q.y + m * q.y_row, width * sizeof *y);
}

/* Task: a block of `height` rows and `block` columns. */
static void product_task(void *context, size_t task, size_t worker)
{
    const product *const p = context;
    const size_t across = divide_up(p->columns, p->block);
    const size_t row = task / across * p->height;
    const size_t column = task % across * p->block;
    const size_t end = least(column + p->block, p->columns);
    real *const room = p->scratch + worker * p->scratch_step;
    for (size_t t = 0; t < p->sums; t += DEPTH)
        for (size_t c = column; c < end; c += PANEL)
            run_panel(p, row, least(p->height, p->rows - row), c,
                      least(PANEL, end - c), t, room);
}

/* Task: DOTS_ROWS rows of x by DOTS_COLUMNS rows of w. */
static void dots_task(void *context, size_t task, size_t worker)
{
    (void)worker;
    const product *const p = context;
    const size_t across = divide_up(p->columns, DOTS_COLUMNS);
    const size_t row = task / across * DOTS_ROWS;
    const size_t rows = least(DOTS_ROWS, p->rows - row);
    const size_t first = task % across * DOTS_COLUMNS;
    const size_t end = least(first + DOTS_COLUMNS, p->columns);
    const size_t pieces = divide_up(p->sums, DOTS_PIECE);
    for (size_t k = 0; k < pieces; k++) {
        const size_t from = k * p->sums / pieces;
        for (size_t o = first; o < end; o += DOTS_WIDE)
            for (size_t m = row; m < row + rows; m += DOTS_HIGH) {
                const dots_tile t = {.count = (k + 1) * p->sums / pieces - from,
                                     .a = p->a + m * p->a_row + from,
                                     .b = p->b + o * p->b_row + from,
                                     .a_row = p->a_row,
                                     .b_row = p->b_row,
                                     .more = k > 0,
                                     .bias = p->bias ? p->bias + o : NULL,
                                     .y = p->y + m * p->y_row + o,
                                     .y_row = p->y_row};
                run_any_dots(least(DOTS_HIGH, row + rows - m),
                             least(DOTS_WIDE, end - o), &t);
            }
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
    return (DEPTH + ROWS) * PANEL +
           (alone ? 0 : CVL_WORKERS_APART / sizeof(real));
}

static size_t work_bytes(const cvl_dense_sizes *s)
{
    return s->exec.threads * scratch_step(s) * sizeof(real);
}

static void run_product(const cvl_dense_sizes *s, product *p)
{
    const size_t parts = divide_up(p->rows, ROWS);
    const size_t panels = divide_up(p->columns, PANEL) * parts / TASKS;
    p->height = divide_up(p->rows, parts);
    p->block = least(most(panels, 1) * PANEL, BLOCK);
    p->scratch_step = scratch_step(s);
    cvl_exec_run(&s->exec,
                 divide_up(p->rows, p->height) *
                     divide_up(p->columns, p->block),
                 effort(s), product_task, p);
}

/* Whether y takes less time by dots: in products of one row of inputs, as they
 * were measured. */
static bool dots_pay(const cvl_dense_sizes *s)
{
    const double images = (double)s->batch, outputs = (double)s->outputs;
    const size_t lanes = LANES, filled = divide_up(s->outputs, lanes) * lanes;
    const double turning = (double)lanes * outputs;
    const double adding = 9 * (double)lanes / (double)s->inputs;
    const double far = s->inputs > DOTS_PIECE ? 0.4 : 0;
    return images * outputs * (1 + adding + far) <
           images * (double)filled + turning;
}

static void forward(const cvl_dense_sizes *s, const void *x, const void *w,
                    const void *b, void *y, void *work)
{
    product p = {.a = x,
                 .b = w,
                 .bias = b,
                 .a_row = s->x_row,
                 .a_step = 1,
                 .b_row = s->inputs,
                 .y_row = s->y_row,
                 .rows = s->batch,
                 .columns = s->outputs,
                 .sums = s->inputs,
                 .turned = true,
                 .y = y,
                 .scratch = work};
    if (dots_pay(s))
        cvl_exec_run(&s->exec,
                     divide_up(p.rows, DOTS_ROWS) *
                         divide_up(p.columns, DOTS_COLUMNS),
                     effort(s), dots_task, &p);
    else
        run_product(s, &p);
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
        const real *const a = p->a + n * p->a_step + first;
        for (size_t o = 0; o < count; o++) y[o] += a[o];
    }
}

static void grad_weight(const cvl_dense_sizes *s, const void *x, const void *dy,
                        void *dw, void *db, void *work)
{
    product p = {.a = dy,
                 .b = x,
                 .a_row = 1,
                 .a_step = s->y_row,
                 .b_row = s->x_row,
                 .y_row = s->inputs,
                 .rows = s->outputs,
                 .columns = s->inputs,
                 .sums = s->batch,
                 .y = dw,
                 .scratch = work};
    run_product(s, &p);
    if (!db) return;
    product bias = {.a = dy,
                    .a_step = s->y_row,
                    .columns = s->outputs,
                    .sums = s->batch,
                    .y = db};
    cvl_exec_run(&s->exec, divide_up(s->outputs, BIAS_COLUMNS),
                 effort(s) / (double)s->inputs, bias_task, &bias);
}

static void grad_input(const cvl_dense_sizes *s, const void *w, const void *dy,
                       void *dx, void *work)
{
    product p = {.a = dy,
                 .b = w,
                 .a_row = s->y_row,
                 .a_step = 1,
                 .b_row = s->inputs,
                 .y_row = s->x_row,
                 .rows = s->batch,
                 .columns = s->inputs,
                 .sums = s->outputs,
                 .y = dx,
                 .scratch = work};
    run_product(s, &p);
}

const cvl_dense_kernel CVL_PRODUCT_NAME = {
    .name = "product",
    .work_bytes = work_bytes,
    .forward = forward,
    .grad_weight = grad_weight,
    .grad_input = grad_input,
};
