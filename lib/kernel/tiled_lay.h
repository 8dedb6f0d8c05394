/* tiled_lay.h - private: copies: zero-padded planes, and transposes. */
#ifndef CVL_TILED_LAY_H
#define CVL_TILED_LAY_H

#include "kernel/tiled.h"
#include "kernel/tiled_vector.h"

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

/*
 * One line of a plane, from row `row` of a channel:
 *
 *     0 0 x x x x x x 0      columns start, start + step, start + 2 step ...;
 *         low         high   zeros where these are outside x
 *
 * Lines are written in the order of their addresses: vectors that end behind
 * a line are overwritten by the next one, and scratch has room behind the
 * last. `end` is the end of the whole tensor.
 */
static inline void lay_line(const cvl_tiled_lay *l, const cvl_tiled_plane *p,
                            const real *row, const real *end, real *to)
{
    clear(to, p->low);
    if (p->low < p->high) {
        const ptrdiff_t column = p->start + (ptrdiff_t)(p->low * l->x.step);
        copy_strided(to + p->low, row + column, p->high - p->low, l->x.step,
                     end);
    }
    clear(to + p->high, l->pitch - p->high);
}

/* Lines as wide as the input, `shift` columns away: one flat copy, and then
 * zeros over what wrapped from one line into the next. */
static void lay_shifted(size_t width, ptrdiff_t shift, size_t lines,
                        const real *from, real *to)
{
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
    if (l->flat && l->x.step * l->y.step == 1 && l->pitch == l->x.in) {
        lay_shifted(l->pitch, x->start, high - low, from, to);
        to += (high - low) * l->pitch;
    } else {
        for (size_t k = low; k < high; k++, to += l->pitch) {
            lay_line(l, x, from, end, to);
            from += l->y.step * l->x.in;
        }
    }
    clear(to, (last - high) * l->pitch);
}

/* The planes of `channels` channels from x on, for output rows first ..
 * first+rows-1. */
static void lay(const cvl_tiled_lay *l, const real *x, size_t channels,
                size_t first, size_t rows, const real *end, real *planes)
{
    for (size_t c = 0; c < channels; c++, x += l->y.in * l->x.in)
        for (size_t j = 0; j < l->x.planes; j++, planes += l->lines * l->pitch)
            for (size_t i = 0; i < l->y.planes; i++) {
                const cvl_tiled_plane *const y = &l->y.plane[i];
                lay_plane(l, y, &l->x.plane[j], first, rows + y->extra, x, end,
                          planes + y->before * l->pitch);
            }
}

/* to[pixel][channel] = from[channel][pixel], the rows `from_step` and
 * `to_step` apart; zeros beyond `channels`, up to to_step: whole vectors. */
static void turn(const real *from, size_t from_step, size_t channels,
                 size_t pixels, real *to, size_t to_step)
{
    for (size_t k = 0; k < to_step; k += LANES, from += LANES * from_step)
        for (size_t i = 0; i < pixels; i += LANES) {
            const size_t at =
                i + LANES > pixels && pixels >= LANES ? pixels - LANES : i;
            const size_t count = least(pixels - at, LANES);
            const size_t filled = k < channels ? least(channels - k, LANES) : 0;
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
            for (size_t m = 0; m < count; m++)
                store(to + (at + m) * to_step + k, v[m]);
        }
}

/* The reverse, from whole vectors: to[k][pixel] = from[pixel][k] + bias[k],
 * for `channels` k; bias may be NULL. */
static void turn_back(const real *from, size_t from_step, size_t channels,
                      size_t pixels, const real *bias, real *to, size_t to_step)
{
    for (size_t i = 0; i < pixels; i += LANES) {
        const size_t at =
            i + LANES > pixels && pixels >= LANES ? pixels - LANES : i;
        const size_t count = least(pixels - at, LANES);
        for (size_t k = 0; k < channels; k += LANES) {
            vec v[LANES];
            UNROLL for (size_t m = 0; m < LANES; m++) v[m] =
                load(from + (at + least(m, count - 1)) * from_step + k);
            transpose(v);
            for (size_t m = 0; m < least(LANES, channels - k); m++) {
                if (bias) v[m] += spread(bias[k + m]);
                memcpy(to + (k + m) * to_step + at, &v[m], count * sizeof *to);
            }
        }
    }
}

#endif
