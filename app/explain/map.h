/* map.h - the sizes alone: which inputs each output covers. */
#ifndef CONVLET_EXPLAIN_MAP_H
#define CONVLET_EXPLAIN_MAP_H

#include <stdbool.h>

#include <convlet/geometry.h>

#include "base/config.h"
#include "base/text.h"

/*
 * One axis. Positions are those of the padded input, from 0; the input itself
 * starts at `before`.
 *
 *     window = dilation (kernel - 1) + 1
 *     out    = floor((in + before + after - window) / stride) + 1
 */
struct map_axis {
    const char *name; /* "height", "width", or both */
    const char *line; /* "row", "column" ... */
    size_t in, kernel, stride, dilation, before, after;
    size_t padded, window, out;
    size_t leftover; /* positions behind the last window */
};

/* The axes that are worth a map of their own: one where both are alike, or
 * where the height is 1 throughout; the count. */
size_t map_axes(const cvl_conv2d_geometry *geometry, struct map_axis axes[2]);

enum map_cover {
    MAP_OUTSIDE,
    MAP_TAP,    /* a tap reads the position */
    MAP_BETWEEN /* the window spans it, between two taps */
};
enum map_cover map_cover(const struct map_axis *axis, size_t output,
                         size_t position);

/* How many outputs read the position through a tap. */
size_t map_readers(const struct map_axis *axis, size_t position);

/* Is the position one of the input, not of its padding? */
bool map_is_input(const struct map_axis *axis, size_t position);

/* How many inputs no tap reads. */
size_t map_unread(const struct map_axis *axis);

/* Append the map; --terms limits the outputs that are drawn. */
void map_text(const struct config *config, const cvl_conv2d_geometry *geometry,
              struct text *text);
void map_svg(const struct config *config, const cvl_conv2d_geometry *geometry,
             struct text *text);
void map_json(const cvl_conv2d_geometry *geometry, struct text *text);

/* What the forms say alike, in lines: the formula and its numbers; what is
 * left over, and the padding that would reach it. */
void map_add_formula(const struct map_axis *axis, struct text *text);
void map_add_leftover(const struct map_axis *axis, struct text *text);

/* Positions that are drawn at most, and outputs. */
enum { MAP_POSITIONS = 24 };
size_t map_shown_outputs(const struct config *config,
                         const struct map_axis *axis);

#endif
