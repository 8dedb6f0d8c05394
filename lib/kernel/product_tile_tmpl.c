/* product_tile_tmpl.c - the products of product_tile.h, summed in registers. */
#include "kernel/product_tile.h"

#include "kernel/kernel.h"
#include "kernel/tiled_vector.h"

/*
 * A tile is TALL x WIDE sums that stay in registers for a whole piece. Each t
 * costs it WIDE loads of u, TALL numbers of a, spread over a vector, and TALL x
 * WIDE products: enough for a core to be busy with these alone. Where a row of
 * a begins is a constant, so one address serves all of them; rows that are
 * apart have an address for every fourth, from which the others are as many
 * steps away as an instruction can count.
 */
#if CVL_VECTOR_BYTES == 64
enum { TALL = 14 };
#else
enum { TALL = 6 };
#endif
enum { WIDE = 2, PIECE = 32, NEAR = 4 };

typedef enum order { GROUPED, OUTER, APART } order;

/* Where the numbers of one t are, by addresses of which only APART has more
 * than one. */
enum { ADDRESSES = (TALL + NEAR - 1) / NEAR };

typedef struct numbers {
    const real *a[ADDRESSES];
    size_t row;
} numbers;

INLINE void add_products(const order o, const size_t M, const size_t N,
                         const numbers *s, const real *u, vec sum[TALL][WIDE])
{
    vec v[WIDE];
    UNROLL for (size_t n = 0; n < N; n++) v[n] = load(u + n * LANES);
    UNROLL for (size_t m = 0; m < M; m++)
    {
        const real *const a = s->a[o == APART ? m / NEAR : 0];
        const vec number = spread(a[o == APART   ? m % NEAR * s->row
                                    : o == OUTER ? m
                                                 : m * LANES]);
        UNROLL for (size_t n = 0; n < N; n++) sum[m][n] += number * v[n];
    }
}

/* To the next t, so many elements further. */
INLINE void advance(const order o, const size_t M, numbers *s, size_t step)
{
    s->a[0] += step;
    UNROLL for (size_t i = 1; i < ADDRESSES; i++)
    {
        if (o != APART || i * NEAR >= M) continue;
        s->a[i] += step;
        KEEP("r", s->a[i]);
    }
}

INLINE void put_sums(const size_t M, const size_t N, const cvl_product *p,
                     bool add, vec sum[TALL][WIDE])
{
    real *const y = p->y;
    if (add) {
        UNROLL for (size_t m = 0; m < M; m++)
            UNROLL for (size_t n = 0; n < N; n++) sum[m][n] +=
            load(y + m * p->y_row + n * p->y_vector);
    }
    UNROLL for (size_t m = 0; m < M; m++) UNROLL for (size_t n = 0; n < N; n++)
        store(y + m * p->y_row + n * p->y_vector, sum[m][n]);
}

INLINE void run_tile(const order o, const size_t M, const size_t N,
                     const cvl_product *p)
{
    const real *u = p->u;
    const size_t a_step = p->a_step, u_step = p->u_step;
    numbers s = {.a = {p->a}, .row = p->a_row};
    UNROLL for (size_t i = 1; i < ADDRESSES;
                i++) if (o == APART && i * NEAR < M) s.a[i] =
        s.a[i - 1] + NEAR * s.row;
    bool add = p->add;
    for (size_t left = p->count; left > 0; add = true) {
        const size_t piece = p->whole ? left : least(left, PIECE);
        vec sum[TALL][WIDE];
        UNROLL for (size_t m = 0; m < M; m++)
            UNROLL for (size_t n = 0; n < N; n++) sum[m][n] = (vec){0};
        for (size_t t = 0; t < piece;) {
            const size_t end = o == GROUPED ? least(t + LANES, piece) : t + 1;
            numbers group = s;
            for (; t < end; t++, u += u_step) {
                add_products(o, M, N, &group, u, sum);
                if (o == GROUPED) advance(o, M, &group, 1);
            }
            advance(o, M, &s, a_step);
        }
        put_sums(M, N, p, add, sum);
        left -= piece;
    }
}

#ifdef CVL_SMALL
static void run_any(order o, size_t M, size_t N, const cvl_product *p)
{
    run_tile(o, M, N, p);
}
#else
/* A function for every size, so that all loops above can be unrolled. */
typedef void tile_function(const cvl_product *p);
/* clang-format off */
#define ROW(X, o, M) X(o, M, 1) X(o, M, 2)
#define ROWS6(X, o) ROW(X, o, 1) ROW(X, o, 2) ROW(X, o, 3) ROW(X, o, 4) \
    ROW(X, o, 5) ROW(X, o, 6)
#if CVL_VECTOR_BYTES == 64
#define ROWS(X, o) ROWS6(X, o) ROW(X, o, 7) ROW(X, o, 8) ROW(X, o, 9) \
    ROW(X, o, 10) ROW(X, o, 11) ROW(X, o, 12) ROW(X, o, 13) ROW(X, o, 14)
#else
#define ROWS(X, o) ROWS6(X, o)
#endif
#define TILE(o, M, N) \
    static void o##_##M##x##N(const cvl_product *p) { run_tile(o, M, N, p); }
#define NAME(o, M, N) o##_##M##x##N,
ROWS(TILE, GROUPED)
ROWS(TILE, OUTER)
ROWS(TILE, APART)
static tile_function *const TILES[] = {
    ROWS(NAME, GROUPED) ROWS(NAME, OUTER) ROWS(NAME, APART)};
/* clang-format on */

static void run_any(order o, size_t M, size_t N, const cvl_product *p)
{
    TILES[((size_t)o * TALL + M - 1) * WIDE + N - 1](p);
}
#endif

SHARED void run_rows(order o, size_t rows, size_t N, const cvl_product *p)
{
    cvl_product part = *p;
    const real *a = p->a;
    real *y = p->y;
    for (size_t tiles = divide_up(rows, TALL); tiles > 0; tiles--) {
        const size_t M = divide_up(rows, tiles);
        part.a = a;
        part.y = y;
        run_any(o, M, N, &part);
        a += o == APART ? M * p->a_row : o == OUTER ? M : M * LANES;
        y += M * p->y_row;
        rows -= M;
    }
}

static void grouped(size_t rows, size_t vectors, const cvl_product *product)
{
    run_rows(GROUPED, rows, vectors, product);
}

static void outer(size_t rows, size_t vectors, const cvl_product *product)
{
    run_rows(OUTER, rows, vectors, product);
}

static void apart(size_t rows, size_t vectors, const cvl_product *product)
{
    run_rows(APART, rows, vectors, product);
}

const cvl_product_tile CVL_PRODUCT_TILE_NAME = {
    .lanes = LANES,
    .rows = TALL,
    .grouped = grouped,
    .outer = outer,
    .apart = apart,
};
