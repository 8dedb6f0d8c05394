/* test_flags.c - the command line is read strictly and explained in a line. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cli/flags.h"
#include "expect.h"

enum { ARGUMENTS = 6 };

static int count(const char *const *argv)
{
    int argc = 0;
    while (argc < ARGUMENTS && argv[argc]) argc++;
    return argc;
}

static const struct {
    const char *argv[ARGUMENTS];
    const char *name, *text;
} accepted[] = {
    {{"--stride", "2,1"}, "stride", "2,1"},
    {{"--stride=2,1"}, "stride", "2,1"},
    {{"--steps", "3", "--steps", "4"}, "steps", "4"},
    {{"--bias"}, "bias", "true"},
    {{"--no-bias"}, "bias", "false"},
    {{"--bias=false"}, "bias", "false"},
    {{"--bias", "--no-bias"}, "bias", "false"},
    {{"--out="}, "out", ""},
    {{"--out", ""}, "out", ""},
    {{"--out", "-"}, "out", "-"},
    {{"--out", "-x"}, "out", "-x"},
    {{"--out=--force"}, "out", "--force"},
    {{"--out=a=b"}, "out", "a=b"},
    {{"--what", "--help", "7"}, "help", "true"},
    {{"--out", "--help"}, "help", "true"},
};

START_TEST(flags_are_read)
{
    struct layer layer = {0};
    cvl_error err;
    const char *const *const argv = accepted[_i].argv;
    ck_assert_msg(!flags_parse(COMMAND_TRAIN, count(argv), argv, &layer, &err),
                  "%s", err.message);
    const struct option *const option =
        option_find(accepted[_i].name, COMMAND_TRAIN);
    for (size_t i = 0; i < option_count; i++) {
        if (i == option_index(option))
            ck_assert_str_eq(layer.text[i], accepted[_i].text);
        else
            ck_assert_ptr_null(layer.text[i]);
    }
}
END_TEST

static const struct {
    enum command_id command;
    const char *argv[ARGUMENTS];
    const char *message;
} refused[] = {
    {COMMAND_TRAIN,
     {"--stride", "0"},
     "--stride: '0' is out of range; expected 1 or more, as H,W or one number"},
    {COMMAND_TRAIN,
     {"--lr", "-1"},
     "--lr: '-1' is out of range; expected auto, or a number above 0"},
    {COMMAND_TRAIN,
     {"--lr", "x", "--lr", "1"},
     "--lr: 'x' is not a number; expected auto, or a number above 0"},
    {COMMAND_TRAIN,
     {"--kernal-size", "3"},
     "unknown flag --kernal-size; did you mean --kernel-size?"},
    {COMMAND_TRAIN,
     {"--kernal-size=3"},
     "unknown flag --kernal-size; did you mean --kernel-size?"},
    {COMMAND_TRAIN,
     {"--mom", "0.9"},
     "unknown flag --mom; did you mean --momentum?"},
    {COMMAND_TRAIN,
     {"--learning-rate", "1"},
     "unknown flag --learning-rate; did you mean --lr?"},
    {COMMAND_TRAIN,
     {"--no-bais"},
     "unknown flag --no-bais; did you mean --no-bias?"},
    {COMMAND_TRAIN,
     {"--no-stride"},
     "unknown flag --no-stride; see convlet train --help"},
    {COMMAND_TRAIN,
     {"--no-help"},
     "unknown flag --no-help; see convlet train --help"},
    {COMMAND_TRAIN, {"-h"}, "unknown flag -h; did you mean --help?"},
    {COMMAND_TRAIN, {"-lr", "1"}, "unknown flag -lr; did you mean --lr?"},
    {COMMAND_TRAIN,
     {"--xyzzy"},
     "unknown flag --xyzzy; see convlet train --help"},
    {COMMAND_TRAIN,
     {"--weight", "w.npy"},
     "--weight belongs to `convlet conv`, not `convlet train`; did you mean "
     "--init-weight?"},
    {COMMAND_TRAIN,
     {"--format", "csv"},
     "--format belongs to `convlet explain`, not `convlet train`; did you mean "
     "--log?"},
    {COMMAND_CONV,
     {"--lr", "1"},
     "--lr belongs to `convlet train`, not `convlet conv`"},
    {COMMAND_CHECK,
     {"--preset", "filter"},
     "--preset belongs to `convlet train`, not `convlet check`"},
    {COMMAND_CONV, {"--bias"}, "--bias needs a value: --bias FILE|NUMBERS"},
    {COMMAND_CONV,
     {"--no-bias"},
     "unknown flag --no-bias; see convlet conv --help"},
    {COMMAND_TRAIN, {"--steps"}, "--steps needs a value: --steps N"},
    {COMMAND_TRAIN,
     {"--reduction", "--force"},
     "--reduction needs a value: --reduction mean|sum|notebook"},
    {COMMAND_TRAIN,
     {"--steps="},
     "--steps: '' is not a whole number; expected 1 to 1000000000"},
    {COMMAND_TRAIN,
     {"--no-bias=true"},
     "--no-bias takes no value; write --bias=true or --bias=false"},
    {COMMAND_TRAIN,
     {"--bias", "true"},
     "unexpected argument 'true'; write --bias=true or --bias=false"},
    {COMMAND_TRAIN,
     {"--bias=on"},
     "--bias: 'on' is neither true nor false; expected true or false"},
    {COMMAND_TRAIN,
     {"photo.png"},
     "unexpected argument 'photo.png'; every setting is a flag, see convlet "
     "train --help"},
    {COMMAND_TRAIN,
     {"--steps", "3", "4"},
     "unexpected argument '4'; every setting is a flag, see convlet train "
     "--help"},
    {COMMAND_CHECK,
     {"--"},
     "unexpected argument '--'; every setting is a flag, see convlet check "
     "--help"},
    {COMMAND_CHECK,
     {""},
     "unexpected argument ''; every setting is a flag, see convlet check "
     "--help"},
    {COMMAND_TRAIN,
     {"--a-flag-of-more-than-sixty-four-characters-that-nobody-would-ever-"
      "type"},
     "unknown flag --a-flag-of-more-than-sixty-four-characters-that-nobody-"
     "woul...; see convlet train --help"},
    {COMMAND_TRAIN, {"--a\nb"}, "unknown flag --a?b; see convlet train --help"},
};

START_TEST(wrong_flags_are_refused_in_one_line)
{
    struct layer layer = {0};
    cvl_error err;
    const char *const *const argv = refused[_i].argv;
    ck_assert_int_eq(
        flags_parse(refused[_i].command, count(argv), argv, &layer, &err),
        CVL_EINVAL);
    ck_assert_str_eq(err.message, refused[_i].message);
}
END_TEST

START_TEST(a_command_that_takes_files_finds_them_between_its_flags)
{
    const char *const argv[] = {"a.png", "--force", "b.png", "-o",      "c",
                                "-",     "--",      "-o",    "--force", NULL};
    const char *const expected[] = {"a.png", "b.png", "-", "-o", "--force"};
    const char *files[9] = {0};
    struct layer layer = {.files = files};
    cvl_error err;
    expect_ok(flags_parse(COMMAND_APPLY, 9, argv, &layer, &err), err);
    ck_assert_uint_eq(layer.file_count, 5);
    for (size_t i = 0; i < 5; i++) ck_assert_str_eq(files[i], expected[i]);
    ck_assert_str_eq(
        layer.text[option_index(option_find("output", COMMAND_APPLY))], "c");
    ck_assert_str_eq(
        layer.text[option_index(option_find("force", COMMAND_APPLY))], "true");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("flags");
    TCase *const tests = tcase_create("flags");
    tcase_add_loop_test(tests, flags_are_read, 0,
                        (int)(sizeof accepted / sizeof accepted[0]));
    tcase_add_loop_test(tests, wrong_flags_are_refused_in_one_line, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(tests,
                   a_command_that_takes_files_finds_them_between_its_flags);
    suite_add_tcase(suite, tests);
    SRunner *const runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
