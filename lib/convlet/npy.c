/* npy.c - see npy.h for the contract. */
#include "convlet/npy.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convlet/byte_order.h"
#include "convlet/file.h"
#include "convlet/memory.h"
#include "convlet/npy_header.h"

/*
 * What numpy.save pads the header to: a multiple of 64 bytes, which the text
 * of 1 to 4 axes (59 to 110 characters) always makes 128 bytes in all.
 */
enum { SAVED_HEADER = 128, SHAPE_SIZE = 96 };

/* The shape as Python prints it: "(5,)", "(2, 3)". */
static const char *shape_text(const size_t *shape, size_t ndim,
                              char text[SHAPE_SIZE])
{
    size_t used = 0;
    for (size_t i = 0; i < ndim; i++)
        used += (size_t)snprintf(text + used, SHAPE_SIZE - used, "%s%zu",
                                 i ? ", " : "(", shape[i]);
    snprintf(text + used, SHAPE_SIZE - used, ndim == 1 ? ",)" : ")");
    return text;
}

/* Whether the shape is one convlet has, and the data just as long. */
static cvl_status check_shape(const cvl_npy_header *header, size_t data_size,
                              cvl_error *err)
{
    if (header->ndim == 0)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "holds a single number, shape (); save it as an "
                        "array: numpy.save(path, numpy.atleast_1d(a))");
    if (header->ndim > CVL_MAX_NDIM)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "has %zu axes, convlet takes 1 to 4; save fewer: "
                        "numpy.save(path, a.reshape(...))",
                        header->ndim);
    char text[SHAPE_SIZE];
    shape_text(header->shape, header->ndim, text);
    for (size_t i = 0; i < header->ndim; i++)
        if (header->shape[i] == 0)
            return cvl_fail(err, CVL_EUNSUPPORTED,
                            "is empty, shape %s; save an array whose axes "
                            "are all 1 or more",
                            text);
    size_t needed;
    if (!cvl_size_product(header->shape, header->ndim, &needed) ||
        !cvl_size_mul(needed, cvl_dtype_size(header->dtype), &needed))
        return cvl_fail(err, CVL_EFORMAT,
                        "has %zu bytes of data, shape %s needs more than "
                        "any memory; save the array again",
                        data_size, text);
    if (needed != data_size)
        return cvl_fail(err, CVL_EFORMAT,
                        "has %zu bytes of data, shape %s needs %zu; save the "
                        "array again",
                        data_size, text, needed);
    return CVL_OK;
}

cvl_status cvl_npy_parse(const void *bytes, size_t size, cvl_tensor *tensor,
                         cvl_error *err)
{
    *tensor = (cvl_tensor){0};
    cvl_npy_header header;
    cvl_status status = cvl_npy_header_parse(bytes, size, &header, err);
    if (!status) status = check_shape(&header, size - header.data_at, err);
    if (!status)
        status = cvl_tensor_init(tensor, header.dtype, header.ndim,
                                 header.shape, err);
    if (!status)
        cvl_copy_little_endian(tensor->data,
                               (const char *)bytes + header.data_at,
                               cvl_dtype_size(tensor->dtype), tensor->count);
    return status;
}

cvl_status cvl_npy_load(const char *path, cvl_tensor *tensor, cvl_error *err)
{
    *tensor = (cvl_tensor){0};
    cvl_bytes bytes;
    const uint64_t limit = CVL_NPY_MAX_FILE;
    cvl_status status = cvl_file_read(
        path, limit < SIZE_MAX ? (size_t)limit : SIZE_MAX, &bytes, err);
    if (status) return status;
    status = cvl_npy_parse(bytes.data, bytes.size, tensor, err);
    cvl_bytes_free(&bytes);
    return status ? cvl_error_prefix(err, status, "%s", path) : CVL_OK;
}

/* Magic, version 1.0, the length of the text, the text, spaces, newline. */
static void write_header(const cvl_tensor *tensor,
                         unsigned char header[SAVED_HEADER])
{
    assert(tensor->ndim >= 1 && tensor->ndim <= CVL_MAX_NDIM);
    static const unsigned char start[] = "\x93NUMPY\x01\x00\x76\x00";
    const size_t at = sizeof start - 1;
    char text[SAVED_HEADER], shape[SHAPE_SIZE];
    const int length =
        snprintf(text, sizeof text,
                 "{'descr': '<f%zu', 'fortran_order': False, 'shape': %s, }",
                 cvl_dtype_size(tensor->dtype),
                 shape_text(tensor->shape, tensor->ndim, shape));
    memset(header, ' ', SAVED_HEADER);
    memcpy(header, start, at);
    memcpy(header + at, text, (size_t)length);
    header[SAVED_HEADER - 1] = '\n';
}

cvl_status cvl_npy_save(const char *path, const cvl_tensor *tensor,
                        cvl_error *err)
{
    unsigned char header[SAVED_HEADER];
    write_header(tensor, header);
    const size_t size = cvl_tensor_bytes(tensor);
    cvl_span pieces[] = {{header, sizeof header}, {tensor->data, size}};

    void *swapped = NULL;
    if (!cvl_host_is_little_endian()) { /* GCOV_EXCL_START: not here */
        const cvl_status status = cvl_alloc(&swapped, size, path, err);
        if (status) return status;
        cvl_copy_little_endian(swapped, tensor->data,
                               cvl_dtype_size(tensor->dtype), tensor->count);
        pieces[1].data = swapped;
    } /* GCOV_EXCL_STOP */
    const cvl_status status = cvl_file_write(path, pieces, 2, err);
    cvl_free(swapped);
    return status;
}
