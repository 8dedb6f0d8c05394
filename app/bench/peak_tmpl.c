/* peak_tmpl.c - the busiest loop; compiled per vector and type. */
#include "bench/machine.h"

/*
 * The build defines BENCH_PEAK_LOOP, the name; BENCH_PEAK_BYTES, of a vector;
 * and BENCH_PEAK_REAL. Twelve chains hide the latency of an addition (4 cycles
 * on two ports need eight) and, with the two constants, fit into the sixteen
 * registers of the narrower sets.
 */
typedef BENCH_PEAK_REAL vector
    __attribute__((vector_size(BENCH_PEAK_BYTES), may_alias));

enum { CHAINS = 12, LANES = BENCH_PEAK_BYTES / sizeof(BENCH_PEAK_REAL) };

static vector fill(double value)
{
    vector v;
    for (int i = 0; i < LANES; i++) v[i] = (BENCH_PEAK_REAL)value;
    return v;
}

/* Every chain runs towards 1, from different places lest they be merged. */
static double run(size_t turns)
{
    const vector m = fill(0.999), c = fill(0.001);
    vector a0 = fill(0.50), a1 = fill(0.51), a2 = fill(0.52), a3 = fill(0.53),
           a4 = fill(0.54), a5 = fill(0.55), a6 = fill(0.56), a7 = fill(0.57),
           a8 = fill(0.58), a9 = fill(0.59), a10 = fill(0.6), a11 = fill(0.61);
    for (size_t i = 0; i < turns; i++) {
        a0 = a0 * m + c;
        a1 = a1 * m + c;
        a2 = a2 * m + c;
        a3 = a3 * m + c;
        a4 = a4 * m + c;
        a5 = a5 * m + c;
        a6 = a6 * m + c;
        a7 = a7 * m + c;
        a8 = a8 * m + c;
        a9 = a9 * m + c;
        a10 = a10 * m + c;
        a11 = a11 * m + c;
    }
    const vector sum =
        a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11;
    double total = 0.0;
    for (int i = 0; i < LANES; i++) total += (double)sum[i];
    return total;
}

extern const struct bench_peak_loop BENCH_PEAK_LOOP;
const struct bench_peak_loop BENCH_PEAK_LOOP = {2.0 * CHAINS * LANES, run};
