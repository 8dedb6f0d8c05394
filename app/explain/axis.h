/* axis.h - the rows of a grid, or its columns, by their position. */
#ifndef CONVLET_EXPLAIN_AXIS_H
#define CONVLET_EXPLAIN_AXIS_H

#include "explain/grid.h"

/* One axis of the convolution, and the place of the number along it. */
struct axis {
    size_t in, out, kernel, stride, dilation, before, after;
    size_t number; /* the output, tap or input that is explained */
};

struct axis axis_of(const struct explain_data *data,
                    const struct explain_sum *sum, bool horizontal);

/* What a line of a grid is, by its position; marked where it takes part. */
typedef struct grid_line line_at(const struct axis *axis, ptrdiff_t at);

line_at line_input_of_output; /* x under the window of an output */
line_at line_input_of_tap;    /* x where a tap reads, output after output */
line_at line_all_taps;        /* the kernel, all of it */
line_at line_all_outputs;
line_at line_gapped_outputs; /* dy with stride - 1 zeros between */
line_at line_taps_of_input;  /* the kernel, where it reads the input */
line_at line_outputs_of_input;
line_at line_spread_outputs; /* the same on the padded input, under the
                                turned kernel */
line_at line_turned_taps;    /* the kernel, last tap first */

/* From which position to which a grid goes when all of it is shown. */
struct range {
    ptrdiff_t first, last;
};

struct range axis_input(const struct axis *axis); /* with its padding */
struct range axis_up_to(size_t size);
struct range axis_gapped(const struct axis *axis); /* from output to output */
struct range axis_spread(const struct axis *axis); /* and the kernel's reach */

/* Fills in the axis; where it is longer than the limit, with the marked lines
 * and a few about them. */
void axis_fill(struct grid_axis *filled, const struct axis *axis,
               struct range range, size_t limit, line_at *line);

#endif
