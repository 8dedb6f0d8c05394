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
 * z has rows as wide as y's: what a shift would bring in from the next row is
 * set to 0 first.
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

static void expand(block *b, const real *in, real *mixed, real *out)
{
    const cvl_tiled_pass *const pass = b->pass;
    const cvl_tiled_axis *const y = &pass->lay.y, *const x = &pass->lay.x;
    const size_t width = x->in, plane = pass->out_height * width;
    const size_t z_step =
        2 * pass->margin + (pass->lay.rows + y->plane[0].extra) * width;
    const real *const bias = b->bias;
    const ptrdiff_t top = (ptrdiff_t)b->first + y->plane[0].start;
    const size_t low = top > 0 ? least((size_t)top, y->in) : 0;
    const size_t first = b->first, rows = b->rows;
    const ptrdiff_t bottom = top + (ptrdiff_t)(rows + y->plane[0].extra);
    const size_t high = bottom > 0 ? least((size_t)bottom, y->in) : 0;
    real *const z = mixed + pass->margin;

    b->bias = NULL;
    b->rows = high > low ? high - low : 0;
    b->planes = in + low * width;
    if (b->rows) run_phase(b, 0, 0, pass->sums_out, z, z_step);
    for (size_t k = 0; k < pass->sums_out; k++)
        clear_edges(z + k * z_step, width, b->rows,
                    x->plane[0].start + (ptrdiff_t)x->tap[k % x->taps].lead,
                    pass->margin);
    for (size_t o = 0; o < pass->outputs; o++) {
        real *const to = out + o * plane;
        for (size_t i = first * width; i < (first + rows) * width; i++)
            to[i] = bias ? bias[o] : 0;
        for (size_t i = 0; i < y->taps; i++) {
            const ptrdiff_t shift =
                y->plane[0].start + (ptrdiff_t)y->tap[i].lead;
            const ptrdiff_t from = (ptrdiff_t)first + shift;
            const size_t begin = from > (ptrdiff_t)low ? (size_t)from : low;
            const ptrdiff_t end = from + (ptrdiff_t)rows;
            const size_t stop = end > 0 ? least((size_t)end, high) : 0;
            if (begin >= stop) continue;
            add_shifted(z + (o * y->taps + i) * x->taps * z_step +
                            (begin - low) * width,
                        z_step, x, (stop - begin) * width,
                        to + (size_t)((ptrdiff_t)begin - shift) * width);
        }
    }
}

#endif
