/* test_restore.c - nets learn to undo what is done to pictures. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "convlet/safetensors.h"
#include "expect.h"
#include "fixtures.h"
#include "run.h"

/* A net that is small enough to train in a moment. */
#define SMALL                                                                 \
    "train --net 'conv 6 3x3 padding=same, relu, conv 3 3x3 padding=same' "   \
    "--patch 17 --batch-size 4 --lr 0.01 --lr-schedule constant --log-every " \
    "7 "

#define LEAVES SMALL "--target leaves --degrade noise:25 --color rgb "

static void expect_same_file(const char *one, const char *other)
{
    static char a[1 << 18], b[1 << 18];
    const size_t size = get_text(one, a, sizeof a);
    ck_assert_msg(size > 0 && size == get_text(other, b, sizeof b) &&
                      memcmp(a, b, size) == 0,
                  "%s and %s differ", one, other);
}

static void expect_same_run(const char *one, const char *other)
{
    static const char *const files[] = {"model.safetensors", "loss.csv",
                                        "checkpoint.safetensors",
                                        "prediction.png"};
    char a[64], b[64];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(a, sizeof a, "%s/%s", one, files[i]);
        snprintf(b, sizeof b, "%s/%s", other, files[i]);
        expect_same_file(a, b);
    }
}

START_TEST(measuring_what_is_held_out_leaves_no_trace_in_the_net)
{
    static const char line[] =
        "train --quiet --net 'conv 4 3x3 padding=same, batchnorm, relu, conv 3 "
        "3x3 padding=same' --patch 17 --batch-size 4 --lr 0.01 --steps 9 "
        "--target leaves --degrade noise:25 --log-every %s";
    char command[320];
    snprintf(command, sizeof command, line, "1 --out often");
    run_expect(0, command);
    snprintf(command, sizeof command, line, "4 --out seldom");
    run_expect(0, command);
    expect_same_file("often/model.safetensors", "seldom/model.safetensors");
}
END_TEST

/* No kernel was applied to these pictures, and no batch is there yet. */
START_TEST(a_lone_layer_is_not_asked_which_kernel_was_applied)
{
    const struct outcome outcome = run_expect(
        0, "train --target leaves --degrade noise:25 --steps 1 --net "
           "'conv 3 3x3 padding=same' --patch 9 --batch-size 1");
    ck_assert_msg(!strstr(outcome.err, "warning"), "%s", outcome.err);
}
END_TEST

/* A directory of two pictures: a copy of one of the tests, and the sample. */
static void make_photos(void)
{
    static char bytes[1 << 20];
    ck_assert_int_eq(mkdir("photos", 0777), 0);
    const size_t size = get_text(ASSETS "/sample.png", bytes, sizeof bytes);
    put_bytes("photos/b.png", bytes, size);
    put_bytes("photos/a.png", bytes, size);
}

START_TEST(what_is_left_aside_of_photos_is_noted_once)
{
    ck_assert_int_eq(mkdir("photos", 0777), 0);
    put_picture("photos/a.png", "rgba8.png", 0, 0);
    put_picture("photos/b.png", "gamma.png", 0, 0);
    put_picture("photos/c.png", "rgba16.png", 0, 0);
    put_picture("v.png", "gamma.png", 0, 0);
    const char *const line =
        "train --net 'conv 3 3x3 padding=same' --patch 3 --batch-size 4 "
        "--lr 0.01 --target photos --degrade noise:9 --validation v.png "
        "--steps 1";
    const char *const notes =
        "convlet train: note: photos/a.png and 1 more: its alpha channel is "
        "ignored\n"
        "convlet train: note: photos/b.png: its gamma is ignored\n"
        "convlet train: note: v.png: its gamma is ignored\n";
    ck_assert_ptr_nonnull(strstr(run_expect(0, line).err, notes));
}
END_TEST

START_TEST(a_resumed_run_draws_what_an_uninterrupted_one_does)
{
    static const char *const sources[] = {
        LEAVES "--quiet ",
        SMALL "--target photos --degrade noise:9 --residual --quiet "};
    char line[512];
    make_photos();
    snprintf(line, sizeof line, "%s--steps 12 --out whole", sources[_i]);
    run_expect(0, line);
    snprintf(line, sizeof line, "%s--steps 5 --out parts", sources[_i]);
    run_expect(0, line);
    run_expect(0, "train --resume parts --steps 12");
    expect_same_run("parts", "whole");
}
END_TEST

START_TEST(a_killed_run_ends_as_one_that_was_not)
{
    static const char settings[] = LEAVES
        "--residual --quiet --steps 300 --checkpoint-every 20 --threads 1 ";
    char line[512];
    snprintf(line, sizeof line, "%s--out whole", settings);
    run_expect(0, line);
    for (long delay = 60000; delay <= 300000; delay += 60000) {
        const struct conditions conditions = {.signal = SIGKILL,
                                              .delay = delay};
        struct stat info;
        snprintf(line, sizeof line, "%s--out stopped", settings);
        run_under(&conditions, line);
        if (stat("stopped/config.ini", &info) != 0) {
            /* It came before anything was written. */
            remove_tree("stopped");
            run_expect(0, line);
        } else {
            const struct outcome again = run("train --resume stopped");
            /* The signal may have come after the end. */
            if (again.status != 0)
                ck_assert_msg(strstr(again.err, "is already at step 300"), "%s",
                              again.err);
        }
        expect_same_run("stopped", "whole");
        remove_tree("stopped");
    }
}
END_TEST

START_TEST(threads_change_nothing)
{
    run_expect(0, LEAVES "--quiet --steps 20 --threads 1 --out one");
    run_expect(0, LEAVES "--quiet --steps 20 --threads 3 --out three");
    expect_same_file("one/model.safetensors", "three/model.safetensors");
    expect_same_file("one/loss.csv", "three/loss.csv");
}
END_TEST

START_TEST(the_held_out_picture_stands_beside_doing_nothing)
{
    const struct outcome outcome = run_expect(
        0, LEAVES "--steps 9 --log csv --validation " ASSETS "/sample.png");
    const char *const last = strstr(outcome.err, "sample.png, held out: PSNR ");
    double psnr, baseline, gain, logged;
    size_t step;
    ck_assert_msg(last != NULL, "%s", outcome.err);
    ck_assert_int_eq(sscanf(last,
                            "sample.png, held out: PSNR %lf dB; doing "
                            "nothing: %lf dB (%lf dB)",
                            &psnr, &baseline, &gain),
                     3);
    /* 20 log10(255 / 25) */
    ck_assert_double_eq_tol(baseline, 20.17, 0.1);
    ck_assert_double_eq_tol(gain, psnr - baseline, 0.011);
    ck_assert_ptr_eq(strstr(outcome.out, "step,loss,psnr\n0,"), outcome.out);
    const char *const row = strstr(outcome.out, "\n8,");
    ck_assert_ptr_nonnull(row);
    ck_assert_int_eq(sscanf(row, "\n%zu,%*f,%lf", &step, &logged), 2);
    ck_assert_double_eq_tol(logged, psnr, 5);
}
END_TEST

START_TEST(enlarging_stands_beside_bicubic)
{
    make_photos();
    const struct outcome outcome =
        run_expect(0, "train --target photos --degrade down:2 --steps 2 "
                      "--patch 20 --batch-size 2");
    ck_assert_ptr_nonnull(strstr(outcome.err, "preset superres, seed 0\n"));
    ck_assert_ptr_nonnull(strstr(outcome.err, "photos/b.png, held out: PSNR "));
    ck_assert_ptr_nonnull(strstr(outcome.err, " dB; bicubic: "));
}
END_TEST

/* ESPCN's way: the net gets the small picture. A few steps gain on bicubic, in
 * the run and through apply. */
START_TEST(enlarging_from_the_small_picture_beats_bicubic)
{
    double gain, applied, bicubic;
    const struct outcome outcome =
        run_expect(0, "train --degrade shrink:2 --target leaves --steps 120 "
                      "--validation " ASSETS "/scene.png --out run");
    ck_assert_ptr_nonnull(strstr(outcome.err, "preset enlarge, seed 0\n"));
    const char *const last = strstr(outcome.err, "scene.png, held out: PSNR ");
    ck_assert_msg(last != NULL, "%s", outcome.err);
    ck_assert_int_eq(sscanf(last,
                            "scene.png, held out: PSNR %*f dB; bicubic: %lf "
                            "dB (%lf dB)",
                            &bicubic, &gain),
                     2);
    ck_assert_double_gt(gain, 0.2);
    /* The luminance that was held out, but in 8 bits. */
    const struct outcome compared =
        run_expect(0, "apply --model run/model.safetensors run/input.png -o "
                      "large.png --compare run/target.png");
    ck_assert_int_eq(sscanf(compared.out, "run/input.png psnr:%lf", &applied),
                     1);
    ck_assert_double_eq_tol(applied, bicubic + gain, 0.15);
}
END_TEST

START_TEST(a_denoiser_is_compared_with_the_best_blur)
{
    double psnr, sigma, blur, gain;
    const struct outcome outcome = run_expect(
        0, LEAVES "--residual --steps 3 --validation " ASSETS "/scene.png");
    const char *const line = strstr(outcome.err, "held out: PSNR ");
    ck_assert_msg(line != NULL, "%s", outcome.err);
    ck_assert_int_eq(sscanf(line,
                            "held out: PSNR %lf dB; doing nothing: %*f dB (%*f "
                            "dB); the best Gaussian blur, of %lf pixels: %lf "
                            "dB (%lf dB)",
                            &psnr, &sigma, &blur, &gain),
                     4);
    ck_assert_double_gt(sigma, 0.5);
    ck_assert_double_lt(sigma, 2);
    ck_assert_double_gt(blur, 20.17 + 4);
    ck_assert_double_eq_tol(gain, psnr - blur, 0.011);
}
END_TEST

/* What the presets do in full, in a moment: it gains, and much. */
START_TEST(a_short_denoising_run_gains_two_decibels)
{
    double gain;
    const struct outcome outcome =
        run_expect(0, "train --preset denoise --steps 150 --threads 1 "
                      "--validation " ASSETS "/scene.png");
    const char *const line = strstr(outcome.err, "doing nothing: ");
    const char *const last = line ? strstr(line, " dB (") : NULL;
    ck_assert_msg(last != NULL, "%s", outcome.err);
    ck_assert_int_eq(sscanf(last, " dB (%lf dB)", &gain), 1);
    ck_assert_double_gt(gain, 2);
}
END_TEST

START_TEST(auto_learns_on_every_preset_that_restores)
{
    static const char *const presets[] = {"denoise", "superres", "enlarge"};
    char line[512];
    double gain;
    snprintf(line, sizeof line,
             "train --preset %s --lr auto --steps 80 --log-every 80 "
             "--threads 1 --validation " ASSETS "/scene.png",
             presets[_i]);
    const struct outcome outcome = run_expect(0, line);
    const char *const last = strstr(outcome.err, " dB (");
    ck_assert_msg(last != NULL, "%s", outcome.err);
    ck_assert_int_eq(sscanf(last, " dB (%lf dB)", &gain), 1);
    ck_assert_msg(gain > 0.2, "%s: %g dB", presets[_i], gain);
}
END_TEST

START_TEST(a_model_says_how_it_is_to_be_used)
{
    cvl_safetensors file;
    cvl_error err;
    run_expect(0, LEAVES "--residual --quiet --steps 2 --out run");
    expect_ok(cvl_safetensors_load("run/model.safetensors", &file, &err), err);
    ck_assert_str_eq(cvl_safetensors_metadata(&file, "residual"), "yes");
    ck_assert_str_eq(cvl_safetensors_metadata(&file, "color"), "rgb");
    ck_assert_str_eq(cvl_safetensors_metadata(&file, "input_scaling"), "0..1");
    cvl_safetensors_free(&file);
    run_expect(0, "train --quiet --steps 2 --out other");
    expect_ok(cvl_safetensors_load("other/model.safetensors", &file, &err),
              err);
    ck_assert_ptr_null(cvl_safetensors_metadata(&file, "residual"));
    ck_assert_ptr_null(cvl_safetensors_metadata(&file, "color"));
    cvl_safetensors_free(&file);
}
END_TEST

START_TEST(the_config_runs_the_same_again)
{
    run_expect(0, LEAVES "--residual --quiet --steps 9 --out run");
    run_expect(0, "train --config run/config.ini --quiet --out again");
    expect_same_run("run", "again");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("restore");
    TCase *const all = tcase_create("restore");
    TCase *const slow = tcase_create("restore_slowly");
    tcase_set_timeout(all, 300);
    tcase_set_timeout(slow, 300);
    tcase_set_tags(slow, "slow");
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_checked_fixture(slow, enter_scratch, leave_scratch);
    tcase_add_test(all, what_is_left_aside_of_photos_is_noted_once);
    tcase_add_loop_test(all, a_resumed_run_draws_what_an_uninterrupted_one_does,
                        0, 2);
    tcase_add_test(slow, a_killed_run_ends_as_one_that_was_not);
    tcase_add_test(all, threads_change_nothing);
    tcase_add_test(all, measuring_what_is_held_out_leaves_no_trace_in_the_net);
    tcase_add_test(all, a_lone_layer_is_not_asked_which_kernel_was_applied);
    tcase_add_test(all, the_held_out_picture_stands_beside_doing_nothing);
    tcase_add_test(all, enlarging_stands_beside_bicubic);
    tcase_add_test(all, enlarging_from_the_small_picture_beats_bicubic);
    tcase_add_test(all, a_denoiser_is_compared_with_the_best_blur);
    tcase_add_test(all, a_short_denoising_run_gains_two_decibels);
    tcase_add_loop_test(slow, auto_learns_on_every_preset_that_restores, 0, 3);
    tcase_add_test(all, a_model_says_how_it_is_to_be_used);
    tcase_add_test(all, the_config_runs_the_same_again);
    suite_add_tcase(suite, all);
    suite_add_tcase(suite, slow);
    return run_suite(suite);
}
