/* net.h - the net one of whose layers `convlet explain` explains. */
#ifndef CONVLET_EXPLAIN_NET_H
#define CONVLET_EXPLAIN_NET_H

#include "explain/layer.h"
#include "explain/request.h"
#include "nets/arrays.h"

/*
 * Reads or draws the net of --net or --model with its arrays, runs it, and, for
 * a gradient, sends back --grad-output or the gradient of the loss. Errors of
 * net_arrays_load. Free it with net_arrays_free in any case.
 */
cvl_status explain_net_run(const struct config *config, bool sends_back,
                           struct net_arrays *arrays, cvl_error *err);

/* The layer of --layer, or the last one; CVL_EINVAL where there is no such
 * layer. Valid as long as the arrays. */
cvl_status explain_net_layer(const struct config *config,
                             const struct net_arrays *arrays,
                             struct explain_layer *layer, cvl_error *err);

#endif
