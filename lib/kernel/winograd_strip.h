/* winograd_strip.h - private: strips to points and back, in both dimensions. */
#ifndef CVL_WINOGRAD_STRIP_H
#define CVL_WINOGRAD_STRIP_H

#include "kernel/winograd_lay.h"
#include "kernel/winograd_points.h"

/*
 * The transform of a tile is that of its columns, then that of its rows. Down
 * the columns of a strip it is made once for two tiles that share a column;
 * along the rows a tile's numbers go to matrices that lie `step` apart, a
 * matrix for each point:
 *
 *     strip                     points
 *     x x x x x x x x x x       c c c c c c c c c c     (0,0)  tile 0, tile 1
 *     x x x x x x x x x x       c c c c c c c c c c     (0,1)  tile 0, tile 1
 *     x x x x x x x x x x  down c c c c c c c c c c       ...
 *     x x x x x x x x x x  ---> c c c c c c c c c c     (5,5)  tile 0, tile 1
 *     x x x x x x x x x x       c c c c c c c c c c
 *     x x x x x x x x x x       c c c c c c c c c c
 *      tile 0 |             along
 *             | tile 1      --->
 *
 * Every number here is a vector, of LANES channels.
 */

/* Of one tile, in one dimension: F + 2 numbers of x, or F of dy. */
INLINE void tile_points(const size_t F, const bool of_x, const vec *in,
                        vec *out)
{
    if (of_x)
        input_points(F, in, out);
    else
        gradient_points(F, in, out);
}

/* A strip of x or of dy to points: in place down the columns, where dy's grows
 * by two rows, then along the rows. Tiles of x share two columns with the next,
 * those of dy none; in `to` they lie `row` apart. */
INLINE void points_strip(const size_t F, const bool of_x, real *strip,
                         size_t count, real *to, size_t step, size_t row)
{
    const size_t side = F + 2, numbers = of_x ? side : F;
    const size_t columns = count * F + numbers - F;
    vec in[MOST_SIDE], out[MOST_SIDE];
    for (size_t i = 0; i < columns; i++) {
        real *const column = strip + i * LANES;
        UNROLL for (size_t k = 0; k < numbers; k++) in[k] =
            load(column + k * columns * LANES);
        tile_points(F, of_x, in, out);
        UNROLL for (size_t k = 0; k < side; k++)
            store(column + k * columns * LANES, out[k]);
    }
    for (size_t r = 0; r < side; r++, to += side * step)
        for (size_t t = 0; t < count; t++) {
            const real *const tile = strip + (r * columns + t * F) * LANES;
            UNROLL for (size_t k = 0; k < numbers; k++) in[k] =
                load(tile + k * LANES);
            tile_points(F, of_x, in, out);
            UNROLL for (size_t k = 0; k < side; k++)
                store(to + k * step + t * row, out[k]);
        }
}

INLINE void input_strip(const size_t F, real *strip, size_t count, real *to,
                        size_t step, size_t row)
{
    points_strip(F, true, strip, count, to, step, row);
}

INLINE void gradient_strip(const size_t F, real *strip, size_t count, real *to,
                           size_t step, size_t row)
{
    points_strip(F, false, strip, count, to, step, row);
}

/* Products of `count` tiles back to rows x columns outputs, which may be fewer
 * than the tiles have. */
INLINE void output_strip(const size_t F, const real *from, size_t step,
                         size_t count, size_t rows, size_t columns, real *to)
{
    const size_t side = F + 2;
    for (size_t t = 0; t < count; t++, from += LANES) {
        const size_t width = least(F, columns - t * F);
        vec along[MOST_SIDE][4], m[MOST_SIDE], y[4];
        UNROLL for (size_t r = 0; r < side; r++)
        {
            UNROLL for (size_t k = 0; k < side; k++) m[k] =
                load(from + (r * side + k) * step);
            output_sums(F, m, along[r]);
        }
        UNROLL for (size_t j = 0; j < F; j++)
        {
            UNROLL for (size_t r = 0; r < side; r++) m[r] = along[r][j];
            output_sums(F, m, y);
            if (j < width) {
                UNROLL for (size_t r = 0; r < F; r++) if (r < rows)
                    store(to + (r * columns + t * F + j) * LANES, y[r]);
            }
        }
    }
}

/* A kernel, taps[9][LANES], to points. */
INLINE void kernel_taps(const size_t F, const real *taps, bool turned, real *to,
                        size_t step)
{
    const size_t side = F + 2;
    const ptrdiff_t next = turned ? -(ptrdiff_t)LANES : (ptrdiff_t)LANES;
    const real *const first = turned ? taps + 8 * LANES : taps;
    vec down[3][MOST_SIDE], w[3], u[MOST_SIDE];
    UNROLL for (ptrdiff_t j = 0; j < 3; j++)
    {
        UNROLL for (ptrdiff_t i = 0; i < 3; i++) w[i] =
            load(first + (3 * i + j) * next);
        kernel_points(F, w, down[j]);
    }
    UNROLL for (size_t r = 0; r < side; r++)
    {
        UNROLL for (size_t j = 0; j < 3; j++) w[j] = down[j][r];
        kernel_points(F, w, u);
        UNROLL for (size_t k = 0; k < side; k++)
            store(to + (r * side + k) * step, u[k]);
    }
}

/* Sums, of so many chunks, back to taps[9][LANES]. */
INLINE void weight_taps(const size_t F, const real *from, size_t step,
                        size_t chunks, size_t chunk, real *taps)
{
    const size_t side = F + 2;
    vec along[MOST_SIDE][3], m[MOST_SIDE], dw[3];
    UNROLL for (size_t r = 0; r < side; r++)
    {
        const real *const row = from + r * side * step;
        UNROLL for (size_t k = 0; k < side; k++) m[k] = load(row + k * step);
        for (size_t h = 1; h < chunks; h++)
            UNROLL for (size_t k = 0; k < side; k++) m[k] +=
                load(row + h * chunk + k * step);
        weight_sums(F, m, along[r]);
    }
    UNROLL for (size_t j = 0; j < 3; j++)
    {
        UNROLL for (size_t r = 0; r < side; r++) m[r] = along[r][j];
        weight_sums(F, m, dw);
        UNROLL for (size_t i = 0; i < 3; i++)
            store(taps + (3 * i + j) * LANES, dw[i]);
    }
}

/* All of them with F = 4 and F = 2, as constants. */
#define BOTH(name, parameters, ...) \
    static void name##_4 parameters \
    {                               \
        name(4, __VA_ARGS__);       \
    }                               \
    static void name##_2 parameters \
    {                               \
        name(2, __VA_ARGS__);       \
    }
BOTH(input_strip, (real * s, size_t n, real *to, size_t step, size_t row), s, n,
     to, step, row)
BOTH(gradient_strip, (real * s, size_t n, real *to, size_t step, size_t row), s,
     n, to, step, row)
BOTH(output_strip,
     (const real *from, size_t step, size_t n, size_t rows, size_t columns,
      real *to),
     from, step, n, rows, columns, to)
BOTH(kernel_taps, (const real *taps, bool turned, real *to, size_t step), taps,
     turned, to, step)
BOTH(weight_taps,
     (const real *from, size_t step, size_t chunks, size_t chunk, real *taps),
     from, step, chunks, chunk, taps)

typedef struct transforms {
    void (*input)(real *, size_t, real *, size_t, size_t);
    void (*gradient)(real *, size_t, real *, size_t, size_t);
    void (*output)(const real *, size_t, size_t, size_t, size_t, real *);
    void (*kernel)(const real *, bool, real *, size_t);
    void (*weight)(const real *, size_t, size_t, size_t, real *);
} transforms;

static const transforms TRANSFORMS_4 = {input_strip_4, gradient_strip_4,
                                        output_strip_4, kernel_taps_4,
                                        weight_taps_4};
static const transforms TRANSFORMS_2 = {input_strip_2, gradient_strip_2,
                                        output_strip_2, kernel_taps_2,
                                        weight_taps_2};

static const transforms *transforms_of(size_t tile)
{
    return tile == 4 ? &TRANSFORMS_4 : &TRANSFORMS_2;
}

/* Panel of which vector `g` is one: its first vector, and how many it has. */
typedef struct panel {
    size_t first, width;
} panel;

static panel panel_of(size_t vectors, size_t g)
{
    const size_t first = g / WINOGRAD_PANEL * WINOGRAD_PANEL;
    return (panel){first, least(WINOGRAD_PANEL, vectors - first)};
}

#endif
