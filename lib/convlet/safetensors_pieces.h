/* safetensors_pieces.h - private: a file that is made, without copies. */
#ifndef CVL_SAFETENSORS_PIECES_H
#define CVL_SAFETENSORS_PIECES_H

#include "convlet/bytes.h"
#include "convlet/memory.h"
#include "convlet/safetensors.h"

/* The header and the tensors' data, where they lie; what else is for the
 * making. */
typedef struct cvl_safetensors_pieces {
    cvl_span *pieces;
    size_t count;
    cvl_arena arena;    /* holds the three lists */
    const char **names; /* scratch, for tensors and then for metadata */
    size_t *order;      /* of the tensors' data */
    size_t data_size;
    unsigned char *header;  /* the length, the text */
    unsigned char *swapped; /* the data, where the host is big-endian */
} cvl_safetensors_pieces;

/*
 * The pieces that make up the file, one after the other; the tensors outlive
 * them. As cvl_safetensors_format, whose errors these are; *p is {0} then.
 */
cvl_status cvl_safetensors_cut(const cvl_safetensors *file,
                               cvl_safetensors_pieces *p, cvl_error *err);

/* Frees and resets; idempotent. */
void cvl_safetensors_pieces_free(cvl_safetensors_pieces *p);

#endif
