/* winograd_tmpl.c - Winograd's forward pass and input gradient, by blocks. */
#include "kernel/winograd_show.h"
#include "kernel/winograd_weights.h"

/* One call of a pass: `in` is x or dy, `out` is y or dx. */
typedef struct correlation {
    const cvl_winograd_plan *plan;
    const cvl_winograd_pass *pass;
    const real *in, *w, *bias;
    real *out;
    real *u; /* kernels, [point][panel][channel][vector of the panel] */
    real
        *scratch; /* of workers: V [point][vector][tile], M the same, a strip */
} correlation;

/*
 * Task: LANES channels of a panel of kernels to points. Vectors of outputs need
 * kernels turned: w is [output][channel][tap], so that channels of one output
 * are neighbours; for the input gradient it is the other way round.
 */
static void kernels_task(void *context, size_t task, size_t worker)
{
    (void)worker;
    const correlation *const job = context;
    const cvl_winograd_pass *const p = job->pass;
    const size_t C = p->in.channels, K = p->out.channels;
    const size_t c0 = task % p->in.vectors * LANES,
                 count = least(LANES, C - c0);
    const panel q =
        panel_of(p->out.vectors, task / p->in.vectors * WINOGRAD_PANEL);
    const size_t row = q.width * LANES;
    const real *const end = job->w + C * K * 9;
    real taps[LANES * 9 * LANES];
    for (size_t g = q.first; g < q.first + q.width; g++) {
        const size_t filled = least(LANES, K - g * LANES);
        real *const u = job->u + q.first * LANES * p->in.vectors * LANES +
                        c0 * row + (g - q.first) * LANES;
        if (!p->turned)
            turn_rows(job->w + (g * LANES * C + c0) * 9, C * 9, filled,
                      count * 9, end, taps);
        else
            for (size_t c = 0; c < count; c++)
                turn_rows(job->w + ((c0 + c) * K + g * LANES) * 9, 9, filled, 9,
                          end, taps + c * 9 * LANES);
        for (size_t c = 0; c < count; c++)
            transforms_of(job->plan->tile)
                ->kernel(taps + c * 9 * LANES, p->turned, u + c * row, p->step);
    }
}

/* Tiles first .. end-1 of `in` to V. */
static void block_input(const correlation *job, size_t first, size_t end,
                        real *v, real *strip)
{
    const cvl_winograd_pass *const p = job->pass;
    const size_t F = job->plan->tile, batch = job->plan->s.g.batch;
    size_t count;
    for (size_t g = 0; g < p->in.vectors; g++)
        for (size_t t = first; t < end; t += count) {
            const run r = run_at(p, t, end);
            const window w = window_of(&p->in, F, &r, 2);
            const picture from = picture_at(&p->in, job->in, batch, r.image, g);
            count = r.count;
            lay_strip(&from, &w, strip);
            if (g + 1 < p->in.vectors) {
                const picture next =
                    picture_at(&p->in, job->in, batch, r.image, g + 1);
                fetch_strip(&next, &w);
            }
            transforms_of(F)->input(strip, count,
                                    v + (g * (end - first) + t - first) * LANES,
                                    p->in.step, LANES);
        }
}

/* M = V U at every point. */
static void block_products(const correlation *job, size_t tiles, const real *v,
                           real *m)
{
    const cvl_winograd_pass *const p = job->pass;
    const size_t side = job->plan->tile + 2;
    for (size_t e = 0; e < side * side; e++) {
        cvl_product q = {.count = p->in.channels,
                         .a = v + e * p->in.step,
                         .a_step = tiles * LANES,
                         .y_row = LANES,
                         .y_vector = tiles * LANES};
        for (size_t k = 0; k < p->out.vectors; k += WINOGRAD_PANEL) {
            const size_t width = panel_of(p->out.vectors, k).width;
            q.u = job->u + e * p->step + k * LANES * p->in.vectors * LANES;
            q.u_step = width * LANES;
            q.y = m + e * p->out.step + k * q.y_vector;
            CVL_PRODUCT_TILE_NAME.grouped(tiles, width, &q);
        }
    }
}

/* M back to pictures. Rows that are as wide as these follow each other. */
static void block_output(const correlation *job, size_t first, size_t end,
                         const real *m, real *strip)
{
    const cvl_winograd_pass *const p = job->pass;
    const cvl_winograd_tensor *const t = &p->out;
    const size_t F = job->plan->tile, plane = t->height * t->width;
    size_t count;
    for (size_t g = 0; g < t->vectors; g++)
        for (size_t tile = first; tile < end; tile += count) {
            const run r = run_at(p, tile, end);
            const size_t row = r.y * F, column = r.x * F;
            const size_t rows = least(F, t->height - row);
            const size_t columns = least(r.count * F, t->width - column);
            const size_t channels = least(LANES, t->channels - g * LANES);
            const real *const bias = job->bias ? job->bias + g * LANES : NULL;
            real *const to = job->out +
                             (r.image * t->channels + g * LANES) * plane +
                             row * t->width + column;
            const size_t runs = columns == t->width ? 1 : rows;
            const size_t length = rows / runs * columns;
            count = r.count;
            transforms_of(F)->output(m + (g * (end - first) + tile - first) *
                                             LANES,
                                     t->step, count, rows, columns, strip);
            for (size_t i = 0; i < runs; i++)
                turn_back(strip + i * length * LANES, LANES, channels, length,
                          bias, to + i * t->width, plane);
        }
}

/* Task: a block of tiles, the whole way. */
static void block_task(void *context, size_t task, size_t worker)
{
    const correlation *const job = context;
    const cvl_winograd_pass *const p = job->pass;
    const size_t side = job->plan->tile + 2;
    const size_t first = cvl_winograd_first(p, task);
    const size_t end = cvl_winograd_first(p, task + 1);
    real *const v = job->scratch + worker * p->scratch;
    real *const m = v + side * side * p->in.step;
    real *const strip = m + side * side * p->out.step;
    block_input(job, first, end, v, strip);
    block_products(job, end - first, v, m);
    block_output(job, first, end, m, strip);
}

static void correlate(const cvl_winograd_plan *plan,
                      const cvl_winograd_pass *pass, const real *in,
                      const real *w, const real *bias, void *out, void *work)
{
    correlation job = {.plan = plan,
                       .pass = pass,
                       .in = in,
                       .w = w,
                       .bias = bias,
                       .out = out,
                       .u = work,
                       .scratch = (real *)work + pass->shared};
    const cvl_exec *const exec = &plan->s.exec;
    cvl_exec_run(
        exec, divide_up(pass->out.vectors, WINOGRAD_PANEL) * pass->in.vectors,
        (double)pass->shared, kernels_task, &job);
    cvl_exec_run(exec, pass->blocks, cvl_winograd_effort(plan), block_task,
                 &job);
}

static void forward_winograd(const void *plan, const void *x, const void *w,
                             const void *b, void *y, void *work)
{
    const cvl_winograd_plan *const p = plan;
    correlate(p, &p->forward, x, w, b, y, work);
}

static void grad_input_winograd(const void *plan, const void *w, const void *dy,
                                void *dx, void *work)
{
    const cvl_winograd_plan *const p = plan;
    correlate(p, &p->grad_input, dy, w, NULL, dx, work);
}

static cvl_status plan_4x4(const cvl_conv2d_geometry *geometry,
                           const cvl_exec *exec, void **plan,
                           size_t *work_bytes, cvl_error *err)
{
    const cvl_winograd_machine machine = {4, LANES, sizeof(real)};
    return cvl_winograd_plan_make(geometry, exec, &machine, plan, work_bytes,
                                  err);
}

static cvl_status plan_2x2(const cvl_conv2d_geometry *geometry,
                           const cvl_exec *exec, void **plan,
                           size_t *work_bytes, cvl_error *err)
{
    const cvl_winograd_machine machine = {2, LANES, sizeof(real)};
    return cvl_winograd_plan_make(geometry, exec, &machine, plan, work_bytes,
                                  err);
}

const cvl_conv_kernel CVL_WINOGRAD_NAME[CVL_TILE_SIZES] = {
    {plan_4x4, cvl_winograd_describe, forward_winograd, grad_weight_winograd,
     grad_input_winograd, show_tile_4x4},
    {plan_2x2, cvl_winograd_describe, forward_winograd, grad_weight_winograd,
     grad_input_winograd, show_tile_2x2},
};
