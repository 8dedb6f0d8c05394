/* npy_file.c - .npy files where they lie; npy.c knows what is in them. */
#include <stdint.h>

#include "convlet/byte_order.h"
#include "convlet/file.h"
#include "convlet/npy.h"
#include "convlet/npy_header.h"

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

/* As the bytes in memory, which must be swapped first.
 * GCOV_EXCL_START: not here */
static cvl_status save_swapped(const char *path, const cvl_tensor *tensor,
                               cvl_error *err)
{
    cvl_bytes bytes;
    cvl_status status = cvl_npy_format(tensor, &bytes, err);
    if (status) return status;
    const cvl_span whole = {bytes.data, bytes.size};
    status = cvl_file_write(path, &whole, 1, err);
    cvl_bytes_free(&bytes);
    return status;
}
/* GCOV_EXCL_STOP */

cvl_status cvl_npy_save(const char *path, const cvl_tensor *tensor,
                        cvl_error *err)
{
    if (!cvl_host_is_little_endian())
        return save_swapped(path, tensor, err); /* GCOV_EXCL_LINE: not here */
    unsigned char start[CVL_NPY_SAVED_HEADER];
    cvl_npy_write_header(tensor, start);
    const cvl_span pieces[] = {{start, sizeof start},
                               {tensor->data, cvl_tensor_bytes(tensor)}};
    return cvl_file_write(path, pieces, 2, err);
}
