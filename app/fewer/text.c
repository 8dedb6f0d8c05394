/* text.c - the steps of a tile for the terminal; see fewer.h. */
#include <string.h>

#include "base/number.h"
#include "fewer/plates.h"

/* What fits side by side fits into so many columns. */
enum { WIDTH = 80, GAP = 3 };

struct sheet {
    const struct fewer *fewer;
    struct text *text;
};

static const char *cell(const struct sheet *sheet, const struct plate *plate,
                        size_t at, size_t digits, char text[NUMBER_SIZE])
{
    const struct fewer_question *const q = sheet->fewer->question;
    const size_t row = at / plate->columns, column = at % plate->columns;
    if (plate_is_padding(plate, q, row, column)) return ".";
    return number_digits(plate->numbers[at], digits, text);
}

/* How the numbers of a table are written, all alike. */
struct cells {
    size_t digits, width; /* of the longest, with a place for a bracket at both
                             sides */
};

/* As many digits as are asked for, and as fit. */
static struct cells cells_of(const struct sheet *sheet,
                             const struct plate *plate)
{
    struct cells cells = {sheet->fewer->question->config->explain.digits, 0};
    char text[NUMBER_SIZE];
    for (;; cells.digits--) {
        cells.width = 3;
        for (size_t i = 0; i < plate->rows * plate->columns; i++) {
            const size_t length =
                strlen(cell(sheet, plate, i, cells.digits, text));
            if (length + 2 > cells.width) cells.width = length + 2;
        }
        if (cells.width * plate->columns <= WIDTH || cells.digits == 1)
            return cells;
    }
}

static size_t plate_width(const struct sheet *sheet, const struct plate *plate)
{
    const size_t numbers = plate->columns * cells_of(sheet, plate).width;
    const size_t title = strlen(plate->title);
    return title > numbers ? title : numbers;
}

static void end_line(struct text *text)
{
    while (text->size && text->data[text->size - 1] == ' ') text->size--;
    text_fill(text, '\n', 1);
}

/* A line of one table, filled up to its width. */
static void add_row(const struct sheet *sheet, const struct plate *plate,
                    size_t row, struct text *text)
{
    const struct cells cells = cells_of(sheet, plate);
    const int width = (int)cells.width - 2;
    char number[NUMBER_SIZE];
    size_t used = 0;
    for (size_t c = 0; row < plate->rows && c < plate->columns; c++) {
        const size_t at = row * plate->columns + c;
        const bool marked = plate_is_marked(plate, row, c);
        text_add(text, "%c%*s%c", marked ? '[' : ' ', width,
                 cell(sheet, plate, at, cells.digits, number),
                 marked ? ']' : ' ');
        used += cells.width;
    }
    text_fill(text, ' ', plate_width(sheet, plate) + GAP - used);
}

/* Those from `first` to before `end`, side by side. */
static void add_line(const struct sheet *sheet, const struct plate_row *row,
                     size_t first, size_t end)
{
    struct text *const text = sheet->text;
    size_t lines = 0;
    for (size_t i = first; i < end; i++) {
        const struct plate *const plate = &row->plates[i];
        const size_t width = plate_width(sheet, plate) + GAP;
        text_add(text, "%-*s", (int)width, plate->title);
        if (plate->rows > lines) lines = plate->rows;
    }
    end_line(text);
    for (size_t line = 0; line < lines; line++) {
        for (size_t i = first; i < end; i++)
            add_row(sheet, &row->plates[i], line, text);
        end_line(text);
    }
    text_fill(text, '\n', 1);
}

static void add_plates(void *context, const struct plate_row *row)
{
    const struct sheet *const sheet = context;
    if (row->about[0]) text_add(sheet->text, "%s\n", row->about);
    for (size_t first = 0, end; first < row->count; first = end) {
        size_t width = plate_width(sheet, &row->plates[first]);
        for (end = first + 1; end < row->count; end++) {
            width += GAP + plate_width(sheet, &row->plates[end]);
            if (width > WIDTH) break;
        }
        add_line(sheet, row, first, end);
    }
}

void fewer_text(const struct fewer *fewer, struct text *text)
{
    const struct fewer_question *const q = fewer->question;
    struct sheet sheet = {fewer, text};
    if (*q->layer) text_add(text, "%s: %s\n", q->layer, q->name);
    text_add(text, "%s%s%s\n%s\n", *q->layer ? "" : q->name,
             *q->layer ? "" : ": ", q->number, q->geometry);
    if (*q->source) text_add(text, "%s\n", q->source);
    plates_place(fewer, text);
    text_add(text, "\n\n");
    plates_visit(fewer, add_plates, &sheet);
    plates_verdict(fewer, text);
}
