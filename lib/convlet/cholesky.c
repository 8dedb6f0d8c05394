/* cholesky.c - see cholesky.h for the contract. */
#include "convlet/cholesky.h"

#include <math.h>

double cvl_cholesky(double *m, size_t n, double ridge, double least)
{
    double lowest = HUGE_VAL;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = m[i * n + j] + (i == j ? ridge : 0);
            for (size_t k = 0; k < j; k++) sum -= m[i * n + k] * m[j * n + k];
            if (i == j) lowest = fmin(lowest, sum);
            m[i * n + j] = i == j ? sqrt(fmax(sum, least)) : sum / m[j * n + j];
        }
    return lowest;
}

void cvl_cholesky_divide(const double *l, size_t n, double *row)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) row[i] -= l[i * n + k] * row[k];
        row[i] /= l[i * n + i];
    }
}

void cvl_cholesky_divide_transposed(const double *l, size_t n, double *row)
{
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++) row[i] -= l[k * n + i] * row[k];
        row[i] /= l[i * n + i];
    }
}
