/* identifiability.c - see identifiability.h for the contract. */
#include "train/identifiability.h"

#include <math.h>

enum { TERMS = 256, SWEEPS = 30 };
static const double MOST_CONDITION = 1e5, MOST_ERROR = 0.002;

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

/* The smallest and the largest, by Jacobi's rotations; m is spent. Golub and
 * Van Loan, section 8.5. */
static void eigenvalues(double *m, size_t n, double *smallest, double *largest)
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
    *smallest = HUGE_VAL;
    *largest = 0;
    for (size_t i = 0; i < n; i++) {
        *smallest = fmin(*smallest, m[i * n + i]);
        *largest = fmax(*largest, m[i * n + i]);
    }
}

/* The moments, of n numbers and a 1, to the covariance of the n, in place: a
 * bias takes the mean. */
static void centre(double *m, size_t n)
{
    const size_t terms = n + 1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            m[i * n + j] =
                m[i * terms + j] - m[n * terms + i] * m[n * terms + j];
}

/* Of one group, if it can be told less of than those before. */
static void examine(const cvl_trainer *trainer, const cvl_tensor *x,
                    size_t group, double *m, struct identifiability *found)
{
    static const double rounding = 1 / (12 * 255.0 * 255.0);
    const cvl_conv2d_geometry *const g =
        &cvl_net_lone_conv2d(&trainer->net)->geometry;
    const bool bias = trainer->net.param_count > 1;
    const size_t terms = cvl_window_terms(g, bias);
    const size_t outputs = cvl_window_moments(
        g, bias, x, trainer->mask.data ? &trainer->mask : NULL, group, m,
        m + terms * terms);
    double smallest, largest;
    if (bias) centre(m, terms - 1);
    eigenvalues(m, terms - bias, &smallest, &largest);
    /* Rounding of sums leaves a little of nothing. */
    const bool is_point = smallest <= 1e-13 * largest;
    const double condition = is_point ? HUGE_VAL : largest / smallest;
    const double error =
        is_point ? HUGE_VAL : sqrt(rounding / ((double)outputs * smallest));
    found->condition = fmax(found->condition, condition);
    found->error = fmax(found->error, error);
}

cvl_status identifiability(const cvl_trainer *trainer, const cvl_tensor *x,
                           struct identifiability *found, cvl_error *err)
{
    const cvl_conv2d_geometry *const g =
        &cvl_net_lone_conv2d(&trainer->net)->geometry;
    const size_t terms = cvl_window_terms(g, trainer->net.param_count > 1);
    void *block = NULL;
    *found = (struct identifiability){.known = terms <= TERMS};
    if (!found->known) return CVL_OK;
    const cvl_status status = cvl_alloc(
        &block, (terms + 1) * terms * sizeof(double), "the windows", err);
    for (size_t i = 0; !status && i < g->groups; i++)
        examine(trainer, x, i, block, found);
    cvl_free(block);
    return status;
}

bool identifiability_is_lost(const struct identifiability *found)
{
    return found->known &&
           (found->condition > MOST_CONDITION || found->error > MOST_ERROR);
}
