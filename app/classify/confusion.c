/* confusion.c - see confusion.h for the contract. */
#include "classify/confusion.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <convlet/memory.h>
#include <convlet/size.h>

/* Classes that a table is made of, and pairs that are listed instead. */
enum { MOST_COLUMNS = 20, MOST_PAIRS = 20, NAME_COLUMNS = 16 };

cvl_status confusion_init(struct confusion *confusion, size_t classes,
                          cvl_error *err)
{
    const size_t sizes[3] = {classes, classes, sizeof(size_t)};
    size_t bytes;
    void *count;
    *confusion = (struct confusion){0};
    if (!cvl_size_product(sizes, 3, &bytes))
        return cvl_fail(err, CVL_ENOMEM, "%zu classes are too many", classes);
    const cvl_status status =
        cvl_alloc(&count, bytes, "the confusion matrix", err);
    if (status) return status;
    *confusion = (struct confusion){.classes = classes, .count = count};
    return CVL_OK;
}

static size_t at(const struct confusion *c, size_t truth, size_t answer)
{
    return c->count[truth * c->classes + answer];
}

void confusion_clear(struct confusion *confusion)
{
    const size_t classes = confusion->classes;
    memset(confusion->count, 0, classes * classes * sizeof(size_t));
    confusion->right = confusion->total = 0;
}

void confusion_add(struct confusion *confusion, size_t truth, size_t answer)
{
    confusion->count[truth * confusion->classes + answer]++;
    confusion->right += truth == answer;
    confusion->total++;
}

void confusion_add_verdict(const struct confusion *confusion, struct text *text)
{
    text_add(text, "%zu of %zu right (%.1f %%)", confusion->right,
             confusion->total,
             confusion->total
                 ? 100.0 * (double)confusion->right / (double)confusion->total
                 : 0.0);
}

/* How wide a column must be for its numbers and its name. */
static int column_width(const struct confusion *c, const char *name,
                        size_t answer)
{
    char number[24];
    size_t width = strlen(name);
    if (width > NAME_COLUMNS) width = NAME_COLUMNS;
    for (size_t truth = 0; truth < c->classes; truth++) {
        const size_t length = (size_t)snprintf(number, sizeof number, "%zu",
                                               at(c, truth, answer));
        if (length > width) width = length;
    }
    return (int)width;
}

static void add_matrix(const struct confusion *c, const char *const *names,
                       struct text *text)
{
    int first = (int)strlen("is \\ taken for");
    int width[MOST_COLUMNS];
    for (size_t k = 0; k < c->classes; k++)
        width[k] = column_width(c, names[k], k);
    text_add(text, "is \\ taken for");
    for (size_t k = 0; k < c->classes; k++)
        text_add(text, "  %*.*s", width[k], NAME_COLUMNS, names[k]);
    for (size_t truth = 0; truth < c->classes; truth++) {
        text_add(text, "\n%-*.*s", first, first, names[truth]);
        for (size_t k = 0; k < c->classes; k++)
            if (at(c, truth, k))
                text_add(text, "  %*zu", width[k], at(c, truth, k));
            else
                text_add(text, "  %*s", width[k], ".");
    }
    text_add(text, "\n");
}

/* That of the most answers among those with fewer than the last one, or as many
 * and behind it. */
bool confusion_next_pair(const struct confusion *c, size_t *pair, size_t *most)
{
    const size_t below = *most, last = *pair;
    size_t found = 0, best = 0;
    for (size_t i = 0; i < c->classes * c->classes; i++) {
        const size_t n = c->count[i];
        if (i / c->classes == i % c->classes || n <= best) continue;
        if (n < below || (n == below && i > last)) {
            best = n;
            found = i;
        }
    }
    *pair = found;
    *most = best;
    return best > 0;
}

static void add_pairs(const struct confusion *c, const char *const *names,
                      struct text *text)
{
    size_t pair = 0, most = SIZE_MAX;
    for (size_t i = 0; i < MOST_PAIRS && confusion_next_pair(c, &pair, &most);
         i++)
        text_add(text, "%s taken for %s: %zu\n", names[pair / c->classes],
                 names[pair % c->classes], most);
}

void confusion_add_table(const struct confusion *confusion,
                         const char *const *names, struct text *text)
{
    if (confusion->classes > MOST_COLUMNS)
        add_pairs(confusion, names, text);
    else
        add_matrix(confusion, names, text);
}

void confusion_free(struct confusion *confusion)
{
    cvl_free(confusion->count);
    *confusion = (struct confusion){0};
}
