/* identifiability.c - see identifiability.h for the contract. */
#include "train/identifiability.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/cholesky.h>
#include <convlet/memory.h>
#include <convlet/moments.h>

enum { ITERATIONS = 1000 };
/* For the moments of a group. */
static const double MULTIPLICATIONS = 3e8;
static const size_t MOST_WINDOWS = (size_t)1 << 20;
static const double MOST_CONDITION = 1e5, MOST_ERROR = 0.002;

/* What looking at one group takes. */
struct sight {
    size_t terms, taps;     /* numbers in a window, and those of the input */
    size_t count;           /* of the windows */
    double *sum, *repeated; /* S and V, terms x terms */
    double *factor;         /* of S */
    double *z, *product;    /* terms each */
    uint64_t *hashes;       /* of the windows; sorted, once they are there */
};

/* FNV-1a, by words; what is in their upper halves goes down, too. */
static uint64_t hash(const double *z, size_t terms)
{
    uint64_t sum = 0xcbf29ce484222325;
    for (size_t i = 0; i < terms; i++) {
        uint64_t word;
        memcpy(&word, &z[i], sizeof word);
        sum = (sum ^ word) * 0x100000001b3;
        sum ^= sum >> 32;
    }
    return sum;
}

static int by_size(const void *a, const void *b)
{
    const uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;
    return (first > second) - (first < second);
}

/* How many windows have a hash below that. */
static size_t below(const struct sight *sight, uint64_t hash)
{
    size_t low = 0, high = sight->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (sight->hashes[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* S and V. Of n windows only a part p was looked at, and m seen of them: n^2
 * is (m^2 - (1 - p) m) / p^2 on average. S is a p-th, so V is a p^2-th. */
static void look(struct sight *sight, const cvl_windows *windows)
{
    const size_t terms = sight->terms;
    const double part = (double)windows->tried / (double)windows->all;
    sight->count = 0;
    for (size_t i = 0; i < terms * terms; i++)
        sight->sum[i] = sight->repeated[i] = 0;
    for (cvl_windows w = *windows; cvl_windows_next(&w, sight->z);) {
        sight->hashes[sight->count++] = hash(sight->z, terms);
        cvl_moments_add(1, sight->z, terms, sight->sum);
    }
    qsort(sight->hashes, sight->count, sizeof *sight->hashes, by_size);
    for (cvl_windows w = *windows; cvl_windows_next(&w, sight->z);) {
        const uint64_t key = hash(sight->z, terms);
        const size_t end =
            key == UINT64_MAX ? sight->count : below(sight, key + 1);
        const double alike = (double)(end - below(sight, key));
        cvl_moments_add(alike - (1 - part), sight->z, terms, sight->repeated);
    }
    cvl_moments_finish(1, terms, sight->sum);
    cvl_moments_finish(1, terms, sight->repeated);
}

/* product = a z, of a's first rows and columns. */
static void multiply(const struct sight *sight, const double *a, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sight->product[i] = 0;
        for (size_t j = 0; j < count; j++)
            sight->product[i] += a[i * sight->terms + j] * sight->z[j];
    }
}

/* z := S^-1 z. */
static void divide(const struct sight *sight)
{
    cvl_cholesky_divide(sight->factor, sight->terms, sight->z);
    cvl_cholesky_divide_transposed(sight->factor, sight->terms, sight->z);
}

/* z := C z, with the covariance C times the windows' number: a bias takes the
 * mean. */
static void widen(const struct sight *sight)
{
    const size_t taps = sight->taps, terms = sight->terms;
    multiply(sight, sight->sum, taps);
    double along = 0;
    const double *const ones = sight->sum + taps * terms;
    for (size_t i = 0; taps < terms && i < taps; i++)
        along += ones[i] * sight->z[i] / ones[taps];
    for (size_t i = 0; i < taps; i++)
        sight->z[i] = sight->product[i] - (along != 0 ? along * ones[i] : 0);
}

/* z := C^-1 z, which stands in the upper left of S^-1. */
static void narrow(const struct sight *sight)
{
    if (sight->taps < sight->terms) sight->z[sight->taps] = 0;
    divide(sight);
}

/* The largest eigenvalue of what this multiplies by, by power iteration. */
static double largest(const struct sight *sight,
                      void (*apply)(const struct sight *))
{
    double found = 0;
    cvl_random random;
    cvl_random_seed(&random, 1);
    for (size_t i = 0; i < sight->taps; i++)
        sight->z[i] = cvl_random_normal(&random);
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
        double length = 0;
        const double before = found;
        for (size_t i = 0; i < sight->taps; i++)
            length += sight->z[i] * sight->z[i];
        found = iteration > 0 ? sqrt(length) : 0;
        if (!(length > 0) || fabs(found - before) < 1e-9 * found) break;
        for (size_t i = 0; i < sight->taps; i++) sight->z[i] /= sqrt(length);
        apply(sight);
    }
    return found;
}

/* The largest variance of a weight, for a rounding's of 1. */
static double largest_variance(const struct sight *sight)
{
    const size_t terms = sight->terms;
    double most = 0;
    for (size_t i = 0; i < sight->taps; i++) {
        double variance = 0;
        for (size_t j = 0; j < terms; j++) sight->z[j] = i == j;
        divide(sight);
        multiply(sight, sight->repeated, terms);
        for (size_t j = 0; j < terms; j++)
            variance += sight->z[j] * sight->product[j];
        most = fmax(most, variance);
    }
    return most;
}

/* What so many normal numbers of variance 1 all stay below, in 99 of 100
 * cases at least, with any sign. */
static double bound_of(size_t numbers)
{
    double low = 0, high = 10;
    while (high - low > 1e-6) {
        const double middle = (low + high) / 2;
        if (erfc(middle / sqrt(2)) * (double)numbers > 0.01)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* Of one group, if it can be told less of than those before. */
static void examine(struct sight *sight, const cvl_windows *windows,
                    size_t weights, struct identifiability *found)
{
    static const double rounding = 1 / (12 * 255.0 * 255.0);
    const size_t terms = sight->terms;
    double trace = 0, condition = HUGE_VAL, error = HUGE_VAL;
    look(sight, windows);
    for (size_t i = 0; i < terms; i++) trace += sight->sum[i * terms + i];
    memcpy(sight->factor, sight->sum, terms * terms * sizeof(double));
    /* Rounding of sums leaves a little of nothing. */
    if (trace > 0 &&
        cvl_cholesky(sight->factor, terms, 0, 1e-13 * trace) > 1e-13 * trace) {
        condition = largest(sight, widen) * largest(sight, narrow);
        error = bound_of(weights) * sqrt(rounding * largest_variance(sight));
    }
    found->condition = fmax(found->condition, condition);
    found->error = fmax(found->error, error);
}

cvl_status identifiability(const cvl_trainer *trainer, const cvl_tensor *x,
                           struct identifiability *found, cvl_error *err)
{
    const cvl_net *const net = &trainer->net;
    const cvl_conv2d_geometry *const g = &cvl_net_lone_conv2d(net)->geometry;
    const bool bias = net->param_count > 1;
    const size_t terms = cvl_window_terms(g, bias), square = terms * terms;
    void *block = NULL;
    *found = (struct identifiability){.known = terms <= CVL_WHITENING_TERMS};
    if (!found->known) return CVL_OK;
    size_t most = cvl_windows_within(MULTIPLICATIONS, terms);
    if (most > MOST_WINDOWS) most = MOST_WINDOWS;
    cvl_windows windows = cvl_windows_of(
        g, bias, x, trainer->mask.data ? &trainer->mask : NULL, 0, most);
    const cvl_status status =
        cvl_alloc(&block,
                  (3 * square + 2 * terms) * sizeof(double) +
                      windows.tried * sizeof(uint64_t),
                  "the windows", err);
    if (status) return status;
    double *const room = block;
    struct sight sight = {.terms = terms,
                          .taps = terms - bias,
                          .sum = room,
                          .repeated = room + square,
                          .factor = room + 2 * square,
                          .z = room + 3 * square,
                          .product = room + 3 * square + terms,
                          .hashes = (void *)(room + 3 * square + 2 * terms)};
    for (; windows.group < g->groups; windows.group++)
        examine(&sight, &windows, net->params[0].value.count, found);
    cvl_free(block);
    return CVL_OK;
}

bool identifiability_is_lost(const struct identifiability *found)
{
    return found->known &&
           (found->condition > MOST_CONDITION || found->error > MOST_ERROR);
}
