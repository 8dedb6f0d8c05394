/* tiled_tmpl.c - forward and input gradient: lay, taps, tile, store. */
#include "kernel/tiled.h"
#include "kernel/tiled_expand.h"
#include "kernel/tiled_run.h"
#include "kernel/tiled_weights.h"

static size_t panels_of(const cvl_tiled_pass *pass)
{
    return (pass->outputs + pass->panel - 1) / pass->panel;
}

/* Task: one panel of the weights, by [group][phase][panel][tap][channel of
 * the panel]. */
static void pack_panel(void *context, size_t task, size_t worker)
{
    (void)worker;
    const correlation *const job = context;
    const cvl_tiled_pass *const pass = job->pass;
    const cvl_tiled_axis *const y = &pass->lay.y, *const x = &pass->lay.x;
    const size_t m = task % panels_of(pass) * pass->panel;
    const size_t phase = task / panels_of(pass) % (y->phases * x->phases);
    const size_t group = task / panels_of(pass) / (y->phases * x->phases);
    const size_t M = panel_width(pass, m, pass->padded);
    const size_t filled = panel_width(pass, m, pass->outputs);
    const size_t all = pass->inputs * job->s->window;
    const size_t taps = pass->first[phase + 1] - pass->first[phase];
    const real *w = job->w + group * pass->outputs * all + m * pass->w_output;
    real *to = job->packed + group * pass->padded * all +
               pass->first[phase] * pass->padded + m * taps;
    /* All taps of a channel may follow each other in w. */
    if (pass->path == CVL_TILED_TURN && taps == all &&
        pass->w_input == job->s->window) {
        turn(w, pass->w_output, filled, taps, to, M);
        return;
    }
    for (size_t c = 0; c < pass->inputs; c++, w += pass->w_input)
        for (size_t i = 0; i < y->taps; i++) {
            if (y->tap[i].phase != phase / x->phases) continue;
            for (size_t j = 0; j < x->taps; j++) {
                if (x->tap[j].phase != phase % x->phases) continue;
                const real *const from = w + i * x->taps + j;
                for (size_t k = 0; k < M; k++)
                    *to++ = k < filled ? from[k * pass->w_output] : 0;
            }
        }
}

/* to[0], to[1], ... = a[0], b[0], a[1], b[1], ..., `count` elements. */
static void zip(const real *a, const real *b, size_t count, real *to)
{
    for (size_t i = 0; i < count; i += 2 * LANES, a += LANES, b += LANES) {
        const vec va = load(a), vb = load(b);
        const vec low = __builtin_shufflevector(va, vb, ZIP_LOW);
        const vec high = __builtin_shufflevector(va, vb, ZIP_HIGH);
        const size_t rest = least(count - i, 2 * LANES);
        real both[2 * LANES];
        store(both, low);
        store(both + LANES, high);
        if (rest < LANES) {
            for (size_t k = 0; k < rest; k++) to[i + k] = both[k];
        } else {
            store(to + i, low);
            store(to + i + rest - LANES, load(both + rest - LANES));
        }
    }
}

/* Rows of the phases of one row phase -> every phases-th column of out. */
static void interleave(const cvl_tiled_pass *pass, size_t M, size_t rows,
                       size_t first_row, const real *from, size_t from_step,
                       real *out)
{
    const cvl_tiled_lay *const l = &pass->lay;
    const size_t phases = l->x.phases, width = pass->out_width;
    for (size_t m = 0; m < M; m++, from += phases * from_step) {
        real *y = out + (m * pass->out_height + first_row) * width;
        for (size_t u = 0; u < rows; u++, y += l->y.phases * width) {
            const real *const p = from + u * l->x.out;
            if (first_row + u * l->y.phases >= pass->out_height) break;
            if (phases == 2)
                zip(p, p + from_step, width, y);
            else
                for (size_t b = 0; b < phases; b++)
                    for (size_t v = 0; b + v * phases < width; v++)
                        y[b + v * phases] = p[b * from_step + v];
        }
    }
}

/* A block of rows of one image and group, laid. */
typedef struct block {
    const correlation *job;
    const cvl_tiled_pass *pass;
    size_t first, rows;
    bool flat; /* its pixels are one run */
    const real *planes, *w, *bias;
    real *out; /* of channel 0, all rows */
    real *sums, *mixed;
} block;

static block block_at(const correlation *job, size_t task, size_t worker)
{
    const cvl_tiled_pass *const pass = job->pass;
    const cvl_tiled_lay *const l = &pass->lay;
    const size_t groups = job->s->g.groups, group = task % groups;
    const size_t index = task / groups / l->blocks * groups + group;
    const size_t plane = pass->out_height * pass->out_width;
    const real *const in = job->in + index * pass->inputs * l->y.in * l->x.in;
    block b = {.job = job, .pass = pass};
    b.first = task / groups % l->blocks * l->rows;
    b.rows = least(l->rows, l->y.out - b.first);
    b.flat = l->direct || l->pitch == l->x.out;
    b.sums = job->scratch + worker * pass->scratch;
    b.mixed = b.sums + pass->sums;
    b.planes = l->direct ? in + b.first * l->x.in : b.mixed + pass->mixed;
    if (!l->direct)
        lay(l, in, pass->inputs, b.first, b.rows, job->in_end,
            b.mixed + pass->mixed);
    b.w = job->packed + group * pass->padded * pass->inputs * job->s->window;
    b.bias = job->bias ? job->bias + group * pass->outputs : NULL;
    b.out = job->out + index * pass->outputs * plane;
    return b;
}

/* The panel from channel m on, for one phase: `count` pixels of a flat block,
 * from `at` on, or all rows of another. y: where the first one goes. */
static void run_panel(const block *b, size_t m, size_t phase, size_t at,
                      size_t count, real *y, size_t y_step)
{
    const cvl_tiled_pass *const pass = b->pass;
    const size_t channels = panel_width(pass, m, pass->outputs);
    const size_t taps = pass->first[phase + 1] - pass->first[phase];
    const real *const w = b->w + pass->first[phase] * pass->padded + m * taps;
    const real *const bias = b->bias ? b->bias + m : NULL;
    const int32_t *const offset = pass->offset + pass->first[phase];
    const size_t rows = b->flat ? 1 : b->rows, pitch = pass->lay.pitch;
    const size_t length = b->flat ? count : pass->lay.x.out;
    const real *const x = b->planes + at;
    if (pass->path == CVL_TILED_TURN) {
        run_turned(channels, rows, length, pitch, taps, w, offset, x, b->sums);
        turn_back(b->sums, (channels + LANES - 1) / LANES * LANES, channels,
                  rows * length, bias, y, y_step);
        return;
    }
    for (size_t u = 0; u < rows; u++)
        run(channels, length, taps, w, offset, x + u * pitch, bias,
            y + u * length, y_step);
}

/* All panels, over as many pixels at a time as stay in the L1 cache. */
static void correlate_panels(const block *b)
{
    const cvl_tiled_pass *const pass = b->pass;
    const size_t pixels = b->rows * pass->lay.x.out;
    const size_t plane = pass->out_height * pass->out_width;
    const size_t sweeps =
        b->flat && pixels > pass->sweep ? pixels / pass->sweep : 1;
    const size_t step = sweeps > 1 ? WIDEST[pass->panel] * LANES : 1;
    for (size_t i = 0; i < sweeps; i++) {
        const size_t at = i * pixels / sweeps / step * step;
        const size_t next = (i + 1) * pixels / sweeps / step * step;
        const size_t end = i + 1 < sweeps ? next : pixels;
        for (size_t m = 0; m < pass->outputs; m += pass->panel)
            run_panel(b, m, 0, at, end - at,
                      b->out + m * plane + b->first * pass->lay.x.out + at,
                      plane);
    }
}

/* All panels and phases; the column phases are mixed at the end of a row. */
static void correlate_phases(const block *b)
{
    const cvl_tiled_pass *const pass = b->pass;
    const cvl_tiled_axis *const y = &pass->lay.y, *const x = &pass->lay.x;
    const size_t plane = pass->out_height * pass->out_width;
    const size_t pixels = b->rows * x->out;
    for (size_t m = 0; m < pass->outputs; m += pass->panel)
        for (size_t f = 0; f < y->phases; f++) {
            for (size_t k = 0; k < x->phases; k++)
                run_panel(b, m, f * x->phases + k, 0, pixels,
                          b->mixed + k * pixels, x->phases * pixels);
            interleave(pass, panel_width(pass, m, pass->outputs), b->rows,
                       b->first * y->phases + f, b->mixed, pixels,
                       b->out + m * plane);
        }
}

/* Task: one block of rows of one image and group. */
static void correlate_block(void *context, size_t task, size_t worker)
{
    const correlation *const job = context;
    const block b = block_at(job, task, worker);
    if (job->pass->lay.y.phases * job->pass->lay.x.phases == 1)
        correlate_panels(&b);
    else
        correlate_phases(&b);
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
    if (pass->path == CVL_TILED_EXPAND) {
        cvl_exec_run(&s->exec, s->g.groups, (double)pass->packed * 5,
                     pack_expand, &job);
        cvl_exec_run(&s->exec, s->g.batch * s->g.groups * l->blocks,
                     effort_of(s), expand_block, &job);
        return;
    }
    cvl_exec_run(&s->exec,
                 s->g.groups * l->y.phases * l->x.phases * panels_of(pass),
                 (double)pass->packed * 5, pack_panel, &job);
    cvl_exec_run(&s->exec, s->g.batch * s->g.groups * l->blocks, effort_of(s),
                 correlate_block, &job);
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

static void grad_weight_tiled(const void *plan, const void *x, const void *dy,
                              void *dw, void *db, void *work)
{
    const cvl_tiled_plan *const p = plan;
    sum_weights(p, x, dy, dw, db, work);
}

static cvl_status plan_tiled(const cvl_conv2d_geometry *geometry,
                             const cvl_exec *exec, void **plan,
                             size_t *work_bytes, cvl_error *err)
{
    const cvl_tiled_machine machine = {.real_bytes = sizeof(real),
                                       .lanes = LANES,
                                       .tile_outputs = TILE_OUTPUTS,
                                       .turned_vectors = TURNED_VECTORS,
                                       .weight_vectors = WEIGHT_VECTORS};
    return cvl_tiled_plan_make(geometry, exec, &machine, plan, work_bytes, err);
}

const cvl_conv_kernel CVL_TILED_NAME = {
    .plan = plan_tiled,
    .forward = forward_tiled,
    .grad_weight = grad_weight_tiled,
    .grad_input = grad_input_tiled,
};
