/* safetensors_entry.c - dtype, shape and data_offsets must agree. */
#include "convlet/safetensors_entry.h"

#include <assert.h>
#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convlet/safetensors_json.h"
#include "convlet/size.h"

const char *cvl_safetensors_dtype(cvl_dtype dtype)
{
    return dtype == CVL_F32 ? "F32" : "F64";
}

const char *cvl_safetensors_list(const size_t *sizes, size_t count,
                                 char text[CVL_LIST_SIZE])
{
    size_t used = (size_t)snprintf(text, CVL_LIST_SIZE, "[");
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, CVL_LIST_SIZE - used, "%s%zu",
                                 i ? "," : "", sizes[i]);
    snprintf(text + used, CVL_LIST_SIZE - used, "]");
    return text;
}

/* The three values of a description. */
typedef struct members {
    const cJSON *dtype, *shape, *offsets;
} members;

/* Finds them; each must be there, once, and nothing else. */
static cvl_status find_members(const cJSON *item, const char *name, members *m,
                               cvl_error *err)
{
    if (!cJSON_IsObject(item))
        return cvl_fail(err, CVL_EFORMAT,
                        "tensor %s is no object with dtype, shape and "
                        "data_offsets; save the file again",
                        name);
    for (const cJSON *child = item->child; child; child = child->next) {
        const char *const key = child->string;
        const cJSON **const place = !strcmp(key, "dtype")          ? &m->dtype
                                    : !strcmp(key, "shape")        ? &m->shape
                                    : !strcmp(key, "data_offsets") ? &m->offsets
                                                                   : NULL;
        char quoted[CVL_NAME_SIZE];
        if (!place || *place)
            return cvl_fail(err, CVL_EFORMAT,
                            "tensor %s has %s key %s; save the file again",
                            name, place ? "a second" : "the unknown",
                            cvl_name_quote(key, quoted));
        *place = child;
    }
    const char *const missing = !m->dtype     ? "dtype"
                                : !m->shape   ? "shape"
                                : !m->offsets ? "data_offsets"
                                              : NULL;
    if (!missing) return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT,
                    "tensor %s has no key \"%s\"; save the file again", name,
                    missing);
}

/*
 * Reads whole numbers, up to `limit`; *count is how many there are. False if
 * it is no array of them. They have 15 digits at most (cvl_json_check).
 */
static bool read_sizes(const cJSON *array, size_t *sizes, size_t limit,
                       size_t *count)
{
    *count = 0;
    if (!cJSON_IsArray(array)) return false;
    for (const cJSON *item = array->child; item; item = item->next) {
        if (!cJSON_IsNumber(item)) return false;
        if (*count < limit) {
            /* On a 32-bit host, what is beyond its memory stays beyond it. */
            const uint64_t value = (uint64_t)item->valuedouble;
            sizes[*count] = value < SIZE_MAX ? (size_t)value : SIZE_MAX;
        }
        ++*count;
    }
    return true;
}

static cvl_status read_dtype(const cJSON *value, const char *name,
                             cvl_dtype *dtype, cvl_error *err)
{
    if (!cJSON_IsString(value))
        return cvl_fail(err, CVL_EFORMAT,
                        "tensor %s: dtype is no text, expected \"F32\" or "
                        "\"F64\"; save the file again",
                        name);
    for (*dtype = CVL_F32; *dtype <= CVL_F64; ++*dtype)
        if (!strcmp(value->valuestring, cvl_safetensors_dtype(*dtype)))
            return CVL_OK;
    *dtype = CVL_F32;
    char quoted[CVL_NAME_SIZE];
    return cvl_fail(err, CVL_EUNSUPPORTED,
                    "tensor %s has the dtype %s, convlet reads F32 and F64; "
                    "save it as t.float() or t.double()",
                    name, cvl_name_quote(value->valuestring, quoted));
}

/* One to four axes of 1 or more. */
static cvl_status read_shape(const cJSON *value, const char *name,
                             cvl_safetensors_entry *entry, cvl_error *err)
{
    if (!read_sizes(value, entry->shape, CVL_MAX_NDIM, &entry->ndim))
        return cvl_fail(err, CVL_EFORMAT,
                        "tensor %s: shape is no list of whole numbers; save "
                        "the file again",
                        name);
    if (entry->ndim == 0)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "tensor %s is a single number, shape []; save it as "
                        "t.reshape(1)",
                        name);
    if (entry->ndim > CVL_MAX_NDIM)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "tensor %s has %zu axes, convlet takes 1 to 4; save "
                        "it as t.reshape(...)",
                        name, entry->ndim);
    char text[CVL_LIST_SIZE];
    for (size_t i = 0; i < entry->ndim; i++)
        if (entry->shape[i] == 0)
            return cvl_fail(
                err, CVL_EUNSUPPORTED,
                "tensor %s is empty, shape %s; leave it out", name,
                cvl_safetensors_list(entry->shape, entry->ndim, text));
    return CVL_OK;
}

/* [begin,end], just as far apart as shape and dtype need. */
static cvl_status read_offsets(const cJSON *value, const char *name,
                               cvl_safetensors_entry *entry, cvl_error *err)
{
    size_t offsets[2], count;
    if (!read_sizes(value, offsets, 2, &count) || count != 2)
        return cvl_fail(err, CVL_EFORMAT,
                        "tensor %s: data_offsets are no two whole numbers; "
                        "save the file again",
                        name);
    entry->begin = offsets[0];
    entry->end = offsets[1];
    char shape[CVL_LIST_SIZE];
    cvl_safetensors_list(entry->shape, entry->ndim, shape);
    const char *const dtype = cvl_safetensors_dtype(entry->dtype);
    size_t needed;
    if (!cvl_size_product(entry->shape, entry->ndim, &needed) ||
        !cvl_size_mul(needed, cvl_dtype_size(entry->dtype), &needed))
        return cvl_fail(err, CVL_EFORMAT,
                        "tensor %s: %s of shape %s needs more than any "
                        "memory; save the file again",
                        name, dtype, shape);
    if (entry->begin <= entry->end && entry->end - entry->begin == needed)
        return CVL_OK;
    char list[CVL_LIST_SIZE];
    return cvl_fail(err, CVL_EFORMAT,
                    "tensor %s: %s of shape %s needs %zu bytes, data_offsets "
                    "are %s; save the file again",
                    name, dtype, shape, needed,
                    cvl_safetensors_list(offsets, 2, list));
}

cvl_status cvl_safetensors_entry_read(const cJSON *item,
                                      cvl_safetensors_entry *entry,
                                      cvl_error *err)
{
    *entry = (cvl_safetensors_entry){.name = item->string};
    char name[CVL_NAME_SIZE];
    cvl_name_quote(item->string, name);
    members m = {0};
    cvl_status status = find_members(item, name, &m, err);
    if (status) return status;
    assert(m.dtype && m.shape && m.offsets);
    status = read_dtype(m.dtype, name, &entry->dtype, err);
    if (!status) status = read_shape(m.shape, name, entry, err);
    if (!status) status = read_offsets(m.offsets, name, entry, err);
    return status;
}
