/* names.h - private: what the values of an enum are called. */
#ifndef CVL_NAMES_H
#define CVL_NAMES_H

#include <stddef.h>
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

#endif
