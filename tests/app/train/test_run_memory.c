/* test_run_memory.c - a run that does not fit is refused before it begins. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/setup.h"
#include "cli/resolve.h"
#include "commands.h"
#include "expect.h"
#include "options.h"
#include "train/run.h"

static struct settings came_in;
static struct run run;

/* What run_prepare knows when it asks. */
static void settle(const char *const *argv)
{
    cvl_error err;
    int argc = 0;
    while (argv[argc]) argc++;
    expect_ok(resolve(command_find(command_table, "train"), option_table, argc,
                      argv, &came_in, &err),
              err);
    run =
        (struct run){.config = came_in.config,
                     .dtype = setup_dtype(&came_in.config.execution, CVL_F32)};
    expect_ok(setup_exec(&came_in.config.execution, &run.exec, &err), err);
}

/* The bytes that the settings need, out of the refusal. */
static size_t needed_by(const char *const *argv)
{
    cvl_error err;
    size_t needed = 0;
    settle(argv);
    ck_assert_int_eq(run_check_memory(&run, 0, &err), CVL_ENOMEM);
    ck_assert_int_eq(
        sscanf(err.message,
               "out of memory: %zu bytes are needed for the run, 0 are "
               "available",
               &needed),
        1);
    settings_free(&came_in);
    return needed;
}

START_TEST(a_run_is_refused_from_the_first_byte_too_many)
{
    static const char *const argv[] = {"--kernels", "8", NULL};
    cvl_error err;
    char message[128];
    const size_t needed = needed_by(argv);
    settle(argv);
    expect_ok(run_check_memory(&run, needed + 1, &err), err);
    expect_ok(run_check_memory(&run, needed, &err), err);
    snprintf(
        message, sizeof message,
        "out of memory: %zu bytes are needed for the run, %zu are available",
        needed, needed - 1);
    expect_fail(run_check_memory(&run, needed - 1, &err), err, CVL_ENOMEM,
                message);
    settings_free(&came_in);
}
END_TEST

/* One 1x1 kernel: input and output have 64 MiB each, and there are the input,
 * the output, the target and the gradient by the output. */
START_TEST(all_large_arrays_are_counted)
{
    static const char *const plain[] = {
        "--batch",   "1",           "--channels", "1",         "--height",
        "4096",      "--width",     "4096",       "--kernels", "1",
        "--padding", "0",           "--stride",   "1",         "--kernel-size",
        "1",         "--algorithm", "direct",     NULL};
    const size_t array = (size_t)64 << 20, needed = needed_by(plain);
    ck_assert_uint_ge(needed, 4 * array);
    ck_assert_uint_lt(needed, 5 * array);
}
END_TEST

static const struct {
    const char *argv[3];
    size_t more; /* bytes, than without */
} settings[] = {
    /* 4 kernels of 3x2x2 and 4 biases, in float32, once or twice. */
    {{"--momentum", "0.5"}, 208},
    {{"--optimizer", "adam"}, 416},
    {{"--region", "valid"}, 3872}, /* a mask of 2x4x11x11 */
    {{"--mask-clipped"}, 3872},
};

START_TEST(what_a_setting_adds_is_counted)
{
    static const char *const plain[] = {NULL};
    ck_assert_uint_eq(needed_by(settings[_i].argv),
                      needed_by(plain) + settings[_i].more);
}
END_TEST

static const char *const others[][5] = {
    {"--input", "x.npy"},
    {"--target", "leaves", "--degrade", "noise:25"},
    {"--kernel-size", "99"},
    {"--net", "maxpool 99"},
    {"--batch", "4294967296", "--channels", "4294967296"},
    {"--kernels", "auto"},
};

START_TEST(what_is_known_later_or_wrong_is_left_to_others)
{
    cvl_error err;
    settle(others[_i]);
    expect_ok(run_check_memory(&run, SIZE_MAX, &err), err);
    if (strcmp(others[_i][0], "--kernels") != 0)
        expect_ok(run_check_memory(&run, 0, &err), err);
    settings_free(&came_in);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("run_memory");
    TCase *const tests = tcase_create("run_memory");
    tcase_add_test(tests, a_run_is_refused_from_the_first_byte_too_many);
    tcase_add_test(tests, all_large_arrays_are_counted);
    tcase_add_loop_test(tests, what_a_setting_adds_is_counted, 0,
                        (int)(sizeof settings / sizeof settings[0]));
    tcase_add_loop_test(tests, what_is_known_later_or_wrong_is_left_to_others,
                        0, (int)(sizeof others / sizeof others[0]));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
