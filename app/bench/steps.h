/* steps.h - steps of training, and how long each part of one takes. */
#ifndef CONVLET_BENCH_STEPS_H
#define CONVLET_BENCH_STEPS_H

#include "bench/clock.h"
#include "bench/feed.h"

/*
 * What a step is made of, one after the other: its data, the layers forward,
 * the loss, the layers backward, the update, and the rest; behind them the
 * step. Of a net of one conv layer, the first forward pass is all of its
 * descent, and there is no loss, nor a backward pass.
 */
size_t bench_step_rows(const cvl_net *net);
size_t bench_step_row(const cvl_net *net, cvl_part part, size_t layer);
enum { BENCH_DATA_ROW = 0 };

/* {0} is empty. */
struct bench_steps {
    cvl_trainer *trainer; /* with a watch on its net */
    struct bench_feed *feed;
    size_t rows;
    double *sum;        /* [rows] of the batch under way, in seconds, */
    double last;        /* until then */
    size_t room, count; /* batches, and how many there are */
    double *us;         /* [rows][room], microseconds a step */
};

/* For so many rounds. CVL_ENOMEM; free it in any case. */
cvl_status bench_steps_init(struct bench_steps *steps, cvl_trainer *trainer,
                            struct bench_feed *feed, size_t rounds,
                            cvl_error *err);

/* One more round, of batches of steps: as bench_clock. */
void bench_steps_round(struct bench_steps *steps, double seconds);

/* How long one part took. */
struct bench_step_times {
    double us; /* in the fastest batch of steps, where all parts add up to the
                  step */
    struct bench_times times; /* of the part alone, in all batches */
};

/* Of each row; after the last round, and once, as it sorts the times. */
void bench_steps_summary(struct bench_steps *steps,
                         struct bench_step_times *rows);

void bench_steps_free(struct bench_steps *steps);

#endif
