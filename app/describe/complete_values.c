/* complete_values.c - what can stand behind a flag; see complete.h. */
#include <stdio.h>
#include <string.h>

#include "describe/complete.h"

/* A word that is not there yet. */
static void add_word(struct complete_values *values, const char *prefix,
                     const char *word, size_t length)
{
    char *const place = values->words[values->count];
    if (values->count == COMPLETE_WORDS) return;
    snprintf(place, COMPLETE_WORD_SIZE, "%s%.*s", prefix, (int)length, word);
    for (size_t i = 0; i < values->count; i++)
        if (strcmp(values->words[i], place) == 0) return;
    values->count++;
}

/* A piece of a metavar: what is no place holder may be typed as it is. */
static void add_piece(const struct option *option, const char *piece,
                      size_t length, struct complete_values *values)
{
    static const char filter[] = "filter:NAME";
    if (length == strlen(filter) && strncmp(piece, filter, length) == 0) {
        for (size_t i = 0; option->choices[i]; i++)
            add_word(values, "filter:", option->choices[i],
                     strlen(option->choices[i]));
        return;
    }
    if (strncmp(piece, "FILE", 4) == 0) values->files = true;
    if (strncmp(piece, "DIR", 3) == 0) values->directories = true;
    if (piece[0] >= 'a' && piece[0] <= 'z') add_word(values, "", piece, length);
}

void complete_values_of(const struct option *option,
                        struct complete_values *values)
{
    *values = (struct complete_values){0};
    if (option->type == TYPE_CHOICE || option->type == TYPE_NAME)
        for (size_t i = 0; option->choices[i]; i++)
            add_word(values, "", option->choices[i],
                     strlen(option->choices[i]));
    if (option->zero) add_word(values, "", option->zero, strlen(option->zero));
    for (const char *piece = option->metavar; piece && *piece;) {
        const size_t length = strcspn(piece, "|");
        add_piece(option, piece, length, values);
        piece += length + (piece[length] == '|');
    }
}
