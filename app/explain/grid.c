/* grid.c - see explain_grid.h for the contract. */
#include "explain/grid.h"

#include <math.h>
#include <stdio.h>

#include "explain/axis.h"

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

struct drawing {
    const struct explain_data *data;
    const struct explain_sum *sum;
    struct axis axes[2];
};

/* Whole numbers are short. */
static bool is_whole(const cvl_tensor *tensor)
{
    for (size_t i = 0; i < tensor->count; i++) {
        const double value = cvl_tensor_get(tensor, i);
        if (value != floor(value)) return false;
    }
    return true;
}

static void fill_grid(struct grid *grid, const struct drawing *drawing,
                      const struct range ranges[2], line_at *line)
{
    axis_fill(&grid->rows, &drawing->axes[0], ranges[0], GRID_ROWS, line);
    axis_fill(&grid->columns, &drawing->axes[1], ranges[1],
              is_whole(grid->tensor) ? GRID_COLUMNS : GRID_COLUMNS_REAL, line);
}

/* Points the grid at the plane [a,b] of an array. */
static void set_plane(struct grid *grid, const cvl_tensor *tensor, size_t a,
                      size_t b)
{
    grid->tensor = tensor;
    grid->stride = tensor->shape[3];
    grid->plane =
        (a * tensor->shape[1] + b) * tensor->shape[2] * tensor->shape[3];
}

static void draw_input(struct grid *grid, const struct drawing *drawing,
                       size_t n, size_t c, line_at *line)
{
    const struct range ranges[2] = {axis_input(&drawing->axes[0]),
                                    axis_input(&drawing->axes[1])};
    set_plane(grid, &drawing->data->x, n, c);
    snprintf(grid->title, sizeof grid->title, "x[%zu,%zu]", n, c);
    fill_grid(grid, drawing, ranges, line);
}

static void draw_kernel(struct grid *grid, const struct drawing *drawing,
                        size_t k, size_t c, line_at *line)
{
    const struct range ranges[2] = {axis_up_to(drawing->axes[0].kernel),
                                    axis_up_to(drawing->axes[1].kernel)};
    set_plane(grid, &drawing->data->w, k, c);
    snprintf(grid->title, sizeof grid->title, "w[%zu,%zu]%s", k, c,
             line == line_turned_taps ? " turned" : "");
    fill_grid(grid, drawing, ranges, line);
}

static void draw_outputs(struct grid *grid, const struct drawing *drawing,
                         size_t n, size_t k, line_at *line)
{
    const struct axis *const axes = drawing->axes;
    const bool spread = line == line_spread_outputs;
    const bool gapped = spread || (line == line_gapped_outputs &&
                                   (axes[0].stride > 1 || axes[1].stride > 1));
    struct range ranges[2];
    for (size_t i = 0; i < 2; i++)
        ranges[i] = spread   ? axis_spread(&axes[i])
                    : gapped ? axis_gapped(&axes[i])
                             : axis_up_to(axes[i].out);
    set_plane(grid, &drawing->data->dy, n, k);
    snprintf(grid->title, sizeof grid->title, "dy[%zu,%zu]%s", n, k,
             gapped ? " with zeros" : "");
    fill_grid(grid, drawing, ranges, line);
}

/* Room for another pair with these words above it. */
static struct grid_pair *add_pair(struct grid_view *view, const char *about)
{
    struct grid_pair *const pair = &view->pairs[view->count++];
    pair->about = about;
    pair->count = 2;
    return pair;
}

/* Planes that take part: of the input, of dy, or pairs of them. */
static size_t plane_count(const struct drawing *drawing)
{
    const cvl_conv2d_geometry *const g = &drawing->data->conv.geometry;
    const size_t group_in = g->in_channels / g->groups;
    switch (drawing->sum->kind) {
    case EXPLAIN_OUTPUT: return group_in;
    case EXPLAIN_GRAD_WEIGHT: return (g->tied ? group_in : 1) * g->batch;
    case EXPLAIN_GRAD_INPUT: return g->out_channels / g->groups;
    case EXPLAIN_GRAD_BIAS: break;
    }
    return g->batch;
}

static void draw_output_plane(const struct drawing *drawing, size_t plane,
                              struct grid_view *view)
{
    const cvl_conv2d_geometry *const g = &drawing->data->conv.geometry;
    const size_t *const at = drawing->sum->at;
    const size_t group_in = g->in_channels / g->groups;
    const size_t first = at[1] / (g->out_channels / g->groups) * group_in;
    struct grid_pair *const pair = add_pair(view, "");
    draw_input(&pair->grids[0], drawing, at[0], first + plane,
               line_input_of_output);
    draw_kernel(&pair->grids[1], drawing, at[1], g->tied ? 0 : plane,
                line_all_taps);
}

static void draw_weight_plane(const struct drawing *drawing, size_t plane,
                              struct grid_view *view)
{
    const cvl_conv2d_geometry *const g = &drawing->data->conv.geometry;
    const size_t *const at = drawing->sum->at;
    const size_t group_in = g->in_channels / g->groups;
    const size_t first = at[0] / (g->out_channels / g->groups) * group_in;
    const size_t n = plane % g->batch, c = at[1] + plane / g->batch;
    struct grid_pair *const pair =
        add_pair(view, "The tap reads the marked inputs, one for each output.");
    draw_input(&pair->grids[0], drawing, n, first + c, line_input_of_tap);
    draw_outputs(&pair->grids[1], drawing, n, at[0], line_gapped_outputs);
}

static void draw_input_plane(const struct drawing *drawing, size_t plane,
                             struct grid_view *view)
{
    const cvl_conv2d_geometry *const g = &drawing->data->conv.geometry;
    const size_t *const at = drawing->sum->at;
    const size_t group_in = g->in_channels / g->groups;
    const size_t group_out = g->out_channels / g->groups;
    const size_t k = at[1] / group_in * group_out + plane;
    const size_t c = g->tied ? 0 : at[1] % group_in;
    struct grid_pair *pair =
        add_pair(view, "Scatter: the outputs that read it, and by which taps.");
    draw_outputs(&pair->grids[0], drawing, at[0], k, line_outputs_of_input);
    draw_kernel(&pair->grids[1], drawing, k, c, line_taps_of_input);
    pair = add_pair(view, "Gather: the same products, under the turned "
                          "kernel.");
    draw_outputs(&pair->grids[0], drawing, at[0], k, line_spread_outputs);
    draw_kernel(&pair->grids[1], drawing, k, c, line_turned_taps);
}

static void draw_bias_plane(const struct drawing *drawing, size_t plane,
                            struct grid_view *view)
{
    struct grid_pair *const pair =
        add_pair(view, "Every output has the bias in it once.");
    pair->count = 1;
    draw_outputs(&pair->grids[0], drawing, plane, drawing->sum->at[3],
                 line_all_outputs);
}

void grid_view_make(const struct explain_data *data,
                    const struct explain_sum *sum, struct grid_view *view)
{
    typedef void draw_plane(const struct drawing *drawing, size_t plane,
                            struct grid_view *view);
    static draw_plane *const draw[] = {[EXPLAIN_OUTPUT] = draw_output_plane,
                                       [EXPLAIN_GRAD_WEIGHT] =
                                           draw_weight_plane,
                                       [EXPLAIN_GRAD_INPUT] = draw_input_plane,
                                       [EXPLAIN_GRAD_BIAS] = draw_bias_plane};
    const struct drawing drawing = {
        data, sum, {axis_of(data, sum, false), axis_of(data, sum, true)}};
    const size_t planes = plane_count(&drawing);
    const size_t terms = sum->count / planes; /* as many of each plane */
    const size_t pairs = sum->kind == EXPLAIN_GRAD_INPUT ? 2 : 1;
    size_t shown = terms ? (sum->listed + terms - 1) / terms : 1;
    if (shown > VIEW_PAIRS / pairs) shown = VIEW_PAIRS / pairs;
    *view = (struct grid_view){.left_out = planes - shown};
    for (size_t i = 0; i < shown; i++) draw[sum->kind](&drawing, i, view);
}

bool grid_view_has(const struct grid_view *view, enum cell_kind kind)
{
    for (size_t i = 0; i < view->count; i++)
        for (size_t j = 0; j < view->pairs[i].count; j++) {
            const struct grid *const grid = &view->pairs[i].grids[j];
            for (size_t r = 0; r < grid->rows.count; r++)
                for (size_t c = 0; c < grid->columns.count; c++)
                    if (grid_kind(grid, r, c) == kind) return true;
        }
    return false;
}
