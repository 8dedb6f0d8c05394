/* identifiability.c - see identifiability.h for the contract. */
#include "train/identifiability.h"

#include <math.h>

#include <convlet/memory.h>

enum { WINDOWS = 4096, SWEEPS = 30 };

/* One group of a layer, and what it looks at. */
struct view {
    const cvl_conv2d_geometry *g;
    const cvl_tensor *x;
    size_t first, channels; /* of x */
    size_t terms;           /* numbers in a window, with the bias' 1 */
    bool bias;
};

/* The window whose upper left is at row, column of picture n. */
static void read_window(const struct view *view, size_t n, size_t row,
                        size_t column, double *z)
{
    const cvl_conv2d_geometry *const g = view->g;
    const size_t taps = g->kernel_height * g->kernel_width;
    for (size_t i = 0; i < view->terms; i++) z[i] = 0;
    for (size_t c = 0; c < view->channels; c++)
        for (size_t k = 0; k < taps; k++) {
            const size_t r = row + k / g->kernel_width * g->dilation_y;
            const size_t v = column + k % g->kernel_width * g->dilation_x;
            const size_t channel = n * g->in_channels + view->first + c;
            z[(g->tied ? 0 : c * taps) + k] += cvl_tensor_get(
                view->x, (channel * g->in_height + r) * g->in_width + v);
        }
    if (view->bias) z[view->terms - 1] = 1;
}

/* m = the mean of z z', terms x terms; z is scratch. */
static void measure(const struct view *view, double *m, double *z)
{
    const cvl_conv2d_geometry *const g = view->g;
    const size_t terms = view->terms;
    const size_t rows =
        (g->in_height - g->dilation_y * (g->kernel_height - 1) - 1) /
            g->stride_y +
        1;
    const size_t columns =
        (g->in_width - g->dilation_x * (g->kernel_width - 1) - 1) /
            g->stride_x +
        1;
    const size_t all = g->batch * rows * columns;
    const size_t step = all / WINDOWS + 1;
    const double share = (double)step / (double)all;
    for (size_t i = 0; i < terms * terms; i++) m[i] = 0;
    for (size_t w = 0; w < all; w += step) {
        read_window(view, w / columns / rows, w / columns % rows * g->stride_y,
                    w % columns * g->stride_x, z);
        for (size_t i = 0; i < terms; i++)
            for (size_t j = 0; j < terms; j++)
                m[i * terms + j] += share * z[i] * z[j];
    }
}

/* Turns m so that m[p][q] becomes 0, and its eigenvalues stay. */
static void rotate(double *m, size_t n, size_t p, size_t q)
{
    const double off = m[p * n + q];
    if (off == 0) return;
    const double theta = (m[q * n + q] - m[p * n + p]) / (2 * off);
    const double t =
        (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
    const double c = 1 / sqrt(t * t + 1), s = t * c;
    for (size_t i = 0; i < n; i++) {
        const double a = m[i * n + p], b = m[i * n + q];
        m[i * n + p] = c * a - s * b;
        m[i * n + q] = s * a + c * b;
    }
    for (size_t i = 0; i < n; i++) {
        const double a = m[p * n + i], b = m[q * n + i];
        m[p * n + i] = c * a - s * b;
        m[q * n + i] = s * a + c * b;
    }
}

/* By Jacobi's rotations; m is spent. Golub and Van Loan, section 8.5. */
static double smallest_eigenvalue(double *m, size_t n)
{
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double off = 0, all = 0;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                const double square = m[i * n + j] * m[i * n + j];
                all += square;
                if (i != j) off += square;
            }
        if (off <= 1e-24 * all) break;
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++) rotate(m, n, p, q);
    }
    double smallest = HUGE_VAL;
    for (size_t i = 0; i < n; i++) smallest = fmin(smallest, m[i * n + i]);
    return smallest;
}

cvl_status identifiability(const cvl_conv2d_geometry *geometry, bool bias,
                           const cvl_tensor *x, double *smallest,
                           cvl_error *err)
{
    const size_t channels = geometry->in_channels / geometry->groups;
    const size_t taps = geometry->kernel_height * geometry->kernel_width;
    const size_t terms = taps * (geometry->tied ? 1 : channels) + bias;
    void *block;
    *smallest = HUGE_VAL;
    if (terms > IDENTIFIABILITY_LIMIT ||
        geometry->dilation_y * (geometry->kernel_height - 1) >=
            geometry->in_height ||
        geometry->dilation_x * (geometry->kernel_width - 1) >=
            geometry->in_width)
        return CVL_OK;
    const cvl_status status = cvl_alloc(
        &block, (terms + 1) * terms * sizeof(double), "the windows", err);
    if (status) return status;
    double *const m = block;
    for (size_t i = 0; i < geometry->groups; i++) {
        const struct view view = {geometry, x,     i * channels,
                                  channels, terms, bias};
        measure(&view, m, m + terms * terms);
        *smallest = fmin(*smallest, smallest_eigenvalue(m, terms));
    }
    cvl_free(block);
    return CVL_OK;
}
