/* exec_alone.c - tasks where there are no threads: one after the other. */
#include "convlet/exec.h"

size_t cvl_processors(void)
{
    return 1;
}

size_t cvl_threads_available(size_t threads)
{
    return threads ? threads : 1;
}

void cvl_threads_end(void)
{
}

void cvl_exec_run(const cvl_exec *exec, size_t tasks, double flops,
                  cvl_task *task, void *context)
{
    (void)exec;
    (void)flops;
    for (size_t i = 0; i < tasks; i++) task(context, i, 0);
}

void cvl_exec_beside(const cvl_exec *exec, cvl_task *task, void *context,
                     cvl_beside *beside)
{
    (void)exec;
    *beside = (cvl_beside){.task = task, .context = context};
}

void cvl_exec_join(cvl_beside *beside)
{
    beside->task(beside->context, 0, 0);
}
