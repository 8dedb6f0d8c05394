/* suggest.c - see suggest.h for the contract. */
#include "base/suggest.h"

#include <stdbool.h>
#include <string.h>

enum { WORD_LIMIT = 48 };

static size_t smallest(size_t a, size_t b, size_t c)
{
    const size_t d = a < b ? a : b;
    return d < c ? d : c;
}

/*
 * Edits that turn a into b, both shorter than WORD_LIMIT, two neighbours
 * swapped counting once: row i of the table needs rows i-1 and i-2 only.
 * Source: Damerau, 1964; the "optimal string alignment" form.
 */
static size_t edit_distance(const char *a, const char *b)
{
    const size_t m = strlen(a), n = strlen(b);
    size_t rows[3][WORD_LIMIT + 1];
    for (size_t j = 0; j <= n; j++) rows[0][j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t *const row = rows[i % 3];
        const size_t *const last = rows[(i + 2) % 3];
        const size_t *const before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            const bool same = a[i - 1] == b[j - 1];
            row[j] = smallest(last[j] + 1, row[j - 1] + 1,
                              last[j - 1] + (same ? 0 : 1));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smallest(row[j], before[j - 2] + 1, row[j]);
        }
    }
    return rows[m % 3][n];
}

void suggest_try(struct suggestion *suggestion, const char *candidate,
                 const char *answer)
{
    const char *const word = suggestion->word;
    const size_t length = strlen(word);
    if (!length || length >= WORD_LIMIT || strlen(candidate) >= WORD_LIMIT)
        return;
    const size_t limit = length < 2 ? 0 : length < 6 ? 1 : length / 3;
    size_t distance = edit_distance(word, candidate);
    if (length > 2 && strncmp(word, candidate, length) == 0 && distance > 1)
        distance = 1;
    if (distance > limit) return;
    if (suggestion->answer && distance >= suggestion->distance) return;
    suggestion->answer = answer;
    suggestion->distance = distance;
}

const char *suggest_word(const char *word, const char *const *words)
{
    struct suggestion suggestion = {.word = word};
    for (; *words; words++) suggest_try(&suggestion, *words, *words);
    return suggestion.answer;
}

/* Tries each of the space-separated words for the answer. */
static void try_akin(struct suggestion *suggestion, const char *akin,
                     const char *answer)
{
    while (akin && *akin) {
        char word[WORD_LIMIT];
        const size_t length = strcspn(akin, " ");
        if (length < sizeof word) {
            memcpy(word, akin, length);
            word[length] = '\0';
            suggest_try(suggestion, word, answer);
        }
        akin += length + strspn(akin + length, " ");
    }
}

const char *suggest_option(const char *name, enum command_id command,
                           enum suggest_kind kind)
{
    struct suggestion suggestion = {.word = name};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < option_count; i++) {
            const struct option *const option = &option_table[i];
            const bool is_switch = option->type == TYPE_SWITCH;
            const bool is_key = option->section != SECTION_FLAGS;
            if (!option_is_for(option, command) ||
                (kind == SUGGEST_SWITCH && !(is_switch && is_key)) ||
                (kind == SUGGEST_KEY && !is_key))
                continue;
            if (pass == 0)
                suggest_try(&suggestion, option->name, option->name);
            else
                try_akin(&suggestion, option->akin, option->name);
        }
    }
    return suggestion.answer;
}
