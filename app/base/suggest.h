/* suggest.h - "did you mean": the known word that is nearest to a typo. */
#ifndef CONVLET_BASE_SUGGEST_H
#define CONVLET_BASE_SUGGEST_H

#include <stddef.h>

/* Words of so many characters, and longer ones, are near none. */
enum { SUGGEST_LIMIT = 48 };

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

#endif
