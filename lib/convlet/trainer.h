/* trainer.h - a net, a loss and an optimiser, and one step of them. */
#ifndef CVL_TRAINER_H
#define CVL_TRAINER_H

#include "convlet/conv2d_step.h"
#include "convlet/optimizer.h"

/*
 * Everything that training takes but the data. {0} is empty. rtol, atol, mask
 * and used may be set once it is there; the mask is the trainer's then.
 */
typedef struct cvl_trainer {
    cvl_net net;
    cvl_loss loss; /* the kind is never NULL here */
    cvl_optimizer optimizer;
    cvl_exec exec;     /* of the net, and for the loss */
    double rtol, atol; /* when the output counts as the target; 0 at first */
    cvl_tensor mask;   /* what counts of the output; no data: all of it */
    size_t used;       /* how much that is */
    cvl_whitening whitening; /* empty: none, see cvl_trainer_whiten */
    cvl_tensor grad;         /* of the loss by the output */
    cvl_conv2d_step lone;    /* of a net of one conv layer: its step */
    void *work;              /* and its scratch; NULL for other nets */
    cvl_net rest;            /* of the same params: see cvl_trainer_add_rest */
    cvl_tensor rest_grad;
} cvl_trainer;

/* What one step found, before it changed anything. */
typedef struct cvl_step_result {
    double loss;
    double mean;    /* of the loss's terms, whatever the reduction is */
    bool finite;    /* false: the loss is not, and nothing was changed */
    bool all_close; /* the output is the target: nothing was changed */
    bool settled;   /* an optimiser for quadratics has converged */
    const cvl_tensor *output; /* the trainer's, or its rest's */
} cvl_step_result;

/*
 * Builds the net and makes room for the steps; the params are zeros. Errors of
 * cvl_net_build, cvl_net_check_train, cvl_loss_check, cvl_loss_check_output and
 * cvl_optimizer_init;
 * free it in any case.
 */
cvl_status cvl_trainer_init(cvl_trainer *trainer, const cvl_net_config *net,
                            const cvl_loss *loss,
                            const cvl_optimizer_settings *optimizer,
                            cvl_error *err);

/*
 * Makes room for steps of `images` images too, fewer than the net's, as the
 * last batch of an epoch may have: a second net, which shares the params and
 * has the same algorithms.
 *
 *   net   as it was given to cvl_trainer_init
 *
 * Once, and not with a mask (asserted). Errors of cvl_net_build and
 * cvl_net_check_train.
 */
cvl_status cvl_trainer_add_rest(cvl_trainer *trainer, const cvl_net_config *net,
                                size_t images, cvl_error *err);

/* Frees everything and resets to {0}; idempotent. */
void cvl_trainer_free(cvl_trainer *trainer);

/* Whitens its steps from now on, for input like x and the mask that it has:
 * see whitening.h. For one conv layer (asserted). CVL_ENOMEM. */
cvl_status cvl_trainer_whiten(cvl_trainer *trainer, const cvl_tensor *x,
                              cvl_error *err);

/* Is the loss quadratic in the params? See curvature.h. */
bool cvl_trainer_is_quadratic(const cvl_trainer *trainer);

/* The loss as a function of the params, for input x and target t, which it
 * refers to. */
cvl_objective cvl_trainer_objective(cvl_trainer *trainer, const cvl_tensor *x,
                                    const cvl_tensor *t);

/*
 * One step toward the target t for the input x: forward, loss, gradients,
 * update. x is like net.input or rest.input, t like the output, or labels where
 * the loss takes these (asserted). The output stays in its net, but for an
 * optimiser for quadratics. One conv layer takes the step of conv2d_step.h.
 * Whoever watches the net is told of each part. Allocates nothing, cannot fail;
 * the same bits for any number of threads.
 */
cvl_step_result cvl_trainer_step(cvl_trainer *trainer, const cvl_tensor *x,
                                 const cvl_tensor *t);

#endif
