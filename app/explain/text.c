/* text.c - an explanation for the terminal; see explain_show.h. */
#include <string.h>

#include "explain/show.h"

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
    if (!text->failed && grids[0].data)
        add_beside(grids[0].data, grids[1].data ? grids[1].data : "", text);
    text_fill(text, '\n', 1);
    for (size_t i = 0; i < 2; i++) text_free(&grids[i]);
}

static void add_legend(const struct grid_view *view, struct text *text)
{
    text_add(text, "[ ] takes part");
    if (grid_view_has(view, CELL_PADDING))
        text_add(text, "   . padding, read as 0");
    if (grid_view_has(view, CELL_GAP))
        text_add(text, "   _ a 0 that the stride leaves between");
    text_fill(text, '\n', 1);
    if (view->left_out)
        text_add(text, "... and %zu more plane%s like these\n", view->left_out,
                 view->left_out > 1 ? "s" : "");
    text_fill(text, '\n', 1);
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
        add_pair(&view->pairs[i], explanation->config->explain.digits, text);
    add_legend(view, text);
    explain_table(explanation->sum, explanation->config->explain.digits, true,
                  text);
    text_fill(text, '\n', 1);
    explain_verdict(explanation, text);
}
