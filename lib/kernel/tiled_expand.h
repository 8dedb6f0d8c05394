/* tiled_expand.h - private: multiply first, shift and add after. */
#ifndef CVL_TILED_EXPAND_H
#define CVL_TILED_EXPAND_H

#include "kernel/tiled_run.h"

/*
 * With few output channels a tile is one or two channels high, and loads a
 * vector for every multiplication. But then there are many inputs, and the
 * products of all taps of a kernel row make a high tile (kn2row, Vasudevan,
 * Anderson and Gregg 2017). For each kernel row i:
 *
 *     z[o,j][pixel] = sum over c of w[o,c,i,j] * x[c][pixel]     1x1, no lay
 *     y[o][pixel]  += sum over j of z[o,j][pixel + shift of j]
 *
 * where x is read `shift of i` rows further down. Rows of z are as wide as
 * those of y, so a shift may run into the next row: the columns that would be
 * met there are set to 0 first, and so is a margin before and after z.
 */
static void pack_expand(void *context, size_t group, size_t worker)
{
    (void)worker;
    const correlation *const job = context;
    const cvl_tiled_pass *const pass = job->pass;
    const size_t columns = pass->lay.x.taps;
    const size_t products = pass->outputs * columns;
    const size_t count = pass->inputs * products * pass->lay.y.taps;
    const real *const w = job->w + group * count;
    real *to = job->packed + group * count;
    for (size_t i = 0; i < pass->lay.y.taps; i++)
        for (size_t m = 0; m < products; m += pass->panel)
            for (size_t c = 0; c < pass->inputs; c++)
                for (size_t k = m; k < least(m + pass->panel, products); k++)
                    *to++ = w[k / columns * pass->w_output + c * pass->w_input +
                              i * columns + k % columns];
}

static ptrdiff_t shift_of(const cvl_tiled_axis *axis, size_t tap)
{
    return axis->plane[axis->tap[tap].plane].start +
           (ptrdiff_t)axis->tap[tap].lead;
}

/* Zeros where a shift of z by `shift` would run over the edge of a row. */
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

/* y[i] += sum over the row's taps of z[i + shift]. */
static void add_shifted(const cvl_tiled_pass *pass, const real *z,
                        size_t z_step, size_t length, real *y)
{
    const cvl_tiled_axis *const axis = &pass->lay.x;
    size_t i = 0;
    for (; i + LANES <= length; i += LANES) {
        vec sum = load(y + i);
        for (size_t j = 0; j < axis->taps; j++)
            sum += load(z + j * z_step + i + shift_of(axis, j));
        store(y + i, sum);
    }
    for (; i < length; i++)
        for (size_t j = 0; j < axis->taps; j++)
            y[i] += (z + j * z_step + i)[shift_of(axis, j)];
}

/* Kernel row i, on output rows low .. high-1 of one image and group. */
static void expand_row(const cvl_tiled_pass *pass, const real *x, const real *w,
                       size_t rows, real *z, real *y)
{
    const size_t width = pass->lay.x.in, columns = pass->lay.x.taps;
    const size_t products = pass->outputs * columns;
    const size_t z_step = pass->lay.rows * width + 2 * pass->margin;
    for (size_t m = 0; m < products; m += pass->panel)
        run(least(pass->panel, products - m), rows * width, pass->inputs,
            w + m * pass->inputs, pass->offset, x, NULL,
            z + m * z_step + pass->margin, z_step);
    for (size_t k = 0; k < products; k++)
        clear_edges(z + k * z_step + pass->margin, width, rows,
                    shift_of(&pass->lay.x, k % columns), pass->margin);
    for (size_t o = 0; o < pass->outputs; o++)
        add_shifted(pass, z + o * columns * z_step + pass->margin, z_step,
                    rows * width, y + o * pass->out_height * pass->out_width);
}

/* Task: one block of rows of one image and group. */
static void expand_block(void *context, size_t task, size_t worker)
{
    const correlation *const job = context;
    const cvl_tiled_pass *const pass = job->pass;
    const cvl_tiled_lay *const l = &pass->lay;
    const size_t group = task % job->s->g.groups;
    const size_t index =
        task / job->s->g.groups / l->blocks * job->s->g.groups + group;
    const size_t first = task / job->s->g.groups % l->blocks * l->rows;
    const size_t end = least(first + l->rows, l->y.out), width = l->x.in;
    const size_t row_weights = pass->inputs * pass->outputs * l->x.taps;
    const size_t plane = pass->out_height * width;
    const real *const x = job->in + index * pass->inputs * l->y.in * width;
    const real *const w = job->packed + group * row_weights * l->y.taps;
    real *const y = job->out + index * pass->outputs * plane;
    for (size_t o = 0; o < pass->outputs; o++)
        for (size_t i = first * width; i < end * width; i++)
            y[o * plane + i] =
                job->bias ? job->bias[group * pass->outputs + o] : 0;
    for (size_t i = 0; i < l->y.taps; i++) {
        const ptrdiff_t shift = shift_of(&l->y, i);
        const size_t down = shift < 0 ? (size_t)-shift : 0;
        const size_t low = first > down ? first : down;
        const size_t high = shift > 0
                                ? least(end, above(l->y.in, (size_t)shift))
                                : least(end, l->y.in + down);
        if (low < high)
            expand_row(pass, x + (low + (size_t)shift) * width,
                       w + i * row_weights, high - low,
                       job->scratch + worker * pass->scratch, y + low * width);
    }
}

#endif
