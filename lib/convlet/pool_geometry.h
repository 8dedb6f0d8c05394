/* pool_geometry.h - the sizes of one pooling, and what each window reads. */
#ifndef CVL_POOL_GEOMETRY_H
#define CVL_POOL_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/error.h"

/*
 * Everything that the shape of a pooling depends on. Of two sizes the first is
 * down, the second across.
 *
 *     x [batch, channels, in]   y [batch, channels, out]
 *
 *     out = floor((in + 2 padding - window) / stride) + 1
 *
 * with `ceil` rounded up instead; but a last window that would begin behind the
 * input and the padding before it, (out - 1) stride >= in + padding, is left
 * out. So every window has an element of x, and more than padding is never read
 * after it. Source: torch.nn.MaxPool2d and AvgPool2d.
 */
typedef struct cvl_pool_geometry {
    size_t batch, channels;
    size_t in[2];
    size_t window[2];
    size_t stride[2];
    size_t padding[2]; /* before and after, at most half the window */
    bool ceil;
    bool count_padding; /* of an average: see cvl_pool_span */
} cvl_pool_geometry;

/*
 * CVL_OK, or CVL_EINVAL with one line that names the size, its value and what
 * it should be. After CVL_OK no product of these sizes that a tensor or a loop
 * needs overflows, and every output has a window.
 */
cvl_status cvl_pool_geometry_check(const cvl_pool_geometry *geometry,
                                   cvl_error *err);

/* Outputs along an axis, and the shapes of x and y, of a checked geometry. */
size_t cvl_pool_out(const cvl_pool_geometry *geometry, size_t axis);
void cvl_pool_input_shape(const cvl_pool_geometry *geometry, size_t shape[4]);
void cvl_pool_output_shape(const cvl_pool_geometry *geometry, size_t shape[4]);

/* What the window of one output reads along an axis. */
typedef struct cvl_pool_span {
    size_t first, end; /* elements of x; first < end */
    size_t counted;    /* what an average divides by: with count_padding all
                          that lies within x and its padding (what `ceil` lets
                          stick out beyond does not), else end - first */
} cvl_pool_span;

/* Of output `at` along an axis, of a checked geometry. */
static inline cvl_pool_span cvl_pool_span_of(const cvl_pool_geometry *g,
                                             size_t axis, size_t at)
{
    /* Counted from the start of the padding, where none is negative. */
    const size_t padding = g->padding[axis], inside = g->in[axis] + padding;
    const size_t from = at * g->stride[axis], to = from + g->window[axis];
    const size_t end = to < inside ? to : inside;
    const cvl_pool_span span = {
        .first = from > padding ? from - padding : 0,
        .end = end - padding,
        .counted = (to < inside + padding ? to : inside + padding) - from};
    return g->count_padding
               ? span
               : (cvl_pool_span){span.first, span.end, span.end - span.first};
}

/* The outputs along an axis whose windows read an element of x, of a checked
 * geometry: first .. end - 1; none, between windows, where end <= first. */
void cvl_pool_readers(const cvl_pool_geometry *geometry, size_t axis,
                      size_t element, size_t *first, size_t *end);

#endif
