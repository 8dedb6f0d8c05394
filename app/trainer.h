/* trainer.h - a net, what it is trained with, and one step of it. */
#ifndef CONVLET_TRAINER_H
#define CONVLET_TRAINER_H

#include <stdbool.h>

#include <convlet/loss.h>
#include <convlet/net.h>
#include <convlet/sgd.h>

/* {0} is empty. */
struct trainer {
    cvl_net net;
    cvl_sgd sgd;
    cvl_reduction reduction;
    double rtol, atol;    /* when the output counts as the target */
    cvl_tensor grad;      /* of the loss by the output */
    cvl_tensor *velocity; /* one per param; NULL without momentum */
};

/* What one step found, before it changed anything. */
struct step_result {
    double loss;
    double mse;     /* the mean squared error, whatever the loss is */
    bool finite;    /* false: the loss is not, and nothing was changed */
    bool all_close; /* the output is the target: nothing was changed */
};

/*
 * Builds the net and makes room for the steps; the params are zeros.
 * CVL_EINVAL, CVL_ENOMEM; free it in any case.
 */
cvl_status trainer_init(struct trainer *trainer, const cvl_net_config *config,
                        const cvl_sgd *sgd, cvl_error *err);
void trainer_free(struct trainer *trainer);

/*
 * One step toward the target t for the input x: forward, loss, gradients,
 * update. The output stays in trainer->net.output. Allocates nothing.
 */
struct step_result trainer_step(struct trainer *trainer, const cvl_tensor *x,
                                const cvl_tensor *t);

#endif
