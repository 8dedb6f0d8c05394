/* least.h - the smaller of two sizes. */
#ifndef CONVLET_BASE_LEAST_H
#define CONVLET_BASE_LEAST_H

#include <stddef.h>

static inline size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

#endif
