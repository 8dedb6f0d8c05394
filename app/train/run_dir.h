/* run_dir.h - the directory that a run leaves behind: --out. */
#ifndef CONVLET_TRAIN_RUN_DIR_H
#define CONVLET_TRAIN_RUN_DIR_H

#include <stdbool.h>

#include <convlet/error.h>
#include <convlet/tensor.h>

#include "base/config.h"
#include "base/text.h"
#include "train/log.h"

/* {0} is closed. */
struct run_dir {
    const char *path; /* not owned */
    struct log log;   /* loss.csv */
};

/* DIR/name, into a new text that the caller frees; CVL_ENOMEM. */
cvl_status run_dir_path(const struct run_dir *dir, const char *name,
                        struct text *path, cvl_error *err);

/* Is there a file of that name? CVL_EIO where that cannot be told. */
cvl_status run_dir_look(const struct run_dir *dir, const char *name,
                        bool *found, cvl_error *err);

/*
 * Makes the directory, those above it, and what is known before the first
 * step: config.ini, which runs the same again, and loss.csv with its
 * header. A directory that holds an earlier run is refused unless --force is
 * given; then the old run's files go first. CVL_EIO, CVL_EINVAL, CVL_ENOMEM.
 */
cvl_status run_dir_create(struct run_dir *dir, const struct config *config,
                          bool with_psnr, cvl_error *err);

/*
 * Opens the directory of a run of which `step` steps are to be kept: later
 * lines of loss.csv, and what a longer run would not have logged, are cut
 * off. config.ini is written anew. CVL_EIO, CVL_EFORMAT, CVL_ENOMEM.
 */
cvl_status run_dir_reopen(struct run_dir *dir, const struct config *config,
                          bool with_psnr, size_t step, cvl_error *err);

/* Writes a tensor of 1 or 3 channels as a picture, and says so on stderr
 * unless quiet; other tensors are left out. */
cvl_status run_dir_save_picture(const struct run_dir *dir, bool quiet,
                                const char *name, const cvl_tensor *pixels,
                                cvl_error *err);

/* Closes loss.csv; CVL_EIO where its end could not be written. Idempotent. */
cvl_status run_dir_close(struct run_dir *dir, cvl_error *err);

#endif
