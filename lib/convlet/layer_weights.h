/* layer_weights.h - private: of layers that have a weight and a bias. */
#ifndef CVL_LAYER_WEIGHTS_H
#define CVL_LAYER_WEIGHTS_H

#include "convlet/layer.h"

/* The order of their params; the bias may be missing. */
enum cvl_layer_weights { CVL_LAYER_WEIGHT, CVL_LAYER_BIAS };

/* The `init_params` of such a layer: see cvl_init. */
void cvl_layer_init_weights(cvl_layer *layer, cvl_init init,
                            cvl_random *random);

#endif
