/* run_dir.h - the directory that a run leaves behind: --out. */
#ifndef CONVLET_RUN_DIR_H
#define CONVLET_RUN_DIR_H

#include <stdbool.h>

#include <convlet/net.h>

#include "config.h"
#include "data.h"
#include "log.h"

/* {0} is closed. */
struct run_dir {
    const char *path; /* not owned */
    struct log log;   /* loss.csv */
};

/*
 * Makes the directory (its parent must exist) and what is known before the
 * first step: config.ini, loss.csv. A directory that holds an earlier run is
 * refused unless --force is given. CVL_EIO, CVL_EINVAL, CVL_ENOMEM.
 */
cvl_status run_dir_open(struct run_dir *dir, const struct config *config,
                        bool with_psnr, cvl_error *err);

/* Writes what the run ends with: the params as .npy arrays and, where the
 * input was a picture, input, target and prediction as pictures, each named
 * on stderr. */
cvl_status run_dir_finish(struct run_dir *dir, const struct config *config,
                          const struct data *data, const cvl_net *net,
                          cvl_error *err);

/* Closes loss.csv; idempotent. */
void run_dir_close(struct run_dir *dir);

#endif
