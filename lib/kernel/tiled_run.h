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

#endif
