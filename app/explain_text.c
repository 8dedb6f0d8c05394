/* explain_text.c - an explanation for the terminal; see explain_show.h. */
#include <string.h>

#include "explain_show.h"
#include "number.h"

/* What fits side by side fits into so many columns; grids show few digits. */
enum { WIDTH = 80, GRID_DIGITS = 3, GAP = 4 };

/* What a cell holds, without its brackets. */
static const char *cell_text(const struct grid *grid, size_t row, size_t column,
                             size_t digits, char text[EXPLAIN_DIGITS])
{
    switch (grid_kind(grid, row, column)) {
    case CELL_PADDING: return ".";
    case CELL_GAP: return "_";
    case CELL_VALUE: break;
    }
    return explain_digits(grid_value(grid, row, column), digits, text);
}

static const char *label_text(const struct grid_line *line,
                              char text[EXPLAIN_DIGITS])
{
    text[0] = '\0';
    if (line->has_label) explain_digits((double)line->label, 6, text);
    return text;
}

static size_t longer(size_t length, const char *text)
{
    const size_t other = strlen(text);
    return other > length ? other : length;
}

/* Columns of the longest cell or column label. */
static size_t cell_width(const struct grid *grid, size_t digits)
{
    char text[EXPLAIN_DIGITS];
    size_t width = 1;
    for (size_t c = 0; c < grid->columns.count; c++) {
        width = longer(width, label_text(&grid->columns.lines[c], text));
        for (size_t r = 0; r < grid->rows.count; r++)
            width = longer(width, cell_text(grid, r, c, digits, text));
    }
    return width;
}

static void add_row(const struct grid *grid, size_t row, size_t digits,
                    size_t width, struct text *text)
{
    char cell[EXPLAIN_DIGITS];
    for (size_t c = 0; c < grid->columns.count; c++) {
        const bool marked = grid_marked(grid, row, c);
        text_add(text, "%c%*s%c", marked ? '[' : ' ', (int)width,
                 cell_text(grid, row, c, digits, cell), marked ? ']' : ' ');
    }
}

/* The grid with its title and labels; lines may end in spaces. */
static void add_grid(const struct grid *grid, size_t digits, struct text *text)
{
    char label[EXPLAIN_DIGITS];
    size_t margin = 3;
    const size_t width = cell_width(grid, digits);
    for (size_t r = 0; r < grid->rows.count; r++)
        margin = longer(margin, label_text(&grid->rows.lines[r], label));
    text_add(text, "%s\n%*s ", grid->title, (int)margin,
             grid->columns.cut_before ? "..." : "");
    for (size_t c = 0; c < grid->columns.count; c++)
        text_add(text, " %*s ", (int)width,
                 label_text(&grid->columns.lines[c], label));
    text_add(text, "%s\n", grid->columns.cut_after ? " ..." : "");
    if (grid->rows.cut_before) text_add(text, "%*s\n", (int)margin, "...");
    for (size_t r = 0; r < grid->rows.count; r++) {
        text_add(text, "%*s ", (int)margin,
                 label_text(&grid->rows.lines[r], label));
        add_row(grid, r, digits, width, text);
        text_fill(text, '\n', 1);
    }
    if (grid->rows.cut_after) text_add(text, "%*s\n", (int)margin, "...");
}

static size_t widest(const char *text)
{
    size_t most = 0;
    while (*text) {
        const size_t length = strcspn(text, "\n");
        if (length > most) most = length;
        text += length + (text[length] == '\n');
    }
    return most;
}

/* One line of a text, which is moved behind it, without spaces at its end;
 * the columns it took. */
static size_t add_line(const char **from, struct text *text)
{
    const size_t length = strcspn(*from, "\n");
    size_t kept = length;
    while (kept && (*from)[kept - 1] == ' ') kept--;
    text_add(text, "%.*s", (int)kept, *from);
    *from += length + ((*from)[length] == '\n');
    return kept;
}

/* Two texts side by side where there is room, else one under the other. */
static void add_beside(const char *left, const char *right, struct text *text)
{
    const size_t column = widest(left) + GAP;
    if (column + widest(right) > WIDTH) {
        while (*left || *right) {
            add_line(*left ? &left : &right, text);
            text_fill(text, '\n', 1);
        }
        return;
    }
    while (*left || *right) {
        const size_t used = add_line(&left, text);
        const struct text before = *text;
        text_fill(text, ' ', column - used);
        const size_t start = text->size;
        add_line(&right, text);
        if (text->size == start) text->size = before.size;
        text_fill(text, '\n', 1);
    }
}

static void add_pair(const struct grid_pair *pair, size_t digits,
                     struct text *text)
{
    struct text grids[2] = {{0}, {0}};
    if (digits > GRID_DIGITS) digits = GRID_DIGITS;
    if (pair->about[0]) text_add(text, "%s\n", pair->about);
    for (size_t i = 0; i < pair->count; i++) {
        add_grid(&pair->grids[i], digits, &grids[i]);
        if (grids[i].failed) text->failed = true;
    }
    if (!text->failed)
        add_beside(grids[0].data, grids[1].data ? grids[1].data : "", text);
    text_fill(text, '\n', 1);
    for (size_t i = 0; i < 2; i++) text_free(&grids[i]);
}

static bool has_kind(const struct grid_view *view, enum cell_kind kind)
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

static void add_legend(const struct grid_view *view, struct text *text)
{
    text_add(text, "[ ] takes part");
    if (has_kind(view, CELL_PADDING)) text_add(text, "   . padding, read as 0");
    if (has_kind(view, CELL_GAP))
        text_add(text, "   _ a 0 that the stride leaves between");
    text_fill(text, '\n', 1);
    if (view->left_out)
        text_add(text, "... and %zu more plane%s like these\n", view->left_out,
                 view->left_out > 1 ? "s" : "");
    text_fill(text, '\n', 1);
}

/* Widths of the columns of the table of products. */
struct table {
    const struct explain_sum *sum;
    size_t digits;
    size_t left, a, right, b, product, total;
};

static const char *place_text(const char *name, const ptrdiff_t at[4],
                              struct text *text)
{
    text->size = 0;
    text_add(text, "%s[%td,%td,%td,%td]", name, at[0], at[1], at[2], at[3]);
    return text->data ? text->data : "";
}

static void measure(struct table *table, struct text *scratch)
{
    const struct explain_sum *const sum = table->sum;
    char digits[EXPLAIN_DIGITS];
    table->left = strlen("weight");
    table->right = strlen("input");
    table->product = strlen("product");
    table->total = longer(strlen("sum"),
                          explain_digits(sum->total, table->digits, digits));
    for (size_t i = 0; i < sum->listed; i++) {
        const struct explain_term *const t = &sum->terms[i];
        const size_t d = table->digits;
        table->left = longer(
            table->left, place_text(explain_left(sum->kind), t->left, scratch));
        table->right = longer(table->right, place_text(explain_right(sum->kind),
                                                       t->right, scratch));
        table->a = longer(table->a, explain_digits(t->a, d, digits));
        table->b = longer(table->b, explain_digits(t->b, d, digits));
        table->product =
            longer(table->product, explain_digits(t->product, d, digits));
        table->total = longer(table->total, explain_digits(t->sum, d, digits));
    }
}

/* Columns before the product. */
static size_t factors_width(const struct table *table)
{
    const size_t left = 2 + table->left + 1 + table->a;
    if (table->sum->kind == EXPLAIN_GRAD_BIAS) return left;
    return left + 3 + table->right + 1 + table->b + 2;
}

/* "  WORDS          product  sum", each under its heading. */
static void add_sums(const struct table *table, const char *words,
                     const char *product, const char *total, struct text *text)
{
    text_add(text, "  %-*s %*s  %*s", (int)(factors_width(table) - 2), words,
             (int)table->product, product, (int)table->total, total);
}

static void add_term(const struct table *table, const struct explain_term *term,
                     struct text *scratch, struct text *text)
{
    const enum explain_kind kind = table->sum->kind;
    char a[EXPLAIN_DIGITS], b[EXPLAIN_DIGITS];
    explain_digits(term->a, table->digits, a);
    explain_digits(term->b, table->digits, b);
    text_add(text, "  %-*s %*s", (int)table->left,
             place_text(explain_left(kind), term->left, scratch), (int)table->a,
             a);
    if (kind != EXPLAIN_GRAD_BIAS)
        text_add(text, " * %-*s %*s =", (int)table->right,
                 place_text(explain_right(kind), term->right, scratch),
                 (int)table->b, b);
    explain_digits(term->product, table->digits, a);
    explain_digits(term->sum, table->digits, b);
    text_add(text, " %*s  %*s%s\n", (int)table->product, a, (int)table->total,
             b, term->padding ? "  padding" : "");
}

/* 1234567 as 1,234,567. */
static void add_count(size_t count, struct text *text)
{
    if (count >= 1000) {
        add_count(count / 1000, text);
        text_add(text, ",%03zu", count % 1000);
    } else {
        text_add(text, "%zu", count);
    }
}

static void add_left_out(const struct table *table, struct text *text)
{
    const struct explain_sum *const sum = table->sum;
    struct text words = {0};
    char product[EXPLAIN_DIGITS], total[EXPLAIN_DIGITS];
    const size_t more = sum->count - sum->listed;
    if (!more) return;
    text_add(&words, "... ");
    add_count(more, &words);
    text_add(&words, " more term%s", more > 1 ? "s" : "");
    explain_digits(sum->left_out, table->digits, product);
    explain_digits(sum->sum, table->digits, total);
    add_sums(table, words.data ? words.data : "", product, total, text);
    text_fill(text, '\n', 1);
    if (words.failed) text->failed = true;
    text_free(&words);
}

static void add_table(const struct explanation *explanation, struct text *text)
{
    const struct explain_sum *const sum = explanation->sum;
    struct table table = {.sum = sum, .digits = explanation->config->digits};
    struct text scratch = {0};
    char bias[EXPLAIN_DIGITS], total[EXPLAIN_DIGITS];
    if (!sum->count) {
        text_add(text, "  no output reads it, so there is nothing to add\n");
        return;
    }
    measure(&table, &scratch);
    add_sums(&table, "", "product", "sum", text);
    text_fill(text, '\n', 1);
    for (size_t i = 0; i < sum->listed; i++)
        add_term(&table, &sum->terms[i], &scratch, text);
    add_left_out(&table, text);
    if (sum->has_bias) {
        text->failed = text->failed || scratch.failed;
        explain_digits(sum->bias, table.digits, bias);
        explain_digits(sum->total, table.digits, total);
        scratch.size = 0;
        text_add(&scratch, "b[%zu]", sum->at[1]);
        add_sums(&table, scratch.data ? scratch.data : "", bias, total, text);
        text_fill(text, '\n', 1);
    }
    if (scratch.failed) text->failed = true;
    text_free(&scratch);
}

static void add_verdict(const struct explanation *explanation,
                        struct text *text)
{
    const struct explain_sum *const sum = explanation->sum;
    const struct explain_data *const data = explanation->data;
    char name[EXPLAIN_WORDS], digits[NUMBER_SIZE];
    text_fill(text, '\n', 1);
    add_count(sum->count, text);
    text_add(text, " term%s", sum->count == 1 ? "" : "s");
    if (sum->padding) {
        text_add(text, ", ");
        add_count(sum->padding, text);
        text_add(text, " of them on padding");
    }
    text_add(text, "%s: %s\n", sum->has_bias ? ", and the bias" : "",
             number_format(sum->total, digits));
    text_add(
        text, "%s by the %s algorithm, %s: %s\n",
        explain_number_name(sum, name), cvl_conv_algo_name(data->conv.algo),
        cvl_dtype_name(data->conv.dtype), number_format(sum->result, digits));
    if (sum->difference != 0.0) {
        text_add(text, "difference: %s",
                 explain_digits(sum->difference, 3, digits));
        text_add(text, ", allowed: %s\n",
                 explain_digits(sum->allowed, 3, digits));
    }
    text_add(text, "matches: %s\n", sum->matches ? "yes" : "no");
}

void explain_text(const struct explanation *explanation, struct text *text)
{
    const struct grid_view *const view = explanation->view;
    const struct explain_data *const data = explanation->data;
    char name[EXPLAIN_WORDS], words[EXPLAIN_WORDS];
    text_add(text, "%s: %s\n", explain_number_name(explanation->sum, name),
             explain_number_words(explanation->sum, words));
    text_add(text, "%s\n", explain_geometry_words(&data->conv.geometry, words));
    explain_upstream_words(explanation, words);
    if (words[0]) text_add(text, "%s\n", words);
    text_fill(text, '\n', 1);
    for (size_t i = 0; i < view->count; i++)
        add_pair(&view->pairs[i], explanation->config->digits, text);
    add_legend(view, text);
    add_table(explanation, text);
    add_verdict(explanation, text);
}
