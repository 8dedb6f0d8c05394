/* byte_order.h - private: numbers in a file's byte order and the host's. */
#ifndef CVL_BYTE_ORDER_H
#define CVL_BYTE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool cvl_host_is_little_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

/* A whole number of `width` bytes, up to 8, the lowest first. */
static inline uint64_t cvl_little_endian(const void *from, size_t width)
{
    const unsigned char *const bytes = from;
    uint64_t value = 0;
    for (size_t i = width; i > 0; i--) value = value << 8 | bytes[i - 1];
    return value;
}

/* The same with the highest byte first. */
static inline uint64_t cvl_big_endian(const void *from, size_t width)
{
    const unsigned char *const bytes = from;
    uint64_t value = 0;
    for (size_t i = 0; i < width; i++) value = value << 8 | bytes[i];
    return value;
}

/* Copies elements of `width` bytes between little-endian and the host's order:
 * both ways are the same. */
static inline void cvl_copy_little_endian(void *to, const void *from,
                                          size_t width, size_t count)
{
    if (cvl_host_is_little_endian()) {
        memcpy(to, from, width * count);
        return;
    }
    unsigned char *const dst = to;
    const unsigned char *const src = from;
    for (size_t i = 0; i < count * width; i++)
        dst[i] = src[i / width * width + (width - 1 - i % width)];
}

#endif
