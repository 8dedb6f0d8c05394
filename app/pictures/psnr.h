/* psnr.h - how near one picture is to another, in decibels. */
#ifndef CONVLET_PICTURES_PSNR_H
#define CONVLET_PICTURES_PSNR_H

#include <math.h>

#include <convlet/tensor.h>

/*
 * The peak signal-to-noise ratio, -10 log10(MSE), of pictures whose white is 1
 * and that differ by the mean squared error; infinite where that is 0.
 */
static inline double psnr_of(double mse)
{
    return -10 * log10(mse);
}

/* The same of two tensors of equal counts. */
static inline double psnr_between(const cvl_tensor *a, const cvl_tensor *b)
{
    double sum = 0;
    for (size_t i = 0; i < a->count; i++) {
        const double d = cvl_tensor_get(a, i) - cvl_tensor_get(b, i);
        sum += d * d;
    }
    return psnr_of(sum / (double)a->count);
}

#endif
