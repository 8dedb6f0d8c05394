/* exec.c - see exec.h for the contract. */
#include "convlet/exec.h"

#include "convlet/names.h"

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
    const size_t processors = cvl_processors();
    return (cvl_exec){.threads = processors < CVL_MAX_THREADS ? processors
                                                              : CVL_MAX_THREADS,
                      .isa = cvl_isa_detect(),
                      .parallel_flops = PARALLEL_FLOPS};
}

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
