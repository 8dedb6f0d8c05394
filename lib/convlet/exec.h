/* exec.h - how a computation is carried out: threads and instruction set. */
#ifndef CVL_EXEC_H
#define CVL_EXEC_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/error.h"

/* Instruction sets that kernels exist for, each including the ones before. */
typedef enum cvl_isa { CVL_ISA_BASE, CVL_ISA_AVX2, CVL_ISA_AVX512 } cvl_isa;

/* Threads at most; more are refused. */
enum cvl_exec_limits { CVL_MAX_THREADS = 1024 };

/*
 * Bytes to leave between what two workers write: a core fetches what it expects
 * to be read next, hundreds of kilobytes ahead where the strides are large. If
 * that is another worker's, its next write has to take the line back: seen to
 * cost a third of a pass.
 */
enum cvl_exec_layout { CVL_WORKERS_APART = 512 * 1024 };

/* Passed by value into every plan, so that one process can mix them. */
typedef struct cvl_exec {
    size_t threads;        /* 1 to CVL_MAX_THREADS; never changes a result */
    cvl_isa isa;           /* at most what the processor has */
    double parallel_flops; /* work of fewer flops stays on one thread: a
                              parallel region would cost more than it gains */
} cvl_exec;

/* All processors this process may run on (up to CVL_MAX_THREADS), and the best
 * instruction set. */
cvl_exec cvl_exec_default(void);

/* The best instruction set of this processor (and system). */
cvl_isa cvl_isa_detect(void);

/* Whether the number is one of the above. */
static inline bool cvl_isa_is(cvl_isa isa)
{
    return (size_t)isa <= CVL_ISA_AVX512;
}

/* "base", "avx2", "avx512"; "unknown" for any other number. */
const char *cvl_isa_name(cvl_isa isa);

/* The instruction set of that name; false if there is none. */
bool cvl_isa_parse(const char *name, cvl_isa *isa);

/*
 * How many of these threads the system lets this process start now, 1 or more:
 * OpenMP ends the process where it cannot have one. They are started, and wait
 * for work with that many; so call it once, before memory is taken for arrays,
 * and not in a child of a process that has called it (OpenMP's threads do not
 * survive a fork).
 */
size_t cvl_threads_available(size_t threads);

/* CVL_OK, or CVL_EINVAL for 0 threads or an ISA that is not there. */
cvl_status cvl_exec_check(const cvl_exec *exec, cvl_error *err);

/*
 * Work that is cut into tasks by its shape alone. A task must not care which
 * worker runs it, or when; `worker` (0 .. threads-1) only picks scratch space
 * that no other task uses at the same time.
 */
typedef void cvl_task(void *context, size_t task, size_t worker);

/*
 * Runs tasks 0 .. tasks-1, on exec->threads workers if `flops`, an estimate of
 * the arithmetic in all tasks together, is worth it. Returns when all tasks
 * are done. Cannot fail.
 */
void cvl_exec_run(const cvl_exec *exec, size_t tasks, double flops,
                  cvl_task *task, void *context);

#endif
