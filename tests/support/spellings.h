/* spellings.h - the ways to write a number, right and wrong ones. */
#ifndef SPELLINGS_H
#define SPELLINGS_H

#include <stdbool.h>
#include <stddef.h>

/* A way to write a number, and what it means where a whole number is wanted,
 * and where any is. */
struct spelling {
    const char *text;
    bool is_whole, is_real, is_blank; /* is_blank: a file has blanks there */
    size_t size;
    double real;
};

extern const struct spelling spellings[];
extern const size_t spelling_count;

#endif
