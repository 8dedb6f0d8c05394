/* clock.h - how long a call takes, found by repeating it. */
#ifndef CONVLET_BENCH_CLOCK_H
#define CONVLET_BENCH_CLOCK_H

#include <stddef.h>

typedef void bench_call(void *context);

enum { BENCH_BATCHES = 9 };

/* Warms up, for at least one call and a tenth of `seconds`; returns how many
 * calls make a batch of which BENCH_BATCHES take `seconds`, 1 or more. */
size_t bench_warm_up(bench_call *call, void *context, double seconds);

/*
 * Times call(context): first warms up, then makes batches of so many calls,
 * BENCH_BATCHES of them unless `seconds` are used up earlier.
 *
 *   us   receives, per batch, microseconds per call
 *
 * Returns the number of batches, 1 or more.
 */
size_t bench_clock(bench_call *call, void *context, double seconds,
                   double us[BENCH_BATCHES]);

struct bench_times {
    double min_us, median_us;
};

/* Of count (1 or more) times; sorts them. */
struct bench_times bench_summary(double *us, size_t count);

#endif
