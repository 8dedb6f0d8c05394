/* test_resume.c - a run that was stopped, however, goes on as if it was not. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"
#include "sanitized.h"

/* A run that takes some 100 ms, with all that a checkpoint must hold. */
#define SETTINGS                                                             \
    "--quiet --momentum 0.9 --nesterov --weight-decay 0.01 --lr 0.01 "       \
    "--reduction mean --init kaiming --net 'conv 4 3x3 padding=same, relu, " \
    "conv 2 3x3' --log-every 7 "                                             \
    "--steps 1200 --checkpoint-every 90 --threads 1 "

enum { KILLS = 8, LONGEST_DELAY = 150000 };

static int kill_count(void)
{
    const char *const text = getenv("CONVLET_KILLS");
    return text ? (int)strtol(text, NULL, 10) : KILLS;
}

static bool exists(const char *name)
{
    struct stat info;
    return stat(name, &info) == 0;
}

static void expect_same_file(const char *one, const char *other)
{
    static char a[1 << 18], b[1 << 18];
    const size_t size = get_text(one, a, sizeof a);
    ck_assert_msg(size == get_text(other, b, sizeof b) &&
                      memcmp(a, b, size) == 0,
                  "%s and %s differ", one, other);
}

static void expect_same_run(const char *one, const char *other)
{
    char a[64], b[64];
    static const char *const files[] = {"model.safetensors", "loss.csv",
                                        "checkpoint.safetensors"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(a, sizeof a, "%s/%s", one, files[i]);
        snprintf(b, sizeof b, "%s/%s", other, files[i]);
        expect_same_file(a, b);
    }
}

/* Runs until the signal, which may come too late, then to the end. */
static void stop_and_resume(int signal, long delay)
{
    const struct conditions conditions = {.signal = signal, .delay = delay};
    run_under(&conditions, "train " SETTINGS "--out stopped");
    if (!exists("stopped/config.ini")) {
        /* It came before anything was written: there is no run yet. */
        remove_tree("stopped");
        run_expect(0, "train " SETTINGS "--out stopped");
    } else {
        run_expect(0, "train --resume stopped");
    }
}

START_TEST(a_killed_run_ends_as_one_that_was_not)
{
    run_expect(0, "train " SETTINGS "--out whole");
    uint32_t state = 1;
    for (int i = 0; i < kill_count(); i++) {
        state = state * 1664525 + 1013904223; /* any spread will do */
        stop_and_resume(SIGKILL, (long)(state >> 8) % LONGEST_DELAY);
        expect_same_run("stopped", "whole");
        remove_tree("stopped");
    }
    printf("%d kills survived\n", kill_count());
}
END_TEST

START_TEST(ctrl_c_saves_and_prints_the_command_that_goes_on)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct conditions conditions = {.signal = signals[_i], .delay = 40000};
    run_expect(0, "train " SETTINGS "--out whole");
    struct outcome stopped;
    for (;;) { /* until it came in the middle: a program may begin slowly */
        remove_tree("stopped");
        stopped = run_under(&conditions, "train " SETTINGS "--out stopped");
        if (strstr(stopped.err, "interrupted after ")) break;
        if (stopped.status == 0)
            conditions.delay /= 2;
        else
            conditions.delay += conditions.delay / 2;
    }
    ck_assert_int_eq(stopped.status, 130);
    const char *const command = strstr(stopped.err, "train --resume");
    ck_assert_msg(command != NULL, "%s", stopped.err);
    char line[256];
    snprintf(line, sizeof line, "%.*s", (int)strcspn(command, "\n"), command);
    run_expect(0, line);
    expect_same_run("stopped", "whole");
}
END_TEST

START_TEST(a_terminal_that_hangs_up_is_as_good_as_its_signal)
{
    const struct conditions conditions = {.hangs_up = 1,
                                          .ignored = _i ? SIGHUP : 0};
    run_expect(0, "train " SETTINGS "--out whole");
    struct outcome stopped;
    do { /* until it came in the middle */
        remove_tree("stopped");
        stopped = run_under(&conditions, "train " SETTINGS "--out stopped");
    } while (stopped.status == 0);
    ck_assert_int_eq(stopped.status, 130);
    ck_assert_msg(strstr(stopped.err, "interrupted after ") != NULL, "%s",
                  stopped.err);
    run_expect(0, "train --resume stopped");
    expect_same_run("stopped", "whole");
}
END_TEST

/* As of nohup, and of what a shell runs in the background. */
START_TEST(a_signal_that_was_ignored_stays_ignored)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    const struct conditions conditions = {
        .signal = signals[_i], .delay = 40000, .ignored = signals[_i]};
    const struct outcome ended =
        run_under(&conditions, "train " SETTINGS "--out whole");
    ck_assert_msg(ended.status == 0, "%d: %s", ended.status, ended.err);
}
END_TEST

START_TEST(more_steps_equal_a_longer_run)
{
    run_expect(0, "train --quiet --steps 75 --log-every 10 --out longer");
    run_expect(0, "train --quiet --steps 34 --log-every 10 --out shorter");
    run_expect(0, "train --resume shorter --steps 75");
    expect_same_run("shorter", "longer");
}
END_TEST

/* Settings whose steps depend on all that went before. */
static const char *const remembering[] = {
    "--optimizer adam --beta1 0.8 --beta2 0.95 --epsilon 1e-6 --lr 0.01",
    "--optimizer cg --reduction mean",
    ("--reduction mean --lr 0.1 --net 'conv 4 3x3, batchnorm, leaky 0.1, "
     "conv 3 3x3, batchnorm momentum=0.3, tanh'"),
};
enum { REMEMBERING = sizeof remembering / sizeof *remembering };

START_TEST(what_an_optimizer_or_a_layer_remembers_is_kept)
{
    char line[256];
    static const char *const runs[] = {"--steps 40 --out longer",
                                       "--steps 17 --out shorter"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(line, sizeof line, "train --quiet %s %s", remembering[_i],
                 runs[i]);
        run_expect(0, line);
    }
    run_expect(0, "train --resume shorter --steps 40");
    expect_same_run("shorter", "longer");
}
END_TEST

START_TEST(other_settings_are_named_and_nothing_is_changed)
{
    run_expect(0, "train --quiet --steps 5 --out run");
    run_expect(0, "train --quiet --steps 5 --out copy");
    ck_assert_str_eq(
        run_expect(2, "train --resume run --lr 0.5 --seed 3 --steps 9").err,
        "convlet train: run/checkpoint.safetensors: made with other settings "
        "(seed = 3 was seed = 0, lr = 0.5 was lr = 0.001); start a new run "
        "with them instead\n");
    expect_same_run("run", "copy");
}
END_TEST

/* Where the rate falls over the steps, more of them change every one. */
START_TEST(a_falling_rate_does_not_go_on_for_longer)
{
    run_expect(0, "train --quiet --steps 5 --lr-schedule linear --out run");
    ck_assert_str_eq(
        run_expect(2, "train --resume run --steps 9").err,
        "convlet train: run/checkpoint.safetensors: made with other settings "
        "(steps = 9 was steps = 5, and by --lr-schedule the rate of each step "
        "depends on how many there are); start a new run with them instead\n");
}
END_TEST

START_TEST(flags_that_contradict_resume_are_refused)
{
    static const char *const flags[] = {"config", "preset", "out"};
    char line[128], expected[256];
    run_expect(0, "train --quiet --steps 5 --out run");
    snprintf(line, sizeof line, "train --resume run --%s notebook", flags[_i]);
    snprintf(expected, sizeof expected,
             "convlet train: --resume takes its settings and its place from "
             "run; leave out --%s\n",
             flags[_i]);
    ck_assert_str_eq(run_expect(2, line).err, expected);
}
END_TEST

START_TEST(settings_of_a_run_that_goes_on_are_printed_with_their_place)
{
    run_expect(0, "train --quiet --steps 5 --lr 0.002 --out run");
    const struct outcome outcome =
        run_expect(0, "train --resume run --steps 7 --print-config");
    ck_assert_ptr_nonnull(strstr(outcome.out,
                                 "\nlr = 0.002                      ; "
                                 "run/config.ini:"));
    ck_assert_ptr_nonnull(
        strstr(outcome.out, "\nsteps = 7                       ; flag\n"));
}
END_TEST

START_TEST(a_damaged_checkpoint_is_named_and_left_alone)
{
    run_expect(0, "train --quiet --steps 5 --out run");
    ck_assert_int_eq(truncate("run/checkpoint.safetensors", 1000), 0);
    const struct outcome outcome =
        run_expect(3, "train --resume run --steps 9");
    ck_assert_ptr_eq(
        strstr(outcome.err, "convlet train: run/checkpoint.safetensors: "),
        outcome.err);
    ck_assert_ptr_eq(strchr(outcome.err, '\n') + 1,
                     outcome.err + strlen(outcome.err));
}
END_TEST

START_TEST(a_torn_last_line_of_the_log_is_written_again)
{
    run_expect(0, "train --quiet --steps 20 --out run");
    run_expect(0, "train --quiet --steps 30 --out whole");
    FILE *const log = fopen("run/loss.csv", "a");
    fputs("20,0.5\n21,0.", log);
    fclose(log);
    run_expect(0, "train --resume run --steps 30");
    expect_same_run("run", "whole");
}
END_TEST

START_TEST(a_full_disk_is_one_line_and_spares_what_was_there)
{
    static const char line[] =
        "convlet train: run/checkpoint.safetensors: cannot write: File too "
        "large\n";
    const struct conditions full = {.file_limit = 3000};
    if (UNDER_TSAN) return;
    run_expect(0, "train --quiet --steps 5 --out run");
    run_expect(0, "train --quiet --steps 5 --out copy");
    const struct outcome outcome = run_under(
        &full, "train --quiet --resume run --steps 50 --checkpoint-every 10");
    ck_assert_int_eq(outcome.status, 1);
    /* Where coverage is measured, its own files are too large then, too. */
    ck_assert_int_eq(strncmp(outcome.err, line, strlen(line)), 0);
    ck_assert_ptr_null(strstr(outcome.err + 1, "convlet train:"));
    expect_same_file("run/checkpoint.safetensors",
                     "copy/checkpoint.safetensors");
    expect_same_file("run/model.safetensors", "copy/model.safetensors");
    /* And with the disk free again, it goes on. */
    run_expect(0, "train --quiet --steps 50 --out whole");
    run_expect(0, "train --quiet --resume run --steps 50");
    expect_same_run("run", "whole");
}
END_TEST

START_TEST(a_diverged_run_keeps_its_last_good_state)
{
    const struct outcome outcome =
        run_expect(4, "train --quiet --lr 0.05 --momentum 0.9 --steps 5000 "
                      "--checkpoint-every 10 --out run");
    ck_assert_ptr_nonnull(
        strstr(outcome.err, "\nthe last good state is kept in run\n"));
    ck_assert(!exists("run/model.safetensors"));
    put_param("w.npy", "run/checkpoint.safetensors", "0.weight");
    cvl_tensor w = get_array("w.npy");
    ck_assert_uint_eq(cvl_tensor_first_nonfinite(&w), w.count);
    cvl_tensor_free(&w);
}
END_TEST

/* Settings of runs on files, and what may then be another. */
#define ON_FILES                                                        \
    "train --quiet --input in.png --target after.png --kernel-size 3 "  \
    "--padding 1 --region all --no-mask-clipped --no-whiten --lr 0.01 " \
    "--log-every 1 "                                                    \
    "--steps "
#define ON_PHOTOS                                                           \
    "train --quiet --degrade noise:9 --target photos --validation own.png " \
    "--net 'conv 3 3x3 padding=same' --patch 4 --batch-size 2 --lr 0.01 "   \
    "--lr-schedule constant --lr-warmup 0 "                                 \
    "--log-every 1 --steps "

static void put_files(void)
{
    put_picture("in.png", "rgb8.png", 0, 0);
    put_picture("own.png", "rgb8.png", 0, 0);
    put_picture("after.png", "rgba8.png", 0, 0);
    ck_assert_int_eq(mkdir("photos", 0777), 0);
    put_picture("photos/a.png", "rgb8.png", 0, 0);
    put_picture("photos/c.png", "rgba8.png", 0, 0);
}

/* Goes on in another directory, where other files have the same names. */
START_TEST(a_run_goes_on_with_its_own_files_from_anywhere)
{
    static const char *const runs[] = {ON_FILES, ON_PHOTOS};
    char line[512];
    put_files();
    snprintf(line, sizeof line, "%s8 --out whole", runs[_i]);
    run_expect(0, line);
    snprintf(line, sizeof line, "%s5 --out parts", runs[_i]);
    run_expect(0, line);
    ck_assert_int_eq(mkdir("elsewhere", 0777) || chdir("elsewhere"), 0);
    put_picture("in.png", "rgba8.png", 0, 0);
    put_picture("own.png", "rgba8.png", 0, 0);
    put_picture("after.png", "rgb8.png", 0, 0);
    run_expect(0, "train --resume ../parts --steps 8");
    ck_assert_int_eq(chdir(".."), 0);
    expect_same_run("parts", "whole");
}
END_TEST

/* One change each, and what it is called. */
static const struct change {
    const char *run, *command, *said;
} changes[] = {
    {ON_FILES, "cp after.png in.png", "--input %s/in.png had "},
    {ON_FILES, "cp in.png after.png", "--target %s/after.png had "},
    {ON_FILES, "mv after.png new && cp new after.png && printf x >>after.png",
     "--target %s/after.png had "},
    {ON_PHOTOS, "cp photos/a.png photos/b.png",
     "--target %s/photos/b.png is new"},
    {ON_PHOTOS, "cp photos/c.png photos/d.png",
     "--target %s/photos/d.png is new"},
    {ON_PHOTOS, "rm photos/a.png", "--target %s/photos/a.png is gone"},
    {ON_PHOTOS, "rm photos/c.png", "--target %s/photos/c.png is gone"},
    {ON_PHOTOS, "mv photos/c.png photos/b.png",
     "--target %s/photos/b.png is new"},
    {ON_PHOTOS, "cp photos/c.png photos/a.png",
     "--target %s/photos/a.png had "},
    {ON_PHOTOS, "cp photos/c.png own.png", "--validation %s/own.png had "},
};

START_TEST(other_data_is_named_and_nothing_is_changed)
{
    const struct change *const c = &changes[_i];
    char line[512], here[256], said[512];
    put_files();
    snprintf(line, sizeof line, "%s5 --out run", c->run);
    run_expect(0, line);
    ck_assert_int_eq(system("cp -R run copy"), 0);
    ck_assert_int_eq(system(c->command), 0);
    const struct outcome outcome =
        run_expect(2, "train --quiet --resume run --steps 8");
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    const char *const place = strstr(c->said, "%s");
    snprintf(said, sizeof said, "%.*s%s%s", (int)(place - c->said), c->said,
             here, place + 2);
    ck_assert_msg(strstr(outcome.err, "learned from other data: ") &&
                      strstr(outcome.err, said),
                  "%s", outcome.err);
    expect_same_run("run", "copy");
    expect_same_file("run/config.ini", "copy/config.ini");
}
END_TEST

START_TEST(bytes_that_changed_alone_are_other_data)
{
    put_array("in.npy", 4, (const size_t[]){1, 3, 20, 20});
    run_expect(0, "train --quiet --input in.npy --lr 1e-5 --steps 5 --out run");
    FILE *const file = fopen("in.npy", "r+b");
    ck_assert(file && !fseek(file, -1, SEEK_END));
    fputc(0x41, file);
    fclose(file);
    const struct outcome outcome =
        run_expect(2, "train --quiet --resume run --steps 8");
    ck_assert_ptr_nonnull(strstr(outcome.err, "/in.npy holds other bytes; "));
}
END_TEST

/* As in a checkpoint that was tampered with. */
START_TEST(data_that_no_setting_names_is_other_data)
{
    static const char *const roles[] = {"data", "hold-out", "order", "nothing"};
    char list[64], said[128];
    run_expect(0, "train --quiet --steps 5 --out run");
    snprintf(list, sizeof list, "%s 9 0123456789abcdef\n", roles[_i]);
    change_entry("run/checkpoint.safetensors", "data", list);
    const struct outcome outcome =
        run_expect(2, "train --quiet --resume run --steps 8");
    snprintf(said, sizeof said, "learned from other data: --%s is gone; ",
             roles[_i]);
    ck_assert_msg(strstr(outcome.err, said) != NULL, "%s", outcome.err);
}
END_TEST

START_TEST(data_that_moved_is_said_where_it_is)
{
    put_files();
    run_expect(0, ON_FILES "8 --out whole");
    run_expect(0, ON_FILES "5 --out parts");
    ck_assert_int_eq(rename("in.png", "photos/moved.png"), 0);
    const struct outcome lost =
        run_expect(1, "train --quiet --resume parts --steps 8");
    ck_assert_ptr_nonnull(strstr(lost.err, "/in.png: cannot open: "));
    ck_assert_ptr_nonnull(
        strstr(lost.err, "; if it lies elsewhere now, say so with --input\n"));
    run_expect(0, "train --resume parts --steps 7 --input photos/moved.png");
    /* It is remembered. */
    run_expect(0, "train --resume parts --steps 8");
    expect_same_file("parts/model.safetensors", "whole/model.safetensors");
}
END_TEST

START_TEST(a_name_that_is_no_utf8_is_kept)
{
    put_picture("\xff.png", "rgb8.png", 0, 0);
    run_expect(0, "train --quiet --input \xff.png --target filter:box "
                  "--steps 3 --out run");
    run_expect(0, "train --quiet --resume run --steps 4");
    put_picture("\xff.png", "rgba8.png", 0, 0);
    run_expect(2, "train --quiet --resume run --steps 5");
}
END_TEST

START_TEST(a_run_on_a_file_does_not_go_on_with_random_numbers)
{
    put_files();
    run_expect(0, ON_FILES "5 --out run");
    const struct outcome outcome =
        run_expect(2, "train --resume run --steps 8 --input random");
    ck_assert_ptr_nonnull(
        strstr(outcome.err, "made with other settings (input = random was "));
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("resume");
    TCase *const all = tcase_create("resume");
    tcase_set_timeout(all, 1400);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_test(all, a_killed_run_ends_as_one_that_was_not);
    tcase_add_loop_test(all, a_terminal_that_hangs_up_is_as_good_as_its_signal,
                        0, 2);
    tcase_add_loop_test(all, ctrl_c_saves_and_prints_the_command_that_goes_on,
                        0, 3);
    tcase_add_loop_test(all, a_signal_that_was_ignored_stays_ignored, 0, 3);
    tcase_add_test(all, more_steps_equal_a_longer_run);
    tcase_add_loop_test(all, what_an_optimizer_or_a_layer_remembers_is_kept, 0,
                        REMEMBERING);
    tcase_add_test(all, other_settings_are_named_and_nothing_is_changed);
    tcase_add_test(all, a_falling_rate_does_not_go_on_for_longer);
    tcase_add_loop_test(all, flags_that_contradict_resume_are_refused, 0, 3);
    tcase_add_test(all,
                   settings_of_a_run_that_goes_on_are_printed_with_their_place);
    tcase_add_test(all, a_damaged_checkpoint_is_named_and_left_alone);
    tcase_add_test(all, a_torn_last_line_of_the_log_is_written_again);
    tcase_add_test(all, a_full_disk_is_one_line_and_spares_what_was_there);
    tcase_add_test(all, a_diverged_run_keeps_its_last_good_state);
    tcase_add_loop_test(all, a_run_goes_on_with_its_own_files_from_anywhere, 0,
                        2);
    tcase_add_loop_test(all, other_data_is_named_and_nothing_is_changed, 0,
                        (int)(sizeof changes / sizeof changes[0]));
    tcase_add_test(all, bytes_that_changed_alone_are_other_data);
    tcase_add_loop_test(all, data_that_no_setting_names_is_other_data, 0, 4);
    tcase_add_test(all, data_that_moved_is_said_where_it_is);
    tcase_add_test(all, a_name_that_is_no_utf8_is_kept);
    tcase_add_test(all, a_run_on_a_file_does_not_go_on_with_random_numbers);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
