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

/* How many processors this process may run on, 1 or more; 1 where the library
 * was built without threads. */
size_t cvl_processors(void);

/* All processors (up to CVL_MAX_THREADS), and the best instruction set. */
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

/* CVL_OK, or CVL_EINVAL for 0 threads or an ISA that is not there. */
cvl_status cvl_exec_check(const cvl_exec *exec, cvl_error *err);

/*
 * Threads: the process has one pool of them, started when the first work asks
 * for so many, and kept. They spin for a moment when there is nothing to do,
 * then sleep. They take no signals, and have stacks of a megabyte. A child of
 * fork has none of them, and starts its own.
 */

/*
 * How many of these threads there are, started now where they were not; fewer
 * where the system has no more, 1 at least. Work asks for them by itself: call
 * it to know, or to have them before memory is taken for arrays.
 */
size_t cvl_threads_available(size_t threads);

/* Ends the threads that were started, once what they do is done. The next work
 * starts new ones. Not to be called in a task. */
void cvl_threads_end(void);

/*
 * Work that is cut into tasks by its shape alone. A task must not care which
 * worker runs it, or when; `worker` (0 .. threads-1) only picks scratch space
 * that no other task uses at the same time.
 */
typedef void cvl_task(void *context, size_t task, size_t worker);

/*
 * Runs tasks 0 .. tasks-1, on exec->threads workers if `flops`, an estimate of
 * the arithmetic in all tasks together, is worth it; on fewer, where there are
 * no more threads. Returns when all tasks are done. Cannot fail.
 *
 * The pool serves one caller at a time: another one meanwhile, or a task that
 * runs tasks, has them all on its own thread.
 */
void cvl_exec_run(const cvl_exec *exec, size_t tasks, double flops,
                  cvl_task *task, void *context);

/* A task that is done beside; what is in it is cvl_exec_join's business. */
typedef struct cvl_beside {
    cvl_task *task;
    void *context;
    bool is_offered;
} cvl_beside;

/*
 * Lets task(context, 0, 0) be done beside what the caller does from here on to
 * cvl_exec_join: by a thread that is then missing in cvl_exec_run. They must
 * not touch what the task writes, nor write what it reads. With one thread,
 * where there is no other, and where one is done beside already, it is done in
 * cvl_exec_join. Each is to be joined, once, by whoever began it, and before a
 * fork.
 */
void cvl_exec_beside(const cvl_exec *exec, cvl_task *task, void *context,
                     cvl_beside *beside);

/* Returns when the task is done; does it, if nobody has begun to. */
void cvl_exec_join(cvl_beside *beside);

#endif
