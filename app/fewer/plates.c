/* plates.c - see plates.h for the contract. */
#include "fewer/plates.h"

#include <stdio.h>

#include "base/number.h"

static struct plate square(const char *title, const double *numbers,
                           size_t rows, size_t columns)
{
    struct plate plate = {.rows = rows, .columns = columns, .numbers = numbers};
    snprintf(plate.title, sizeof plate.title, "%s", title);
    return plate;
}

static struct plate of_kernel(struct plate plate)
{
    plate.of_kernel = true;
    return plate;
}

static void visit_matrices(const cvl_winograd_tile *t, plate_visit *visit,
                           void *context)
{
    const struct plate_row row = {
        .about = "the transforms",
        .count = 3,
        .plates = {square("B'", t->to_points, t->side, t->side),
                   of_kernel(square("G", t->of_kernels, t->side, 3)),
                   square("A'", t->to_outputs, t->outputs, t->side)}};
    visit(context, &row);
}

/* A channel's tile and kernel, and both at the points. */
static void visit_channel(const struct fewer *fewer, size_t channel,
                          plate_visit *visit, void *context)
{
    const cvl_winograd_tile *const t = &fewer->tile;
    const size_t S = t->side, first = channel * S * S;
    struct plate_row row = {
        .count = 2,
        .plates = {square("x", t->x + first, S, S),
                   of_kernel(square("w", t->w + channel * 9, 3, 3))}};
    if (t->channels > 1)
        snprintf(row.about, sizeof row.about, "channel %zu", channel);
    row.plates[0].padded = t;
    row.plates[0].mark = (struct plate_mark){fewer->row, fewer->column, 3};
    visit(context, &row);
    /* Of one channel M says the last. */
    row = (struct plate_row){
        .count = t->channels > 1 ? 3 : 2,
        .plates = {square("V = B' x B", t->v + first, S, S),
                   of_kernel(square("U = G w G'", t->u + first, S, S)),
                   square("V times U", fewer->products + first, S, S)}};
    visit(context, &row);
}

static void visit_output(const struct fewer *fewer, plate_visit *visit,
                         void *context)
{
    const cvl_winograd_tile *const t = &fewer->tile;
    const size_t left = t->channels - fewer->listed;
    char bias[NUMBER_SIZE];
    struct plate_row row = {
        .count = 2,
        .plates = {square("", t->m, t->side, t->side),
                   square("", t->y, t->outputs, t->outputs)}};
    if (left)
        snprintf(row.about, sizeof row.about, "... and %zu more channel%s",
                 left, cvl_plural(left));
    snprintf(row.plates[0].title, sizeof row.plates[0].title,
             t->channels > 1 ? "M, the sum of %zu" : "M = V times U",
             t->channels);
    snprintf(row.plates[1].title, sizeof row.plates[1].title,
             t->bias != 0 ? "y = A' M A + %s" : "y = A' M A",
             number_digits(t->bias, 6, bias));
    row.plates[1].mark = (struct plate_mark){fewer->row, fewer->column, 1};
    visit(context, &row);
}

void plates_visit(const struct fewer *fewer, plate_visit *visit, void *context)
{
    visit_matrices(&fewer->tile, visit, context);
    for (size_t c = 0; c < fewer->listed; c++)
        visit_channel(fewer, c, visit, context);
    visit_output(fewer, visit, context);
}

bool plate_is_padding(const struct plate *plate,
                      const struct fewer_question *question, size_t row,
                      size_t column)
{
    if (!plate->padded) return false;
    const ptrdiff_t y = plate->padded->x_row + (ptrdiff_t)row;
    const ptrdiff_t x = plate->padded->x_column + (ptrdiff_t)column;
    return y < 0 || x < 0 || (size_t)y >= question->shape->in_height ||
           (size_t)x >= question->shape->in_width;
}

bool plate_is_marked(const struct plate *plate, size_t row, size_t column)
{
    const struct plate_mark *const mark = &plate->mark;
    return row - mark->row < mark->side && column - mark->column < mark->side;
}

void plates_place(const struct fewer *fewer, struct text *text)
{
    const cvl_winograd_tile *const t = &fewer->tile;
    text_add(text,
             "in a tile of %zux%zu outputs from %zu,%zu on, of %zux%zu inputs "
             "from %td,%td on",
             t->outputs, t->outputs, t->y_row, t->y_column, t->side, t->side,
             t->x_row, t->x_column);
}

void plates_verdict(const struct fewer *fewer, struct text *text)
{
    const struct fewer_question *const q = fewer->question;
    const cvl_winograd_tile *const t = &fewer->tile;
    const bool is_single = q->dtype == CVL_F32;
    const double difference = q->value - q->plain;
    char digits[NUMBER_SIZE];
    text_add(text,
             "products: %zu for each channel; %zu outputs of 9 each are %zu\n",
             t->side * t->side, t->outputs * t->outputs,
             t->outputs * t->outputs * 9);
    text_add(text, "%zu term%s, added plainly in double: %s\n", q->terms,
             cvl_plural(q->terms), number_format(q->plain, digits));
    text_add(text, "%s by the %s algorithm, %s: %s\n", q->name, q->algorithm,
             cvl_dtype_name(q->dtype),
             is_single ? number_format_single((float)q->value, digits)
                       : number_format(q->value, digits));
    if (difference != 0)
        text_add(text, "difference: %s\n",
                 number_digits(difference, 3, digits));
    text_add(text, "matches: %s\n", fewer->matches ? "yes" : "no");
}
