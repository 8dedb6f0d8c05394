/* tiled_weights.h - private: the gradients of the weights and the bias. */
#ifndef CVL_TILED_WEIGHTS_H
#define CVL_TILED_WEIGHTS_H

#include "kernel/tiled.h"
#include "kernel/tiled_dot.h"
#include "kernel/tiled_lay.h"

/* to[pixel][channel] = from[channel][pixel]; channels beyond `channels` are
 * 0, up to `to_step`. */
static void turn(const real *from, size_t from_step, size_t channels,
                 size_t pixels, real *to, size_t to_step)
{
    for (size_t k = 0; k < to_step; k += LANES)
        for (size_t i = 0; i < pixels; i += LANES) {
            const size_t at =
                i + LANES > pixels && pixels >= LANES ? pixels - LANES : i;
            const size_t count = least(pixels - at, LANES);
            vec v[LANES];
            for (size_t m = 0; m < LANES; m++) {
                v[m] = (vec){0};
                const real *const p = from + (k + m) * from_step + at;
                if (k + m < channels) memcpy(&v[m], p, count * sizeof *p);
            }
            transpose(v);
            for (size_t m = 0; m < count; m++)
                store(to + (at + m) * to_step + k, v[m]);
        }
}

/* One call of the pass. `laid` and `flat` are x and dy, or dy and x. */
typedef struct weight_job {
    const cvl_conv_sizes *s;
    const cvl_tiled_weights *pass;
    bool turned;
    const real *laid, *laid_end, *flat;
    real *dw, *sums, *scratch;
} weight_job;

/* A task's share: block indices and sizes. */
typedef struct weight_share {
    size_t group;
    size_t laid, laid_count; /* first channel in the group, and how many */
    size_t flat, flat_count;
} weight_share;

static weight_share share_at(const cvl_tiled_weights *pass, size_t unit)
{
    weight_share share;
    share.flat = unit % pass->flat_blocks * pass->flat_block;
    share.flat_count = least(pass->flat_block, pass->flat - share.flat);
    unit /= pass->flat_blocks;
    share.laid = unit % pass->laid_blocks * pass->laid_block;
    share.laid_count = least(pass->laid_block, pass->laid - share.laid);
    share.group = unit / pass->laid_blocks;
    return share;
}

/* All tiles of one piece. */
static void add_piece(const weight_job *job, const weight_share *share, piece p,
                      real *turned, real *sums)
{
    const cvl_tiled_weights *const pass = job->pass;
    const size_t taps = share->laid_count * job->s->window;
    if (job->turned) {
        turn(p.flat, p.flat_step, share->flat_count, p.rows * p.length, turned,
             pass->flat_block);
        p.flat = turned;
        p.flat_step = pass->flat_block;
        for (size_t t = 0; t < taps; t += 6)
            TURN_TILES[least(6, taps - t)][pass->flat_block / LANES](
                &p, pass->offset + t, sums + t * pass->flat_block, 0);
        return;
    }
    const real *const flat = p.flat;
    for (size_t t = 0; t < taps; t += DOT_TAPS)
        for (size_t k = 0; k < share->flat_count; k += DOT_FLAT) {
            p.flat = flat + k * p.flat_step;
            DOT_TILES[least(DOT_FLAT, share->flat_count - k)]
                     [least(DOT_TAPS, taps - t)](&p, pass->offset + t,
                                                 sums + k * taps + t, taps);
        }
}

/* Cuts rows x width pixels into pieces of about pass->piece. */
static void add_pieces(const weight_job *job, const weight_share *share,
                       piece all, real *turned, real *sums)
{
    const size_t most = job->pass->piece;
    const size_t step = all.length < most ? most / all.length : 1;
    const size_t cuts = all.length < most ? 1 : all.length / most;
    for (size_t u = 0; u < all.rows; u += step)
        for (size_t k = 0; k < cuts; k++) {
            const size_t from = k * all.length / cuts / LANES * LANES;
            const size_t to = k + 1 == cuts
                                  ? all.length
                                  : (k + 1) * all.length / cuts / LANES * LANES;
            piece p = all;
            p.rows = least(step, all.rows - u);
            p.length = to - from;
            p.flat += u * all.flat_row + from;
            p.planes += u * all.planes_row + from;
            add_piece(job, share, p, turned, sums);
        }
}

/* Task: one share of dw, over one chunk of the blocks of all images. */
static void weight_task(void *context, size_t task, size_t worker)
{
    const weight_job *const job = context;
    const cvl_tiled_weights *const pass = job->pass;
    const cvl_tiled_lay *const l = &pass->lay;
    const weight_share share = share_at(pass, task % pass->units);
    const size_t groups = job->s->g.groups, chunk = task / pass->units;
    const size_t all = job->s->g.batch * l->blocks;
    real *const sums = job->sums + task * pass->partial;
    real *const planes = job->scratch + worker * pass->scratch;
    real *const turned =
        planes + pass->scratch - 2 * pass->piece * pass->flat_block;
    memset(sums, 0, pass->partial * sizeof *sums);
    for (size_t i = chunk * all / pass->chunks;
         i < (chunk + 1) * all / pass->chunks; i++) {
        const size_t first = i % l->blocks * l->rows;
        const size_t rows = least(l->rows, l->y.out - first);
        const size_t image = i / l->blocks * groups + share.group;
        const real *const x =
            job->laid + (image * pass->laid + share.laid) * l->y.in * l->x.in;
        const size_t plane = l->y.out * l->x.out;
        piece p = {.rows = rows,
                   .length = l->x.out,
                   .flat = job->flat +
                           (image * pass->flat + share.flat) * plane +
                           first * l->x.out,
                   .flat_step = plane,
                   .flat_row = l->x.out,
                   .planes = l->direct ? x + first * l->x.in : planes,
                   .planes_row = l->pitch};
        if (!l->direct)
            lay(l, x, share.laid_count, first, rows, job->laid_end, planes);
        if (l->pitch == l->x.out) {
            p.rows = 1;
            p.length = rows * l->x.out;
        }
        add_pieces(job, &share, p, turned, sums);
    }
}

/* Task: the chunks' sums of one share, in order, to where dw has them. */
static void gather_share(void *context, size_t task, size_t worker)
{
    (void)worker;
    const weight_job *const job = context;
    const cvl_tiled_weights *const pass = job->pass;
    const weight_share share = share_at(pass, task);
    const size_t window = job->s->window, taps = share.laid_count * window;
    real *const sums = job->sums + task * pass->partial;
    for (size_t chunk = 1; chunk < pass->chunks; chunk++) {
        const real *const more = sums + chunk * pass->units * pass->partial;
        for (size_t i = 0; i < pass->partial; i++) sums[i] += more[i];
    }
    real *const dw = job->dw + share.group * pass->laid * pass->flat * window +
                     share.laid * pass->w_laid + share.flat * pass->w_flat;
    const size_t tap_step = job->turned ? pass->flat_block : 1;
    const size_t flat_step = job->turned ? 1 : taps;
    for (size_t k = 0; k < share.flat_count; k++)
        for (size_t c = 0; c < share.laid_count; c++)
            for (size_t t = 0; t < window; t++)
                dw[k * pass->w_flat + c * pass->w_laid + t] =
                    sums[k * flat_step + (c * window + t) * tap_step];
}

static void sum_weights(const cvl_tiled_plan *plan, const real *x,
                        const real *dy, void *dw, void *work)
{
    const cvl_tiled_weights *const pass = &plan->grad_weight;
    const cvl_conv_sizes *const s = &plan->s;
    const bool swap =
        pass->path == CVL_TILED_DOT_SWAP || pass->path == CVL_TILED_TURN_SWAP;
    const size_t tasks = pass->units * pass->chunks;
    weight_job job = {
        .s = s,
        .pass = pass,
        .turned =
            pass->path == CVL_TILED_TURN || pass->path == CVL_TILED_TURN_SWAP,
        .laid = swap ? dy : x,
        .flat = swap ? x : dy,
        .dw = dw,
        .sums = work,
        .scratch = (real *)work + tasks * pass->partial,
    };
    job.laid_end = job.laid + s->g.batch * s->g.groups * pass->laid *
                                  pass->lay.y.in * pass->lay.x.in;
    cvl_exec_run(&s->exec, tasks, s->flops, weight_task, &job);
    cvl_exec_run(&s->exec, pass->units, (double)(tasks * pass->partial),
                 gather_share, &job);
}

/* The sum of `count` numbers, in an order that only `count` decides. */
static real sum_of(const real *p, size_t count)
{
    vec a[4] = {{0}, {0}, {0}, {0}};
    size_t i = 0;
    for (; i + 4 * LANES <= count; i += 4 * LANES)
        UNROLL for (size_t k = 0; k < 4; k++) a[k] += load(p + i + k * LANES);
    const vec v = (a[0] + a[1]) + (a[2] + a[3]);
    real sum = 0;
    UNROLL for (size_t k = 0; k < LANES; k++) sum += v[k];
    for (; i < count; i++) sum += p[i];
    return sum;
}

typedef struct bias_job {
    const cvl_conv_sizes *s;
    const real *dy;
    real *db;
} bias_job;

/* Task: db[task], image after image. */
static void bias_task(void *context, size_t task, size_t worker)
{
    (void)worker;
    const bias_job *const job = context;
    const size_t plane = job->s->out_height * job->s->out_width;
    const size_t outputs = job->s->g.out_channels;
    real sum = 0;
    for (size_t n = 0; n < job->s->g.batch; n++)
        sum += sum_of(job->dy + (n * outputs + task) * plane, plane);
    job->db[task] = sum;
}

static void sum_bias(const cvl_tiled_plan *plan, const real *dy, void *db)
{
    bias_job job = {&plan->s, dy, db};
    const cvl_conv_sizes *const s = &plan->s;
    cvl_exec_run(
        &s->exec, s->g.out_channels,
        (double)(s->g.batch * s->g.out_channels * s->out_height * s->out_width),
        bias_task, &job);
}

#endif
