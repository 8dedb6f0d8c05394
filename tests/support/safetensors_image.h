/* safetensors_image.h - the bytes of safetensors files, made and parsed. */
#ifndef SAFETENSORS_IMAGE_H
#define SAFETENSORS_IMAGE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/safetensors.h"
#include "expect.h"

/* The bytes of a file, in a block of just their size. */
typedef struct image {
    unsigned char *bytes;
    size_t size;
} image;

static inline image make_image(uint64_t length, const char *header, size_t size,
                               const void *data, size_t data_size)
{
    image made = {malloc(8 + size + data_size), 8 + size + data_size};
    ck_assert_ptr_nonnull(made.bytes);
    for (size_t i = 0; i < 8; i++)
        made.bytes[i] = (unsigned char)(length >> (8 * i));
    memcpy(made.bytes + 8, header, size);
    if (data)
        memcpy(made.bytes + 8 + size, data, data_size);
    else
        memset(made.bytes + 8 + size, 0, data_size);
    return made;
}

static inline image make(const char *header, size_t data_size)
{
    return make_image(strlen(header), header, strlen(header), NULL, data_size);
}

static inline void expect_empty(const cvl_safetensors *file)
{
    static const cvl_safetensors empty;
    ck_assert_mem_eq(file, &empty, sizeof empty);
}

/* Parses, frees the image, and wants this failure. */
static inline void expect_refused(image file, cvl_status status,
                                  const char *message)
{
    cvl_error err;
    cvl_safetensors out = {.tensor_count = 7};
    expect_fail(cvl_safetensors_parse(file.bytes, file.size, &out, &err), err,
                status, message);
    expect_empty(&out);
    ck_assert_int_eq(cvl_safetensors_parse(file.bytes, file.size, &out, NULL),
                     status);
    free(file.bytes);
}

static inline cvl_safetensors expect_parsed(image file)
{
    cvl_error err;
    cvl_safetensors out;
    expect_ok(cvl_safetensors_parse(file.bytes, file.size, &out, &err), err);
    free(file.bytes);
    return out;
}

#endif
