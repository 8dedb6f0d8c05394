/* psnr.c - see psnr.h for the contract. */
#include "pictures/psnr.h"

#include <math.h>

double psnr_of(double mse)
{
    return -10 * log10(mse);
}

double psnr_between(const cvl_tensor *a, const cvl_tensor *b)
{
    double sum = 0;
    for (size_t i = 0; i < a->count; i++) {
        const double d = cvl_tensor_get(a, i) - cvl_tensor_get(b, i);
        sum += d * d;
    }
    return psnr_of(sum / (double)a->count);
}
