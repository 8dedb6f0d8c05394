/* softmax.c - see softmax.h for the contract. */
#include "classify/softmax.h"

#include <math.h>

void softmax_row(const cvl_tensor *y, size_t row, double *p)
{
    const size_t classes = y->shape[1];
    double most = -INFINITY, sum = 0;
    for (size_t k = 0; k < classes; k++) {
        p[k] = cvl_tensor_get(y, row * classes + k);
        most = fmax(most, p[k]);
    }
    for (size_t k = 0; k < classes; k++) {
        p[k] = exp(p[k] - most);
        sum += p[k];
    }
    for (size_t k = 0; k < classes; k++) p[k] /= sum;
}
