/* machine.h - what processor and memory can do at most, measured. */
#ifndef CONVLET_BENCH_MACHINE_H
#define CONVLET_BENCH_MACHINE_H

#include <stddef.h>

#include <convlet/exec.h>
#include <convlet/tensor.h>

/*
 * The rate of multiplications and additions (fused where the instruction set
 * has that) between registers, without touching memory, on exec->threads
 * threads at once, in GFLOP/s. The best of a few samples of a millisecond.
 */
double bench_peak(const cvl_exec *exec, cvl_dtype dtype);

/*
 * The rate of a copy between blocks that no cache holds, on exec->threads
 * threads at once, in GB/s: what is read and what is written both count. The
 * best of a few samples. CVL_ENOMEM.
 */
cvl_status bench_memory(const cvl_exec *exec, double *rate, cvl_error *err);

/* One compiled loop of peak_tmpl.c. */
struct bench_peak_loop {
    double flops_per_turn;
    double (*run)(size_t turns); /* what it returns only keeps it alive */
};

#endif
