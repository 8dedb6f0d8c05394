/* numbers.h - an array as a file has it: of any type and byte order. */
#ifndef CVL_NUMBERS_H
#define CVL_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/tensor.h"

/* What an element is. */
typedef enum cvl_number_kind {
    CVL_UNSIGNED, /* of 1, 2, 4 or 8 bytes; a bool is one of 1 */
    CVL_SIGNED,   /* the same, in two's complement */
    CVL_FLOATING  /* of 4 or 8 bytes, IEEE 754 */
} cvl_number_kind;

/* A view of elements in the bytes of a file, which stay the caller's; they may
 * lie at any address. Row-major, as a tensor. */
typedef struct cvl_numbers {
    cvl_number_kind kind;
    size_t width; /* bytes of an element */
    bool big_endian;
    size_t ndim;                /* 1 to CVL_MAX_NDIM */
    size_t shape[CVL_MAX_NDIM]; /* unused axes are 1 */
    size_t count;               /* product of the shape, 1 or more */
    const unsigned char *data;  /* [count,width] */
} cvl_numbers;

/* One element; of more than 53 bits, the nearest double. */
double cvl_numbers_get(const cvl_numbers *numbers, size_t index);

/* Is every element a byte from 0 to 255, as it stands? */
static inline bool cvl_numbers_are_bytes(const cvl_numbers *numbers)
{
    return numbers->kind == CVL_UNSIGNED && numbers->width == 1;
}

/* Bytes of "unsigned 64-bit numbers", and that text for messages. */
enum cvl_numbers_texts { CVL_NUMBERS_TEXT = 32 };
const char *cvl_numbers_text(const cvl_numbers *numbers,
                             char text[CVL_NUMBERS_TEXT]);

/* Sets count and checks that the elements are there, no more and no fewer:
 * CVL_EFORMAT otherwise, and for an axis of 0. `size` is in bytes. */
cvl_status cvl_numbers_check(cvl_numbers *numbers, size_t size, cvl_error *err);

#endif
