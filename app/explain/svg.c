/* svg.c - an answer as a drawing; see show.h. */
#include <stdio.h>
#include <string.h>

#include "explain/draw.h"

/* Numbers have few digits here: the results below have all. */
enum { DIGITS = 3, SIDE = 30, LABELS = 20, GAP = 16 };

/* How a grid is drawn. */
struct plate {
    const struct grid *grid;
    double side; /* of a cell, across */
    double size; /* of its digits */
};

static const char *cell_words(const struct grid *grid, size_t row,
                              size_t column, char words[NUMBER_SIZE])
{
    return number_digits(grid_value(grid, row, column), DIGITS, words);
}

static struct plate plate_of(const struct grid *grid)
{
    char words[NUMBER_SIZE];
    size_t most = 1;
    for (size_t r = 0; r < grid->rows.count; r++)
        for (size_t c = 0; c < grid->columns.count; c++) {
            const size_t length = strlen(cell_words(grid, r, c, words));
            if (length > most) most = length;
        }
    struct plate plate = {grid, SIDE, most > 3 ? 11 : 13};
    const double needed = 0.6 * plate.size * (double)most + 6;
    if (needed > plate.side) plate.side = needed;
    const double room = SVG_WIDTH - 2 * SVG_MARGIN - LABELS;
    if (plate.side * (double)grid->columns.count > room)
        plate.side = room / (double)grid->columns.count;
    return plate;
}

static double plate_width(const struct plate *plate)
{
    return LABELS + plate->side * (double)plate->grid->columns.count;
}

static enum svg_cell cell_of(const struct plate *plate, size_t row,
                             size_t column)
{
    const bool marked = grid_marked(plate->grid, row, column);
    switch (grid_kind(plate->grid, row, column)) {
    case CELL_PADDING: return marked ? SVG_MARKED_PADDING : SVG_PADDING;
    case CELL_GAP: return marked ? SVG_MARKED_GAP : SVG_GAP;
    case CELL_VALUE: break;
    }
    if (!marked) return SVG_PLAIN;
    return plate->grid->is_param ? SVG_KERNEL : SVG_MARKED;
}

static void draw_labels(struct svg *svg, const struct plate *plate, double x,
                        double y)
{
    const struct grid *const grid = plate->grid;
    char label[NUMBER_SIZE];
    for (size_t c = 0; c < grid->columns.count; c++)
        if (grid->columns.lines[c].has_label)
            svg_label(
                svg, x + LABELS + ((double)c + 0.5) * plate->side, y + 11,
                "middle", 10,
                number_digits((double)grid->columns.lines[c].label, 6, label));
    for (size_t r = 0; r < grid->rows.count; r++)
        if (grid->rows.lines[r].has_label)
            svg_label(
                svg, x + LABELS - 5, y + 16 + ((double)r + 0.5) * SIDE + 4,
                "end", 10,
                number_digits((double)grid->rows.lines[r].label, 6, label));
}

/* Draws the grid, its title above; where it ends. */
static double draw_plate(struct svg *svg, const struct plate *plate, double x,
                         double y)
{
    const struct grid *const grid = plate->grid;
    char words[NUMBER_SIZE];
    svg_label(svg, x, y + 12, "start", 12, grid->title);
    y += 17;
    draw_labels(svg, plate, x, y);
    for (size_t r = 0; r < grid->rows.count; r++)
        for (size_t c = 0; c < grid->columns.count; c++)
            svg_cell(svg, cell_of(plate, r, c),
                     x + LABELS + (double)c * plate->side,
                     y + 16 + (double)r * SIDE, plate->side, SIDE, plate->size,
                     cell_words(grid, r, c, words));
    return y + 16 + SIDE * (double)grid->rows.count + 10;
}

static void draw_pair(struct svg *svg, const struct grid_pair *pair)
{
    struct plate plates[2];
    double width = -GAP, x = SVG_MARGIN, bottom = 0;
    if (pair->about[0]) svg_wrap(svg, SVG_WORDS, pair->about);
    for (size_t i = 0; i < pair->count; i++) {
        plates[i] = plate_of(&pair->grids[i]);
        width += plate_width(&plates[i]) + GAP;
    }
    const bool beside = width <= SVG_WIDTH - 2 * SVG_MARGIN;
    for (size_t i = 0; i < pair->count; i++) {
        const double end = draw_plate(svg, &plates[i], x, svg->y);
        if (end > bottom) bottom = end;
        if (beside) x += plate_width(&plates[i]) + GAP;
        if (!beside) svg->y = end;
    }
    svg->y = bottom;
}

static bool on_padding(const void *context, size_t line)
{
    const struct explanation *const e = context;
    const struct sum *const sum = &e->sum;
    const char *const table = explanation_words(e, WORDS_TABLE);
    /* Above the heading may stand what every factor is. */
    const size_t heads = strncmp(table, "  factor", 8) == 0 ? 2 : 1;
    return line >= heads && line - heads < sum->listed &&
           sum->terms[line - heads].term.part == CVL_TERM_PADDING;
}

static void draw_legend(struct svg *svg, const struct grid_view *view)
{
    bool has_param = false;
    for (size_t i = 0; view->count && i < view->pairs[0].count; i++)
        has_param = has_param || view->pairs[0].grids[i].is_param;
    const struct svg_meaning meanings[] = {
        {SVG_MARKED, "takes part"},
        {SVG_KERNEL, has_param ? "weights" : NULL},
        {SVG_PADDING, view->has[CELL_PADDING] ? "padding" : NULL},
        {SVG_GAP, view->has[CELL_GAP] ? "left by the stride" : NULL}};
    svg_legend(svg, meanings, sizeof meanings / sizeof *meanings);
}

void explain_svg(const struct explanation *explanation, struct text *text)
{
    const struct grid_view *const view = &explanation->view;
    struct svg svg = {.y = SVG_MARGIN};
    const char *words[WORDS_COUNT];
    for (size_t i = 0; i < WORDS_COUNT; i++)
        words[i] = explanation_words(explanation, (enum words)i);
    svg_line(&svg, SVG_HEAD, words[WORDS_NAME]);
    svg_wrap(&svg, SVG_WORDS, words[WORDS_NUMBER]);
    svg_wrap(&svg, SVG_SMALL, words[WORDS_LAYER]);
    svg_wrap(&svg, SVG_SMALL, words[WORDS_GEOMETRY]);
    svg_wrap(&svg, SVG_SMALL, words[WORDS_SOURCE]);
    svg_wrap(&svg, SVG_SMALL, words[WORDS_UPSTREAM]);
    svg_wrap(&svg, SVG_SMALL, words[WORDS_FACTS]);
    svg.y += 8;
    if (view->count && !draw_as_bars(explanation->layer)) {
        for (size_t i = 0; i < view->count; i++)
            draw_pair(&svg, &view->pairs[i]);
        draw_legend(&svg, view);
        svg_wrap(&svg, SVG_WORDS, words[WORDS_LEFT_OUT]);
    } else {
        draw_layer(&svg, explanation);
    }
    svg.y += 6;
    svg_columns(&svg, words[WORDS_TABLE], on_padding, explanation);
    svg.y += 10;
    svg_wrap(&svg, SVG_WORDS, words[WORDS_VERDICT]);
    svg_finish(&svg, words[WORDS_NUMBER], words[WORDS_VERDICT], text);
}

/* The map: a row for the input, for each output, and for who reads it. */
enum { NAMES = 62, ROW = 24 };

struct stairs {
    const struct map_axis *map;
    double side; /* of a cell, across */
    double size; /* of the digits */
};

static double left_of(const struct stairs *stairs, size_t position)
{
    return SVG_MARGIN + NAMES + (double)position * stairs->side;
}

static void draw_name(struct svg *svg, const char *name)
{
    svg_label(svg, SVG_MARGIN, svg->y + ROW / 2.0 + 4, "start", 12, name);
}

/* The padded input, the index in each cell. */
static void draw_input(struct svg *svg, const struct stairs *stairs)
{
    const struct axis *const axis = &stairs->map->axis;
    draw_name(svg, "input");
    for (size_t i = 0; i < stairs->map->positions; i++) {
        const bool inside = axis_is_input(axis, i);
        char label[32] = "";
        if (inside) snprintf(label, sizeof label, "%zu", i - axis->before);
        svg_cell(svg, inside ? SVG_PLAIN : SVG_PADDING, left_of(stairs, i),
                 svg->y, stairs->side, ROW, stairs->size, label);
    }
    svg->y += ROW + 6;
}

static void draw_output(struct svg *svg, const struct stairs *stairs,
                        size_t output)
{
    const struct axis *const axis = &stairs->map->axis;
    char name[32];
    snprintf(name, sizeof name, "output %zu", output);
    draw_name(svg, name);
    for (size_t i = 0; i < stairs->map->positions; i++) {
        const enum cover cover = axis_cover(axis, output, i);
        const enum svg_cell cell = cover == COVER_BETWEEN ? SVG_GAP
                                   : axis_is_input(axis, i)
                                       ? SVG_MARKED
                                       : SVG_MARKED_PADDING;
        if (cover != COVER_NONE)
            svg_cell(svg, cell, left_of(stairs, i), svg->y, stairs->side, ROW,
                     0, "");
    }
    svg->y += ROW;
}

static void draw_readers(struct svg *svg, const struct stairs *stairs)
{
    draw_name(svg, "read by");
    for (size_t i = 0; i < stairs->map->positions; i++) {
        char label[32];
        snprintf(label, sizeof label, "%zu",
                 axis_readers(&stairs->map->axis, i));
        svg_label(svg, left_of(stairs, i) + stairs->side / 2,
                  svg->y + ROW / 2.0 + 4, "middle", stairs->size, label);
    }
    svg->y += ROW + 6;
}

static void draw_axis(struct svg *svg, const struct map_axis *map)
{
    struct stairs stairs = {map, 30, 12};
    const double room = SVG_WIDTH - 2 * SVG_MARGIN - NAMES;
    if (stairs.side * (double)map->positions > room)
        stairs.side = room / (double)map->positions;
    if (stairs.side < 20) stairs.size = 9;
    svg_line(svg, SVG_HEAD, map->axis.name);
    svg_wrap(svg, SVG_WORDS, map->facts.data);
    svg->y += 6;
    draw_input(svg, &stairs);
    for (size_t i = 0; i < map->outputs; i++) draw_output(svg, &stairs, i);
    if (map->outputs < map->axis.out) {
        char more[64];
        snprintf(more, sizeof more, "... %zu more",
                 map->axis.out - map->outputs);
        svg_line(svg, SVG_WORDS, more);
    }
    draw_readers(svg, &stairs);
    svg_formula(svg, map->formula.data);
    svg->y += 6;
    svg_wrap(svg, SVG_WORDS, map->rest.data);
    svg->y += 8;
}

void map_svg(const struct map *map, struct text *text)
{
    struct svg svg = {.y = SVG_MARGIN};
    for (size_t i = 0; i < map->count; i++) draw_axis(&svg, &map->axes[i]);
    const struct svg_meaning meanings[] = {
        {SVG_MARKED, "a tap reads an input"},
        {SVG_MARKED_PADDING, map->padding ? "a tap reads padding" : NULL},
        {SVG_GAP, map->between ? "between two taps" : NULL}};
    svg_legend(&svg, meanings, sizeof meanings / sizeof *meanings);
    svg_finish(&svg, "Which inputs each output covers",
               "A row for each output; its cells are the inputs that a tap of "
               "the kernel reads.",
               text);
}
