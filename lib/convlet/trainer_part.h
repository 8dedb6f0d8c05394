/* trainer_part.h - private: forward, loss and gradients of some images. */
#ifndef CVL_TRAINER_PART_H
#define CVL_TRAINER_PART_H

#include "convlet/trainer.h"

/* What that takes, for a net of so many images. */
typedef struct cvl_trainer_part {
    cvl_net *net;
    cvl_tensor *grad; /* of the loss by the output */
    const cvl_conv2d_step *lone;
    void *work;    /* of the lone layer's step; NULL: it has none */
    cvl_loss loss; /* as the gradients are to be scaled */
    size_t used;   /* how much of the output counts */
    const cvl_tensor *mask;
    const cvl_exec *exec;
} cvl_trainer_part;

/* The step of its own of a net that is one conv layer, and its scratch;
 * nothing for other nets. CVL_ENOMEM; free both in any case. */
cvl_status cvl_trainer_plan_lone(const cvl_net *net,
                                 const cvl_net_config *config,
                                 cvl_conv2d_step *lone, void **work,
                                 cvl_error *err);

/* The loss and, but for one that is not finite, all gradients. */
double cvl_trainer_descend(const cvl_trainer_part *part, const cvl_tensor *x,
                           const cvl_tensor *t);

/* Is the output of the part, that mask regarded, the target t? */
bool cvl_trainer_is_close(const cvl_trainer *trainer,
                          const cvl_trainer_part *part, const cvl_tensor *t);

#endif
