/* run.h - one training run, from its settings to what it leaves behind. */
#ifndef CONVLET_TRAIN_RUN_H
#define CONVLET_TRAIN_RUN_H

#include <convlet/shards.h>

#include "base/config.h"
#include "base/text.h"
#include "begin/ahead.h"
#include "begin/learning_rate.h"
#include "data/data.h"
#include "patches/held_out.h"
#include "patches/read.h"
#include "probe/dead.h"
#include "report/epochs.h"
#include "report/history.h"
#include "report/updates.h"
#include "train/checkpoint.h"
#include "train/feed.h"
#include "train/learned.h"
#include "train/least_squares.h"
#include "train/run_dir.h"
#include "train/sampled.h"

/* Everything that a run owns; {0} is empty. */
struct run {
    struct config config;       /* with the numbers that auto stands for, once
                                   it is prepared */
    struct rate_bounds bounds;  /* with --lr auto, or at the end */
    struct dead dead;           /* at the end */
    struct least_squares least; /* with --best, at the end */
    cvl_exec exec;
    cvl_dtype dtype;
    struct data data;
    struct data exact; /* the same in float64, for --best; else empty */
    const struct feed *feed;
    struct ahead ahead;       /* of a feed that draws: the next batch */
    cvl_tensor x, t;          /* of the step: views, once they are drawn */
    struct patches patches;   /* that data is cut from; off without --degrade */
    struct photos photos;     /* that these are from */
    struct held_out held_out; /* off likewise */
    struct sampled sampled;   /* none without samples */
    struct text spec;         /* of the net */
    cvl_conv_algo algos[CVL_MAX_LAYERS]; /* of its layers, once it is built */
    cvl_trainer trainer;
    cvl_shards shards; /* of its steps; {0}: they are whole */
    bool draws_all;    /* and not only what this rank learns from */
    struct run_state state;
    double first_loss, last_loss; /* of step 0, NaN where that is unknown, and
                                     of the newest step */
    struct learned learned;
    cvl_safetensors checkpoint; /* that it goes on from, until it does */
    bool goes_on;               /* from that */
    bool is_complete;           /* that has all its steps already */
    struct run_dir dir;         /* closed without --out */
    struct history history;     /* empty without --out, */
    struct updates updates;     /* and so is this */
    struct epochs epochs;       /* of a run that has them */
};

/* How often as large as at first a loss is that is warned of, and one that
 * nothing can be made of. */
#define GROWN 1e3
#define GROWN_AWAY 1e6

/* How a run ended. */
enum run_end {
    RUN_DONE,       /* all steps, or the output is close to the target */
    RUN_DIVERGED,   /* a number is not finite, or the loss has grown more than
                       GROWN_AWAY times; said so on stderr */
    RUN_INTERRUPTED /* by a signal; said how to go on */
};

/*
 * Makes everything ready for the first step, or for the one after a
 * checkpoint: data, net, params, and the run's directory. Free the run in any
 * case. Any cvl_status but CVL_OK means that nothing was trained.
 */
cvl_status run_prepare(struct run *run, const struct config *config,
                       cvl_error *err);
void run_free(struct run *run);

/*
 * CVL_OK, or CVL_ENOMEM with both figures where a run on random input, whose
 * size its settings tell, needs more than the `available` bytes. For runs on
 * files, each array is compared when it is made. Part of run_prepare.
 */
cvl_status run_check_memory(const struct run *run, size_t available,
                            cvl_error *err);

/*
 * Trains until the end, logs and checkpoints on the way. CVL_EIO where a
 * line or a file could not be written; *end is only set with CVL_OK.
 */
cvl_status run_train(struct run *run, enum run_end *end, cvl_error *err);

/* How often as large as at first the loss is; 1 where that is unknown. */
double run_growth(const struct run *run);

/* The first param that holds NaN or infinity, or NULL. */
const cvl_param *run_nonfinite_param(const struct run *run);

/*
 * Saves where the run is. Of a finished run this comes last: a run that was
 * stopped before goes on from an earlier checkpoint, and does the end again.
 * Nothing without --out. CVL_EIO, CVL_ENOMEM.
 */
cvl_status run_checkpoint(struct run *run, cvl_error *err);

/*
 * What a run leaves: with --best, how low the loss could have been, which is
 * said; of a finished one the model and the pictures; report.html however it
 * ended. The last two are nothing without --out. CVL_EIO, CVL_ENOMEM.
 */
cvl_status run_find_least(struct run *run, cvl_error *err);
cvl_status run_keep_results(struct run *run, cvl_error *err);
cvl_status run_keep_report(struct run *run, enum run_end end, cvl_error *err);

/* Appends a space and a word, quoted for a shell where it must be. */
void run_add_word(const char *word, struct text *text);

/* Appends what was typed, in such words. */
void run_command_line(const struct start_settings *start, struct text *text);

/* Where the input comes from, as it was asked for. */
const char *run_input_name(const struct run *run);

/* What it is to give, as it was asked for; "10 classes" is written to text. */
const char *run_target_name(const struct run *run,
                            char text[CVL_DESCRIBE_SIZE]);

/* Appends how the loss is descended, "SGD, lr 0.001, ..., reduction mean". */
void run_recipe(const struct run *run, struct text *text);

#endif
