/* tiled_tmpl.c - forward and input gradient: lay, taps, tile, store. */
#include "kernel/tiled.h"
#include "kernel/tiled_expand.h"
#include "kernel/tiled_run.h"
#include "kernel/tiled_weights.h"

/* All pixels of a block, for one panel of channels and one phase. */
static void run_block(const cvl_tiled_pass *pass, size_t channels, size_t rows,
                      size_t taps, const real *w, const int32_t *offset,
                      const real *planes, const real *bias, real *y,
                      size_t y_step, real *sums)
{
    const cvl_tiled_lay *const l = &pass->lay;
    const bool flat = l->pitch == l->x.out || l->direct;
    const size_t length = flat ? rows * l->x.out : l->x.out;
    if (pass->path == CVL_TILED_TURN) {
        const size_t count = flat ? 1 : rows;
        run_turned(channels, count, length, l->pitch, taps, w, offset, planes,
                   sums);
        turn_back(sums, (channels + LANES - 1) / LANES * LANES, channels,
                  rows * l->x.out, bias, y, y_step);
        return;
    }
    for (size_t done = 0; done < rows * l->x.out;
         done += length, planes += l->pitch)
        run(channels, length, taps, w, offset, planes, bias, y + done, y_step);
}

/* Weights by [group][phase][panel][tap][channel of the panel]. */
static void pack_phase(const correlation *job, size_t group, size_t phase)
{
    const cvl_tiled_pass *const pass = job->pass;
    const cvl_tiled_axis *const y = &pass->lay.y, *const x = &pass->lay.x;
    const size_t taps = pass->inputs * job->s->window;
    const real *const w = job->w + group * pass->outputs * taps;
    real *to = job->packed + group * pass->padded * taps +
               pass->first[phase] * pass->padded;
    for (size_t m = 0; m < pass->padded; m += pass->panel) {
        const size_t M = panel_width(pass, m, pass->padded);
        const size_t filled = panel_width(pass, m, pass->outputs);
        for (size_t c = 0; c < pass->inputs; c++)
            for (size_t i = 0; i < y->taps; i++) {
                if (y->tap[i].phase != phase / x->phases) continue;
                for (size_t j = 0; j < x->taps; j++) {
                    if (x->tap[j].phase != phase % x->phases) continue;
                    const real *const from = w + m * pass->w_output +
                                             c * pass->w_input + i * x->taps +
                                             j;
                    for (size_t k = 0; k < M; k++)
                        *to++ = k < filled ? from[k * pass->w_output] : 0;
                }
            }
    }
}

/* Task: pack one phase of one group. */
static void pack_task(void *context, size_t task, size_t worker)
{
    (void)worker;
    const correlation *const job = context;
    const size_t phases = job->pass->lay.y.phases * job->pass->lay.x.phases;
    pack_phase(job, task / phases, task % phases);
}

/* Rows of the phases of one row phase -> every phases-th column of out. */
static void interleave(const cvl_tiled_pass *pass, size_t M, size_t rows,
                       size_t first_row, const real *from, size_t from_step,
                       real *out)
{
    const cvl_tiled_lay *const l = &pass->lay;
    const size_t phases = l->x.phases, width = pass->out_width;
    for (size_t m = 0; m < M; m++) {
        real *y = out + m * pass->out_height * width + first_row * width;
        for (size_t u = 0; u < rows; u++) {
            if (first_row + u * l->y.phases >= pass->out_height) break;
            for (size_t b = 0; b < phases; b++) {
                const real *const p =
                    from + (m * phases + b) * from_step + u * l->x.out;
                for (size_t v = 0, i = b; i < width; v++, i += phases)
                    y[i] = p[v];
            }
            y += l->y.phases * width;
        }
    }
}

/* Task: one block of rows of one image and group. */
static void correlate_block(void *context, size_t task, size_t worker)
{
    const correlation *const job = context;
    const cvl_tiled_pass *const pass = job->pass;
    const cvl_tiled_lay *const l = &pass->lay;
    const size_t groups = job->s->g.groups, group = task % groups;
    const size_t image = task / groups / l->blocks;
    const size_t first = task / groups % l->blocks * l->rows;
    const size_t rows = least(l->rows, l->y.out - first);
    const size_t plane = pass->out_height * pass->out_width;
    const size_t phases = l->y.phases * l->x.phases;
    const real *planes =
        job->in + (image * groups + group) * pass->inputs * l->y.in * l->x.in;
    real *const sums = job->scratch + worker * pass->scratch;
    real *const mixed = sums + pass->sums;
    real *const laid = mixed + pass->mixed;
    if (l->direct) {
        planes += first * l->x.in;
    } else {
        lay(l, planes, pass->inputs, first, rows, job->in_end, laid);
        planes = laid;
    }
    real *const out =
        job->out + (image * groups + group) * pass->outputs * plane;
    const real *const packed =
        job->packed + group * pass->padded * pass->inputs * job->s->window;
    for (size_t m = 0; m < pass->outputs; m += pass->panel) {
        const size_t M = panel_width(pass, m, pass->outputs);
        const real *const bias =
            job->bias ? job->bias + group * pass->outputs + m : NULL;
        for (size_t f = 0; f < phases; f++) {
            const size_t taps = pass->first[f + 1] - pass->first[f];
            const real *const w =
                packed + pass->first[f] * pass->padded + m * taps;
            const int32_t *const offset = pass->offset + pass->first[f];
            const size_t b = f % l->x.phases;
            if (phases == 1)
                run_block(pass, M, rows, taps, w, offset, planes, bias,
                          out + m * plane + first * l->x.out, plane, sums);
            else
                run_block(pass, M, rows, taps, w, offset, planes, bias,
                          mixed + b * rows * l->x.out,
                          l->x.phases * rows * l->x.out, sums);
            if (phases > 1 && b + 1 == l->x.phases)
                interleave(pass, M, rows, first * l->y.phases + f / l->x.phases,
                           mixed, rows * l->x.out, out + m * plane);
        }
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
    if (pass->path == CVL_TILED_EXPAND) {
        cvl_exec_run(&s->exec, s->g.groups, (double)pass->packed * 5,
                     pack_expand, &job);
        cvl_exec_run(&s->exec, s->g.batch * s->g.groups * l->blocks, s->flops,
                     expand_block, &job);
        return;
    }
    cvl_exec_run(&s->exec, s->g.groups * l->y.phases * l->x.phases,
                 (double)pass->packed * 5, pack_task, &job);
    cvl_exec_run(&s->exec, s->g.batch * s->g.groups * l->blocks, s->flops,
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
    sum_weights(p, x, dy, dw, work);
    if (db) sum_bias(p, dy, db);
}

static cvl_status plan_tiled(const cvl_conv2d_geometry *geometry,
                             const cvl_exec *exec, void **plan,
                             size_t *work_bytes, cvl_error *err)
{
    const cvl_tiled_machine machine = {.real_bytes = sizeof(real),
                                       .lanes = LANES,
                                       .tile_outputs = TILE_OUTPUTS,
                                       .turned_vectors = TURNED_VECTORS};
    return cvl_tiled_plan_make(geometry, exec, &machine, plan, work_bytes, err);
}

const cvl_conv_kernel CVL_TILED_NAME = {
    .plan = plan_tiled,
    .forward = forward_tiled,
    .grad_weight = grad_weight_tiled,
    .grad_input = grad_input_tiled,
};
