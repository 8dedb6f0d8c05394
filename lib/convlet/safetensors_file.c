/* safetensors_file.c - safetensors files where they lie. */
#include <stdint.h>

#include "convlet/file.h"
#include "convlet/safetensors.h"
#include "convlet/safetensors_pieces.h"

cvl_status cvl_safetensors_load(const char *path, cvl_safetensors *out,
                                cvl_error *err)
{
    return cvl_safetensors_load_at(-1, path, out, err);
}

cvl_status cvl_safetensors_load_at(int directory, const char *path,
                                   cvl_safetensors *out, cvl_error *err)
{
    *out = (cvl_safetensors){0};
    cvl_bytes bytes;
    const uint64_t limit = CVL_SAFETENSORS_MAX_FILE;
    cvl_status status = cvl_file_read_at(
        directory, path, limit < SIZE_MAX ? (size_t)limit : SIZE_MAX, &bytes,
        err);
    if (status) return status;
    status = cvl_safetensors_parse(bytes.data, bytes.size, out, err);
    cvl_bytes_free(&bytes);
    return status ? cvl_error_prefix(err, status, "%s", path) : CVL_OK;
}

cvl_status cvl_safetensors_save_at(int directory, const char *path,
                                   const cvl_safetensors *file, cvl_error *err)
{
    cvl_safetensors_pieces p;
    cvl_status status = cvl_safetensors_cut(file, &p, err);
    if (status) return cvl_error_prefix(err, status, "%s", path);
    status = cvl_file_write_at(directory, path, p.pieces, p.count, err);
    cvl_safetensors_pieces_free(&p);
    return status;
}

cvl_status cvl_safetensors_save(const char *path, const cvl_safetensors *file,
                                cvl_error *err)
{
    return cvl_safetensors_save_at(-1, path, file, err);
}
