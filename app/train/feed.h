/* feed.h - what the steps of a run are fed with. */
#ifndef CONVLET_TRAIN_FEED_H
#define CONVLET_TRAIN_FEED_H

#include <convlet/trainer.h>

#include "begin/ahead.h"
#include "train/log.h"

struct run;

/*
 * One way of feeding: all of the data in each step, or a batch of it. All that
 * a step does beside learning is behind this; the loop does not ask which it
 * is.
 */
struct feed {
    /* Draws the batch of a step; the source is the run. NULL: all of the data
     * is in each. */
    ahead_draw *batch;

    /* Measures what is held out with the params as they are, for the step's
     * line; NULL: nothing is. */
    void (*measure)(struct run *run);

    /* The PSNR of that line, in dB; NaN where there is none. */
    double (*psnr)(const struct run *run, const cvl_step_result *result);

    /* After each step, which run->state has counted: takes it into account.
     * True where an epoch ends with it: *line is what there is to say of that.
     * NULL: there are none. */
    bool (*count)(struct run *run, const cvl_step_result *result,
                  struct log_entry *line);

    /* After the last step: runs the net as it is now, for the results, on
     * what is held out and on what it learned from, and counts what is dead. */
    void (*finish)(struct run *run);
};

/* Of this run, once its settings are there. */
const struct feed *feed_of(const struct run *run);

/* Makes run->x and run->t those of step run->state.step. */
void feed_draw(struct run *run);

/* Lets the batch of the step after it be drawn beside, if that will come: the
 * stream in run->state stays before it. */
void feed_draw_next(struct run *run);

#endif
