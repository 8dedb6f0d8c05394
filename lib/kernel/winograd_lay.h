/* winograd_lay.h - private: strips of pictures, in lanes that are channels. */
#ifndef CVL_WINOGRAD_LAY_H
#define CVL_WINOGRAD_LAY_H

#include "kernel/tiled_turn.h"
#include "kernel/winograd.h"

/*
 * A strip is a row of tiles, laid with its padding as [row][column][LANES]:
 *
 *     picture, a plane for each channel        strip of two tiles, F = 4
 *
 *        +----------------- channel 7          0 0 0 0 0 0 0 0 0 0
 *      +----------------- ...                  0 a b c d e f g h i   each a
 *     +----------------- channel 0             0 . . .               vector of
 *     |a b c d e f g h i j ...                 0                     channels
 *     |                                        0
 *
 * so that every later step is the same on all lanes. A lane that has no channel
 * is 0, as is what lies outside of the picture.
 */
typedef struct picture {
    const real *from, *end; /* its first channel; where the tensor ends */
    size_t channels;        /* 1 to LANES */
    size_t height, width;
} picture;

/* Where a strip lies in a picture; it may stick out on any side. */
typedef struct window {
    ptrdiff_t row, column;
    size_t rows, columns;
} window;

/* Tiles of one row of one image: all, or up to `end`, or WINOGRAD_STRIP. */
typedef struct run {
    size_t image, y, x, count;
} run;

static run run_at(const cvl_winograd_pass *p, size_t tile, size_t end)
{
    run r = {.image = tile / p->tiles_x / p->tiles_y,
             .y = tile / p->tiles_x % p->tiles_y,
             .x = tile % p->tiles_x};
    r.count = least(least(p->tiles_x - r.x, end - tile), WINOGRAD_STRIP);
    return r;
}

/* The strip of a tensor behind a run of tiles, F apart. */
static window window_of(const cvl_winograd_tensor *t, size_t F, const run *r,
                        size_t more)
{
    return (window){.row = t->row + (ptrdiff_t)(r->y * F),
                    .column = t->column + (ptrdiff_t)(r->x * F),
                    .rows = F + more,
                    .columns = r->count * F + more};
}

/* Channels vector * LANES and so on of one image. */
static picture picture_at(const cvl_winograd_tensor *t, const real *data,
                          size_t batch, size_t image, size_t vector)
{
    const size_t plane = t->height * t->width, first = vector * LANES;
    return (picture){.from = data + (image * t->channels + first) * plane,
                     .end = data + batch * t->channels * plane,
                     .channels = least(LANES, t->channels - first),
                     .height = t->height,
                     .width = t->width};
}

/* `rows` rows of `count` numbers that lie `step` apart, as rows of LANES. */
static void copy_rows(const real *from, size_t step, size_t rows, size_t count,
                      real *to)
{
    memset(to, 0, LANES * LANES * sizeof *to);
    for (size_t m = 0; m < rows; m++)
        memcpy(to + m * LANES, from + m * step, count * sizeof *to);
}

/* to[i][m] = from[m][i], i < count, m < rows of LANES; 0 for the other m. The
 * last vector overlaps the one before. Reads nothing from `end` on. */
static void turn_rows(const real *from, size_t step, size_t rows, size_t count,
                      const real *end, real *to)
{
    const size_t safe = (size_t)(end - from);
    const size_t reach = (LANES - 1) * step + LANES;
    for (size_t i = 0; i < count; i += LANES) {
        const size_t last = count < LANES ? 0 : count - LANES;
        const size_t at = least(i, last), filled = least(count, LANES);
        real copy[LANES * LANES];
        vec v[LANES];
        if (rows == LANES && at + reach <= safe) {
            UNROLL for (size_t m = 0; m < LANES; m++) v[m] =
                load(from + at + m * step);
        } else {
            copy_rows(from + at, step, rows, filled, copy);
            UNROLL for (size_t m = 0; m < LANES; m++) v[m] =
                load(copy + m * LANES);
        }
        transpose(v);
        if (filled == LANES) {
            UNROLL for (size_t m = 0; m < LANES; m++)
                store(to + (at + m) * LANES, v[m]);
        } else {
            UNROLL for (size_t m = 0; m < LANES; m++) if (m < filled)
                store(to + (at + m) * LANES, v[m]);
        }
    }
}

/* A strip: rows x columns x LANES. */
static void lay_strip(const picture *p, const window *w, real *to)
{
    const ptrdiff_t width = (ptrdiff_t)p->width, right = width - w->column;
    const size_t low =
        w->column < 0 ? least((size_t)-w->column, w->columns) : 0;
    const size_t high =
        right < (ptrdiff_t)low ? low : least((size_t)right, w->columns);
    const size_t plane = p->height * p->width;
    for (size_t r = 0; r < w->rows; r++, to += w->columns * LANES) {
        const ptrdiff_t row = w->row + (ptrdiff_t)r;
        if (row < 0 || row >= (ptrdiff_t)p->height || low == high) {
            clear(to, w->columns * LANES);
            continue;
        }
        const real *const from =
            p->from + row * width + w->column + (ptrdiff_t)low;
        clear(to, low * LANES);
        turn_rows(from, plane, p->channels, high - low, p->end,
                  to + low * LANES);
        clear(to + high * LANES, (w->columns - high) * LANES);
    }
}

static ptrdiff_t between(ptrdiff_t low, ptrdiff_t x, ptrdiff_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* Asks for what the next strip will be laid from. */
static void fetch_strip(const picture *p, const window *w)
{
    const size_t line = 64 / sizeof(real), width = p->width;
    const ptrdiff_t rows = (ptrdiff_t)p->height, columns = (ptrdiff_t)width;
    const ptrdiff_t bottom = w->row + (ptrdiff_t)w->rows;
    const ptrdiff_t right = w->column + (ptrdiff_t)w->columns;
    const size_t first = (size_t)between(0, w->row, rows) * width;
    const size_t end = (size_t)between(0, bottom, rows) * width;
    const size_t left = (size_t)between(0, w->column, columns);
    const size_t count = (size_t)between(0, right, columns) - left;
    const real *plane = p->from + left;
    for (size_t m = 0; m < p->channels; m++, plane += p->height * width)
        for (size_t row = first; row < end; row += width)
            for (size_t i = 0; i < count; i += line)
                __builtin_prefetch(plane + row + i);
}

#endif
