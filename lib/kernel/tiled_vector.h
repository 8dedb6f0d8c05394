/* tiled_vector.h - private: vectors, in GNU C, and the tiles made of them. */
#ifndef CVL_TILED_VECTOR_H
#define CVL_TILED_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernel/real.h"

/* The build says how wide a vector is: CVL_VECTOR_BYTES 16, 32 or 64. */
typedef real vec __attribute__((vector_size(CVL_VECTOR_BYTES)));
#if CVL_REAL_BITS == 32
typedef int32_t lane_mask __attribute__((vector_size(CVL_VECTOR_BYTES)));
#else
typedef int64_t lane_mask __attribute__((vector_size(CVL_VECTOR_BYTES)));
#endif
#define LANES (sizeof(vec) / sizeof(real))
typedef vec loose_vec __attribute__((aligned(CVL_REAL_BITS / 8), may_alias));

#define INLINE static inline __attribute__((always_inline))
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 64")
#endif

INLINE vec load(const real *from)
{
    return *(const loose_vec *)from;
}

INLINE void store(real *to, vec v)
{
    *(loose_vec *)to = v;
}

/* Even and odd elements of a, b; and a, b interleaved, low and high half; and
 * one element as often as there are lanes. */
#define FOUR(s) (s), (s), (s), (s)
#if CVL_VECTOR_BYTES * 8 / CVL_REAL_BITS == 16
#define COPIES(s) FOUR(s), FOUR(s), FOUR(s), FOUR(s)
#define EVENS 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODDS 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define ZIP_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define ZIP_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif CVL_VECTOR_BYTES * 8 / CVL_REAL_BITS == 8
#define COPIES(s) FOUR(s), FOUR(s)
#define EVENS 0, 2, 4, 6, 8, 10, 12, 14
#define ODDS 1, 3, 5, 7, 9, 11, 13, 15
#define ZIP_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define ZIP_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif CVL_VECTOR_BYTES * 8 / CVL_REAL_BITS == 4
#define COPIES(s) FOUR(s)
#define EVENS 0, 2, 4, 6
#define ODDS 1, 3, 5, 7
#define ZIP_LOW 0, 4, 1, 5
#define ZIP_HIGH 2, 6, 3, 7
#else
#define COPIES(s) (s), (s)
#define EVENS 0, 2
#define ODDS 1, 3
#define ZIP_LOW 0, 2
#define ZIP_HIGH 1, 3
#endif

INLINE vec spread(real scalar)
{
    return (vec){COPIES(scalar)};
}

/* Transposes LANES vectors, in place: log2(LANES) rounds of interleaving the
 * first half with the second. */
INLINE void transpose(vec v[LANES])
{
    vec zipped[LANES];
    UNROLL for (size_t round = LANES; round > 1; round /= 2)
    {
        UNROLL for (size_t i = 0; i < LANES / 2; i++)
        {
            const vec a = v[i], b = v[i + LANES / 2];
            zipped[2 * i] = __builtin_shufflevector(a, b, ZIP_LOW);
            zipped[2 * i + 1] = __builtin_shufflevector(a, b, ZIP_HIGH);
        }
        UNROLL for (size_t i = 0; i < LANES; i++) v[i] = zipped[i];
    }
}

/*
 * The tile: M scalars x N vectors, summed over all taps in registers.
 *
 *                  [ N vectors at v ]
 *                          |
 *     s[0 .. M-1] -spread-> a[m][n] += s[m] * v[n]
 *
 * The scalars are the weights of M output channels and the vectors pixels at
 * x + offset[tap]; or, `turned`, the vectors are the weights of N vectors of
 * channels and the scalars M pixels. What the sums start from is a bias per
 * channel; or, `turned`, sums that y has from earlier taps. The a[m][n] fill
 * the registers: AVX-512 has 32, the others 16. Every loop over them is
 * unrolled, or they would live in memory.
 */
INLINE void tile(const size_t M, const size_t N, const bool turned, size_t taps,
                 const real *w, const int32_t *offset, const real *x,
                 const real *start, real *y, size_t y_step)
{
    vec a[14][8];
    UNROLL for (size_t m = 0; m < M; m++)
    {
        UNROLL for (size_t n = 0; n < N; n++) a[m][n] =
            !start   ? (vec){0}
            : turned ? load(start + m * y_step + n * LANES)
                     : spread(start[m]);
    }
    for (size_t t = 0; t < taps; t++, w += turned ? N * LANES : M) {
        const real *const scalars = turned ? x + offset[t] : w;
        const real *const vectors = turned ? w : x + offset[t];
        vec v[8], s[8];
        if (M < N) {
            UNROLL for (size_t m = 0; m < M; m++) s[m] = spread(scalars[m]);
            UNROLL for (size_t n = 0; n < N; n++)
            {
                v[0] = load(vectors + n * LANES);
                UNROLL for (size_t m = 0; m < M; m++) a[m][n] += v[0] * s[m];
            }
        } else {
            UNROLL for (size_t n = 0; n < N; n++) v[n] =
                load(vectors + n * LANES);
            UNROLL for (size_t m = 0; m < M; m++)
            {
                s[0] = spread(scalars[m]);
                UNROLL for (size_t n = 0; n < N; n++) a[m][n] += v[n] * s[0];
            }
        }
    }
    UNROLL for (size_t m = 0; m < M; m++)
    {
        UNROLL for (size_t n = 0; n < N; n++)
            store(y + m * y_step + n * LANES, a[m][n]);
    }
}

typedef void tile_function(size_t taps, const real *w, const int32_t *offset,
                           const real *x, const real *start, real *y,
                           size_t y_step);
#define TILE_OF(NAME, M, N, TURNED)                                          \
    static void NAME(size_t taps, const real *w, const int32_t *offset,      \
                     const real *x, const real *start, real *y, size_t step) \
    {                                                                        \
        tile(M, N, TURNED, taps, w, offset, x, start, y, step);              \
    }
#define TILE(M, N) TILE_OF(tile_##M##x##N, M, N, false)
#define TURNED(M) \
    TILE_OF(turned_##M##x1, M, 1, true) TILE_OF(turned_##M##x2, M, 2, true)
#define TURNED_NAMES(M)                      \
    {                                        \
        NULL, turned_##M##x1, turned_##M##x2 \
    }
#define TILES_3(M) TILE(M, 1) TILE(M, 2) TILE(M, 3)
#define TILES_4(M) TILES_3(M) TILE(M, 4)
#define TILES_6(M) TILES_4(M) TILE(M, 5) TILE(M, 6)
#define TILES_8(M) TILES_6(M) TILE(M, 7) TILE(M, 8)
#define NAMES_3(M) NULL, tile_##M##x1, tile_##M##x2, tile_##M##x3
#define NAMES_4(M) NAMES_3(M), tile_##M##x4
#define NAMES_6(M) NAMES_4(M), tile_##M##x5, tile_##M##x6
#define NAMES_8(M) NAMES_6(M), tile_##M##x7, tile_##M##x8
/* clang-format off */
#if CVL_VECTOR_BYTES == 64
enum { TILE_OUTPUTS = 8, DOT_FLAT = 4, DOT_TAPS = 6, WEIGHT_VECTORS = 4 };
TILES_8(1) TILES_8(2) TILES_8(3) TILES_6(4) TILES_4(5) TILES_4(6) TILES_3(7)
TILES_3(8)
static tile_function *const TILES[TILE_OUTPUTS + 1][9] = {
    {NULL}, {NAMES_8(1)}, {NAMES_8(2)}, {NAMES_8(3)}, {NAMES_6(4)},
    {NAMES_4(5)}, {NAMES_4(6)}, {NAMES_3(7)}, {NAMES_3(8)}};
static const size_t WIDEST[TILE_OUTPUTS + 1] = {0, 8, 8, 8, 6, 4, 4, 3, 3};
enum { TURNED_PIXELS = 14, TURNED_TAPS = 128, TURNED_VECTORS = 2 };
TURNED(1) TURNED(2) TURNED(3) TURNED(4) TURNED(5) TURNED(6) TURNED(7)
TURNED(8) TURNED(9) TURNED(10) TURNED(11) TURNED(12) TURNED(13) TURNED(14)
static tile_function *const TURNED_TILES[TURNED_PIXELS + 1][3] = {
    {NULL}, TURNED_NAMES(1), TURNED_NAMES(2), TURNED_NAMES(3), TURNED_NAMES(4),
    TURNED_NAMES(5), TURNED_NAMES(6), TURNED_NAMES(7), TURNED_NAMES(8),
    TURNED_NAMES(9), TURNED_NAMES(10), TURNED_NAMES(11), TURNED_NAMES(12),
    TURNED_NAMES(13), TURNED_NAMES(14)};
#else
enum { TILE_OUTPUTS = 4, DOT_FLAT = 2, DOT_TAPS = 5, WEIGHT_VECTORS = 2 };
TILES_8(1) TILES_6(2) TILES_4(3) TILES_3(4)
static tile_function *const TILES[TILE_OUTPUTS + 1][9] = {
    {NULL}, {NAMES_8(1)}, {NAMES_6(2)}, {NAMES_4(3)}, {NAMES_3(4)}};
static const size_t WIDEST[TILE_OUTPUTS + 1] = {0, 8, 6, 4, 3};
enum { TURNED_PIXELS = 6, TURNED_TAPS = 128, TURNED_VECTORS = 2 };
TURNED(1) TURNED(2) TURNED(3) TURNED(4) TURNED(5) TURNED(6)
static tile_function *const TURNED_TILES[TURNED_PIXELS + 1][3] = {
    {NULL}, TURNED_NAMES(1), TURNED_NAMES(2), TURNED_NAMES(3), TURNED_NAMES(4),
    TURNED_NAMES(5), TURNED_NAMES(6)};
#endif
/* clang-format on */

#endif
