/* test_limits.c - what is too large is refused by one line with figures. */
#include <stdio.h>
#include <string.h>

#include "convlet/memory.h"
#include "expect.h"
#include "run.h"

/* The command line, and what needs how much. */
static const struct {
    const char *line, *what;
} large[] = {
    {"train --batch 100000 --height 100000", "the run"},
    {"train --batch 100000 --height 100000 --net 'relu, conv 1 1x1'",
     "the run"},
    {"train --width 100000000 --dtype float64 --optimizer adam", "the run"},
    {"check --batch 100000 --height 1000000", "f64[100000x3x1000000x20]"},
};

START_TEST(tensors_beyond_the_machine_are_refused_with_both_figures)
{
    char format[160], needed[24], available[24];
    if (cvl_memory_available() == SIZE_MAX) return;
    const struct outcome outcome = run_expect(1, large[_i].line);
    const char *const space = strchr(large[_i].line, ' ');
    snprintf(format, sizeof format,
             "convlet %.*s: out of memory: %%23[0-9] bytes are needed for %s, "
             "%%23[0-9] are available\n",
             (int)(space - large[_i].line), large[_i].line, large[_i].what);
    ck_assert_str_eq(outcome.out, "");
    ck_assert_msg(sscanf(outcome.err, format, needed, available) == 2, "%s",
                  outcome.err);
    ck_assert_ptr_eq(strchr(outcome.err, '\n'),
                     outcome.err + strlen(outcome.err) - 1);
    /* A needed figure with more digits, or with larger ones. */
    const size_t longer = strlen(needed), shorter = strlen(available);
    ck_assert(longer > shorter ||
              (longer == shorter && strcmp(needed, available) > 0));
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("cli_limits");
    TCase *const tests = tcase_create("cli_limits");
    tcase_add_loop_test(
        tests, tensors_beyond_the_machine_are_refused_with_both_figures, 0,
        (int)(sizeof large / sizeof large[0]));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
