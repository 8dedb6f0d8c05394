/* grid.c - see grid.h for the contract. */
#include "explain/grid.h"

#include <math.h>
#include <stdio.h>

#include <convlet/window.h>

void axes_of(const cvl_conv2d_geometry *g, struct axis axes[2])
{
    size_t in[4], kernel[4], out[4];
    cvl_conv2d_input_shape(g, in);
    cvl_conv2d_weight_shape(g, kernel);
    cvl_conv2d_output_shape(g, out);
    for (size_t i = 0; i < 2; i++) {
        const cvl_window window = cvl_conv2d_window(g, i);
        struct axis a = {.name = i ? "width" : "height",
                         .in = in[2 + i],
                         .kernel = kernel[2 + i],
                         .stride = window.stride,
                         .dilation = i ? g->dilation_x : g->dilation_y,
                         .before = window.before,
                         .after = window.after,
                         .window = window.reach + 1,
                         .out = out[2 + i]};
        a.padded = a.in + a.before + a.after;
        a.leftover = a.padded - a.window - (a.out - 1) * a.stride;
        axes[i] = a;
    }
}

enum cover axis_cover(const struct axis *axis, size_t output, size_t position)
{
    const size_t first = output * axis->stride;
    if (position < first || position - first >= axis->window) return COVER_NONE;
    return (position - first) % axis->dilation ? COVER_BETWEEN : COVER_TAP;
}

size_t axis_readers(const struct axis *axis, size_t position)
{
    size_t readers = 0;
    size_t output = 0;
    if (position >= axis->window)
        output = (position - axis->window) / axis->stride;
    for (; output < axis->out && output * axis->stride <= position; output++)
        if (axis_cover(axis, output, position) == COVER_TAP) readers++;
    return readers;
}

bool axis_is_input(const struct axis *axis, size_t position)
{
    return position >= axis->before && position - axis->before < axis->in;
}

size_t axis_unread(const struct axis *axis)
{
    size_t unread = 0;
    for (size_t i = 0; i < axis->in; i++)
        if (!axis_readers(axis, axis->before + i)) unread++;
    return unread;
}

/* How a grid runs along an axis. */
enum way {
    INPUT_OF_OUTPUT, /* x under the window of an output */
    INPUT_OF_TAP,    /* x where a tap reads, output after output */
    ALL_TAPS,
    TAPS_OF_INPUT, /* the kernel, where it reads the input */
    TURNED_TAPS,   /* the kernel, last tap first */
    ALL_OUTPUTS,
    OUTPUTS_OF_INPUT,
    GAPPED_OUTPUTS, /* dy with stride - 1 zeros between */
    SPREAD_OUTPUTS  /* the same on the padded input, under the turned kernel */
};

/* The positions of a grid's lines, and which are marked. */
struct track {
    size_t size;           /* elements of the array */
    ptrdiff_t first, last; /* position: that of element 0 is 0 */
    bool turned;           /* that of the last element is */
    size_t gap;            /* from an element to the next, with zeros between;
                              0: there are none, nor can there be */
    ptrdiff_t mark;        /* the first one that is marked, and so on */
    size_t step, count;
};

/* Marks the taps that read the padded input `at`, or the outputs that do. */
static void mark_readers(struct track *track, const struct axis *a, size_t at,
                         bool taps)
{
    ptrdiff_t last = 0;
    for (size_t tap = 0; tap < a->kernel && tap * a->dilation <= at; tap++) {
        const size_t start = at - tap * a->dilation;
        if (start % a->stride || start / a->stride >= a->out) continue;
        const ptrdiff_t line = (ptrdiff_t)(taps ? tap : start / a->stride);
        if (!track->count++ || line < track->mark) track->mark = line;
        track->step = (size_t)(line > last ? line - last : last - line);
        last = line;
    }
    if (track->count < 2) track->step = 1;
}

/* Along the padded input; marks from `mark` on, counted in that. */
static struct track input_track(const struct axis *a, size_t mark, size_t step,
                                size_t count)
{
    const ptrdiff_t before = (ptrdiff_t)a->before;
    return (struct track){.size = a->in,
                          .first = -before,
                          .last = (ptrdiff_t)(a->in + a->after) - 1,
                          .mark = (ptrdiff_t)mark - before,
                          .step = step,
                          .count = count};
}

/* Along a plane, all of it marked. */
static struct track whole_track(size_t size)
{
    return (struct track){
        .size = size, .last = (ptrdiff_t)size - 1, .step = 1, .count = size};
}

/* `number` is the place of the output, tap or input that is explained. */
static struct track track_of(const struct axis *a, size_t number, enum way way)
{
    const bool taps = way <= TURNED_TAPS;
    struct track track = whole_track(taps ? a->kernel : a->out);
    const ptrdiff_t end = (ptrdiff_t)(number + a->before);
    switch (way) {
    case INPUT_OF_OUTPUT:
        return input_track(a, number * a->stride, a->dilation, a->kernel);
    case INPUT_OF_TAP:
        return input_track(a, number * a->dilation, a->stride, a->out);
    case TAPS_OF_INPUT:
    case OUTPUTS_OF_INPUT:
        track.count = 0;
        mark_readers(&track, a, number + a->before, taps);
        break;
    case TURNED_TAPS: track.turned = true; break;
    case GAPPED_OUTPUTS:
    case SPREAD_OUTPUTS:
        track.step = track.gap = a->stride;
        track.last *= (ptrdiff_t)a->stride;
        if (way == GAPPED_OUTPUTS) break;
        track.step = a->dilation;
        track.count = a->kernel;
        track.mark = end - (ptrdiff_t)a->window + 1;
        if (track.mark < track.first) track.first = track.mark;
        if (end > track.last) track.last = end;
        break;
    case ALL_TAPS:
    case ALL_OUTPUTS: break;
    }
    return track;
}

static struct grid_line line_at(const struct track *track, ptrdiff_t at)
{
    const ptrdiff_t past = at - track->mark, size = (ptrdiff_t)track->size;
    const ptrdiff_t gap = track->gap ? (ptrdiff_t)track->gap : 1;
    const ptrdiff_t index = track->turned ? size - 1 - at : at / gap;
    struct grid_line line = {.marked =
                                 past >= 0 && (size_t)past % track->step == 0 &&
                                 (size_t)past / track->step < track->count,
                             .has_label = true,
                             .label = index};
    if (at < 0 || at > (size - 1) * gap) {
        line.kind = CELL_PADDING;
        line.has_label = !track->gap;
    } else if (at % gap) {
        line.kind = CELL_GAP;
        line.has_label = false;
    } else {
        line.index = (size_t)index;
    }
    return line;
}

/* Fills in the axis; where it is longer than the limit, with the marked lines
 * and a few about them, as many as there is room for. */
static void fill_axis(struct grid_axis *axis, const struct track *track,
                      size_t limit)
{
    enum { MARGIN = 2 };
    const ptrdiff_t most = (ptrdiff_t)limit;
    ptrdiff_t first = track->first, last = track->last;
    if (last >= first + most) {
        const bool marked = track->count;
        const ptrdiff_t from = marked ? track->mark : first;
        const ptrdiff_t to =
            from + (marked ? (ptrdiff_t)(track->step * (track->count - 1)) : 0);
        if (from - MARGIN > first) first = from - MARGIN;
        if (to + MARGIN < last) last = to + MARGIN;
        if (last >= first + most) last = first + most - 1;
    }
    axis->count = 0;
    axis->cut_before = first > track->first;
    axis->cut_after = last < track->last;
    for (ptrdiff_t at = first; at <= last; at++)
        axis->lines[axis->count++] = line_at(track, at);
}

enum cell_kind grid_kind(const struct grid *grid, size_t row, size_t column)
{
    const enum cell_kind a = grid->rows.lines[row].kind;
    const enum cell_kind b = grid->columns.lines[column].kind;
    return a > b ? a : b;
}

bool grid_marked(const struct grid *grid, size_t row, size_t column)
{
    return grid->rows.lines[row].marked && grid->columns.lines[column].marked;
}

double grid_value(const struct grid *grid, size_t row, size_t column)
{
    if (grid_kind(grid, row, column) != CELL_VALUE) return 0.0;
    return cvl_tensor_get(
        grid->tensor, grid->plane + grid->rows.lines[row].index * grid->stride +
                          grid->columns.lines[column].index);
}

/* Whole numbers are short. */
static bool is_whole(const cvl_tensor *tensor)
{
    for (size_t i = 0; i < tensor->count; i++) {
        const double value = cvl_tensor_get(tensor, i);
        if (value != floor(value)) return false;
    }
    return true;
}

struct drawing {
    struct axis axes[2];
    const cvl_terms *terms;
    const cvl_element *number;
    struct grid_view *view;
};

/* Adds to the pair the plane of an array that an element lies in. */
static void draw(const struct drawing *drawing, struct grid_pair *pair,
                 const cvl_element *of, enum way way)
{
    const cvl_tensor *const tensor =
        cvl_terms_tensor(drawing->terms, of->array, of->param);
    struct grid *const grid = &pair->grids[pair->count++];
    struct track tracks[2];
    for (size_t i = 0; i < 2; i++)
        tracks[i] = track_of(&drawing->axes[i],
                             (size_t)drawing->number->at[2 + i], way);
    const bool zeros =
        way == SPREAD_OUTPUTS || tracks[0].gap > 1 || tracks[1].gap > 1;
    grid->is_param = of->array == CVL_ARRAY_PARAM;
    grid->tensor = tensor;
    grid->stride = tensor->shape[3];
    grid->plane = ((size_t)of->at[0] * tensor->shape[1] + (size_t)of->at[1]) *
                  tensor->shape[2] * tensor->shape[3];
    snprintf(grid->title, sizeof grid->title, "%s[%td,%td]%s",
             element_array(of), of->at[0], of->at[1],
             zeros                ? " with zeros"
             : way == TURNED_TAPS ? " turned"
                                  : "");
    fill_axis(&grid->rows, &tracks[0], GRID_ROWS);
    fill_axis(&grid->columns, &tracks[1],
              is_whole(tensor) ? GRID_COLUMNS : GRID_COLUMNS_REAL);
    for (size_t r = 0; r < grid->rows.count; r++)
        for (size_t c = 0; c < grid->columns.count; c++)
            drawing->view->has[grid_kind(grid, r, c)] = true;
}

/* Which grids show the terms of a number: the left of a pair has what stands
 * right in the products. */
static const struct sight {
    cvl_array array;
    size_t param;
    const char *about;
    enum way right, left;
} SIGHTS[] = {
    {CVL_ARRAY_Y, 0, "", INPUT_OF_OUTPUT, ALL_TAPS},
    {CVL_ARRAY_GRAD, 0, "The tap reads the marked inputs, one for each output.",
     INPUT_OF_TAP, GAPPED_OUTPUTS},
    {CVL_ARRAY_DX, 0, "Scatter: the outputs that read it, and by which taps.",
     OUTPUTS_OF_INPUT, TAPS_OF_INPUT},
    {CVL_ARRAY_DX, 0, "Gather: the same products, under the turned kernel.",
     SPREAD_OUTPUTS, TURNED_TAPS},
    {CVL_ARRAY_GRAD, 1, "Every output has the bias in it once.", ALL_OUTPUTS,
     ALL_OUTPUTS}};

/* Where no output reads an input: the planes that others are read from. */
static cvl_term unread(const cvl_conv2d_geometry *g, const cvl_element *number)
{
    const size_t in = g->in_channels / g->groups, c = (size_t)number->at[1];
    const size_t k = c / in * (g->out_channels / g->groups);
    return (cvl_term){
        .left = {.array = CVL_ARRAY_PARAM,
                 .at = {(ptrdiff_t)k, g->tied ? 0 : (ptrdiff_t)(c % in)}},
        .right = {.array = CVL_ARRAY_DY, .at = {number->at[0], (ptrdiff_t)k}}};
}

void grid_view_make(const cvl_conv2d_geometry *g, const cvl_terms *terms,
                    const struct sum *sum, struct grid_view *view)
{
    enum { COUNT = sizeof SIGHTS / sizeof *SIGHTS };
    const cvl_element *const number = &sum->number;
    const size_t planes =
        sum->count ? sum->planes : g->out_channels / g->groups;
    const size_t each = sum->count / planes; /* as many of each plane */
    const size_t pairs = number->array == CVL_ARRAY_DX ? 2 : 1;
    size_t shown = each ? (sum->listed + each - 1) / each : 1;
    struct drawing drawing = {.terms = terms, .number = number, .view = view};
    axes_of(g, drawing.axes);
    if (shown > VIEW_PAIRS / pairs) shown = VIEW_PAIRS / pairs;
    *view = (struct grid_view){.left_out = planes - shown};
    for (size_t i = 0; i < shown * COUNT; i++) {
        const struct sight *const sight = &SIGHTS[i % COUNT];
        if (sight->array != number->array || sight->param != number->param)
            continue;
        const cvl_term term =
            each ? sum->terms[i / COUNT * each].term : unread(g, number);
        struct grid_pair *const pair = &view->pairs[view->count++];
        pair->about = sight->about;
        if (term.right.array) draw(&drawing, pair, &term.right, sight->right);
        draw(&drawing, pair, &term.left, sight->left);
    }
}
