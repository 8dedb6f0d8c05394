/* winograd_show.h - private: one tile's way, number by number, to be shown. */
#ifndef CVL_WINOGRAD_SHOW_H
#define CVL_WINOGRAD_SHOW_H

#include "kernel/product_tile.h"
#include "kernel/winograd_strip.h"

/*
 * What a block does to all of its tiles and channels, done to one tile and one
 * output, in lane 0 of the same vectors by the same functions. So each number
 * has the bits that it has in a pass, whatever the instruction set contracts.
 */

enum { SHOWN_POINTS = MOST_SIDE * MOST_SIDE, SHOWN_OUTPUTS = 16 };

/* B', G and A' are what they make of vectors that have one 1. */
static void show_matrices(size_t F, const cvl_tile_numbers *t)
{
    const size_t side = F + 2;
    vec to[MOST_SIDE];
    for (size_t i = 0; i < side; i++) {
        vec one[MOST_SIDE] = {{0}};
        one[i] = spread(1);
        input_points(F, one, to);
        for (size_t k = 0; k < side; k++)
            t->to_points[k * side + i] = (double)to[k][0];
        output_sums(F, one, to);
        for (size_t k = 0; k < F; k++)
            t->to_outputs[k * side + i] = (double)to[k][0];
        if (i >= 3) continue;
        kernel_points(F, one, to);
        for (size_t k = 0; k < side; k++)
            t->of_kernels[k * 3 + i] = (double)to[k][0];
    }
}

static void to_lane(const double *from, size_t count, real *lanes)
{
    clear(lanes, count * LANES);
    for (size_t i = 0; i < count; i++) lanes[i * LANES] = (real)from[i];
}

static void from_lane(const real *lanes, size_t count, double *to)
{
    for (size_t i = 0; i < count; i++) to[i] = (double)lanes[i * LANES];
}

/* V and U of a channel. */
static void show_points(size_t F, const cvl_tile_numbers *t, size_t channel)
{
    const size_t points = (F + 2) * (F + 2), first = channel * points;
    real from[SHOWN_POINTS * LANES], to[SHOWN_POINTS * LANES];
    to_lane(t->x + first, points, from);
    transforms_of(F)->input(from, 1, to, LANES, LANES);
    from_lane(to, points, t->v + first);
    to_lane(t->w + channel * 9, 9, from);
    transforms_of(F)->kernel(from, false, to, LANES);
    from_lane(to, points, t->u + first);
}

/* M at a point: its channels in groups of LANES, as one row of one tile. */
static real show_sum(const cvl_tile_numbers *t, size_t points, size_t point)
{
    real sum[LANES];
    real *const v = t->work;
    real *const u = v + divide_up(t->channels, LANES) * LANES;
    clear(u, t->channels * LANES);
    for (size_t c = 0; c < t->channels; c++) {
        v[c] = (real)t->v[c * points + point];
        u[c * LANES] = (real)t->u[c * points + point];
    }
    const cvl_product product = {.count = t->channels,
                                 .a = v,
                                 .u = u,
                                 .a_step = LANES,
                                 .u_step = LANES,
                                 .y = sum,
                                 .y_row = LANES,
                                 .y_vector = LANES};
    CVL_PRODUCT_TILE_NAME.grouped(1, 1, &product);
    return sum[0];
}

static void show_tile(size_t F, const cvl_tile_numbers *t)
{
    const size_t points = (F + 2) * (F + 2);
    real m[SHOWN_POINTS * LANES], y[SHOWN_OUTPUTS * LANES];
    show_matrices(F, t);
    for (size_t c = 0; c < t->channels; c++) show_points(F, t, c);
    for (size_t e = 0; e < points; e++)
        t->m[e] = (double)show_sum(t, points, e);
    to_lane(t->m, points, m);
    transforms_of(F)->output(m, LANES, 1, F, F, y);
    for (size_t i = 0; i < F * F; i++)
        t->y[i] = (double)(y[i * LANES] + (real)t->bias);
}

static void show_tile_4x4(const cvl_tile_numbers *numbers)
{
    show_tile(4, numbers);
}

static void show_tile_2x2(const cvl_tile_numbers *numbers)
{
    show_tile(2, numbers);
}

#endif
