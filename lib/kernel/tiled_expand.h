/* tiled_expand.h - private: multiply first, shift and add after. */
#ifndef CVL_TILED_EXPAND_H
#define CVL_TILED_EXPAND_H

#include "kernel/tiled_run.h"

/*
 * With few output channels a tile would be one or two channels high, and load
 * a vector for every multiplication. But then there are many inputs, and the
 * products of all taps make a high tile (kn2row, Vasudevan, Anderson and Gregg
 * 2017):
 *
 *     z[o,i,j][pixel] = sum over c of w[o,c,i,j] * x[c][pixel]    1x1, no lay
 *     y[o][pixel]     = bias + sum over i,j of z[o,i,j][pixel + shift of i,j]
 *
 * Where z has rows as wide as y's, what a shift would bring in from the next
 * row is set to 0 first, and all rows are shifted as one. Otherwise each row of
 * y is made by itself, and masks leave out what is not of z's row.
 */
/* Zeros in the columns of z where a shift would run into the next row, and in
 * the margins before and behind. */
static void clear_edges(real *z, size_t width, size_t rows, ptrdiff_t shift,
                        size_t margin)
{
    const size_t count = (size_t)(shift < 0 ? -shift : shift);
    memset(z - margin, 0, margin * sizeof *z);
    memset(z + rows * width, 0, margin * sizeof *z);
    if (shift < 0) z += width - count;
    for (size_t u = 0; u < rows; u++, z += width)
        for (size_t v = 0; v < count; v++) z[v] = 0;
}

/* y[i] += z[i + shift], which may be rows that are one vector or more. */
static void add_shifted(const real *z, size_t z_step, const cvl_tiled_axis *x,
                        size_t length, real *y)
{
    const ptrdiff_t start = x->plane[0].start;
    for (size_t i = 0; i < length; i += LANES) {
        const size_t at = i + LANES > length ? length - LANES : i;
        const size_t again = i - at; /* lanes that have been added already */
        vec sum = {0};
        for (size_t j = 0; j < x->taps; j++)
            sum +=
                load(z + j * z_step + (ptrdiff_t)(at + x->tap[j].lead) + start);
        if (again) sum = keep_last(sum, LANES - again);
        store(y + at, load(y + at) + sum);
    }
}

/* masks[vector][tap]: the lanes of a vector of a row of y for which the tap
 * reads inside z's row. */
static void write_masks(const cvl_tiled_axis *x, vec *masks)
{
    for (size_t i = 0; i < x->out; i += LANES)
        for (size_t j = 0; j < x->taps; j++, masks++) {
            const size_t from = least(i, x->out - LANES) + x->tap[j].lead +
                                (size_t)x->plane[0].start;
            lane_mask inside;
            UNROLL for (size_t l = 0; l < LANES; l++) inside[l] =
                from + l < x->in ? -1 : 0; /* below 0: huge */
            *masks = (vec)inside;
        }
}

/* The products of a block: of each output and tap, rows low .. high - 1. */
typedef struct products {
    const block *b;
    const real *bias; /* of each output, or NULL */
    real *z;
    size_t z_step, low, high;
    real *out; /* y's first row */
} products;

/* Channel o of y, whose rows are not as wide as z's. `taps` is a literal for
 * the usual kernels: a loop of three or five rounds would cost more than what
 * is in it. */
INLINE void add_rows(const products *p, size_t o, const vec *masks,
                     const size_t taps)
{
    const cvl_tiled_axis *const y = &p->b->pass->lay.y;
    const cvl_tiled_axis *const x = &p->b->pass->lay.x;
    const size_t in = x->in, out = x->out, lead = x->tap[0].lead;
    /* At stride 1 taps are evenly spaced. */
    const size_t step = p->z_step + (taps > 1 ? x->tap[1].lead - lead : 0);
    const size_t top = p->b->first + (size_t)y->plane[0].start - p->low;
    const real *const z = p->z + o * y->taps * taps * p->z_step +
                          (ptrdiff_t)lead + x->plane[0].start;
    real *const to = p->out + (o * p->b->pass->out_height + p->b->first) * out;
    for (size_t v = 0; v < out; v += LANES)
        for (size_t u = 0; u < p->b->rows; u++) {
            const size_t at = least(v, out - LANES);
            const vec *const mask = masks + v / LANES * taps;
            vec sum = spread(p->bias ? p->bias[o] : 0);
            for (size_t i = 0; i < y->taps; i++) {
                const size_t row = top + u + y->tap[i].lead;
                if (row >= p->high - p->low) continue; /* below low: huge */
                const real *const from =
                    z + i * taps * p->z_step + row * in + at;
                vec part = {0};
                UNROLL for (size_t j = 0; j < taps; j++) part +=
                    (vec)((lane_mask)load(from + j * step) &
                          (lane_mask)mask[j]);
                sum += part;
            }
            store(to + u * out + at, sum);
        }
}

static void add_rows_of_3(const products *p, size_t o, const vec *masks)
{
    add_rows(p, o, masks, 3);
}

static void add_rows_of_5(const products *p, size_t o, const vec *masks)
{
    add_rows(p, o, masks, 5);
}

static void add_rows_of_any(const products *p, size_t o, const vec *masks)
{
    add_rows(p, o, masks, p->b->pass->lay.x.taps);
}

/* Channel o of y, whose rows are as wide as z's: all of them at once. */
static void add_flat(const products *p, size_t o)
{
    const cvl_tiled_axis *const y = &p->b->pass->lay.y;
    const cvl_tiled_axis *const x = &p->b->pass->lay.x;
    const size_t first = p->b->first, rows = p->b->rows, width = x->in;
    real *const to = p->out + o * p->b->pass->out_height * width;
    for (size_t i = first * width; i < (first + rows) * width; i++)
        to[i] = p->bias ? p->bias[o] : 0;
    for (size_t i = 0; i < y->taps; i++) {
        const ptrdiff_t shift = y->plane[0].start + (ptrdiff_t)y->tap[i].lead;
        const ptrdiff_t from = (ptrdiff_t)first + shift;
        const size_t begin = from > (ptrdiff_t)p->low ? (size_t)from : p->low;
        const ptrdiff_t end = from + (ptrdiff_t)rows;
        const size_t stop = end > 0 ? least((size_t)end, p->high) : 0;
        if (begin >= stop) continue;
        add_shifted(p->z + (o * y->taps + i) * x->taps * p->z_step +
                        (begin - p->low) * width,
                    p->z_step, x, (stop - begin) * width,
                    to + (size_t)((ptrdiff_t)begin - shift) * width);
    }
}

static void expand(const block *b, const real *in, real *mixed, real *out)
{
    const cvl_tiled_pass *const pass = b->pass;
    const cvl_tiled_axis *const y = &pass->lay.y, *const x = &pass->lay.x;
    const ptrdiff_t top = (ptrdiff_t)b->first + y->plane[0].start;
    const ptrdiff_t bottom = top + (ptrdiff_t)(b->rows + y->plane[0].extra);
    const size_t lines = pass->lay.rows + y->plane[0].extra;
    products p = {
        .b = b,
        .bias = b->bias,
        .z = mixed + pass->masks + pass->margin,
        .z_step = 2 * pass->margin + lines * x->in,
        .low = top > 0 ? least((size_t)top, y->in) : 0,
        .high = bottom > 0 ? least((size_t)bottom, y->in) : 0,
    };
    p.out = out;
    block made = *b;
    made.bias = NULL;
    made.rows = p.high > p.low ? p.high - p.low : 0;
    made.planes = in + p.low * x->in;
    if (made.rows) run_phase(&made, 0, 0, pass->sums_out, p.z, p.z_step);
    if (pass->masks) {
        vec *const masks = (vec *)mixed;
        void (*const add)(const products *, size_t, const vec *) =
            x->taps == 3   ? add_rows_of_3
            : x->taps == 5 ? add_rows_of_5
                           : add_rows_of_any;
        write_masks(x, masks);
        for (size_t o = 0; o < pass->outputs; o++) add(&p, o, masks);
        return;
    }
    for (size_t k = 0; k < pass->sums_out; k++)
        clear_edges(p.z + k * p.z_step, x->in, made.rows,
                    x->plane[0].start + (ptrdiff_t)x->tap[k % x->taps].lead,
                    pass->margin);
    for (size_t o = 0; o < pass->outputs; o++) add_flat(&p, o);
}

#endif
