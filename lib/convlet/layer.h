/* layer.h - private: what a layer kind must provide to stand in a net. */
#ifndef CVL_LAYER_H
#define CVL_LAYER_H

#include "convlet/net.h"

enum { CVL_LAYER_MAX_WORDS = 16, CVL_LAYER_MAX_PARAMS = 2 };

typedef enum cvl_padding_rule {
    CVL_PAD_SIZES, /* as given */
    CVL_PAD_SAME,
    CVL_PAD_FIT
} cvl_padding_rule;

/* What a conv layer was asked for, before its input is known. */
typedef struct cvl_conv2d_spec {
    size_t out_channels;
    size_t kernel[2], stride[2], dilation[2];
    size_t padding[4]; /* top, bottom, left, right */
    cvl_padding_rule padding_rule;
    size_t groups;
    bool bias, tied;
} cvl_conv2d_spec;

typedef struct cvl_layer {
    const struct cvl_layer_kind *kind;
    char text[CVL_DESCRIBE_SIZE]; /* the spec, in full */
    cvl_conv2d_spec spec;         /* of a conv layer */
    cvl_conv2d conv;              /* of a conv layer */
    size_t factor;                /* of a shuffle layer */
    cvl_tensor output;            /* the activation, in the net's arena */
    cvl_tensor grad;              /* by this layer's output */
    size_t param_count;
    cvl_param *params; /* into the net's array */
    size_t param_ndim[CVL_LAYER_MAX_PARAMS];
    size_t param_shape[CVL_LAYER_MAX_PARAMS][CVL_MAX_NDIM];
    size_t work_bytes;
} cvl_layer;

/*
 * One kind of layer: a row of function pointers. A new kind is a new file
 * layer_NAME.c that defines such a row, and its line in net.c's table.
 */
typedef struct cvl_layer_kind {
    const char *name;

    /* Reads the words after the name into `layer`; CVL_EINVAL. */
    cvl_status (*parse)(cvl_layer *layer, char *const *words, size_t count,
                        cvl_error *err);

    /* Given the input, fixes output's and the params' shapes, layer->text and
     * work_bytes, and plans. CVL_EINVAL, CVL_ENOMEM. */
    cvl_status (*setup)(cvl_layer *layer, const cvl_tensor *input,
                        const cvl_net_config *config, cvl_error *err);

    /* Draws the parameters; NULL where there are none. */
    void (*init_params)(cvl_layer *layer, cvl_init init, cvl_random *random);

    /* Writes layer->output. */
    void (*forward)(cvl_layer *layer, const cvl_tensor *x, void *work);

    /* Writes the params' gradients, and dx unless it is NULL; x is what
     * forward saw, dy the gradient by the output. */
    void (*backward)(cvl_layer *layer, const cvl_tensor *x,
                     const cvl_tensor *dy, cvl_tensor *dx, void *work);

    /* Frees what setup planned; NULL where that is nothing. */
    void (*free)(cvl_layer *layer);
} cvl_layer_kind;

extern const cvl_layer_kind cvl_layer_conv2d;
extern const cvl_layer_kind cvl_layer_relu;
extern const cvl_layer_kind cvl_layer_shuffle;

#endif
