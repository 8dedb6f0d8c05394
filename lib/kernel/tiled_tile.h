/* tiled_tile.h - private: the innermost loops, sums kept in registers. */
#ifndef CVL_TILED_TILE_H
#define CVL_TILED_TILE_H

#include <stdint.h>

#include "kernel/tiled_vector.h"

/*
 * A tile is M x N sums of `count` products each. All sums stay in registers
 * until the last product: AVX-512 has 32 of them, the others 16.
 *
 *                   [ N vectors ]
 *     M scalars  -spread-> sum[m][n] += scalar[m] * vector[n]
 *
 *            sums over   scalars                    vectors
 *   PIXELS   taps t      w of M output channels     x + offset[t]: pixels
 *   TURNED   taps t      x + offset[t] + at[m]      w of channels
 *   WEIGHTS  pixels t    x + t + at[m]: taps        w (turned dy) of channels
 *
 *   DOTS     pixels: M vectors w (rows of dy) times N vectors x + offset[n];
 *            every sum is a vector, whose lanes are added up in the end
 *
 * Each starts at 0 and ends by adding `start`: the bias of M channels
 * (PIXELS), or what y holds from before (the others; start is y or NULL).
 */
typedef struct tile {
    size_t count;
    size_t rows;         /* sums over pixels: so many rows of `count` ... */
    size_t x_row, w_row; /* ... this far apart; w_row is for DOTS alone */
    const int32_t *offset, *at; /* at: of each of the M scalars */
    const real *w, *x, *start;
    size_t w_step; /* DOTS: between the M rows of w */
    real *y;
    size_t y_step; /* between the M rows of y */
} tile;

typedef enum tile_kind { PIXELS, TURNED, WEIGHTS } tile_kind;

/* In registers at most, by PIXELS and DOTS, and by the others. */
#if CVL_VECTOR_BYTES == 64
enum { SUMS = 24, MOST_SUMS = 28 };
enum { TURNED_PIXELS = 14, DOT_ROWS = 4, WEIGHTS_WIDTH = 4 };
#else
enum { SUMS = 12, MOST_SUMS = 12 };
enum { TURNED_PIXELS = 6, DOT_ROWS = 2, WEIGHTS_WIDTH = 2 };
#endif
/* TURNED tiles go on in the next row, where there are few enough pixels to keep
 * the address of each in a register. */
enum { STRADDLE = TURNED_PIXELS <= 6 };
enum { WIDEST = 8, TURNED_WIDTH = 2, WEIGHTS_TAPS = 6 };

/* To the M x N vectors of y, after adding `start` unless that is NULL. */
INLINE void put_sums(const size_t M, const size_t N, vec sum[][8],
                     const real *start, real *y, const size_t y_step)
{
    UNROLL for (size_t m = 0; m < M; m++)
    {
        UNROLL for (size_t n = 0; n < N; n++)
        {
            const size_t to = m * y_step + n * LANES;
            if (start) sum[m][n] += load(start + to);
            store(y + to, sum[m][n]);
        }
    }
}

INLINE void run_tile(const tile_kind kind, const size_t M, const size_t N,
                     const tile *call)
{
    if (M * N > MOST_SUMS) return; /* no such tile: it would not fit */
    const int32_t *const offset = call->offset;
    const real *const x = call->x, *const start = call->start, *w = call->w;
    const size_t y_step = call->y_step, count = call->count;
    real *const y = call->y;
    const real *from[14];
    vec sum[14][8], v[8], s[8];
    UNROLL for (size_t m = 0; m < M; m++)
    {
        const vec first = kind == PIXELS && start ? spread(start[m]) : (vec){0};
        UNROLL for (size_t n = 0; n < N; n++) sum[m][n] = first;
        const bool apart = kind == WEIGHTS || (kind == TURNED && STRADDLE);
        from[m] = kind == PIXELS ? w + m
                  : apart        ? x + call->at[m]
                                 : x + call->at[0] + m;
        if (apart) KEEP("r", from[m]);
    }
    for (size_t u = 0; u < (kind == WEIGHTS ? call->rows : 1); u++) {
        const size_t row = u * call->x_row;
        for (size_t t = 0; t < count; t++) {
            const ptrdiff_t step =
                kind == TURNED ? offset[t]
                               : (ptrdiff_t)(kind == PIXELS ? t * M : row + t);
            const real *const vectors = kind == PIXELS ? x + offset[t] : w;
            if (M < N) {
                UNROLL for (size_t m = 0; m < M; m++) s[m] =
                    spread(from[m][step]);
                UNROLL for (size_t n = 0; n < N; n++)
                {
                    v[0] = load(vectors + n * LANES);
                    UNROLL for (size_t m = 0; m < M; m++) sum[m][n] +=
                        s[m] * v[0];
                }
            } else {
                UNROLL for (size_t n = 0; n < N; n++) v[n] =
                    load(vectors + n * LANES);
                UNROLL for (size_t m = 0; m < M; m++)
                {
                    s[0] = spread(from[m][step]);
                    UNROLL for (size_t n = 0; n < N; n++) sum[m][n] +=
                        s[0] * v[n];
                }
            }
            w += kind == PIXELS ? 0 : N * LANES;
        }
    }
    put_sums(M, N, sum, kind == PIXELS ? NULL : start, y, y_step);
}

INLINE void run_dots(const size_t M, const size_t N, const tile *call)
{
    if (M * N > SUMS) return;
    const size_t count = call->count;
    vec sum[4][8];
    UNROLL for (size_t k = 0; k < M * N; k++) sum[k / N][k % N] = (vec){0};
    for (size_t u = 0; u < call->rows; u++) {
        const real *w[4], *x[8];
        UNROLL for (size_t m = 0; m < M; m++) w[m] =
            call->w + m * call->w_step + u * call->w_row;
        UNROLL for (size_t n = 0; n < N; n++) x[n] =
            call->x + call->offset[n] + u * call->x_row;
        for (size_t i = 0; i < count; i += LANES) {
            const size_t rest = count - i;
            const size_t at = rest < LANES ? count - LANES : i;
            vec v[4];
            UNROLL for (size_t m = 0; m < M; m++) v[m] = load(w[m] + at);
            if (rest < LANES) {
                UNROLL for (size_t m = 0; m < M; m++) v[m] =
                    keep_last(v[m], rest);
            }
            UNROLL for (size_t n = 0; n < N; n++)
            {
                const vec pixels = load(x[n] + at);
                UNROLL for (size_t m = 0; m < M; m++) sum[m][n] +=
                    v[m] * pixels;
            }
        }
    }
    put_sums(M, N, sum, call->start, call->y, call->y_step);
}

SHARED void share_tile(tile_kind kind, size_t M, size_t N, const tile *t)
{
    run_tile(kind, M, N, t);
}

SHARED void share_dots(size_t M, size_t N, const tile *t)
{
    run_dots(M, N, t);
}

/* A function for every size, so that all loops above can be unrolled. */
typedef void tile_function(const tile *call);
/* clang-format off */
#define ROW2(X, kind, M) X(kind, M, 1) X(kind, M, 2)
#define ROW4(X, kind, M) ROW2(X, kind, M) X(kind, M, 3) X(kind, M, 4)
#define ROW8(X, kind, M) ROW4(X, kind, M) \
    X(kind, M, 5) X(kind, M, 6) X(kind, M, 7) X(kind, M, 8)
#define GRID2(R, X, k) R(X, k, 1) R(X, k, 2)
#define GRID4(R, X, k) GRID2(R, X, k) R(X, k, 3) R(X, k, 4)
#define GRID6(R, X, k) GRID4(R, X, k) R(X, k, 5) R(X, k, 6)
#define GRID8(R, X, k) GRID6(R, X, k) R(X, k, 7) R(X, k, 8)
#define GRID14(R, X, k) GRID8(R, X, k) R(X, k, 9) R(X, k, 10) \
    R(X, k, 11) R(X, k, 12) R(X, k, 13) R(X, k, 14)
#define TILE(kind, M, N) \
    static void kind##_##M##x##N(const tile *t) \
    { HAS_COPY(M, N) ? run_tile(kind, M, N, t) : share_tile(kind, M, N, t); }
#define DOTS_TILE(kind, M, N) \
    static void kind##_##M##x##N(const tile *t) \
    { HAS_COPY(M, N) ? run_dots(M, N, t) : share_dots(M, N, t); }
#define NAME(kind, M, N) kind##_##M##x##N,
#if CVL_VECTOR_BYTES == 64
#define PIXELS_GRID(X) GRID8(ROW8, X, PIXELS)
#define TURNED_GRID(X) GRID14(ROW2, X, TURNED)
#define WEIGHTS_GRID(X) GRID6(ROW4, X, WEIGHTS)
#define DOTS_GRID(X) GRID4(ROW8, X, DOTS)
#else
#define PIXELS_GRID(X) GRID4(ROW8, X, PIXELS)
#define TURNED_GRID(X) GRID6(ROW2, X, TURNED)
#define WEIGHTS_GRID(X) GRID6(ROW2, X, WEIGHTS)
#define DOTS_GRID(X) GRID2(ROW8, X, DOTS)
#endif
PIXELS_GRID(TILE)
TURNED_GRID(TILE)
WEIGHTS_GRID(TILE)
DOTS_GRID(DOTS_TILE)
/* Entry (M - 1) * columns + N - 1. */
static tile_function *const PIXELS_TILES[] = {PIXELS_GRID(NAME)};
static tile_function *const TURNED_TILES[] = {TURNED_GRID(NAME)};
static tile_function *const WEIGHTS_TILES[] = {WEIGHTS_GRID(NAME)};
static tile_function *const DOTS_TILES[] = {DOTS_GRID(NAME)};
/* clang-format on */

#endif
