/* sgd.h - stochastic gradient descent, as torch.optim.SGD does it. */
#ifndef CVL_SGD_H
#define CVL_SGD_H

#include <stdbool.h>

#include "convlet/tensor.h"

/* The knobs, as torch.optim.SGD names them; dampening is 0. */
typedef struct cvl_sgd {
    double lr;
    double momentum;     /* 0: none, and no velocity is needed */
    bool nesterov;       /* look ahead along the velocity */
    double weight_decay; /* adds weight_decay * p to the gradient */
} cvl_sgd;

/*
 * CVL_OK, or CVL_EINVAL: lr and weight_decay finite and not negative,
 * momentum in [0, 1), nesterov only with a momentum.
 */
cvl_status cvl_sgd_check(const cvl_sgd *sgd, cvl_error *err);

/*
 * One step for one parameter p with gradient dp:
 *
 *   g = dp + weight_decay p
 *   v = momentum v + g                      (momentum > 0)
 *   p = p - lr (nesterov ? g + momentum v : v)
 *
 *   p, v     updated in place; v starts as zeros and may be NULL without
 *            momentum
 *   dp       read only; like p
 *
 * Computed in p's dtype. Cannot fail (like tensors are asserted).
 * Source: Sutskever et al. 2013; agrees with torch.optim.SGD.
 */
void cvl_sgd_step(const cvl_sgd *sgd, cvl_tensor *p, const cvl_tensor *dp,
                  cvl_tensor *v);

#endif
