/* msan_cjson.c - lets cJSON, which is not instrumented, run under MSan. */
#include <cjson/cJSON.h>
#include <sanitizer/msan_interface.h>

/*
 * What code that MSan does not see has written looks uninitialised. The linker
 * sends the calls that make trees here (--wrap).
 */
cJSON *__real_cJSON_Parse(const char *text);
cJSON *__wrap_cJSON_Parse(const char *text);

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
