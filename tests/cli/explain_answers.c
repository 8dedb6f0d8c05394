/* explain_answers.c - see explain_answers.h for the contract. */
#include "explain_answers.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "fixtures.h"
#include "run.h"

void put_answer_params(void)
{
    static const struct {
        const char *name;
        size_t ndim, shape[4];
        double value; /* 0: those of put_array */
    } arrays[] = {
        {"w.npy", 4, {1, 1, 3, 3}, 0},  {"b.npy", 1, {1}, 2},
        {"v.npy", 1, {1}, 4},           {"d.npy", 4, {2, 1, 2, 2}, 0},
        {"e.npy", 4, {2, 1, 1, 1}, 0},  {"one.npy", 4, {1, 1, 1, 2}, 1},
        {"two.npy", 4, {2, 1, 1, 1}, 1}};
    static const struct {
        const char *name, *pairs[9];
    } files[] = {
        {"p.safetensors", {"0.weight", "w.npy", "0.bias", "b.npy"}},
        {"bn.safetensors",
         {"0.weight", "b.npy", "0.bias", "b.npy", "0.running_mean", "b.npy",
          "0.running_var", "v.npy"}},
        {"d.safetensors", {"1.weight", "d.npy"}},
        {"e.safetensors", {"2.weight", "e.npy"}},
        {"stack.safetensors",
         {"0.weight", "w.npy", "0.bias", "b.npy", "3.weight", "d.npy"}},
        {"sum.safetensors", {"0.weight", "one.npy"}},
        {"two.safetensors", {"0.weight", "two.npy"}}};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        if (arrays[i].value == 0)
            put_array(arrays[i].name, arrays[i].ndim, arrays[i].shape);
        else
            put_constant(arrays[i].name, arrays[i].ndim, arrays[i].shape,
                         arrays[i].value);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        put_tensors(files[i].name, files[i].pairs);
}

void expect_kept_answer(const struct kept_answer *kept, const char *more)
{
    static char expected[ANSWER_LIMIT];
    char line[512], path[1024];
    snprintf(line, sizeof line, "explain --algorithm direct %s%s", kept->line,
             more);
    snprintf(path, sizeof path, "%s/cli/explain/%s", TEST_DATA, kept->answer);
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
