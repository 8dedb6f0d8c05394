/* psnr.h - how near one picture is to another, in decibels. */
#ifndef CONVLET_PICTURES_PSNR_H
#define CONVLET_PICTURES_PSNR_H

#include <convlet/tensor.h>

/*
 * The peak signal-to-noise ratio, -10 log10(MSE), of pictures whose white is 1
 * and that differ by the mean squared error; infinite where that is 0.
 */
double psnr_of(double mse);

/* The same of two tensors of equal counts. */
double psnr_between(const cvl_tensor *a, const cvl_tensor *b);

#endif
