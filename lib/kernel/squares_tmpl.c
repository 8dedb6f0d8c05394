/* squares_tmpl.c - see squares.h for the contract. */
#include "kernel/squares.h"

#include <stdbool.h>

#include "kernel/real.h"

/* Interleaved sums of fixed order: one serial sum would wait for itself. */
enum { LANES = 16 };

/* The arrays; and which are there, as literals, so that loops have no ifs. */
typedef struct run {
    const real *y, *t, *mask;
    real *g, slope;
} run;

/* Computed before any of it is stored: g may be y. */
static inline void add_block(const run *r, size_t at, size_t count, bool t,
                             bool mask, bool g, double lanes[LANES])
{
    real e[LANES];
    for (size_t l = 0; l < count; l++)
        e[l] = t ? r->y[at + l] - r->t[at + l] : r->y[at + l];
    if (mask)
        for (size_t l = 0; l < count; l++) e[l] *= r->mask[at + l];
    for (size_t l = 0; l < count; l++) lanes[l] += (double)e[l] * (double)e[l];
    if (g)
        for (size_t l = 0; l < count; l++) r->g[at + l] = r->slope * e[l];
}

static inline double add_run(const run *r, size_t count, bool t, bool mask,
                             bool g)
{
    double lanes[LANES] = {0};
    size_t at = 0;
    for (; at + LANES <= count; at += LANES)
        add_block(r, at, LANES, t, mask, g, lanes);
    add_block(r, at, count - at, t, mask, g, lanes);
    double sum = 0;
    for (size_t l = 0; l < LANES; l++) sum += lanes[l];
    return sum;
}

double CVL_SQUARES_NAME(const void *y, const void *t, const void *mask,
                        double slope, void *g, size_t count)
{
    const run r = {y, t, mask, g, (real)slope};
    if (t && g && !mask) return add_run(&r, count, true, false, true);
    return add_run(&r, count, t, mask, g);
}
