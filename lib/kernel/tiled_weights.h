/* tiled_weights.h - private: the gradients of the weights and the bias. */
#ifndef CVL_TILED_WEIGHTS_H
#define CVL_TILED_WEIGHTS_H

#include "kernel/tiled.h"
#include "kernel/tiled_lay.h"
#include "kernel/tiled_tile.h"

/*
 * dw[k][tap] = sum over pixels of flat[k][pixel] * planes[offset[tap] + pixel]
 *
 * where `flat` is dy and the planes are laid from x or, swapped, the other way
 * round. dw is cut into units, each some channels of both; the batch is cut
 * into chunks, which are summed up in order at the end:
 *
 *               flat channels              chunk 0   1   2 ...
 *              +------+------+            +-----+---+---+
 *    laid      |unit 0|unit 1|     unit 0 |  a  | b | c |   dw = a + b + c
 *    channels  +------+------+     unit 1 | ... |
 *    x taps    |unit 2|unit 3|
 *              +------+------+            a task is one cell
 *
 * A task lays the planes of one image after the other and goes over them in
 * pieces: pixels that stay in the L1 cache while all tiles pass over them.
 */
typedef struct weight_job {
    const cvl_conv_sizes *s;
    const cvl_tiled_weights *pass;
    const real *laid, *laid_end, *flat;
    real *dw, *db, *sums, *scratch;
} weight_job;

/* A unit: its group, and its channels in the group. */
typedef struct weight_unit {
    size_t group;
    size_t laid, laid_count;
    size_t flat, flat_count;
    size_t taps; /* rows of dw: laid_count x window */
    bool bias;   /* also sums up dy for the bias */
} weight_unit;

static weight_unit unit_at(const weight_job *job, size_t index)
{
    const cvl_tiled_weights *const pass = job->pass;
    weight_unit unit;
    unit.flat = index % pass->flat_blocks * pass->flat_block;
    unit.flat_count = least(pass->flat_block, pass->flat - unit.flat);
    index /= pass->flat_blocks;
    unit.laid = index % pass->laid_blocks * pass->laid_block;
    unit.laid_count = least(pass->laid_block, pass->laid - unit.laid);
    unit.taps = unit.laid_count * job->s->window;
    unit.group = index / pass->laid_blocks;
    unit.bias = job->db && !pass->swap && unit.laid == 0;
    return unit;
}

/* The sum of `count` numbers, in an order that only `count` decides. */
static real sum_of(const real *p, size_t count)
{
    vec a[4] = {{0}, {0}, {0}, {0}};
    size_t i = 0;
    for (; i + 4 * LANES <= count; i += 4 * LANES)
        UNROLL for (size_t k = 0; k < 4; k++) a[k] += load(p + i + k * LANES);
    a[0] = (a[0] + a[1]) + (a[2] + a[3]);
    real sum = 0;
    UNROLL for (size_t k = 0; k < LANES; k++) sum += a[0][k];
    for (; i < count; i++) sum += p[i];
    return sum;
}

/* sums[channel] += the sum over pixels of turned[pixel][channel]. */
static void add_turned(const real *turned, size_t channels, size_t pixels,
                       real *sums)
{
    for (size_t k = 0; k < channels; k += LANES) {
        vec even = {0}, odd = {0};
        for (size_t i = 0; i + 2 <= pixels; i += 2) {
            even += load(turned + i * channels + k);
            odd += load(turned + (i + 1) * channels + k);
        }
        if (pixels % 2) even += load(turned + (pixels - 1) * channels + k);
        store(sums + k, load(sums + k) + (even + odd));
    }
}

/* DOTS: sums[i] = the lanes of vector i of sums, in place. */
static void add_up(real *sums, size_t count)
{
    for (size_t i = 0; i < count; i += LANES) {
        vec v[LANES];
        UNROLL for (size_t k = 0; k < LANES; k++) v[k] =
            load(sums + least(i + k, count - 1) * LANES);
        store(sums + i, add_lanes(v));
    }
}

/* All tiles of one piece, whose pixels, rows and planes are in `t`, and what
 * it gives to the bias, whose sums lie behind those of dw. */
static void add_piece(const weight_job *job, const weight_unit *unit, tile t,
                      real *turned, bool first, real *sums)
{
    const cvl_tiled_weights *const pass = job->pass;
    const size_t taps = unit->taps, width = pass->flat_block;
    const size_t pixels = t.rows * t.count;
    real *const bias = unit->bias ? sums + pass->bias : NULL;
    const real *const flat = t.w;
    if (pass->turned) {
        t.w = turned;
        t.y_step = width;
        for (size_t k = 0; k < width; k += pass->panel) {
            const size_t panel = least(pass->panel, width - k);
            turn(flat + k * t.w_step, t.w_step, most(unit->flat_count, k) - k,
                 pixels, turned, panel);
            for (size_t i = 0; i < taps; i += WEIGHTS_TAPS) {
                const size_t M = least(WEIGHTS_TAPS, taps - i);
                t.at = pass->offset + i;
                t.y = sums + i * width + k;
                t.start = first ? NULL : t.y;
                WEIGHTS_TILES[(M - 1) * WEIGHTS_WIDTH + panel / LANES - 1](&t);
            }
            if (bias) add_turned(turned, panel, pixels, bias + k);
        }
        return;
    }
    const size_t height = least(DOT_ROWS, unit->flat_count);
    const size_t columns = least(WIDEST, SUMS / height);
    t.y_step = taps * LANES;
    for (size_t k = 0; k < unit->flat_count; k += height) {
        const size_t M = least(height, unit->flat_count - k);
        t.w = flat + k * t.w_step;
        for (size_t i = 0; i < taps; i += columns) {
            t.offset = pass->offset + i;
            t.y = sums + k * t.y_step + i * LANES;
            t.start = first ? NULL : t.y;
            DOTS_TILES[(M - 1) * WIDEST + least(columns, taps - i) - 1](&t);
        }
        for (size_t m = k; bias && m < k + M; m++)
            bias[m] += sum_of(flat + m * t.w_step, pixels);
    }
}

/* Cuts rows x count pixels into pieces of about pass->piece. */
static void add_pieces(const weight_job *job, const weight_unit *unit,
                       const tile *all, real *turned, bool first, real *sums)
{
    const size_t limit = job->pass->piece, count = all->count;
    const size_t step = count < limit ? limit / count : 1;
    const size_t cuts = count < limit ? 1 : count / limit;
    for (size_t u = 0; u < all->rows; u += step)
        for (size_t k = 0; k < cuts; k++) {
            const size_t from = k * count / cuts / LANES * LANES;
            const size_t next = (k + 1) * count / cuts / LANES * LANES;
            tile piece = *all;
            piece.rows = least(step, all->rows - u);
            piece.count = (k + 1 < cuts ? next : count) - from;
            piece.w += u * all->w_row + from;
            piece.x += u * all->x_row + from;
            add_piece(job, unit, piece, turned, first && u + k == 0, sums);
        }
}

/* Task: one unit of dw, over one chunk of the blocks of all images. */
static void weight_task(void *context, size_t task, size_t worker)
{
    const weight_job *const job = context;
    const cvl_tiled_weights *const pass = job->pass;
    const cvl_tiled_lay *const l = &pass->lay;
    const weight_unit unit = unit_at(job, task % pass->units);
    const size_t groups = job->s->g.groups, chunk = task / pass->units;
    const size_t all = job->s->g.batch * l->blocks;
    const size_t begin = chunk * all / pass->chunks;
    const size_t end = (chunk + 1) * all / pass->chunks;
    real *const sums = job->sums + task * pass->partial;
    real *const turned = job->scratch + worker * pass->scratch;
    real *const planes =
        turned + (pass->turned ? 2 * pass->piece * pass->panel : 0);
    memset(sums + pass->bias, 0, pass->flat_block * sizeof *sums);
    for (size_t i = begin; i < end; i++) {
        const size_t first = i % l->blocks * l->rows;
        const size_t rows = least(l->rows, l->y.out - first);
        const size_t image = i / l->blocks * groups + unit.group;
        const real *const x =
            job->laid + (image * pass->laid + unit.laid) * l->y.in * l->x.in;
        const size_t plane = l->y.out * l->x.out;
        if (!l->direct)
            lay(l, x, unit.laid_count, first, rows, job->laid_end, planes);
        const tile t = {
            .rows = l->flat ? 1 : rows,
            .count = l->flat ? rows * l->x.out : l->x.out,
            .x = l->direct ? x + first * l->x.in : planes,
            .x_row = l->pitch,
            .w = job->flat + (image * pass->flat + unit.flat) * plane +
                 first * l->x.out,
            .w_row = l->x.out,
            .w_step = plane,
        };
        add_pieces(job, &unit, &t, turned, i == begin, sums);
    }
    if (!pass->turned) add_up(sums, unit.flat_count * unit.taps);
}

/* Task: the chunks' sums of one unit, in order, to where dw has them. */
static void gather_unit(void *context, size_t task, size_t worker)
{
    (void)worker;
    const weight_job *const job = context;
    const cvl_tiled_weights *const pass = job->pass;
    const weight_unit unit = unit_at(job, task);
    const size_t window = job->s->window, taps = unit.taps;
    real *const sums = job->sums + task * pass->partial;
    const size_t count = pass->flat_block * taps;
    for (size_t chunk = 1; chunk < pass->chunks; chunk++) {
        const real *const more = sums + chunk * pass->units * pass->partial;
        for (size_t i = 0; i < count; i++) sums[i] += more[i];
        for (size_t k = 0; unit.bias && k < unit.flat_count; k++)
            sums[pass->bias + k] += more[pass->bias + k];
    }
    real *const dw = job->dw + unit.group * pass->laid * pass->flat * window +
                     unit.laid * pass->w_laid + unit.flat * pass->w_flat;
    if (unit.bias)
        memcpy(job->db + unit.group * pass->flat + unit.flat, sums + pass->bias,
               unit.flat_count * sizeof *sums);
    /* Taps that follow each other in dw: all of them, or one window. */
    const size_t run = pass->w_laid == window ? taps : window;
    for (size_t t = 0; t < taps; t += run) {
        real *const to = dw + t / window * pass->w_laid;
        if (pass->turned)
            turn_back(sums + t * pass->flat_block, pass->flat_block,
                      unit.flat_count, run, NULL, to, pass->w_flat);
        else
            for (size_t k = 0; k < unit.flat_count; k++)
                memcpy(to + k * pass->w_flat, sums + k * taps + t,
                       run * sizeof *to);
    }
}

/* Task: db[task], image after image, where x is what is read flat. */
static void sum_bias(void *context, size_t task, size_t worker)
{
    (void)worker;
    const weight_job *const job = context;
    const size_t plane = job->s->out_height * job->s->out_width;
    const size_t outputs = job->s->g.out_channels;
    real sum = 0;
    for (size_t n = 0; n < job->s->g.batch; n++)
        sum += sum_of(job->laid + (n * outputs + task) * plane, plane);
    job->db[task] = sum;
}

static void grad_weight_tiled(const void *plan, const void *x, const void *dy,
                              void *dw, void *db, void *work)
{
    const cvl_tiled_plan *const p = plan;
    const cvl_tiled_weights *const pass = &p->grad_weight;
    const cvl_conv_sizes *const s = &p->s;
    const size_t tasks = pass->units * pass->chunks;
    weight_job job = {.s = s,
                      .pass = pass,
                      .laid = pass->swap ? dy : x,
                      .flat = pass->swap ? x : dy,
                      .dw = dw,
                      .db = db,
                      .sums = work,
                      .scratch = (real *)work + tasks * pass->partial};
    job.laid_end = job.laid + s->g.batch * s->g.groups * pass->laid *
                                  pass->lay.y.in * pass->lay.x.in;
    cvl_exec_run(&s->exec, tasks, effort_of(s, LANES), weight_task, &job);
    cvl_exec_run(&s->exec, pass->units, (double)(tasks * pass->partial),
                 gather_unit, &job);
    if (db && pass->swap)
        cvl_exec_run(&s->exec, s->g.out_channels,
                     (double)(s->g.batch * s->g.out_channels * s->out_height *
                              s->out_width),
                     sum_bias, &job);
}

#endif
