/* identifiability.h - can a picture tell which filter was applied to it? */
#ifndef CONVLET_TRAIN_IDENTIFIABILITY_H
#define CONVLET_TRAIN_IDENTIFIABILITY_H

#include <stdbool.h>

#include <convlet/geometry.h>
#include <convlet/tensor.h>

/* Below it, what a direction of weights does to a picture of 8 bits drowns in
 * its rounding: four times the variance of that, (1/255)^2 / 12. */
#define IDENTIFIABILITY_ROUNDING (4.0 / (255.0 * 255.0 * 12.0))

/* Layers that look at more numbers are not examined. */
enum { IDENTIFIABILITY_LIMIT = 256 };

/*
 * The smallest eigenvalue of the mean of z z' over the windows z of x that
 * touch no padding (some thousands of them, evenly spread), of the group
 * where it is smallest; with a bias, z has a 1 at its end. Combinations of
 * weights along its eigenvector hardly show in the output. *smallest is
 * infinite where the layer is not examined. CVL_ENOMEM.
 */
cvl_status identifiability(const cvl_conv2d_geometry *geometry, bool bias,
                           const cvl_tensor *x, double *smallest,
                           cvl_error *err);

#endif
