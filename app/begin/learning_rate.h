/* learning_rate.h - which learning rates a run can take. */
#ifndef CONVLET_BEGIN_LEARNING_RATE_H
#define CONVLET_BEGIN_LEARNING_RATE_H

#include <convlet/trainer.h>

#include "base/text.h"

/* What was found; {0}: nothing. */
struct rate_bounds {
    bool known;
    bool exact;     /* holds wherever the params are; else near them alone */
    double largest; /* the curvature's largest eigenvalue, lambda_max */
    double bound;   /* gradient descent with a larger rate diverges */
    double with_momentum; /* the same, with the run's momentum */
};

/*
 * Measures how sharply the loss bends where the trainer's params are; of a loss
 * of arrays that is no square, the parabola that touches it at its errors of
 * now. Nothing is known for a loss that is flat or overflows. The params are
 * the same afterwards. CVL_ENOMEM.
 */
cvl_status rate_bounds_measure(cvl_trainer *trainer, const cvl_tensor *x,
                               const cvl_tensor *t, struct rate_bounds *bounds,
                               cvl_error *err);

/* Is it the curvature that says which rates it can take? */
bool rate_is_bounded(const cvl_optimizer_kind *kind);

/*
 * The rate that `--lr auto` stands for.
 *
 *   sgd   0.9 of the one that is the best for the steepest direction: above
 *         it that one oscillates more, below it all others are slower; for
 *         a stack half of what plain descent would take, and the less the
 *         more momentum there is, as the curvature is another elsewhere
 *   adam  0.1 for one layer, 0.001 for a stack: its steps are as long as the
 *         rate, whatever bends, and one layer has no bad valleys
 */
double learning_rate_auto(const cvl_optimizer_settings *settings,
                          const struct rate_bounds *bounds);

/* Appends "stable below 2/lambda_max = 0.5; with momentum 0.9 below 0.95". */
void rate_bounds_describe(const cvl_optimizer_settings *settings,
                          const struct rate_bounds *bounds, struct text *text);

#endif
