/* dead.h - channels of rectifiers that never fire, and so learn nothing. */
#ifndef CONVLET_PROBE_DEAD_H
#define CONVLET_PROBE_DEAD_H

#include <stdbool.h>

#include <convlet/net.h>

#include "base/text.h"

/* Of a net, whose layers' channels were 0 wherever it was looked at; {0}: it
 * was not. */
struct dead {
    bool is_rectifier[CVL_MAX_LAYERS];
    size_t channels[CVL_MAX_LAYERS]; /* dead ones of each rectifier */
    size_t count, all;               /* of all rectifiers */
    unsigned char *silent;           /* those of all layers, in a row: 1 */
};

/* Makes room for the channels of such a net. CVL_ENOMEM; free in any case. */
cvl_status dead_init(struct dead *dead, const cvl_net *net, cvl_error *err);
void dead_free(struct dead *dead);

/*
 * Looks at the last forward pass of the net, or of another one of the same
 * layers that has seen something else: a channel is dead that was 0 in all
 * that was looked at.
 */
void dead_look(struct dead *dead, const cvl_net *net);

/* Was that channel of a layer 0 wherever it was looked at? */
bool dead_is(const struct dead *dead, const cvl_net *net, size_t layer,
             size_t channel);

/* Appends "4 of 48 in layer 1, 37 of 48 in layer 3". */
void dead_describe(const struct dead *dead, const cvl_net *net,
                   struct text *text);

#endif
