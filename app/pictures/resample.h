/* resample.h - blurs and resizes pictures, one axis after the other. */
#ifndef CONVLET_PICTURES_RESAMPLE_H
#define CONVLET_PICTURES_RESAMPLE_H

#include <stddef.h>

#include <convlet/error.h>
#include <convlet/tensor.h>

/*
 * Along one axis, every output is a weighted sum of `taps` inputs; beyond an
 * edge the edge repeats. {0} is empty.
 */
struct resampler {
    size_t from, to, taps;
    size_t *index;  /* [to,taps], each below `from` */
    double *weight; /* [to,taps]; each output's sum to 1, but see _area */
};

/*
 * From `from` samples to `to`, by Keys' cubic with a = -0.5, stretched where
 * that makes it smaller so that nothing aliases, as MATLAB's imresize does.
 * Source: Keys, "Cubic convolution interpolation for digital image
 * processing", IEEE ASSP 29, 1981. CVL_ENOMEM.
 */
cvl_status resampler_bicubic(struct resampler *axis, size_t from, size_t to,
                             cvl_error *err);

/* A Gaussian of that deviation in samples, cut off at four. CVL_ENOMEM. */
cvl_status resampler_gaussian(struct resampler *axis, size_t size, double sigma,
                              cvl_error *err);

/*
 * By area: samples are `scale` outputs wide, and the first begins at `start` of
 * the outputs, from the first one's beginning. An output is the mean of what
 * covers it; beyond an edge there is 0. CVL_ENOMEM.
 */
cvl_status resampler_area(struct resampler *axis, size_t from, size_t to,
                          double scale, double start, cvl_error *err);

/* Frees and resets; idempotent. */
void resampler_free(struct resampler *axis);

/* How many numbers resample() works in. */
size_t resample_work(const struct resampler *rows,
                     const struct resampler *columns);

/*
 * Resamples x [N,C,rows->from,columns->from] into `result` [N,C,rows->to,
 * columns->to], of the same dtype; `work` has room for resample_work numbers.
 * No overlap. Cannot fail.
 */
void resample(const struct resampler *rows, const struct resampler *columns,
              const cvl_tensor *x, cvl_tensor *result, double *work);

/* The same with work of its own; CVL_ENOMEM. */
cvl_status resample_once(const struct resampler *rows,
                         const struct resampler *columns, const cvl_tensor *x,
                         cvl_tensor *result, cvl_error *err);

/*
 * Each makes a new tensor of the dtype of x [N,C,H,W]. CVL_ENOMEM.
 *
 *   enlarge   `factor` times as many rows and columns, bicubically
 *   fit       cut at the bottom and the right, or filled with the last row and
 *             column of x
 */
cvl_status resample_enlarge(const cvl_tensor *x, size_t factor,
                            cvl_tensor *result, cvl_error *err);
cvl_status resample_fit(const cvl_tensor *x, size_t height, size_t width,
                        cvl_tensor *result, cvl_error *err);

#endif
