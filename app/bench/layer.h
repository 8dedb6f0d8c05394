/* layer.h - a layer with made-up numbers, and what is timed of it. */
#ifndef CONVLET_BENCH_LAYER_H
#define CONVLET_BENCH_LAYER_H

#include <convlet/conv2d_step.h>

#include "bench/clock.h"

enum bench_phase {
    BENCH_FORWARD,
    BENCH_GRAD_WEIGHT, /* and that of the bias */
    BENCH_GRAD_INPUT,
    BENCH_STEP,  /* forward, loss, gradients of the parameters, update */
    BENCH_STEPX, /* with the gradient of the input, as a deeper layer needs */
    BENCH_PHASES
};

/* "forward", "grad_weight", "grad_input", "step", "stepx". */
const char *bench_phase_name(enum bench_phase phase);

/* How many passes over all multiplications a phase makes: 1, 2 or 3. */
double bench_phase_passes(enum bench_phase phase);

/* What a layer works on; several algorithms may share it. {0} is empty. */
struct bench_data {
    cvl_tensor x, w, b, y, target;
    cvl_tensor dy; /* made up, for the gradients by themselves */
    cvl_tensor dw, db, dx;
};

/*
 * Makes the tensors of a checked geometry, filled with uniform numbers; the
 * bias is left empty unless asked for. CVL_ENOMEM; free it in any case.
 */
cvl_status bench_data_init(struct bench_data *data,
                           const cvl_conv2d_geometry *geometry, cvl_dtype dtype,
                           bool bias, cvl_error *err);
void bench_data_free(struct bench_data *data);

/* One algorithm, planned, with its scratch. {0} is empty. */
struct bench_layer {
    cvl_conv2d conv;
    cvl_conv2d_step loss;
    struct bench_data *data;
    void *work, *loss_work;
};

/* As cvl_conv2d_init; free it in any case. */
cvl_status bench_layer_init(struct bench_layer *layer, struct bench_data *data,
                            const cvl_conv2d_geometry *geometry,
                            cvl_conv_algo algo, const cvl_exec *exec,
                            cvl_error *err);
void bench_layer_free(struct bench_layer *layer);

/* The phase as a call on a struct bench_layer; allocates nothing. */
bench_call *bench_phase_call(enum bench_phase phase);

#endif
