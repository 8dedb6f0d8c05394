/* net.h - private: where the time of a net's training steps goes. */
#ifndef CONVLET_BENCH_NET_H
#define CONVLET_BENCH_NET_H

#include <stdbool.h>

#include <convlet/error.h>

#include "base/config.h"

/*
 * Measures steps of the net of --net or --model and prints a table, a row for
 * each part: aligned for eyes, else as tab-separated values. Errors of
 * cvl_trainer_init, of reading the model and the data; nothing is printed then.
 */
cvl_status bench_net(const struct config *config, bool aligned, cvl_error *err);

#endif
