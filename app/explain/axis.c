/* axis.c - see explain_axis.h for the contract. */
#include "explain/axis.h"

struct axis axis_of(const struct explain_data *data,
                    const struct explain_sum *sum, bool horizontal)
{
    const cvl_conv2d_geometry *const g = &data->conv.geometry;
    const size_t number = sum->at[horizontal ? 3 : 2];
    if (horizontal)
        return (struct axis){g->in_width,     cvl_conv2d_out_width(g),
                             g->kernel_width, g->stride_x,
                             g->dilation_x,   g->pad_left,
                             g->pad_right,    number};
    return (struct axis){g->in_height,     cvl_conv2d_out_height(g),
                         g->kernel_height, g->stride_y,
                         g->dilation_y,    g->pad_top,
                         g->pad_bottom,    number};
}

static bool within(ptrdiff_t at, size_t size)
{
    return at >= 0 && (size_t)at < size;
}

/* Is `at` one of first, first + step ...? */
static bool is_step(ptrdiff_t at, ptrdiff_t first, size_t step, size_t count)
{
    return at >= first && (size_t)(at - first) % step == 0 &&
           (size_t)(at - first) / step < count;
}

static struct grid_line plain_line(ptrdiff_t at, size_t size, bool marked)
{
    const bool inside = within(at, size);
    return (struct grid_line){.kind = inside ? CELL_VALUE : CELL_PADDING,
                              .index = inside ? (size_t)at : 0,
                              .has_label = true,
                              .label = at,
                              .marked = marked};
}

/* x under the window of an output. */
struct grid_line line_input_of_output(const struct axis *a, ptrdiff_t at)
{
    const ptrdiff_t first =
        (ptrdiff_t)(a->number * a->stride) - (ptrdiff_t)a->before;
    return plain_line(at, a->in, is_step(at, first, a->dilation, a->kernel));
}

/* x where a tap has read, for one output after the other. */
struct grid_line line_input_of_tap(const struct axis *a, ptrdiff_t at)
{
    const ptrdiff_t first =
        (ptrdiff_t)(a->number * a->dilation) - (ptrdiff_t)a->before;
    return plain_line(at, a->in, is_step(at, first, a->stride, a->out));
}

struct grid_line line_all_taps(const struct axis *a, ptrdiff_t at)
{
    return plain_line(at, a->kernel, true);
}

struct grid_line line_all_outputs(const struct axis *a, ptrdiff_t at)
{
    return plain_line(at, a->out, true);
}

/* The output that reads the input through this tap. */
static bool reads(const struct axis *a, size_t tap, size_t *output)
{
    return explain_reader(a->number + a->before, tap * a->dilation, a->stride,
                          a->out, output);
}

struct grid_line line_taps_of_input(const struct axis *a, ptrdiff_t at)
{
    size_t output;
    return plain_line(at, a->kernel, reads(a, (size_t)at, &output));
}

struct grid_line line_outputs_of_input(const struct axis *a, ptrdiff_t at)
{
    size_t output;
    bool marked = false;
    for (size_t i = 0; i < a->kernel && !marked; i++)
        marked = reads(a, i, &output) && output == (size_t)at;
    return plain_line(at, a->out, marked);
}

/* dy with stride - 1 zeros between, on the padded input; under the kernel. */
struct grid_line line_spread_outputs(const struct axis *a, ptrdiff_t at)
{
    const ptrdiff_t last = (ptrdiff_t)(a->number + a->before);
    const ptrdiff_t first = last - (ptrdiff_t)(a->dilation * (a->kernel - 1));
    struct grid_line line = {.kind = CELL_PADDING,
                             .marked =
                                 is_step(at, first, a->dilation, a->kernel)};
    if (at < 0 || (size_t)at > (a->out - 1) * a->stride) return line;
    line.kind = CELL_GAP;
    if ((size_t)at % a->stride) return line;
    line.kind = CELL_VALUE;
    line.index = (size_t)at / a->stride;
    line.has_label = true;
    line.label = (ptrdiff_t)line.index;
    return line;
}

struct grid_line line_gapped_outputs(const struct axis *a, ptrdiff_t at)
{
    const bool is_gap = (size_t)at % a->stride;
    struct grid_line line =
        plain_line(at / (ptrdiff_t)a->stride, a->out, !is_gap);
    line.has_label = !is_gap;
    if (is_gap) line.kind = CELL_GAP;
    return line;
}

struct grid_line line_turned_taps(const struct axis *a, ptrdiff_t at)
{
    return plain_line((ptrdiff_t)a->kernel - 1 - at, a->kernel, true);
}

/* What lies about the marked lines, as much of it as there is room for. */
static struct range about_marks(const struct axis *a, struct range range,
                                size_t limit, line_at *line)
{
    enum { MARGIN = 2 };
    struct range marks = range;
    while (marks.first < marks.last && !line(a, marks.first).marked)
        marks.first++;
    while (marks.last > marks.first && !line(a, marks.last).marked)
        marks.last--;
    if (!line(a, marks.first).marked) marks.first = marks.last = range.first;
    if (marks.first - MARGIN > range.first) range.first = marks.first - MARGIN;
    if (marks.last + MARGIN < range.last) range.last = marks.last + MARGIN;
    if (range.last >= range.first + (ptrdiff_t)limit)
        range.last = range.first + (ptrdiff_t)limit - 1;
    return range;
}

void axis_fill(struct grid_axis *axis, const struct axis *a, struct range range,
               size_t limit, line_at *line)
{
    struct range shown = range;
    if (range.last >= range.first + (ptrdiff_t)limit)
        shown = about_marks(a, range, limit, line);
    axis->count = 0;
    axis->cut_before = shown.first > range.first;
    axis->cut_after = shown.last < range.last;
    for (ptrdiff_t at = shown.first; at <= shown.last; at++)
        axis->lines[axis->count++] = line(a, at);
}

/* The whole of an axis for each kind of grid. */
struct range axis_input(const struct axis *a)
{
    return (struct range){-(ptrdiff_t)a->before,
                          (ptrdiff_t)(a->in + a->after) - 1};
}

struct range axis_gapped(const struct axis *a)
{
    return axis_up_to((a->out - 1) * a->stride + 1);
}

struct range axis_up_to(size_t size)
{
    return (struct range){0, (ptrdiff_t)size - 1};
}

/* dy spread out, and where the turned kernel reaches beyond. */
struct range axis_spread(const struct axis *a)
{
    const ptrdiff_t last = (ptrdiff_t)(a->number + a->before);
    const ptrdiff_t first = last - (ptrdiff_t)(a->dilation * (a->kernel - 1));
    struct range range = axis_gapped(a);
    if (first < range.first) range.first = first;
    if (last > range.last) range.last = last;
    return range;
}
