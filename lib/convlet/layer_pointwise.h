/* layer_pointwise.h - private: layers of a function of each number. */
#ifndef CVL_LAYER_POINTWISE_H
#define CVL_LAYER_POINTWISE_H

#include "convlet/layer.h"

/* What such a layer owns. */
typedef struct cvl_pointwise {
    cvl_exec exec;
} cvl_pointwise;

/* The row's parse and setup: it takes no words, and y is like x. */
cvl_status cvl_pointwise_parse(cvl_layer *layer, char *const *words,
                               size_t count, cvl_error *err);
cvl_status cvl_pointwise_setup(cvl_layer *layer, const cvl_tensor *input,
                               const cvl_net_config *config, cvl_error *err);

/* The threads that it takes. */
const cvl_exec *cvl_pointwise_exec(const cvl_layer *layer);

#endif
