/* norm_tmpl.c - see norm.h for the contract. */
#include "kernel/norm.h"

#include "kernel/real.h"

/* Sums are of every LANES-th number, which do not wait for each other. */
enum { LANES = 4 };

static double add_lanes(const double sums[LANES])
{
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

static double sum(size_t count, const void *x)
{
    const real *const at = x;
    double sums[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t k = 0; k < LANES; k++) sums[k] += (double)at[i + k];
    for (; i < count; i++) sums[0] += (double)at[i];
    return add_lanes(sums);
}

static double squares(size_t count, const void *x, double mean)
{
    const real *const at = x;
    double sums[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t k = 0; k < LANES; k++) {
            const double e = (double)at[i + k] - mean;
            sums[k] += e * e;
        }
    for (; i < count; i++) {
        const double e = (double)at[i] - mean;
        sums[0] += e * e;
    }
    return add_lanes(sums);
}

static void forward(size_t count, const void *x, double mean, double scale,
                    double shift, void *y)
{
    const real *const from = x;
    real *const to = y;
    for (size_t i = 0; i < count; i++)
        to[i] = (real)(((double)from[i] - mean) * scale + shift);
}

static cvl_norm_sums back_sums(size_t count, const void *x, const void *dy,
                               double mean)
{
    const real *const at = x, *const from = dy;
    double sums[LANES] = {0}, products[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t k = 0; k < LANES; k++) {
            sums[k] += (double)from[i + k];
            products[k] += (double)from[i + k] * ((double)at[i + k] - mean);
        }
    for (; i < count; i++) {
        sums[0] += (double)from[i];
        products[0] += (double)from[i] * ((double)at[i] - mean);
    }
    return (cvl_norm_sums){add_lanes(sums), add_lanes(products)};
}

static void backward(size_t count, const void *x, const void *dy, double mean,
                     double scale, double slope, double shift, void *dx)
{
    const real *const at = x, *const from = dy;
    real *const to = dx;
    for (size_t i = 0; i < count; i++)
        to[i] = (real)((double)from[i] * scale -
                       ((double)at[i] - mean) * slope - shift);
}

const cvl_norm CVL_REAL_NAME(cvl_norm) = {
    .sum = sum,
    .squares = squares,
    .forward = forward,
    .back_sums = back_sums,
    .backward = backward,
};
