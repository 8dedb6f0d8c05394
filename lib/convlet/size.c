/* size.c - see size.h for the contract. */
#include "convlet/size.h"

#include <stdint.h>

bool cvl_size_mul(size_t a, size_t b, size_t *out)
{
    if (b && a > SIZE_MAX / b) return false;
    *out = a * b;
    return true;
}

bool cvl_size_add(size_t a, size_t b, size_t *out)
{
    if (a > SIZE_MAX - b) return false;
    *out = a + b;
    return true;
}

bool cvl_size_product(const size_t *sizes, size_t count, size_t *out)
{
    size_t product = 1;
    for (size_t i = 0; i < count; i++)
        if (!cvl_size_mul(product, sizes[i], &product)) return false;
    *out = product;
    return true;
}

size_t cvl_size_divisor(size_t a, size_t b)
{
    while (b) {
        const size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

bool cvl_size_align(size_t size, size_t *out)
{
    if (!cvl_size_add(size, CVL_ALIGNMENT - 1, out)) return false;
    *out -= *out % CVL_ALIGNMENT;
    return true;
}

size_t cvl_aligned(size_t bytes)
{
    const size_t beyond = bytes + CVL_ALIGNMENT - 1;
    return beyond - beyond % CVL_ALIGNMENT;
}

bool cvl_size_parse(const char **text, const char *end, size_t *value)
{
    const char *const start = *text;
    bool fits = true;
    *value = 0;
    for (; *text != end && **text >= '0' && **text <= '9'; ++*text)
        fits = fits && cvl_size_mul(*value, 10, value) &&
               cvl_size_add(*value, (size_t)(**text - '0'), value);
    if (!fits) *value = SIZE_MAX;
    return fits && *text != start;
}
