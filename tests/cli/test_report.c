/* test_report.c - what a run says at its end, and what its report shows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"

enum { PAGE = 1 << 22 };

/* The report of the run in `directory`; valid until the next call. */
static const char *report_of(const char *directory)
{
    static char page[PAGE];
    char path[256];
    snprintf(path, sizeof path, "%s/report.html", directory);
    ck_assert_uint_lt(get_text(path, page, sizeof page), PAGE - 1);
    return page;
}

static void expect_in(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in: %.2000s", part,
                  text);
}

static void expect_not_in(const char *text, const char *part)
{
    ck_assert_msg(!strstr(text, part), "'%s' is there", part);
}

START_TEST(a_diverged_run_shows_no_prediction_that_is_none)
{
    run_expect(4, "train --quiet --lr 1000 --out run");
    const char *const page = report_of("run");
    expect_in(page, "<b>Target</b>");
    expect_not_in(page, "<b>Prediction</b>");
    expect_not_in(page, "<b>Difference</b>");
    expect_in(page, "The output of the last step is not finite; there is no "
                    "prediction.");
}
END_TEST

START_TEST(a_loss_that_has_grown_is_said_and_far_beyond_is_a_failure)
{
    const struct outcome grown =
        run_expect(0, "train --quiet --lr 0.05 --steps 5 --out grown");
    ck_assert_ptr_eq(strstr(grown.err, "convlet train: warning: the loss grew "
                                       "from 82.31 to "),
                     grown.err);
    expect_in(grown.err, " times; try a smaller --lr than 0.05; it is stable "
                         "below 2/lambda_max = ");
    expect_in(report_of("grown"), "<p class=\"badge bad\">finished, the loss "
                                  "grew ");
    expect_in(report_of("grown"), "<b>Prediction</b>");
    const struct outcome beyond =
        run_expect(4, "train --quiet --lr 0.05 --steps 6 --out beyond");
    ck_assert_ptr_eq(strstr(beyond.err, "convlet train: step 5: training "
                                        "diverged: the loss grew from "),
                     beyond.err);
    expect_in(report_of("beyond"), "<p class=\"badge bad\">diverged at step 5");
    expect_in(report_of("beyond"), "<p>The loss grew ");
    ck_assert_int_ne(access("beyond/model.safetensors", R_OK), 0);
}
END_TEST

/* Its rate bounds no step: nothing ever overflows. */
START_TEST(adam_that_runs_away_fails)
{
    const struct outcome outcome = run_expect(
        4, "train --quiet --optimizer adam --lr 1e6 --steps 60 --out run");
    expect_in(outcome.err, " times; try a smaller --lr than 1e+06\n");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_diverged_run_shows_no_prediction_that_is_none,
        a_loss_that_has_grown_is_said_and_far_beyond_is_a_failure,
        adam_that_runs_away_fails,
        NULL,
    };
    return run_tests_between("cli_report", tests, enter_scratch, leave_scratch);
}
