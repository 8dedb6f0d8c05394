/* net.h - a whole net, forward and backward, on arrays. */
#ifndef CONVLET_CONV_NET_H
#define CONVLET_CONV_NET_H

#include <convlet/error.h>

#include "base/config.h"

/* As conv_layer, of --net or --model: what a loss says is a line on standard
 * output, "loss:0.693". */
cvl_status conv_net(const struct config *config, cvl_error *err);

#endif
