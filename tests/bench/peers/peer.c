/* peer.c - see peer.h for the contract. */
#include "peer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Elements that one thread takes at a time. */
enum { BLOCK = 4096 };

/* As in convlet's own step: the numbers stay what they are. */
static const float LR = 1e-6f;

void peer_require(bool ok, const char *what)
{
    if (ok) return;
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static void find_shape(struct peer_layer *layer, const char *path,
                       const char *name)
{
    struct bench_shapes shapes;
    cvl_error err;
    peer_require(!bench_shapes_open(&shapes, path, &err), err.message);
    bool found = false;
    while (!found && bench_shapes_next(&shapes, &layer->shape))
        found = strcmp(layer->shape.name, name) == 0;
    peer_require(found, "no such shape");
    bench_shapes_close(&shapes);
}

void peer_open(struct peer_layer *layer, int argc, char **argv)
{
    *layer = (struct peer_layer){0};
    peer_require(argc == 5, "usage: peer SHAPES ID THREADS SECONDS");
    find_shape(layer, argv[1], argv[2]);
    layer->threads = (int)strtol(argv[3], NULL, 10);
    layer->seconds = strtod(argv[4], NULL);
    peer_require(layer->threads > 0 && layer->seconds > 0, "bad number");
    const cvl_conv2d_geometry *const g = &layer->shape.geometry;
    layer->n = (int)g->batch;
    layer->c = (int)g->in_channels;
    layer->h = (int)g->in_height;
    layer->w = (int)g->in_width;
    layer->k = (int)g->out_channels;
    layer->kh = (int)g->kernel_height;
    layer->kw = (int)g->kernel_width;
    layer->pad = (int)g->pad_top;
    layer->stride = (int)g->stride_y;
    layer->oh = (int)cvl_conv2d_out_height(g);
    layer->ow = (int)cvl_conv2d_out_width(g);
    cvl_error err;
    peer_require(!bench_data_init(&layer->data, g, CVL_F32, true, &err),
                 err.message);
}

void peer_close(struct peer_layer *layer)
{
    bench_data_free(&layer->data);
}

/* Close in the scale of the largest element. */
static void compare(const struct peer_layer *layer, const struct peer *peer,
                    const char *what, const cvl_tensor *got,
                    const cvl_tensor *expected)
{
    double worst = 0, scale = 0;
    for (size_t i = 0; i < got->count; i++) {
        const double e = cvl_tensor_get(expected, i);
        worst = fmax(worst, fabs(cvl_tensor_get(got, i) - e));
        scale = fmax(scale, fabs(e));
    }
    if (worst <= 1e-3 * scale) return;
    fprintf(stderr, "%s %s: %s is wrong by %g of %g\n", layer->shape.name,
            peer->name, what, worst, scale);
    exit(1);
}

static void check(struct peer_layer *layer, const struct peer *peer)
{
    struct bench_data data;
    struct bench_layer own;
    const cvl_exec exec = cvl_exec_default();
    const cvl_conv2d_geometry *const g = &layer->shape.geometry;
    peer_require(
        !bench_data_init(&data, g, CVL_F32, true, NULL) &&
            !bench_layer_init(&own, &data, g, CVL_CONV_AUTO, &exec, NULL),
        "out of memory");
    /* The steps of an earlier peer moved them. */
    cvl_tensor_copy(&layer->data.w, &data.w);
    cvl_tensor_copy(&layer->data.b, &data.b);
    for (int p = BENCH_FORWARD; p <= BENCH_GRAD_INPUT; p++) {
        bench_phase_call((enum bench_phase)p)(&own);
        peer->calls[p](peer->context);
    }
    compare(layer, peer, "y", &layer->data.y, &data.y);
    compare(layer, peer, "dw", &layer->data.dw, &data.dw);
    compare(layer, peer, "db", &layer->data.db, &data.db);
    compare(layer, peer, "dx", &layer->data.dx, &data.dx);
    bench_phase_call(BENCH_STEPX)(&own);
    peer->calls[BENCH_STEPX](peer->context);
    compare(layer, peer, "dw of a step", &layer->data.dw, &data.dw);
    compare(layer, peer, "dx of a step", &layer->data.dx, &data.dx);
    bench_layer_free(&own);
    bench_data_free(&data);
}

void peer_run(struct peer_layer *layer, const struct peer *peer)
{
    double us[BENCH_BATCHES];
    check(layer, peer);
    for (int p = 0; p < BENCH_PHASES; p++) {
        const size_t count =
            bench_clock(peer->calls[p], peer->context, layer->seconds, us);
        const struct bench_times times = bench_summary(us, count);
        printf("%s\t%s\t%d\t%s\t%.3f\t%.3f\n", layer->shape.name, peer->name,
               layer->threads, bench_phase_name((enum bench_phase)p),
               times.min_us, times.median_us);
    }
    fflush(stdout);
}

/* Compiled per instruction set, as a user's -march would have it. */
#if defined(__x86_64__)
#define VARIANTS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define VARIANTS
#endif

VARIANTS static float loss_block(float *y, const float *t, size_t count,
                                 float slope)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < count; i++) {
        const float diff = y[i] - t[i];
        sum += diff * diff;
        y[i] = slope * diff;
    }
    return sum;
}

double peer_loss(struct peer_layer *layer)
{
    float *const y = layer->data.y.data;
    const float *const t = layer->data.target.data;
    const size_t count = layer->data.y.count;
    const float slope = 2.0f / (float)count;
    double sum = 0;
    const long blocks = (long)((count + BLOCK - 1) / BLOCK);
#pragma omp parallel for num_threads(layer->threads) reduction(+ : sum) \
    schedule(static) if (layer->threads > 1 && blocks > 8)
    for (long b = 0; b < blocks; b++) {
        const size_t start = (size_t)b * BLOCK;
        const size_t rest = count - start;
        sum += (double)loss_block(y + start, t + start,
                                  rest < BLOCK ? rest : BLOCK, slope);
    }
    return sum / (double)count;
}

VARIANTS static void descend(float *p, const float *dp, size_t count)
{
    for (size_t i = 0; i < count; i++) p[i] -= LR * dp[i];
}

void peer_update(struct peer_layer *layer)
{
    struct bench_data *const d = &layer->data;
    descend(d->w.data, d->dw.data, d->w.count);
    descend(d->b.data, d->db.data, d->b.count);
}
