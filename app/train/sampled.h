/* sampled.h - a run that learns from samples, in batches, epoch by epoch. */
#ifndef CONVLET_TRAIN_SAMPLED_H
#define CONVLET_TRAIN_SAMPLED_H

#include "base/config.h"
#include "classify/baselines.h"
#include "classify/evaluate.h"
#include "classify/shared.h"
#include "samples/batches.h"
#include "train/feed.h"
#include "train/log.h"

/* {0} is none. */
struct sampled {
    struct samples samples;
    struct samples_batches batches;
    struct tally tally;         /* of a part, */
    struct shared_tally shared; /* which ranks may measure together, */
    const char *part;           /* "held out" or "trained on"; NULL: not yet, */
    size_t tally_step;          /* after so many steps */
    struct baselines baselines; /* at the end; none: not measured */
    double untouched; /* at the end, the loss of held-out inputs as they are,
                         where they are like their targets; 0: not measured */
    double last_loss; /* of the newest epoch, or of what there is of it */
};

/* Does a run of these settings learn from samples? */
bool is_sampled(const struct config *config);

/*
 * Reads what --data, or --input and --target, and --order ask for; makes room
 * for a batch in x and t, and settles how many steps there are, if that follows
 * from them. Errors of samples_read; free in any case.
 */
cvl_status sampled_init(struct sampled *sampled, struct config *config,
                        cvl_dtype dtype, cvl_tensor *x, cvl_tensor *t,
                        cvl_error *err);
void sampled_free(struct sampled *sampled);

/* After the net is built: CVL_EINVAL, with a remedy, where its output is not
 * for these samples; makes room to measure with. */
cvl_status sampled_check(struct run *run, cvl_error *err);

/*
 * After the last step: measures what could be had without learning, of labels
 * of which some are held out, where it is kept or said. CVL_ENOMEM.
 */
cvl_status sampled_compare(struct run *run, cvl_error *err);

/* Appends what a net has failed to learn, a line for each. */
void sampled_describe_unlearned(const struct run *run, struct text *text);

/* How many epochs so many steps complete. */
size_t sampled_epochs(const struct sampled *sampled, size_t steps);

/* Columns of an epoch's line; 0 where there are none. */
unsigned sampled_columns(const struct sampled *sampled);

/* The way of feeding. */
extern const struct feed feed_samples;

#endif
