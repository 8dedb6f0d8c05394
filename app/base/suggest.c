/* suggest.c - see suggest.h for the contract. */
#include "base/suggest.h"

#include <stdbool.h>
#include <string.h>

static size_t smallest(size_t a, size_t b, size_t c)
{
    const size_t d = a < b ? a : b;
    return d < c ? d : c;
}

/*
 * Edits that turn a into b, both shorter than SUGGEST_LIMIT, two neighbours
 * swapped counting once: row i of the table needs rows i-1 and i-2 only.
 * Source: Damerau, 1964; the "optimal string alignment" form.
 */
static size_t edit_distance(const char *a, const char *b)
{
    const size_t m = strlen(a), n = strlen(b);
    size_t rows[3][SUGGEST_LIMIT + 1];
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
    if (!length || length >= SUGGEST_LIMIT ||
        strlen(candidate) >= SUGGEST_LIMIT)
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
