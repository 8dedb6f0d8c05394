/* source.h - a file that an input was named by: opened once, recognised. */
#ifndef CONVLET_DATA_SOURCE_H
#define CONVLET_DATA_SOURCE_H

#include <stdint.h>

#include <convlet/file.h>

#include "pictures/picture.h"

/* What a file is by its first bytes. */
enum source_kind {
    SOURCE_OTHER, /* none of these, no file, or not there: reading says why */
    SOURCE_EMPTY,
    SOURCE_DIRECTORY,
    SOURCE_PICTURE,
    SOURCE_NPY,
    SOURCE_ZIP /* as an archive of arrays is */
};

/* What tells a content from others: its bytes, and the sum of them. */
struct source_mark {
    size_t size;
    uint64_t sum;
};

/* {0} is empty. */
struct source {
    const char *path; /* or "standard input", which "-" names */
    enum source_kind kind;
    const picture_format *format; /* of a picture; else NULL */
    cvl_bytes bytes;              /* once it was read */
};

/* Recognises the file, and reads no more of it than that takes. CVL_EIO where
 * it cannot be told: nobody shall take a picture for something else then. */
cvl_status source_look(const char *path, struct source *source, cvl_error *err);

/*
 * Recognises the file and reads it whole: a picture of at most
 * PICTURE_MAX_BYTES, anything else of CVL_NPY_MAX_FILE. Errors of
 * cvl_file_read, also for a directory and for what is not there; the source
 * is empty then.
 */
cvl_status source_read(const char *path, struct source *source, cvl_error *err);

/* Of the bytes that were read. */
struct source_mark source_mark(const struct source *source);

/*
 * CVL_EIO with "PATH: no such file; did you mean 'BEFORE NEAR AFTER'?", without
 * the spaces, where there is no such file but a word that is taken in its place
 * is near; NULL: none is.
 */
cvl_status source_refuse_typo(const char *path, const char *before,
                              const char *near, const char *after,
                              cvl_error *err);

/* "picture", ".npy array" or "directory"; NULL for any other. */
const char *source_kind_name(enum source_kind kind);

/* Frees and resets; idempotent. */
void source_free(struct source *source);

#endif
