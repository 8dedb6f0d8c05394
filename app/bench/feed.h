/* feed.h - what the steps of a net are fed with, drawn as training draws it. */
#ifndef CONVLET_BENCH_FEED_H
#define CONVLET_BENCH_FEED_H

#include <convlet/random.h>
#include <convlet/trainer.h>

#include "base/config.h"
#include "begin/ahead.h"
#include "patches/read.h"
#include "samples/batches.h"

/* Batches of --data, patches of --degrade, or random numbers, which are drawn
 * once; {0} is empty. */
struct bench_feed {
    struct config config;
    struct samples samples; /* none without --data */
    struct samples_batches batches;
    struct patches patches; /* off without --degrade */
    struct photos photos;   /* that these are from */
    cvl_random random;
    cvl_tensor x, t; /* of the step */
    size_t step;
    struct ahead ahead; /* of batches and patches: those of the next */
};

/*
 * Reads what --data or --degrade asks for, or draws an x of that shape. Without
 * a size, a batch is as large as in training. Errors of samples_read and
 * patches_init; free it in any case.
 *
 *   shape   receives x's
 */
cvl_status bench_feed_init(struct bench_feed *feed, const struct config *config,
                           const cvl_exec *exec, cvl_dtype dtype,
                           size_t shape[4], cvl_error *err);

/* The same of t, for this net and loss: targets, or labels. Errors of
 * samples_check_net; CVL_ENOMEM. */
cvl_status bench_feed_aim(struct bench_feed *feed, const cvl_trainer *trainer,
                          cvl_error *err);

/* Makes x and t those of the next step, and lets those of the one after it be
 * drawn beside, as training does. */
void bench_feed_draw(struct bench_feed *feed);

void bench_feed_free(struct bench_feed *feed);

#endif
