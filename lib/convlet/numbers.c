/* numbers.c - see numbers.h for the contract. */
#include "convlet/numbers.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convlet/append.h"
#include "convlet/byte_order.h"
#include "convlet/number.h"
#include "convlet/size.h"

static double as_float(uint64_t bits, size_t width)
{
    if (width == sizeof(double)) {
        double value;
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    const uint32_t half = (uint32_t)bits;
    float value;
    memcpy(&value, &half, sizeof value);
    return (double)value;
}

/* Of two's complement, without a cast that the compiler may choose. */
static double as_signed(uint64_t bits, size_t width)
{
    assert(width >= 1 && width <= sizeof bits);
    const uint64_t sign = (uint64_t)1 << (8 * width - 1);
    if (!(bits & sign)) return (double)bits;
    return -(double)((sign - (bits & (sign - 1))));
}

double cvl_numbers_get(const cvl_numbers *numbers, size_t index)
{
    assert(index < numbers->count);
    const size_t width = numbers->width;
    const unsigned char *const at = numbers->data + index * width;
    const uint64_t bits = numbers->big_endian ? cvl_big_endian(at, width)
                                              : cvl_little_endian(at, width);
    switch (numbers->kind) {
    case CVL_UNSIGNED: return (double)bits;
    case CVL_SIGNED: return as_signed(bits, width);
    default: return as_float(bits, width);
    }
}

const char *cvl_numbers_text(const cvl_numbers *numbers,
                             char text[CVL_NUMBERS_TEXT])
{
    const char *const kind = numbers->kind == CVL_UNSIGNED ? "unsigned "
                             : numbers->kind == CVL_SIGNED ? "signed "
                                                           : "";
    const char *const noun =
        numbers->kind == CVL_FLOATING ? "floats" : "numbers";
    snprintf(text, CVL_NUMBERS_TEXT, "%s%zu-bit %s", kind, 8 * numbers->width,
             noun);
    return text;
}

/* "3 x 28 x 28", as far as it fits. */
static const char *shape_text(const cvl_numbers *numbers, char text[96])
{
    text[0] = '\0';
    for (size_t i = 0; i < numbers->ndim && i < CVL_MAX_NDIM; i++)
        cvl_append(text, 96, "%s%zu", i ? " x " : "", numbers->shape[i]);
    return text;
}

cvl_status cvl_numbers_check(cvl_numbers *numbers, size_t size, cvl_error *err)
{
    char text[96];
    size_t needed;
    shape_text(numbers, text);
    for (size_t i = 0; i < numbers->ndim; i++)
        if (!numbers->shape[i])
            return cvl_fail(err, CVL_EFORMAT,
                            "is empty, of %s elements; expected 1 or more "
                            "along each axis",
                            text);
    if (!cvl_size_product(numbers->shape, numbers->ndim, &numbers->count) ||
        !cvl_size_mul(numbers->count, numbers->width, &needed))
        return cvl_fail(err, CVL_EFORMAT,
                        "has %zu byte%s of data, %s elements need more than "
                        "any memory",
                        size, cvl_plural(size), text);
    if (needed != size)
        return cvl_fail(
            err, CVL_EFORMAT,
            "has %zu byte%s of data, %s elements of %zu byte%s need "
            "%zu; it is %s",
            size, cvl_plural(size), text, numbers->width,
            cvl_plural(numbers->width), needed,
            size < needed ? "cut short" : "too long");
    return CVL_OK;
}
