/* explain_answers.c - see explain_answers.h for the contract. */
#include "explain_answers.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "fixtures.h"
#include "run.h"

void expect_kept_answer(const char *line, const char *answer)
{
    static char expected[ANSWER_LIMIT];
    char path[1024];
    snprintf(path, sizeof path, "%s/cli/explain/%s", TEST_DATA, answer);
    const struct outcome outcome = run_expect(0, line);
    get_text(path, expected, sizeof expected);
    ck_assert_str_eq(outcome.out, expected);
    ck_assert_str_eq(outcome.err, "");
}

void expect_tidy_answer(const char *line, size_t most)
{
    const char *at = run_expect(0, line).out;
    while (*at) {
        const size_t length = strcspn(at, "\n");
        ck_assert_msg(length <= most, "%s: %.*s", line, (int)length, at);
        ck_assert(!length || at[length - 1] != ' ');
        at += length + 1;
    }
}

void expect_mistake(const char *flags, int status, const char *message)
{
    char line[256], expected[512];
    snprintf(line, sizeof line, "explain %s", flags);
    snprintf(expected, sizeof expected, "convlet explain: %s\n", message);
    const struct outcome outcome = run(line);
    ck_assert_str_eq(outcome.err, expected);
    ck_assert_int_eq(outcome.status, status);
    ck_assert_str_eq(outcome.out, "");
}
