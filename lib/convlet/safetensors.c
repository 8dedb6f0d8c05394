/* safetensors.c - what a file says is believed once it is checked. */
#include "convlet/safetensors.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/byte_order.h"
#include "convlet/number.h"
#include "convlet/safetensors_json.h"

enum { LENGTH_SIZE = 8 };

/* A name of the header, and where its value begins. */
typedef struct member {
    const char *name;
    size_t at;
} member;

/* A tensor: data[begin] to data[end - 1] of the data behind the header. */
typedef struct entry {
    const char *name;
    bool unread;
    const char *other_dtype; /* a constant; NULL: this one */
    cvl_dtype dtype;
    size_t element; /* its bytes */
    size_t ndim;
    size_t shape[CVL_MAX_NDIM];
    size_t begin, end;
} entry;

/* What the header says, and the lists to find that out. */
typedef struct header {
    cvl_json json; /* its text */
    cvl_arena arena;
    member *members;
    const char **names; /* scratch, to find one that is there twice */
    entry *tensors;     /* at last in the order of their data */
    cvl_metadata_entry *metadata;
    char *texts, *texts_end; /* all names, keys and texts, with their zeros */
    size_t member_count, tensor_count, metadata_count, unread_count;
} header;

/* Where the header ends, from the eight bytes before it. */
static cvl_status find_end(const char *bytes, size_t size, size_t *end,
                           cvl_error *err)
{
    if (size < LENGTH_SIZE)
        return cvl_fail(err, CVL_EFORMAT,
                        "has %zu byte%s, a safetensors file has 8 or more; "
                        "save the file again",
                        size, cvl_plural(size));
    const uint64_t length = cvl_little_endian(bytes, LENGTH_SIZE);
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

/* Room for all that so many strings in so long a text can be. */
static void layout_header(header *h)
{
    cvl_arena *const arena = &h->arena;
    const size_t count = h->json.strings, most = CVL_SAFETENSORS_MAX_TENSORS;
    h->members = cvl_arena_take(arena, count * sizeof *h->members);
    h->names = cvl_arena_take(arena, count * sizeof *h->names);
    h->tensors = cvl_arena_take(arena, (count < most ? count : most) *
                                           sizeof *h->tensors);
    h->metadata = cvl_arena_take(arena, count / 2 * sizeof *h->metadata);
    h->texts = h->texts_end = cvl_arena_take(arena, h->json.end);
}

/* Whether two of h->names are the same. */
static cvl_status check_unique(const header *h, size_t count, const char *what)
{
    const char *const twice = cvl_find_twice(h->names, count);
    char quoted[CVL_NAME_SIZE];
    if (!twice) return CVL_OK;
    return cvl_fail(h->json.err, CVL_EFORMAT,
                    "header has %s %s twice; save the file again", what,
                    cvl_name_quote(twice, quoted));
}

/* The names, and where to read on. */
static cvl_status read_members(header *h)
{
    cvl_json json = h->json;
    while (cvl_json_next(&json)) {
        member *const m = &h->members[h->member_count];
        m->name = cvl_json_name(&json, &h->texts_end);
        m->at = json.at;
        h->names[h->member_count++] = m->name;
        cvl_json_skip(&json);
    }
    return check_unique(h, h->member_count, "the name");
}

/* Texts under names. */
static cvl_status read_metadata(header *h, size_t at)
{
    cvl_json json = h->json;
    json.at = at;
    const char kind = cvl_json_kind(&json);
    if (kind == 'n')
        return CVL_OK; /* as a library writes none that was given */
    if (kind != '{')
        return cvl_fail(json.err, CVL_EFORMAT,
                        "\"__metadata__\" is no object of texts; save the "
                        "file again");
    while (cvl_json_next(&json)) {
        cvl_metadata_entry *const m = &h->metadata[h->metadata_count];
        char key[CVL_NAME_SIZE];
        m->key = cvl_json_name(&json, &h->texts_end);
        if (cvl_json_kind(&json) != '"')
            return cvl_fail(json.err, CVL_EFORMAT,
                            "metadata %s is no text; save it as str(...)",
                            cvl_name_quote(m->key, key));
        m->value = cvl_json_string(&json, &h->texts_end);
        h->names[h->metadata_count++] = m->key;
    }
    return check_unique(h, h->metadata_count, "metadata");
}

/* Where the values of a tensor's keys begin; 0 where one is not there. */
typedef struct keys {
    size_t dtype, shape, offsets;
} keys;

/* Finds them; each must be there, once, and nothing else. What is read on the
 * way goes to `scratch`. */
static cvl_status find_keys(cvl_json json, const char *name, char *scratch,
                            keys *found)
{
    if (cvl_json_kind(&json) != '{')
        return cvl_fail(json.err, CVL_EFORMAT,
                        "tensor %s is no object with dtype, shape and "
                        "data_offsets; save the file again",
                        name);
    while (cvl_json_next(&json)) {
        char *to = scratch;
        const char *const key = cvl_json_name(&json, &to);
        size_t *const place = !strcmp(key, "dtype")          ? &found->dtype
                              : !strcmp(key, "shape")        ? &found->shape
                              : !strcmp(key, "data_offsets") ? &found->offsets
                                                             : NULL;
        char quoted[CVL_NAME_SIZE];
        if (!place || *place)
            return cvl_fail(json.err, CVL_EFORMAT,
                            "tensor %s has %s key %s; save the file again",
                            name, place ? "a second" : "the unknown",
                            cvl_name_quote(key, quoted));
        *place = json.at;
        cvl_json_skip(&json);
    }
    const char *const missing = !found->dtype     ? "dtype"
                                : !found->shape   ? "shape"
                                : !found->offsets ? "data_offsets"
                                                  : NULL;
    if (!missing) return CVL_OK;
    return cvl_fail(json.err, CVL_EFORMAT,
                    "tensor %s has no key \"%s\"; save the file again", name,
                    missing);
}

/* Reads whole numbers, up to `limit`; *count is how many there are. False if
 * it is no list of them. */
static bool read_sizes(cvl_json json, size_t *sizes, size_t limit,
                       size_t *count)
{
    *count = 0;
    if (cvl_json_kind(&json) != '[') return false;
    while (cvl_json_next(&json)) {
        const char kind = cvl_json_kind(&json);
        if (kind < '0' || kind > '9') return false;
        const size_t size = cvl_json_size(&json);
        if (*count < limit) sizes[*count] = size;
        ++*count;
    }
    return true;
}

/* Those that are not read. */
static const struct {
    const char *name;
    size_t size;
} OTHER_DTYPES[] = {{"BOOL", 1}, {"I8", 1},      {"U8", 1},     {"I16", 2},
                    {"U16", 2},  {"F16", 2},     {"BF16", 2},   {"I32", 4},
                    {"U32", 4},  {"I64", 8},     {"U64", 8},    {"F8_E4M3", 1},
                    {"C64", 8},  {"F8_E5M2", 1}, {"F8_E8M0", 1}};

static cvl_status read_dtype(cvl_json json, const char *name, char *scratch,
                             entry *e)
{
    if (cvl_json_kind(&json) != '"')
        return cvl_fail(json.err, CVL_EFORMAT,
                        "tensor %s: dtype is no text, expected \"F32\" or "
                        "\"F64\"; save the file again",
                        name);
    const char *const text = cvl_json_string(&json, &scratch);
    for (e->dtype = CVL_F32; e->dtype <= CVL_F64; ++e->dtype) {
        e->element = cvl_dtype_size(e->dtype);
        if (!strcmp(text, cvl_safetensors_dtype(e->dtype))) return CVL_OK;
    }
    for (size_t i = 0; i < sizeof OTHER_DTYPES / sizeof *OTHER_DTYPES; i++) {
        e->other_dtype = OTHER_DTYPES[i].name;
        e->element = OTHER_DTYPES[i].size;
        if (!strcmp(text, e->other_dtype)) return CVL_OK;
    }
    char quoted[CVL_NAME_SIZE];
    return cvl_fail(json.err, CVL_EUNSUPPORTED,
                    "tensor %s has the dtype %s, convlet reads F32 and F64; "
                    "save it as t.float() or t.double()",
                    name, cvl_name_quote(text, quoted));
}

/* Unread where it is not one to four axes of 1 or more. */
static cvl_status read_shape(cvl_json json, const char *name, entry *e)
{
    if (!read_sizes(json, e->shape, CVL_MAX_NDIM, &e->ndim))
        return cvl_fail(json.err, CVL_EFORMAT,
                        "tensor %s: shape is no list of whole numbers; save "
                        "the file again",
                        name);
    e->unread = e->other_dtype || e->ndim == 0 || e->ndim > CVL_MAX_NDIM;
    for (size_t i = 0; !e->unread && i < e->ndim; i++)
        e->unread = e->shape[i] == 0;
    return CVL_OK;
}

/* [begin,end], just as far apart as shape and dtype need. */
static cvl_status read_offsets(cvl_json json, const char *name, entry *e)
{
    size_t offsets[2], count;
    if (!read_sizes(json, offsets, 2, &count) || count != 2)
        return cvl_fail(json.err, CVL_EFORMAT,
                        "tensor %s: data_offsets are no two whole numbers; "
                        "save the file again",
                        name);
    e->begin = offsets[0];
    e->end = offsets[1];
    if (e->ndim > CVL_MAX_NDIM && e->begin <= e->end) return CVL_OK;
    if (e->ndim > CVL_MAX_NDIM)
        return cvl_fail(json.err, CVL_EFORMAT,
                        "tensor %s ends before it begins; save the file again",
                        name);
    char shape[CVL_LIST_SIZE];
    cvl_safetensors_list(e->shape, e->ndim, shape);
    const char *const dtype =
        e->other_dtype ? e->other_dtype : cvl_safetensors_dtype(e->dtype);
    size_t needed;
    if (!cvl_size_product(e->shape, e->ndim, &needed) ||
        !cvl_size_mul(needed, e->element, &needed))
        return cvl_fail(json.err, CVL_EFORMAT,
                        "tensor %s: %s of shape %s needs more than any "
                        "memory; save the file again",
                        name, dtype, shape);
    if (e->begin <= e->end && e->end - e->begin == needed) return CVL_OK;
    char list[CVL_LIST_SIZE];
    return cvl_fail(json.err, CVL_EFORMAT,
                    "tensor %s: %s of shape %s needs %zu bytes, data_offsets "
                    "are %s; save the file again",
                    name, dtype, shape, needed,
                    cvl_safetensors_list(offsets, 2, list));
}

/* Reads one tensor's description: {"dtype": "F32", "shape": [2,3],
 * "data_offsets": [0,24]}, in any order. */
static cvl_status read_entry(header *h, const member *m, entry *e)
{
    cvl_json json = h->json;
    keys found = {0};
    char name[CVL_NAME_SIZE];
    cvl_name_quote(m->name, name);
    *e = (entry){.name = m->name};
    json.at = m->at;
    cvl_status status = find_keys(json, name, h->texts_end, &found);
    if (status) return status;
    json.at = found.dtype;
    status = read_dtype(json, name, h->texts_end, e);
    json.at = found.shape;
    if (!status) status = read_shape(json, name, e);
    json.at = found.offsets;
    if (!status) status = read_offsets(json, name, e);
    h->unread_count += e->unread;
    return status;
}

static cvl_status read_tensors(header *h, const member *metadata)
{
    const size_t count = h->member_count - (metadata != NULL);
    if (count > CVL_SAFETENSORS_MAX_TENSORS)
        return cvl_fail(h->json.err, CVL_EUNSUPPORTED,
                        "has %zu tensors, convlet reads at most %d; save "
                        "fewer",
                        count, CVL_SAFETENSORS_MAX_TENSORS);
    for (size_t i = 0; i < h->member_count; i++) {
        const member *const m = &h->members[i];
        if (m == metadata) continue;
        const cvl_status status =
            read_entry(h, m, &h->tensors[h->tensor_count++]);
        if (status) return status;
    }
    return CVL_OK;
}

static int compare_begins(const void *a, const void *b)
{
    const entry *const x = a, *const y = b;
    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end; /* empty ones first */
}

/* Sorts by offset, and checks that the data are covered, each byte once. */
static cvl_status check_cover(const header *h, size_t data_size)
{
    qsort(h->tensors, h->tensor_count, sizeof *h->tensors, compare_begins);
    char name[CVL_NAME_SIZE], before[CVL_NAME_SIZE];
    size_t end = 0;
    for (size_t i = 0; i < h->tensor_count; i++) {
        const entry *const e = &h->tensors[i];
        cvl_name_quote(e->name, name);
        if (e->begin < end)
            return cvl_fail(h->json.err, CVL_EFORMAT,
                            "tensor %s begins at byte %zu of the data, before "
                            "tensor %s ends at %zu; save the file again",
                            name, e->begin, cvl_name_quote(e[-1].name, before),
                            end);
        if (e->begin > end)
            return cvl_fail(h->json.err, CVL_EFORMAT,
                            "tensor %s begins at byte %zu of the data, "
                            "expected %zu; save the file again",
                            name, e->begin, end);
        if (e->end > data_size)
            return cvl_fail(h->json.err, CVL_EFORMAT,
                            "tensor %s ends at byte %zu of the data, the file "
                            "has %zu; it is cut short",
                            name, e->end, data_size);
        end = e->end;
    }
    if (end == data_size) return CVL_OK;
    return cvl_fail(h->json.err, CVL_EFORMAT,
                    "has %zu byte%s of data, its tensors end at %zu; save the "
                    "file again",
                    data_size, cvl_plural(data_size), end);
}

/* Each fact is checked once, in this order; the data of every tensor are
 * within the `size` bytes then. */
static cvl_status read_header(header *h, size_t size)
{
    cvl_error *const err = h->json.err;
    cvl_status status = find_end(h->json.bytes, size, &h->json.end, err);
    h->json.at = LENGTH_SIZE;
    if (!status) status = cvl_json_check(&h->json);
    if (status) return status;
    layout_header(h);
    status = cvl_arena_commit(&h->arena, "the header", err);
    if (status) return status;
    layout_header(h);
    status = read_members(h);
    if (status) return status;
    const member *metadata = NULL;
    for (size_t i = 0; i < h->member_count; i++)
        if (!strcmp(h->members[i].name, "__metadata__"))
            metadata = &h->members[i];
    if (metadata) status = read_metadata(h, metadata->at);
    if (!status) status = read_tensors(h, metadata);
    return status ? status : check_cover(h, size - h->json.end);
}

/* Lists the tensors that are not read; their texts have moved to `texts`. */
static void list_unread(const header *h, const char *texts,
                        cvl_unread_tensor *unread)
{
    for (size_t i = 0; i < h->tensor_count; i++) {
        const entry *const e = &h->tensors[i];
        if (!e->unread) continue;
        unread->name = texts + (e->name - h->texts);
        unread->dtype = e->other_dtype;
        unread->ndim = e->ndim;
        memcpy(unread->shape, e->shape, sizeof e->shape);
        unread++;
    }
}

/* Everything in one arena; on the second run, when there is one, filled. */
static void layout(cvl_safetensors *out, const header *h)
{
    cvl_arena *const arena = &out->arena;
    const size_t text_size = (size_t)(h->texts_end - h->texts);
    out->tensors = cvl_arena_take(arena, (h->tensor_count - h->unread_count) *
                                             sizeof *out->tensors);
    out->unread = cvl_arena_take(arena, h->unread_count * sizeof *out->unread);
    out->metadata =
        cvl_arena_take(arena, h->metadata_count * sizeof *out->metadata);
    char *const texts = cvl_arena_take(arena, text_size);
    cvl_named_tensor *named = out->tensors;
    for (size_t i = 0; i < h->tensor_count; i++) {
        const entry *const e = &h->tensors[i];
        if (e->unread) continue;
        void *const values = cvl_arena_take(arena, e->end - e->begin);
        if (!values) continue;
        named->name = texts + (e->name - h->texts);
        named->tensor = cvl_tensor_wrap(e->dtype, e->ndim, e->shape, values);
        cvl_copy_little_endian(values, h->json.bytes + h->json.end + e->begin,
                               cvl_dtype_size(e->dtype), named->tensor.count);
        named++;
    }
    if (!arena->base) return;
    memcpy(texts, h->texts, text_size);
    list_unread(h, texts, out->unread);
    for (size_t i = 0; i < h->metadata_count; i++)
        out->metadata[i] =
            (cvl_metadata_entry){texts + (h->metadata[i].key - h->texts),
                                 texts + (h->metadata[i].value - h->texts)};
}

cvl_status cvl_safetensors_parse(const void *bytes, size_t size,
                                 cvl_safetensors *out, cvl_error *err)
{
    *out = (cvl_safetensors){0};
    header h = {.json = {.bytes = bytes, .err = err}};
    cvl_status status = read_header(&h, size);
    if (status) goto done;
    layout(out, &h);
    status = cvl_arena_commit(&out->arena, "the file's content", err);
    if (status) goto done;
    layout(out, &h);
    out->tensor_count = h.tensor_count - h.unread_count;
    out->unread_count = h.unread_count;
    out->metadata_count = h.metadata_count;
done:
    if (status) *out = (cvl_safetensors){0};
    cvl_arena_free(&h.arena);
    return status;
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

const cvl_unread_tensor *cvl_safetensors_unread(const cvl_safetensors *file,
                                                const char *name)
{
    for (size_t i = 0; i < file->unread_count; i++)
        if (!strcmp(file->unread[i].name, name)) return &file->unread[i];
    return NULL;
}

const char *cvl_unread_why(const cvl_unread_tensor *tensor,
                           char text[CVL_UNREAD_SIZE])
{
    char name[CVL_NAME_SIZE], dtype[CVL_NAME_SIZE], shape[CVL_LIST_SIZE];
    cvl_name_quote(tensor->name, name);
    if (tensor->dtype)
        snprintf(text, CVL_UNREAD_SIZE,
                 "tensor %s has the dtype %s, convlet reads F32 and F64; save "
                 "it as t.float() or t.double()",
                 name, cvl_name_quote(tensor->dtype, dtype));
    else if (tensor->ndim == 0)
        snprintf(text, CVL_UNREAD_SIZE,
                 "tensor %s is a single number, shape []; save it as "
                 "t.reshape(1)",
                 name);
    else if (tensor->ndim > CVL_MAX_NDIM)
        snprintf(text, CVL_UNREAD_SIZE,
                 "tensor %s has %zu axes, convlet takes 1 to 4; save it as "
                 "t.reshape(...)",
                 name, tensor->ndim);
    else
        snprintf(text, CVL_UNREAD_SIZE,
                 "tensor %s is empty, shape %s; leave it out", name,
                 cvl_safetensors_list(tensor->shape, tensor->ndim, shape));
    return text;
}

void cvl_safetensors_free(cvl_safetensors *file)
{
    cvl_arena_free(&file->arena);
    *file = (cvl_safetensors){0};
}
