/* optimizer_cg.c - conjugate gradients; the steps are curvature.h's. */
#include "convlet/optimizer_kinds.h"

static double step(const cvl_optimizer *optimizer, double rate,
                   const cvl_objective *objective)
{
    (void)rate;
    return cvl_conjugate_step(objective, cvl_optimizer_slot(optimizer, 0, 0),
                              cvl_optimizer_slot(optimizer, 1, 0));
}

const cvl_optimizer_kind cvl_optimizer_cg = {
    .name = "cg",
    .title = "conjugate gradients",
    .usage = "cg: conjugate gradients, for one layer",
    .quadratic_only = true,
    .slot_names = {"direction", "descent"},
    .step = step,
};
