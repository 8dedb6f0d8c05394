/* names.h - private: what the values of an enum are called. */
#ifndef CVL_NAMES_H
#define CVL_NAMES_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* The index of `name` among the names of the values 0 .. count - 1; `count`
 * where it is none of them. */
static inline size_t cvl_names_find(const char *const *names, size_t count,
                                    const char *name)
{
    size_t i = 0;
    while (i < count && strcmp(name, names[i]) != 0) i++;
    return i;
}

/* The index of `word` among the names that name(0) and on give, up to the first
 * NULL; that of the NULL where it is none of them. */
static inline size_t cvl_names_index(const char *(*name)(size_t index),
                                     const char *word)
{
    size_t i = 0;
    while (name(i) && strcmp(word, name(i)) != 0) i++;
    return i;
}

/* Writes "a, b and c" of the names that name(0) and on give, up to the first
 * NULL; returns text, cut off where it is too short. */
static inline const char *cvl_names_list(const char *(*name)(size_t index),
                                         char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (size_t i = 0; name(i) && used < size; i++) {
        const char *const joint = !i ? "" : name(i + 1) ? ", " : " and ";
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s", joint, name(i));
    }
    return text;
}

#endif
