/* complete.h - what shells complete, from the table of options. */
#ifndef CONVLET_DESCRIBE_COMPLETE_H
#define CONVLET_DESCRIBE_COMPLETE_H

#include "base/text.h"
#include "cli/option.h"

/* Append a script for the shell: bash 4, zsh 5, fish 3. */
void complete_bash(struct text *text);
void complete_zsh(struct text *text);
void complete_fish(struct text *text);

enum { COMPLETE_WORDS = 24, COMPLETE_WORD_SIZE = 32 };

/* What can stand behind a flag. */
struct complete_values {
    size_t count;
    char words[COMPLETE_WORDS][COMPLETE_WORD_SIZE]; /* "auto", "filter:box" */
    bool files, directories;
};

/*
 * The choices; the words among what the metavar offers, which are in small
 * letters ("random|FILE" offers "random" and files); and the word for 0.
 */
void complete_values_of(const struct option *option,
                        struct complete_values *values);

#endif
