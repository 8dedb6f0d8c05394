/* table.c - the terms of a number as a table; see show.h. */
#include <stdio.h>
#include <string.h>

#include <convlet/append.h>
#include <convlet/number.h>

#include "explain/show.h"

/* What stands in a row, and how wide the columns are. */
enum column { LEFT, A, RIGHT, B, FACTOR, PRODUCT, TOTAL, COLUMNS };

struct table {
    const struct sum *sum;
    size_t digits;
    bool notes;     /* say behind a term what became of it */
    bool has_right; /* else the left numbers stand alone */
    bool has_factor;
    bool has_equals;     /* something is made of them */
    const char *how;     /* what every factor is; NULL: they differ */
    int widths[COLUMNS]; /* as printf takes them */
};

typedef char row_cells[COLUMNS][ELEMENT_SIZE];

/* Is what stands right multiplied? It may also be what decided. */
static bool multiplies(const cvl_term *term)
{
    return term->right.array && term->part != CVL_TERM_COMPARED &&
           term->part != CVL_TERM_CUT;
}

static bool has_factor(const cvl_term *term)
{
    return term->how && term->part != CVL_TERM_FUNCTION;
}

static void fill_row(const struct table *table, const struct sum_term *row,
                     row_cells cells)
{
    const cvl_term *const term = &row->term;
    element_text(&term->left, cells[LEFT]);
    number_digits(term->left.value, table->digits, cells[A]);
    cells[RIGHT][0] = cells[B][0] = cells[FACTOR][0] = '\0';
    if (multiplies(term)) {
        element_text(&term->right, cells[RIGHT]);
        number_digits(term->right.value, table->digits, cells[B]);
    }
    if (has_factor(term))
        number_digits(term->factor, table->digits, cells[FACTOR]);
    number_digits(term->product, table->digits, cells[PRODUCT]);
    number_digits(row->sum, table->digits, cells[TOTAL]);
}

static void widen(int *width, const char *text)
{
    const int length = (int)strlen(text);
    if (length > *width) *width = length;
}

static void measure(struct table *table)
{
    const struct sum *const sum = table->sum;
    const char *const heads[COLUMNS] = {"weight", "",        "input", "",
                                        "",       "product", "sum"};
    char total[NUMBER_SIZE];
    row_cells cells;
    for (size_t i = 0; i < COLUMNS; i++) widen(&table->widths[i], heads[i]);
    widen(&table->widths[TOTAL],
          number_digits(sum->total, table->digits, total));
    for (size_t row = 0; row < sum->listed; row++) {
        const cvl_term *const term = &sum->terms[row].term;
        fill_row(table, &sum->terms[row], cells);
        for (size_t i = 0; i < COLUMNS; i++) widen(&table->widths[i], cells[i]);
        if (!row) table->how = term->how;
        if (!table->how || !has_factor(term) ||
            strcmp(table->how, term->how) != 0)
            table->how = NULL;
        table->has_right = table->has_right || multiplies(term);
        table->has_factor = table->has_factor || has_factor(term);
        table->has_equals = table->has_equals || multiplies(term) || term->how;
    }
}

/* "  WORDS          product  sum", each under its heading, without its end. */
static void add_sums(const struct table *table, const char *words,
                     const char *product, const char *total, struct text *text)
{
    const int *const widths = table->widths;
    int before = widths[LEFT] + 1 + widths[A];
    if (table->has_right) before += 3 + widths[RIGHT] + 1 + widths[B];
    if (table->has_factor) before += 3 + widths[FACTOR];
    if (table->has_equals) before += 2;
    text_add(text, "  %-*s %*s  %*s", before, words, widths[PRODUCT], product,
             widths[TOTAL], total);
}

/* Which of the window's numbers went on, of a maximum. */
static void add_choice(const struct table *table, const cvl_term *term,
                       struct text *text)
{
    const bool forward = table->sum->number.array == CVL_ARRAY_Y;
    const bool is_taken = term->part == CVL_TERM_TAKEN;
    char place[ELEMENT_SIZE], own[ELEMENT_SIZE];
    cvl_element window = term->left;
    window.array = CVL_ARRAY_Y;
    if (!forward)
        text_add(text, "%s is %s", element_text(&window, own),
                 is_taken ? "this x" : element_text(&term->right, place));
    else if (is_taken)
        text_add(text, "taken");
    else
        text_add(text, "%s",
                 term->left.value == term->right.value
                     ? "as large, but not the first"
                     : "not taken");
    if (is_taken && term->factor > 1)
        text_add(text, ", the first of %.0f equal", term->factor);
}

static void add_note(const struct table *table, const cvl_term *term,
                     struct text *text)
{
    char place[ELEMENT_SIZE], value[NUMBER_SIZE];
    switch (term->part) {
    case CVL_TERM_PADDING: text_add(text, "  padding"); return;
    case CVL_TERM_TAKEN:
    case CVL_TERM_COMPARED:
        text_add(text, "  ");
        add_choice(table, term, text);
        return;
    case CVL_TERM_CUT:
        text_add(text, "  cut off");
        if (term->right.array)
            text_add(text, ", as %s is %s", element_text(&term->right, place),
                     number_digits(term->right.value, table->digits, value));
        return;
    case CVL_TERM_ADDED:
    case CVL_TERM_FUNCTION:
        if (term->how && !table->how) text_add(text, "  %s", term->how);
    }
}

static void add_term(const struct table *table, const struct sum_term *row,
                     struct text *text)
{
    const int *const widths = table->widths;
    row_cells cells;
    fill_row(table, row, cells);
    text_add(text, "  %-*s %*s", widths[LEFT], cells[LEFT], widths[A],
             cells[A]);
    if (table->has_right)
        text_add(text, " %s %-*s %*s", cells[RIGHT][0] ? "*" : " ",
                 widths[RIGHT], cells[RIGHT], widths[B], cells[B]);
    if (table->has_factor)
        text_add(text, " %s %*s", cells[FACTOR][0] ? "*" : " ", widths[FACTOR],
                 cells[FACTOR]);
    text_add(text, "%s %*s  %*s", table->has_equals ? " =" : "",
             widths[PRODUCT], cells[PRODUCT], widths[TOTAL], cells[TOTAL]);
    if (table->notes) add_note(table, &row->term, text);
    text_fill(text, '\n', 1);
}

const char *table_count(size_t count, char text[NUMBER_SIZE])
{
    text[0] = '\0';
    if (count >= 1000) table_count(count / 1000, text);
    cvl_append(text, NUMBER_SIZE, text[0] ? ",%03zu" : "%zu", count % 1000);
    return text;
}

void table_add(const struct sum *sum, size_t digits, bool notes,
               struct text *text)
{
    struct table table = {.sum = sum, .digits = digits, .notes = notes};
    const size_t more = sum->count - sum->listed;
    char product[NUMBER_SIZE], total[NUMBER_SIZE];
    if (!sum->count) {
        text_add(text, "  no output reads it, so there is nothing to add\n");
        return;
    }
    measure(&table);
    if (notes && table.how) text_add(text, "  factor: %s\n", table.how);
    add_sums(&table, "", "product", "sum", text);
    text_fill(text, '\n', 1);
    for (size_t i = 0; i < sum->listed; i++)
        add_term(&table, &sum->terms[i], text);
    if (more) {
        char number[NUMBER_SIZE], words[2 * NUMBER_SIZE];
        snprintf(words, sizeof words, "... %s more term%s",
                 table_count(more, number), cvl_plural(more));
        add_sums(&table, words, number_digits(sum->left_out, digits, product),
                 number_digits(sum->sum, digits, total), text);
        text_fill(text, '\n', 1);
    }
    if (sum->has_bias) {
        char place[ELEMENT_SIZE];
        const cvl_element bias = {.array = CVL_ARRAY_PARAM,
                                  .param = 1,
                                  .ndim = 1,
                                  .at = {sum->number.at[1]}};
        add_sums(&table, element_text(&bias, place),
                 number_digits(sum->bias, digits, product),
                 number_digits(sum->total, digits, total), text);
        text_fill(text, '\n', 1);
    }
}
