/* adam.h - adaptive moments, as torch.optim.Adam does it. */
#ifndef CVL_ADAM_H
#define CVL_ADAM_H

#include <stddef.h>

#include "convlet/tensor.h"

/* The knobs, as torch.optim.Adam names them, and its defaults. */
typedef struct cvl_adam {
    double lr;           /* 0.001 */
    double beta1, beta2; /* what the moments keep: 0.9, 0.999 */
    double epsilon;      /* added to the root: 1e-8 */
    double weight_decay; /* adds weight_decay * p to the gradient */
} cvl_adam;

/*
 * CVL_OK, or CVL_EINVAL: lr, weight_decay and epsilon finite and not negative,
 * both betas in [0, 1).
 */
cvl_status cvl_adam_check(const cvl_adam *adam, cvl_error *err);

/*
 * Step number `step` (1 is the first) for one parameter p with gradient dp:
 *
 *   g = dp + weight_decay p
 *   m = beta1 m + (1 - beta1) g
 *   v = beta2 v + (1 - beta2) g^2
 *   p = p - lr / (1 - beta1^step) * m / (sqrt(v / (1 - beta2^step)) + epsilon)
 *
 *   p, m, v   updated in place; m and v start as zeros
 *   dp        read only; like p
 *
 * Computed in p's dtype, the two powers in double. Cannot fail (like tensors
 * and step >= 1 are asserted).
 * Source: Kingma and Ba 2015; agrees with torch.optim.Adam.
 */
void cvl_adam_step(const cvl_adam *adam, size_t step, cvl_tensor *p,
                   const cvl_tensor *dp, cvl_tensor *m, cvl_tensor *v);

#endif
