/* steps.c - see steps.h for the contract. */
#include "bench/steps.h"

#include <convlet/memory.h>

#include "base/clock.h"

size_t bench_step_rows(const cvl_net *net)
{
    return bench_step_row(net, CVL_PART_REST, 0) + 2;
}

size_t bench_step_row(const cvl_net *net, cvl_part part, size_t layer)
{
    const size_t layers = net->layer_count, first = BENCH_DATA_ROW + 1;
    switch (part) {
    case CVL_PART_FORWARD:
    case CVL_PART_DESCENT: return first + layer;
    case CVL_PART_LOSS: return first + layers;
    case CVL_PART_BACKWARD: return first + 2 * layers - layer;
    case CVL_PART_UPDATE: return first + 2 * layers + 1;
    case CVL_PART_REST: break;
    }
    return first + 2 * layers + 2;
}

/* The time since the last part is that of this row. */
static void lap(struct bench_steps *steps, size_t row)
{
    const double now = clock_seconds();
    steps->sum[row] += now - steps->last;
    steps->last = now;
}

static void part_done(void *context, cvl_part part, size_t layer)
{
    struct bench_steps *const steps = context;
    lap(steps, bench_step_row(&steps->trainer->net, part, layer));
}

static void run_step(void *context)
{
    struct bench_steps *const steps = context;
    bench_feed_draw(steps->feed);
    lap(steps, BENCH_DATA_ROW);
    cvl_trainer_step(steps->trainer, &steps->feed->x, &steps->feed->t);
    part_done(steps, CVL_PART_REST, 0);
}

cvl_status bench_steps_init(struct bench_steps *steps, cvl_trainer *trainer,
                            struct bench_feed *feed, size_t rounds,
                            cvl_error *err)
{
    *steps = (struct bench_steps){.trainer = trainer,
                                  .feed = feed,
                                  .rows = bench_step_rows(&trainer->net),
                                  .room = rounds * BENCH_BATCHES};
    void *block;
    const size_t times = steps->rows * (steps->room + 1);
    const cvl_status status =
        cvl_alloc(&block, times * sizeof *steps->us, "times", err);
    if (status) return status;
    steps->sum = block;
    steps->us = steps->sum + steps->rows;
    trainer->net.watch = (cvl_watch){part_done, steps};
    return CVL_OK;
}

/* The sums of the parts are that of the step: no time is in none of them. */
static void run_batch(struct bench_steps *steps, size_t count)
{
    const size_t whole = steps->rows - 1;
    for (size_t row = 0; row <= whole; row++) steps->sum[row] = 0;
    const double start = steps->last = clock_seconds();
    for (size_t i = 0; i < count; i++) run_step(steps);
    steps->sum[whole] = steps->last - start;
    for (size_t row = 0; row <= whole; row++)
        steps->us[row * steps->room + steps->count] =
            steps->sum[row] / (double)count * 1e6;
    steps->count++;
}

void bench_steps_round(struct bench_steps *steps, double seconds)
{
    const size_t each = bench_warm_up(run_step, steps, seconds);
    const size_t most = steps->count + BENCH_BATCHES;
    const double start = clock_seconds();
    do run_batch(steps, each);
    while (steps->count < most && steps->last - start < seconds);
}

void bench_steps_summary(struct bench_steps *steps,
                         struct bench_step_times *rows)
{
    const double *const whole = steps->us + (steps->rows - 1) * steps->room;
    size_t fastest = 0;
    for (size_t i = 1; i < steps->count; i++)
        if (whole[i] < whole[fastest]) fastest = i;
    for (size_t row = 0; row < steps->rows; row++) {
        double *const us = steps->us + row * steps->room;
        rows[row].us = us[fastest];
        rows[row].times = bench_summary(us, steps->count);
    }
}

void bench_steps_free(struct bench_steps *steps)
{
    cvl_free(steps->sum);
    *steps = (struct bench_steps){.rows = 0};
}
