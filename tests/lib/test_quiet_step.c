/* test_quiet_step.c - a training step asks the system for nothing. */
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "convlet/loss.h"
#include "convlet/net.h"
#include "convlet/sgd.h"
#include "expect.h"

/* The linker sends all that the library allocates through here. */
static size_t allocations;

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    allocations++;
    return __real_aligned_alloc(alignment, size);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

/* A net whose layers take different paths, and what a step needs. */
typedef struct run {
    cvl_net net;
    cvl_tensor x, target, dy, dx;
} run;

static void make_tensor(cvl_tensor *tensor, const cvl_tensor *like)
{
    cvl_error err;
    expect_ok(
        cvl_tensor_init(tensor, like->dtype, like->ndim, like->shape, &err),
        err);
    for (size_t i = 0; i < tensor->count; i++)
        cvl_tensor_set(tensor, i, (double)(i % 7) / 7.0);
}

static const char *const specs[] = {
    "conv 34 3x3 padding=same, relu, conv 34 3x3 stride=2, relu, conv 3 5x5 "
    "padding=same",
    "conv 6 5x5, batchnorm, leaky, maxpool 2, conv 16 3x3 bias=no, tanh, "
    "avgpool 2, dense 84, sigmoid, dense 10",
};
enum { SPECS = sizeof specs / sizeof *specs };

/* Of 3x3 alone, for winograd; few weights and many. */
static const char winograd_spec[] =
    "conv 34 3x3 padding=same, relu, conv 130 3x3 padding=same, relu, "
    "conv 130 3x3";

/* `index` is that of an algorithm, for each spec. */
static void run_init(run *r, int index)
{
    const cvl_conv_algo algo = (cvl_conv_algo)(index / SPECS);
    const cvl_net_config config = {
        .spec = algo < CVL_CONV_WINOGRAD ? specs[index % SPECS] : winograd_spec,
        .input_shape = {1, 3, 20, 21},
        .dtype = CVL_F32,
        .algo = algo,
        .exec = {.threads = 1, .isa = cvl_isa_detect()}};
    cvl_error err;
    cvl_random random;
    *r = (run){0};
    expect_ok(cvl_net_build(&r->net, &config, &err), err);
    cvl_random_seed(&random, 0);
    cvl_net_init_params(&r->net, CVL_INIT_KAIMING, &random);
    make_tensor(&r->x, &r->net.input);
    make_tensor(&r->dx, &r->net.input);
    make_tensor(&r->target, &r->net.output);
    make_tensor(&r->dy, &r->net.output);
}

static void run_free(run *r)
{
    cvl_net_free(&r->net);
    cvl_tensor_free(&r->x);
    cvl_tensor_free(&r->dx);
    cvl_tensor_free(&r->target);
    cvl_tensor_free(&r->dy);
}

static void step(run *r)
{
    const cvl_sgd sgd = {.lr = 1e-3};
    double loss;
    cvl_net_forward(&r->net, &r->x);
    cvl_loss_compute(&(cvl_loss){0}, &r->net.output, &r->target, NULL,
                     r->target.count, NULL, &r->dy, &loss, NULL);
    cvl_net_backward(&r->net, &r->x, &r->dy, &r->dx);
    for (size_t i = 0; i < r->net.param_count; i++)
        cvl_sgd_step(&sgd, &r->net.params[i].value, &r->net.params[i].grad,
                     NULL);
}

START_TEST(no_step_allocates)
{
    run r;
    run_init(&r, _i);
    ck_assert_uint_gt(allocations, 0); /* the count counts */
    const size_t before = allocations;
    for (size_t i = 0; i < 5; i++) step(&r);
    ck_assert_uint_eq(allocations, before);
    run_free(&r);
}
END_TEST

static long faults(void)
{
    struct rusage usage;
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_minflt + usage.ru_majflt;
}

/* The system may take a page back at any time, but not in every step. */
START_TEST(a_step_after_the_first_meets_no_page_fault)
{
    run r;
    run_init(&r, _i);
    step(&r);
    long fewest = 1000;
    for (size_t i = 0; i < 20; i++) {
        const long before = faults();
        step(&r);
        const long after = faults();
        if (after - before < fewest) fewest = after - before;
    }
    ck_assert_int_eq(fewest, 0);
    run_free(&r);
}
END_TEST

/*
 * What a child does in the kernel's strict mode, where all calls but read,
 * write and exit are deadly: true if it lived. `call` one more than steps do.
 */
static bool lives_in_strict_mode(run *r, bool call)
{
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        step(r);
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT)) _exit(77);
        for (size_t i = 0; i < 5; i++) step(r);
        if (call) syscall(SYS_getppid);
        syscall(SYS_exit, 0);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(!WIFEXITED(status) || WEXITSTATUS(status) != 77,
                  "this system has no strict mode");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

START_TEST(a_step_after_the_first_calls_the_system_for_nothing)
{
    run r;
    run_init(&r, _i);
    ck_assert(lives_in_strict_mode(&r, false));
    ck_assert(!lives_in_strict_mode(&r, true));
    run_free(&r);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("quiet_step");
    TCase *const tcase = tcase_create("quiet_step");
    int algos = CVL_CONV_WINOGRAD2 + 1;
    while (
        !cvl_conv_algo_is_built((cvl_conv_algo)(algos - 1), cvl_isa_detect()))
        algos--;
    const int runs = algos * SPECS;
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, no_step_allocates, 0, runs);
    tcase_add_loop_test(tcase, a_step_after_the_first_meets_no_page_fault, 0,
                        runs);
    tcase_add_loop_test(
        tcase, a_step_after_the_first_calls_the_system_for_nothing, 0, runs);
    suite_add_tcase(suite, tcase);
    SRunner *const runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
