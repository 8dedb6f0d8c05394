/* layer.h - the layer whose numbers are explained: alone, or one of a net. */
#ifndef CONVLET_EXPLAIN_LAYER_H
#define CONVLET_EXPLAIN_LAYER_H

#include <convlet/net.h>
#include <convlet/terms.h>

enum explain_upstream {
    UPSTREAM_NONE, /* nothing is sent back */
    UPSTREAM_EXAMPLE,
    UPSTREAM_FILE,
    UPSTREAM_LOSS
};

/* A layer that was computed, with its arrays; all of them stay another's. */
struct explain_layer {
    cvl_terms terms; /* x, the params, and dy where something is sent back */
    const cvl_tensor *y, *dx;                      /* NULL: not computed */
    const cvl_tensor *grads[CVL_LAYER_MAX_PARAMS]; /* alike */
    cvl_dtype dtype;
    const char *algorithm; /* "direct"; NULL where there is no choice */
    const cvl_conv2d_geometry *geometry; /* NULL: it is no convolution */
    enum explain_upstream upstream;
    double loss;        /* for UPSTREAM_LOSS */
    const cvl_net *net; /* NULL: it stands alone */
    size_t index;       /* of the layer in the net */
};

/* The tensor of Y, DX or GRAD; NULL: there is none, or it was not computed. */
const cvl_tensor *explain_result(const struct explain_layer *layer,
                                 cvl_array array, size_t param);

#endif
