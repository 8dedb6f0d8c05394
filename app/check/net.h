/* net.h - are the gradients of a whole net those of its loss? */
#ifndef CONVLET_CHECK_NET_H
#define CONVLET_CHECK_NET_H

#include <stdbool.h>

#include <convlet/error.h>

#include "base/config.h"

/* As check_layer, of --net or --model; says on stderr in which layer a wrong
 * gradient comes up first. */
cvl_status check_net(const struct config *config, bool *good, cvl_error *err);

#endif
