/* npy_bytes.h - .npy files built in a test, byte by byte. */
#ifndef NPY_BYTES_H
#define NPY_BYTES_H

#include <stdlib.h>
#include <string.h>

#include "convlet/npy.h"
#include "expect.h"

/* A header that goes with 16 bytes of data. */
#define GOOD "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }"

enum { FILE_SIZE = 512 };

/* The bytes of a file: built in the test, exactly as long as used. */
typedef struct npy {
    unsigned char bytes[FILE_SIZE];
    size_t size;
} npy;

static inline npy make(unsigned char version, const char *header, size_t data)
{
    npy file = {.bytes = "\x93NUMPY"};
    const size_t length = strlen(header), start = version == 1 ? 10 : 12;
    ck_assert_uint_le(start + length + data, FILE_SIZE);
    file.bytes[6] = version;
    file.bytes[8] = (unsigned char)(length % 256);
    file.bytes[9] = (unsigned char)(length / 256);
    memcpy(file.bytes + start, header, length);
    file.size = start + length + data;
    return file;
}

/* From a block of just that size, so that a sanitizer sees a byte too far. */
static inline cvl_status parse(const npy *file, cvl_tensor *tensor,
                               cvl_error *err)
{
    unsigned char *const bytes = malloc(file->size ? file->size : 1);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, file->bytes, file->size);
    const cvl_status status = cvl_npy_parse(bytes, file->size, tensor, err);
    free(bytes);
    return status;
}

static inline void expect_refused(const npy *file, cvl_status status,
                                  const char *message)
{
    cvl_error err;
    cvl_tensor tensor = {.count = 7};
    expect_fail(parse(file, &tensor, &err), err, status, message);
    ck_assert_uint_eq(tensor.count, 0);
    ck_assert_ptr_null(tensor.data);
}

#endif
