/* tiled_dot.h - private: tiles of dot products, for the weight gradient. */
#ifndef CVL_TILED_DOT_H
#define CVL_TILED_DOT_H

#include "kernel/tiled_vector.h"

/*
 * dw[k][tap] = sum over pixels of flat[k][pixel] * planes[offset[tap] + pixel]
 *
 * `flat` is dy and the planes are laid from x, or, where x has many more
 * channels, the other way round. Two tiles, each a matrix of dot products
 * over a piece of pixels, which may span several rows:
 *
 *   DOT    lanes are pixels: both sides are loaded as vectors; the lanes of
 *          every sum are added up, in a fixed order, at the end of the piece
 *   TURN   lanes are channels: the piece of `flat` is transposed first, to
 *          [pixel][channel]; what the planes hold is spread, one scalar for
 *          several vectors of channels
 */
typedef struct piece {
    size_t rows, length; /* pixels: rows x length */
    const real *flat;    /* of channel 0 */
    size_t flat_step;    /* from channel to channel (TURN: pixel) */
    size_t flat_row;     /* from row to row */
    const real *planes;
    size_t planes_row;
    bool first; /* the sums start here */
} piece;

/* The last `count` lanes kept, the others 0. */
INLINE vec keep_last(vec v, size_t count)
{
    lane_mask lane;
    UNROLL for (size_t i = 0; i < LANES; i++) lane[i] = (int)i;
    const int first = (int)(LANES - count);
    return (vec)((lane_mask)v & (lane >= first));
}

/* One round of adding lanes up: pairs of vectors become one, of pairwise
 * sums. After log2(LANES) rounds every lane is the sum of one vector. */
INLINE void add_lanes(vec *t, const size_t count, const size_t lanes)
{
    if (lanes > LANES) return;
    UNROLL for (size_t k = 0; k < (count + 1) / 2; k++)
    {
        const vec b = 2 * k + 1 < count ? t[2 * k + 1] : (vec){0};
        t[k] = __builtin_shufflevector(t[2 * k], b, EVENS) +
               __builtin_shufflevector(t[2 * k], b, ODDS);
    }
}

/* M channels of flat x N taps: sums[m * sums_step + n] += dot product. */
INLINE void dot(const size_t M, const size_t N, const piece *p,
                const int32_t *offset, real *sums, size_t sums_step)
{
    vec a[4][6];
    UNROLL for (size_t m = 0; m < M; m++)
    {
        UNROLL for (size_t n = 0; n < N; n++) a[m][n] = (vec){0};
    }
    for (size_t u = 0; u < p->rows; u++) {
        const real *const f = p->flat + u * p->flat_row;
        const real *const x = p->planes + u * p->planes_row;
        for (size_t i = 0; i < p->length; i += LANES) {
            const size_t rest = p->length - i;
            const size_t at = rest < LANES ? p->length - LANES : i;
            vec v[4];
            UNROLL for (size_t m = 0; m < M; m++) v[m] =
                load(f + m * p->flat_step + at);
            if (rest < LANES) {
                UNROLL for (size_t m = 0; m < M; m++) v[m] =
                    keep_last(v[m], rest);
            }
            UNROLL for (size_t n = 0; n < N; n++)
            {
                const vec s = load(x + offset[n] + at);
                UNROLL for (size_t m = 0; m < M; m++) a[m][n] += v[m] * s;
            }
        }
    }
    vec t[24];
    UNROLL for (size_t m = 0; m < M; m++)
    {
        UNROLL for (size_t n = 0; n < N; n++) t[m * N + n] = a[m][n];
    }
    add_lanes(t, M * N, 2);
    add_lanes(t, (M * N + 1) / 2, 4);
    add_lanes(t, (M * N + 3) / 4, 8);
    add_lanes(t, (M * N + 7) / 8, 16);
    real total[24 + LANES];
    UNROLL for (size_t k = 0; k < (M * N + LANES - 1) / LANES; k++)
        store(total + k * LANES, t[k]);
    for (size_t m = 0; m < M; m++)
        for (size_t n = 0; n < N; n++)
            sums[m * sums_step + n] =
                total[m * N + n] + (p->first ? 0 : sums[m * sums_step + n]);
}

/* M taps x N vectors of channels: sums[m * flat_step ...] += dot products. */
INLINE void turn_dot(const size_t M, const size_t N, const piece *p,
                     const int32_t *offset, real *sums)
{
    vec a[6][4];
    UNROLL for (size_t m = 0; m < M; m++)
    {
        UNROLL for (size_t n = 0; n < N; n++) a[m][n] = (vec){0};
    }
    const real *f = p->flat;
    for (size_t u = 0; u < p->rows; u++) {
        const real *x[6];
        UNROLL for (size_t m = 0; m < M; m++) x[m] =
            p->planes + u * p->planes_row + offset[m];
        for (size_t i = 0; i < p->length; i++, f += p->flat_step) {
            vec v[4];
            UNROLL for (size_t n = 0; n < N; n++) v[n] = load(f + n * LANES);
            UNROLL for (size_t m = 0; m < M; m++)
            {
                const vec s = spread(x[m][i]);
                UNROLL for (size_t n = 0; n < N; n++) a[m][n] += s * v[n];
            }
        }
    }
    UNROLL for (size_t m = 0; m < M; m++)
    {
        UNROLL for (size_t n = 0; n < N; n++)
        {
            real *const to = sums + m * p->flat_step + n * LANES;
            store(to, p->first ? a[m][n] : load(to) + a[m][n]);
        }
    }
}

typedef void dot_function(const piece *p, const int32_t *offset, real *sums,
                          size_t sums_step);
#define DOT(M, N)                                                    \
    static void dot_##M##x##N(const piece *p, const int32_t *offset, \
                              real *sums, size_t sums_step)          \
    {                                                                \
        dot(M, N, p, offset, sums, sums_step);                       \
    }
#define TURN(M, N)                                                    \
    static void turn_##M##x##N(const piece *p, const int32_t *offset, \
                               real *sums, size_t sums_step)          \
    {                                                                 \
        (void)sums_step;                                              \
        turn_dot(M, N, p, offset, sums);                              \
    }
/* clang-format off */
#define DOTS(M) DOT(M, 1) DOT(M, 2) DOT(M, 3) DOT(M, 4) DOT(M, 5) DOT(M, 6)
#define DOT_NAMES(M) {NULL, dot_##M##x1, dot_##M##x2, dot_##M##x3, \
                      dot_##M##x4, dot_##M##x5, dot_##M##x6}
#define TURNS(M) TURN(M, 1) TURN(M, 2) TURN(M, 3) TURN(M, 4)
#define TURN_NAMES(M) {NULL, turn_##M##x1, turn_##M##x2, turn_##M##x3, \
                       turn_##M##x4}
DOTS(1) DOTS(2) DOTS(3) DOTS(4)
static dot_function *const DOT_TILES[5][7] = {
    {NULL}, DOT_NAMES(1), DOT_NAMES(2), DOT_NAMES(3), DOT_NAMES(4)};
TURNS(1) TURNS(2) TURNS(3) TURNS(4) TURNS(5) TURNS(6)
static dot_function *const TURN_TILES[7][5] = {
    {NULL}, TURN_NAMES(1), TURN_NAMES(2), TURN_NAMES(3), TURN_NAMES(4),
    TURN_NAMES(5), TURN_NAMES(6)};
/* clang-format on */

#endif
