/* test_terminal.c - the progress bar: on terminals, and nowhere else. */
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"

/* Long enough for the bar to be drawn a few times. */
static const char LINE[] =
    "train --threads 1 --rtol 0 --atol 0 --steps 60000 --log-every 15000";

static const char ERASE[] = "\r\033[K";

START_TEST(a_terminal_sees_a_bar_that_is_gone_at_the_end)
{
    const struct conditions xterm = {.terminal = "xterm"};
    const struct outcome outcome = run_under(&xterm, LINE);
    ck_assert_int_eq(outcome.status, 0);
    const char *const bar = strstr(outcome.err, "\r\033[K[");
    ck_assert_msg(bar != NULL, "%s", outcome.err);
    ck_assert_ptr_nonnull(strstr(bar, "/60000  loss "));
    ck_assert_ptr_nonnull(strstr(bar, " steps/s  "));
    /* What is written last takes the last bar away. */
    const size_t size = strlen(outcome.err);
    ck_assert_str_eq(outcome.err + size - strlen(ERASE), ERASE);
    /* The results are whole lines without it. */
    ck_assert_ptr_null(strchr(outcome.out, '\033'));
    ck_assert_ptr_null(strchr(outcome.out, '\r'));
}
END_TEST

START_TEST(no_bar_where_lines_cannot_be_redrawn_or_nobody_looks)
{
    const struct conditions dumb = {.terminal = "dumb"};
    ck_assert_ptr_null(strchr(run_under(&dumb, LINE).err, '\033'));
    ck_assert_ptr_null(strchr(run(LINE).err, '\033'));
}
END_TEST

START_TEST(no_color_and_quiet_leave_no_escape_behind)
{
    const struct conditions xterm = {.terminal = "xterm"};
    setenv("NO_COLOR", "1", 1);
    const struct outcome plain = run_under(&xterm, LINE);
    for (const char *at = plain.err; (at = strchr(at, '\033')); at++)
        ck_assert_msg(strncmp(at, "\033[K", 3) == 0, "a colour: %s", at);
    const struct outcome quiet =
        run_under(&xterm, "train --quiet --threads 1 --rtol 0 --atol 0 --steps "
                          "60000 --log-every 15000");
    ck_assert_str_eq(quiet.err, "");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_terminal_sees_a_bar_that_is_gone_at_the_end,
        no_bar_where_lines_cannot_be_redrawn_or_nobody_looks,
        no_color_and_quiet_leave_no_escape_behind, NULL};
    return run_tests_between("terminal", tests, enter_scratch, leave_scratch);
}
