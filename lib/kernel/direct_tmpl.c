/* direct_tmpl.c - convolution as its formula says: the loops to read first. */
#include "kernel/planes.h"

#include "convlet/memory.h"

/*
 * For each output pixel (p,q) the kernel lies on one window of x:
 *
 *       left       q * stride_x
 *      <----><------------->
 *       . . . . . . . . . . . . . . .    . padding, read as 0
 *       . . x x x x[x x x]x x x . .    [ ] the window: its tap (i,j) is
 *       . . x x x x[x x x]x x x . .        row    p sy + i dy - top
 *       . . x x x x[x x x]x x x . .        column q sx + j dx - left
 *
 * Each of the three passes takes one element of its result and sums, in
 * double, everything that touches it. So every result is rounded once, no two
 * tasks write the same element, and the order of a sum never depends on the
 * threads. Slow, and the reference that the other algorithms must equal.
 */
typedef struct direct_pass {
    const cvl_conv_sizes *s;
    const real *x, *w, *b, *dy; /* NULL where a pass does not use it */
    real *y, *dx, *dw, *db;
} direct_pass;

static cvl_status plan_direct(const cvl_conv2d_geometry *geometry,
                              const cvl_exec *exec, void **plan,
                              size_t *work_bytes, cvl_error *err)
{
    const cvl_status status =
        cvl_alloc(plan, sizeof(cvl_conv_sizes), "convolution plan", err);
    if (status) return status;
    *(cvl_conv_sizes *)*plan = cvl_conv_sizes_of(geometry, exec);
    *work_bytes = 0;
    return CVL_OK;
}

/* y[n,o,p,q] without the bias: the sum over c, i, j. */
static double window_sum(const direct_pass *pass, size_t n, size_t o, size_t p,
                         size_t q)
{
    const cvl_conv_sizes *const s = pass->s;
    double sum = 0.0;
    for (size_t c = 0; c < s->group_in; c++) {
        const real *x = pass->x + x_plane(s, n, first_channel(s, o) + c);
        const real *w = pass->w + w_window(s, o, c);
        for (size_t i = 0; i < s->g.kernel_height; i++)
            for (size_t j = 0; j < s->g.kernel_width; j++) {
                size_t row, column;
                if (input_row(s, p, i, &row) && input_column(s, q, j, &column))
                    sum += (double)w[i * s->g.kernel_width + j] *
                           (double)x[row * s->g.in_width + column];
            }
    }
    return sum;
}

/* Task: the plane y[n,o]. */
static void forward_plane(void *context, size_t task, size_t worker)
{
    (void)worker;
    const direct_pass *const pass = context;
    const cvl_conv_sizes *const s = pass->s;
    const size_t n = task / s->g.out_channels, o = task % s->g.out_channels;
    const double bias = pass->b ? (double)pass->b[o] : 0.0;
    real *y = pass->y + y_plane(s, n, o);
    for (size_t p = 0; p < s->out_height; p++)
        for (size_t q = 0; q < s->out_width; q++)
            *y++ = (real)(bias + window_sum(pass, n, o, p, q));
}

static void forward_direct(const void *plan, const void *x, const void *w,
                           const void *b, void *y, void *work)
{
    (void)work;
    const cvl_conv_sizes *const s = plan;
    direct_pass pass = {.s = s, .x = x, .w = w, .b = b, .y = y};
    cvl_exec_run(&s->exec, s->g.batch * s->g.out_channels, s->flops,
                 forward_plane, &pass);
}

/* dw[o,c,i,j]: the sum, over every output pixel, of dy there times what the
 * tap read there. */
static double tap_sum(const direct_pass *pass, size_t o, size_t c, size_t i,
                      size_t j)
{
    const cvl_conv_sizes *const s = pass->s;
    double sum = 0.0;
    for (size_t n = 0; n < s->g.batch; n++) {
        const real *x = pass->x + x_plane(s, n, first_channel(s, o) + c);
        const real *dy = pass->dy + y_plane(s, n, o);
        for (size_t p = 0; p < s->out_height; p++)
            for (size_t q = 0; q < s->out_width; q++, dy++) {
                size_t row, column;
                if (input_row(s, p, i, &row) && input_column(s, q, j, &column))
                    sum +=
                        (double)*dy * (double)x[row * s->g.in_width + column];
            }
    }
    return sum;
}

/* db[o]: the sum of dy over everything but its channel. */
static double bias_sum(const direct_pass *pass, size_t o)
{
    const cvl_conv_sizes *const s = pass->s;
    double sum = 0.0;
    for (size_t n = 0; n < s->g.batch; n++) {
        const real *const dy = pass->dy + y_plane(s, n, o);
        for (size_t i = 0; i < s->out_height * s->out_width; i++)
            sum += (double)dy[i];
    }
    return sum;
}

/* Task: the kernel dw[o] and db[o]. */
static void grad_weight_kernel(void *context, size_t task, size_t worker)
{
    (void)worker;
    const direct_pass *const pass = context;
    const cvl_conv_sizes *const s = pass->s;
    real *dw = pass->dw + w_window(s, task, 0);
    for (size_t c = 0; c < s->group_in; c++)
        for (size_t i = 0; i < s->g.kernel_height; i++)
            for (size_t j = 0; j < s->g.kernel_width; j++)
                *dw++ = (real)tap_sum(pass, task, c, i, j);
    if (pass->db) pass->db[task] = (real)bias_sum(pass, task);
}

static void grad_weight_direct(const void *plan, const void *x, const void *dy,
                               void *dw, void *db, void *work)
{
    (void)work;
    const cvl_conv_sizes *const s = plan;
    direct_pass pass = {.s = s, .x = x, .dy = dy, .dw = dw, .db = db};
    cvl_exec_run(&s->exec, s->g.out_channels, s->flops, grad_weight_kernel,
                 &pass);
}

/*
 * The output that reads padded input `at` through a tap `reach` behind its
 * window's start. False where none does: the window would have to start
 * before the input, between two strides, or after the last output.
 */
static bool reading_output(size_t at, size_t reach, size_t stride,
                           size_t outputs, size_t *output)
{
    if (at < reach || (at - reach) % stride) return false;
    *output = (at - reach) / stride;
    return *output < outputs;
}

/* dx[n,channel,h,v]: the forward pass read backwards. */
static double pixel_sum(const direct_pass *pass, size_t n, size_t channel,
                        size_t h, size_t v)
{
    const cvl_conv_sizes *const s = pass->s;
    const cvl_conv2d_geometry *const g = &s->g;
    const size_t first = channel / s->group_in * s->group_out;
    double sum = 0.0;
    for (size_t o = first; o < first + s->group_out; o++) {
        const real *dy = pass->dy + y_plane(s, n, o);
        const real *w = pass->w + w_window(s, o, channel % s->group_in);
        for (size_t i = 0; i < g->kernel_height; i++)
            for (size_t j = 0; j < g->kernel_width; j++) {
                size_t p, q;
                if (reading_output(h + g->pad_top, i * g->dilation_y,
                                   g->stride_y, s->out_height, &p) &&
                    reading_output(v + g->pad_left, j * g->dilation_x,
                                   g->stride_x, s->out_width, &q))
                    sum += (double)w[i * g->kernel_width + j] *
                           (double)dy[p * s->out_width + q];
            }
    }
    return sum;
}

/* Task: the plane dx[n,channel]. */
static void grad_input_plane(void *context, size_t task, size_t worker)
{
    (void)worker;
    const direct_pass *const pass = context;
    const cvl_conv_sizes *const s = pass->s;
    const size_t n = task / s->g.in_channels, c = task % s->g.in_channels;
    real *dx = pass->dx + x_plane(s, n, c);
    for (size_t h = 0; h < s->g.in_height; h++)
        for (size_t v = 0; v < s->g.in_width; v++)
            *dx++ = (real)pixel_sum(pass, n, c, h, v);
}

static void grad_input_direct(const void *plan, const void *w, const void *dy,
                              void *dx, void *work)
{
    (void)work;
    const cvl_conv_sizes *const s = plan;
    direct_pass pass = {.s = s, .w = w, .dy = dy, .dx = dx};
    cvl_exec_run(&s->exec, s->g.batch * s->g.in_channels, s->flops,
                 grad_input_plane, &pass);
}

const cvl_conv_kernel CVL_REAL_NAME(cvl_direct) = {
    .plan = plan_direct,
    .forward = forward_direct,
    .grad_weight = grad_weight_direct,
    .grad_input = grad_input_direct,
};
