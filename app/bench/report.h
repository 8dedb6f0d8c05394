/* report.h - the figures of a measurement, as a table or as TSV. */
#ifndef CONVLET_BENCH_REPORT_H
#define CONVLET_BENCH_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "bench/clock.h"

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
void bench_report_header(FILE *out, bool aligned);
void bench_report_row(FILE *out, bool aligned, const struct bench_row *row);

/* --machine: multiplications and additions, and bytes copied, in 1e9/s. */
void bench_report_machine(FILE *out, bool aligned, const char *isa,
                          const char *dtype, size_t threads, double peak,
                          double memory);

#endif
