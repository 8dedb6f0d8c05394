/* layer.h - are the gradients of one convolution those of its output? */
#ifndef CONVLET_CHECK_LAYER_H
#define CONVLET_CHECK_LAYER_H

#include <stdbool.h>

#include <convlet/error.h>

#include "base/config.h"

/* Draws a convolution of the settings, compares, and prints a table. *good says
 * whether every gradient is proved right. CVL_EINVAL, CVL_ENOMEM. */
cvl_status check_layer(const struct config *config, bool *good, cvl_error *err);

#endif
