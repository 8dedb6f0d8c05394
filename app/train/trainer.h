/* trainer.h - a net, what it is trained with, and one step of it. */
#ifndef CONVLET_TRAIN_TRAINER_H
#define CONVLET_TRAIN_TRAINER_H

#include <stdbool.h>

#include <convlet/conv2d_step.h>
#include <convlet/net.h>

#include "train/optimizer.h"

/* {0} is empty. */
struct trainer {
    cvl_net net;
    struct optimizer optimizer;
    cvl_loss loss;
    cvl_exec exec;        /* of the net, and for the loss */
    double rtol, atol;    /* when the output counts as the target */
    cvl_tensor mask;      /* what counts of the output; no data: all of it */
    size_t used;          /* how much that is */
    cvl_tensor grad;      /* of the loss by the output */
    cvl_conv2d_step lone; /* of a net of one conv layer: its step */
    void *work;           /* and its scratch; NULL for other nets */
};

/* A step that lowers the loss by less than this part of it is the last. */
#define TRAINER_SETTLED 1e-7

/* What one step found, before it changed anything. */
struct step_result {
    double loss;
    double mse;     /* the mean squared error, whatever the loss is */
    bool finite;    /* false: the loss is not, and nothing was changed */
    bool all_close; /* the output is the target: nothing was changed */
    bool settled;   /* of conjugate gradients: this step was hardly one */
};

/*
 * Builds the net and makes room for the steps; the params are zeros.
 * CVL_EINVAL, CVL_ENOMEM; free it in any case.
 */
cvl_status trainer_init(struct trainer *trainer, const cvl_net_config *config,
                        const struct optimizer_settings *optimizer,
                        cvl_error *err);
void trainer_free(struct trainer *trainer);

/* Is the loss quadratic in the params? */
bool trainer_is_quadratic(const struct trainer *trainer);

/* The loss as a function of the params, for input x and target t. */
cvl_objective trainer_objective(struct trainer *trainer, const cvl_tensor *x,
                                const cvl_tensor *t);

/*
 * One step toward the target t for the input x: forward, loss, gradients,
 * update. The output stays in trainer->net.output, but for conjugate
 * gradients. Allocates nothing.
 */
struct step_result trainer_step(struct trainer *trainer, const cvl_tensor *x,
                                const cvl_tensor *t);

#endif
