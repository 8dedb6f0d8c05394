/* paths.h - which file each file becomes. */
#ifndef CONVLET_APPLY_PATHS_H
#define CONVLET_APPLY_PATHS_H

#include "base/config.h"
#include "base/text.h"
#include "pictures/picture.h"

/* One file on its way; {0} is empty. */
struct apply_paths {
    const char *input;
    struct text output; /* no data: nothing is written */
    struct text truth;  /* no data: nothing is compared */
    bool is_picture;    /* the output is a picture, else a .npy array */
    bool to_stdout;     /* output.data is /dev/stdout */
    const picture_format *format; /* of such a picture */
};

/*
 * Settles what becomes of apply.files[0 .. file_count-1], which are
 * there; `paths` has room for them, and is freed by the caller in any case.
 * Makes the directory that they go to. With several files, or where --output is
 * a directory, ends in '/' or has no ending, every file keeps its name, but for
 * the ending where that is of a kind that is not written (JPEG, PNM: .png);
 * that of "-", standard input, is "stdin". An --output of "-" is standard
 * output, which gets what would stand in such a file.
 * CVL_EINVAL where two would become one or one is an input, or --output or
 * --compare names one file for several; CVL_EIO; CVL_ENOMEM.
 */
cvl_status apply_paths_settle(const struct config *config,
                              struct apply_paths *paths, cvl_error *err);

/* CVL_EINVAL where there is a file already that may not be overwritten. */
cvl_status apply_paths_check(const struct apply_paths *paths, bool force,
                             cvl_error *err);

/* Frees and resets; idempotent. */
void apply_paths_free(struct apply_paths *paths);

#endif
