/* tiled_weights.h - private: the gradients of the weights and the bias. */
#ifndef CVL_TILED_WEIGHTS_H
#define CVL_TILED_WEIGHTS_H

#include "kernel/tiled.h"
#include "kernel/tiled_dot.h"
#include "kernel/tiled_run.h"

/* sums[channel] += the sum over all turned pixels: the bias' gradient. */
static void add_turned(const real *turned, size_t step, size_t pixels,
                       real *sums)
{
    for (size_t k = 0; k < step; k += LANES) {
        vec even = {0}, odd = {0};
        size_t i = 0;
        for (; i + 2 <= pixels; i += 2) {
            even += load(turned + i * step + k);
            odd += load(turned + (i + 1) * step + k);
        }
        if (i < pixels) even += load(turned + i * step + k);
        store(sums + k, load(sums + k) + (even + odd));
    }
}

/* The sum of `count` numbers, in an order that only `count` decides. */
static real sum_of(const real *p, size_t count)
{
    vec a[4] = {{0}, {0}, {0}, {0}};
    size_t i = 0;
    for (; i + 4 * LANES <= count; i += 4 * LANES)
        UNROLL for (size_t k = 0; k < 4; k++) a[k] += load(p + i + k * LANES);
    vec v = (a[0] + a[1]) + (a[2] + a[3]);
    add_lanes(&v, 1, 2);
    add_lanes(&v, 1, 4);
    add_lanes(&v, 1, 8);
    add_lanes(&v, 1, 16);
    real sum = v[0];
    for (; i < count; i++) sum += p[i];
    return sum;
}

/* One call of the pass. `laid` and `flat` are x and dy, or dy and x. */
typedef struct weight_job {
    const cvl_conv_sizes *s;
    const cvl_tiled_weights *pass;
    bool turned, swapped;
    const real *laid, *laid_end, *flat;
    real *dw, *db, *sums, *scratch;
} weight_job;

/* A task's share: block indices and sizes. */
typedef struct weight_share {
    size_t group;
    size_t laid, laid_count; /* first channel in the group, and how many */
    size_t flat, flat_count;
    bool bias; /* also sums up dy for the bias */
} weight_share;

static weight_share share_at(const weight_job *job, size_t unit)
{
    const cvl_tiled_weights *const pass = job->pass;
    weight_share share;
    share.flat = unit % pass->flat_blocks * pass->flat_block;
    share.flat_count = least(pass->flat_block, pass->flat - share.flat);
    unit /= pass->flat_blocks;
    share.laid = unit % pass->laid_blocks * pass->laid_block;
    share.laid_count = least(pass->laid_block, pass->laid - share.laid);
    share.group = unit / pass->laid_blocks;
    share.bias = job->db && !job->swapped && share.laid == 0;
    return share;
}

/* All tiles of one piece, and what it gives to the bias, if that is asked
 * for, behind the sums. */
static void add_piece(const weight_job *job, const weight_share *share, piece p,
                      real *turned, real *sums)
{
    const cvl_tiled_weights *const pass = job->pass;
    const size_t taps = share->laid_count * job->s->window;
    const size_t pixels = p.rows * p.length;
    real *const bias = share->bias ? sums + taps * pass->flat_block : NULL;
    if (job->turned) {
        turn(p.flat, p.flat_step, share->flat_count, pixels, turned,
             pass->flat_block);
        p.flat = turned;
        p.flat_step = pass->flat_block;
        for (size_t t = 0; t < taps; t += 6)
            TURN_TILES[least(6, taps - t)][pass->flat_block / LANES](
                &p, pass->offset + t, sums + t * pass->flat_block, 0);
        if (bias) add_turned(turned, pass->flat_block, pixels, bias);
        return;
    }
    const real *const flat = p.flat;
    for (size_t k = 0; k < share->flat_count; k += DOT_FLAT) {
        const size_t count = least(DOT_FLAT, share->flat_count - k);
        p.flat = flat + k * p.flat_step;
        for (size_t t = 0; t < taps; t += DOT_TAPS)
            DOT_TILES[count][least(DOT_TAPS, taps - t)](
                &p, pass->offset + t, sums + k * taps + t, taps);
        for (size_t m = 0; bias && m < count; m++)
            bias[k + m] += sum_of(p.flat + m * p.flat_step, pixels);
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
            p.first = all.first && u + k == 0;
            add_piece(job, share, p, turned, sums);
        }
}

/* Task: one share of dw, over one chunk of the blocks of all images. */
static void weight_task(void *context, size_t task, size_t worker)
{
    const weight_job *const job = context;
    const cvl_tiled_weights *const pass = job->pass;
    const cvl_tiled_lay *const l = &pass->lay;
    const weight_share share = share_at(job, task % pass->units);
    const size_t groups = job->s->g.groups, chunk = task / pass->units;
    const size_t all = job->s->g.batch * l->blocks;
    real *const sums = job->sums + task * pass->partial;
    real *const planes = job->scratch + worker * pass->scratch;
    real *const turned =
        planes + pass->scratch - 2 * pass->piece * pass->flat_block;
    memset(sums + pass->flat_block * share.laid_count * job->s->window, 0,
           pass->flat_block * sizeof *sums);
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
                   .planes_row = l->pitch,
                   .first = i == chunk * all / pass->chunks};
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
    const weight_share share = share_at(job, task);
    const size_t window = job->s->window, taps = share.laid_count * window;
    real *const sums = job->sums + task * pass->partial;
    for (size_t chunk = 1; chunk < pass->chunks; chunk++) {
        const real *const more = sums + chunk * pass->units * pass->partial;
        for (size_t i = 0; i < (taps + 1) * pass->flat_block; i++)
            sums[i] += more[i];
    }
    real *const dw = job->dw + share.group * pass->laid * pass->flat * window +
                     share.laid * pass->w_laid + share.flat * pass->w_flat;
    if (share.bias)
        memcpy(job->db + share.group * pass->flat + share.flat,
               sums + taps * pass->flat_block, share.flat_count * sizeof *sums);
    /* Taps that follow each other in dw: all of them, or one window. */
    const size_t run = pass->w_laid == window ? taps : window;
    for (size_t t = 0; t < taps; t += run) {
        real *const to = dw + t / window * pass->w_laid;
        if (job->turned)
            turn_back(sums + t * pass->flat_block, pass->flat_block,
                      share.flat_count, run, NULL, to, pass->w_flat);
        else
            for (size_t k = 0; k < share.flat_count; k++)
                memcpy(to + k * pass->w_flat, sums + k * taps + t,
                       run * sizeof *to);
    }
}

/* Task: db[task], image after image, where x is what is read flat. */
static void bias_task(void *context, size_t task, size_t worker)
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

static void sum_weights(const cvl_tiled_plan *plan, const real *x,
                        const real *dy, void *dw, void *db, void *work)
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
        .swapped = swap,
        .laid = swap ? dy : x,
        .flat = swap ? x : dy,
        .dw = dw,
        .db = db,
        .sums = work,
        .scratch = (real *)work + tasks * pass->partial,
    };
    job.laid_end = job.laid + s->g.batch * s->g.groups * pass->laid *
                                  pass->lay.y.in * pass->lay.x.in;
    cvl_exec_run(&s->exec, tasks, effort_of(s), weight_task, &job);
    cvl_exec_run(&s->exec, pass->units, (double)(tasks * pass->partial),
                 gather_share, &job);
    if (db && swap)
        cvl_exec_run(&s->exec, s->g.out_channels,
                     (double)(s->g.batch * s->g.out_channels * s->out_height *
                              s->out_width),
                     bias_task, &job);
}

#endif
