/* run_dir.h - the directory that a run leaves behind: --out. */
#ifndef CONVLET_TRAIN_RUN_DIR_H
#define CONVLET_TRAIN_RUN_DIR_H

#include <stdbool.h>

#include <convlet/error.h>

#include "base/config.h"
#include "train/log.h"

#define RUN_CHECKPOINT "checkpoint.safetensors"
#define RUN_MODEL "model.safetensors"
#define RUN_REPORT "report.html"

/* {0} is none. */
struct run_dir {
    const char *path;    /* not owned */
    char *file;          /* room for the path of a file in it */
    struct loss_log log; /* loss.csv, once it is open */
};

/* Names the directory; nothing is made. CVL_ENOMEM; free it in any case. */
cvl_status run_dir_init(struct run_dir *dir, const char *path, cvl_error *err);
void run_dir_free(struct run_dir *dir);

/* PATH/name, for a name of the directory's files; until the next call. */
const char *run_dir_file(const struct run_dir *dir, const char *name);

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

/* Closes loss.csv; CVL_EIO where its end could not be written. Idempotent. */
cvl_status run_dir_close_log(struct run_dir *dir, cvl_error *err);

#endif
