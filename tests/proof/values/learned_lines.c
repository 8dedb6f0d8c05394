/* learned_lines.c - what a run learned from, as a checkpoint lists it. */
/*
 * bound:   lists of 0 to 5 bytes, of each such size, against one of short lines
 * sources:
 * options: -eva-precision 0 -eva-domains cvalue -eva-slevel 100000
 *          -inline-calls read_line,take_word
 *          -eva-split-return-function text_word:full,text_length:full
 *          -eva-slevel-function prove:0
 * assumes: text_add reads no further than a text's end
 */
#include "texts.h"

#include "base/text.h"

/* How many bytes come before a newline, or a space where that ends it too. */
static size_t text_word(const char *text, int has_space)
{
    size_t size = 0;
    while (text[size] && text[size] != '\n' &&
           !(has_space && text[size] == ' '))
        size++;
    return size;
}

/* What is added to may be without memory. */
static void add(struct text *text)
{
    text->data = Frama_C_nondet(0, 1) ? "what was added" : NULL;
}

#define text_add(text, ...) \
    (snprintf(assumed_message, sizeof assumed_message, __VA_ARGS__), add(text))
#define strncmp(a, b, most) text_compared(a, b)
#undef strcspn
#define strcspn(text, set) text_word(text, *(set) == ' ')
#include "train/learned.c"

enum { MOST = 5 };

void text_free(struct text *text)
{
    text->data = NULL;
}

void prove(void)
{
    cvl_error err;
    struct learned learned = {.list = {.data = "a\nb c\n\nd\n"}};
    const struct config config = {.data = {.target = "a path"}};
    static char then[MOST + 1];
    Frama_C_make_unknown(then, MOST);
    //@ loop unroll MOST + 1;
    for (size_t size = 0; size <= MOST; size++)
        learned_check(&learned, &config, then + MOST - size, &err);
}
