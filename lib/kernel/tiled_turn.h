/* tiled_turn.h - private: planes of pixels to lanes of channels, and back. */
#ifndef CVL_TILED_TURN_H
#define CVL_TILED_TURN_H

#include "kernel/kernel.h"
#include "kernel/tiled_vector.h"

/* Whole vectors of zeros: up to LANES - 1 elements more than `count`. */
static inline void clear(real *to, size_t count)
{
    vec zero = {0};
    KEEP("v", zero); /* or compilers call memset for the loop */
    for (size_t i = 0; i < count; i += LANES) store(to + i, zero);
}

/* to[pixel][channel] = from[channel][pixel], the rows `from_step` and
 * `to_step` apart; zeros beyond `channels`, up to to_step: whole vectors. Asks
 * for the pixels that follow, which the next piece needs. */
OFFERED void turn(const real *from, size_t from_step, size_t channels,
                  size_t pixels, real *to, size_t to_step)
{
    const size_t count = least(pixels, LANES);
    for (size_t k = 0; k < to_step; k += LANES, from += LANES * from_step)
        for (size_t i = 0; i < pixels; i += LANES) {
            const size_t at = least(i, pixels - count);
            const size_t filled = k < channels ? least(channels - k, LANES) : 0;
            vec v[LANES];
            if (count == LANES && filled == LANES) {
                UNROLL for (size_t m = 0; m < LANES; m++)
                {
                    v[m] = load(from + m * from_step + at);
                    __builtin_prefetch(from + m * from_step + at + pixels);
                }
            } else {
                memset(v, 0, sizeof v);
                for (size_t m = 0; m < filled; m++)
                    memcpy(&v[m], from + m * from_step + at,
                           count * sizeof *from);
            }
            transpose(v);
            UNROLL for (size_t m = 0; m < LANES; m++) if (m < count)
                store(to + (at + m) * to_step + k, v[m]);
        }
}

/* The reverse, from whole vectors: to[k][pixel] = from[pixel][k] + bias[k],
 * for `channels` k; bias may be NULL. */
OFFERED void turn_back(const real *from, size_t from_step, size_t channels,
                       size_t pixels, const real *bias, real *to,
                       size_t to_step)
{
    const size_t count = least(pixels, LANES);
    for (size_t i = 0; i < pixels; i += LANES) {
        const size_t at = least(i, pixels - count);
        for (size_t k = 0; k < channels; k += LANES) {
            vec v[LANES];
            UNROLL for (size_t m = 0; m < LANES; m++) v[m] =
                load(from + (at + least(m, count - 1)) * from_step + k);
            transpose(v);
            UNROLL for (size_t m = 0; m < LANES; m++) if (k + m < channels)
            {
                real *const row = to + (k + m) * to_step + at;
                __builtin_prefetch(row + 2 * LANES, 1); /* each is far away */
                const vec sums = bias ? v[m] + spread(bias[k + m]) : v[m];
                if (count == LANES)
                    store(row, sums);
                else
                    memcpy(row, &sums, count * sizeof *to);
            }
        }
    }
}

#endif
