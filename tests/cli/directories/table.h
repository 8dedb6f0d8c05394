/* table.h - the rows of docs/reliability.md, "Directories and neighbours". */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum { CELL = 400, WORD = 80, MOST_ROWS = 300 };

/* | things | way | commands | status | said | stays | */
struct row {
    size_t line; /* of the page */
    char things[CELL], way[CELL], commands[CELL], status[CELL], said[CELL],
        stays[CELL];
};

/* Reads the section's rows, without the quotes of code; their number, or 0
 * where the page cannot be read or a row has not as many cells. */
size_t table_read(const char *page, struct row rows[MOST_ROWS]);

/* Takes the next of the words between commas; what follows, or NULL. */
const char *table_word(const char *list, char word[WORD]);

/* Is the word one of the list? */
bool table_has(const char *list, const char *word);

#endif
