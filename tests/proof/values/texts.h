/* texts.h - texts of unknown bytes, for proofs, and what the C library says. */
#ifndef TEXTS_H
#define TEXTS_H

#include <float.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <__fc_builtin.h>

/* A text of so many unknown bytes, and zeros behind them to the end of its
 * block; a zero may come before. The block is "weak": what is read of it is not
 * remembered, so that all ways to a place are one. NULL: no memory. */
static char *text_of(size_t size, size_t block)
{
    char *text;
    //@ eva_allocate fresh_weak;
    text = calloc(block, 1);
    if (text && size) Frama_C_make_unknown(text, size);
    return text;
}

/* Any number, or none. */
bool cvl_number_parse(const char *text, double *value)
{
    //@ assert valid_read_string(text);
    if (Frama_C_nondet(0, 1)) return false;
    *value = Frama_C_double_interval(-DBL_MAX, DBL_MAX);
    return true;
}

/* As the C library's, but one place after the other: it is known exactly. */
static char *text_find(const char *text, char c)
{
    for (; *text != c; text++)
        if (!*text) return NULL;
    return (char *)text;
}

static size_t text_length(const char *text)
{
    size_t size = 0;
    while (text[size]) size++;
    return size;
}

static size_t text_span(const char *text, const char *set, int inside)
{
    size_t size = 0;
    while (text[size] && !text_find(set, text[size]) != inside) size++;
    return size;
}

/* Do the first so many bytes of two texts differ? One byte after the other: it
 * is known exactly. */
static int text_differs(const char *a, const char *b, size_t most)
{
    for (size_t i = 0; i < most; i++) {
        const char x = a[i], y = b[i];
        if (x != y) return 1;
        if (!x || !y) return 0;
    }
    return 0;
}

/* Any text may begin as another. */
static int text_compared(const char *a, const char *b)
{
    //@ assert valid_read_string(a) && valid_read_string(b);
    return Frama_C_interval(-1, 1);
}

#define strchr(text, c) text_find(text, (char)(c))
#define strlen(text) text_length(text)
#define strspn(text, set) text_span(text, set, 1)
#define strcspn(text, set) text_span(text, set, 0)

#endif
