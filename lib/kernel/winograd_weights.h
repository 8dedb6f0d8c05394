/* winograd_weights.h - private: Winograd's gradients of weights and bias. */
#ifndef CVL_WINOGRAD_WEIGHTS_H
#define CVL_WINOGRAD_WEIGHTS_H

#include "kernel/product_tile.h"
#include "kernel/winograd_strip.h"

/*
 * dw[k][c] = back(sum over tiles of V[point][tile][c] D[point][tile][k]): the
 * tiles are what is summed over, and for each point there is a matrix of sums,
 * four times as large as dw.
 *
 *     few weights                        many weights
 *     tiles: block block block ...       block after block:
 *            \  chunk 0 /  \ chunk 1        V and D, a vector of channels a
 *     V, D in the cache of a worker         task; shared by all workers
 *     sums of C x K, a chunk's own          units of 64 x 64 sums, a task
 *     dw = back(chunk 0 + chunk 1 ..)       each; after the last block: back
 *
 * V is [tile][channel], so that the channels of a product's rows are
 * neighbours; D and the sums are in panels of two vectors.
 */
typedef struct weights_job {
    const cvl_winograd_plan *plan;
    const real *x, *dy;
    real *dw, *db;
    real *sums; /* of chunks or units; behind each chunk's: its bias */
    real *v, *d, *bias, *scratch;
    size_t block;
} weights_job;

/* The strip of a run of tiles, vector g of a tensor's channels, with so many
 * rows and columns more than the tiles have. Asks for the rows below as well.
 */
static void lay_run(const weights_job *job, const cvl_winograd_tensor *t,
                    const real *data, const run *r, size_t g, size_t more,
                    real *strip)
{
    const size_t F = job->plan->tile, batch = job->plan->s.g.batch;
    const picture from = picture_at(t, data, batch, r->image, g);
    window w = window_of(t, F, r, more);
    lay_strip(&from, &w, strip);
    w.row += (ptrdiff_t)F;
    fetch_strip(&from, &w);
}

/* Vector g of the channels of a block of x to V. */
static void weights_input(const weights_job *job, size_t block, size_t g,
                          real *v, real *strip)
{
    const cvl_winograd_pass *const p = &job->plan->grad_weight;
    const size_t first = cvl_winograd_first(p, block);
    const size_t end = cvl_winograd_first(p, block + 1);
    size_t count;
    for (size_t t = first; t < end; t += count) {
        const run r = run_at(p, t, end);
        count = r.count;
        lay_run(job, &p->in, job->x, &r, g, 2, strip);
        transforms_of(job->plan->tile)
            ->input(strip, count, v + (t - first) * p->v_row + g * LANES,
                    p->in.step, p->v_row);
    }
}

/* The sum of `count` vectors, in four. */
static vec sum_vectors(const real *from, size_t count)
{
    vec sum[4] = {{0}, {0}, {0}, {0}};
    size_t i = 0;
    for (; i + 4 <= count; i += 4, from += 4 * LANES)
        UNROLL for (size_t k = 0; k < 4; k++) sum[k] += load(from + k * LANES);
    for (; i < count; i++, from += LANES) sum[0] += load(from);
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* Vector g of the outputs of a block of dy to D, and its sum to bias. */
static void weights_gradient(const weights_job *job, size_t block, size_t g,
                             bool add, real *d, real *bias, real *strip)
{
    const cvl_winograd_pass *const p = &job->plan->grad_weight;
    const size_t F = job->plan->tile;
    const size_t first = cvl_winograd_first(p, block);
    const size_t end = cvl_winograd_first(p, block + 1);
    const panel q = panel_of(p->out.vectors, g);
    const size_t row = q.width * LANES;
    vec total = add ? load(bias + g * LANES) : (vec){0};
    size_t count;
    d += q.first * (end - first) * LANES + (g - q.first) * LANES;
    for (size_t t = first; t < end; t += count) {
        const run r = run_at(p, t, end);
        count = r.count;
        lay_run(job, &p->out, job->dy, &r, g, 0, strip);
        total += sum_vectors(strip, F * count * F);
        transforms_of(F)->gradient(strip, count, d + (t - first) * row,
                                   p->out.step, row);
    }
    store(bias + g * LANES, total);
}

/* Some channels and vectors of outputs; a matrix of sums: [panel][channel]. */
typedef struct unit {
    size_t channel, channels, vector, vectors;
} unit;

/* The sums of a unit, of a block of so many tiles. */
static void weights_products(const cvl_winograd_pass *p, size_t points,
                             size_t tiles, const real *v, const real *d,
                             const unit *u, bool add, void *sums)
{
    for (size_t e = 0; e < points; e++) {
        cvl_product q = {.count = tiles,
                         .a = v + e * p->in.step + u->channel,
                         .a_step = p->v_row,
                         .y = (real *)sums + e * p->step,
                         .y_vector = LANES,
                         .add = add};
        for (size_t k = 0; k < u->vectors; k += WINOGRAD_PANEL) {
            const size_t width = panel_of(u->vectors, k).width;
            q.u = d + e * p->out.step + (u->vector + k) * tiles * LANES;
            q.u_step = q.y_row = width * LANES;
            CVL_PRODUCT_TILE_NAME.outer(u->channels, width, &q);
            q.y = (real *)q.y + u->channels * q.y_row;
        }
    }
}

/* Vector g of a unit, and LANES of its channels from c on, back to dw; sums: of
 * so many chunks. */
static void weights_back(const weights_job *job, const unit *u, size_t g,
                         size_t c, const real *sums, size_t chunks)
{
    const cvl_winograd_pass *const p = &job->plan->grad_weight;
    const panel q = panel_of(u->vectors, g);
    const size_t row = q.width * LANES, K = (u->vector + g) * LANES;
    const size_t count = least(LANES, u->channels - c);
    real taps[LANES * 9 * LANES];
    sums += q.first * LANES * u->channels + (g - q.first) * LANES;
    for (size_t i = 0; i < count; i++)
        transforms_of(job->plan->tile)
            ->weight(sums + (c + i) * row, p->step, chunks, p->sums,
                     taps + i * 9 * LANES);
    turn_back(taps, LANES, least(LANES, p->out.channels - K), count * 9, NULL,
              job->dw + (K * p->in.channels + u->channel + c) * 9,
              p->in.channels * 9);
}

/* Task: a chunk of the blocks. */
static void chunk_task(void *context, size_t task, size_t worker)
{
    const weights_job *const job = context;
    const cvl_winograd_pass *const p = &job->plan->grad_weight;
    const size_t side = job->plan->tile + 2, points = side * side;
    const unit all = {0, p->in.channels, 0, p->out.vectors};
    real *const v = job->scratch + worker * p->scratch;
    real *const d = v + points * p->in.step, *const strip =
                                                 d + points * p->out.step;
    real *const sums = job->sums + task * p->sums;
    real *const bias = sums + points * p->step;
    const size_t begin = task * p->blocks / p->chunks;
    const size_t end = (task + 1) * p->blocks / p->chunks;
    for (size_t b = begin; b < end; b++) {
        for (size_t g = 0; g < p->in.vectors; g++)
            weights_input(job, b, g, v, strip);
        for (size_t g = 0; g < p->out.vectors; g++)
            weights_gradient(job, b, g, b > begin, d, bias, strip);
        weights_products(
            p, points, cvl_winograd_first(p, b + 1) - cvl_winograd_first(p, b),
            v, d, &all, b > begin, sums);
    }
}

/* Task: some channels of a vector of outputs, from all chunks; and its bias. */
static void chunks_back_task(void *context, size_t task, size_t worker)
{
    (void)worker;
    const weights_job *const job = context;
    const cvl_winograd_pass *const p = &job->plan->grad_weight;
    const size_t side = job->plan->tile + 2;
    const unit all = {0, p->in.channels, 0, p->out.vectors};
    const size_t g = task / p->in.vectors, c = task % p->in.vectors;
    weights_back(job, &all, g, c * LANES, job->sums, p->chunks);
    if (!job->db || c) return;
    const real *bias = job->sums + side * side * p->step + g * LANES;
    vec sum = load(bias);
    for (size_t h = 1; h < p->chunks; h++) sum += load(bias + h * p->sums);
    memcpy(job->db + g * LANES, &sum,
           least(LANES, p->out.channels - g * LANES) * sizeof(real));
}

/* Task: a vector of the channels of x, or a panel of dy's. */
static void shared_task(void *context, size_t task, size_t worker)
{
    const weights_job *const job = context;
    const cvl_winograd_pass *const p = &job->plan->grad_weight;
    real *const strip = job->scratch + worker * p->scratch;
    if (task < p->in.vectors) {
        weights_input(job, job->block, task, job->v, strip);
        return;
    }
    const panel q =
        panel_of(p->out.vectors, (task - p->in.vectors) * WINOGRAD_PANEL);
    for (size_t g = q.first; g < q.first + q.width; g++)
        weights_gradient(job, job->block, g, job->block > 0, job->d, job->bias,
                         strip);
}

/* Task: a unit's sums of a block; after the last one, its part of dw. */
static void unit_task(void *context, size_t task, size_t worker)
{
    const weights_job *const job = context;
    const cvl_winograd_pass *const p = &job->plan->grad_weight;
    const size_t side = job->plan->tile + 2, b = job->block;
    unit u = {.channel = task % p->units_in * p->unit_channels,
              .vector = task / p->units_in * p->unit_vectors};
    u.channels = least(p->unit_channels, p->in.channels - u.channel);
    u.vectors = least(p->unit_vectors, p->out.vectors - u.vector);
    real *const sums = p->blocks > 1 ? job->sums + task * p->sums
                                     : job->scratch + worker * p->scratch;
    weights_products(p, side * side,
                     cvl_winograd_first(p, b + 1) - cvl_winograd_first(p, b),
                     job->v, job->d, &u, b > 0, sums);
    if (b + 1 < p->blocks) return;
    for (size_t g = 0; g < u.vectors; g++)
        for (size_t c = 0; c < u.channels; c += LANES)
            weights_back(job, &u, g, c, sums, 1);
}

static void grad_weight_winograd(const void *plan, const void *x,
                                 const void *dy, void *dw, void *db, void *work)
{
    const cvl_winograd_plan *const w = plan;
    const cvl_winograd_pass *const p = &w->grad_weight;
    const cvl_exec *const exec = &w->s.exec;
    const size_t side = w->tile + 2, points = side * side;
    const double effort = cvl_winograd_effort(w);
    weights_job job = {.plan = plan,
                       .x = x,
                       .dy = dy,
                       .dw = dw,
                       .db = db,
                       .sums = work,
                       .scratch = (real *)work + p->shared};
    if (p->chunks) {
        cvl_exec_run(exec, p->chunks, effort, chunk_task, &job);
        cvl_exec_run(exec, p->out.vectors * p->in.vectors,
                     (double)(p->chunks * p->sums), chunks_back_task, &job);
        return;
    }
    job.v = work;
    job.d = job.v + points * p->in.step;
    job.bias = job.d + points * p->out.step;
    job.sums = job.bias + p->out.vectors * LANES;
    for (; job.block < p->blocks; job.block++) {
        cvl_exec_run(exec,
                     p->in.vectors + divide_up(p->out.vectors, WINOGRAD_PANEL),
                     effort / (double)p->blocks, shared_task, &job);
        cvl_exec_run(exec, p->units, effort / (double)p->blocks, unit_task,
                     &job);
    }
    if (db) memcpy(db, job.bias, p->out.channels * sizeof(real));
}

#endif
