/* net_table.h - private: the table of a step's parts. */
#ifndef CONVLET_BENCH_NET_TABLE_H
#define CONVLET_BENCH_NET_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "bench/steps.h"

/* What computes, and the most that it does. */
struct bench_net_machine {
    const char *dtype, *isa;
    size_t threads;
    double peak, memory; /* GFLOP/s, and GB/s of a copy */
};

/* A row, by the names of its columns; what is NULL or 0 makes no sense here. */
struct bench_net_row {
    const char *layer; /* "2" */
    const char *text;  /* of the layer, as the net has it */
    const char *algorithm;
    const char *phase;
    struct bench_step_times times;
    double pct_step; /* of the step's time */
    double gflops;   /* of a product, by the shortest time, */
    double pct_peak; /* and in percent of what the processor multiplies */
    double gb;       /* of anything else: what it cannot but move, in 1e9 bytes
                        a second, */
    double pct_copy; /* and in percent of what a copy does */
};

/* The names of the columns; aligned for eyes, below the machine, else
 * tab-separated values. */
void bench_net_print_header(FILE *out, bool aligned,
                            const struct bench_net_machine *machine);
void bench_net_print_row(FILE *out, bool aligned,
                         const struct bench_net_machine *machine,
                         const struct bench_net_row *row);

#endif
