/* layer.h - private: what a layer kind must provide to stand in a net. */
#ifndef CVL_LAYER_H
#define CVL_LAYER_H

#include "convlet/graph.h"
#include "convlet/layer_kinds.h"
#include "convlet/terms.h"
#include "convlet/window.h"

enum { CVL_LAYER_MAX_WORDS = 16 };

typedef struct cvl_layer {
    const struct cvl_layer_kind *kind;
    char text[CVL_DESCRIBE_SIZE]; /* the spec, in full */
    void *own;                    /* what its kind keeps of it */
    cvl_mode mode;                /* the net's */
    cvl_tensor output;            /* the activation, in the net's arena */
    cvl_tensor grad;              /* by this layer's output */
    size_t param_count;
    cvl_param *params; /* into the net's array */
    size_t param_ndim[CVL_LAYER_MAX_PARAMS];
    size_t param_shape[CVL_LAYER_MAX_PARAMS][CVL_MAX_NDIM];
    size_t buffer_count;
    cvl_param *buffers; /* into the net's array; their grads have no data */
    size_t buffer_ndim[CVL_LAYER_MAX_BUFFERS];
    size_t buffer_shape[CVL_LAYER_MAX_BUFFERS][CVL_MAX_NDIM];
    size_t work_bytes;     /* of the scratch, which all layers share */
    size_t keep_bytes;     /* of what its forward leaves for its backward */
    void *keep;            /* NULL in a net that is forward_only */
    const char *algorithm; /* how it computes, where there is a choice */
    size_t block;          /* outputs down and across that are rounded together,
                              by what all of them read; 0: each by itself */
    double flops;          /* of a pass, where that is a product */
} cvl_layer;

/*
 * One kind of layer: a row of what it is called and what it does. A new kind is
 * a new file layer_NAME.c that defines such a row, and its line in
 * layer_kinds.h.
 */
typedef struct cvl_layer_kind {
    const char *name;
    const char *usage; /* what a user writes, for help: "relu" */

    /* Of the params, and of the buffers, which are saved but not trained; in
     * their order, as torch has them. */
    const char *param_names[CVL_LAYER_MAX_PARAMS];
    const char *buffer_names[CVL_LAYER_MAX_BUFFERS];

    bool rectifies; /* y is 0 or x: a channel that is always 0 is dead */

    size_t own_bytes; /* of layer->own: allocated and zeroed before parse, freed
                         after free */

    /* Reads the words after the name, into layer->own; CVL_EINVAL. */
    cvl_status (*parse)(cvl_layer *layer, char *const *words, size_t count,
                        cvl_error *err);

    /* Given the input, fixes the shapes of output, params and buffers,
     * layer->text, work_bytes, keep_bytes, algorithm, block and flops, and
     * plans.
     * CVL_EINVAL, CVL_ENOMEM. */
    cvl_status (*setup)(cvl_layer *layer, const cvl_tensor *input,
                        const cvl_net_config *config, cvl_error *err);

    /* CVL_EINVAL where this layer, after setup, cannot be run in
     * CVL_MODE_TRAIN; NULL: it can. */
    cvl_status (*check_train)(const cvl_layer *layer, cvl_error *err);

    /* Draws the parameters and sets the buffers; NULL where there are none. */
    void (*init_params)(cvl_layer *layer, cvl_init init, cvl_random *random);

    /* Writes layer->output; in CVL_MODE_TRAIN the buffers too. */
    void (*forward)(cvl_layer *layer, const cvl_tensor *x, void *work);

    /* Writes the params' gradients, and dx unless it is NULL; x is what
     * forward saw, dy the gradient by the output. */
    void (*backward)(cvl_layer *layer, const cvl_tensor *x,
                     const cvl_tensor *dy, cvl_tensor *dx, void *work);

    /* Visits what makes up a number: see terms.h; terms->layer is the
     * cvl_layer. */
    cvl_terms_walk *terms;

    /* What else it has on its way there; NULL: nothing. */
    cvl_facts_walk *facts;

    /* The convolution that the layer is, after setup; NULL: it is none. */
    const cvl_conv2d_geometry *(*geometry)(const cvl_layer *layer);

    /*
     * Which inputs an output reads along an axis, after setup. So that tiles
     * make what the whole makes, stride and factor follow from the text alone;
     * of the input's size, the padding may heed what the stride leaves of it,
     * as padding=fit does, and the reach may be all of it. NULL: the one in its
     * own place alone.
     */
    cvl_window (*window)(const cvl_layer *layer, size_t axis);

    /* Adds the operators that do what the layer does in CVL_MODE_EVAL, after
     * setup; NULL: ONNX has none. */
    void (*graph)(const cvl_layer *layer, cvl_graph *graph);

    /* Frees what setup planned, which may have failed; NULL where that is
     * nothing. */
    void (*free)(cvl_layer *layer);
} cvl_layer_kind;

/* An operator with the layer's params and buffers. */
static inline cvl_graph_node *cvl_layer_operator(const cvl_layer *layer,
                                                 cvl_graph *graph,
                                                 const char *op)
{
    cvl_graph_node *const node = cvl_graph_add(graph, op);
    cvl_graph_take(node, layer->params, layer->param_count);
    cvl_graph_take(node, layer->buffers, layer->buffer_count);
    return node;
}

#define CVL_DECLARE_LAYER_KIND(file) \
    extern const cvl_layer_kind cvl_layer_##file;
CVL_LAYER_KINDS(CVL_DECLARE_LAYER_KIND)
#undef CVL_DECLARE_LAYER_KIND

#endif
