/* identifiability.h - can a picture tell which filter was applied to it? */
#ifndef CONVLET_TRAIN_IDENTIFIABILITY_H
#define CONVLET_TRAIN_IDENTIFIABILITY_H

#include <convlet/trainer.h>

/* What can be told of the group that can be told the least of. */
struct identifiability {
    bool known; /* false: the layer looks at more than 256 numbers */
    /* Of the covariance of the windows: how much further the widest direction
     * goes than the narrowest; infinite where that one is a point. */
    double condition;
    /* How far rounding the target to 8 bits may move a weight along that
     * direction: its standard deviation, sqrt(1 / (12 255^2 N l)), of N
     * outputs, where the windows' variance is l. */
    double error;
};

/*
 * Looks at the windows of x, the input of a trainer of one conv layer, that
 * touch no padding and whose output counts. CVL_ENOMEM.
 */
cvl_status identifiability(const cvl_trainer *trainer, const cvl_tensor *x,
                           struct identifiability *found, cvl_error *err);

/* Is the filter beyond what can be told? Where not, it is found to some
 * thousandths. */
bool identifiability_is_lost(const struct identifiability *found);

#endif
