/* text.c - an answer for the terminal; see show.h. */
#include <stdio.h>
#include <string.h>

#include "explain/show.h"

/* What fits side by side fits into so many columns; grids show few digits. */
enum { WIDTH = 80, GRID_DIGITS = 3, GAP = 4 };

/* What a cell holds, without its brackets. */
static const char *cell_text(const struct grid *grid, size_t row, size_t column,
                             size_t digits, char text[NUMBER_SIZE])
{
    switch (grid_kind(grid, row, column)) {
    case CELL_PADDING: return ".";
    case CELL_GAP: return "_";
    case CELL_VALUE: break;
    }
    return number_digits(grid_value(grid, row, column), digits, text);
}

static size_t longer(size_t length, const char *text)
{
    const size_t other = strlen(text);
    return other > length ? other : length;
}

/* Columns of the longest cell or column label. */
static size_t cell_width(const struct grid *grid, size_t digits)
{
    char text[NUMBER_SIZE];
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
    char cell[NUMBER_SIZE];
    for (size_t c = 0; c < grid->columns.count; c++) {
        const bool marked = grid_marked(grid, row, c);
        text_add(text, "%c%*s%c", marked ? '[' : ' ', (int)width,
                 cell_text(grid, row, c, digits, cell), marked ? ']' : ' ');
    }
}

/* The grid with its title and labels; lines may end in spaces. */
static void add_grid(const struct grid *grid, size_t digits, struct text *text)
{
    char label[NUMBER_SIZE];
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

/* Ends a line, without spaces at its end. */
static void end_line(struct text *text)
{
    while (text->size && text->data[text->size - 1] == ' ') text->size--;
    text_fill(text, '\n', 1);
}

/* One line of a text, which is moved behind it; the columns it took. */
static size_t add_line(const char **from, struct text *text)
{
    const size_t length = strcspn(*from, "\n");
    text_add(text, "%.*s", (int)length, *from);
    *from += length + ((*from)[length] == '\n');
    return length;
}

/* Two texts side by side where there is room, else one under the other. */
static void add_beside(const char *left, const char *right, struct text *text)
{
    const size_t column = text_columns(left) + GAP;
    const bool fits = column + text_columns(right) <= WIDTH;
    for (; *left || *right; end_line(text)) {
        const size_t used = add_line(*left || fits ? &left : &right, text);
        if (!fits) continue;
        text_fill(text, ' ', column - used);
        add_line(&right, text);
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

static void add_legend(const struct explanation *explanation, struct text *text)
{
    const struct grid_view *const view = &explanation->view;
    const char *const left_out = explanation_words(explanation, WORDS_LEFT_OUT);
    text_add(text, "[ ] takes part%s%s\n%s%s\n",
             view->has[CELL_PADDING] ? "   . padding, read as 0" : "",
             view->has[CELL_GAP] ? "   _ a 0 that the stride leaves between"
                                 : "",
             left_out, *left_out ? "\n" : "");
}

void explain_text(const struct explanation *explanation, struct text *text)
{
    const struct grid_view *const view = &explanation->view;
    const char *words[WORDS_COUNT];
    for (size_t i = 0; i < WORDS_COUNT; i++)
        words[i] = explanation_words(explanation, (enum words)i);
    const enum words head[] = {WORDS_GEOMETRY, WORDS_SOURCE, WORDS_UPSTREAM};
    if (*words[WORDS_LAYER])
        text_add(text, "%s: %s\n%s\n", words[WORDS_LAYER], words[WORDS_NAME],
                 words[WORDS_NUMBER]);
    else
        text_add(text, "%s: %s\n", words[WORDS_NAME], words[WORDS_NUMBER]);
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        if (*words[head[i]]) text_add(text, "%s\n", words[head[i]]);
    text_add(text, "\n%s%s", words[WORDS_FACTS],
             *words[WORDS_FACTS] ? "\n" : "");
    for (size_t i = 0; i < view->count; i++)
        add_pair(&view->pairs[i], explanation->config->explain.digits, text);
    if (view->count) add_legend(explanation, text);
    text_add(text, "%s\n%s", words[WORDS_TABLE], words[WORDS_VERDICT]);
}

/* The map: positions side by side, an output in each line. */
struct sheet {
    const struct map_axis *map;
    int width;  /* of a position */
    int margin; /* of what stands before them */
};

/* What a position shows in the lines of the inputs and of the readers. */
static void add_ends(const struct sheet *sheet, bool readers, struct text *text)
{
    const struct axis *const axis = &sheet->map->axis;
    text_add(text, "  %-*s", sheet->margin, readers ? "read by" : "input");
    for (size_t i = 0; i < sheet->map->positions; i++)
        if (readers)
            text_add(text, "%*zu", sheet->width, axis_readers(axis, i));
        else if (axis_is_input(axis, i))
            text_add(text, "%*zu", sheet->width, i - axis->before);
        else
            text_add(text, "%*s", sheet->width, ".");
    text_add(text, "%s\n", sheet->map->positions < axis->padded ? " ..." : "");
}

static void add_output(const struct sheet *sheet, size_t output,
                       struct text *text)
{
    const struct axis *const axis = &sheet->map->axis;
    text_add(text, "  output %-*zu", sheet->margin - (int)strlen("output "),
             output);
    for (size_t i = 0; i < sheet->map->positions; i++) {
        const char *cell = "";
        switch (axis_cover(axis, output, i)) {
        case COVER_TAP: cell = axis_is_input(axis, i) ? "#" : "o"; break;
        case COVER_BETWEEN: cell = "-"; break;
        case COVER_NONE: break;
        }
        text_add(text, "%*s", sheet->width, cell);
    }
    end_line(text);
}

static void add_axis(const struct map_axis *map, struct text *text)
{
    const struct axis *const axis = &map->axis;
    size_t most = map->positions - 1;
    for (size_t i = 0; i < map->positions; i++) {
        const size_t readers = axis_readers(axis, i);
        if (readers > most) most = readers;
    }
    const struct sheet sheet = {
        .map = map,
        .width = snprintf(NULL, 0, "%zu", most) + 1,
        .margin = snprintf(NULL, 0, "output %zu", map->outputs) + 1};
    text_add(text, "%s: %s\n\n%s\n", axis->name, map->facts.data,
             map->formula.data);
    add_ends(&sheet, false, text);
    for (size_t i = 0; i < map->outputs; i++) add_output(&sheet, i, text);
    if (map->outputs < axis->out)
        text_add(text, "  ... %zu more\n", axis->out - map->outputs);
    add_ends(&sheet, true, text);
    text_add(text, "\n%s", map->rest.data);
}

void map_text(const struct map *map, struct text *text)
{
    for (size_t i = 0; i < map->count; i++) {
        if (i) text_fill(text, '\n', 1);
        add_axis(&map->axes[i], text);
    }
    text_add(text, "\n# a tap reads an input%s%s\n",
             map->padding ? "   o a tap reads padding, a 0" : "",
             map->between ? "   - between two taps" : "");
}
