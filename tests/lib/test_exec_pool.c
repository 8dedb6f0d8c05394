/* test_exec_pool.c - late, busy, refused and missing threads change nothing. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "convlet/exec.h"
#include "expect.h"
#include "sanitized.h"

/* The system lets the library start so many threads, and counts the calls. */
static int room = 1000000, starts;

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument)
{
    starts++;
    if (room == 0) return 11; /* EAGAIN */
    room--;
    return __real_pthread_create(thread, attributes, start, argument);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

enum { TASKS = 100 };
static const cvl_exec two = {.threads = 2}, three = {.threads = 3};

static void wait_for(atomic_int *number, int least)
{
    const struct timespec moment = {.tv_nsec = 10000};
    while (atomic_load(number) < least) nanosleep(&moment, NULL);
}

static void pause_for(long microseconds)
{
    const struct timespec t = {.tv_nsec = 1000 * microseconds};
    nanosleep(&t, NULL);
}

/* What tasks did: each once, by whom. */
typedef struct record {
    atomic_int runs[TASKS], done;
    atomic_bool held[CVL_MAX_THREADS];
    size_t by[TASKS];
    pthread_t thread[TASKS];
    atomic_int go;
} record;

static void note(void *context, size_t task, size_t worker)
{
    record *const r = context;
    r->by[task] = worker;
    r->thread[task] = pthread_self();
    atomic_fetch_add(&r->runs[task], 1);
    atomic_fetch_add(&r->done, 1);
}

static void expect_each_once(record *r)
{
    for (size_t i = 0; i < TASKS; i++)
        ck_assert_int_eq(atomic_load(&r->runs[i]), 1);
}

static void check_run(size_t threads)
{
    record r = {.done = 0};
    const cvl_exec exec = {.threads = threads};
    cvl_exec_run(&exec, TASKS, 1, note, &r);
    expect_each_once(&r);
    for (size_t i = 0; i < TASKS; i++) ck_assert_uint_lt(r.by[i], threads);
}

/* Each worker's first task waits until all others' are done, but for those of
 * the other workers that wait: so the rest of its share must be done by one
 * that comes by, and the last one to begin does it all. */
static void hold_up(void *context, size_t task, size_t worker)
{
    record *const r = context;
    if (!atomic_exchange(&r->held[worker], true)) {
        atomic_fetch_add(&r->go, 1);
        if (worker > 0)
            wait_for(&r->done, TASKS - 2);
        else
            wait_for(&r->go, 3);
    }
    note(r, task, worker);
}

START_TEST(the_share_of_a_thread_that_is_held_up_is_done_by_others)
{
    record r = {.done = 0};
    cvl_exec_run(&three, TASKS, 1, hold_up, &r);
    expect_each_once(&r);
    size_t of_caller = 0;
    for (size_t i = 0; i < TASKS; i++) of_caller += r.by[i] == 0;
    ck_assert_uint_eq(of_caller, TASKS - 2);
}
END_TEST

/* Longer than a thread spins, in the middle and at the end. */
static void sleep_at_times(void *context, size_t task, size_t worker)
{
    if (task % 50 == 49) pause_for(300);
    note(context, task, worker);
}

START_TEST(threads_that_sleep_are_woken_for_every_turn)
{
    for (int i = 0; i < 40; i++) {
        record r = {.done = 0};
        if (i % 2) pause_for(300);
        cvl_exec_run(i % 4 ? &three : &two, TASKS, 1, sleep_at_times, &r);
        expect_each_once(&r);
    }
}
END_TEST

START_TEST(each_call_has_the_threads_that_it_asks_for)
{
    static const size_t threads[] = {2, 9, 3, 1, 7, 2, 16, 2, 40, 5};
    for (size_t round = 0; round < 20; round++)
        for (size_t i = 0; i < sizeof threads / sizeof *threads; i++)
            check_run(threads[i]);
    ck_assert_int_eq(starts, 39);
}
END_TEST

/* A task that runs tasks. */
static void run_inner(void *context, size_t task, size_t worker)
{
    record *const outer = context;
    record inner = {.done = 0};
    cvl_exec_run(&three, TASKS, 1, note, &inner);
    bool alone = true;
    for (size_t i = 0; i < TASKS; i++)
        alone = alone && atomic_load(&inner.runs[i]) == 1 && inner.by[i] == 0 &&
                pthread_equal(inner.thread[i], pthread_self());
    if (alone) note(outer, task, worker);
}

START_TEST(a_task_that_runs_tasks_has_them_on_its_own_thread)
{
    record r = {.done = 0};
    cvl_exec_run(&three, TASKS, 1, run_inner, &r);
    expect_each_once(&r);
}
END_TEST

static void *call_often(void *failed)
{
    for (int i = 0; i < 300; i++) {
        record r = {.done = 0};
        cvl_exec_run(i % 2 ? &three : &two, TASKS, 1, note, &r);
        for (size_t task = 0; task < TASKS; task++)
            if (atomic_load(&r.runs[task]) != 1) *(bool *)failed = true;
    }
    return NULL;
}

START_TEST(several_callers_at_once_have_all_their_tasks_done)
{
    pthread_t callers[3];
    bool failed[4] = {false};
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(
            __real_pthread_create(&callers[i], NULL, call_often, &failed[i]),
            0);
    call_often(&failed[3]);
    for (size_t i = 0; i < 3; i++) pthread_join(callers[i], NULL);
    for (size_t i = 0; i < 4; i++) ck_assert(!failed[i]);
}
END_TEST

START_TEST(where_no_more_threads_start_those_that_are_there_do_the_work)
{
    for (int i = 0; i < 4; i++) {
        room = i;
        check_run(5);
        check_run(2);
        check_run(5);
        room = i;
        cvl_threads_end();
        ck_assert_uint_eq(cvl_threads_available(5), (size_t)i + 1);
        check_run(5);
        cvl_threads_end();
    }
}
END_TEST

START_TEST(a_refusal_is_not_asked_for_again_until_somebody_counts)
{
    room = 1;
    check_run(4);
    ck_assert_int_eq(starts, 2);
    check_run(4);
    check_run(3);
    ck_assert_int_eq(starts, 2);
    ck_assert_uint_eq(cvl_threads_available(4), 2);
    ck_assert_int_eq(starts, 3);
    room = 2;
    ck_assert_uint_eq(cvl_threads_available(4), 4);
    check_run(4);
}
END_TEST

/* Beside. */

static void answer(void *context, size_t task, size_t worker)
{
    record *const r = context;
    note(r, task, worker);
    wait_for(&r->go, 1);
}

START_TEST(work_goes_on_while_the_only_thread_is_busy_beside)
{
    record beside_record = {.done = 0};
    cvl_beside beside;
    cvl_exec_beside(&two, answer, &beside_record, &beside);
    wait_for(&beside_record.done, 1); /* it has begun */
    for (int i = 0; i < 20; i++) {
        record r = {.done = 0};
        cvl_exec_run(&two, TASKS, 1, note, &r);
        expect_each_once(&r);
        for (size_t task = 0; task < TASKS; task++)
            ck_assert_uint_eq(r.by[task], 0);
    }
    atomic_store(&beside_record.go, 1);
    cvl_exec_join(&beside);
    ck_assert_int_eq(atomic_load(&beside_record.runs[0]), 1);
    ck_assert(!pthread_equal(beside_record.thread[0], pthread_self()));
    check_run(2);
}
END_TEST

START_TEST(a_second_task_beside_is_done_where_it_is_joined)
{
    record first = {.done = 0}, second = {.done = 0};
    cvl_beside one, other;
    cvl_exec_beside(&three, answer, &first, &one);
    cvl_exec_beside(&three, note, &second, &other);
    cvl_exec_join(&other);
    ck_assert_int_eq(atomic_load(&second.runs[0]), 1);
    ck_assert(pthread_equal(second.thread[0], pthread_self()));
    atomic_store(&first.go, 1);
    cvl_exec_join(&one);
    ck_assert_int_eq(atomic_load(&first.runs[0]), 1);
}
END_TEST

static void sleep_and_note(void *context, size_t task, size_t worker)
{
    pause_for(500);
    note(context, task, worker);
}

START_TEST(a_join_sleeps_until_what_is_done_beside_is_done)
{
    for (int i = 0; i < 20; i++) {
        record r = {.done = 0};
        cvl_beside beside;
        cvl_exec_beside(&two, sleep_and_note, &r, &beside);
        if (i % 2) check_run(2);
        cvl_exec_join(&beside);
        ck_assert_int_eq(atomic_load(&r.runs[0]), 1);
    }
}
END_TEST

static void run_beside(void *context, size_t task, size_t worker)
{
    record *const outer = context;
    record inner = {.done = 0};
    cvl_exec_run(&three, TASKS, 1, note, &inner);
    if (atomic_load(&inner.done) == TASKS) note(outer, task, worker);
}

START_TEST(a_task_beside_may_run_tasks)
{
    for (int i = 0; i < 100; i++) {
        record r = {.done = 0};
        cvl_beside beside;
        cvl_exec_beside(&two, run_beside, &r, &beside);
        wait_for(&r.done, i % 2);
        check_run(2);
        cvl_exec_join(&beside);
        ck_assert_int_eq(atomic_load(&r.runs[0]), 1);
    }
}
END_TEST

START_TEST(without_threads_a_task_beside_is_done_where_it_is_joined)
{
    room = 0;
    record r = {.done = 0};
    cvl_beside beside;
    cvl_exec_beside(&two, note, &r, &beside);
    ck_assert_int_eq(atomic_load(&r.done), 0);
    cvl_exec_join(&beside);
    ck_assert_int_eq(atomic_load(&r.runs[0]), 1);
    ck_assert(pthread_equal(r.thread[0], pthread_self()));
}
END_TEST

/* Of the process. */

static void note_signals(void *context, size_t task, size_t worker)
{
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    const bool here = sigismember(&blocked, SIGINT) == 1 &&
                      sigismember(&blocked, SIGTERM) == 1 &&
                      sigismember(&blocked, SIGSEGV) == 0;
    wait_for(&((record *)context)->go, worker == 0);
    atomic_fetch_add(&((record *)context)->go, worker == 1);
    if (here == (worker == 1)) note(context, task, worker);
}

START_TEST(signals_are_left_to_the_threads_of_the_process)
{
    record r = {.done = 0};
    cvl_exec_run(&two, TASKS, 1, note_signals, &r);
    expect_each_once(&r);
}
END_TEST

/* How the child ended; it does work by itself, as does its parent after it. */
static int in_child(void (*work)(void))
{
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        work();
        _exit(77);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void work_in_child(void)
{
    const int before = starts;
    for (size_t threads = 1; threads <= 3; threads++) {
        const cvl_exec exec = {.threads = threads};
        record r = {.done = 0};
        cvl_beside beside;
        cvl_exec_beside(&exec, note, &r, &beside);
        cvl_exec_join(&beside);
        cvl_exec_run(&exec, TASKS, 1, note, &r);
        if (atomic_load(&r.done) != TASKS + 1) _exit(1);
    }
    if (starts != before + 2) _exit(2);
    cvl_threads_end();
}

START_TEST(a_child_of_a_fork_starts_threads_of_its_own)
{
    ck_assert_int_eq(in_child(work_in_child), 77);
    check_run(3);
    ck_assert_int_eq(in_child(work_in_child), 77);
    check_run(3);
    ck_assert_int_eq(starts, 2);
}
END_TEST

static void *keep_at_work(void *stop)
{
    record r = {.done = 0};
    while (!atomic_load((atomic_int *)stop))
        cvl_exec_run(&three, TASKS, 1, note, &r);
    return NULL;
}

START_TEST(a_fork_in_the_middle_of_work_is_no_different)
{
    pthread_t caller;
    atomic_int stop = 0;
    ck_assert_int_eq(__real_pthread_create(&caller, NULL, keep_at_work, &stop),
                     0);
    for (int i = 0; i < 50; i++) ck_assert_int_eq(in_child(work_in_child), 77);
    atomic_store(&stop, 1);
    pthread_join(caller, NULL);
}
END_TEST

static void run_without_memory(void)
{
    const struct rlimit none = {0, 0};
    const cvl_exec exec = {.threads = cvl_threads_available(16)};
    record r = {.done = 0};
    setrlimit(RLIMIT_AS, &none);
    cvl_exec_run(&exec, TASKS, 1, note, &r);
    if (exec.threads != 16 || atomic_load(&r.done) != TASKS) _exit(1);
    if (cvl_threads_available(200) == 200) _exit(2);
    cvl_exec_run(&(cvl_exec){.threads = 200}, TASKS, 1, note, &r);
    if (atomic_load(&r.done) != 2 * TASKS) _exit(3);
}

START_TEST(threads_that_were_available_need_no_memory_later)
{
    if (!UNDER_SANITIZER) ck_assert_int_eq(in_child(run_without_memory), 77);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_share_of_a_thread_that_is_held_up_is_done_by_others,
        threads_that_sleep_are_woken_for_every_turn,
        each_call_has_the_threads_that_it_asks_for,
        a_task_that_runs_tasks_has_them_on_its_own_thread,
        several_callers_at_once_have_all_their_tasks_done,
        where_no_more_threads_start_those_that_are_there_do_the_work,
        a_refusal_is_not_asked_for_again_until_somebody_counts,
        work_goes_on_while_the_only_thread_is_busy_beside,
        a_second_task_beside_is_done_where_it_is_joined,
        a_join_sleeps_until_what_is_done_beside_is_done,
        a_task_beside_may_run_tasks,
        without_threads_a_task_beside_is_done_where_it_is_joined,
        signals_are_left_to_the_threads_of_the_process,
        NULL,
    };
    Suite *const suite = suite_create("exec_pool");
    TCase *const all = tcase_create("all");
    tcase_set_timeout(all, 60);
    for (size_t i = 0; tests[i]; i++) tcase_add_test(all, tests[i]);
    suite_add_tcase(suite, all);

    /* ThreadSanitizer starts no threads in the child of a process with some. */
    if (!UNDER_TSAN) {
        tcase_add_test(all, a_child_of_a_fork_starts_threads_of_its_own);
        tcase_add_test(all, a_fork_in_the_middle_of_work_is_no_different);
    }

    /* Valgrind could not run on without memory itself. */
    TCase *const limited = tcase_create("limited");
    tcase_set_tags(limited, "limited");
    tcase_add_test(limited, threads_that_were_available_need_no_memory_later);
    suite_add_tcase(suite, limited);
    return run_suite(suite);
}
