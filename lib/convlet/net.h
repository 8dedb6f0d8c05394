/* net.h - a sequence of layers, built from a line of text. */
#ifndef CVL_NET_H
#define CVL_NET_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/conv2d.h"
#include "convlet/memory.h"
#include "convlet/random.h"
#include "convlet/tensor.h"

/* Layers of a net, params and buffers of a layer and of a net, and bytes of
 * the name of one, at most. */
enum cvl_net_limits {
    CVL_MAX_LAYERS = 64,
    CVL_LAYER_MAX_PARAMS = 2,
    CVL_LAYER_MAX_BUFFERS = 2,
    CVL_MAX_PARAMS = CVL_LAYER_MAX_PARAMS * CVL_MAX_LAYERS,
    CVL_MAX_BUFFERS = CVL_LAYER_MAX_BUFFERS * CVL_MAX_LAYERS,
    CVL_PARAM_NAME_SIZE = 32
};

/*
 * A trained array and its gradient, under torch's name: "0.weight". Or a
 * buffer, an array that the net keeps but that is not trained, such as
 * "1.running_mean": its grad has no data.
 */
typedef struct cvl_param {
    char name[CVL_PARAM_NAME_SIZE];
    cvl_tensor value;
    cvl_tensor grad;
} cvl_param;

/*
 * What a net is run for. It matters to layers with buffers: a batch norm scales
 * by the batch that it sees, and keeps a running mean of that, or, to
 * evaluate, by what it kept.
 */
typedef enum cvl_mode { CVL_MODE_TRAIN, CVL_MODE_EVAL } cvl_mode;

/*
 * What a step is made of, for whoever looks on: a pass of one layer; those of a
 * trainer alone, which are of no layer; and what lies between them.
 */
typedef enum cvl_part {
    CVL_PART_FORWARD,
    CVL_PART_BACKWARD,
    CVL_PART_DESCENT, /* forward, loss and gradients of a lone layer, in one */
    CVL_PART_LOSS,    /* and its gradient */
    CVL_PART_UPDATE,
    CVL_PART_REST
} cvl_part;

/*
 * One who looks on, such as a clock: `done` is called when a part is done,
 * always by the thread that runs the net, and changes nothing of it. {NULL}:
 * nobody, which costs nothing.
 */
typedef struct cvl_watch {
    void (*done)(void *context, cvl_part part, size_t layer);
    void *context;
} cvl_watch;

/* Tells whoever looks on. */
static inline void cvl_watch_tell(const cvl_watch *watch, cvl_part part,
                                  size_t layer)
{
    if (watch->done) watch->done(watch->context, part, layer);
}

/* What every layer of a net shares. */
typedef struct cvl_net_config {
    const char *spec; /* "conv 64 9x9 padding=same, relu" */
    size_t input_shape[4];
    cvl_dtype dtype;
    cvl_conv_algo algo;         /* of every layer that convolves */
    const cvl_conv_algo *algos; /* NULL; or of each layer (cvl_net_algos), where
                                   AUTO is what algo says */
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
    cvl_mode mode;     /* to change by cvl_net_set_mode */
    cvl_watch watch;   /* nobody at first; may be set at any time */
    size_t layer_count;
    struct cvl_layer *layers; /* private: lib/convlet/layer.h */
    size_t param_count;
    cvl_param *params;
    size_t buffer_count;
    cvl_param *buffers;
    void *work;
    void *kept; /* what cvl_net_keep_buffers kept */
    cvl_arena arena;
} cvl_net;

/*
 * The kinds of layers, 0 and up: the name ("conv") and all that a user may
 * write, in one line ("conv OUT KHxKW [stride=S] ..."). NULL behind the last.
 */
const char *cvl_layer_kind_name(size_t index);
const char *cvl_layer_kind_usage(size_t index);

/*
 * Builds a net from its spec: layers separated by commas, each as its kind's
 * usage says: the name, positional sizes, and key=value pairs; sizes are
 * HEIGHTxWIDTH or one number for both.
 *
 * CVL_EINVAL, with the layer's number and text before the message:
 * "layer 2 (conv 8 9x9): kernel height 9 does not fit ..."; CVL_ENOMEM.
 */
cvl_status cvl_net_build(cvl_net *net, const cvl_net_config *config,
                         cvl_error *err);

/*
 * By which algorithm each layer of a net that was built or planned convolves;
 * AUTO for one that does not. Another net of the same text that is to compute
 * the same bits of a part of its input, or of fewer images, takes them over, as
 * what is fastest by shape may be another then.
 */
void cvl_net_algos(const cvl_net *net, cvl_conv_algo algos[CVL_MAX_LAYERS]);

/*
 * As cvl_net_build, but takes no memory for numbers: no tensor has data, those
 * of the params neither. For tables, and for checks of a text that nobody
 * vouches for. net->arena.used says what cvl_net_build would take.
 */
cvl_status cvl_net_plan(cvl_net *net, const cvl_net_config *config,
                        cvl_error *err);

/* A net begins in CVL_MODE_TRAIN, or, where it is forward_only, in
 * CVL_MODE_EVAL. */
void cvl_net_set_mode(cvl_net *net, cvl_mode mode);

/* CVL_EINVAL, as cvl_net_build says it, where a layer cannot be run in
 * CVL_MODE_TRAIN, as of a batch norm that sees one number of each channel;
 * what such a run would compute is finite, and of no use. */
cvl_status cvl_net_check_train(const cvl_net *net, cvl_error *err);

/* Frees everything and resets to {0}; idempotent. */
void cvl_net_free(cvl_net *net);

/*
 * Makes the params and buffers of `net` those of `of`, a net of the same layers
 * and dtype for another number of images or size: what one learns, the other
 * computes with. Its own values are not to be had any more. `of` must outlive
 * the sharing, and may be forward_only only if `net` is (asserted).
 */
void cvl_net_share_params(cvl_net *net, const cvl_net *of);

/* How parameters start. */
typedef enum cvl_init {
    CVL_INIT_NORMAL,  /* weights N(0,1) drawn in the order [I,O,KH,KW] as the
                         "strided" notebook does, biases 0 */
    CVL_INIT_KAIMING, /* weights N(0, 2 / fan in) in OIHW order, biases 0;
                         source: He, Zhang, Ren and Sun 2015 */
    CVL_INIT_ZEROS
} cvl_init; /* the weights of a batch norm are 1 in any case */

/* "normal", "kaiming", "zeros"; NULL behind the last one. */
const char *cvl_init_name(cvl_init init);

/* The initialisation of that name; false if there is none. */
bool cvl_init_parse(const char *name, cvl_init *init);

/* Sets every parameter, layer after layer, from one stream, and the buffers to
 * what they begin with; init is one of the above (asserted). */
void cvl_net_init_params(cvl_net *net, cvl_init init, cvl_random *random);

/* Copies the params and buffers of a net of the same layers (asserted),
 * whatever their dtype and the size of its input. */
void cvl_net_copy_values(cvl_net *net, const cvl_net *from);

/* Keeps the buffers as they are, and puts them back: around runs that are to
 * leave no trace. Not for a net that is forward_only, which changes none
 * (asserted). */
void cvl_net_keep_buffers(cvl_net *net);
void cvl_net_restore_buffers(cvl_net *net);

/*
 * Runs the layers on x, of the input's shape (asserted). The result is
 * net->output, valid until the next call. Allocates nothing, cannot fail.
 */
void cvl_net_forward(cvl_net *net, const cvl_tensor *x);

/*
 * Not for a net that is forward_only (asserted).
 * After cvl_net_forward on the same x: from dy, the gradient of the loss by
 * the output, computes every param's grad, and the gradient by x into dx if
 * that is not NULL (a lone first layer then skips that work). dy is not
 * net->output itself, which a layer may need (asserted); the net's mode is what
 * it was.
 */
void cvl_net_backward(cvl_net *net, const cvl_tensor *x, const cvl_tensor *dy,
                      cvl_tensor *dx);

/* Layer `index` (0 ..), for tables: its kind, its spec text in full, its
 * output's shape, its params and buffers among the net's, how many numbers are
 * in the params, and how it is computed. */
typedef struct cvl_layer_info {
    const char *kind; /* "conv", as its text begins */
    char text[CVL_DESCRIBE_SIZE];
    size_t output_shape[4];
    const cvl_param *params;
    size_t param_count;
    size_t param_numbers;
    const cvl_param *buffers;
    size_t buffer_count;
    bool rectifies;           /* a channel that is always 0 is dead */
    const char *algorithm;    /* "tiled"; NULL where there is no choice */
    double flops;             /* of the multiplications of a pass, each with an
                                 addition; 0 where a layer is no product */
    const cvl_tensor *output; /* of the last cvl_net_forward, until the next;
                                 of a net that is forward_only, which keeps
                                 the last layer's alone, not to be read */
} cvl_layer_info;
void cvl_net_layer_info(const cvl_net *net, size_t index, cvl_layer_info *info);

/* How many numbers all params hold. */
size_t cvl_net_param_numbers(const cvl_net *net);

/*
 * For what is about convolutions alone: the convolution of layer `index`, NULL
 * where that is none; and the one of a net that is nothing but one conv layer,
 * linear in its params, else NULL. Valid as long as the net.
 */
const cvl_conv2d *cvl_net_conv2d(const cvl_net *net, size_t index);
const cvl_conv2d *cvl_net_lone_conv2d(const cvl_net *net);

/* The convolution that layer `index` is, or amounts to, as a dense one does to
 * one whose kernels are as large as its input; NULL: none. Valid as long as
 * the net. */
const cvl_conv2d_geometry *cvl_net_geometry(const cvl_net *net, size_t index);

#endif
