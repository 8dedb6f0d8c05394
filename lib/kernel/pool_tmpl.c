/* pool_tmpl.c - see pool_loops.h for the contract. */
#include "kernel/pool_loops.h"

#include <math.h>
#include <string.h>

#include "kernel/real.h"
#ifdef CVL_VECTOR_BYTES
#include "kernel/tiled_vector.h"
#endif

/* Of equal values the first stays; NaN is above all, the last one most. */
static inline bool is_above(real value, real best)
{
    return (value > best) | (value != value);
}

/* The place in x of what a window takes. */
static size_t find_maximum(const real *x, size_t width, cvl_pool_span down,
                           cvl_pool_span across)
{
    size_t best = down.first * width + across.first;
    for (size_t h = down.first; h < down.end; h++)
        for (size_t w = across.first; w < across.end; w++)
            if (is_above(x[h * width + w], x[best])) best = h * width + w;
    return best;
}

static void max_any(const cvl_pool_geometry *g, const real *x, real *y)
{
    const size_t rows = cvl_pool_out(g, 0), columns = cvl_pool_out(g, 1);
    for (size_t p = 0; p < rows; p++)
        for (size_t q = 0; q < columns; q++)
            *y++ = x[find_maximum(x, g->in[1], cvl_pool_span_of(g, 0, p),
                                  cvl_pool_span_of(g, 1, q))];
}

static void max_back_any(const cvl_pool_geometry *g, const real *x,
                         const real *dy, real *dx)
{
    const size_t rows = cvl_pool_out(g, 0), columns = cvl_pool_out(g, 1);
    for (size_t p = 0; p < rows; p++)
        for (size_t q = 0; q < columns; q++)
            dx[find_maximum(x, g->in[1], cvl_pool_span_of(g, 0, p),
                            cvl_pool_span_of(g, 1, q))] += *dy++;
}

/* Whether windows are 2x2, side by side, and a row has enough of them: then as
 * many as a vector holds are compared at once. */
static bool is_paired(const cvl_pool_geometry *g)
{
#ifdef CVL_VECTOR_BYTES
    for (size_t i = 0; i < 2; i++)
        if (g->window[i] != 2 || g->stride[i] != 2 || g->padding[i] ||
            g->in[i] / 2 != cvl_pool_out(g, i))
            return false;
    return g->in[1] / 2 >= LANES;
#else
    (void)g;
    return false;
#endif
}

#ifdef CVL_VECTOR_BYTES

/* Of each lane: taken where the mask is set, else kept. */
INLINE vec choose(lane_mask mask, vec taken, vec kept)
{
    return (vec)((mask & (lane_mask)taken) | (~mask & (lane_mask)kept));
}

/* The x of LANES windows, in the order in which they are compared. */
typedef struct windows {
    vec x[4];
} windows;

INLINE windows load_windows(const real *row, size_t width)
{
    windows w;
    for (size_t i = 0; i < 2; i++, row += width) {
        const vec low = load(row), high = load(row + LANES);
        w.x[2 * i] = __builtin_shufflevector(low, high, EVENS);
        w.x[2 * i + 1] = __builtin_shufflevector(low, high, ODDS);
    }
    return w;
}

/* As find_maximum; where[i] is set in the lanes that take x[i]. */
INLINE vec find_maxima(const windows *w, lane_mask where[4])
{
    vec best = w->x[0];
    UNROLL for (size_t i = 1; i < 4; i++)
    {
        where[i] = (w->x[i] > best) | ~(w->x[i] <= spread(INFINITY));
        best = choose(where[i], w->x[i], best);
        UNROLL for (size_t j = 1; j < i; j++) where[j] &= ~where[i];
    }
    where[0] = ~(where[1] | where[2] | where[3]);
    return best;
}

/* The block of LANES after the one at `at`; what is left of a row at its end is
 * made once more with some before it: one by one it would take as long as the
 * rest. */
INLINE size_t next_block(size_t at, size_t count)
{
    const size_t next = at + LANES;
    return next < count && next + LANES > count ? count - LANES : next;
}

static void max_pairs(const cvl_pool_geometry *g, const real *x, real *y)
{
    const size_t width = g->in[1], count = width / 2;
    for (size_t p = 0; p < g->in[0] / 2; p++, x += 2 * width, y += count)
        for (size_t q = 0; q < count; q = next_block(q, count)) {
            const windows w = load_windows(x + 2 * q, width);
            lane_mask where[4];
            store(y + q, find_maxima(&w, where));
        }
}

static void max_back_pairs(const cvl_pool_geometry *g, const real *x,
                           const real *dy, real *dx)
{
    const size_t width = g->in[1], count = width / 2;
    for (size_t p = 0; p < g->in[0] / 2; p++, dy += count)
        for (size_t q = 0; q < count; q = next_block(q, count)) {
            const size_t at = 2 * (p * width + q);
            const windows w = load_windows(x + at, width);
            const lane_mask sent = (lane_mask)load(dy + q);
            lane_mask where[4];
            (void)find_maxima(&w, where);
            for (size_t i = 0; i < 2; i++) {
                const vec even = (vec)(where[2 * i] & sent);
                const vec odd = (vec)(where[2 * i + 1] & sent);
                real *const to = dx + at + i * width;
                store(to, __builtin_shufflevector(even, odd, ZIP_LOW));
                store(to + LANES, __builtin_shufflevector(even, odd, ZIP_HIGH));
            }
        }
}

#else

static void max_pairs(const cvl_pool_geometry *g, const real *x, real *y)
{
    max_any(g, x, y);
}

static void max_back_pairs(const cvl_pool_geometry *g, const real *x,
                           const real *dy, real *dx)
{
    max_back_any(g, x, dy, dx);
}

#endif

static void max(const cvl_pool_geometry *g, const void *x, void *y)
{
    if (is_paired(g))
        max_pairs(g, x, y);
    else
        max_any(g, x, y);
}

static void max_back(const cvl_pool_geometry *g, const void *x, const void *dy,
                     void *dx)
{
    const bool paired = is_paired(g);
    if (!paired || g->in[0] % 2 || g->in[1] % 2)
        memset(dx, 0, g->in[0] * g->in[1] * sizeof(real));
    if (paired)
        max_back_pairs(g, x, dy, dx);
    else
        max_back_any(g, x, dy, dx);
}

/* What an average divides by. */
static double divisor_of(cvl_pool_span down, cvl_pool_span across)
{
    return (double)down.counted * (double)across.counted;
}

static void average(const cvl_pool_geometry *g, const void *x, void *y)
{
    const size_t rows = cvl_pool_out(g, 0), columns = cvl_pool_out(g, 1);
    const real *const from = x;
    real *to = y;
    for (size_t p = 0; p < rows; p++)
        for (size_t q = 0; q < columns; q++) {
            const cvl_pool_span down = cvl_pool_span_of(g, 0, p);
            const cvl_pool_span across = cvl_pool_span_of(g, 1, q);
            double sum = 0;
            for (size_t h = down.first; h < down.end; h++)
                for (size_t w = across.first; w < across.end; w++)
                    sum += (double)from[h * g->in[1] + w];
            *to++ = (real)(sum / divisor_of(down, across));
        }
}

static void average_back(const cvl_pool_geometry *g, const void *dy, void *dx)
{
    const size_t rows = cvl_pool_out(g, 0), columns = cvl_pool_out(g, 1);
    const real *from = dy;
    real *const to = dx;
    memset(dx, 0, g->in[0] * g->in[1] * sizeof(real));
    for (size_t p = 0; p < rows; p++)
        for (size_t q = 0; q < columns; q++) {
            const cvl_pool_span down = cvl_pool_span_of(g, 0, p);
            const cvl_pool_span across = cvl_pool_span_of(g, 1, q);
            const real share =
                (real)((double)*from++ / divisor_of(down, across));
            for (size_t h = down.first; h < down.end; h++)
                for (size_t w = across.first; w < across.end; w++)
                    to[h * g->in[1] + w] += share;
        }
}

const cvl_pool_loops CVL_REAL_NAME(cvl_pool) = {
    .max = max,
    .max_back = max_back,
    .average = average,
    .average_back = average_back,
};
