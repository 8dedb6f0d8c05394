/* safetensors_format.c - a header laid out twice: measured, then written. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convlet/byte_order.h"
#include "convlet/safetensors.h"
#include "convlet/safetensors_json.h"
#include "convlet/safetensors_pieces.h"
#include "convlet/utf8.h"

enum { LENGTH_SIZE = 8, DATA_ALIGNMENT = 8 };

/* The header as it grows; `at` is NULL while it is only measured. */
typedef struct writer {
    char *at;
    size_t size;
} writer;

static void put(writer *w, const char *text)
{
    const size_t length = strlen(text);
    w->size += length;
    if (!w->at) return;
    memcpy(w->at, text, length);
    w->at += length;
}

/* As serde_json, which the official writer uses, does it. */
static void put_quoted(writer *w, const char *text)
{
    put(w, "\"");
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        const char letter = cvl_json_escape(*text);
        char piece[8];
        snprintf(piece, sizeof piece,
                 letter    ? "\\%c"
                 : c < ' ' ? "\\u%04x"
                           : "%c",
                 letter ? letter : c);
        put(w, piece);
    }
    put(w, "\"");
}

static void put_tensor(writer *w, const cvl_named_tensor *named, size_t *offset)
{
    const cvl_tensor *const tensor = &named->tensor;
    const size_t offsets[] = {*offset, *offset + cvl_tensor_bytes(tensor)};
    char list[CVL_LIST_SIZE];
    put_quoted(w, named->name);
    put(w, ":{\"dtype\":\"");
    put(w, cvl_safetensors_dtype(tensor->dtype));
    put(w, "\",\"shape\":");
    put(w, cvl_safetensors_list(tensor->shape, tensor->ndim, list));
    put(w, ",\"data_offsets\":");
    put(w, cvl_safetensors_list(offsets, 2, list));
    put(w, "}");
    *offset = offsets[1];
}

/* The tensors in the order of their data, as they come into the header. */
static void put_header(writer *w, const cvl_safetensors *file,
                       const size_t *order)
{
    put(w, "{");
    for (size_t i = 0; i < file->metadata_count; i++) {
        put(w, i ? "," : "\"__metadata__\":{");
        put_quoted(w, file->metadata[i].key);
        put(w, ":");
        put_quoted(w, file->metadata[i].value);
    }
    if (file->metadata_count) put(w, "}");
    size_t offset = 0;
    for (size_t i = 0; i < file->tensor_count; i++) {
        if (i || file->metadata_count) put(w, ",");
        put_tensor(w, &file->tensors[order[i]], &offset);
    }
    put(w, "}");
    while (w->size % DATA_ALIGNMENT) put(w, " ");
}

/* Whether every name is UTF-8 and there once; sorts them on the way. */
static cvl_status check_names(const char **names, size_t count,
                              const char *what, cvl_error *err)
{
    char quoted[CVL_NAME_SIZE];
    for (size_t i = 0; i < count; i++)
        if (!cvl_utf8_check(names[i]))
            return cvl_fail(err, CVL_EINVAL, "%s %s is no UTF-8", what,
                            cvl_name_quote(names[i], quoted));
    const char *const twice = cvl_find_twice(names, count);
    if (!twice) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL, "%s %s is there twice", what,
                    cvl_name_quote(twice, quoted));
}

static cvl_status check_metadata(const cvl_safetensors *file,
                                 const char **scratch, cvl_error *err)
{
    for (size_t i = 0; i < file->metadata_count; i++) {
        char quoted[CVL_NAME_SIZE];
        scratch[i] = file->metadata[i].key;
        if (!cvl_utf8_check(file->metadata[i].value))
            return cvl_fail(err, CVL_EINVAL,
                            "the text of metadata %s is no UTF-8",
                            cvl_name_quote(scratch[i], quoted));
    }
    return check_names(scratch, file->metadata_count, "metadata", err);
}

static cvl_status check_tensors(const cvl_safetensors *file,
                                const char **scratch, size_t *data_size,
                                cvl_error *err)
{
    /* With the largest header, the file is still one that can be loaded. */
    const uintmax_t max =
        CVL_SAFETENSORS_MAX_FILE - CVL_SAFETENSORS_MAX_HEADER - LENGTH_SIZE;
    *data_size = 0;
    for (size_t i = 0; i < file->tensor_count; i++) {
        const cvl_tensor *const tensor = &file->tensors[i].tensor;
        char quoted[CVL_NAME_SIZE];
        scratch[i] = file->tensors[i].name;
        if (!strcmp(scratch[i], "__metadata__"))
            return cvl_fail(err, CVL_EINVAL,
                            "a tensor cannot be named \"__metadata__\"");
        if (tensor->ndim == 0 || !tensor->data)
            return cvl_fail(err, CVL_EINVAL, "tensor %s has no data",
                            cvl_name_quote(scratch[i], quoted));
        if (!cvl_size_add(*data_size, cvl_tensor_bytes(tensor), data_size) ||
            *data_size > max)
            return cvl_fail(err, CVL_EINVAL,
                            "the tensors up to %s have more than %ju bytes",
                            cvl_name_quote(scratch[i], quoted), max);
    }
    return check_names(scratch, file->tensor_count, "tensor", err);
}

static void layout_lists(cvl_safetensors_pieces *p, const cvl_safetensors *file)
{
    const size_t tensors = file->tensor_count, texts = file->metadata_count;
    p->names = cvl_arena_take(&p->arena, (tensors > texts ? tensors : texts) *
                                             sizeof *p->names);
    p->order = cvl_arena_take(&p->arena, tensors * sizeof *p->order);
    p->pieces = cvl_arena_take(&p->arena, (tensors + 1) * sizeof *p->pieces);
}

/* float64 first, so that both types lie at multiples of their size. */
static void order_tensors(cvl_safetensors_pieces *p,
                          const cvl_safetensors *file)
{
    static const cvl_dtype dtypes[] = {CVL_F64, CVL_F32};
    size_t used = 0;
    for (size_t d = 0; d < sizeof dtypes / sizeof *dtypes; d++)
        for (size_t i = 0; i < file->tensor_count; i++)
            if (file->tensors[i].tensor.dtype == dtypes[d])
                p->order[used++] = i;
    assert(used == file->tensor_count);
}

/* The header's length and text, as the first piece. */
static cvl_status write_header(cvl_safetensors_pieces *p,
                               const cvl_safetensors *file, cvl_error *err)
{
    writer w = {0};
    put_header(&w, file, p->order);
    const size_t size = w.size;
    if (size > CVL_SAFETENSORS_MAX_HEADER)
        return cvl_fail(err, CVL_EINVAL,
                        "names and metadata make a header of %zu bytes, "
                        "expected at most %d",
                        size, CVL_SAFETENSORS_MAX_HEADER);
    void *block;
    const cvl_status status =
        cvl_alloc(&block, LENGTH_SIZE + size, "the header", err);
    if (status) return status;
    p->header = block;
    for (size_t i = 0; i < LENGTH_SIZE; i++)
        p->header[i] = (unsigned char)((uint64_t)size >> (8 * i));
    w = (writer){.at = (char *)block + LENGTH_SIZE};
    put_header(&w, file, p->order);
    assert(w.size == size);
    p->pieces[0] = (cvl_span){block, LENGTH_SIZE + size};
    return CVL_OK;
}

/* The tensors' data, as the other pieces. */
static cvl_status place_data(cvl_safetensors_pieces *p,
                             const cvl_safetensors *file, cvl_error *err)
{
    const bool swap = !cvl_host_is_little_endian();
    if (swap) { /* GCOV_EXCL_START: not here */
        void *block;
        const cvl_status status =
            cvl_alloc(&block, p->data_size, "a copy of the data", err);
        if (status) return status;
        p->swapped = block;
    } /* GCOV_EXCL_STOP */
    unsigned char *copy = p->swapped;
    for (size_t i = 0; i < file->tensor_count; i++) {
        const cvl_tensor *const tensor = &file->tensors[p->order[i]].tensor;
        cvl_span *const piece = &p->pieces[i + 1];
        *piece = (cvl_span){tensor->data, cvl_tensor_bytes(tensor)};
        if (!swap) continue; /* GCOV_EXCL_START: not here */
        cvl_copy_little_endian(copy, tensor->data,
                               cvl_dtype_size(tensor->dtype), tensor->count);
        piece->data = copy;
        copy += piece->size;
        /* GCOV_EXCL_STOP */
    }
    return CVL_OK;
}

cvl_status cvl_safetensors_cut(const cvl_safetensors *file,
                               cvl_safetensors_pieces *p, cvl_error *err)
{
    *p = (cvl_safetensors_pieces){.count = file->tensor_count + 1};
    cvl_status status = CVL_OK;
    if (file->tensor_count > CVL_SAFETENSORS_MAX_TENSORS)
        return cvl_fail(err, CVL_EINVAL, "%zu tensors, expected at most %d",
                        file->tensor_count, CVL_SAFETENSORS_MAX_TENSORS);
    layout_lists(p, file);
    status = cvl_arena_commit(&p->arena, "the header", err);
    if (status) goto done;
    layout_lists(p, file);
    status = check_tensors(file, p->names, &p->data_size, err);
    if (!status) status = check_metadata(file, p->names, err);
    if (status) goto done;
    order_tensors(p, file);
    status = write_header(p, file, err);
    if (!status) status = place_data(p, file, err);
done:
    if (status) cvl_safetensors_pieces_free(p);
    return status;
}

void cvl_safetensors_pieces_free(cvl_safetensors_pieces *p)
{
    cvl_free(p->swapped);
    cvl_free(p->header);
    cvl_arena_free(&p->arena);
    *p = (cvl_safetensors_pieces){0};
}

cvl_status cvl_safetensors_format(const cvl_safetensors *file, cvl_bytes *bytes,
                                  cvl_error *err)
{
    cvl_safetensors_pieces p;
    *bytes = (cvl_bytes){0};
    cvl_status status = cvl_safetensors_cut(file, &p, err);
    if (status) return status;
    status =
        cvl_bytes_join(p.pieces, p.count, "a safetensors file", bytes, err);
    cvl_safetensors_pieces_free(&p);
    return status;
}
