/* machine.c - see machine.h for the contract. */
#include "bench/machine.h"

#include <string.h>

#include <convlet/memory.h>

#include "base/clock.h"

/* About a millisecond a sample; one in six is enough on a busy machine. */
enum { PEAK_SAMPLES = 6, TURNS = 400000 };

extern const struct bench_peak_loop bench_peak_base_f32, bench_peak_base_f64;
#ifdef BENCH_PEAK_X86
extern const struct bench_peak_loop bench_peak_avx2_f32, bench_peak_avx2_f64;
extern const struct bench_peak_loop bench_peak_avx512_f32,
    bench_peak_avx512_f64;
#endif

static const struct bench_peak_loop *const LOOPS[][2] = {
    [CVL_ISA_BASE] = {&bench_peak_base_f32, &bench_peak_base_f64},
#ifdef BENCH_PEAK_X86
    [CVL_ISA_AVX2] = {&bench_peak_avx2_f32, &bench_peak_avx2_f64},
    [CVL_ISA_AVX512] = {&bench_peak_avx512_f32, &bench_peak_avx512_f64},
#endif
};

struct peak_job {
    const struct bench_peak_loop *loop;
    double result[CVL_MAX_THREADS]; /* by task; nobody looks at them */
};

static void one_thread(void *context, size_t task, size_t worker)
{
    struct peak_job *const job = context;
    (void)worker;
    job->result[task] = job->loop->run(TURNS);
}

double bench_peak(const cvl_exec *exec, cvl_dtype dtype)
{
    struct peak_job job = {.loop = LOOPS[exec->isa][dtype]};
    const double flops =
        job.loop->flops_per_turn * TURNS * (double)exec->threads;
    double best = 0.0;
    for (int i = 0; i < PEAK_SAMPLES; i++) {
        const double start = clock_seconds();
        cvl_exec_run(exec, exec->threads, flops, one_thread, &job);
        const double rate = flops / (clock_seconds() - start) * 1e-9;
        if (rate > best) best = rate;
    }
    return best;
}

/* Each block is larger than the share of a cache that a core can count on. */
enum { BLOCK = 96 << 20, COPY_SAMPLES = 4 };

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
    for (int i = 0; i < COPY_SAMPLES; i++) {
        const double start = clock_seconds();
        cvl_exec_run(exec, exec->threads, bytes, copy_share, &job);
        const double sample = bytes / (clock_seconds() - start) * 1e-9;
        if (sample > *rate) *rate = sample;
    }
    cvl_free(block);
    return CVL_OK;
}
