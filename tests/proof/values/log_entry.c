/* log_entry.c - what a line of a log of losses says, and whether it is it. */
/*
 * bound:   lines of any length, of which 127 bytes are kept; any columns
 * sources:
 * options: -eva-precision 0 -eva-domains cvalue -eva-slevel 1000
 *          -eva-use-spec next_line -warn-special-float none
 *          -eva-warn-undefined-pointer-comparison none
 *          -eva-split-return-function
 *          stop:full,text_number:full,text_size:full,number_text:full
 *          -eva-split-return-function skip_number:full
 * assumes: strtod and strtoull stop in the line, or at its end; a number
 *          is printed as 1 to 20 digits
 */
#include <ctype.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>

#include "texts.h"

#include "train/log.h"

static volatile double any;

static char *stop(void);

/* Where it stops is not held against its text. */
static double text_number(const char *text, char **end)
{
    //@ assert valid_read_string(text);
    *end = stop();
    return any;
}

static size_t text_size(const char *text, char **end)
{
    text_number(text, end);
    return Frama_C_size_t_interval(0, SIZE_MAX);
}

/* Digits, and how many: 1 to 20. */
static int number_text(char *text, size_t room)
{
    //@ assert room > 20;
    int size = 1;
    while (size < 20 && Frama_C_nondet(0, 1)) size++;
    for (int i = 0; i < size; i++) text[i] = Frama_C_char_interval('0', '9');
    text[size] = '\0';
    return size;
}

#define strtod(text, end) text_number(text, end)
#define strtoull(text, end, base) text_size(text, end)
#undef snprintf
#define snprintf(text, size, ...) number_text(text, size)
#include "train/log.c"

/* The row log_line is of it. Behind the last of the bytes is always a zero. */
/*@ requires \valid(reader);
    assigns \result, reader->at, reader->end, reader->failed,
            reader->buffer[..], reader->line[0 .. 126]
            \from indirect:reader->line[0 .. 126];
    ensures \initialized(&reader->line[0 .. 126]); */
static size_t next_line(struct reader *reader);

static char *line;

/* At the zero that is always there, or at any place of the line before it. */
static char *stop(void)
{
    enum { LAST = sizeof((struct reader *)0)->line - 1 };
    if (Frama_C_nondet(0, 1)) return line + LAST;
    return line + Frama_C_size_t_interval(0, LAST - 1);
}

void prove(void)
{
    struct log_entry *entry;
    struct reader *reader;
    const struct loss_log log = {
        .columns = Frama_C_unsigned_int_interval(0, UINT_MAX)};
    //@ eva_allocate fresh_weak;
    reader = calloc(1, sizeof *reader);
    //@ eva_allocate fresh_weak;
    entry = calloc(1, sizeof *entry);
    if (!reader || !entry) return;
    line = reader->line;
    next_entry(&log, reader, entry);
    is_line_of(line, Frama_C_size_t_interval(0, SIZE_MAX), log.columns);
}
