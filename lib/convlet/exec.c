/* exec.c - see exec.h for the contract. */
#include "convlet/exec.h"

#include "convlet/names.h"

#ifdef _OPENMP
#include <ctype.h>
#include <omp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#endif

/* About 100 microseconds of one core at a modest 4 GFLOP/s. */
static const double PARALLEL_FLOPS = 4e5;

static const char *const ISA_NAMES[] = {"base", "avx2", "avx512"};
enum { ISA_COUNT = sizeof ISA_NAMES / sizeof *ISA_NAMES };

cvl_isa cvl_isa_detect(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx512f")) return CVL_ISA_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return CVL_ISA_AVX2;
#endif
    return CVL_ISA_BASE;
}

const char *cvl_isa_name(cvl_isa isa)
{
    const size_t i = (size_t)isa;
    return i < ISA_COUNT ? ISA_NAMES[i] : "unknown";
}

bool cvl_isa_parse(const char *name, cvl_isa *isa)
{
    const size_t i = cvl_names_find(ISA_NAMES, ISA_COUNT, name);
    if (i < ISA_COUNT) *isa = (cvl_isa)i;
    return i < ISA_COUNT;
}

cvl_exec cvl_exec_default(void)
{
#ifdef _OPENMP
    const int processors = omp_get_num_procs();
#else
    const int processors = 1;
#endif
    const int threads =
        processors < CVL_MAX_THREADS ? processors : CVL_MAX_THREADS;
    return (cvl_exec){.threads = (size_t)threads,
                      .isa = cvl_isa_detect(),
                      .parallel_flops = PARALLEL_FLOPS};
}

#ifdef _OPENMP
/* Waits until all that could be started are there: one that has ended would
 * make room for the next. */
static void *wait_for_all(void *context)
{
    pthread_mutex_t *const all = context;
    pthread_mutex_lock(all);
    pthread_mutex_unlock(all);
    return NULL;
}

/* Bytes of a stack, as OpenMP's environment asks for; 0: the usual. Source:
 * OpenMP 5.0, section 6.7. */
static size_t stack_bytes(void)
{
    static const char units[] = "BKMG";
    const char *const text = getenv("OMP_STACKSIZE");
    char *end;
    if (!text) return 0;
    const unsigned long long number = strtoull(text, &end, 10);
    while (*end == ' ') end++;
    const char unit = *end ? (char)toupper((unsigned char)*end) : 'K';
    const char *const found = strchr(units, unit);
    if (!found) return 0;
    const unsigned shift = 10 * (unsigned)(found - units);
    return number > SIZE_MAX >> shift ? SIZE_MAX : (size_t)number << shift;
}

/* Starts that many threads, and ends them: how many there were, with this one.
 */
static size_t count_threads(size_t threads)
{
    pthread_t started[CVL_MAX_THREADS];
    pthread_mutex_t all = PTHREAD_MUTEX_INITIALIZER;
    pthread_attr_t attributes;
    const size_t bytes = stack_bytes();
    if (pthread_attr_init(&attributes)) return 1;
    if (bytes) pthread_attr_setstacksize(&attributes, bytes);
    const size_t wanted = threads < CVL_MAX_THREADS ? threads : CVL_MAX_THREADS;
    size_t count = 0;
    pthread_mutex_lock(&all);
    while (count + 1 < wanted &&
           !pthread_create(&started[count], &attributes, wait_for_all, &all))
        count++;
    pthread_mutex_unlock(&all);
    for (size_t i = 0; i < count; i++) pthread_join(started[i], NULL);
    pthread_attr_destroy(&attributes);
    return count + 1;
}

/* OpenMP ends the process where it cannot start a thread. So its team starts
 * here, when there is room for it, and not when arrays have taken that: it
 * stays until a smaller one is asked for. */
size_t cvl_threads_available(size_t threads)
{
    const size_t available = count_threads(threads);
    size_t team = 0;
    if (available == 1) return 1;
#pragma omp parallel num_threads((int)available) reduction(+ : team)
    team += 1;
    return team;
}
#else
size_t cvl_threads_available(size_t threads)
{
    return threads ? threads : 1;
}
#endif

cvl_status cvl_exec_check(const cvl_exec *exec, cvl_error *err)
{
    if (exec->threads < 1 || exec->threads > CVL_MAX_THREADS)
        return cvl_fail(err, CVL_EINVAL, "threads is %zu, expected 1 to %d",
                        exec->threads, CVL_MAX_THREADS);
    if (!cvl_isa_is(exec->isa))
        return cvl_fail(err, CVL_EINVAL, "%zu is no instruction set",
                        (size_t)exec->isa);
    if (exec->isa > cvl_isa_detect())
        return cvl_fail(
            err, CVL_EINVAL, "this processor has no %s; its best is %s",
            cvl_isa_name(exec->isa), cvl_isa_name(cvl_isa_detect()));
    return CVL_OK;
}

void cvl_exec_run(const cvl_exec *exec, size_t tasks, double flops,
                  cvl_task *task, void *context)
{
#ifdef _OPENMP
    if (exec->threads > 1 && tasks > 1 && flops >= exec->parallel_flops) {
#pragma omp parallel for num_threads((int)exec->threads) schedule(static)
        for (size_t i = 0; i < tasks; i++)
            task(context, i, (size_t)omp_get_thread_num());
        return;
    }
#else
    (void)exec;
    (void)flops;
#endif
    for (size_t i = 0; i < tasks; i++) task(context, i, 0);
}
