/* tiled_run.h - private: a panel of channels over a run of pixels. */
#ifndef CVL_TILED_RUN_H
#define CVL_TILED_RUN_H

#include "kernel/tiled.h"
#include "kernel/tiled_lay.h"
#include "kernel/tiled_vector.h"

/* One call of a pass: `in` is x or dy, `out` is y or dx. */
typedef struct correlation {
    const cvl_conv_sizes *s;
    const cvl_tiled_pass *pass;
    const real *in, *in_end, *w, *bias;
    real *out, *packed, *scratch;
} correlation;

/* What cvl_exec_run is told of a pass: it knows the speed of plain loops, and
 * a vector does LANES of their rounds at once. */
static double effort_of(const cvl_conv_sizes *s)
{
    const size_t lanes = LANES;
    return s->flops / (double)lanes;
}

/* The output channels of the panel that starts at `first`, of `count`. */
static size_t panel_width(const cvl_tiled_pass *pass, size_t first,
                          size_t count)
{
    return least(pass->panel, count - first);
}

/* `length` successive pixels of M channels; x may be read up to one vector. */
static void run(size_t M, size_t length, size_t taps, const real *w,
                const int32_t *offset, const real *x, const real *bias, real *y,
                size_t y_step)
{
    if (length < LANES) {
        real pixels[TILE_OUTPUTS * LANES];
        TILES[M][1](taps, w, offset, x, bias, pixels, LANES);
        for (size_t m = 0; m < M; m++)
            memcpy(y + m * y_step, pixels + m * LANES, length * sizeof *y);
        return;
    }
    /* Tiles as even as can be. The last vectors of all start LANES before the
     * end, if that means to compute some pixels twice: to the same bits. */
    const size_t vectors = (length + LANES - 1) / LANES;
    const size_t tiles = (vectors + WIDEST[M] - 1) / WIDEST[M];
    for (size_t i = 0; i < tiles; i++) {
        const size_t first = i * vectors / tiles;
        size_t count = (i + 1) * vectors / tiles - first, at = first * LANES;
        if (at + count * LANES > length) {
            if (length >= count * LANES) {
                at = length - count * LANES;
            } else {
                TILES[M][--count](taps, w, offset, x + at, bias, y + at,
                                  y_step);
                count = 1;
                at = length - LANES;
            }
        }
        TILES[M][count](taps, w, offset, x + at, bias, y + at, y_step);
    }
}

/* to[pixel][channel] = from[channel][pixel]; channels beyond `channels` are
 * 0, up to `to_step`. */
static void turn(const real *from, size_t from_step, size_t channels,
                 size_t pixels, real *to, size_t to_step)
{
    for (size_t k = 0; k < to_step; k += LANES, from += LANES * from_step)
        for (size_t i = 0; i < pixels; i += LANES) {
            const size_t at =
                i + LANES > pixels && pixels >= LANES ? pixels - LANES : i;
            const size_t count = least(pixels - at, LANES);
            const size_t filled = least(above(channels, k), LANES);
            vec v[LANES];
            if (count == LANES && filled == LANES) {
                UNROLL for (size_t m = 0; m < LANES; m++) v[m] =
                    load(from + m * from_step + at);
            } else {
                memset(v, 0, sizeof v);
                for (size_t m = 0; m < filled; m++)
                    memcpy(&v[m], from + m * from_step + at,
                           count * sizeof *from);
            }
            transpose(v);
            real *const first = to + at * to_step + k;
            for (size_t m = 0; m < count; m++) store(first + m * to_step, v[m]);
        }
}

/* y[k][pixel] = sums[pixel][k] + bias[k], for `channels` k. */
static void turn_back(const real *sums, size_t step, size_t channels,
                      size_t pixels, const real *bias, real *y, size_t y_step)
{
    for (size_t i = 0; i < pixels; i += LANES) {
        const size_t at =
            i + LANES > pixels && pixels >= LANES ? pixels - LANES : i;
        const size_t count = least(pixels - at, LANES);
        for (size_t k = 0; k < channels; k += LANES) {
            vec v[LANES];
            for (size_t l = 0; l < LANES; l++)
                v[l] = load(sums + (at + least(l, count - 1)) * step + k);
            transpose(v);
            for (size_t l = 0; l < least(LANES, channels - k); l++) {
                if (bias) v[l] += spread(bias[k + l]);
                real *const to = y + (k + l) * y_step + at;
                if (count == LANES)
                    store(to, v[l]);
                else
                    memcpy(to, &v[l], count * sizeof *to);
            }
        }
    }
}

/*
 * rows x length pixels with lanes that are channels: no run has a length that
 * wastes lanes. A few taps at a time go over all pixels, so that their
 * weights stay in the L1 cache; the sums wait in [pixel][channel].
 */
static void run_turned(size_t channels, size_t rows, size_t length,
                       size_t pitch, size_t taps, const real *w,
                       const int32_t *offset, const real *x, real *sums)
{
    const size_t vectors = (channels + LANES - 1) / LANES;
    const size_t width = vectors * LANES;
    const size_t tiles = (length + TURNED_PIXELS - 1) / TURNED_PIXELS;
    for (size_t t = 0; t < taps || t == 0; t += TURNED_TAPS)
        for (size_t u = 0; u < rows; u++)
            for (size_t i = 0; i < tiles; i++) {
                const size_t at = i * length / tiles;
                const size_t count = (i + 1) * length / tiles - at;
                real *const to = sums + (u * length + at) * width;
                TURNED_TILES[count][vectors](
                    least(TURNED_TAPS, taps - t), w + t * width, offset + t,
                    x + u * pitch + at, t ? to : NULL, to, width);
            }
}

#endif
