/* bytes.h - a file's worth of bytes in memory, and pieces of it. */
#ifndef CVL_BYTES_H
#define CVL_BYTES_H

#include <stddef.h>

#include "convlet/error.h"

/* The bytes of a file, owned; {0} is empty. */
typedef struct cvl_bytes {
    unsigned char *data;
    size_t size;
} cvl_bytes;

/* Frees and resets; idempotent. */
void cvl_bytes_free(cvl_bytes *bytes);

/* A piece of what is to be written; not owned. */
typedef struct cvl_span {
    const void *data;
    size_t size;
} cvl_span;

/*
 * Copies the pieces, one after the other, into one block, which the caller
 * frees. CVL_ENOMEM with "out of memory: WHAT needs N bytes"; *bytes is {0}
 * then.
 */
cvl_status cvl_bytes_join(const cvl_span *pieces, size_t count,
                          const char *what, cvl_bytes *bytes, cvl_error *err);

#endif
