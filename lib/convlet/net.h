/* net.h - a sequence of layers, built from a line of text. */
#ifndef CVL_NET_H
#define CVL_NET_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/conv2d.h"
#include "convlet/memory.h"
#include "convlet/random.h"
#include "convlet/tensor.h"

/* Layers of a net, and bytes of the name of a param, at most. */
enum { CVL_MAX_LAYERS = 64, CVL_PARAM_NAME_SIZE = 32 };

/* A trained array and its gradient, under torch's name: "0.weight". */
typedef struct cvl_param {
    char name[CVL_PARAM_NAME_SIZE];
    cvl_tensor value;
    cvl_tensor grad;
} cvl_param;

/* What every layer of a net shares. */
typedef struct cvl_net_config {
    const char *spec; /* "conv 64 9x9 padding=same, relu" */
    size_t input_shape[4];
    cvl_dtype dtype;
    cvl_conv_algo algo;
    cvl_exec exec;
    bool forward_only; /* no gradients, and two activations for all layers:
                          a fraction of the memory */
} cvl_net_config;

/*
 * Layers in a row, with their parameters, gradients, activations and scratch
 * in one arena. {0} is valid and may be freed.
 */
typedef struct cvl_net {
    cvl_tensor input;  /* shape and dtype only: data is NULL */
    cvl_tensor output; /* a view of the last layer's activation */
    bool forward_only; /* the grads of params have no data */
    size_t layer_count;
    struct cvl_layer *layers; /* private: lib/convlet/layer.h */
    size_t param_count;
    cvl_param *params;
    void *work;
    cvl_arena arena;
} cvl_net;

/*
 * Builds a net from its spec: layers separated by commas, each a kind, its
 * positional sizes, and key=value pairs; sizes are HEIGHTxWIDTH or one number
 * for both.
 *
 *   conv OUT KHxKW [stride=S] [padding=same|fit|P|PYxPX|TxBxLxR] [dilation=D]
 *                  [groups=G] [bias=yes|no] [tied=yes|no]
 *   relu
 *   shuffle R      R x R channels become one of R times the rows and columns
 *
 * CVL_EINVAL, with the layer's number and text before the message:
 * "layer 2 (conv 8 9x9): kernel height 9 does not fit ..."; CVL_ENOMEM.
 */
cvl_status cvl_net_build(cvl_net *net, const cvl_net_config *config,
                         cvl_error *err);

/*
 * As cvl_net_build, but takes no memory for numbers: no tensor has data, and
 * params is NULL. For tables, and for checks of a text that nobody vouches
 * for. net->arena.used says what cvl_net_build would take.
 */
cvl_status cvl_net_plan(cvl_net *net, const cvl_net_config *config,
                        cvl_error *err);

/* Frees everything and resets to {0}; idempotent. */
void cvl_net_free(cvl_net *net);

/* How parameters start. */
typedef enum cvl_init {
    CVL_INIT_NORMAL,  /* weights N(0,1) drawn in the order [I,O,KH,KW] as the
                         "strided" notebook does, biases 0 */
    CVL_INIT_KAIMING, /* weights N(0, 2 / fan in) in OIHW order, biases 0;
                         source: He, Zhang, Ren and Sun 2015 */
    CVL_INIT_ZEROS
} cvl_init;

/* "normal", "kaiming", "zeros". */
const char *cvl_init_name(cvl_init init);

/* The initialisation of that name; false if there is none. */
bool cvl_init_parse(const char *name, cvl_init *init);

/* Sets every parameter, layer after layer, from one stream. */
void cvl_net_init_params(cvl_net *net, cvl_init init, cvl_random *random);

/*
 * Runs the layers on x, of the input's shape (asserted). The result is
 * net->output, valid until the next call. Allocates nothing, cannot fail.
 */
void cvl_net_forward(cvl_net *net, const cvl_tensor *x);

/*
 * Not for a net that is forward_only (asserted).
 * After cvl_net_forward on the same x: from dy, the gradient of the loss by
 * the output, computes every param's grad, and the gradient by x into dx if
 * that is not NULL (a lone first layer then skips that work). dy may be
 * net->output itself, which is spent then.
 */
void cvl_net_backward(cvl_net *net, const cvl_tensor *x, const cvl_tensor *dy,
                      cvl_tensor *dx);

/* Layer `index` (0 ..): its spec text in full, its output's shape and the
 * number of its parameters, for tables. */
typedef struct cvl_layer_info {
    char text[CVL_DESCRIBE_SIZE];
    size_t output_shape[4];
    size_t param_count;
    const cvl_conv2d *conv; /* of a conv layer; NULL for others */
    size_t factor; /* rows and columns of the output for one of the input, of
                      a shuffle layer; 1 for others */
} cvl_layer_info;
void cvl_net_layer_info(const cvl_net *net, size_t index, cvl_layer_info *info);

#endif
