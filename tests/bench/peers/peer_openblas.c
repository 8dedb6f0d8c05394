/* peer_openblas.c - the classic: gather the windows, then OpenBLAS's sgemm. */
#include <cblas.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

/*
 * As Caffe and darknet do it: one product per image, the matrix of windows
 * built again for the weights' gradient and scattered back for the input's; a
 * 1x1 kernel of stride 1 needs no such matrix. Two ways to use threads:
 *
 *   im2col-openblas          OpenBLAS's own, inside each product
 *   im2col-openblas-batched  each thread takes images, with a matrix and a
 *                            weight gradient of its own, products on one
 *                            thread; with one thread it would be the same
 */
struct blas {
    struct peer_layer *layer;
    bool batched;
    float **columns, **partial; /* per thread: windows, and dw with db */
    int pixels, taps;           /* OH OW, and C KH KW */
};

static bool needs_columns(const struct peer_layer *l)
{
    return l->kh * l->kw > 1 || l->pad || l->stride > 1;
}

/* The part of an output row whose column `j` of the window is inside. */
static void inside(const struct peer_layer *l, int j, int *first, int *last)
{
    *first = 0;
    while (*first < l->ow && *first * l->stride + j < l->pad) ++*first;
    *last = l->ow;
    while (*last > *first && (*last - 1) * l->stride + j - l->pad >= l->w)
        --*last;
}

/* One tap of one channel: OH rows of OW, from or (scatter) onto a plane. */
static void gather(const struct peer_layer *l, const float *plane, int i, int j,
                   float *out)
{
    int first, last;
    inside(l, j, &first, &last);
    for (int p = 0; p < l->oh; p++, out += l->ow) {
        const int h = p * l->stride + i - l->pad;
        memset(out, 0, (size_t)l->ow * sizeof *out);
        if (h < 0 || h >= l->h) continue;
        const float *const row = plane + h * l->w + j - l->pad;
        if (l->stride == 1)
            memcpy(out + first, row + first,
                   (size_t)(last - first) * sizeof *out);
        else
            for (int q = first; q < last; q++) out[q] = row[q * l->stride];
    }
}

static void scatter(const struct peer_layer *l, const float *in, int i, int j,
                    float *plane)
{
    int first, last;
    inside(l, j, &first, &last);
    for (int p = 0; p < l->oh; p++, in += l->ow) {
        const int h = p * l->stride + i - l->pad;
        if (h < 0 || h >= l->h) continue;
        float *const row = plane + h * l->w + j - l->pad;
        if (l->stride == 1)
            for (int q = first; q < last; q++) row[q] += in[q];
        else
            for (int q = first; q < last; q++) row[q * l->stride] += in[q];
    }
}

/* The matrix of windows [C KH KW, OH OW] of an image. */
static const float *windows(const struct blas *b, int image, float *columns)
{
    const struct peer_layer *const l = b->layer;
    const int plane = l->h * l->w;
    const float *const x =
        (const float *)l->data.x.data + (size_t)image * (size_t)(l->c * plane);
    if (!needs_columns(l)) return x;
    float *out = columns;
    for (int c = 0; c < l->c; c++)
        for (int i = 0; i < l->kh; i++)
            for (int j = 0; j < l->kw; j++, out += b->pixels)
                gather(l, x + c * plane, i, j, out);
    return columns;
}

static float *output_of(const struct blas *b, const cvl_tensor *y, int image)
{
    return (float *)y->data + (size_t)image * (size_t)(b->layer->k * b->pixels);
}

static void forward_image(struct blas *b, int image, int worker)
{
    const struct peer_layer *const l = b->layer;
    const float *const m = windows(b, image, b->columns[worker]);
    const float *const bias = l->data.b.data;
    float *const y = output_of(b, &l->data.y, image);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, l->k, b->pixels,
                b->taps, 1, l->data.w.data, b->taps, m, b->pixels, 0, y,
                b->pixels);
    for (int k = 0; k < l->k; k++)
        for (int p = 0; p < b->pixels; p++) y[k * b->pixels + p] += bias[k];
}

static void grad_weight_image(struct blas *b, const cvl_tensor *dy, int image,
                              int worker, float *dw, float *db, bool first)
{
    const struct peer_layer *const l = b->layer;
    const float *const m = windows(b, image, b->columns[worker]);
    const float *const g = output_of(b, dy, image);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, l->k, b->taps,
                b->pixels, 1, g, b->pixels, m, b->pixels, first ? 0 : 1, dw,
                b->taps);
    for (int k = 0; k < l->k; k++) {
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int p = 0; p < b->pixels; p++) sum += g[k * b->pixels + p];
        db[k] = first ? sum : db[k] + sum;
    }
}

static void grad_input_image(struct blas *b, const cvl_tensor *dy, int image,
                             int worker)
{
    const struct peer_layer *const l = b->layer;
    const int plane = l->h * l->w;
    float *const dx =
        (float *)l->data.dx.data + (size_t)image * (size_t)(l->c * plane);
    float *const m = needs_columns(l) ? b->columns[worker] : dx;
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, b->taps, b->pixels,
                l->k, 1, l->data.w.data, b->taps, output_of(b, dy, image),
                b->pixels, 0, m, b->pixels);
    if (m == dx) return;
    memset(dx, 0, (size_t)(l->c * plane) * sizeof *dx);
    const float *in = m;
    for (int c = 0; c < l->c; c++)
        for (int i = 0; i < l->kh; i++)
            for (int j = 0; j < l->kw; j++, in += b->pixels)
                scatter(l, in, i, j, dx + c * plane);
}

static int workers(const struct blas *b)
{
    return b->batched ? b->layer->threads : 1;
}

static void forward(void *context)
{
    struct blas *const b = context;
#pragma omp parallel for num_threads(workers(b)) if (b->batched)
    for (int n = 0; n < b->layer->n; n++)
        forward_image(b, n, omp_get_thread_num());
}

/* Each thread sums its share of the images; then the shares are summed. */
static void grad_weight_of(struct blas *b, const cvl_tensor *dy)
{
    struct bench_data *const d = &b->layer->data;
    const int images = b->layer->n, all = workers(b);
    const size_t count = d->dw.count;
    if (all == 1) {
        for (int n = 0; n < images; n++)
            grad_weight_image(b, dy, n, 0, d->dw.data, d->db.data, n == 0);
        return;
    }
#pragma omp parallel for num_threads(all) schedule(static, 1)
    for (int t = 0; t < all; t++) {
        float *const dw = b->partial[t], *const db = dw + count;
        const int start = images * t / all, end = images * (t + 1) / all;
        if (start == end) memset(dw, 0, (count + d->db.count) * sizeof *dw);
        for (int n = start; n < end; n++)
            grad_weight_image(b, dy, n, t, dw, db, n == start);
    }
    float *const dw = d->dw.data, *const db = d->db.data;
    memcpy(dw, b->partial[0], count * sizeof *dw);
    memcpy(db, b->partial[0] + count, d->db.count * sizeof *db);
    for (int t = 1; t < all; t++) {
        const float *const part = b->partial[t];
        for (size_t i = 0; i < count; i++) dw[i] += part[i];
        for (size_t i = 0; i < d->db.count; i++) db[i] += part[count + i];
    }
}

static void grad_input_of(struct blas *b, const cvl_tensor *dy)
{
#pragma omp parallel for num_threads(workers(b)) if (b->batched)
    for (int n = 0; n < b->layer->n; n++)
        grad_input_image(b, dy, n, omp_get_thread_num());
}

static void grad_weight(void *context)
{
    struct blas *const b = context;
    grad_weight_of(b, &b->layer->data.dy);
}

static void grad_input(void *context)
{
    struct blas *const b = context;
    grad_input_of(b, &b->layer->data.dy);
}

static void step_of(struct blas *b, bool input_too)
{
    forward(b);
    peer_loss(b->layer);
    grad_weight_of(b, &b->layer->data.y);
    if (input_too) grad_input_of(b, &b->layer->data.y);
    peer_update(b->layer);
}

static void step(void *context)
{
    step_of(context, false);
}

static void stepx(void *context)
{
    step_of(context, true);
}

static float *floats(size_t count)
{
    float *const block = calloc(count, sizeof *block);
    peer_require(block, "out of memory");
    return block;
}

int main(int argc, char **argv)
{
    struct peer_layer layer;
    peer_open(&layer, argc, argv);
    struct blas b = {.layer = &layer,
                     .pixels = layer.oh * layer.ow,
                     .taps = layer.c * layer.kh * layer.kw};
    const size_t threads = (size_t)layer.threads;
    const size_t matrix = (size_t)b.pixels * (size_t)b.taps;
    b.columns = calloc(threads, sizeof *b.columns);
    b.partial = calloc(threads, sizeof *b.partial);
    peer_require(b.columns && b.partial, "out of memory");
    for (size_t t = 0; t < threads; t++) {
        b.columns[t] = floats(matrix);
        b.partial[t] = floats(layer.data.dw.count + layer.data.db.count);
    }
    struct peer peer = {
        "im2col-openblas", {forward, grad_weight, grad_input, step, stepx}, &b};
    openblas_set_num_threads(layer.threads);
    peer_run(&layer, &peer);
    if (threads > 1 && layer.n > 1) {
        b.batched = true;
        peer.name = "im2col-openblas-batched";
        openblas_set_num_threads(1);
        peer_run(&layer, &peer);
    }
    for (size_t t = 0; t < threads; t++) {
        free(b.columns[t]);
        free(b.partial[t]);
    }
    free(b.columns);
    free(b.partial);
    peer_close(&layer);
    return 0;
}
