/* tiled_vector.h - private: vectors, in GNU C, and the tiles made of them. */
#ifndef CVL_TILED_VECTOR_H
#define CVL_TILED_VECTOR_H

#include <stddef.h>
#include <string.h>

#include "kernel/real.h"

/* The build says how wide a vector is: CVL_VECTOR_BYTES 16, 32 or 64. */
typedef real vec __attribute__((vector_size(CVL_VECTOR_BYTES)));
typedef __typeof__((vec){0} == (vec){0}) lane_mask;
typedef vec loose_vec __attribute__((aligned(CVL_REAL_BITS / 8), may_alias));
#define LANES (sizeof(vec) / sizeof(real))

#define INLINE static inline __attribute__((always_inline))
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 64")
#endif

/* Does a tile of so many sums have a copy of the loops of its own, in which all
 * are unrolled? Where bytes count more than time, only the busiest of float32;
 * the rest share one, with the same results. */
#ifdef CVL_SMALL
#define HAS_COPY(M, N) (CVL_REAL_BITS == 32 && (M) * (N) >= 8)
#else
#define HAS_COPY(M, N) 1
#endif
#define SHARED static __attribute__((noinline))
/* To kernels that may have no use for it. */
#define OFFERED static __attribute__((noinline, unused))

/* gcc would read a vector again for every product that uses it, and add up an
 * address for every number; a core has fewer loads to give than products. */
#if defined(__x86_64__) && !defined(__clang__)
#define KEEP(registers, x) __asm__("" : "+" registers(x))
#else
#define KEEP(registers, x) ((void)0)
#endif

INLINE vec load(const real *from)
{
    vec v = *(const loose_vec *)from;
    KEEP("v", v);
    return v;
}

INLINE void store(real *to, vec v)
{
    *(loose_vec *)to = v;
}

/* `count` numbers, and zeros behind them. */
INLINE vec load_few(const real *from, size_t count)
{
    vec v = {0};
    memcpy(&v, from, count * sizeof *from);
    return v;
}

/* One number in every lane; x - 0 is x, of whatever sign, and costs nothing. */
INLINE vec spread(real number)
{
    return number - (vec){0};
}

/* The last `count` lanes kept, the others 0. */
INLINE vec keep_last(vec v, size_t count)
{
    lane_mask lane;
    UNROLL for (size_t i = 0; i < LANES; i++) lane[i] = (int)(i + count);
    return (vec)((lane_mask)v & (lane >= (int)LANES));
}

/* Even and odd elements of two vectors; both interleaved, low and high half. */
#if CVL_VECTOR_BYTES * 8 / CVL_REAL_BITS == 16
#define EVENS 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODDS 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define ZIP_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define ZIP_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif CVL_VECTOR_BYTES * 8 / CVL_REAL_BITS == 8
#define EVENS 0, 2, 4, 6, 8, 10, 12, 14
#define ODDS 1, 3, 5, 7, 9, 11, 13, 15
#define ZIP_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define ZIP_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif CVL_VECTOR_BYTES * 8 / CVL_REAL_BITS == 4
#define EVENS 0, 2, 4, 6
#define ODDS 1, 3, 5, 7
#define ZIP_LOW 0, 4, 1, 5
#define ZIP_HIGH 2, 6, 3, 7
#else
#define EVENS 0, 2
#define ODDS 1, 3
#define ZIP_LOW 0, 2
#define ZIP_HIGH 1, 3
#endif

/* The same in each half of a vector of 32 bytes, most of whose shuffles cannot
 * leave it; and the low, or high, halves of two. */
#if CVL_VECTOR_BYTES != 32
#define HALF_LANES LANES
#define ZIP_HALF_LOW ZIP_LOW
#define ZIP_HALF_HIGH ZIP_HIGH
#elif CVL_REAL_BITS == 32
#define HALF_LANES 4
#define ZIP_HALF_LOW 0, 8, 1, 9, 4, 12, 5, 13
#define ZIP_HALF_HIGH 2, 10, 3, 11, 6, 14, 7, 15
#define LOW_HALVES 0, 1, 2, 3, 8, 9, 10, 11
#define HIGH_HALVES 4, 5, 6, 7, 12, 13, 14, 15
#else
#define HALF_LANES 2
#define ZIP_HALF_LOW 0, 4, 2, 6
#define ZIP_HALF_HIGH 1, 5, 3, 7
#define LOW_HALVES 0, 1, 4, 5
#define HIGH_HALVES 2, 3, 6, 7
#endif

/* Transposes as many vectors as have lanes in a half, each half for itself:
 * log2 rounds of interleaving the first of them with the last. */
INLINE void transpose_halves(vec v[HALF_LANES])
{
    vec zipped[HALF_LANES];
    UNROLL for (size_t round = HALF_LANES; round > 1; round /= 2)
    {
        UNROLL for (size_t i = 0; i < HALF_LANES / 2; i++)
        {
            const vec a = v[i], b = v[i + HALF_LANES / 2];
            zipped[2 * i] = __builtin_shufflevector(a, b, ZIP_HALF_LOW);
            zipped[2 * i + 1] = __builtin_shufflevector(a, b, ZIP_HALF_HIGH);
        }
        UNROLL for (size_t i = 0; i < HALF_LANES; i++) v[i] = zipped[i];
    }
}

/* Transposes LANES vectors, in place. */
INLINE void transpose(vec v[LANES])
{
#ifdef LOW_HALVES
    UNROLL for (size_t i = 0; i < HALF_LANES; i++)
    {
        const vec a = v[i], b = v[i + HALF_LANES];
        v[i] = __builtin_shufflevector(a, b, LOW_HALVES);
        v[i + HALF_LANES] = __builtin_shufflevector(a, b, HIGH_HALVES);
    }
    transpose_halves(v + HALF_LANES);
#endif
    transpose_halves(v);
}

/* Lane k of the result is the sum of the lanes of v[k]: as transpose, but
 * each round adds what it interleaves, and leaves half as many vectors. */
INLINE vec add_lanes(vec v[LANES])
{
    UNROLL for (size_t half = LANES / 2; half > 0; half /= 2)
    {
        UNROLL for (size_t i = 0; i < half; i++)
        {
            const vec a = v[i], b = v[i + half];
            v[i] = __builtin_shufflevector(a, b, ZIP_LOW) +
                   __builtin_shufflevector(a, b, ZIP_HIGH);
        }
    }
    return v[0];
}

#endif
