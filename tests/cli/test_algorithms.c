/* test_algorithms.c - which algorithm a command takes, and that it stays. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "convlet/conv2d.h"
#include "convlet/safetensors.h"
#include "expect.h"
#include "fixtures.h"
#include "run.h"

/* The second layer is one that winograd is for, the others have too few
 * channels. */
#define NET                                                                   \
    "--net 'conv 16 3x3 padding=same, relu, conv 16 3x3 padding=same, relu, " \
    "conv 2 3x3 padding=same' --height 21 --width 18 --batch 4 --init "       \
    "kaiming --reduction mean --lr 0.01 "

/* What runs are begun with that are stopped. */
#define STEPS "--quiet --threads 1 --log-every 5 --steps 60 "

/* Where nothing but base is to be had, auto takes tiled. */
static bool takes_winograd(void)
{
    return cvl_isa_detect() != CVL_ISA_BASE &&
           cvl_conv_algo_is_built(CVL_CONV_WINOGRAD, cvl_isa_detect());
}

static void expect_same_file(const char *one, const char *other, bool same)
{
    static char a[1 << 19], b[1 << 19];
    const size_t size = get_text(one, a, sizeof a);
    const bool equal =
        size == get_text(other, b, sizeof b) && memcmp(a, b, size) == 0;
    ck_assert_msg(equal == same, "%s and %s are %s", one, other,
                  same ? "not the same" : "the same");
}

static void expect_same_run(const char *one, const char *other)
{
    char a[64], b[64];
    static const char *const files[] = {"model.safetensors", "loss.csv",
                                        "checkpoint.safetensors"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(a, sizeof a, "%s/%s", one, files[i]);
        snprintf(b, sizeof b, "%s/%s", other, files[i]);
        expect_same_file(a, b, true);
    }
}

static const char AT[] = "run/checkpoint.safetensors";

/* What the checkpoint of `run` says of its layers. */
static void expect_algorithms(const char *names)
{
    cvl_safetensors file;
    cvl_error err;
    expect_ok(cvl_safetensors_load(AT, &file, &err), err);
    const char *const then = cvl_safetensors_metadata(&file, "algorithms");
    ck_assert_msg(then && strcmp(then, names) == 0, "'%s', not '%s'",
                  then ? then : "none", names);
    cvl_safetensors_free(&file);
}

START_TEST(training_takes_what_is_fastest_and_keeps_which_that_is)
{
    run_expect(0, "train " NET STEPS "--out run");
    expect_algorithms(takes_winograd() ? "tiled - winograd - tiled"
                                       : "tiled - tiled - tiled");
    run_expect(0, "train " NET STEPS "--algorithm tiled --out tiled");
    expect_same_file("run/model.safetensors", "tiled/model.safetensors",
                     !takes_winograd());
    run_expect(0, "train " NET STEPS "--algorithm direct --out direct");
    run_expect(0, "train " NET STEPS "--out direct --algorithm im2col --force");
}
END_TEST

/* It is there everywhere, and computes what the live page does. */
START_TEST(base_is_left_as_it_is)
{
    run_expect(0, "train " NET STEPS "--isa base --out run");
    expect_algorithms("tiled - tiled - tiled");
    run_expect(0,
               "train " NET STEPS "--isa base --algorithm tiled --out tiled");
    expect_same_file("run/model.safetensors", "tiled/model.safetensors", true);
}
END_TEST

START_TEST(threads_change_no_bit_of_what_winograd_trains)
{
    char line[512];
    run_expect(0, "train " NET STEPS "--out run");
    for (int threads = 2; threads < 5; threads++) {
        snprintf(line, sizeof line,
                 "train " NET STEPS "--threads %d --out other --force",
                 threads);
        run_expect(0, line);
        expect_same_run("run", "other");
    }
}
END_TEST

START_TEST(a_run_that_was_stopped_goes_on_by_the_same_algorithms)
{
    run_expect(0, "train " NET STEPS "--out whole");
    run_expect(0, "train " NET STEPS "--steps 23 --out run");
    const struct outcome outcome =
        run_expect(0, "train --resume run --steps 60 --no-quiet --verbose");
    ck_assert_ptr_nonnull(strstr(outcome.err, "the algorithm that it began"));
    expect_same_run("run", "whole");
}
END_TEST

START_TEST(a_killed_run_ends_as_one_that_was_not)
{
    const struct conditions killed = {.signal = SIGKILL,
                                      .delay = 20000 + 30000 * _i};
    struct stat info;
    run_expect(0, "train " NET STEPS "--checkpoint-every 7 --out whole");
    run_under(&killed, "train " NET STEPS "--checkpoint-every 7 --out run");
    if (stat("run/config.ini", &info)) return; /* there is no run yet */
    run_expect(0, "train --resume run");
    expect_same_run("run", "whole");
}
END_TEST

/* As version 0.1 left them, which had no winograd. */
START_TEST(a_checkpoint_that_says_nothing_goes_on_without_winograd)
{
    run_expect(0, "train " NET STEPS "--algorithm tiled --out whole");
    run_expect(0, "train " NET STEPS "--algorithm tiled --steps 23 --out run");
    run_expect(0, "train " NET STEPS "--steps 23 --out auto");
    /* What auto was then, by the settings of a run with auto. */
    cvl_safetensors file;
    cvl_error err;
    expect_ok(cvl_safetensors_load("auto/checkpoint.safetensors", &file, &err),
              err);
    change_entry(AT, "config", cvl_safetensors_metadata(&file, "config"));
    cvl_safetensors_free(&file);
    change_entry(AT, "algorithms", NULL);
    ck_assert(!rename("auto/config.ini", "run/config.ini"));
    run_expect(0, "train --resume run --steps 60");
    expect_same_file("run/model.safetensors", "whole/model.safetensors", true);
    expect_same_file("run/loss.csv", "whole/loss.csv", true);
    /* From now on it says so. */
    expect_algorithms("tiled - tiled - tiled");
}
END_TEST

static const char *const nonsense[] = {
    "",
    "tiled",
    "tiled - fast - tiled",
    "tiled - tiled - tiled - tiled",
    "- - tiled - tiled",
    "tiled tiled tiled tiled tiled",
    "tiled  tiled - tiled",
    "tiled - auto - tiled",
    "tiled - winogradwinogradwinogradwinograd - tiled",
};
enum { NONSENSE = sizeof nonsense / sizeof *nonsense };

START_TEST(algorithms_that_are_not_those_of_the_layers_are_refused)
{
    run_expect(0, "train " NET STEPS "--algorithm tiled --steps 3 --out run");
    change_entry(AT, "algorithms", nonsense[_i]);
    const struct outcome outcome =
        run_expect(3, "train --resume run --steps 60");
    ck_assert_msg(strncmp(outcome.err, "convlet train: run/checkpoint.", 30) ==
                          0 &&
                      strstr(outcome.err, "are not those of the net's layers"),
                  "%s", outcome.err);
}
END_TEST

START_TEST(applying_takes_what_is_fastest_for_the_whole_picture)
{
    const size_t shape[4] = {1, 3, 75, 61};
    put_array("x.npy", 4, shape);
    run_expect(0, "train " NET STEPS "--steps 1 --out run");
    run_expect(0, "apply --model run/model.safetensors x.npy -o y.npy");
    run_expect(0, "apply --model run/model.safetensors x.npy -o tiled.npy "
                  "--algorithm tiled");
    expect_same_file("y.npy", "tiled.npy", !takes_winograd());
    run_expect(0, "apply --model run/model.safetensors x.npy -o small.npy "
                  "--tile 17 --threads 3");
    expect_same_file("y.npy", "small.npy", true);
    /* A tile of it alone would be too small to gain. */
    const char *const words =
        run_expect(0, "apply --model run/model.safetensors x.npy -o y.npy "
                      "--force --tile 16 --verbose")
            .err;
    ck_assert_msg(!takes_winograd() ||
                      strstr(words, "\n  layer 2: winograd for "),
                  "%s", words);
    ck_assert_ptr_nonnull(strstr(words, "  layer 4: tiled for "));
}
END_TEST

START_TEST(what_would_be_chosen_is_shown_with_why)
{
    run_expect(0, "train " NET STEPS "--steps 1 --out run");
    const char *const shown =
        run_expect(0, "show --verbose --model run/model.safetensors").out;
    ck_assert_msg(!takes_winograd() ||
                      (strstr(shown, "  layer 2: winograd for ") &&
                       strstr(shown, "; winograd would take some ")),
                  "%s", shown);
}
END_TEST

/* Commands that show numbers. */
START_TEST(what_shows_numbers_takes_winograd_by_name_alone)
{
    char line[512];
    ck_assert_ptr_nonnull(
        strstr(run_expect(0, "explain --input normal:2,16,12,12 --weight "
                             "normal:16,16,3,3 --padding 1 --at 0,0,1,1 "
                             "--dtype float32")
                   .out,
               "by the tiled algorithm"));
    for (int i = 0; i < 2; i++) {
        snprintf(line, sizeof line,
                 "conv --input normal:2,16,12,12 --weight normal:16,16,3,3 "
                 "--padding 1 --dtype float32 --output %s --algorithm %s",
                 i ? "tiled.npy" : "auto.npy", i ? "tiled" : "auto");
        run_expect(0, line);
    }
    expect_same_file("auto.npy", "tiled.npy", true);
}
END_TEST

START_TEST(a_measurement_takes_what_training_would)
{
    const char *const out =
        run_expect(0, "bench --batch 4 --channels 16 --height 21 --width 18 "
                      "--kernels 16 --kernel-size 3 --stride 1 --padding 1 "
                      "--seconds 0.001 --rounds 1 --phase forward")
            .out;
    ck_assert_msg(strstr(out, takes_winograd() ? "\twinograd\t" : "\ttiled\t"),
                  "%s", out);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("algorithms");
    TCase *const all = tcase_create("algorithms");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_test(all, training_takes_what_is_fastest_and_keeps_which_that_is);
    tcase_add_test(all, base_is_left_as_it_is);
    tcase_add_test(all, threads_change_no_bit_of_what_winograd_trains);
    tcase_add_test(all, a_run_that_was_stopped_goes_on_by_the_same_algorithms);
    tcase_add_loop_test(all, a_killed_run_ends_as_one_that_was_not, 0, 6);
    tcase_add_test(all,
                   a_checkpoint_that_says_nothing_goes_on_without_winograd);
    tcase_add_loop_test(all,
                        algorithms_that_are_not_those_of_the_layers_are_refused,
                        0, NONSENSE);
    tcase_add_test(all, applying_takes_what_is_fastest_for_the_whole_picture);
    tcase_add_test(all, what_would_be_chosen_is_shown_with_why);
    tcase_add_test(all, what_shows_numbers_takes_winograd_by_name_alone);
    tcase_add_test(all, a_measurement_takes_what_training_would);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
