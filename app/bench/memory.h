/* memory.h - how fast numbers come from memory and go there, measured. */
#ifndef CONVLET_BENCH_MEMORY_H
#define CONVLET_BENCH_MEMORY_H

#include <convlet/exec.h>

/*
 * The rate of a copy between blocks that no cache holds, on exec->threads
 * threads at once, in GB/s: what is read and what is written both count. The
 * best of a few samples. CVL_ENOMEM.
 */
cvl_status bench_memory(const cvl_exec *exec, double *rate, cvl_error *err);

#endif
