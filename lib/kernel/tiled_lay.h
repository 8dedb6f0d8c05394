/* tiled_lay.h - private: fills the zero-padded planes; see tiled.h. */
#ifndef CVL_TILED_LAY_H
#define CVL_TILED_LAY_H

#include "kernel/tiled.h"
#include "kernel/tiled_vector.h"

static inline size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t above(size_t a, size_t b)
{
    return a > b ? a - b : 0;
}

/* Whole vectors of zeros: up to LANES - 1 elements more than `count`. */
static inline void clear(real *to, size_t count)
{
    if (count) store(to, (vec){0}); /* compilers call memset for a loop */
    for (size_t i = LANES; i < count; i += LANES) store(to + i, (vec){0});
}

/* Every second element of 2 LANES. */
INLINE vec load_evens(const real *from)
{
    return __builtin_shufflevector(load(from), load(from + LANES), EVENS);
}

/* to[i] = from[i * step]; writes whole vectors, but reads none that would
 * end behind `end`. */
static inline void copy_strided(real *to, const real *from, size_t count,
                                size_t step, const real *end)
{
    const size_t wide =
        (size_t)(end - from) >= (count + LANES) * step ? count : 0;
    size_t i = 0;
    if (step == 1)
        for (; i < wide; i += LANES) store(to + i, load(from + i));
    else if (step == 2)
        for (; i < wide; i += LANES) store(to + i, load_evens(from + 2 * i));
    else if (step == 4)
        for (; i < wide; i += LANES) {
            const vec a = load_evens(from + 4 * i);
            const vec b = load_evens(from + 4 * i + 2 * LANES);
            store(to + i, __builtin_shufflevector(a, b, EVENS));
        }
    for (; i < count; i++) to[i] = from[i * step];
}

/* Lines as wide as the input, shifted by `shift` columns: one flat copy, and
 * then zeros over what wrapped from one line into the next. */
static void copy_shifted(const cvl_tiled_lay *l, ptrdiff_t shift, size_t lines,
                         const real *from, real *to)
{
    const size_t width = l->pitch;
    const size_t left = shift < 0 ? (size_t)-shift : 0;
    const size_t right = shift > 0 ? (size_t)shift : 0;
    if (left + right >= width || !lines) {
        memset(to, 0, lines * width * sizeof *to);
        return;
    }
    memcpy(to + left, from + right,
           (lines * width - left - right) * sizeof *to);
    for (size_t i = 0; i < lines; i++, to += width) {
        for (size_t v = 0; v < left; v++) to[v] = 0;
        for (size_t v = width - right; v < width; v++) to[v] = 0;
    }
}

/* `lines` lines of column plane `plane`; the first is read from row `from`. */
static void copy_lines(const cvl_tiled_lay *l, const cvl_tiled_plane *plane,
                       size_t lines, const real *from, const real *end,
                       real *to)
{
    if (l->x.step == 1 && l->y.step == 1 && l->pitch == l->x.in &&
        !plane->extra) {
        copy_shifted(l, plane->start, lines, from, to);
        return;
    }
    const size_t high = least(plane->high, l->pitch);
    const size_t low = least(plane->low, high);
    const ptrdiff_t first =
        plane->start + (ptrdiff_t)(low * l->x.step); /* column of `low` */
    for (size_t i = 0; i < lines; i++, to += l->pitch) {
        clear(to, low);
        if (low < high)
            copy_strided(to + low, from + first, high - low, l->x.step, end);
        clear(to + high, l->pitch - high);
        from += l->y.step * l->x.in;
    }
}

/*
 * The planes of `channels` channels from x on, for output rows first ..
 * first+rows-1. Lines are written in the order of their addresses: vectors
 * that end behind a line are overwritten by the next one, and scratch has
 * room behind the last. `end` is the end of the whole tensor.
 */
static void lay(const cvl_tiled_lay *l, const real *x, size_t channels,
                size_t first, size_t rows, const real *end, real *planes)
{
    for (size_t c = 0; c < channels; c++, x += l->y.in * l->x.in)
        for (size_t j = 0; j < l->x.planes; j++, planes += l->lines * l->pitch)
            for (size_t i = 0; i < l->y.planes; i++) {
                const cvl_tiled_plane *const plane = &l->y.plane[i];
                const size_t lines = rows + plane->extra;
                const size_t low = least(above(plane->low, first), lines);
                const size_t high = least(above(plane->high, first), lines);
                real *const to = planes + plane->before * l->pitch;
                clear(to, low * l->pitch);
                const size_t row =
                    (first + low) * l->y.step + (size_t)plane->start;
                if (low < high)
                    copy_lines(l, &l->x.plane[j], high - low, x + row * l->x.in,
                               end, to + low * l->pitch);
                const size_t done = low < high ? high : low;
                clear(to + done * l->pitch, (lines - done) * l->pitch);
            }
}

#endif
