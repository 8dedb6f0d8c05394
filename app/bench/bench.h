/* bench.h - `convlet bench`: the door of its room. */
#ifndef CONVLET_BENCH_BENCH_H
#define CONVLET_BENCH_BENCH_H

#include <stdbool.h>
#include <stdio.h>

#include "bench/clock.h"
#include "cli/command.h"

command_run bench_run;
extern const struct rule bench_rules[];

/* A row, by the names of its columns. */
struct bench_row {
    const char *shape, *algorithm, *isa;
    size_t threads;
    const char *phase;
    struct bench_times times;
    double gflops;   /* by the shortest time */
    double pct_peak; /* of what the processor can do at most */
};

/* The names of the columns; aligned for eyes, else tab-separated values. */
void bench_print_header(FILE *out, bool aligned);
void bench_print_row(FILE *out, bool aligned, const struct bench_row *row);

#endif
