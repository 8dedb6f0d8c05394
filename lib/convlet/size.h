/* size.h - sums, products and decimals of sizes that come from outside. */
#ifndef CVL_SIZE_H
#define CVL_SIZE_H

#include <stdbool.h>
#include <stddef.h>

/* Every block starts on a cache line, which is also the widest vector. */
enum cvl_size_layout { CVL_ALIGNMENT = 64 };

/* The smaller of two. */
static inline size_t cvl_least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* *out = a * b, or a + b; false, with *out untouched, where that overflows. */
bool cvl_size_mul(size_t a, size_t b, size_t *out);
bool cvl_size_add(size_t a, size_t b, size_t *out);

/* The product of `count` sizes; false where it overflows. */
bool cvl_size_product(const size_t *sizes, size_t count, size_t *out);

/* The largest that divides both; one of them is not 0. */
size_t cvl_size_divisor(size_t a, size_t b);

/* The next multiple of CVL_ALIGNMENT; false where it overflows. */
bool cvl_size_align(size_t size, size_t *out);

/* The same of a size that exists, and so cannot overflow. */
size_t cvl_aligned(size_t bytes);

/*
 * Reads the digits at *text, up to `end` (NULL: a string, up to what is no
 * digit), and moves *text behind the last of them. *value is their number; 0
 * where there are none, and *text has not moved; SIZE_MAX where no size is as
 * large. Returns whether there was a number, and it fits.
 */
bool cvl_size_parse(const char **text, const char *end, size_t *value);

#endif
