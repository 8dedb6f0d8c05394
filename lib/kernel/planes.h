/* planes.h - private: where the pieces of x, w and y lie in memory. */
#ifndef CVL_PLANES_H
#define CVL_PLANES_H

#include <stdbool.h>

#include "kernel/kernel.h"
#include "kernel/real.h"

/* The offset of the plane x[n,c], and of y[n,o]. */
static inline size_t x_plane(const cvl_conv_sizes *s, size_t n, size_t c)
{
    return (n * s->g.in_channels + c) * s->g.in_height * s->g.in_width;
}

static inline size_t y_plane(const cvl_conv_sizes *s, size_t n, size_t o)
{
    return (n * s->g.out_channels + o) * s->out_height * s->out_width;
}

/* The offset of the window w[o,c]; c counts within o's group. */
static inline size_t w_window(const cvl_conv_sizes *s, size_t o, size_t c)
{
    return (o * s->group_in + c) * s->window;
}

/* The first input channel of output channel o's group. */
static inline size_t first_channel(const cvl_conv_sizes *s, size_t o)
{
    return o / s->group_out * s->group_in;
}

/* The row of x that tap row i reads for output row p; false on padding. */
static inline bool input_row(const cvl_conv_sizes *s, size_t p, size_t i,
                             size_t *row)
{
    const size_t padded = p * s->g.stride_y + i * s->g.dilation_y;
    *row = padded - s->g.pad_top; /* wraps to a huge row above the input */
    return *row < s->g.in_height;
}

/* The column of x that tap column j reads for output column q; likewise. */
static inline bool input_column(const cvl_conv_sizes *s, size_t q, size_t j,
                                size_t *column)
{
    const size_t padded = q * s->g.stride_x + j * s->g.dilation_x;
    *column = padded - s->g.pad_left;
    return *column < s->g.in_width;
}

#endif
