/* grid.h - the axes of a convolution, and its planes as grids with marks. */
#ifndef CONVLET_EXPLAIN_GRID_H
#define CONVLET_EXPLAIN_GRID_H

#include <convlet/geometry.h>

#include "explain/sum.h"

/*
 * One axis of the convolution. Positions are those of the padded input, from
 * 0; the input itself starts at `before`.
 *
 *     window = dilation (kernel - 1) + 1
 *     out    = floor((in + before + after - window) / stride) + 1
 */
struct axis {
    const char *name; /* "height", "width" */
    size_t in, kernel, stride, dilation, before, after;
    size_t padded, window, out;
    size_t leftover; /* positions behind the last window */
};

/* Height and width. */
void axes_of(const cvl_conv2d_geometry *geometry, struct axis axes[2]);

enum cover {
    COVER_NONE,
    COVER_TAP,    /* a tap reads the position */
    COVER_BETWEEN /* the window spans it, between two taps */
};
enum cover axis_cover(const struct axis *axis, size_t output, size_t position);

/* How many outputs read the position through a tap. */
size_t axis_readers(const struct axis *axis, size_t position);

/* Is the position one of the input, not of its padding? */
bool axis_is_input(const struct axis *axis, size_t position);

/* How many inputs no tap reads. */
size_t axis_unread(const struct axis *axis);

/* What a cell is, or all cells of a row or column. */
enum cell_kind {
    CELL_VALUE,
    CELL_GAP,    /* a zero that the stride puts between two outputs */
    CELL_PADDING /* a zero around the plane */
};

/* Rows and columns that a grid shows at most, fewer of fractions, which are
 * long; beyond, what lies about the marked ones. */
enum {
    GRID_ROWS = 16,
    GRID_COLUMNS = 12,
    GRID_COLUMNS_REAL = 8,
    GRID_TITLE_SIZE = 96
};

struct grid_line {
    enum cell_kind kind;
    size_t index; /* in the plane, of CELL_VALUE */
    bool has_label;
    ptrdiff_t label;
    bool marked; /* it takes part */
};

/* The rows of a grid, or its columns. */
struct grid_axis {
    size_t count;
    bool cut_before, cut_after; /* there are more than are shown */
    struct grid_line lines[GRID_ROWS];
};

/* A cell is of the worse kind of its row and column, and marked if both are. */
struct grid {
    char title[GRID_TITLE_SIZE];
    bool is_param;
    const cvl_tensor *tensor;
    size_t plane;  /* the flat index of its first element */
    size_t stride; /* elements from a row to the next */
    struct grid_axis rows, columns;
};

enum cell_kind grid_kind(const struct grid *grid, size_t row, size_t column);
bool grid_marked(const struct grid *grid, size_t row, size_t column);

/* The value of a CELL_VALUE; 0 of the others. */
double grid_value(const struct grid *grid, size_t row, size_t column);

/* Grids that belong side by side, and a line about them ("" for none). */
struct grid_pair {
    const char *about;
    size_t count;
    struct grid grids[2];
};

/*
 * The grids for one number of a convolution, a pair for each two planes that
 * its terms multiply: input and kernel, input and dy, dy and kernel; of a
 * gradient by the input also dy with the zeros that the stride leaves, under
 * the turned kernel. At most VIEW_PAIRS pairs, and only of planes whose terms
 * are listed.
 */
enum { VIEW_PAIRS = 8 };
struct grid_view {
    size_t count;
    size_t left_out;            /* planes that are not shown */
    bool has[CELL_PADDING + 1]; /* whether any cell is of that kind */
    struct grid_pair pairs[VIEW_PAIRS];
};

void grid_view_make(const cvl_conv2d_geometry *geometry, const cvl_terms *terms,
                    const struct sum *sum, struct grid_view *view);

#endif
