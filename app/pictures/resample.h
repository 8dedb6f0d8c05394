/* resample.h - blurs and resizes pictures, one axis after the other. */
#ifndef CONVLET_PICTURES_RESAMPLE_H
#define CONVLET_PICTURES_RESAMPLE_H

#include <stddef.h>

#include <convlet/error.h>

/*
 * Along one axis, every output is a weighted sum of `taps` inputs; beyond an
 * edge the edge repeats. {0} is empty.
 */
struct axis {
    size_t from, to, taps;
    size_t *index;  /* [to,taps], each below `from` */
    double *weight; /* [to,taps]; each output's sum to 1 */
};

/*
 * From `from` samples to `to`, by Keys' cubic with a = -0.5, stretched where
 * that makes it smaller so that nothing aliases, as MATLAB's imresize does.
 * Source: Keys, "Cubic convolution interpolation for digital image
 * processing", IEEE ASSP 29, 1981. CVL_ENOMEM.
 */
cvl_status axis_bicubic(struct axis *axis, size_t from, size_t to,
                        cvl_error *err);

/* A Gaussian of that deviation in samples, cut off at four. CVL_ENOMEM. */
cvl_status axis_gaussian(struct axis *axis, size_t size, double sigma,
                         cvl_error *err);

/* Frees and resets; idempotent. */
void axis_free(struct axis *axis);

/*
 * Resamples [planes, rows->from, columns->from] to [planes, rows->to,
 * columns->to]; `work` has room for rows->to * columns->from numbers. No two
 * of them overlap. Cannot fail.
 */
void resample(const struct axis *rows, const struct axis *columns,
              size_t planes, const float *from, float *to, float *work);

#endif
