/* product_dots.h - private: sums whose lanes lie along them. */
#ifndef CVL_PRODUCT_DOTS_H
#define CVL_PRODUCT_DOTS_H

#include "kernel/tiled_vector.h"

/*
 * y = x w^T has rows of both along its sums. So a sum can be a vector, whose
 * lanes are added up in the end; nothing is turned or copied: faster than
 * tiles for few images, or where outputs leave lanes empty.
 */
#if CVL_VECTOR_BYTES == 64
enum { DOTS_HIGH = 8 };
#else
enum { DOTS_HIGH = 4 };
#endif
enum {
    DOTS_WIDE = 3,
    DOTS = 32 /* room for DOTS_HIGH x DOTS_WIDE sums, in steps of LANES */
};

typedef struct dots_tile {
    size_t count; /* products of a sum */
    const real *a, *b;
    size_t a_row, b_row; /* elements between rows */
    bool more;           /* y has the sums of the products before */
    const real *bias;    /* of each column, or NULL */
    real *y;
    size_t y_row;
} dots_tile;

/* The products that fill no vector: the lanes of the last whole one that have
 * had no turn. */
INLINE void dots_rest(const size_t M, const size_t N, const dots_tile *t,
                      vec sum[DOTS])
{
    const size_t rest = t->count % LANES;
    const bool few = t->count < LANES;
    const size_t at = few ? 0 : t->count - LANES;
    vec v[DOTS_WIDE];
    UNROLL for (size_t n = 0; n < N; n++)
    {
        const real *const b = t->b + n * t->b_row + at;
        v[n] = few ? load_few(b, rest) : keep_last(load(b), rest);
    }
    UNROLL for (size_t m = 0; m < M; m++)
    {
        const real *const a = t->a + m * t->a_row + at;
        const vec s = few ? load_few(a, rest) : load(a);
        UNROLL for (size_t n = 0; n < N; n++) sum[m * N + n] += s * v[n];
    }
}

INLINE void run_dots(const size_t M, const size_t N, const dots_tile *t)
{
    const real *a[DOTS_HIGH], *b[DOTS_WIDE];
    vec sum[DOTS];
    real out[DOTS];
    UNROLL for (size_t k = 0; k < DOTS; k++) sum[k] = (vec){0};
    UNROLL for (size_t m = 0; m < M; m++) a[m] = t->a + m * t->a_row;
    UNROLL for (size_t n = 0; n < N; n++) b[n] = t->b + n * t->b_row;
    for (size_t i = 0; i + LANES <= t->count; i += LANES) {
        vec v[DOTS_WIDE];
        UNROLL for (size_t n = 0; n < N; n++) v[n] = load(b[n] + i);
        UNROLL for (size_t m = 0; m < M; m++)
        {
            const vec s = load(a[m] + i);
            UNROLL for (size_t n = 0; n < N; n++) sum[m * N + n] += s * v[n];
        }
    }
    if (t->count % LANES) dots_rest(M, N, t, sum);
    UNROLL for (size_t k = 0; k < M * N; k += LANES)
        store(out + k, add_lanes(sum + k));
    UNROLL for (size_t m = 0; m < M; m++)
    {
        UNROLL for (size_t n = 0; n < N; n++)
        {
            real *const y = t->y + m * t->y_row + n;
            *y = out[m * N + n] + (t->more ? *y : t->bias ? t->bias[n] : 0);
        }
    }
}

#ifdef CVL_SMALL
static void run_any_dots(size_t M, size_t N, const dots_tile *t)
{
    run_dots(M, N, t);
}
#else
/* A function for every size, so that all loops above can be unrolled. */
typedef void dots_function(const dots_tile *t);
/* clang-format off */
#define DOTS_ROW(X, M) X(M, 1) X(M, 2) X(M, 3)
#define DOTS_GRID4(X) \
    DOTS_ROW(X, 1) DOTS_ROW(X, 2) DOTS_ROW(X, 3) DOTS_ROW(X, 4)
#if CVL_VECTOR_BYTES == 64
#define DOTS_GRID(X) DOTS_GRID4(X) \
    DOTS_ROW(X, 5) DOTS_ROW(X, 6) DOTS_ROW(X, 7) DOTS_ROW(X, 8)
#else
#define DOTS_GRID(X) DOTS_GRID4(X)
#endif
#define DOTS_TILE(M, N) \
    static void dots_##M##x##N(const dots_tile *t) { run_dots(M, N, t); }
#define DOTS_NAME(M, N) dots_##M##x##N,
DOTS_GRID(DOTS_TILE)
/* Entry (M - 1) * DOTS_WIDE + N - 1. */
static dots_function *const DOTS_TILES[] = {DOTS_GRID(DOTS_NAME)};
/* clang-format on */

static void run_any_dots(size_t M, size_t N, const dots_tile *t)
{
    DOTS_TILES[(M - 1) * DOTS_WIDE + N - 1](t);
}
#endif

#endif
