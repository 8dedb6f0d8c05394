/* test_resolve.c - who wins, and that what is printed runs again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/config_file.h"
#include "cli/presets.h"
#include "cli/resolve.h"
#include "cli/value.h"
#include "commands.h"
#include "expect.h"
#include "options.h"

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

/* Where a picture is one by its name, the presets of train know it. */
static cvl_status preset_by_ending(const struct config *config,
                                   const char **name, cvl_error *err)
{
    const char *const dot = strrchr(config->data.input, '.');
    (void)err;
    *name = dot && strcmp(dot, ".png") == 0 ? "filter" : "notebook";
    return CVL_OK;
}

static cvl_status settle(const char *name, int argc, const char *const *argv,
                         struct settings *settings, cvl_error *err)
{
    struct command command = *command_find(command_table, name);
    if (command.preset) command.preset = preset_by_ending;
    const cvl_status status =
        resolve(&command, option_table, argc, argv, settings, err);
    settings->command = command_find(command_table, name);
    return status;
}

static enum origin origin_of(const struct settings *settings, const char *name)
{
    return settings_origin(settings, option_find(&settings->options, name));
}

START_TEST(flags_win_over_the_file_over_the_preset_over_defaults)
{
    char path[PATH_SIZE];
    write_file(path, "[training]\nlr = 0.5\nmomentum = 0.5\n");
    const char *const argv[] = {"--preset", "filter",   "--lr",
                                "0.25",     "--config", path};
    struct settings r;
    cvl_error err;
    ck_assert_msg(!settle("train", 6, argv, &r, &err), "%s", err.message);
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
    settings_free(&r);
    settings_free(&r);
}
END_TEST

START_TEST(without_flags_the_notebook_is_run_which_is_the_defaults)
{
    struct settings r;
    struct settings defaults;
    struct text a = {0}, b = {0};
    ck_assert(!settle("train", 0, NULL, &r, NULL));
    ck_assert_str_eq(r.config.start.preset, "notebook");
    ck_assert(r.config.start.preset_is_automatic);
    ck_assert(!settings_init(&defaults, r.command, option_table, NULL));
    config_write(&defaults.config, ROLE_PLACE, &a);
    config_write(&r.config, ROLE_PLACE, &b);
    ck_assert_str_eq(a.data, b.data);
    text_free(&a);
    text_free(&b);
    settings_free(&r);
    settings_free(&defaults);
}
END_TEST

START_TEST(a_picture_as_input_brings_the_filter_preset)
{
    const char *const argv[] = {"--input", "a.png", "--steps", "7"};
    struct settings r;
    ck_assert(!settle("train", 4, argv, &r, NULL));
    ck_assert_str_eq(r.config.start.preset, "filter");
    ck_assert(r.config.start.preset_is_automatic);
    ck_assert_uint_eq(r.config.geometry.kernels, 0);
    ck_assert_uint_eq(r.config.geometry.kernel_size[1], 5);
    ck_assert_int_eq(r.config.training.reduction, CVL_REDUCTION_MEAN);
    ck_assert_uint_eq(r.config.training.steps, 7);
    settings_free(&r);
}
END_TEST

START_TEST(a_preset_that_is_asked_for_stays)
{
    const char *const argv[] = {"--input=a.png", "--preset=notebook"};
    struct settings r;
    ck_assert(!settle("train", 2, argv, &r, NULL));
    ck_assert_str_eq(r.config.start.preset, "notebook");
    ck_assert(!r.config.start.preset_is_automatic);
    ck_assert_uint_eq(r.config.geometry.kernels, 4);
    settings_free(&r);
}
END_TEST

START_TEST(an_unknown_preset_is_refused)
{
    const char *argv[] = {"--preset", "filtre"};
    struct settings r;
    cvl_error err;
    ck_assert_int_eq(settle("train", 2, argv, &r, &err), CVL_EINVAL);
    ck_assert_str_eq(err.message, "--preset: no preset 'filtre'; did you mean "
                                  "'filter'?");
    settings_free(&r);
    argv[1] = "other";
    ck_assert_int_eq(settle("train", 2, argv, &r, &err), CVL_EINVAL);
    ck_assert_str_eq(err.message, "--preset: no preset 'other'; expected "
                                  "notebook|filter|denoise|superres|enlarge|"
                                  "digits|fashion");
    settings_free(&r);
}
END_TEST

START_TEST(what_was_typed_is_kept)
{
    const char *const argv[] = {"--samples", "3"};
    struct settings r;
    cvl_error err;
    expect_ok(settle("check", 2, argv, &r, &err), err);
    ck_assert_int_eq(r.config.start.argument_count, 2);
    ck_assert_ptr_eq(r.config.start.arguments, argv);
    settings_free(&r);
}
END_TEST

START_TEST(a_wrong_line_of_the_file_is_named)
{
    char path[PATH_SIZE], expected[200];
    write_file(path, "[training]\nlr = 0\n");
    const char *const argv[] = {"--config", path};
    struct settings r;
    cvl_error err;
    ck_assert_int_eq(settle("check", 2, argv, &r, &err), CVL_EINVAL);
    snprintf(expected, sizeof expected,
             "%s:2: 'lr' belongs to `convlet train`, not `convlet check`",
             path);
    ck_assert_str_eq(err.message, expected);
    settings_free(&r);
    unlink(path);
}
END_TEST

START_TEST(help_wins_over_everything_else)
{
    const char *const argv[] = {"--config", "/nonexistent", "--help", "junk"};
    struct settings r;
    ck_assert(!settle("train", 4, argv, &r, NULL));
    ck_assert(r.config.start.help);
    settings_free(&r);
}
END_TEST

START_TEST(every_preset_parses_and_is_offered_by_its_name)
{
    const struct command *const train = command_find(command_table, "train");
    size_t presets = 0;
    for (const struct preset *p = preset_table; p->name; p++, presets++) {
        struct settings settings;
        cvl_error err;
        ck_assert(!settings_init(&settings, train, option_table, NULL));
        ck_assert_msg(!config_parse(p->name, p->text, p->size, ORIGIN_PRESET,
                                    &settings, &err),
                      "%s", err.message);
        ck_assert_str_eq(
            option_choice(option_find(&settings.options, "preset"), presets),
            p->name);
        ck_assert_ptr_eq(preset_find(p->name), p);
        settings_free(&settings);
    }
    ck_assert_uint_eq(presets, 7);
}
END_TEST

/* A value other than the default, of each type; NULL where there is none. */
static const char *other_value(const struct option *option)
{
    if (option->more) return "huber:0.25";
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
        return option_choice(
            option, option_choice(option, 1) &&
                        !strcmp(option_choice(option, 0), option->text));
    case TYPE_TEXT: return " ;a; \"b\" \\;\t\n\x7f\xC3\xA9 = : # ";
    case TYPE_TARGET: return "filter:sobel-x";
    }
    return NULL;
}

/* Reads `data` back as a config and asserts that it prints as `expected`. */
static void assert_reads_back(const char *command, const char *data,
                              const char *expected)
{
    char path[PATH_SIZE];
    struct settings r;
    struct text text = {0};
    cvl_error err;
    write_file(path, data);
    const char *const argv[] = {"--config", path};
    const cvl_status status = settle(command, 2, argv, &r, &err);
    unlink(path);
    ck_assert_msg(!status, "%s", err.message);
    config_write(&r.config, ROLE_PLACE, &text);
    ck_assert_str_eq(text.data, expected);
    text_free(&text);
    settings_free(&r);
}

/* Is it of nets alone, where another flag may be needed beside one? */
static bool is_of_bench_nets(const char *command, const struct option *option)
{
    return strcmp(command, "bench") == 0 &&
           is_among(option->name, "loss optimizer momentum data batch-size "
                                  "shift degrade target patch color residual");
}

/* A flag that this one is refused without, or NULL; there may be two. */
static const char *company(const char *command, const struct option *option)
{
    static const char of_nets[] =
        "batch channels height width params mode loss reduction target "
        "grad-params buffers grad-loss label-smoothing labels";
    if (strcmp(command, "conv") == 0 || strcmp(command, "check") == 0)
        return is_among(option->name, of_nets) ? "--net=relu" : NULL;
    if (strcmp(command, "explain") == 0)
        return is_among(
                   option->name,
                   "layer loss-row path params mode label-smoothing labels")
                   ? "--net=relu"
                   : NULL;
    if (strcmp(option->name, "picture") == 0) return "--model=m";
    static const char *const of_patches[] = {"patch", "batch-size", "color",
                                             "validation", "residual"};
    for (size_t i = 0; i < sizeof of_patches / sizeof of_patches[0]; i++)
        if (strcmp(option->name, of_patches[i]) == 0)
            return "--degrade=noise:25";
    if (strcmp(command, "bench") == 0 && strcmp(option->name, "target") == 0)
        return "--degrade=noise:25";
    if (is_among(option->name,
                 "hold-out epochs shift standardize order drop-last"))
        return "--data=digits";
    /* Adam's own knobs. */
    const bool adam = strstr(option->help, "adam: ") == option->help;
    return adam ? "--optimizer=adam" : NULL;
}

static void check_reads_back(const char *command, const struct option *option)
{
    char flag[200], line[200];
    struct settings r;
    cvl_error err;
    snprintf(flag, sizeof flag, "--%s=%s", option->name, other_value(option));
    const char *argv[5] = {flag, company(command, option)};
    int argc = argv[1] ? 2 : 1;
    if (is_of_bench_nets(command, option)) argv[argc++] = "--net=relu";
    if (is_among(option->name, "label-smoothing labels"))
        argv[argc++] = "--loss=cross-entropy";
    if (strcmp(command, "explain") == 0) {
        /* What is drawn, and sent back, has all its settings. */
        argv[argc++] = "--input=random";
        argv[argc++] = "--grad-bias=0";
    }
    ck_assert_msg(!settle(command, argc, argv, &r, &err), "%s", err.message);
    struct text bare = {0}, commented = {0};
    config_write(&r.config, ROLE_PLACE, &bare);
    config_print(&r, &commented);
    snprintf(line, sizeof line, "\n%s =", option->name);
    ck_assert_ptr_nonnull(strstr(bare.data, line));
    ck_assert_ptr_nonnull(strstr(commented.data, "; flag\n"));
    assert_reads_back(command, bare.data, bare.data);
    assert_reads_back(command, commented.data, bare.data);
    text_free(&bare);
    text_free(&commented);
    settings_free(&r);
}

START_TEST(what_is_printed_reads_back_to_the_same_for_every_option)
{
    struct options options;
    const char *const command = command_table[_i].name;
    options_of(option_table, command, &options);
    for (size_t i = 0; i < options.count; i++)
        if (options.at[i].section != SECTION_FLAGS)
            check_reads_back(command, &options.at[i]);
}
END_TEST

/* Of labels it is the mean, unless somebody says otherwise. */
START_TEST(the_reduction_follows_the_loss_where_nobody_says_it)
{
    static const struct {
        const char *loss, *reduction;
        cvl_reduction expected;
        enum origin origin;
    } rows[] = {
        {"--loss=l1", NULL, CVL_REDUCTION_NOTEBOOK, ORIGIN_PRESET},
        {"--loss=cross-entropy", NULL, CVL_REDUCTION_MEAN, ORIGIN_DEFAULT},
        {"--loss=cross-entropy", "--reduction=sum", CVL_REDUCTION_SUM,
         ORIGIN_FLAG},
        {"--loss=cross-entropy", "--reduction=notebook", CVL_REDUCTION_NOTEBOOK,
         ORIGIN_FLAG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const argv[] = {rows[i].loss, rows[i].reduction};
        struct settings r;
        ck_assert(!settle("train", rows[i].reduction ? 2 : 1, argv, &r, NULL));
        ck_assert_int_eq(r.config.training.reduction, rows[i].expected);
        ck_assert_int_eq(
            settings_origin(&r, option_find(&r.options, "reduction")),
            rows[i].origin);
        settings_free(&r);
    }
}
END_TEST

/* What a run keeps says nothing of where it was and how loud; its identity
 * has only what a result depends on. */
START_TEST(what_a_run_keeps_goes_by_the_roles_of_the_options)
{
    const char *const argv[] = {"--out=a", "--quiet", "--threads=3",
                                "--log=csv", "--lr=2"};
    struct settings r;
    struct text kept = {0}, identity = {0};
    ck_assert(!settle("train", 5, argv, &r, NULL));
    config_write(&r.config, ROLE_FORM, &kept);
    config_write(&r.config, ROLE_RESULT, &identity);
    const char *const expected[] = {"\nout =\n", "\nquiet = false\n",
                                    "\nlr = 2\n"};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_ptr_nonnull(strstr(kept.data, expected[i]));
        ck_assert_ptr_nonnull(strstr(identity.data, expected[i]));
    }
    ck_assert_ptr_nonnull(strstr(kept.data, "\nthreads = 3\n"));
    ck_assert_ptr_nonnull(strstr(kept.data, "\nlog = csv\n"));
    ck_assert_ptr_nonnull(strstr(identity.data, "\nthreads = auto\n"));
    ck_assert_ptr_nonnull(strstr(identity.data, "\nlog = text\n"));
    text_free(&kept);
    text_free(&identity);
    settings_free(&r);
}
END_TEST

START_TEST(the_longest_value_reads_back)
{
    char flag[VALUE_LIMIT + 7] = "--out=";
    memset(flag + 6, 1, (VALUE_LIMIT - 2) / 4);
    const char *const argv[] = {flag};
    struct settings r;
    struct text bare = {0}, commented = {0};
    ck_assert(!settle("train", 1, argv, &r, NULL));
    config_write(&r.config, ROLE_PLACE, &bare);
    config_print(&r, &commented);
    assert_reads_back("train", commented.data, bare.data);
    text_free(&bare);
    text_free(&commented);
    settings_free(&r);
}
END_TEST

START_TEST(each_value_is_printed_with_its_origin)
{
    char path[PATH_SIZE], line[PATH_SIZE + 64];
    write_file(path, "\nsteps = 7\n");
    const char *const argv[] = {"--config", path, "--lr", "2"};
    struct settings r;
    struct text text = {0};
    ck_assert(!settle("train", 4, argv, &r, NULL));
    unlink(path);
    config_print(&r, &text);
    const char *const lines[] = {
        "\nlr = 2                          ; flag\n",
        "\nmomentum = 0                    ; preset notebook\n",
        "\nisa = auto                      ; default\n", line};
    snprintf(line, sizeof line, "\nsteps = 7                       ; %s:2\n",
             path);
    for (size_t i = 0; i < 4; i++)
        ck_assert_msg(strstr(text.data, lines[i]), "%s", lines[i]);
    text_free(&text);
    settings_free(&r);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("resolve");
    TCase *const tests = tcase_create("resolve");
    int commands = 0;
    while (command_table[commands].name) commands++;
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
                        0, commands);
    tcase_add_test(tests, what_a_run_keeps_goes_by_the_roles_of_the_options);
    tcase_add_test(tests, the_reduction_follows_the_loss_where_nobody_says_it);
    tcase_add_test(tests, the_longest_value_reads_back);
    tcase_add_test(tests, each_value_is_printed_with_its_origin);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
