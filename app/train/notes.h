/* notes.h - what a run says on stderr beside its log. */
#ifndef CONVLET_TRAIN_NOTES_H
#define CONVLET_TRAIN_NOTES_H

#include "train/run.h"

/* What is about to happen. */
void note_beginning(const struct run *run);

/* What in the pictures makes the result doubtful; CVL_ENOMEM. */
cvl_status note_doubts(const struct run *run, cvl_error *err);

/* A step whose result is not finite, or a run at whose end the loss is GROWN
 * times what it was; and which rate would have done. */
void note_divergence(struct run *run, size_t step, double loss);
void note_growth(struct run *run);

/* After the first step: kernels that begin as zeros, all of whose gradients
 * are zeros, too. */
void note_stuck(const struct run *run);

/* Rectifiers more than a tenth of whose channels never fire. */
void note_dead(const struct run *run);

/* Why the step is the last, where it is so before --steps; not if quiet. */
void note_early_end(const struct run *run, size_t step,
                    const cvl_step_result *result);

/* How well the picture that was held out is restored. */
void note_held_out(const struct run *run);

/* What is wrong with a net of samples that has learned nothing. */
void note_unlearned(const struct run *run);

/* What can be had without learning, and at the very end how many of the samples
 * that are held out are right; of a quiet run that alone, as it is a result. */
void note_verdict(const struct run *run);

/* How to go on, where that is possible. */
void note_complete(const struct run *run);
void note_interruption(const struct run *run);

#endif
