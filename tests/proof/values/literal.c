/* literal.c - numbers and axes that are written on the command line. */
/*
 * bound:   lists of 0 to 5 bytes, the first of which is no blank, whose numbers
 *          are counted; axes behind a word of 0 to 8 bytes; each such size
 * takes:   minutes
 * sources: lib/convlet/size.c
 * options: -eva-precision 0 -eva-domains cvalue -eva-slevel 100000
 *          -warn-special-float none -eva-slevel-function prove:0
 *          -eva-slevel-function look:0 -eva-split-return-function
 *          text_find:full,span:full,text_length:full,cvl_size_parse:full
 *          -eva-split-return-function cvl_number_read:full,skip:full
 *          -eva-split-return-function open_axis:full,close_axis:full
 *          -eva-split-return-function read_number:full
 * assumes: cvl_number_read and text_clip read no further than a text's end
 */
#include <limits.h>

#include "quoted.h"

/* Of blanks all that are there, of anything else any part of the text: it is
 * not said which of many bytes each one is. */
static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t span(const char *text, int of_blanks)
{
    size_t size = 0;
    while (text[size] &&
           (of_blanks ? is_blank(text[size]) : Frama_C_nondet(0, 1)))
        size++;
    return size;
}

#undef strspn
#define strspn(text, set) span(text, *(set) == ' ')
#include "data/literal.c"

enum { MOST_LIST = 5, MOST_AXES = 8 };

/* A list whose first byte is in a range. */
static void look(const char *end, size_t size, char low, char high)
{
    cvl_error err;
    char *const text = (char *)end - size;
    Frama_C_make_unknown(text, size);
    text[0] = Frama_C_char_interval(low, high);
    struct list list = {.text = text, .at = text, .err = &err};
    read_list(&list);
}

void prove(void)
{
    static char list[MOST_LIST + 1];
    static char axes[MOST_AXES + 1];
    size_t ndim, shape[CVL_MAX_NDIM];
    cvl_error err;
    struct list empty = {.text = "", .at = "", .err = &err};
    read_list(&empty);
    //@ loop unroll MOST_LIST;
    for (size_t size = 1; size <= MOST_LIST; size++) {
        const char *const end = list + MOST_LIST;
        look(end, size, CHAR_MIN, '\t' - 1);
        look(end, size, '\n' + 1, '\r' - 1);
        look(end, size, '\r' + 1, ' ' - 1);
        look(end, size, ' ' + 1, '[' - 1);
        look(end, size, '[', '[');
        look(end, size, '[' + 1, CHAR_MAX);
    }
    Frama_C_make_unknown(axes, MOST_AXES);
    //@ loop unroll MOST_AXES + 1;
    for (size_t size = 0; size <= MOST_AXES; size++)
        read_axes(axes, axes + MOST_AXES - size, &ndim, shape, &err);
}
