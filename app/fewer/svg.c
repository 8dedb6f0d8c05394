/* svg.c - the steps of a tile as a drawing; see fewer.h. */
#include "base/svg.h"

#include <string.h>

#include "base/number.h"
#include "fewer/plates.h"

/* Numbers have few digits here: the text has more. */
enum {
    DIGITS = 3,
    SIDE = 26,
    GAP = 14,
    TITLE = 17,
    INNER = SVG_WIDTH - 2 * SVG_MARGIN
};

struct sheet {
    const struct fewer *fewer;
    struct svg svg;
};

static const char *cell_words(const struct plate *plate, size_t row,
                              size_t column, char words[NUMBER_SIZE])
{
    return number_digits(plate->numbers[row * plate->columns + column], DIGITS,
                         words);
}

/* A cell, across. */
static double cell_side(const struct plate *plate)
{
    char words[NUMBER_SIZE];
    size_t most = 1;
    for (size_t r = 0; r < plate->rows; r++)
        for (size_t c = 0; c < plate->columns; c++) {
            const size_t length = strlen(cell_words(plate, r, c, words));
            if (length > most) most = length;
        }
    const double side = 6.6 * (double)most + 6;
    const double room = (double)INNER / (double)plate->columns;
    if (side < SIDE) return SIDE;
    return side < room ? side : room;
}

static double plate_width(const struct plate *plate)
{
    const double numbers = cell_side(plate) * (double)plate->columns;
    const double title = 6.5 * (double)strlen(plate->title);
    return numbers > title ? numbers : title;
}

static enum svg_cell kind_of(const struct sheet *sheet,
                             const struct plate *plate, size_t row,
                             size_t column)
{
    const bool marked = plate_is_marked(plate, row, column);
    if (plate->of_kernel) return SVG_KERNEL;
    if (plate_is_padding(plate, sheet->fewer->question, row, column))
        return marked ? SVG_MARKED_PADDING : SVG_PADDING;
    return marked ? SVG_MARKED : SVG_PLAIN;
}

/* The table at x, its title above; its height. */
static double draw_plate(struct sheet *sheet, const struct plate *plate,
                         double x)
{
    const double side = cell_side(plate), top = sheet->svg.y;
    char words[NUMBER_SIZE];
    svg_label(&sheet->svg, x, top + 12, "start", 12, plate->title);
    for (size_t r = 0; r < plate->rows; r++)
        for (size_t c = 0; c < plate->columns; c++)
            svg_cell(&sheet->svg, kind_of(sheet, plate, r, c),
                     x + (double)c * side, top + TITLE + (double)r * SIDE, side,
                     SIDE, 11, cell_words(plate, r, c, words));
    return TITLE + SIDE * (double)plate->rows + 10;
}

/* Side by side as far as they fit, and then below. */
static void draw_plates(void *context, const struct plate_row *row)
{
    struct sheet *const sheet = context;
    double x = SVG_MARGIN, height = 0;
    if (row->about[0]) svg_line(&sheet->svg, SVG_WORDS, row->about);
    for (size_t i = 0; i < row->count; i++) {
        const struct plate *const plate = &row->plates[i];
        const double width = plate_width(plate);
        if (i && x + width > SVG_WIDTH - SVG_MARGIN) {
            sheet->svg.y += height;
            x = SVG_MARGIN;
            height = 0;
        }
        const double needed = draw_plate(sheet, plate, x);
        if (needed > height) height = needed;
        x += width + GAP;
    }
    sheet->svg.y += height;
}

/* The words, in lines that fit. */
static void draw_words(struct svg *svg, enum svg_font font, struct text *words)
{
    if (words->failed) svg->body.failed = true;
    if (words->data) svg_wrap(svg, font, words->data);
}

void fewer_svg(const struct fewer *fewer, struct text *text)
{
    const struct fewer_question *const q = fewer->question;
    struct sheet sheet = {fewer, {.y = SVG_MARGIN}};
    struct svg *const svg = &sheet.svg;
    struct text place = {0}, verdict = {0};
    plates_place(fewer, &place);
    plates_verdict(fewer, &verdict);
    svg_line(svg, SVG_HEAD, q->name);
    svg_wrap(svg, SVG_WORDS, q->number);
    svg_wrap(svg, SVG_SMALL, q->layer);
    svg_wrap(svg, SVG_SMALL, q->geometry);
    svg_wrap(svg, SVG_SMALL, q->source);
    draw_words(svg, SVG_WORDS, &place);
    svg->y += 8;
    plates_visit(fewer, draw_plates, &sheet);
    const struct svg_meaning meanings[] = {
        {SVG_MARKED, "takes part, and the output"},
        {SVG_KERNEL, "of the kernel"},
        {SVG_PADDING, q->shape->pad_top || q->shape->pad_left ||
                              q->shape->pad_bottom || q->shape->pad_right
                          ? "outside"
                          : NULL}};
    svg_legend(svg, meanings, sizeof meanings / sizeof *meanings);
    draw_words(svg, SVG_WORDS, &verdict);
    svg_finish(svg, q->number, verdict.data ? verdict.data : "", text);
    text_free(&place);
    text_free(&verdict);
}
