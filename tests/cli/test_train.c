/* test_train.c - `convlet train`: its losses, its log, its files, its end. */
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"

enum { STEPS = 50, TEXT_SIZE = 1 << 17 };

/* What a log says: steps and losses. */
struct losses {
    size_t count, step[STEPS + 1];
    double loss[STEPS + 1];
    char text[STEPS + 1][32]; /* the digits of each loss */
};

/* Reads lines of exactly "step:I,loss:L". */
static struct losses parse_log(const char *log)
{
    struct losses all = {0};
    while (*log) {
        char line[128];
        size_t step;
        char digits[32];
        ck_assert_uint_le(all.count, STEPS);
        ck_assert_int_eq(sscanf(log, "step:%zu,loss:%31s", &step, digits), 2);
        snprintf(line, sizeof line, "step:%zu,loss:%s\n", step, digits);
        ck_assert_msg(!strncmp(log, line, strlen(line)), "%.80s", log);
        log += strlen(line);
        all.step[all.count] = step;
        all.loss[all.count] = strtod(digits, NULL);
        memcpy(all.text[all.count++], digits, sizeof digits);
    }
    return all;
}

/* The losses of the notebook after np.random.seed(seed). */
static struct losses golden(int seed)
{
    char path[1024], text[8192];
    struct losses all = {0};
    snprintf(path, sizeof path, "%s/golden/strided_training/seed%d/losses.csv",
             TEST_DATA, seed);
    get_text(path, text, sizeof text);
    for (char *line = strchr(text, '\n') + 1; *line;
         line = strchr(line, '\n') + 1) {
        ck_assert_uint_lt(all.count, STEPS);
        ck_assert_int_eq(
            sscanf(line, "%zu,%lf", &all.step[all.count], &all.loss[all.count]),
            2);
        all.count++;
    }
    ck_assert_uint_eq(all.count, STEPS);
    return all;
}

static void expect_losses(const struct losses *got, const struct losses *want,
                          double rtol, double atol)
{
    ck_assert_uint_eq(got->count, want->count);
    for (size_t i = 0; i < want->count; i++) {
        const double bound = rtol * fabs(want->loss[i]) + atol;
        ck_assert_uint_eq(got->step[i], i);
        ck_assert_double_le(fabs(got->loss[i] - want->loss[i]), bound);
    }
}

START_TEST(float64_prints_the_losses_of_the_notebook)
{
    char line[64];
    snprintf(line, sizeof line,
             "train --dtype float64 --seed %d --steps 50 --quiet", _i);
    const struct outcome outcome = run_expect(0, line);
    const struct losses got = parse_log(outcome.out), want = golden(_i);
    expect_losses(&got, &want, 1e-9, 1e-18);
    ck_assert_str_eq(outcome.err, "");
}
END_TEST

START_TEST(no_flags_print_the_same_to_the_precision_of_float32)
{
    const struct losses got = parse_log(run_expect(0, "train").out);
    const struct losses want = golden(0);
    expect_losses(&got, &want, 1e-4, 0);
}
END_TEST

/* How many digits a decimal number has after its leading zeros. */
static int significant_digits(const char *text)
{
    int count = 0;
    for (text += strspn(text, "0."); *text && *text != 'e'; text++)
        count += *text != '.';
    return count;
}

START_TEST(a_loss_has_the_fewest_digits_that_read_back_to_it)
{
    const struct losses got =
        parse_log(run_expect(0, "train --dtype float64").out);
    for (size_t i = 0; i < got.count; i++) {
        char exact[512], shorter[512];
        const int digits = significant_digits(got.text[i]);
        snprintf(exact, sizeof exact, "%.*g", digits, got.loss[i]);
        ck_assert_str_eq(got.text[i], exact);
        snprintf(shorter, sizeof shorter, "%.*g", digits - 1, got.loss[i]);
        ck_assert_double_ne(strtod(shorter, NULL), got.loss[i]);
    }
}
END_TEST

START_TEST(csv_and_jsonl_say_the_same_as_text)
{
    static char csv[TEXT_SIZE], jsonl[TEXT_SIZE];
    const struct losses got = parse_log(run_expect(0, "train").out);
    size_t c = (size_t)snprintf(csv, sizeof csv, "step,loss\n"), j = 0;
    for (size_t i = 0; i < got.count; i++) {
        c += (size_t)snprintf(csv + c, sizeof csv - c, "%zu,%s\n", i,
                              got.text[i]);
        j += (size_t)snprintf(jsonl + j, sizeof jsonl - j,
                              "{\"step\":%zu,\"loss\":%s}\n", i, got.text[i]);
    }
    ck_assert_uint_eq(got.count, STEPS);
    ck_assert_str_eq(run_expect(0, "train --log csv").out, csv);
    ck_assert_str_eq(run_expect(0, "train --log=jsonl").out, jsonl);
}
END_TEST

START_TEST(with_pictures_the_log_has_the_psnr_too)
{
    put_picture("in.png", "rgb8.png", 0, 0);
    static const char line[] =
        "train --input in.png --target filter:box --steps 1 --quiet --log %s";
    char command[128], expected[128], first[16];
    double loss, psnr;
    snprintf(command, sizeof command, line, "csv");
    const char *const csv = run_expect(0, command).out;
    ck_assert_int_eq(
        sscanf(csv, "step,loss,psnr\n0,%lf,%lf\n%15s", &loss, &psnr, first), 2);
    /* The preset's reduction is the mean, so the loss is the mean square. */
    ck_assert_double_eq_tol(psnr, -10 * log10(loss), 1e-12);

    snprintf(command, sizeof command, line, "jsonl");
    snprintf(expected, sizeof expected,
             "{\"step\":0,\"loss\":%.17g,\"psnr\":%.17g}\n", loss, psnr);
    const char *const jsonl = run_expect(0, command).out;
    double again, psnr_again;
    ck_assert_int_eq(sscanf(jsonl, "{\"step\":0,\"loss\":%lf,\"psnr\":%lf}\n%s",
                            &again, &psnr_again, first),
                     2);
    ck_assert_double_eq(again, loss);
    ck_assert_double_eq(psnr_again, psnr);
}
END_TEST

START_TEST(each_loss_can_be_followed_by_its_params)
{
    /* L = (3 w + b - 1)^2 from w = 1, b = 0: dw = 12, db = 4. */
    static const char line[] =
        "train --input 3 --target 1 --kernels 1 --kernel-size 1 --padding 0 "
        "--stride 1 --init-weight '[[[[1]]]]' --init-bias 0 --reduction mean "
        "--lr 0.125 --steps 2 --dtype float64 --quiet --log-params --log %s";
    static const char *const expected[][2] = {
        {"text", "step:0,loss:4,params:1 0\n"
                 "step:1,loss:9,params:-0.5 -0.5\n"},
        {"csv", "step,loss,params\n0,4,1 0\n1,9,-0.5 -0.5\n"},
        {"jsonl", "{\"step\":0,\"loss\":4,\"params\":[1,0]}\n"
                  "{\"step\":1,\"loss\":9,\"params\":[-0.5,-0.5]}\n"}};
    char command[512];
    for (size_t i = 0; i < 3; i++) {
        snprintf(command, sizeof command, line, expected[i][0]);
        ck_assert_str_eq(run_expect(0, command).out, expected[i][1]);
    }
}
END_TEST

START_TEST(log_every_prints_each_nth_step_and_the_last)
{
    const struct losses all = parse_log(run_expect(0, "train").out);
    const struct losses some =
        parse_log(run_expect(0, "train --log-every 8").out);
    ck_assert_uint_eq(some.count, 8);
    for (size_t i = 0; i < some.count; i++) {
        const size_t step = i < 7 ? 8 * i : 49;
        ck_assert_uint_eq(some.step[i], step);
        ck_assert_str_eq(some.text[i], all.text[step]);
    }
}
END_TEST

/* Trains `steps` steps, then says whether |1 - y| <= 1e-8 + 1e-5 |y| holds
 * everywhere for what `convlet conv` computes with the learned kernels. */
static bool is_close_after(size_t steps)
{
    char line[256];
    snprintf(line, sizeof line,
             "train --input x.npy --kernels 2 --dtype float64 --lr 0.01 "
             "--momentum 0.5 --quiet --rtol 0 --atol 0 --steps %zu --out w "
             "--force",
             steps);
    run_expect(0, line);
    put_param("w.npy", "w/model.safetensors", "0.weight");
    put_param("b.npy", "w/model.safetensors", "0.bias");
    run_expect(0, "conv --input x.npy --weight w.npy --bias b.npy --stride 2 "
                  "--padding 1 --force --output y.npy");
    cvl_tensor y = get_array("y.npy");
    bool close = true;
    for (size_t i = 0; i < y.count; i++) {
        const double value = cvl_tensor_get(&y, i);
        if (!(fabs(1 - value) <= 1e-8 + 1e-5 * fabs(value))) close = false;
    }
    cvl_tensor_free(&y);
    return close;
}

START_TEST(it_stops_at_the_first_step_whose_output_is_close)
{
    static const size_t shape[] = {1, 1, 2, 2};
    size_t last = 0;
    char note[160];
    put_array("x.npy", 4, shape);
    const struct outcome outcome =
        run_expect(0, "train --input x.npy --kernels 2 --dtype float64 --lr "
                      "0.01 --momentum 0.5 --steps 5000 --log-every 5000");
    ck_assert_int_eq(sscanf(strchr(outcome.out, '\n'), "\nstep:%zu", &last), 1);
    ck_assert_uint_gt(last, 10);
    ck_assert_uint_lt(last, 4999);
    snprintf(note, sizeof note,
             "stopped at step %zu: the output is close to the target (rtol "
             "1e-05, atol 1e-08)\n",
             last);
    ck_assert_ptr_nonnull(strstr(outcome.err, note));
    ck_assert(is_close_after(last));
    ck_assert(!is_close_after(last - 1));
}
END_TEST

/* A run large enough to be cut over threads, into `out`. */
static void train_large(size_t threads, const char *out, char log[TEXT_SIZE])
{
    char line[256];
    snprintf(line, sizeof line,
             "train --channels 6 --height 48 --width 40 --kernels 10 "
             "--kernel-size 3 --stride 1 --lr 1e-5 --steps 4 --quiet "
             "--threads %zu --out %s",
             threads, out);
    const struct outcome outcome = run_expect(0, line);
    memcpy(log, outcome.out, outcome.out_size + 1);
}

static void expect_same_file(const char *a, const char *b)
{
    static char first[TEXT_SIZE], second[TEXT_SIZE];
    const size_t size = get_text(a, first, sizeof first);
    ck_assert_uint_gt(size, 0);
    ck_assert_uint_eq(get_text(b, second, sizeof second), size);
    ck_assert_mem_eq(first, second, size);
}

START_TEST(threads_never_change_a_byte)
{
    static char one[TEXT_SIZE], more[TEXT_SIZE];
    static const size_t threads[] = {2, 3, 7};
    train_large(1, "one", one);
    for (size_t i = 0; i < 3; i++) {
        train_large(threads[i], "more", more);
        ck_assert_str_eq(one, more);
        expect_same_file("one/loss.csv", "more/loss.csv");
        expect_same_file("one/model.safetensors", "more/model.safetensors");
        remove_tree("more");
    }
}
END_TEST

#define UNUSUAL                                                             \
    "--batch 3 --channels 2 --height 9 --width 7 --kernels 4 "              \
    "--kernel-size 3,2 --stride 2,1 --padding 0,1,2,1 --dilation 1,2 "      \
    "--groups 2 --no-bias --seed 77 --steps 6 --lr 0.0123 --momentum 0.7 "  \
    "--nesterov --weight-decay 1e-3 --reduction mean --init kaiming --log " \
    "csv --dtype float64 --quiet "

START_TEST(a_printed_config_runs_the_same_again)
{
    static char log[TEXT_SIZE];
    const struct outcome first = run_expect(0, "train " UNUSUAL);
    memcpy(log, first.out, first.out_size + 1);
    const struct outcome printed =
        run_expect(0, "train " UNUSUAL "--print-config");
    put_bytes("saved.ini", printed.out, printed.out_size);
    ck_assert_str_eq(run_expect(0, "train --config saved.ini").out, log);
}
END_TEST

START_TEST(the_config_of_a_run_directory_runs_the_same_again)
{
    run_expect(0, "train " UNUSUAL "--out first");
    run_expect(0, "train --config first/config.ini --out second");
    expect_same_file("first/loss.csv", "second/loss.csv");
    expect_same_file("first/model.safetensors", "second/model.safetensors");
}
END_TEST

START_TEST(a_config_may_hold_settings_that_a_net_leaves_idle)
{
    static const char line[] = "train --net 'conv 4 2x2 stride=2 padding=1' "
                               "--quiet --out run";
    run_expect(0, line);
    const struct outcome again =
        run_expect(0, "train --config run/config.ini --quiet --out again");
    ck_assert_str_eq(again.err, "");
    ck_assert_uint_eq(parse_log(again.out).count, STEPS);
    expect_same_file("run/loss.csv", "again/loss.csv");
}
END_TEST

START_TEST(force_and_only_force_overwrites_a_run)
{
    char before[TEXT_SIZE / 8], after[TEXT_SIZE / 8];
    run_expect(0, "train --quiet --steps 2 --out kept");
    get_text("kept/loss.csv", before, sizeof before);
    run_expect(2, "train --quiet --steps 3 --out kept");
    get_text("kept/loss.csv", after, sizeof after);
    ck_assert_str_eq(before, after);
    run_expect(0, "train --quiet --steps 3 --out kept --force");
    get_text("kept/loss.csv", after, sizeof after);
    ck_assert_ptr_nonnull(strstr(after, "\n2,"));
}
END_TEST

START_TEST(the_banner_goes_to_standard_error_and_quiet_silences_it)
{
    static char log[TEXT_SIZE];
    const struct outcome loud = run_expect(0, "train --threads 1 --isa base");
    memcpy(log, loud.out, loud.out_size + 1);
    ck_assert_uint_eq(parse_log(log).count, STEPS);
    ck_assert_ptr_eq(strstr(loud.err, "convlet train: preset notebook, seed "
                                      "0\n"),
                     loud.err);
    ck_assert_ptr_nonnull(strstr(loud.err, " 52  "));
    const struct outcome quiet =
        run_expect(0, "train --threads 1 --isa base --quiet");
    ck_assert_str_eq(quiet.err, "");
    ck_assert_str_eq(quiet.out, log);
}
END_TEST

START_TEST(quiet_silences_the_note_about_alpha_too)
{
    static const char line[] = "train --input a.png --target filter:box "
                               "--steps 1 --quiet";
    char loud[sizeof line];
    snprintf(loud, sizeof loud, "%.*s", (int)(strstr(line, " --q") - line),
             line);
    put_picture("a.png", "rgba8.png", 0, 0);
    ck_assert_ptr_nonnull(
        strstr(run_expect(0, loud).err,
               "convlet train: note: a.png: its alpha channel is ignored\n"));
    ck_assert_str_eq(run_expect(0, line).err, "");
}
END_TEST

START_TEST(a_reader_that_leaves_ends_it_quietly)
{
    /* More lines than a pipe holds, so that it cannot end before. */
    const struct outcome outcome =
        run("train --quiet --steps 100000 --rtol 0 --atol 0 | 30");
    ck_assert_int_eq(outcome.status, RUN_SIGNAL + SIGPIPE);
    ck_assert_str_eq(outcome.err, "");
}
END_TEST

START_TEST(a_closed_standard_output_is_not_mistaken_for_a_file)
{
    char csv[TEXT_SIZE / 8];
    const struct outcome outcome =
        run_expect(1, "train --quiet --steps 3 --out run >&-");
    ck_assert_str_eq(outcome.err,
                     "convlet train: cannot write to standard output\n");
    get_text("run/loss.csv", csv, sizeof csv);
    ck_assert_ptr_null(strstr(csv, "step:"));
}
END_TEST

START_TEST(json_has_null_for_what_is_no_number)
{
    const struct outcome outcome =
        run_expect(4, "train --quiet --lr 1e30 --log jsonl");
    const char *const end = "\"loss\":null}\n";
    const size_t length = strlen(end);
    ck_assert_uint_gt(outcome.out_size, length);
    ck_assert_str_eq(outcome.out + outcome.out_size - length, end);
    ck_assert_ptr_null(strstr(outcome.out, "nan"));
    ck_assert_ptr_null(strstr(outcome.out, "inf"));
}
END_TEST

START_TEST(a_diverging_run_keeps_its_log_up_to_the_last_loss)
{
    char csv[TEXT_SIZE / 8];
    const struct outcome outcome =
        run_expect(4, "train --quiet --dtype float64 --lr 1e30 --log csv "
                      "--out run");
    get_text("run/loss.csv", csv, sizeof csv);
    ck_assert_str_eq(outcome.out, csv);
    ck_assert_ptr_nonnull(strstr(csv, ",inf\n"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        no_flags_print_the_same_to_the_precision_of_float32,
        a_loss_has_the_fewest_digits_that_read_back_to_it,
        csv_and_jsonl_say_the_same_as_text,
        with_pictures_the_log_has_the_psnr_too,
        each_loss_can_be_followed_by_its_params,
        log_every_prints_each_nth_step_and_the_last,
        it_stops_at_the_first_step_whose_output_is_close,
        threads_never_change_a_byte,
        a_printed_config_runs_the_same_again,
        the_config_of_a_run_directory_runs_the_same_again,
        a_config_may_hold_settings_that_a_net_leaves_idle,
        force_and_only_force_overwrites_a_run,
        the_banner_goes_to_standard_error_and_quiet_silences_it,
        quiet_silences_the_note_about_alpha_too,
        a_reader_that_leaves_ends_it_quietly,
        a_closed_standard_output_is_not_mistaken_for_a_file,
        json_has_null_for_what_is_no_number,
        a_diverging_run_keeps_its_log_up_to_the_last_loss,
    };
    Suite *const suite = suite_create("train");
    TCase *const all = tcase_create("train");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_loop_test(all, float64_prints_the_losses_of_the_notebook, 0, 3);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(all, tests[i]);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
