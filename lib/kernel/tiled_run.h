/* tiled_run.h - private: the channels of a pass over the pixels of a block. */
#ifndef CVL_TILED_RUN_H
#define CVL_TILED_RUN_H

#include "kernel/tiled_lay.h"
#include "kernel/tiled_tile.h"

/* So many taps of a panel of weights stay in the L1 cache. */
enum { TURNED_TAPS = 288 };

/* Some rows of one image and group, laid. */
typedef struct block {
    const cvl_tiled_pass *pass;
    size_t first, rows;
    const real *planes, *w, *bias;
    real *sums;
} block;

/* Pixels from .. to-1 of a run, of M channels. x may be read up to one
 * vector. */
static void run_pixels(tile t, size_t M, size_t from, size_t to)
{
    const real *const x = t.x;
    real *const y = t.y, pixels[WIDEST * LANES];
    tile_function *const *const tiles = PIXELS_TILES + (M - 1) * WIDEST - 1;
    if (to < LANES) {
        const size_t y_step = t.y_step;
        t.y = pixels;
        t.y_step = LANES;
        tiles[1](&t);
        for (size_t m = 0; m < M; m++)
            memcpy(y + m * y_step, pixels + m * LANES, to * sizeof *y);
        return;
    }
    /* Tiles as even as can be. The last vectors start LANES before the end,
     * even if that means to compute some pixels twice: to the same bits. */
    const size_t widest = least(WIDEST, SUMS / M);
    const size_t vectors = divide_up(to - from, LANES);
    const size_t parts = divide_up(vectors, widest);
    const size_t shortest = vectors / parts, longer = vectors % parts;
    for (size_t i = 0; i < parts; i++) {
        size_t count = shortest + (i < longer);
        size_t at = from + (i * shortest + least(i, longer)) * LANES;
        if (at + count * LANES > to && to >= count * LANES) {
            at = to - count * LANES;
        } else if (at + count * LANES > to) {
            t.x = x + at;
            t.y = y + at;
            tiles[--count](&t);
            count = 1;
            at = to - LANES;
        }
        t.x = x + at;
        t.y = y + at;
        tiles[count](&t);
    }
}

/*
 * rows x length pixels of the panel from channel m on, with lanes that are
 * channels: no run has a length that wastes lanes. A few taps at a time go
 * over all pixels; the sums wait in [pixel][channel].
 */
static void run_turned(const block *b, tile t, size_t channels, size_t rows,
                       size_t length)
{
    const size_t vectors = divide_up(channels, LANES);
    const size_t width = vectors * LANES, taps = t.count;
    const size_t gap = b->pass->lay.pitch - length;
    const size_t pixels = rows * length, run = STRADDLE ? pixels : length;
    const size_t tiles = divide_up(run, TURNED_PIXELS);
    const tile all = t;
    int32_t at[TURNED_PIXELS];
    t.at = at;
    t.y_step = width;
    for (size_t done = 0; done < taps || done == 0; done += TURNED_TAPS) {
        t.count = least(TURNED_TAPS, taps - done);
        t.offset = all.offset + done;
        t.w = all.w + done * width;
        t.y = b->sums;
        for (size_t from = 0, v = 0, x = 0; from < pixels; from += run)
            for (size_t i = 0; i < tiles; i++) {
                const size_t count = run / tiles + (i < run % tiles);
                for (size_t m = 0; m < count; m++) {
                    at[m] = (int32_t)x;
                    v = v + 1 < length ? v + 1 : 0;
                    x += v ? 1 : 1 + gap;
                }
                t.start = done ? t.y : NULL;
                TURNED_TILES[(count - 1) * TURNED_WIDTH + vectors - 1](&t);
                t.y += count * width;
            }
    }
    turn_back(b->sums, width, channels, pixels, all.start, all.y, all.y_step);
}

/* The channels begin .. end-1 over all rows of a block, for one phase; y:
 * where channel `begin` goes. */
static void run_phase(const block *b, size_t phase, size_t begin, size_t end,
                      real *y, size_t y_step)
{
    const cvl_tiled_pass *const pass = b->pass;
    const cvl_tiled_lay *const l = &pass->lay;
    const size_t first = pass->first[phase];
    const size_t rows = l->flat ? 1 : b->rows;
    const bool turned = pass->path == CVL_TILED_TURNED;
    const size_t width = pass->path == CVL_TILED_EXPAND ? l->x.in : l->x.out;
    const size_t length = l->flat ? b->rows * width : width;
    const size_t sweeps = turned ? 1 : rows * ((length - 1) / pass->sweep + 1);
    tile t = {.count = pass->first[phase + 1] - first, .y_step = y_step};
    for (size_t i = 0; i < sweeps; i++)
        for (size_t m = begin; m < end; m += pass->panel) {
            const size_t u = i % rows, from = i / rows * pass->sweep;
            t.offset = pass->offset + first;
            t.w = b->w + first * pass->padded + m * t.count;
            t.start = b->bias ? b->bias + m : NULL;
            t.x = b->planes + u * l->pitch;
            t.y = y + (m - begin) * y_step + u * length;
            if (turned)
                run_turned(b, t, least(pass->panel, end - m), rows, length);
            else
                run_pixels(t, least(pass->panel, end - m), from,
                           least(from + pass->sweep, length));
        }
}

#endif
