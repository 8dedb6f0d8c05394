/* peer.h - what the drivers of other libraries share: a layer, and a clock. */
#ifndef PEER_H
#define PEER_H

#include "bench/layer.h"
#include "bench/shapes.h"

/*
 * A driver is a program
 *
 *     peer_NAME SHAPES ID THREADS SECONDS
 *
 * that computes the layer ID of the file SHAPES in float32, on NCHW tensors,
 * checks what it computed against convlet, and times each phase as `convlet
 * bench` does. A row for each goes to standard output, separated by tabs:
 *
 *     ID  PEER  THREADS  PHASE  MIN_US  MEDIAN_US
 *
 * A shape or mode that the library has no code for is a remark on standard
 * error, and no rows.
 */
struct peer_layer {
    struct bench_shape shape;
    int threads;
    double seconds;
    int n, c, h, w, k, kh, kw, pad, stride, oh, ow; /* the geometry, as int */
    struct bench_data data;
};

/* Reads the command line; exits with a message if it is wrong. */
void peer_open(struct peer_layer *layer, int argc, char **argv);
void peer_close(struct peer_layer *layer);

/* Ends the program where ok is false. */
void peer_require(bool ok, const char *what);

/* A library, as calls on a context. A step overwrites y by its gradient. */
struct peer {
    const char *name;
    bench_call *calls[BENCH_PHASES];
    void *context;
};

/*
 * Compares the peer's output and gradients, which it leaves in layer->data,
 * with convlet's, exits if they differ by more than rounding (Winograd's
 * included), and then prints the times.
 */
void peer_run(struct peer_layer *layer, const struct peer *peer);

/* The parts of a step that a convolution library leaves to its user: the
 * gradient of the mean squared error in y's place, returning the error, and
 * the update of the parameters. On layer->threads threads. */
double peer_loss(struct peer_layer *layer);
void peer_update(struct peer_layer *layer);

#endif
