/* clock.c - see clock.h for the contract. */
#include "bench/clock.h"

#include <stdlib.h>

#include "base/clock.h"

/*
 * A batch is long enough that reading the clock costs nothing, even where a
 * call takes a microsecond, and short enough that some batches escape whoever
 * else uses the machine: the shortest is what the program can do, the median
 * what one gets.
 */

size_t bench_warm_up(bench_call *call, void *context, double seconds)
{
    const double share = seconds / BENCH_BATCHES;
    const double start = clock_seconds();
    double fastest = 0.0, last = start;
    do {
        const double before = last;
        call(context);
        last = clock_seconds();
        const double took = last - before;
        if (before == start || took < fastest) fastest = took;
    } while (last - start < seconds / 10);
    return fastest < share ? (size_t)(share / (fastest + 1e-9)) : 1;
}

size_t bench_clock(bench_call *call, void *context, double seconds,
                   double us[BENCH_BATCHES])
{
    const size_t calls = bench_warm_up(call, context, seconds);
    const double start = clock_seconds();
    size_t count = 0;
    double last = start;
    while (count == 0 || (count < BENCH_BATCHES && last - start < seconds)) {
        const double before = clock_seconds();
        for (size_t i = 0; i < calls; i++) call(context);
        last = clock_seconds();
        us[count++] = (last - before) / (double)calls * 1e6;
    }
    return count;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct bench_times bench_summary(double *us, size_t count)
{
    qsort(us, count, sizeof *us, compare);
    return (struct bench_times){.min_us = us[0],
                                .median_us =
                                    (us[(count - 1) / 2] + us[count / 2]) / 2};
}
