/* tiled_tmpl.c - forward and input gradient: lay, taps, tile, store. */
#include "kernel/tiled_expand.h"
#include "kernel/tiled_run.h"
#include "kernel/tiled_weights.h"

/* One call of a pass: `in` is x or dy, `out` is y or dx. */
typedef struct correlation {
    const cvl_conv_sizes *s;
    const cvl_tiled_pass *pass;
    const real *in, *in_end, *w, *bias;
    real *out, *packed, *scratch;
} correlation;

static size_t panels_of(const cvl_tiled_pass *pass)
{
    return divide_up(pass->sums_out, pass->panel);
}

static size_t phases_of(const cvl_tiled_pass *pass)
{
    return pass->lay.y.phases * pass->lay.x.phases;
}

/* Task: one panel of the weights, as [group][phase][panel][tap][channel of
 * the panel]. EXPAND has a channel for each product instead, and no taps. */
static void pack_panel(void *context, size_t task, size_t worker)
{
    (void)worker;
    const correlation *const job = context;
    const cvl_tiled_pass *const pass = job->pass;
    const cvl_tiled_axis *const y = &pass->lay.y, *const x = &pass->lay.x;
    const bool expand = pass->path == CVL_TILED_EXPAND;
    const size_t m = task % panels_of(pass) * pass->panel;
    const size_t phase = task / panels_of(pass) % phases_of(pass);
    const size_t group = task / panels_of(pass) / phases_of(pass);
    const size_t M = least(pass->panel, pass->padded - m);
    const size_t filled = least(M, pass->sums_out - m);
    const size_t window = job->s->window, all = pass->inputs * window;
    const size_t taps = pass->first[phase + 1] - pass->first[phase];
    const real *w = job->w + group * pass->outputs * all;
    if (!taps) return;
    real *to = job->packed + group * (pass->packed / job->s->g.groups) +
               pass->first[phase] * pass->padded + m * taps;
    /* All taps of a channel may follow each other in w. */
    if (pass->path == CVL_TILED_TURNED && taps == all &&
        pass->w_input == window) {
        turn(w + m * pass->w_output, pass->w_output, filled, taps, to, M);
        return;
    }
    for (size_t c = 0; c < pass->inputs; c++, w += pass->w_input)
        for (size_t i = y->begin[phase / x->phases]; i < (expand ? 1 : y->taps);
             i += y->every)
            for (size_t j = x->begin[phase % x->phases];
                 j < (expand ? 1 : x->taps); j += x->every) {
                const real *const from = w + i * x->taps + j;
                for (size_t k = m; k < m + filled; k++)
                    *to++ = expand ? w[k / window * pass->w_output + k % window]
                                   : from[k * pass->w_output];
                for (size_t k = filled; k < M; k++) *to++ = 0;
            }
}

/* The column phases of row phase f, which lie in `from`, to every phases-th
 * column of out. */
static void interleave(const block *b, size_t f, size_t channels,
                       const real *from, real *out)
{
    const cvl_tiled_pass *const pass = b->pass;
    const cvl_tiled_lay *const l = &pass->lay;
    const size_t phases = l->x.phases, width = pass->out_width;
    const size_t step = b->rows * l->x.out;
    for (size_t m = 0; m < channels; m++, from += phases * step)
        for (size_t u = 0; u < b->rows; u++) {
            const size_t row = (b->first + u) * l->y.phases + f;
            const real *const p = from + u * l->x.out, *const q = p + step;
            real *const y = out + (m * pass->out_height + row) * width;
            if (row >= pass->out_height) break;
            if (phases == 2) { /* compilers turn this loop into shuffles */
                for (size_t v = 0; v < width / 2; v++) {
                    y[2 * v] = p[v];
                    y[2 * v + 1] = q[v];
                }
                if (width % 2) y[width - 1] = p[width / 2];
                continue;
            }
            for (size_t k = 0; k < phases; k++)
                for (size_t v = 0; k + v * phases < width; v++)
                    y[k + v * phases] = p[k * step + v];
        }
}

/* Task: one block of rows of one image and group. */
static void correlate_block(void *context, size_t task, size_t worker)
{
    const correlation *const job = context;
    const cvl_tiled_pass *const pass = job->pass;
    const cvl_tiled_lay *const l = &pass->lay;
    const size_t groups = job->s->g.groups, group = task % groups;
    const size_t index = task / groups / l->blocks * groups + group;
    const size_t plane = pass->out_height * pass->out_width;
    const real *const in = job->in + index * pass->inputs * l->y.in * l->x.in;
    real *const out = job->out + index * pass->outputs * plane;
    block b = {.pass = pass};
    b.first = task / groups % l->blocks * l->rows;
    b.rows = least(l->rows, l->y.out - b.first);
    b.w = job->packed + group * (pass->packed / groups);
    b.bias = job->bias ? job->bias + group * pass->outputs : NULL;
    b.sums = job->scratch + worker * pass->scratch;
    real *const mixed = b.sums + pass->sums;
    real *const planes = mixed + pass->mixed;
    if (pass->path == CVL_TILED_EXPAND) {
        expand(&b, in, mixed, out);
        return;
    }
    b.planes = l->direct ? in + b.first * l->x.in : planes;
    if (!l->direct)
        lay(l, in, pass->inputs, b.first, b.rows, job->in_end, planes);
    if (phases_of(pass) == 1) {
        run_phase(&b, 0, 0, pass->outputs, out + b.first * pass->out_width,
                  plane);
        return;
    }
    const size_t pixels = b.rows * l->x.out;
    for (size_t m = 0; m < pass->outputs; m += pass->panel)
        for (size_t f = 0; f < l->y.phases; f++) {
            const size_t end = least(m + pass->panel, pass->outputs);
            for (size_t k = 0; k < l->x.phases; k++)
                run_phase(&b, f * l->x.phases + k, m, end, mixed + k * pixels,
                          l->x.phases * pixels);
            interleave(&b, f, end - m, mixed, out + m * plane);
        }
}

static void correlate(const cvl_conv_sizes *s, const cvl_tiled_pass *pass,
                      const real *in, const real *w, const real *bias,
                      void *out, void *work)
{
    const cvl_tiled_lay *const l = &pass->lay;
    const size_t count = s->g.batch * s->g.groups * pass->inputs;
    correlation job = {.s = s,
                       .pass = pass,
                       .in = in,
                       .in_end = in + count * l->y.in * l->x.in,
                       .w = w,
                       .bias = bias,
                       .out = out,
                       .packed = work,
                       .scratch = (real *)work + pass->packed};
    cvl_exec_run(&s->exec, s->g.groups * phases_of(pass) * panels_of(pass),
                 (double)pass->packed * 5, pack_panel, &job);
    cvl_exec_run(&s->exec, s->g.batch * s->g.groups * l->blocks,
                 effort_of(s, LANES), correlate_block, &job);
}

static void forward_tiled(const void *plan, const void *x, const void *w,
                          const void *b, void *y, void *work)
{
    const cvl_tiled_plan *const p = plan;
    correlate(&p->s, &p->forward, x, w, b, y, work);
}

static void grad_input_tiled(const void *plan, const void *w, const void *dy,
                             void *dx, void *work)
{
    const cvl_tiled_plan *const p = plan;
    correlate(&p->s, &p->grad_input, dy, w, NULL, dx, work);
}

static cvl_status plan_tiled(const cvl_conv2d_geometry *geometry,
                             const cvl_exec *exec, void **plan,
                             size_t *work_bytes, cvl_error *err)
{
    const cvl_tiled_machine machine = {.real_bytes = sizeof(real),
                                       .lanes = LANES,
                                       .wide = CVL_VECTOR_BYTES == 64};
    return cvl_tiled_plan_make(geometry, exec, &machine, plan, work_bytes, err);
}

const cvl_conv_kernel CVL_TILED_NAME = {
    .plan = plan_tiled,
    .describe = cvl_tiled_describe,
    .forward = forward_tiled,
    .grad_weight = grad_weight_tiled,
    .grad_input = grad_input_tiled,
};
