/* photos.h - one's own pictures, of one colour kind, ready to be cut up. */
#ifndef CONVLET_PATCHES_PHOTOS_H
#define CONVLET_PATCHES_PHOTOS_H

#include <stddef.h>

#include <convlet/error.h>
#include <convlet/tensor.h>

#include "base/config.h"
#include "data/source.h"

struct photo {
    char *name;              /* its path */
    cvl_tensor pixels;       /* float32 [1,C,H,W], from 0 to 1 */
    struct source_mark mark; /* of the file */
    unsigned notes;          /* see enum picture_note */
};

/* {0} is empty. */
struct photos {
    struct photo *photo;
    size_t count;
    bool is_directory;                  /* that they are in, sorted by name */
    char *other;                        /* what is there besides, a path, */
    size_t others;                      /* of so many; or NULL */
    struct source_mark validation_mark; /* of --validation, if that was read */
};

/* A directory with more pictures, or more numbers in them, is refused. */
enum { PHOTOS_LIMIT = 10000 };
#define PHOTOS_VALUES ((size_t)512 * 1024 * 1024)

/*
 * Reads the picture `path`, or every picture of the directory `path`, by their
 * first bytes, in the order of their names; other files, hidden ones and
 * directories in it are left alone.
 *
 *   color   COLOR_KEEP: as they are, all grey or all colour; COLOR_Y: their
 *           luminance, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601); COLOR_RGB:
 *           three channels, equal ones for a grey picture
 *
 * Messages start with a path. CVL_EIO, CVL_EFORMAT for a damaged picture and
 * for a directory without any, CVL_EINVAL for kinds that do not go together,
 * CVL_EUNSUPPORTED for too much, CVL_ENOMEM. Free in any case.
 */
cvl_status photos_load(const char *path, enum color_choice color,
                       struct photos *photos, cvl_error *err);

/* Says on stderr what of the files was ignored or passed over: for each note
 * the first picture that has it, and how many more. */
void photos_print_notes(const char *command, const struct photos *photos);

/* Frees and resets; idempotent. */
void photos_free(struct photos *photos);

#endif
