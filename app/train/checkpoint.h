/* checkpoint.h - everything that a run needs to go on where it was. */
#ifndef CONVLET_TRAIN_CHECKPOINT_H
#define CONVLET_TRAIN_CHECKPOINT_H

#include <convlet/random.h>
#include <convlet/trainer.h>

#include "base/config.h"
#include "base/text.h"

/* What changes from step to step, beside what the trainer holds. */
struct run_state {
    size_t step;      /* steps that were done */
    double best_loss; /* of all steps so far; infinite at first */
    cvl_random random;
};

/*
 * A checkpoint is a model file (model.h) with more in it: what the optimizer
 * remembers as "velocity.0.weight", the random stream as "random.state", and
 * in the metadata step, best_loss, the rest of the stream, the instruction
 * set, and the settings that the results depend on.
 *
 * Writes one, whole or not at all. CVL_EIO, CVL_ENOMEM.
 */
cvl_status checkpoint_save(const char *path, const struct config *config,
                           const char *spec, const cvl_exec *exec,
                           const cvl_trainer *trainer,
                           const struct run_state *state, cvl_error *err);

/*
 * Reads one into a trainer that was built from the same settings, and *state.
 *
 *   note   receives a line where the results may differ in rounding because
 *          another instruction set is used now; else stays empty
 *
 * Messages start with the path. CVL_EINVAL where settings that the results
 * depend on are others now, with their names; CVL_EFORMAT, CVL_EIO,
 * CVL_ENOMEM. On error the trainer's values are not to be used.
 */
cvl_status checkpoint_load(const char *path, const struct config *config,
                           const cvl_exec *exec, cvl_trainer *trainer,
                           struct run_state *state, struct text *note,
                           cvl_error *err);

#endif
