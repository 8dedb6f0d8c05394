/* layer_pool.h - private: what the two poolings share as layers of a net. */
#ifndef CVL_LAYER_POOL_H
#define CVL_LAYER_POOL_H

#include "convlet/layer.h"
#include "convlet/pool.h"

/* layer->own; of the geometry, parse fixes what the text says, and setup the
 * rest. */
typedef struct cvl_pool_layer {
    cvl_pool_geometry geometry;
    bool whole; /* "all": one window, as large as the input */
    bool averages;
    cvl_exec exec;
} cvl_pool_layer;

static inline const cvl_pool_layer *cvl_pool_of(const cvl_layer *layer)
{
    return layer->own;
}

/* What follows the name, once `averages` is set. */
cvl_status cvl_pool_parse(cvl_layer *layer, char *const *words, size_t count,
                          cvl_error *err);

/* The rows' setup, terms and window. */
cvl_status cvl_pool_setup(cvl_layer *layer, const cvl_tensor *input,
                          const cvl_net_config *config, cvl_error *err);
cvl_terms_walk cvl_pool_terms;
cvl_window cvl_pool_window(const cvl_layer *layer, size_t axis);
void cvl_pool_graph(const cvl_layer *layer, cvl_graph *graph);

#endif
