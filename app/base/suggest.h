/* suggest.h - "did you mean": the known word that is nearest to a typo. */
#ifndef CONVLET_BASE_SUGGEST_H
#define CONVLET_BASE_SUGGEST_H

#include <stddef.h>

#include "cli/option.h"

/* Start with the word alone, then try every candidate; {0} otherwise. */
struct suggestion {
    const char *word;
    const char *answer; /* the best so far; NULL if none is near */
    size_t distance;
};

/*
 * Remembers `answer` if `candidate` is nearer to the word than what was tried
 * before, and near at all: about one mistake in three characters, a mistake
 * being a character too many, too few, wrong, or two swapped; or the word is
 * the beginning of the candidate. A single letter is near itself alone.
 */
void suggest_try(struct suggestion *suggestion, const char *candidate,
                 const char *answer);

/* The nearest of the words, which end in NULL; or NULL. */
const char *suggest_word(const char *word, const char *const *words);

enum suggest_kind { SUGGEST_FLAG, SUGGEST_SWITCH, SUGGEST_KEY };

/*
 * The nearest option of the command, by its name or by the other names people
 * try for it; NULL if none is near. A KEY may stand in a config file.
 */
const char *suggest_option(const char *name, enum command_id command,
                           enum suggest_kind kind);

#endif
