/* safetensors.c - see safetensors.h for the contract. */
#include "convlet/safetensors.h"

#include <cJSON.h>
#include <string.h>

#include "convlet/byte_order.h"
#include "convlet/file.h"
#include "convlet/safetensors_header.h"

/* Copies a text behind the others. */
static const char *put_text(char **texts, const char *text)
{
    char *const copy = *texts;
    const size_t size = strlen(text) + 1;
    memcpy(copy, text, size);
    *texts += size;
    return copy;
}

/* Everything in one arena; on the second run, when there is one, filled. */
static void layout(cvl_safetensors *out, const cvl_safetensors_header *header,
                   const unsigned char *data)
{
    cvl_arena *const arena = &out->arena;
    out->tensors =
        cvl_arena_take(arena, header->tensor_count * sizeof *out->tensors);
    out->metadata =
        cvl_arena_take(arena, header->metadata_count * sizeof *out->metadata);
    char *texts = cvl_arena_take(arena, header->text_size);
    for (size_t i = 0; i < header->tensor_count; i++) {
        const cvl_safetensors_entry *const entry = &header->tensors[i];
        void *const values = cvl_arena_take(arena, entry->end - entry->begin);
        if (!values) continue;
        cvl_named_tensor *const named = &out->tensors[i];
        named->name = put_text(&texts, entry->name);
        named->tensor =
            cvl_tensor_wrap(entry->dtype, entry->ndim, entry->shape, values);
        cvl_copy_little_endian(values, data + entry->begin,
                               cvl_dtype_size(entry->dtype),
                               named->tensor.count);
    }
    if (!arena->base || !header->metadata) return;
    cvl_metadata_entry *entry = out->metadata;
    for (const cJSON *item = header->metadata->child; item; item = item->next) {
        entry->key = put_text(&texts, item->string);
        entry->value = put_text(&texts, item->valuestring);
        entry++;
    }
}

cvl_status cvl_safetensors_parse(const void *bytes, size_t size,
                                 cvl_safetensors *out, cvl_error *err)
{
    *out = (cvl_safetensors){0};
    cvl_safetensors_header header;
    cvl_status status = cvl_safetensors_header_parse(bytes, size, &header, err);
    if (status) return status;
    const unsigned char *const data =
        (const unsigned char *)bytes + header.data_at;
    layout(out, &header, data);
    status = cvl_arena_commit(&out->arena, "the file's content", err);
    if (status) {
        *out = (cvl_safetensors){0};
    } else {
        out->tensor_count = header.tensor_count;
        out->metadata_count = header.metadata_count;
        layout(out, &header, data);
    }
    cvl_safetensors_header_free(&header);
    return status;
}

cvl_status cvl_safetensors_load(const char *path, cvl_safetensors *out,
                                cvl_error *err)
{
    *out = (cvl_safetensors){0};
    cvl_bytes bytes;
    const uint64_t limit = CVL_SAFETENSORS_MAX_FILE;
    cvl_status status = cvl_file_read(
        path, limit < SIZE_MAX ? (size_t)limit : SIZE_MAX, &bytes, err);
    if (status) return status;
    status = cvl_safetensors_parse(bytes.data, bytes.size, out, err);
    cvl_bytes_free(&bytes);
    return status ? cvl_error_prefix(err, status, "%s", path) : CVL_OK;
}

const cvl_tensor *cvl_safetensors_find(const cvl_safetensors *file,
                                       const char *name)
{
    for (size_t i = 0; i < file->tensor_count; i++)
        if (!strcmp(file->tensors[i].name, name))
            return &file->tensors[i].tensor;
    return NULL;
}

const char *cvl_safetensors_metadata(const cvl_safetensors *file,
                                     const char *key)
{
    for (size_t i = 0; i < file->metadata_count; i++)
        if (!strcmp(file->metadata[i].key, key)) return file->metadata[i].value;
    return NULL;
}

void cvl_safetensors_free(cvl_safetensors *file)
{
    cvl_arena_free(&file->arena);
    *file = (cvl_safetensors){0};
}
