/* identifiability.h - can a picture tell which filter was applied to it? */
#ifndef CONVLET_TRAIN_IDENTIFIABILITY_H
#define CONVLET_TRAIN_IDENTIFIABILITY_H

#include <convlet/trainer.h>

/* What can be told of the group that can be told the least of. */
struct identifiability {
    bool known; /* false: more than CVL_WHITENING_TERMS numbers a window */
    /* Of the covariance of the windows: how much further the widest direction
     * goes than the narrowest; infinite where that one is a point. */
    double condition;
    /* How far least squares are off by where the target was rounded to 8 bits:
     * with a probability of 99 %, no weight by more. */
    double error;
};

/*
 * Looks at the windows of x, the input of a trainer of one conv layer, that
 * touch no padding and whose output counts.
 *
 * Rounding adds to each output what lies anywhere between -1/510 and 1/510, of
 * variance s = 1 / (12 255^2). Equal windows are rounded alike, and count as
 * one. With S the sum of z z' over the windows z, and V the same with each as
 * often again as it occurs, the weights' covariance is s S^-1 V S^-1.
 * Source: Liang and Zeger, "Longitudinal data analysis using generalized
 * linear models", Biometrika 73, 1986: the variance of clustered errors.
 *
 * CVL_ENOMEM.
 */
cvl_status identifiability(const cvl_trainer *trainer, const cvl_tensor *x,
                           struct identifiability *found, cvl_error *err);

/* Is the filter beyond what can be told? Where not, it is found to some
 * thousandths. */
bool identifiability_is_lost(const struct identifiability *found);

#endif
