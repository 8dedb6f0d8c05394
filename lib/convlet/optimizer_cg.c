/* optimizer_cg.c - conjugate gradients; the steps are curvature.h's. */
#include "convlet/optimizer_kinds.h"

/* Converged is a gradient that is this part of what it was at first... */
static const double VANISHED_F64 = 1e-12, VANISHED_F32 = 1e-6;
/* ...or one that no longer falls by a tenth: over so many steps, and as many
 * more as there are params, for it may rise on the way down. */
static const double FALLEN = 0.9;
enum { PATIENCE = 100 };

static bool has_converged(cvl_descent *descent, double length,
                          const cvl_net *net)
{
    const double vanished =
        net->output.dtype == CVL_F32 ? VANISHED_F32 : VANISHED_F64;
    if (descent->first == 0) descent->first = descent->least = length;
    descent->since++;
    if (length < FALLEN * descent->least) {
        descent->least = length;
        descent->since = 0;
    }
    return length <= vanished * descent->first ||
           descent->since > PATIENCE + cvl_net_param_numbers(net);
}

static bool step(cvl_optimizer *optimizer, double rate,
                 const cvl_objective *objective)
{
    (void)rate;
    const double length =
        cvl_conjugate_step(objective, cvl_optimizer_slot(optimizer, 0, 0),
                           cvl_optimizer_slot(optimizer, 1, 0));
    return has_converged(&optimizer->descent, length, objective->net);
}

const cvl_optimizer_kind cvl_optimizer_cg = {
    .name = "cg",
    .title = "conjugate gradients",
    .usage = "cg: conjugate gradients, for one layer",
    .quadratic_only = true,
    .slot_names = {"direction", "descent"},
    .step = step,
};
