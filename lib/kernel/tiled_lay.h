/* tiled_lay.h - private: copies: zero-padded planes, and transposes. */
#ifndef CVL_TILED_LAY_H
#define CVL_TILED_LAY_H

#include "kernel/tiled.h"
#include "kernel/tiled_turn.h"

/* Every second element of 2 LANES. */
INLINE vec load_evens(const real *from)
{
    return __builtin_shufflevector(load(from), load(from + LANES), EVENS);
}

/* from[0], from[step], from[2 step] ...: of LANES step elements. */
INLINE vec load_strided(const real *from, const size_t step)
{
    if (step == 1) return load(from);
    if (step == 2) return load_evens(from);
    const vec low = load_evens(from), high = load_evens(from + 2 * LANES);
    return __builtin_shufflevector(low, high, EVENS);
}

/*
 * Lines of a plane:
 *
 *     0 0 x x x x x x 0      columns start, start + step, start + 2 step ...;
 *         low         high   zeros where these are outside x
 *
 * They are written in the order of their addresses: vectors that end behind a
 * line are overwritten by the next one, and scratch has room behind the last.
 */
typedef struct plane_lines {
    size_t low, high, pitch;
    size_t row;       /* elements between the rows of x that are read */
    const real *from; /* element `low` of the first line */
    real *to;
} plane_lines;

/* Lays the next `count` lines; `step` is a literal if `vectors`. */
INLINE void lay_some(plane_lines *lines, const bool vectors, const size_t step,
                     size_t count)
{
    const plane_lines l = *lines; /* a store could change *lines, not this */
    const size_t width = l.high - l.low;
    const real *from = l.from;
    real *to = l.to;
    for (size_t k = 0; k < count; k++, from += l.row, to += l.pitch) {
        clear(to, l.low);
        if (vectors)
            for (size_t i = 0; i < width; i += LANES)
                store(to + l.low + i, load_strided(from + i * step, step));
        else
            for (size_t i = 0; i < width; i++) to[l.low + i] = from[i * step];
        clear(to + l.high, l.pitch - l.high);
    }
    lines->from = from;
    lines->to = to;
}

/* `count` lines of column plane `x`, from a row of a channel. Vectors read
 * nothing from `end` on, the end of the whole tensor. */
static void lay_lines(const cvl_tiled_lay *l, const cvl_tiled_plane *x,
                      size_t count, const real *row, const real *end, real *to)
{
    const size_t step = l->x.step, width = x->high - x->low;
    plane_lines lines = {x->low, x->high, l->pitch, l->y.step * l->x.in,
                         row,    NULL};
    lines.to = to;
    size_t safe = 0;
    if (width) {
        lines.from += x->start + (ptrdiff_t)(x->low * step);
        const size_t left = (size_t)(end - lines.from);
        const size_t reach = (width + LANES) * step;
        if (left >= reach) safe = least(count, (left - reach) / lines.row + 1);
    }
    if (step == 1)
        lay_some(&lines, true, 1, safe);
    else if (step == 2)
        lay_some(&lines, true, 2, safe);
    else if (step == 4)
        lay_some(&lines, true, 4, safe);
    else
        safe = 0;
    lay_some(&lines, false, step, count - safe);
}

/* The lines of row plane `y` and column plane `x`, from `first` on. */
static void lay_plane(const cvl_tiled_lay *l, const cvl_tiled_plane *y,
                      const cvl_tiled_plane *x, size_t first, size_t lines,
                      const real *from, const real *end, real *to)
{
    const size_t last = first + lines;
    const size_t low = most(first, least(y->low, last));
    const size_t high = most(low, least(y->high, last));
    clear(to, (low - first) * l->pitch);
    to += (low - first) * l->pitch;
    if (low < high) from += (low * l->y.step + (size_t)y->start) * l->x.in;
    lay_lines(l, x, high - low, from, end, to);
    to += (high - low) * l->pitch;
    clear(to, (last - high) * l->pitch);
}

/* Asks for the next channel's rows, which are far from this one's, early. */
static void fetch(const cvl_tiled_lay *l, const real *x, size_t first,
                  size_t rows)
{
    const size_t width = l->x.in * l->y.step, line = 64 / sizeof *x;
    const size_t end = least((first + rows) * width, l->y.in * l->x.in);
    for (size_t i = first * width; i < end; i += line)
        __builtin_prefetch(x + i);
}

/* The planes of `channels` channels from x on, for output rows first ..
 * first+rows-1. */
static void lay(const cvl_tiled_lay *l, const real *x, size_t channels,
                size_t first, size_t rows, const real *end, real *planes)
{
    for (size_t c = 0; c < channels; c++, x += l->y.in * l->x.in) {
        if (c + 1 < channels) fetch(l, x + l->y.in * l->x.in, first, rows);
        for (size_t j = 0; j < l->x.planes; j++, planes += l->lines * l->pitch)
            for (size_t i = 0; i < l->y.planes; i++) {
                const cvl_tiled_plane *const y = &l->y.plane[i];
                lay_plane(l, y, &l->x.plane[j], first, rows + y->extra, x, end,
                          planes + y->before * l->pitch);
            }
    }
}

#endif
