/* test_resolve.c - who wins, and that what is printed runs again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/config_file.h"
#include "cli/option_value.h"
#include "cli/presets.h"
#include "cli/resolve.h"
#include "expect.h"

enum { PATH_SIZE = 64 };

/* Writes a temporary config file and leaves its path in `path`. */
static void write_file(char path[PATH_SIZE], const char *data)
{
    snprintf(path, PATH_SIZE, "/tmp/convlet-resolve-XXXXXX");
    const int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    ck_assert_int_eq(write(descriptor, data, strlen(data)),
                     (ssize_t)strlen(data));
    close(descriptor);
}

static cvl_status ends_in_png(const char *path, bool *is, cvl_error *err)
{
    const char *const dot = strrchr(path, '.');
    (void)err;
    *is = dot && strcmp(dot, ".png") == 0;
    return CVL_OK;
}

static enum origin origin_of(const struct resolution *resolution,
                             const char *name)
{
    return resolution_origin(resolution,
                             option_find(name, resolution->command));
}

START_TEST(flags_win_over_the_file_over_the_preset_over_defaults)
{
    char path[PATH_SIZE];
    write_file(path, "[training]\nlr = 0.5\nmomentum = 0.5\n");
    const char *const argv[] = {"--preset", "filter",   "--lr",
                                "0.25",     "--config", path};
    struct resolution r;
    cvl_error err;
    ck_assert_msg(!resolve(COMMAND_TRAIN, 6, argv, NULL, &r, &err), "%s",
                  err.message);
    unlink(path);
    ck_assert_double_eq(r.config.training.lr, 0.25);
    ck_assert_int_eq(origin_of(&r, "lr"), ORIGIN_FLAG);
    ck_assert_double_eq(r.config.training.momentum, 0.5);
    ck_assert_int_eq(origin_of(&r, "momentum"), ORIGIN_FILE);
    ck_assert_int_eq(r.config.geometry.padding.mode, PADDING_SAME);
    ck_assert_int_eq(origin_of(&r, "padding"), ORIGIN_PRESET);
    ck_assert_uint_eq(r.config.geometry.dilation[0], 1);
    ck_assert_int_eq(origin_of(&r, "dilation"), ORIGIN_DEFAULT);
    ck_assert_str_eq(r.config.start.preset, "filter");
    ck_assert(!r.config.start.preset_is_automatic);
    resolution_free(&r);
    resolution_free(&r);
}
END_TEST

START_TEST(without_flags_the_notebook_is_run_which_is_the_defaults)
{
    struct resolution r;
    struct config defaults = {0};
    ck_assert(!resolve(COMMAND_TRAIN, 0, NULL, ends_in_png, &r, NULL));
    ck_assert_str_eq(r.config.start.preset, "notebook");
    ck_assert(r.config.start.preset_is_automatic);
    for (size_t i = 0; i < option_count; i++)
        if (option_is_for(&option_table[i], COMMAND_TRAIN))
            ck_assert(!option_parse(&option_table[i], option_table[i].text,
                                    &defaults, NULL));
    struct text a = {0}, b = {0};
    config_write(COMMAND_TRAIN, &defaults, &a);
    config_write(COMMAND_TRAIN, &r.config, &b);
    ck_assert_str_eq(a.data, b.data);
    text_free(&a);
    text_free(&b);
    resolution_free(&r);
}
END_TEST

START_TEST(a_picture_as_input_brings_the_filter_preset)
{
    const char *const argv[] = {"--input", "a.png", "--steps", "7"};
    struct resolution r;
    ck_assert(!resolve(COMMAND_TRAIN, 4, argv, ends_in_png, &r, NULL));
    ck_assert_str_eq(r.config.start.preset, "filter");
    ck_assert(r.config.start.preset_is_automatic);
    ck_assert_uint_eq(r.config.geometry.kernels, 0);
    ck_assert_uint_eq(r.config.geometry.kernel_size[1], 5);
    ck_assert_int_eq(r.config.training.reduction, CVL_REDUCTION_MEAN);
    ck_assert_uint_eq(r.config.training.steps, 7);
    resolution_free(&r);
    ck_assert(!resolve(COMMAND_TRAIN, 4, argv, NULL, &r, NULL));
    ck_assert_str_eq(r.config.start.preset, "notebook");
    resolution_free(&r);
}
END_TEST

START_TEST(a_preset_that_is_asked_for_stays)
{
    const char *const argv[] = {"--input=a.png", "--preset=notebook"};
    struct resolution r;
    ck_assert(!resolve(COMMAND_TRAIN, 2, argv, ends_in_png, &r, NULL));
    ck_assert_str_eq(r.config.start.preset, "notebook");
    ck_assert(!r.config.start.preset_is_automatic);
    ck_assert_uint_eq(r.config.geometry.kernels, 4);
    resolution_free(&r);
}
END_TEST

START_TEST(an_unknown_preset_is_refused)
{
    const char *argv[] = {"--preset", "filtre"};
    struct resolution r;
    cvl_error err;
    ck_assert_int_eq(resolve(COMMAND_TRAIN, 2, argv, NULL, &r, &err),
                     CVL_EINVAL);
    ck_assert_str_eq(err.message, "--preset: no preset 'filtre'; did you mean "
                                  "'filter'?");
    resolution_free(&r);
    argv[1] = "other";
    ck_assert_int_eq(resolve(COMMAND_TRAIN, 2, argv, NULL, &r, &err),
                     CVL_EINVAL);
    ck_assert_str_eq(err.message, "--preset: no preset 'other'; expected "
                                  "notebook|filter|denoise|superres|enlarge");
    resolution_free(&r);
}
END_TEST

START_TEST(what_was_typed_is_kept)
{
    const char *const argv[] = {"--samples", "3"};
    struct resolution r;
    cvl_error err;
    expect_ok(resolve(COMMAND_CHECK, 2, argv, NULL, &r, &err), err);
    ck_assert_int_eq(r.config.start.argument_count, 2);
    ck_assert_ptr_eq(r.config.start.arguments, argv);
    resolution_free(&r);
}
END_TEST

START_TEST(a_wrong_line_of_the_file_is_named)
{
    char path[PATH_SIZE], expected[200];
    write_file(path, "[training]\nlr = 0\n");
    const char *const argv[] = {"--config", path};
    struct resolution r;
    cvl_error err;
    ck_assert_int_eq(resolve(COMMAND_CHECK, 2, argv, NULL, &r, &err),
                     CVL_EINVAL);
    snprintf(expected, sizeof expected,
             "%s:2: 'lr' belongs to `convlet train`, not `convlet check`",
             path);
    ck_assert_str_eq(err.message, expected);
    resolution_free(&r);
    unlink(path);
}
END_TEST

START_TEST(help_wins_over_everything_else)
{
    const char *const argv[] = {"--config", "/nonexistent", "--help", "junk"};
    struct resolution r;
    ck_assert(!resolve(COMMAND_TRAIN, 4, argv, NULL, &r, NULL));
    ck_assert(r.config.start.help);
    resolution_free(&r);
}
END_TEST

START_TEST(every_preset_parses_and_is_offered_by_its_name)
{
    const struct option *const preset = option_find("preset", COMMAND_TRAIN);
    size_t presets = 0;
    for (const struct preset *p = preset_table; p->name; p++, presets++) {
        struct layer layer = {0};
        struct strings strings = {0};
        cvl_error err;
        ck_assert_msg(!config_parse(p->name, p->text, p->size, COMMAND_TRAIN,
                                    &layer, &strings, &err),
                      "%s", err.message);
        ck_assert_ptr_nonnull(strstr(preset->metavar, p->name));
        ck_assert_ptr_eq(preset_find(p->name), p);
        strings_free(&strings);
    }
    ck_assert_uint_eq(presets, 5);
}
END_TEST

/* A value other than the default, of each type; NULL where there is none. */
static const char *other_value(const struct option *option)
{
    switch (option->type) {
    case TYPE_SWITCH: return option->text[0] == 't' ? "false" : "true";
    case TYPE_SIZE:
    case TYPE_SEED: return "17";
    case TYPE_REAL: return "0.30000000000000004";
    case TYPE_PAIR: return "3,4";
    case TYPE_PADDING: return "1,2,3,4";
    case TYPE_INDEX: return strchr(option->metavar, ',') ? "2,0,3" : "5";
    case TYPE_CHOICE:
    case TYPE_NAME:
        return option->choices[strcmp(option->choices[0], option->text) == 0];
    case TYPE_TEXT: return " ;a; \"b\" \\;\t\n\x7f\xC3\xA9 = : # ";
    case TYPE_TARGET: return "filter:sobel-x";
    }
    return NULL;
}

/* Reads `data` back as a config and asserts that it prints as `expected`. */
static void assert_reads_back(enum command_id command, const char *data,
                              const char *expected)
{
    char path[PATH_SIZE];
    struct resolution r;
    struct text text = {0};
    cvl_error err;
    write_file(path, data);
    const char *const argv[] = {"--config", path};
    const cvl_status status = resolve(command, 2, argv, ends_in_png, &r, &err);
    unlink(path);
    ck_assert_msg(!status, "%s", err.message);
    config_write(command, &r.config, &text);
    ck_assert_str_eq(text.data, expected);
    text_free(&text);
    resolution_free(&r);
}

/* The flag that this one is refused without, or NULL. */
static const char *company(const struct option *option)
{
    static const char *const of_patches[] = {"patch", "batch-size", "color",
                                             "validation", "residual"};
    for (size_t i = 0; i < sizeof of_patches / sizeof of_patches[0]; i++)
        if (strcmp(option->name, of_patches[i]) == 0)
            return "--degrade=noise:25";
    /* Adam's own knobs. */
    const bool adam = strstr(option->help, "adam: ") == option->help;
    return adam ? "--optimizer=adam" : NULL;
}

START_TEST(what_is_printed_reads_back_to_the_same_for_every_option)
{
    const struct option *const option = &option_table[_i];
    if (option->section == SECTION_FLAGS) return;
    for (int c = 0; c < COMMAND_COUNT; c++) {
        const enum command_id command = (enum command_id)c;
        if (!option_is_for(option, command)) continue;
        char flag[200], line[200];
        struct resolution r;
        cvl_error err;
        snprintf(flag, sizeof flag, "--%s=%s", option->name,
                 other_value(option));
        const char *argv[] = {flag, company(option), NULL};
        int argc = argv[1] ? 2 : 1;
        if (command == COMMAND_EXPLAIN) {
            /* What is drawn, and sent back, has all its settings. */
            argv[1] = "--input=random";
            argv[2] = "--grad-bias=0";
            argc = 3;
        }
        ck_assert_msg(!resolve(command, argc, argv, ends_in_png, &r, &err),
                      "%s", err.message);
        struct text bare = {0}, commented = {0};
        config_write(command, &r.config, &bare);
        resolution_print(&r, &commented);
        snprintf(line, sizeof line, "\n%s =", option->name);
        ck_assert_ptr_nonnull(strstr(bare.data, line));
        ck_assert_ptr_nonnull(strstr(commented.data, "; flag\n"));
        assert_reads_back(command, bare.data, bare.data);
        assert_reads_back(command, commented.data, bare.data);
        text_free(&bare);
        text_free(&commented);
        resolution_free(&r);
    }
}
END_TEST

START_TEST(the_longest_value_reads_back)
{
    char flag[VALUE_LIMIT + 7] = "--out=";
    memset(flag + 6, 1, (VALUE_LIMIT - 2) / 4);
    const char *const argv[] = {flag};
    struct resolution r;
    struct text bare = {0}, commented = {0};
    ck_assert(!resolve(COMMAND_TRAIN, 1, argv, NULL, &r, NULL));
    config_write(COMMAND_TRAIN, &r.config, &bare);
    resolution_print(&r, &commented);
    assert_reads_back(COMMAND_TRAIN, commented.data, bare.data);
    text_free(&bare);
    text_free(&commented);
    resolution_free(&r);
}
END_TEST

START_TEST(each_value_is_printed_with_its_origin)
{
    char path[PATH_SIZE], line[PATH_SIZE + 64];
    write_file(path, "\nsteps = 7\n");
    const char *const argv[] = {"--config", path, "--lr", "2"};
    struct resolution r;
    struct text text = {0};
    ck_assert(!resolve(COMMAND_TRAIN, 4, argv, NULL, &r, NULL));
    unlink(path);
    resolution_print(&r, &text);
    const char *const lines[] = {
        "\nlr = 2                          ; flag\n",
        "\nmomentum = 0                    ; preset notebook\n",
        "\nisa = auto                      ; default\n", line};
    snprintf(line, sizeof line, "\nsteps = 7                       ; %s:2\n",
             path);
    for (size_t i = 0; i < 4; i++)
        ck_assert_msg(strstr(text.data, lines[i]), "%s", lines[i]);
    text_free(&text);
    resolution_free(&r);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("resolve");
    TCase *const tests = tcase_create("resolve");
    tcase_add_test(tests,
                   flags_win_over_the_file_over_the_preset_over_defaults);
    tcase_add_test(tests,
                   without_flags_the_notebook_is_run_which_is_the_defaults);
    tcase_add_test(tests, a_picture_as_input_brings_the_filter_preset);
    tcase_add_test(tests, a_preset_that_is_asked_for_stays);
    tcase_add_test(tests, an_unknown_preset_is_refused);
    tcase_add_test(tests, what_was_typed_is_kept);
    tcase_add_test(tests, a_wrong_line_of_the_file_is_named);
    tcase_add_test(tests, help_wins_over_everything_else);
    tcase_add_test(tests, every_preset_parses_and_is_offered_by_its_name);
    tcase_add_loop_test(tests,
                        what_is_printed_reads_back_to_the_same_for_every_option,
                        0, (int)option_count);
    tcase_add_test(tests, the_longest_value_reads_back);
    tcase_add_test(tests, each_value_is_printed_with_its_origin);
    suite_add_tcase(suite, tests);
    SRunner *const runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
