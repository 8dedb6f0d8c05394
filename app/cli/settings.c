/* settings.c - see layer.h for the contract. */
#include "cli/settings.h"

#include <stdlib.h>
#include <string.h>

struct string_node {
    struct string_node *next;
    char text[];
};

cvl_status strings_copy(struct strings *strings, const char *text,
                        const char **copy, cvl_error *err)
{
    const size_t bytes = strlen(text) + 1;
    struct string_node *const node = malloc(sizeof *node + bytes);
    if (!node)
        return cvl_fail(err, CVL_ENOMEM,
                        "out of memory: a setting needs %zu bytes", bytes);
    memcpy(node->text, text, bytes);
    node->next = strings->first;
    strings->first = node;
    *copy = node->text;
    return CVL_OK;
}

void strings_free(struct strings *strings)
{
    while (strings->first) {
        struct string_node *const node = strings->first;
        strings->first = node->next;
        free(node);
    }
}
