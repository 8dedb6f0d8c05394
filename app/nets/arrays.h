/* arrays.h - a net with every array around it. */
#ifndef CONVLET_NETS_ARRAYS_H
#define CONVLET_NETS_ARRAYS_H

#include <convlet/loss.h>
#include <convlet/model.h>

#include "base/config.h"

/* {0} is empty. */
struct net_arrays {
    cvl_model model;       /* of --model, which owns the net's text */
    cvl_net_config config; /* of the net */
    cvl_net net;
    cvl_loss loss;
    cvl_tensor x;
    cvl_tensor target; /* what the loss compares with; empty: no loss is */
    cvl_tensor dy;     /* the gradient by the output; empty: none is sent */
    cvl_tensor dx;
    double value; /* of the loss, once it was computed */
    bool is_list; /* x came as [N,C], and y, dx leave so where they can */
};

/* Which ways through the net are asked for. */
struct net_ways {
    bool backward, compares; /* compares: with a target, or with labels */
    bool keeps;              /* what each layer made is there at the end */
    bool prepares; /* a model's input is made of files as `apply` does it;
                      numbers that were typed stay as they are */
};

/*
 * Builds the net of --net or --model, in its --mode, with params of --params,
 * the model's, or drawn; with x of --input, or drawn in the four sizes, those
 * of a model being its own; and with what it is compared with, or with the
 * gradient that is sent back. Whatever is not given is drawn from --seed, x
 * first: params as --init kaiming does, but moved by N(0, 0.1) so that no bias
 * is 0; labels uniformly.
 *
 * All are of one dtype, --dtype or else float32 if every array is. NaN and
 * infinity are taken in x, the target and the gradient, which is said on
 * stderr, as is what was taken by order and shape.
 *
 * CVL_EINVAL, CVL_ESHAPE, CVL_EFORMAT, CVL_EIO, CVL_EUNSUPPORTED, CVL_ENOMEM;
 * to be freed in any case.
 */
cvl_status net_arrays_load(const struct config *config, struct net_ways ways,
                           struct net_arrays *arrays, cvl_error *err);

/* Runs x through the net, compares, and sends back, as far as there is a target
 * or a gradient. CVL_ENOMEM. */
cvl_status net_arrays_run(struct net_arrays *arrays, struct net_ways ways,
                          cvl_error *err);

/* Of labels, once they were compared: how many outputs have their first largest
 * number where the label says. */
size_t net_arrays_right(const struct net_arrays *arrays);

/* Frees and resets; idempotent. */
void net_arrays_free(struct net_arrays *arrays);

#endif
