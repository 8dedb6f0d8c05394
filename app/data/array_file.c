/* array_file.c - see array_file.h for the contract. */
#include "data/array_file.h"

#include <string.h>

#include <convlet/idx.h>
#include <convlet/npy.h>

#include "pictures/gzip.h"

/* What it is instead. */
static cvl_status refuse(enum source_kind kind, cvl_error *err)
{
    static const char expected[] = "expected an array, a .npy or IDX file";
    switch (kind) {
    case SOURCE_EMPTY:
        return cvl_fail(err, CVL_EFORMAT, "is empty; %s", expected);
    case SOURCE_PICTURE:
        return cvl_fail(err, CVL_EFORMAT, "is a picture; %s", expected);
    case SOURCE_ZIP:
        return cvl_fail(err, CVL_EFORMAT,
                        "is an archive, as .npz are; save one array: "
                        "numpy.save(path, a)");
    default:
        return cvl_fail(err, CVL_EFORMAT, "is neither .npy nor IDX; %s",
                        expected);
    }
}

/* The numbers in the bytes. */
static cvl_status find(struct array_file *file, cvl_error *err)
{
    const cvl_bytes *const bytes = &file->source.bytes;
    if (file->source.kind == SOURCE_NPY)
        return cvl_npy_view(bytes->data, bytes->size, &file->numbers, err);
    if (cvl_idx_is(bytes->data, bytes->size))
        return cvl_idx_parse(bytes->data, bytes->size, &file->numbers, err);
    return refuse(file->source.kind, err);
}

/* Puts what a packed file holds in the place of its bytes. */
static cvl_status unpack(struct array_file *file, cvl_error *err)
{
    cvl_bytes unpacked;
    cvl_bytes *const bytes = &file->source.bytes;
    if (!gzip_is(bytes->data, bytes->size)) return CVL_OK;
    const cvl_status status = gzip_unpack(bytes, &unpacked, err);
    if (status) return status;
    cvl_bytes_free(bytes);
    *bytes = unpacked;
    if (bytes->size >= 6 && !memcmp(bytes->data, "\x93NUMPY", 6))
        file->source.kind = SOURCE_NPY;
    return CVL_OK;
}

cvl_status array_file_read(const char *path, struct array_file *file,
                           cvl_error *err)
{
    *file = (struct array_file){.numbers = {.width = 0}};
    cvl_status status = source_read(path, &file->source, err);
    if (status) return status;
    file->mark = source_mark(&file->source);
    status = unpack(file, err);
    if (!status) status = find(file, err);
    if (status) cvl_error_prefix(err, status, "%s", file->source.path);
    if (status) array_file_free(file);
    return status;
}

cvl_status array_file_read_all(const char *path, cvl_tensor *tensor,
                               cvl_error *err)
{
    struct array_file file;
    cvl_status status = array_file_read(path, &file, err);
    if (status) return status;
    status = cvl_tensor_init(tensor, CVL_F64, file.numbers.ndim,
                             file.numbers.shape, err);
    for (size_t i = 0; !status && i < tensor->count; i++)
        cvl_tensor_set(tensor, i, cvl_numbers_get(&file.numbers, i));
    array_file_free(&file);
    return status;
}

void array_file_free(struct array_file *file)
{
    source_free(&file->source);
    *file = (struct array_file){.numbers = {.width = 0}};
}
