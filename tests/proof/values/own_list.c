/* own_list.c - what a list of a run's files says of one of them. */
/*
 * bound:   lists of 0 to 40 bytes, of each such size; a name of 8
 * sources:
 * options: -eva-precision 0 -eva-domains cvalue -eva-slevel 100000
 *          -eva-split-return-function
 *          text_find:full,text_length:full,text_differs:full,text_size:full
 *          -eva-slevel-function prove:0
 * assumes: strtoull stops in the list, or at its end
 */
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/stat.h>

#include "texts.h"

/* A number ends at any place up to the text's end. */
static size_t text_size(const char *text, char **end)
{
    //@ assert valid_read_string(text);
    while (*text && Frama_C_nondet(0, 1)) text++;
    if (end) *end = (char *)text;
    return Frama_C_size_t_interval(0, SIZE_MAX);
}

#define strncmp(a, b, most) text_differs(a, b, most)
#define strtoull(text, end, base) text_size(text, end)
#include "train/own.c"

enum { MOST = 40 };

void prove(void)
{
    struct source_mark mark;
    const char *const list = text_of(MOST, MOST + 1);
    if (!list) return;
    own_find(NULL, "loss.csv", &mark);
    //@ loop unroll MOST + 1;
    for (size_t i = 0; i <= MOST; i++) own_find(list + i, "loss.csv", &mark);
}
