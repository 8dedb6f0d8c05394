/* test_flags.c - the command line is read strictly and explained in a line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/flags.h"
#include "cli/value.h"
#include "commands.h"
#include "expect.h"
#include "number_option.h"
#include "options.h"

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
    {{"--out", "-"}, "out", "-"},
    {{"--out", "-x"}, "out", "-x"},
    {{"--out=--force"}, "out", "--force"},
    {{"--out=a=b"}, "out", "a=b"},
    {{"--what", "--help", "7"}, "help", "true"},
    {{"--out", "--help"}, "help", "true"},
};

static struct settings settings;

static void setup(const char *command)
{
    ck_assert(!settings_init(&settings, command_find(command_table, command),
                             option_table, NULL));
}

static void teardown(void)
{
    settings_free(&settings);
}

/* The option's value is this text, and comes from a flag. */
static void expect_value(const struct option *option, const char *expected)
{
    struct text text = {0};
    text_add(&text, "%s", "");
    value_format(option, &settings.config, &text);
    ck_assert_str_eq(text.data, expected);
    ck_assert_int_eq(settings_origin(&settings, option), ORIGIN_FLAG);
    text_free(&text);
}

START_TEST(flags_are_read)
{
    cvl_error err;
    setup("train");
    const char *const *const argv = accepted[_i].argv;
    ck_assert_msg(!flags_parse(count(argv), argv, &settings, &err), "%s",
                  err.message);
    for (size_t i = 0; i < settings.options.count; i++) {
        const struct option *const option = &settings.options.at[i];
        if (strcmp(option->name, accepted[_i].name) == 0)
            expect_value(option, accepted[_i].text);
        else
            ck_assert_int_eq(settings.origin[i], ORIGIN_DEFAULT);
    }
}
END_TEST

static const struct {
    const char *command;
    const char *argv[ARGUMENTS];
    const char *message;
} refused[] = {
    {"train",
     {"--stride", "0"},
     "--stride: '0' is out of range; expected 1 or more, as H,W or one number"},
    {"train",
     {"--lr", "-1"},
     "--lr: '-1' is out of range; expected auto, or a number above 0"},
    {"train",
     {"--lr", "x", "--lr", "1"},
     "--lr: 'x' is not a number; expected auto, or a number above 0"},
    {"train", {"--out="}, "--out: the value is empty; expected DIR"},
    {"train", {"--out", ""}, "--out: the value is empty; expected DIR"},
    {"train",
     {"--kernal-size", "3"},
     "unknown flag --kernal-size; did you mean --kernel-size?"},
    {"train",
     {"--kernal-size=3"},
     "unknown flag --kernal-size; did you mean --kernel-size?"},
    {"train", {"--mom", "0.9"}, "unknown flag --mom; did you mean --momentum?"},
    {"train",
     {"--learning-rate", "1"},
     "unknown flag --learning-rate; did you mean --lr?"},
    {"train", {"--no-bais"}, "unknown flag --no-bais; did you mean --no-bias?"},
    {"train",
     {"--no-stride"},
     "unknown flag --no-stride; see convlet train --help"},
    {"train",
     {"--no-help"},
     "unknown flag --no-help; see convlet train --help"},
    {"train", {"-H"}, "unknown flag -H; see convlet train --help"},
    {"train", {"-lr", "1"}, "unknown flag -lr; did you mean --lr?"},
    {"train", {"--xyzzy"}, "unknown flag --xyzzy; see convlet train --help"},
    {"train",
     {"--weight", "w.npy"},
     "--weight belongs to `convlet conv`, not `convlet train`; did you mean "
     "--init-weight?"},
    {"train",
     {"--format", "csv"},
     "--format belongs to `convlet apply`, not `convlet train`; did you mean "
     "--log?"},
    {"conv",
     {"--lr", "1"},
     "--lr belongs to `convlet train`, not `convlet conv`"},
    {"check",
     {"--preset", "filter"},
     "--preset belongs to `convlet train`, not `convlet check`"},
    {"conv", {"--bias"}, "--bias needs a value: --bias FILE|NUMBERS"},
    {"conv", {"--no-bias"}, "unknown flag --no-bias; see convlet conv --help"},
    {"train", {"--steps"}, "--steps needs a value: --steps N"},
    {"train",
     {"--reduction", "--force"},
     "--reduction needs a value: --reduction mean|sum|notebook"},
    {"train",
     {"--steps="},
     "--steps: '' is not a whole number; expected 1 to 1000000000"},
    {"train",
     {"--no-bias=true"},
     "--no-bias takes no value; write --bias=true or --bias=false"},
    {"train",
     {"--bias", "true"},
     "unexpected argument 'true'; write --bias=true or --bias=false"},
    {"train",
     {"--bias=on"},
     "--bias: 'on' is neither true nor false; expected true or false"},
    {"train",
     {"photo.png"},
     "unexpected argument 'photo.png'; every setting is a flag, see convlet "
     "train --help"},
    {"show",
     {"run/model.safetensors"},
     "unexpected argument 'run/model.safetensors'; a model follows --model"},
    {"train",
     {"model.safetensors"},
     "unexpected argument 'model.safetensors'; every setting is a flag, see "
     "convlet train --help"},
    {"train",
     {"--steps", "3", "4"},
     "unexpected argument '4'; every setting is a flag, see convlet train "
     "--help"},
    {"check",
     {"--"},
     "unexpected argument '--'; every setting is a flag, see convlet check "
     "--help"},
    {"check",
     {""},
     "unexpected argument ''; every setting is a flag, see convlet check "
     "--help"},
    {"train",
     {"--a-flag-of-more-than-sixty-four-characters-that-nobody-would-ever-"
      "type"},
     "unknown flag --a-flag-of-more-than-sixty-four-characters-that-nobody-"
     "woul...; see convlet train --help"},
    {"train", {"--a\nb"}, "unknown flag --a?b; see convlet train --help"},
};

START_TEST(wrong_flags_are_refused_in_one_line)
{
    cvl_error err;
    const char *const *const argv = refused[_i].argv;
    setup(refused[_i].command);
    ck_assert_int_eq(flags_parse(count(argv), argv, &settings, &err),
                     CVL_EINVAL);
    ck_assert_str_eq(err.message, refused[_i].message);
}
END_TEST

START_TEST(a_command_that_takes_files_finds_them_between_its_flags)
{
    const char *const argv[] = {"a.png", "--force", "b.png", "-o",      "c",
                                "-",     "--",      "-o",    "--force", NULL};
    const char *const expected[] = {"a.png", "b.png", "-", "-o", "--force"};
    cvl_error err;
    setup("apply");
    expect_ok(flags_parse(9, argv, &settings, &err), err);
    ck_assert_uint_eq(settings.config.apply.file_count, 5);
    for (size_t i = 0; i < 5; i++)
        ck_assert_str_eq(settings.config.apply.files[i], expected[i]);
    expect_value(option_find(&settings.options, "output"), "c");
    expect_value(option_find(&settings.options, "force"), "true");
}
END_TEST

static bool wants_numbers(const struct option *option)
{
    return is_number_option(option) ||
           (option->metavar && strstr(option->metavar, "NUMBERS"));
}

/* Of every command; as --x= and as an empty word. */
START_TEST(an_empty_value_is_none_where_numbers_are_wanted)
{
    size_t found = 0;
    for (const struct command *c = command_table; c->name; c++) {
        setup(c->name);
        for (size_t i = 0; i < settings.options.count; i++) {
            const struct option *const option = &settings.options.at[i];
            char joined[80], alone[80], start[80];
            if (!wants_numbers(option)) continue;
            snprintf(joined, sizeof joined, "--%s=", option->name);
            snprintf(alone, sizeof alone, "--%s", option->name);
            snprintf(start, sizeof start, "--%s: ", option->name);
            const char *const lines[2][2] = {{joined}, {alone, ""}};
            for (int k = 0; k < 2; k++) {
                cvl_error err;
                ck_assert_int_eq(flags_parse(k + 1, lines[k], &settings, &err),
                                 CVL_EINVAL);
                ck_assert_ptr_eq(strstr(err.message, start), err.message);
            }
            found++;
        }
        teardown();
    }
    ck_assert_uint_ge(found, 100);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("flags");
    TCase *const tests = tcase_create("flags");
    tcase_add_checked_fixture(tests, NULL, teardown);
    tcase_add_loop_test(tests, flags_are_read, 0,
                        (int)(sizeof accepted / sizeof accepted[0]));
    tcase_add_loop_test(tests, wrong_flags_are_refused_in_one_line, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(tests,
                   a_command_that_takes_files_finds_them_between_its_flags);
    tcase_add_test(tests, an_empty_value_is_none_where_numbers_are_wanted);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
