/* optimizer_kinds.h - private: the optimisers, a row each. */
#ifndef CVL_OPTIMIZER_KINDS_H
#define CVL_OPTIMIZER_KINDS_H

#include "convlet/optimizer.h"

/*
 * ROW(x) is the row cvl_optimizer_x of the file optimizer_x.c, which the build
 * finds by its name. Messages list the optimisers in this order; the first is
 * the default.
 */
#define CVL_OPTIMIZER_KINDS(ROW) \
    ROW(sgd)                     \
    ROW(adam)                    \
    ROW(cg)

/*
 * A rule that changes each weight by itself: some neighbours of a param, their
 * gradient, and what is kept of them in the slots, NULL where there is none.
 */
typedef void cvl_update_rule(const void *rates, cvl_tensor *p,
                             const cvl_tensor *dp, cvl_tensor *slot0,
                             cvl_tensor *slot1);

/* Applies it to all params, by the objective's threads; `flops` is of a
 * weight, for cvl_exec_run. */
void cvl_optimizer_update(cvl_optimizer *optimizer,
                          const cvl_objective *objective, double flops,
                          cvl_update_rule *rule, const void *rates);

#define CVL_DECLARE_OPTIMIZER_KIND(file) \
    extern const cvl_optimizer_kind cvl_optimizer_##file;
CVL_OPTIMIZER_KINDS(CVL_DECLARE_OPTIMIZER_KIND)
#undef CVL_DECLARE_OPTIMIZER_KIND

#endif
