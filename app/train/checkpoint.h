/* checkpoint.h - everything that a run needs to go on where it was. */
#ifndef CONVLET_TRAIN_CHECKPOINT_H
#define CONVLET_TRAIN_CHECKPOINT_H

#include <convlet/random.h>
#include <convlet/safetensors.h>
#include <convlet/trainer.h>

#include "base/config.h"
#include "base/text.h"
#include "classify/epoch.h"
#include "report/history.h"
#include "report/updates.h"
#include "train/learned.h"

/* What changes from step to step, beside what the trainer holds. */
struct run_state {
    size_t step;      /* steps that were done */
    double best_loss; /* of all steps so far; infinite at first */
    cvl_random random;
    struct epoch_state epoch;
};

/* What of a run is saved, or comes back; nothing is owned. */
struct checkpoint_of {
    const struct config *config; /* with paths that hold anywhere */
    const struct learned *learned;
    const struct history *history;
    const struct updates *updates;
    const char *spec;
    const char *files; /* beside it, as own.h lists them; or NULL */
    const cvl_exec *exec;
    cvl_trainer *trainer;
    struct run_state *state;
};

/*
 * A checkpoint is a model file (model.h) with more in it: what the optimizer
 * remembers as "velocity.0.weight", the random stream as "random.state", and
 * in the metadata step, best_loss, the rest of the stream, the instruction
 * set, by which algorithm each layer convolves, the settings that the results
 * depend on, the files that were learned from, and those beside it (own.h).
 * For the report the kernels of step 0 are in it, as "first.0.weight", as many
 * as the history shows, and how much the steps changed the weights, as
 * "updates" (updates.h).
 *
 * Writes one, whole or not at all. CVL_EIO, CVL_ENOMEM.
 */
cvl_status checkpoint_save(int directory, const char *path,
                           const struct checkpoint_of *run, cvl_error *err);

/*
 * Reads one of a run with these settings: files may lie elsewhere now.
 * CVL_EINVAL where settings that the results depend on are others now, with
 * their names; CVL_EFORMAT, CVL_EIO, CVL_ENOMEM. Messages start with the path,
 * here and below.
 */
cvl_status checkpoint_open(int directory, const char *path,
                           const struct config *config, cvl_safetensors *file,
                           cvl_error *err);

/* CVL_EINVAL where the run learned from other files than those, with their
 * names. `note` receives a line where it was not written down what it learned
 * from, as version 0.1 did not. */
cvl_status checkpoint_check_data(const char *path, const cvl_safetensors *file,
                                 const struct config *config,
                                 const struct learned *learned,
                                 struct text *note, cvl_error *err);

/* What it says of the files beside it; NULL for nothing, as of version 0.1. */
const char *checkpoint_files(const cvl_safetensors *file);

/*
 * By which algorithm each layer convolved, AUTO for one that does not: what
 * `auto` was then. *found is false, and all are AUTO, where the file does not
 * say so, as of version 0.1: auto was cvl_conv2d_init's then, without what
 * CVL_CONV_FASTEST may take. CVL_EFORMAT for names that there are not.
 */
cvl_status checkpoint_read_algos(const char *path, const cvl_safetensors *file,
                                 cvl_conv_algo algos[CVL_MAX_LAYERS],
                                 bool *found, cvl_error *err);

/*
 * Fills the trainer, which was built from the same settings and of the
 * checkpoint's algorithms, and the state.
 *
 *   note   receives a line where the results may differ in rounding because
 *          another instruction set is used now
 *
 * CVL_EFORMAT; the trainer's values are not to be used then.
 */
cvl_status checkpoint_restore(const char *path, const cvl_safetensors *file,
                              const struct checkpoint_of *run,
                              struct text *note, cvl_error *err);

/* Puts the kernels of step 0 into a history that is empty, and what the steps
 * before `steps` changed; version 0.1 kept neither. CVL_EFORMAT. */
cvl_status checkpoint_recall(const char *path, const cvl_safetensors *file,
                             const cvl_net *net, size_t steps,
                             struct history *history, struct updates *updates,
                             cvl_error *err);

#endif
