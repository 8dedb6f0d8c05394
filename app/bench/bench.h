/* bench.h - `convlet bench`: the door of its room. */
#ifndef CONVLET_BENCH_BENCH_H
#define CONVLET_BENCH_BENCH_H

#include "cli/command.h"

command_run bench_run;
extern const struct rule bench_rules[];

#endif
