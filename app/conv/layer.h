/* layer.h - one convolution, or its gradients, of arrays. */
#ifndef CONVLET_CONV_LAYER_H
#define CONVLET_CONV_LAYER_H

#include <convlet/error.h>

#include "base/config.h"

/* Reads the arrays of the settings, computes what is asked for, and writes it.
 * CVL_EINVAL, CVL_ESHAPE, CVL_EFORMAT, CVL_EIO, CVL_EUNSUPPORTED, CVL_ENOMEM;
 * nothing is written where anything of the request is wrong. */
cvl_status conv_layer(const struct config *config, cvl_error *err);

#endif
