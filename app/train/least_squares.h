/* least_squares.h - how far a run is from the best that its layer can do. */
#ifndef CONVLET_TRAIN_LEAST_SQUARES_H
#define CONVLET_TRAIN_LEAST_SQUARES_H

#include <convlet/trainer.h>

#include "base/text.h"

/* {0}: not asked for. */
struct least_squares {
    bool known;
    double own;   /* the run's loss */
    double loss;  /* the lowest there is, to 1e-6 of itself */
    size_t steps; /* of conjugate gradients, to find it */
};

/*
 * Goes on from the trainer's params to the lowest loss of its one linear
 * layer, by conjugate gradients until they have converged: in float64, on
 * copies, and whitened. `spec` is the text of its net. CVL_ENOMEM.
 */
cvl_status least_squares_find(const cvl_trainer *trainer, const char *spec,
                              const cvl_tensor *x, const cvl_tensor *t,
                              struct least_squares *least, cvl_error *err);

/* Appends "loss 2e-06, the best of this layer is 1.9e-06 (...)". */
void least_squares_describe(const struct least_squares *least,
                            struct text *text);

#endif
