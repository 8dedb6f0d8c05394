/* test_exec.c - every task runs once, on a worker that is there. */
#include <stdatomic.h>

#include "convlet/exec.h"
#include "expect.h"

enum { TASKS = 1000 };

typedef struct record {
    atomic_int runs[TASKS];
    atomic_int busy[CVL_MAX_THREADS]; /* tasks on a worker right now */
    atomic_bool shared, beyond;       /* what must not happen */
    size_t workers;
} record;

static void note(void *context, size_t task, size_t worker)
{
    record *const r = context;
    if (worker >= r->workers) {
        atomic_store(&r->beyond, true);
        return;
    }
    if (atomic_fetch_add(&r->busy[worker], 1)) atomic_store(&r->shared, true);
    atomic_fetch_add(&r->runs[task], 1);
    atomic_fetch_sub(&r->busy[worker], 1);
}

static void check_run(size_t threads, size_t tasks, double flops)
{
    static record r;
    r = (record){.workers = threads};
    const cvl_exec exec = {.threads = threads};
    cvl_exec_run(&exec, tasks, flops, note, &r);
    int once = 0, more = 0;
    for (size_t i = 0; i < TASKS; i++) {
        const int runs = atomic_load(&r.runs[i]);
        once += runs == 1;
        more += runs > 1;
    }
    ck_assert_int_eq(once, (int)tasks);
    ck_assert_int_eq(more, 0);
    ck_assert(!atomic_load(&r.shared));
    ck_assert(!atomic_load(&r.beyond));
}

START_TEST(run_does_every_task_once_on_any_number_of_threads)
{
    static const size_t threads[] = {1, 2, 3, 7};
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        check_run(threads[i], TASKS, 1e9);
        check_run(threads[i], 2, 1e9);
        check_run(threads[i], 1, 1e9);
        check_run(threads[i], 0, 1e9);
    }
}
END_TEST

START_TEST(run_keeps_small_work_on_one_worker)
{
    static record r;
    r = (record){.workers = 1};
    const cvl_exec exec = {.threads = 7, .parallel_flops = 1001};
    cvl_exec_run(&exec, TASKS, 1000, note, &r);
    ck_assert(!atomic_load(&r.beyond));
    for (size_t i = 0; i < TASKS; i++)
        ck_assert_int_eq(atomic_load(&r.runs[i]), 1);
}
END_TEST

static void count(void *context, size_t task, size_t worker)
{
    atomic_fetch_add((atomic_int *)context, (task == 0) + (worker == 0) - 1);
}

START_TEST(a_task_beside_is_done_once_when_it_is_joined)
{
    for (size_t threads = 1; threads <= 3; threads++) {
        const cvl_exec exec = {.threads = threads};
        for (int i = 0; i < 1000; i++) {
            atomic_int runs = 0;
            cvl_beside beside;
            cvl_exec_beside(&exec, count, &runs, &beside);
            if (i % 2) check_run(threads, 5, 1e9);
            cvl_exec_join(&beside);
            ck_assert_int_eq(atomic_load(&runs), 1);
        }
    }
}
END_TEST

START_TEST(threads_end_and_start_again)
{
    cvl_threads_end();
    for (int i = 0; i < 3; i++) {
        ck_assert_uint_eq(cvl_threads_available(3), 3);
        check_run(3, TASKS, 1e9);
        cvl_threads_end();
        cvl_threads_end();
        check_run(2, TASKS, 1e9);
    }
    ck_assert_uint_eq(cvl_threads_available(0), 1);
    ck_assert_uint_eq(cvl_threads_available(1), 1);
}
END_TEST

START_TEST(default_is_valid_and_uses_the_best_instruction_set)
{
    cvl_error err;
    const cvl_exec exec = cvl_exec_default();
    expect_ok(cvl_exec_check(&exec, &err), err);
    ck_assert_int_eq(exec.isa, cvl_isa_detect());
}
END_TEST

START_TEST(default_has_as_many_threads_as_there_are_processors)
{
    const size_t processors = cvl_processors();
    ck_assert_uint_ge(processors, 1);
    if (processors <= CVL_MAX_THREADS)
        ck_assert_uint_eq(cvl_exec_default().threads, processors);
}
END_TEST

START_TEST(check_names_the_range_of_threads)
{
    cvl_error err;
    cvl_exec exec = {.threads = 0};
    expect_fail(cvl_exec_check(&exec, &err), err, CVL_EINVAL,
                "threads is 0, expected 1 to 1024");
    exec.threads = CVL_MAX_THREADS + 1;
    expect_fail(cvl_exec_check(&exec, &err), err, CVL_EINVAL,
                "threads is 1025, expected 1 to 1024");
    exec.threads = CVL_MAX_THREADS;
    expect_ok(cvl_exec_check(&exec, &err), err);
}
END_TEST

START_TEST(check_refuses_an_instruction_set_that_is_not_there)
{
    cvl_error err;
    const cvl_exec exec = {.threads = 1, .isa = (cvl_isa)(CVL_ISA_AVX512 + 1)};
    expect_fail(cvl_exec_check(&exec, &err), err, CVL_EINVAL,
                "3 is no instruction set");
}
END_TEST

START_TEST(check_takes_every_instruction_set_up_to_the_best)
{
    cvl_error err;
    for (int i = 0; i <= (int)cvl_isa_detect(); i++) {
        const cvl_exec exec = {.threads = 1, .isa = (cvl_isa)i};
        expect_ok(cvl_exec_check(&exec, &err), err);
    }
}
END_TEST

START_TEST(names_of_instruction_sets_parse_back)
{
    static const char *const names[] = {"base", "avx2", "avx512"};
    for (int i = 0; i < 3; i++) {
        cvl_isa isa = (cvl_isa)((i + 1) % 3);
        ck_assert_str_eq(cvl_isa_name((cvl_isa)i), names[i]);
        ck_assert(cvl_isa_parse(names[i], &isa));
        ck_assert_int_eq((int)isa, i);
    }
    ck_assert_str_eq(cvl_isa_name((cvl_isa)3), "unknown");
    cvl_isa isa = CVL_ISA_AVX2;
    ck_assert(!cvl_isa_parse("avx", &isa));
    ck_assert(!cvl_isa_parse("", &isa));
    ck_assert(!cvl_isa_parse("unknown", &isa));
    ck_assert_int_eq(isa, CVL_ISA_AVX2);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        run_does_every_task_once_on_any_number_of_threads,
        run_keeps_small_work_on_one_worker,
        a_task_beside_is_done_once_when_it_is_joined,
        threads_end_and_start_again,
        default_is_valid_and_uses_the_best_instruction_set,
        default_has_as_many_threads_as_there_are_processors,
        check_names_the_range_of_threads,
        check_refuses_an_instruction_set_that_is_not_there,
        check_takes_every_instruction_set_up_to_the_best,
        names_of_instruction_sets_parse_back,
        NULL,
    };
    return run_tests("exec", tests);
}
