/* quote.c - the quotes around a value of a config file. */
/*
 * bound:   texts in quotes of 1 to 32 bytes, of each such size; values of 0 to
 *          12 bytes, but of 1 to 3 where the first is a #
 * takes:   minutes
 * sources: lib/convlet/utf8.c
 * options: -eva-precision 0 -eva-domains cvalue -eva-ilevel 100
 *          -eva-slevel 100000 -eva-slevel-function prove:0
 *          -eva-split-return-function
 *          text_find:full,text_length:full,cvl_control_length:full
 */
#include <limits.h>

#include "texts.h"

#include "cli/quote.c"

enum { MOST_IN_QUOTES = 32, MOST = 12, MOST_MARKED = 3 };

/* A value of so many bytes, the first of which is in a range, or 0. */
static void look(size_t size, char low, char high)
{
    char *const value = text_of(0, size + 1);
    if (!value) return;
    value[0] = Frama_C_char_interval(low, high);
    Frama_C_make_unknown(value + 1, size - 1);
    quoted_size(value);
}

void prove(void)
{
    static char marked[MOST_MARKED + 1] = "#";
    //@ loop unroll MOST_IN_QUOTES;
    for (size_t size = 1; size <= MOST_IN_QUOTES; size++) {
        char *const text = text_of(size, size + 1);
        if (text) unquote(text);
    }
    quoted_size("");
    //@ loop unroll MOST + 1;
    for (size_t size = 1; size <= MOST; size++) {
        look(size, CHAR_MIN, '#' - 1);
        look(size, '#' + 1, CHAR_MAX);
    }
    Frama_C_make_unknown(marked + 1, MOST_MARKED - 1);
    //@ loop unroll MOST_MARKED;
    for (size_t size = 1; size <= MOST_MARKED; size++) {
        marked[size] = '\0';
        quoted_size(marked);
    }
}
