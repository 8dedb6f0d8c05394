/* safetensors_header.h - what the header of a safetensors file says. */
#ifndef CVL_SAFETENSORS_HEADER_H
#define CVL_SAFETENSORS_HEADER_H

#include <stddef.h>

#include "convlet/safetensors_entry.h"

struct cJSON;

/* Names and texts belong to `json`. {0} is valid and may be freed. */
typedef struct cvl_safetensors_header {
    struct cJSON *json;
    const struct cJSON *metadata; /* its object, or NULL */
    size_t metadata_count;
    size_t tensor_count;
    cvl_safetensors_entry *tensors; /* in the order of their data */
    size_t text_size; /* of all names, keys and texts, with their zeros */
    size_t data_at;   /* where the data begin in the file */
} cvl_safetensors_header;

/*
 * Reads and checks everything that cvl_safetensors_parse promises; the data
 * of every tensor are within the `size` bytes then. On error there is nothing
 * to free.
 */
cvl_status cvl_safetensors_header_parse(const unsigned char *bytes, size_t size,
                                        cvl_safetensors_header *header,
                                        cvl_error *err);

/* Frees and resets; idempotent. */
void cvl_safetensors_header_free(cvl_safetensors_header *header);

#endif
