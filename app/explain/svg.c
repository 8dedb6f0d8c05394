/* svg.c - an explanation as a drawing; see explain_show.h. */
#include <string.h>

#include "base/svg.h"
#include "explain/show.h"

/* Numbers have few digits here: the results below have all. */
enum { DIGITS = 3, SIDE = 30, LABELS = 20, GAP = 16 };

/* How a grid is drawn. */
struct plate {
    const struct grid *grid;
    enum svg_cell mark; /* what is marked */
    double side;        /* of a cell, across */
    double size;        /* of its digits */
};

static const char *cell_words(const struct grid *grid, size_t row,
                              size_t column, char words[EXPLAIN_DIGITS])
{
    return explain_digits(grid_value(grid, row, column), DIGITS, words);
}

static struct plate plate_of(const struct grid *grid, enum svg_cell mark)
{
    char words[EXPLAIN_DIGITS];
    size_t most = 1;
    for (size_t r = 0; r < grid->rows.count; r++)
        for (size_t c = 0; c < grid->columns.count; c++) {
            const size_t length = strlen(cell_words(grid, r, c, words));
            if (length > most) most = length;
        }
    struct plate plate = {grid, mark, SIDE, most > 3 ? 11 : 13};
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
    return marked ? plate->mark : SVG_PLAIN;
}

static void draw_labels(struct svg *svg, const struct plate *plate, double x,
                        double y)
{
    const struct grid *const grid = plate->grid;
    char label[EXPLAIN_DIGITS];
    for (size_t c = 0; c < grid->columns.count; c++)
        if (grid->columns.lines[c].has_label)
            svg_label(
                svg, x + LABELS + ((double)c + 0.5) * plate->side, y + 11,
                "middle", 10,
                explain_digits((double)grid->columns.lines[c].label, 6, label));
    for (size_t r = 0; r < grid->rows.count; r++)
        if (grid->rows.lines[r].has_label)
            svg_label(
                svg, x + LABELS - 5, y + 16 + ((double)r + 0.5) * SIDE + 4,
                "end", 10,
                explain_digits((double)grid->rows.lines[r].label, 6, label));
}

/* Draws the grid, its title above; where it ends. */
static double draw_plate(struct svg *svg, const struct plate *plate, double x,
                         double y)
{
    const struct grid *const grid = plate->grid;
    char words[EXPLAIN_DIGITS];
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
        const bool is_kernel = pair->grids[i].title[0] == 'w';
        plates[i] =
            plate_of(&pair->grids[i], is_kernel ? SVG_KERNEL : SVG_MARKED);
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
    const struct explain_sum *const sum = context;
    return line > 0 && line <= sum->listed && sum->terms[line - 1].padding;
}

static void draw_products(struct svg *svg,
                          const struct explanation *explanation)
{
    const struct explain_sum *const sum = explanation->sum;
    struct text table = {0}, verdict = {0};
    size_t digits = explanation->config->explain.digits;
    if (digits > DIGITS) digits = DIGITS;
    explain_table(sum, digits, false, &table);
    explain_verdict(explanation, &verdict);
    if (table.data) svg_columns(svg, table.data, on_padding, sum);
    svg->y += 10;
    if (verdict.data) svg_lines(svg, verdict.data);
    if (table.failed || verdict.failed) svg->body.failed = true;
    text_free(&table);
    text_free(&verdict);
}

static void draw_legend(struct svg *svg, const struct explanation *explanation)
{
    const struct grid_view *const view = explanation->view;
    const bool kernel = explanation->sum->kind == EXPLAIN_OUTPUT ||
                        explanation->sum->kind == EXPLAIN_GRAD_INPUT;
    const struct svg_meaning meanings[] = {
        {SVG_MARKED, "takes part"},
        {SVG_KERNEL, kernel ? "weights" : NULL},
        {SVG_PADDING, grid_view_has(view, CELL_PADDING) ? "padding" : NULL},
        {SVG_GAP, grid_view_has(view, CELL_GAP) ? "left by the stride" : NULL}};
    svg_legend(svg, meanings, sizeof meanings / sizeof *meanings);
    if (view->left_out) {
        struct text words = {0};
        text_add(&words, "... and %zu more plane%s like these", view->left_out,
                 view->left_out > 1 ? "s" : "");
        if (words.data) svg_line(svg, SVG_WORDS, words.data);
        if (words.failed) svg->body.failed = true;
        text_free(&words);
    }
    svg->y += 6;
}

void explain_svg(const struct explanation *explanation, struct text *text)
{
    const struct grid_view *const view = explanation->view;
    const struct explain_data *const data = explanation->data;
    char name[EXPLAIN_WORDS], number[EXPLAIN_WORDS], words[EXPLAIN_WORDS];
    struct svg svg = {.y = SVG_MARGIN};
    struct text verdict = {0};
    explain_number_name(explanation->sum, name);
    explain_number_words(explanation->sum, number);
    svg_line(&svg, SVG_HEAD, name);
    svg_wrap(&svg, SVG_WORDS, number);
    svg_wrap(&svg, SVG_SMALL,
             explain_geometry_words(&data->conv.geometry, words));
    svg_wrap(&svg, SVG_SMALL, explain_upstream_words(explanation, words));
    svg.y += 8;
    for (size_t i = 0; i < view->count; i++) draw_pair(&svg, &view->pairs[i]);
    draw_legend(&svg, explanation);
    draw_products(&svg, explanation);
    explain_verdict(explanation, &verdict);
    svg_finish(&svg, number, verdict.data ? verdict.data : "", text);
    if (verdict.failed) text->failed = true;
    text_free(&verdict);
}
