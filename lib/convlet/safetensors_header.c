/* safetensors_header.c - each fact is checked once, in the order of reading. */
#include "convlet/safetensors_header.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/memory.h"
#include "convlet/safetensors.h"
#include "convlet/safetensors_entry.h"
#include "convlet/safetensors_json.h"

enum { LENGTH_SIZE = 8 };

/* Where the header ends, from the eight bytes before it. */
static cvl_status find_end(const unsigned char *bytes, size_t size, size_t *end,
                           cvl_error *err)
{
    if (size < LENGTH_SIZE)
        return cvl_fail(err, CVL_EFORMAT,
                        "has %zu bytes, a safetensors file has 8 or more; "
                        "save the file again",
                        size);
    uint64_t length = 0;
    for (size_t i = LENGTH_SIZE; i > 0; i--)
        length = length << 8 | bytes[i - 1];
    const size_t rest = size - LENGTH_SIZE;
    if (length > rest)
        return cvl_fail(err, CVL_EFORMAT,
                        "header should have %ju bytes, the file has %zu more; "
                        "it is cut short or no safetensors file",
                        (uintmax_t)length, rest);
    if (length > CVL_SAFETENSORS_MAX_HEADER)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "header has %ju bytes, convlet reads at most %d; save "
                        "fewer tensors or less metadata",
                        (uintmax_t)length, CVL_SAFETENSORS_MAX_HEADER);
    *end = LENGTH_SIZE + (size_t)length;
    return CVL_OK;
}

/* Whether two of an object's members have the same name. */
static cvl_status check_unique(const cJSON *object, size_t count,
                               const char *what, cvl_error *err)
{
    void *block;
    const cvl_status status =
        cvl_alloc(&block, count * sizeof(char *), "the header", err);
    if (status) return status;
    const char **const names = block;
    size_t used = 0;
    for (const cJSON *item = object->child; item; item = item->next)
        names[used++] = item->string;
    const char *const twice = cvl_find_twice(names, used);
    char quoted[CVL_NAME_SIZE];
    if (twice) cvl_name_quote(twice, quoted);
    cvl_free(block);
    if (!twice) return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT,
                    "header has %s %s twice; save the file again", what,
                    quoted);
}

static size_t count_members(const cJSON *object)
{
    size_t count = 0;
    for (const cJSON *item = object->child; item; item = item->next) count++;
    return count;
}

/* Texts under names. */
static cvl_status read_metadata(cvl_safetensors_header *header, cvl_error *err)
{
    const cJSON *const object = header->metadata;
    if (!cJSON_IsObject(object))
        return cvl_fail(err, CVL_EFORMAT,
                        "\"__metadata__\" is no object of texts; save the "
                        "file again");
    for (const cJSON *item = object->child; item; item = item->next) {
        char key[CVL_NAME_SIZE];
        if (!cJSON_IsString(item))
            return cvl_fail(err, CVL_EFORMAT,
                            "metadata %s is no text; save it as str(...)",
                            cvl_name_quote(item->string, key));
        header->text_size +=
            strlen(item->string) + strlen(item->valuestring) + 2;
    }
    header->metadata_count = count_members(object);
    return check_unique(object, header->metadata_count, "metadata", err);
}

static cvl_status read_tensors(cvl_safetensors_header *header, cvl_error *err)
{
    if (header->tensor_count > CVL_SAFETENSORS_MAX_TENSORS)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "has %zu tensors, convlet reads at most %d; save "
                        "fewer",
                        header->tensor_count, CVL_SAFETENSORS_MAX_TENSORS);
    void *block;
    const cvl_status failed =
        cvl_alloc(&block, header->tensor_count * sizeof *header->tensors,
                  "the header", err);
    if (failed) return failed;
    header->tensors = block;
    cvl_safetensors_entry *entry = header->tensors;
    for (const cJSON *item = header->json->child; item; item = item->next) {
        if (item == header->metadata) continue;
        const cvl_status status = cvl_safetensors_entry_read(item, entry, err);
        if (status) return status;
        header->text_size += strlen(entry->name) + 1;
        entry++;
    }
    return CVL_OK;
}

static int compare_begins(const void *a, const void *b)
{
    const cvl_safetensors_entry *const x = a, *const y = b;
    return x->begin < y->begin ? -1 : x->begin > y->begin;
}

/* Sorts by offset, and checks that the data are covered, each byte once. */
static cvl_status check_cover(const cvl_safetensors_header *header,
                              size_t data_size, cvl_error *err)
{
    qsort(header->tensors, header->tensor_count, sizeof *header->tensors,
          compare_begins);
    char name[CVL_NAME_SIZE], before[CVL_NAME_SIZE];
    size_t end = 0;
    for (size_t i = 0; i < header->tensor_count; i++) {
        const cvl_safetensors_entry *const entry = &header->tensors[i];
        cvl_name_quote(entry->name, name);
        if (entry->begin < end)
            return cvl_fail(err, CVL_EFORMAT,
                            "tensor %s begins at byte %zu of the data, before "
                            "tensor %s ends at %zu; save the file again",
                            name, entry->begin,
                            cvl_name_quote(entry[-1].name, before), end);
        if (entry->begin > end)
            return cvl_fail(err, CVL_EFORMAT,
                            "tensor %s begins at byte %zu of the data, "
                            "expected %zu; save the file again",
                            name, entry->begin, end);
        if (entry->end > data_size)
            return cvl_fail(err, CVL_EFORMAT,
                            "tensor %s ends at byte %zu of the data, the file "
                            "has %zu; it is cut short",
                            name, entry->end, data_size);
        end = entry->end;
    }
    if (end == data_size) return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT,
                    "has %zu bytes of data, its tensors end at %zu; save the "
                    "file again",
                    data_size, end);
}

/* From the tree, in json, to everything else. */
static cvl_status read_tree(cvl_safetensors_header *header, cvl_error *err)
{
    const size_t count = count_members(header->json);
    cvl_status status = check_unique(header->json, count, "the name", err);
    if (status) return status;
    header->metadata =
        cJSON_GetObjectItemCaseSensitive(header->json, "__metadata__");
    header->tensor_count = count - (header->metadata != NULL);
    if (header->metadata) status = read_metadata(header, err);
    return status ? status : read_tensors(header, err);
}

cvl_status cvl_safetensors_header_parse(const unsigned char *bytes, size_t size,
                                        cvl_safetensors_header *header,
                                        cvl_error *err)
{
    *header = (cvl_safetensors_header){0};
    cvl_status status = find_end(bytes, size, &header->data_at, err);
    if (!status)
        status = cvl_json_check(bytes, LENGTH_SIZE, header->data_at, err);
    if (status) return status;

    const size_t length = header->data_at - LENGTH_SIZE;
    header->json =
        cJSON_ParseWithLength((const char *)bytes + LENGTH_SIZE, length);
    /* The text is sound, so it can only be memory that was missing. */
    if (!header->json)
        return cvl_fail(err, CVL_ENOMEM, "out of memory: a header of %zu bytes",
                        length);
    status = read_tree(header, err);
    if (!status) status = check_cover(header, size - header->data_at, err);
    if (status) cvl_safetensors_header_free(header);
    return status;
}

void cvl_safetensors_header_free(cvl_safetensors_header *header)
{
    cJSON_Delete(header->json);
    cvl_free(header->tensors);
    *header = (cvl_safetensors_header){0};
}
