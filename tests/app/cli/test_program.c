/* test_program.c - the program's words and its exit status. */
#include <stdlib.h>
#include <string.h>

#include "cli/help.h"
#include "cli/program.h"
#include "commands.h"
#include "expect.h"
#include "options.h"

enum { OUTPUT_SIZE = 16384 };

static char out_text[OUTPUT_SIZE], err_text[OUTPUT_SIZE];
static const struct config *seen;
static size_t seen_steps;

static int remember(const struct config *config)
{
    seen = config;
    seen_steps = config->training.steps;
    return 4;
}

/* The whole of a temporary file, which is closed. */
static void read_back(FILE *file, char text[OUTPUT_SIZE])
{
    rewind(file);
    text[fread(text, 1, OUTPUT_SIZE - 1, file)] = '\0';
    fclose(file);
}

/* Runs `convlet ARGUMENTS`; the arguments end in NULL. */
static int run(const char *const *arguments)
{
    const char *argv[8] = {"convlet"};
    int argc = 1;
    seen = NULL;
    while (*arguments) argv[argc++] = *arguments++;
    struct command commands[16] = {0};
    for (size_t i = 0; command_table[i].name; i++) {
        commands[i] = command_table[i];
        commands[i].run = i == 0 ? remember : NULL;
    }
    const struct program program = {.commands = commands,
                                    .options = option_table,
                                    .out = tmpfile(),
                                    .err = tmpfile()};
    ck_assert(program.out && program.err);
    const int exit = program_run(&program, argc, argv);
    read_back(program.out, out_text);
    read_back(program.err, err_text);
    return exit;
}

START_TEST(a_command_gets_its_settings_and_gives_the_exit_status)
{
    const char *const arguments[] = {"train", "--steps", "7", NULL};
    ck_assert_int_eq(run(arguments), 4);
    ck_assert_ptr_nonnull(seen);
    ck_assert_uint_eq(seen_steps, 7);
    ck_assert_str_eq(out_text, "");
    ck_assert_str_eq(err_text, "");
}
END_TEST

static const struct {
    const char *arguments[4];
    int exit;
    const char *message;
} wrong[] = {
    {{"trian"},
     EXIT_USAGE,
     "convlet: unknown command 'trian'; did you mean 'train'?\n"},
    {{"xyzzy"},
     EXIT_USAGE,
     "convlet: unknown command 'xyzzy'; see convlet --help\n"},
    {{"--steps", "3"},
     EXIT_USAGE,
     "convlet: expected a command before '--steps'; see convlet --help\n"},
    {{"--versoin"},
     EXIT_USAGE,
     "convlet: unknown flag '--versoin'; did you mean '--version'?\n"},
    {{"help", "trian"},
     EXIT_USAGE,
     "convlet: unknown command 'trian'; did you mean 'train'?\n"},
    {{"train", "--step", "3"},
     EXIT_USAGE,
     "convlet train: unknown flag --step; did you mean --steps?\n"},
    {{"conv", "--stride", "0"},
     EXIT_USAGE,
     "convlet conv: --stride: '0' is out of range; expected 1 or more, as H,W "
     "or one number\n"},
    {{"train", "--config", "/nonexistent"},
     EXIT_RUNTIME,
     "convlet train: /nonexistent: cannot open: No such file or directory\n"},
    {{"conv"}, EXIT_RUNTIME, "convlet conv: not part of this build\n"},
};

START_TEST(what_is_wrong_is_one_line_on_standard_error)
{
    ck_assert_int_eq(run(wrong[_i].arguments), wrong[_i].exit);
    ck_assert_str_eq(err_text, wrong[_i].message);
    ck_assert_str_eq(out_text, "");
    ck_assert_ptr_null(seen);
}
END_TEST

START_TEST(without_a_command_the_help_goes_to_standard_error)
{
    const char *const arguments[] = {NULL};
    struct text help = {0};
    help_program(command_table, &help);
    ck_assert_int_eq(run(arguments), EXIT_USAGE);
    ck_assert_str_eq(err_text, help.data);
    ck_assert_str_eq(out_text, "");
    text_free(&help);
}
END_TEST

START_TEST(help_goes_to_standard_output)
{
    const char *const program[] = {"--help", NULL};
    const char *const command[] = {"train", "--stride", "--help", NULL};
    ck_assert_int_eq(run(program), EXIT_OK);
    ck_assert_ptr_eq(strstr(out_text, "convlet trains"), out_text);
    ck_assert_str_eq(err_text, "");
    ck_assert_int_eq(run(command), EXIT_OK);
    ck_assert_ptr_eq(strstr(out_text, "convlet train - "), out_text);
    ck_assert_str_eq(err_text, "");
    ck_assert_ptr_null(seen);
}
END_TEST

static const struct {
    const char *arguments[3], *start;
} asked[] = {
    {{"help"}, "convlet trains"},
    {{"-h"}, "convlet trains"},
    {{"help", "check"}, "convlet check - "},
    {{"--help", "check"}, "convlet check - "},
};

START_TEST(help_is_given_however_it_is_asked_for)
{
    ck_assert_int_eq(run(asked[_i].arguments), EXIT_OK);
    ck_assert_ptr_eq(strstr(out_text, asked[_i].start), out_text);
    ck_assert_str_eq(err_text, "");
    ck_assert_ptr_null(seen);
}
END_TEST

START_TEST(version_and_settings_go_to_standard_output)
{
    const char *const version[] = {"--version", NULL};
    const char *const settings[] = {"check", "--print-config", NULL};
    ck_assert_int_eq(run(version), EXIT_OK);
    ck_assert_ptr_eq(strstr(out_text, "convlet 0."), out_text);
    ck_assert_int_eq(run(settings), EXIT_OK);
    ck_assert_ptr_nonnull(strstr(out_text, "\n[check]\nsamples = 200 "));
    ck_assert_str_eq(err_text, "");
}
END_TEST

START_TEST(a_full_disk_is_reported)
{
    const char *const argv[] = {"convlet", "--version"};
    struct program program = {.commands = command_table,
                              .options = option_table,
                              .out = fopen("/dev/full", "w"),
                              .err = tmpfile()};
    if (!program.out) return; /* only Linux has it */
    ck_assert_int_eq(program_run(&program, 2, argv), EXIT_RUNTIME);
    fclose(program.out);
    read_back(program.err, err_text);
    ck_assert_str_eq(err_text, "convlet: cannot write to standard output\n");
}
END_TEST

/* Columns of the longest line; no line may end in a space. */
static size_t widest(const char *text)
{
    size_t most = 0;
    while (*text) {
        const size_t length = strcspn(text, "\n");
        if (length) ck_assert_int_ne(text[length - 1], ' ');
        if (length > most) most = length;
        text += length;
        if (*text) text++;
    }
    return most;
}

START_TEST(help_fits_eighty_columns_and_names_every_flag)
{
    for (const struct command *c = command_table; c->name; c++) {
        struct text text = {0};
        struct options options;
        help_command(c, option_table, &text);
        ck_assert_uint_le(widest(text.data), 80);
        options_of(option_table, c->name, &options);
        for (size_t i = 0; i < options.count; i++) {
            char flag[64], letter[8] = "";
            const struct option *const option = &options.at[i];
            if (option->letter)
                snprintf(letter, sizeof letter, "-%c, ", option->letter);
            snprintf(flag, sizeof flag, "\n  %s--%s%s", letter,
                     option->type == TYPE_SWITCH &&
                             option->section != SECTION_FLAGS
                         ? "[no-]"
                         : "",
                     option->name);
            ck_assert_msg(strstr(text.data, flag), "%s", flag);
        }
        text_free(&text);
    }
    struct text text = {0};
    help_program(command_table, &text);
    ck_assert_uint_le(widest(text.data), 80);
    text_free(&text);
}
END_TEST

START_TEST(help_aligns_what_the_flags_do)
{
    struct text text = {0};
    help_command(command_find(command_table, "train"), option_table, &text);
    ck_assert_ptr_nonnull(strstr(
        text.data, "\n[geometry]\n"
                   "  --batch N               pictures in the random input "
                   "(default: 2; 1 or more)\n"));
    ck_assert_ptr_nonnull(
        strstr(text.data, "\n  --[no-]tie-input-channels\n"
                          "                          one kernel per output "
                          "channel, shared by all input\n"
                          "                          channels (default: "
                          "false)\n"));
    text_free(&text);
}
END_TEST

START_TEST(every_kind_of_failure_has_its_exit_status)
{
    ck_assert_int_eq(exit_status(CVL_OK), 0);
    ck_assert_int_eq(exit_status(CVL_EIO), 1);
    ck_assert_int_eq(exit_status(CVL_ENOMEM), 1);
    ck_assert_int_eq(exit_status(CVL_EINVAL), 2);
    ck_assert_int_eq(exit_status(CVL_ESHAPE), 3);
    ck_assert_int_eq(exit_status(CVL_EFORMAT), 3);
    ck_assert_int_eq(exit_status(CVL_EUNSUPPORTED), 3);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("program");
    TCase *const tests = tcase_create("program");
    tcase_add_test(tests,
                   a_command_gets_its_settings_and_gives_the_exit_status);
    tcase_add_loop_test(tests, what_is_wrong_is_one_line_on_standard_error, 0,
                        (int)(sizeof wrong / sizeof wrong[0]));
    tcase_add_test(tests, without_a_command_the_help_goes_to_standard_error);
    tcase_add_test(tests, help_goes_to_standard_output);
    tcase_add_loop_test(tests, help_is_given_however_it_is_asked_for, 0,
                        sizeof asked / sizeof *asked);
    tcase_add_test(tests, version_and_settings_go_to_standard_output);
    tcase_add_test(tests, a_full_disk_is_reported);
    tcase_add_test(tests, help_fits_eighty_columns_and_names_every_flag);
    tcase_add_test(tests, help_aligns_what_the_flags_do);
    tcase_add_test(tests, every_kind_of_failure_has_its_exit_status);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
