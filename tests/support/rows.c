/* rows.c - see rows.h. */
#include "rows.h"

#include <check.h>
#include <string.h>

#include "convlet/loss.h"
#include "convlet/net.h"
#include "convlet/optimizer.h"

static const struct {
    const char *word, *last; /* what stands before the last name */
    const char *(*name)(size_t index);
} lists[] = {
    {"{layers}", " and ", cvl_layer_kind_name},
    {"{losses}", ", ", cvl_loss_kind_name},
    {"{optimizers}", ", ", cvl_optimizer_kind_name},
};

static void append(char *text, size_t size, const char *piece, size_t length)
{
    const size_t used = strlen(text);
    ck_assert_uint_lt(used + length, size);
    memcpy(text + used, piece, length);
    text[used + length] = '\0';
}

/* The list that `at` begins with, or the number of lists. */
static size_t list_at(const char *at)
{
    const size_t count = sizeof lists / sizeof lists[0];
    size_t i = 0;
    while (i < count && strncmp(at, lists[i].word, strlen(lists[i].word)) != 0)
        i++;
    return i;
}

const char *rows_named(const char *message, char *text, size_t size)
{
    text[0] = '\0';
    for (const char *at = message; *at;) {
        const size_t list = list_at(at);
        if (list == sizeof lists / sizeof lists[0]) {
            append(text, size, at++, 1);
            continue;
        }
        at += strlen(lists[list].word);
        const char *name;
        for (size_t i = 0; (name = lists[list].name(i)); i++) {
            const char *const joint = !i ? ""
                                      : lists[list].name(i + 1)
                                          ? ", "
                                          : lists[list].last;
            append(text, size, joint, strlen(joint));
            append(text, size, name, strlen(name));
        }
    }
    return text;
}
