/* dead.h - channels of rectifiers that never fire, and so learn nothing. */
#ifndef CONVLET_TRAIN_DEAD_H
#define CONVLET_TRAIN_DEAD_H

#include <convlet/net.h>

#include "base/text.h"

/* Of a net, whose layers' channels are 0 wherever the nets that were given
 * looked; {0}: none. */
struct dead {
    bool is_rectifier[CVL_MAX_LAYERS];
    size_t channels[CVL_MAX_LAYERS]; /* dead ones of each rectifier */
    size_t count, all;               /* of all rectifiers */
};

/*
 * Counts what is dead in the last forward pass of the net and, unless it is
 * NULL, of another of the same layers that has seen something else.
 */
void dead_count(const cvl_net *net, const cvl_net *other, struct dead *dead);

/* Appends "4 of 48 in layer 1, 37 of 48 in layer 3". */
void dead_describe(const struct dead *dead, const cvl_net *net,
                   struct text *text);

#endif
