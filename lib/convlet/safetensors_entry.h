/* safetensors_entry.h - one tensor, as a safetensors header describes it. */
#ifndef CVL_SAFETENSORS_ENTRY_H
#define CVL_SAFETENSORS_ENTRY_H

#include <stddef.h>

#include "convlet/tensor.h"

struct cJSON;

/* One tensor: data[begin] to data[end - 1] of the data behind the header. */
typedef struct cvl_safetensors_entry {
    const char *name;
    cvl_dtype dtype;
    size_t ndim;
    size_t shape[CVL_MAX_NDIM];
    size_t begin, end;
} cvl_safetensors_entry;

/*
 * Reads one member of the header's object: {"dtype": "F32", "shape": [2,3],
 * "data_offsets": [0,24]}. The span of the offsets is what dtype and shape
 * need then; whether the file has these bytes is for the caller to check.
 * CVL_EFORMAT or CVL_EUNSUPPORTED with the tensor's name.
 */
cvl_status cvl_safetensors_entry_read(const struct cJSON *item,
                                      cvl_safetensors_entry *entry,
                                      cvl_error *err);

/* "F32" or "F64". */
const char *cvl_safetensors_dtype(cvl_dtype dtype);

enum { CVL_LIST_SIZE = 96 };

/* Writes up to CVL_MAX_NDIM sizes into text, "[2,3]"; returns text. */
const char *cvl_safetensors_list(const size_t *sizes, size_t count,
                                 char text[CVL_LIST_SIZE]);

#endif
