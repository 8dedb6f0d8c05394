/* im2col_tmpl.c - convolution as gather, matrix product, scatter. */
#include "kernel/planes.h"

#include <string.h>

#include "convlet/memory.h"

/*
 * The windows of one group become the columns of a matrix, so that the whole
 * layer is one product (Chellapilla, Puri and Simard 2006; Caffe):
 *
 *              output pixels (p,q)
 *             +--------------------+        y     =  w   . matrix
 *    taps     | x under tap 0,0,0  |        dw    =  dy  . matrix^T
 *    (c,i,j)  | x under tap 0,0,1  |        dx    =  w^T . dy, each element
 *             |        ...         |                 added to the x that the
 *             +--------------------+                 matrix took it from
 *
 * The matrix is KH KW times as large as x, so it is made in blocks of output
 * rows that stay in cache. Blocks, and the chunks that the weight gradient is
 * summed in, follow from the geometry alone: never from the threads.
 */
enum { BLOCK_BYTES = 256 * 1024, MAX_CHUNKS = 8, LANES = 16 };

typedef struct im2col_plan {
    cvl_conv_sizes s;
    size_t taps;       /* rows of the matrix: group_in KH KW */
    size_t block_rows; /* output rows per block */
    size_t blocks;     /* blocks per image */
    size_t chunks;     /* partial sums of the weight gradient */
    size_t matrix;     /* elements of one worker's block of the matrix */
} im2col_plan;

typedef struct im2col_pass {
    const im2col_plan *plan;
    const real *x, *w, *b, *dy; /* NULL where a pass does not use it */
    real *y, *dx, *partial;
    real *scratch; /* plan->matrix elements for each worker */
} im2col_pass;

static cvl_status plan_im2col(const cvl_conv2d_geometry *geometry,
                              const cvl_exec *exec, void **plan,
                              size_t *work_bytes, cvl_error *err)
{
    im2col_plan p = {.s = cvl_conv_sizes_of(geometry, exec)};
    p.taps = p.s.group_in * p.s.window;
    size_t row, work; /* elements of one output row, and of all scratch */
    bool fits = cvl_size_mul(p.taps, p.s.out_width, &row);
    p.block_rows = fits && row < BLOCK_BYTES / sizeof(real)
                       ? least(BLOCK_BYTES / sizeof(real) / row, p.s.out_height)
                       : 1;
    p.blocks = divide_up(p.s.out_height, p.block_rows);
    p.chunks = least(geometry->batch * p.blocks, MAX_CHUNKS);
    fits = fits && cvl_size_mul(row, p.block_rows, &p.matrix) &&
           cvl_size_mul(p.matrix, exec->threads, &work) &&
           cvl_size_add(work, p.chunks * geometry->out_channels * (p.taps + 1),
                        &work) &&
           cvl_size_mul(work, sizeof(real), work_bytes);
    if (!fits)
        return cvl_fail(err, CVL_ENOMEM,
                        "out of memory: im2col's matrix of %zu x %zu is too "
                        "large; use algorithm direct",
                        p.taps, p.s.out_width);
    const cvl_status status =
        cvl_alloc(plan, sizeof p, "convolution plan", err);
    if (!status) *(im2col_plan *)*plan = p;
    return status;
}

/* Some output rows of one image: rows first .. first+rows-1. */
typedef struct row_block {
    size_t image, first, rows;
} row_block;

/* Block `index` of all images' blocks. */
static row_block block_at(const im2col_plan *plan, size_t index)
{
    const size_t first = index % plan->blocks * plan->block_rows;
    return (row_block){.image = index / plan->blocks,
                       .first = first,
                       .rows =
                           least(plan->block_rows, plan->s.out_height - first)};
}

/* One row of the matrix: what tap (i,j) reads from the plane x. */
static void gather_tap(const cvl_conv_sizes *s, const real *x, size_t i,
                       size_t j, row_block block, real *out)
{
    for (size_t p = block.first; p < block.first + block.rows; p++) {
        size_t row, column;
        const bool inside = input_row(s, p, i, &row);
        for (size_t q = 0; q < s->out_width; q++)
            *out++ = inside && input_column(s, q, j, &column)
                         ? x[row * s->g.in_width + column]
                         : 0;
    }
}

/* The reverse: adds a row of the matrix to the plane it was gathered from. */
static void scatter_tap(const cvl_conv_sizes *s, const real *in, size_t i,
                        size_t j, row_block block, real *dx)
{
    for (size_t p = block.first; p < block.first + block.rows; p++) {
        size_t row, column;
        const bool inside = input_row(s, p, i, &row);
        for (size_t q = 0; q < s->out_width; q++, in++)
            if (inside && input_column(s, q, j, &column))
                dx[row * s->g.in_width + column] += *in;
    }
}

/* The whole matrix of one block and group. */
static void gather(const im2col_pass *pass, row_block block, size_t group,
                   real *matrix)
{
    const cvl_conv_sizes *const s = &pass->plan->s;
    for (size_t c = 0; c < s->group_in; c++)
        for (size_t tap = 0; tap < s->window; tap++) {
            const size_t channel = group * s->group_in + c;
            gather_tap(s, pass->x + x_plane(s, block.image, channel),
                       tap / s->g.kernel_width, tap % s->g.kernel_width, block,
                       matrix);
            matrix += block.rows * s->out_width;
        }
}

/* A matrix read by rows or, with the steps swapped, transposed. */
typedef struct matrix_view {
    const real *data;
    size_t row_step, column_step;
} matrix_view;

/*
 * At most LANES columns of one row of c = start + a . b, whose sums stay in
 * registers; `b` points at the first of these columns.
 */
static void multiply_strip(const real *a, size_t a_step, size_t inner,
                           const real *b, size_t b_step, real start, real *c,
                           size_t columns)
{
    real sum[LANES];
    for (size_t l = 0; l < LANES; l++) sum[l] = start;
    for (size_t k = 0; k < inner; k++, a += a_step, b += b_step)
        if (columns == LANES)
            for (size_t l = 0; l < LANES; l++) sum[l] += *a * b[l];
        else
            for (size_t l = 0; l < columns; l++) sum[l] += *a * b[l];
    memcpy(c, sum, columns * sizeof *c);
}

/* c [rows x columns] = start (one per row; NULL: 0) + a [rows x inner] . b. */
static void multiply(size_t rows, size_t inner, size_t columns, matrix_view a,
                     const real *b, size_t b_step, const real *start, real *c,
                     size_t c_step)
{
    for (size_t l = 0; l < columns; l += LANES)
        for (size_t m = 0; m < rows; m++)
            multiply_strip(a.data + m * a.row_step, a.column_step, inner, b + l,
                           b_step, start ? start[m] : 0, c + m * c_step + l,
                           least(LANES, columns - l));
}

/* The sum of a[i] b[i], in LANES interleaved partial sums. */
static real dot(const real *a, const real *b, size_t count)
{
    real lanes[LANES] = {0};
    for (; count >= LANES; count -= LANES, a += LANES, b += LANES)
        for (size_t l = 0; l < LANES; l++) lanes[l] += a[l] * b[l];
    for (size_t l = 0; l < count; l++) lanes[l] += a[l] * b[l];
    for (size_t half = LANES / 2; half; half /= 2)
        for (size_t l = 0; l < half; l++) lanes[l] += lanes[l + half];
    return lanes[0];
}

/* Task: one block of one group of y. */
static void forward_block(void *context, size_t task, size_t worker)
{
    const im2col_pass *const pass = context;
    const im2col_plan *const plan = pass->plan;
    const cvl_conv_sizes *const s = &plan->s;
    const size_t group = task % s->g.groups, o = group * s->group_out;
    const row_block block = block_at(plan, task / s->g.groups);
    const size_t columns = block.rows * s->out_width;
    const matrix_view w = {pass->w + w_window(s, o, 0), plan->taps, 1};
    real *const matrix = pass->scratch + worker * plan->matrix;
    real *const y =
        pass->y + y_plane(s, block.image, o) + block.first * s->out_width;

    gather(pass, block, group, matrix);
    multiply(s->group_out, plan->taps, columns, w, matrix, columns,
             pass->b ? pass->b + o : NULL, y, s->out_height * s->out_width);
}

static void forward_im2col(const void *plan, const void *x, const void *w,
                           const void *b, void *y, void *work)
{
    const im2col_plan *const p = plan;
    im2col_pass pass = {
        .plan = p, .x = x, .w = w, .b = b, .y = y, .scratch = work};
    cvl_exec_run(&p->s.exec, p->s.g.batch * p->blocks * p->s.g.groups,
                 p->s.flops, forward_block, &pass);
}

/* Adds what one block of one group gives to the sums dw and db. */
static void add_block(const im2col_pass *pass, row_block block, size_t group,
                      real *matrix, real *dw, real *db)
{
    const im2col_plan *const plan = pass->plan;
    const cvl_conv_sizes *const s = &plan->s;
    const size_t columns = block.rows * s->out_width;
    gather(pass, block, group, matrix);
    for (size_t o = group * s->group_out; o < (group + 1) * s->group_out; o++) {
        const real *const dy =
            pass->dy + y_plane(s, block.image, o) + block.first * s->out_width;
        for (size_t r = 0; r < plan->taps; r++)
            dw[o * plan->taps + r] += dot(dy, matrix + r * columns, columns);
        for (size_t i = 0; i < columns; i++) db[o] += dy[i];
    }
}

/* Task: the sums dw and db of one chunk of all blocks. */
static void grad_weight_chunk(void *context, size_t task, size_t worker)
{
    const im2col_pass *const pass = context;
    const im2col_plan *const plan = pass->plan;
    const size_t outputs = plan->s.g.out_channels;
    const size_t blocks = plan->s.g.batch * plan->blocks;
    real *const matrix = pass->scratch + worker * plan->matrix;
    real *const dw = pass->partial + task * outputs * (plan->taps + 1);
    memset(dw, 0, outputs * (plan->taps + 1) * sizeof *dw);
    for (size_t i = task * blocks / plan->chunks;
         i < (task + 1) * blocks / plan->chunks; i++)
        for (size_t group = 0; group < plan->s.g.groups; group++)
            add_block(pass, block_at(plan, i), group, matrix, dw,
                      dw + outputs * plan->taps);
}

static void grad_weight_im2col(const void *plan, const void *x, const void *dy,
                               void *dw, void *db, void *work)
{
    const im2col_plan *const p = plan;
    real *const sums = (real *)work + p->matrix * p->s.exec.threads;
    im2col_pass pass = {
        .plan = p, .x = x, .dy = dy, .partial = sums, .scratch = work};
    cvl_exec_run(&p->s.exec, p->chunks, p->s.flops, grad_weight_chunk, &pass);

    /* The chunks' sums, added in order into the first. */
    const size_t weights = p->s.g.out_channels * p->taps;
    const size_t count = weights + p->s.g.out_channels;
    for (size_t chunk = 1; chunk < p->chunks; chunk++)
        for (size_t i = 0; i < count; i++) sums[i] += sums[chunk * count + i];
    memcpy(dw, sums, weights * sizeof *sums);
    if (db) memcpy(db, sums + weights, (count - weights) * sizeof *sums);
}

/* Task: the plane dx[n,channel]. */
static void grad_input_plane(void *context, size_t task, size_t worker)
{
    const im2col_pass *const pass = context;
    const im2col_plan *const plan = pass->plan;
    const cvl_conv_sizes *const s = &plan->s;
    const size_t n = task / s->g.in_channels, channel = task % s->g.in_channels;
    const size_t o = channel / s->group_in * s->group_out;
    const matrix_view w_transposed = {
        pass->w + w_window(s, o, channel % s->group_in), 1, plan->taps};
    real *const matrix = pass->scratch + worker * plan->matrix;
    real *const dx = pass->dx + x_plane(s, n, channel);

    memset(dx, 0, s->g.in_height * s->g.in_width * sizeof *dx);
    for (size_t i = 0; i < plan->blocks; i++) {
        const row_block block = block_at(plan, n * plan->blocks + i);
        const size_t columns = block.rows * s->out_width;
        multiply(s->window, s->group_out, columns, w_transposed,
                 pass->dy + y_plane(s, n, o) + block.first * s->out_width,
                 s->out_height * s->out_width, NULL, matrix, columns);
        for (size_t tap = 0; tap < s->window; tap++)
            scatter_tap(s, matrix + tap * columns, tap / s->g.kernel_width,
                        tap % s->g.kernel_width, block, dx);
    }
}

static void grad_input_im2col(const void *plan, const void *w, const void *dy,
                              void *dx, void *work)
{
    const im2col_plan *const p = plan;
    im2col_pass pass = {.plan = p, .w = w, .dy = dy, .dx = dx, .scratch = work};
    cvl_exec_run(&p->s.exec, p->s.g.batch * p->s.g.in_channels, p->s.flops,
                 grad_input_plane, &pass);
}

const cvl_conv_kernel CVL_REAL_NAME(cvl_im2col) = {
    .plan = plan_im2col,
    .forward = forward_im2col,
    .grad_weight = grad_weight_im2col,
    .grad_input = grad_input_im2col,
};
