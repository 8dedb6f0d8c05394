/* msan_cjson.c - lets cJSON, which is not instrumented, run under MSan. */
#include <stdbool.h>
#include <stdlib.h>

#include <cjson/cJSON.h>
#include <sanitizer/msan_interface.h>

/*
 * What code that MSan does not see has written looks uninitialised. The linker
 * sends the calls that make trees and texts here (--wrap), also those of the
 * library.
 */
cJSON *__real_cJSON_Parse(const char *text);
cJSON *__wrap_cJSON_Parse(const char *text);
cJSON *__real_cJSON_ParseWithLength(const char *text, size_t length);
cJSON *__wrap_cJSON_ParseWithLength(const char *text, size_t length);
char *__wrap_cJSON_Print(const cJSON *tree);

/* All nodes beside and below the first one, and their texts. */
static void unpoison(const cJSON *first)
{
    for (const cJSON *node = first; node; node = node->next) {
        __msan_unpoison(node, sizeof *node);
        if (node->string) __msan_unpoison_string(node->string);
        if (node->valuestring) __msan_unpoison_string(node->valuestring);
        unpoison(node->child);
    }
}

cJSON *__wrap_cJSON_Parse(const char *text)
{
    cJSON *const tree = __real_cJSON_Parse(text);
    unpoison(tree);
    return tree;
}

cJSON *__wrap_cJSON_ParseWithLength(const char *text, size_t length)
{
    cJSON *const tree = __real_cJSON_ParseWithLength(text, length);
    unpoison(tree);
    return tree;
}

/* Into memory that is written already: cJSON measures its own text. */
char *__wrap_cJSON_Print(const cJSON *tree)
{
    enum { LEAST = 1 << 16, MOST = 1 << 26 };
    unpoison(tree);
    for (int size = LEAST; size <= MOST; size *= 2) {
        char *const text = calloc(1, (size_t)size);
        if (text && cJSON_PrintPreallocated((cJSON *)tree, text, size, true))
            return text;
        free(text);
    }
    return NULL;
}
