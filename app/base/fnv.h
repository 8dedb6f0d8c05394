/* fnv.h - a number that differs where bytes do. */
#ifndef CONVLET_BASE_FNV_H
#define CONVLET_BASE_FNV_H

#include <stddef.h>
#include <stdint.h>

/* FNV-1a of 64 bits, which any one byte changes; no protection from who means
 * harm. Source: Fowler, Noll, Vo and Eastlake, "The FNV Non-Cryptographic Hash
 * Algorithm". Of what comes behind other bytes it is fnv_add. */
static inline uint64_t fnv_add(uint64_t sum, const void *bytes, size_t size)
{
    const unsigned char *const at = bytes;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ at[i]) * UINT64_C(0x100000001b3);
    return sum;
}

static inline uint64_t fnv_sum(const void *bytes, size_t size)
{
    return fnv_add(UINT64_C(0xcbf29ce484222325), bytes, size);
}

#endif
