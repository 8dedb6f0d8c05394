/* table.c - see table.h for the contract. */
#include "table.h"

#include <stdio.h>
#include <string.h>

enum { LINE = 2048, CELLS = 6 };

static const char SECTION[] = "## Directories and neighbours\n";

/* Between the heads of a table of rows and these. */
static const char RULER[] = "|---|---|---|---|---|---|\n";

/* Copies a cell, without the spaces around it and the quotes of code. */
static void take_cell(const char *from, const char *to, char cell[CELL])
{
    size_t size = 0;
    while (from < to && *from == ' ') from++;
    while (to > from && to[-1] == ' ') to--;
    for (; from < to && size + 1 < CELL; from++)
        if (*from != '`') cell[size++] = *from;
    cell[size] = '\0';
}

static bool take_row(const char *line, size_t number, struct row *row)
{
    char *const cells[CELLS] = {row->things, row->way,  row->commands,
                                row->status, row->said, row->stays};
    row->line = number;
    for (size_t i = 0; i < CELLS; i++) {
        const char *const end = strchr(line + 1, '|');
        if (!end) return false;
        take_cell(line + 1, end, cells[i]);
        line = end;
    }
    return strcmp(line, "|\n") == 0;
}

size_t table_read(const char *page, struct row rows[MOST_ROWS])
{
    FILE *const file = fopen(page, "r");
    char line[LINE];
    size_t count = 0;
    bool in_section = false, in_table = false, right = file != NULL;
    for (size_t number = 1; right && fgets(line, sizeof line, file); number++) {
        if (line[0] == '#') in_section = strcmp(line, SECTION) == 0;
        if (line[0] != '|') in_table = false;
        if (strncmp(line, RULER, strlen(RULER)) == 0) {
            in_table = in_section;
            continue;
        }
        if (!in_table) continue;
        right = count < MOST_ROWS && take_row(line, number, &rows[count]);
        count++;
    }
    if (file) fclose(file);
    return right ? count : 0;
}

const char *table_word(const char *list, char word[WORD])
{
    const char *const end = strstr(list, ", ");
    const size_t size = end ? (size_t)(end - list) : strlen(list);
    snprintf(word, WORD, "%.*s", (int)size, list);
    return end ? end + 2 : NULL;
}

bool table_has(const char *list, const char *word)
{
    char one[WORD];
    while (list) {
        list = table_word(list, one);
        if (strcmp(one, word) == 0) return true;
    }
    return false;
}
