/* memory.c - see bench_memory.h for the contract. */
#include "bench/memory.h"

#include <string.h>

#include <convlet/memory.h>

#include "base/clock.h"

/* Each block is larger than the share of a cache that a core can count on. */
enum { BLOCK = 96 << 20, SAMPLES = 4 };

struct copy_job {
    unsigned char *from, *to;
    size_t share;
};

static void copy_share(void *context, size_t task, size_t worker)
{
    const struct copy_job *const job = context;
    (void)worker;
    memcpy(job->to + task * job->share, job->from + task * job->share,
           job->share);
}

cvl_status bench_memory(const cvl_exec *exec, double *rate, cvl_error *err)
{
    void *block;
    const cvl_status status =
        cvl_alloc(&block, 2 * (size_t)BLOCK, "what is copied", err);
    if (status) return status;
    struct copy_job job = {.from = block,
                           .to = (unsigned char *)block + BLOCK,
                           .share = BLOCK / exec->threads};
    const double bytes = 2.0 * (double)(job.share * exec->threads);
    /* Pages that nobody wrote to are all the same one. */
    memset(block, 1, 2 * (size_t)BLOCK);
    *rate = 0;
    for (int i = 0; i < SAMPLES; i++) {
        const double start = clock_seconds();
        cvl_exec_run(exec, exec->threads, bytes, copy_share, &job);
        const double sample = bytes / (clock_seconds() - start) * 1e-9;
        if (sample > *rate) *rate = sample;
    }
    cvl_free(block);
    return CVL_OK;
}
