/* test_recover.c - the filter between two pictures is found again. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/conv2d.h"
#include "convlet/memory.h"
#include "convlet/random.h"
#include "expect.h"
#include "fixtures.h"
#include "pictures/picture.h"
#include "pictures/srgb.h"
#include "run.h"
#include "sanitized.h"

enum { CHANNELS = 3, MAX_TAPS = 49 };

/* What is unknown to the run: kernels [C,1,KH,KW] and one bias for all. */
static const struct secret {
    const char *name;
    size_t rows, columns, stride;
    bool per_channel; /* else all channels have the same kernel */
    const char *flags;
} secrets[] = {
    {"5x5", 5, 5, 1, false, "--groups 3"},
    {"7x7", 7, 7, 1, false, "--groups 3 --kernel-size 7"},
    {"asymmetric", 3, 6, 1, true, "--groups 3 --kernel-size 3,6"},
    {"strided", 5, 5, 2, false, "--groups 3 --stride 2"},
    {"per channel", 5, 5, 1, true, "--groups 3"},
    {"across channels", 5, 5, 1, true, ""},
};
enum { SECRETS = sizeof secrets / sizeof secrets[0], QUICK = 3 };

/* Kernels of both signs that keep a picture within its range, nearly. */
static void draw(const struct secret *secret, cvl_tensor *w)
{
    cvl_random random;
    const size_t taps = secret->rows * secret->columns;
    cvl_random_seed(&random, 5);
    cvl_random_fill_normal(&random, w, 0, 0.08);
    for (size_t c = 0; c < CHANNELS; c++) {
        double sum = 0;
        for (size_t i = 0; i < taps; i++) {
            const size_t from = secret->per_channel ? c : 0;
            cvl_tensor_set(w, c * taps + i, cvl_tensor_get(w, from * taps + i));
            sum += cvl_tensor_get(w, c * taps + i);
        }
        for (size_t i = 0; secret->per_channel || c == 0 ? i < taps : false;
             i++)
            cvl_tensor_set(w, c * taps + i,
                           cvl_tensor_get(w, c * taps + i) +
                               (0.8 - sum) / (double)taps);
    }
}

/* Writes after.png: the shipped picture, or the light in it, through the
 * filter, in 8 bits. */
static void filter(const struct secret *secret, const cvl_tensor *w,
                   bool linear)
{
    cvl_tensor x, y, bias;
    cvl_conv2d conv;
    cvl_conv2d_geometry g = {.batch = 1,
                             .in_channels = CHANNELS,
                             .out_channels = CHANNELS,
                             .kernel_height = secret->rows,
                             .kernel_width = secret->columns,
                             .stride_y = secret->stride,
                             .stride_x = secret->stride,
                             .dilation_y = 1,
                             .dilation_x = 1,
                             .groups = CHANNELS};
    static const size_t biases[] = {CHANNELS};
    size_t shape[4];
    void *work;
    const cvl_exec exec = cvl_exec_default();
    cvl_error err;
    expect_ok(picture_load(ASSETS "/sample.png", CVL_F64, &x, NULL, &err), err);
    if (linear) srgb_decode_all(&x);
    g.in_height = x.shape[2];
    g.in_width = x.shape[3];
    cvl_conv2d_pad_same(&g);
    expect_ok(cvl_conv2d_init(&conv, &g, CVL_F64, CVL_CONV_AUTO, &exec, &err),
              err);
    cvl_conv2d_output_shape(&g, shape);
    expect_ok(cvl_tensor_init(&y, CVL_F64, 4, shape, &err), err);
    expect_ok(cvl_tensor_init(&bias, CVL_F64, 1, biases, &err), err);
    expect_ok(cvl_alloc(&work, cvl_conv2d_work_bytes(&conv), "", &err), err);
    cvl_tensor_fill(&bias, 0.05);
    cvl_conv2d_forward(&conv, &x, w, &bias, &y, work);
    if (linear) srgb_encode_all(&y);
    expect_ok(picture_save("after.png", &y, &err), err);
    cvl_free(work);
    cvl_tensor_free(&x);
    cvl_tensor_free(&y);
    cvl_tensor_free(&bias);
    cvl_conv2d_free(&conv);
}

/* Every coefficient of the model is the secret's; across channels, 0. */
static void expect_found(const struct secret *secret, const cvl_tensor *w,
                         double tolerance)
{
    const size_t taps = secret->rows * secret->columns;
    put_param("w.npy", "run/model.safetensors", "0.weight");
    put_param("b.npy", "run/model.safetensors", "0.bias");
    cvl_tensor got = get_array("w.npy"), bias = get_array("b.npy");
    const size_t inputs = got.shape[1];
    ck_assert_uint_eq(got.count, CHANNELS * inputs * taps);
    for (size_t i = 0; i < got.count; i++) {
        const size_t out = i / taps / inputs, in = i / taps % inputs;
        const double want = inputs == 1 || in == out
                                ? cvl_tensor_get(w, out * taps + i % taps)
                                : 0;
        ck_assert_msg(fabs(cvl_tensor_get(&got, i) - want) <= tolerance,
                      "%s: weight %zu is %g, not %g", secret->name, i,
                      cvl_tensor_get(&got, i), want);
    }
    for (size_t i = 0; i < CHANNELS; i++)
        ck_assert_double_eq_tol(cvl_tensor_get(&bias, i), 0.05, tolerance);
    cvl_tensor_free(&got);
    cvl_tensor_free(&bias);
}

static struct outcome recover(const struct secret *secret,
                              const char *optimizer, double tolerance)
{
    const size_t shape[4] = {CHANNELS, 1, secret->rows, secret->columns};
    char line[1024];
    cvl_tensor w;
    cvl_error err;
    expect_ok(cvl_tensor_init(&w, CVL_F64, 4, shape, &err), err);
    draw(secret, &w);
    filter(secret, &w, false);
    snprintf(line, sizeof line,
             "train --preset filter --input %s/sample.png --target after.png "
             "--optimizer %s %s --out run",
             ASSETS, optimizer, secret->flags);
    const struct outcome outcome = run_expect(0, line);
    /* The shipped picture has all the detail that it takes. */
    ck_assert_ptr_null(strstr(outcome.err, "warning"));
    expect_found(secret, &w, tolerance);
    cvl_tensor_free(&w);
    return outcome;
}

/* And says so; of many weights in fewer steps than there are. */
START_TEST(cg_finds_every_coefficient_and_stops)
{
    const struct outcome outcome = recover(&secrets[_i], "cg", 0.005);
    const char *const end = strstr(outcome.err, "stopped after step ");
    if (_i != SECRETS - 1) return;
    ck_assert_msg(end != NULL, "%s", outcome.err);
    ck_assert_ptr_nonnull(
        strstr(end, ": conjugate gradients have converged, the gradient is "));
    ck_assert_uint_lt(strtoul(end + strlen("stopped after step "), NULL, 10),
                      228 * 3 / 4);
}
END_TEST

/* The largest difference between the model's kernel and the first channel's. */
static double kernel_error(const cvl_tensor *w)
{
    double worst = 0;
    put_param("w.npy", "run/model.safetensors", "0.weight");
    cvl_tensor got = get_array("w.npy");
    for (size_t i = 0; i < got.count; i++)
        worst =
            fmax(worst, fabs(cvl_tensor_get(&got, i) - cvl_tensor_get(w, i)));
    cvl_tensor_free(&got);
    return worst;
}

static cvl_tensor make_secret(bool linear)
{
    static const size_t shape[4] = {CHANNELS, 1, 5, 5};
    cvl_tensor w;
    cvl_error err;
    expect_ok(cvl_tensor_init(&w, CVL_F64, 4, shape, &err), err);
    draw(&secrets[0], &w);
    filter(&secrets[0], &w, linear);
    return w;
}

#define BETWEEN                                                               \
    "train --preset filter --input " ASSETS "/sample.png --target after.png " \
    "--optimizer cg --out run "

/* One kernel of 25 weights; the pictures that are kept have three channels. */
START_TEST(one_filter_is_found_for_all_channels)
{
    cvl_tensor w = make_secret(false), picture;
    cvl_error err;
    const struct outcome outcome = run_expect(0, BETWEEN "--share-channels");
    ck_assert_ptr_nonnull(strstr(outcome.err, "conv 1 5x5"));
    ck_assert_ptr_nonnull(strstr(outcome.err, "  input f32[3x1x512x512]"));
    ck_assert_double_lt(kernel_error(&w), 0.005);
    expect_ok(picture_load("run/prediction.png", CVL_F32, &picture, NULL, &err),
              err);
    ck_assert_uint_eq(picture.shape[1], CHANNELS);
    cvl_tensor_free(&picture);
    cvl_tensor_free(&w);
}
END_TEST

/* A filter of light is none of the numbers in the file. */
START_TEST(a_filter_of_light_is_found_in_linear_light)
{
    double psnr;
    cvl_tensor w = make_secret(true);
    run_expect(0, BETWEEN "--share-channels --linear-light");
    ck_assert_double_lt(kernel_error(&w), 0.01);
    const struct outcome applied =
        run_expect(0, "apply --model run/model.safetensors " ASSETS
                      "/sample.png --compare after.png");
    ck_assert_ptr_nonnull(strstr(applied.out, " psnr:"));
    psnr = strtod(strstr(applied.out, " psnr:") + 6, NULL);
    ck_assert_double_gt(psnr, 35);
    run_expect(0, BETWEEN "--share-channels --force");
    ck_assert_double_gt(kernel_error(&w), 0.02);
    cvl_tensor_free(&w);
}
END_TEST

START_TEST(sgd_finds_every_coefficient)
{
    recover(&secrets[_i], "sgd", 0.02);
}
END_TEST

START_TEST(adam_finds_every_coefficient)
{
    recover(&secrets[_i], "adam", 0.02);
}
END_TEST

/* A flat picture, or a ramp that goes nowhere else, in 8 bits. */
static void put_ramp(const char *name, double slope)
{
    static const size_t shape[] = {1, 1, 64, 64};
    cvl_tensor x;
    cvl_error err;
    expect_ok(cvl_tensor_init(&x, CVL_F64, 4, shape, &err), err);
    for (size_t i = 0; i < x.count; i++)
        cvl_tensor_set(&x, i, 0.25 + slope * (double)(i % 64) / 64);
    expect_ok(picture_save(name, &x, &err), err);
    cvl_tensor_free(&x);
}

START_TEST(a_picture_without_detail_brings_a_warning)
{
    static const double slopes[] = {0, 0.5};
    static const char warning[] =
        "convlet train: warning: in.png has too little detail to tell which "
        "kernel was applied";
    put_ramp("in.png", slopes[_i]);
    const struct outcome outcome = run_expect(
        0, "train --input in.png --target filter:gaussian --steps 2");
    ck_assert_msg(strstr(outcome.err, warning) != NULL, "%s", outcome.err);
    ck_assert_str_eq(run_expect(0, "train --input in.png --target "
                                   "filter:gaussian --steps 2 --quiet")
                         .err,
                     "");
}
END_TEST

START_TEST(a_jpeg_brings_a_warning)
{
    if (UNDER_TSAN) return;
    put_ramp("in.jpg", 0.5);
    const struct outcome outcome = run_expect(
        0, "train --input in.jpg --target filter:gaussian --steps 2");
    ck_assert_ptr_nonnull(
        strstr(outcome.err, "convlet train: warning: in.jpg is a JPEG: what "
                            "its compression changed is learned too\n"));
}
END_TEST

/* 2 of 4 x 4 outputs of a 3x3 kernel see no padding along each axis. */
START_TEST(what_counts_is_said)
{
    static const size_t shape[] = {1, 1, 4, 4};
    cvl_tensor x;
    cvl_error err;
    expect_ok(cvl_tensor_init(&x, CVL_F64, 4, shape, &err), err);
    for (size_t i = 0; i < x.count; i++)
        cvl_tensor_set(&x, i, i == 5 ? 1.0 : 0.5);
    expect_ok(picture_save("a.png", &x, &err), err);
    cvl_tensor_free(&x);
#define LINE "train --input a.png --target a.png --kernel-size 3 --steps 2 "
    ck_assert_ptr_nonnull(
        strstr(run_expect(0, LINE).err,
               "  3 of 16 outputs count: valid region, without 0 and 255\n"));
    ck_assert_ptr_nonnull(strstr(run_expect(0, LINE "--no-mask-clipped").err,
                                 "  4 of 16 outputs count: valid region\n"));
    ck_assert_ptr_nonnull(
        strstr(run_expect(0, LINE "--region all").err,
               "  15 of 16 outputs count: all, without 0 and 255\n"));
    ck_assert_ptr_null(
        strstr(run_expect(0, LINE "--region all --no-mask-clipped").err,
               "outputs count"));
}
END_TEST

/* The number behind these words, which must be there. */
static double number_after(const char *text, const char *words)
{
    const char *const place = strstr(text, words);
    ck_assert_msg(place != NULL, "no '%s' in: %s", words, text);
    return strtod(place + strlen(words), NULL);
}

START_TEST(best_names_the_lowest_loss_and_changes_nothing)
{
    static char log[1 << 14];
#define SHORT "train --dtype float64 --reduction mean --no-bias "
    const struct outcome plain = run_expect(0, SHORT);
    ck_assert_ptr_null(strstr(plain.err, "the best"));
    snprintf(log, sizeof log, "%s", plain.out);
    const struct outcome outcome = run_expect(0, SHORT "--best");
    ck_assert_str_eq(outcome.out, log);
    const char *const line = strstr(outcome.err, "loss ");
    ck_assert_ptr_nonnull(line);
    const double own = number_after(line, "loss ");
    const double best =
        number_after(line, "the best that this layer can do is ");
    const double last = number_after(log, "step:49,loss:");
    ck_assert_double_lt(own, last);
    /* Conjugate gradients end at the same loss. */
    const struct outcome cg =
        run_expect(0, SHORT "--optimizer cg --steps 999 --best");
    ck_assert_ptr_nonnull(strstr(cg.err, "conjugate gradients have converged"));
    const double cg_own = number_after(cg.err, "\nloss ");
    ck_assert_double_eq_tol(cg_own, best, 1e-6 * best);
    ck_assert_double_lt(best, own);
}
END_TEST

/* The rate that auto chose stands in the run's config and runs the same. */
START_TEST(auto_is_kept_as_the_rate_that_it_was)
{
    static char log[1 << 14], config[1 << 14];
    snprintf(log, sizeof log, "%s",
             run_expect(0, "train --lr auto --momentum 0.5 --out run").out);
    get_text("run/config.ini", config, sizeof config);
    ck_assert_double_gt(number_after(config, "\nlr = "), 0);
    ck_assert_str_eq(
        run_expect(0, "train --config run/config.ini --out again").out, log);
}
END_TEST

/* Adam settles in whitened coordinates alone with an epsilon of their size. */
START_TEST(auto_is_an_epsilon_for_the_coordinates)
{
    static const struct {
        const char *line, *kept;
    } runs[] = {{"train --input in.png --optimizer adam", "\nepsilon = 0.01"},
                {"train --input in.png --optimizer adam --no-whiten",
                 "\nepsilon = 1e-08"},
                {"train --input in.png --optimizer adam --net "
                 "'conv 2 3x3 padding=1, relu, conv 1 1x1'",
                 "\nepsilon = 1e-08"},
                {"train --input in.png --optimizer adam --epsilon 0.5",
                 "\nepsilon = 0.5"},
                {"train --input in.png --optimizer sgd", "\nepsilon = auto"},
                {"train --optimizer adam", "\nepsilon = 1e-08"}};
    static char config[1 << 14];
    char line[256];
    put_ramp("in.png", 0.5);
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        snprintf(line, sizeof line, "%s --steps 2 --out run --force%s",
                 runs[i].line,
                 strstr(runs[i].line, "in.png") ? " --target in.png" : "");
        run_expect(0, line);
        get_text("run/config.ini", config, sizeof config);
        ck_assert_msg(strstr(config, runs[i].kept) != NULL, "%s: %s", line,
                      config);
    }
}
END_TEST

START_TEST(a_window_too_large_to_be_examined_is_told)
{
    put_ramp("in.png", 0.5);
    const char *const err =
        run_expect(0, "train --input in.png --target in.png --steps 1 "
                      "--kernel-size 23")
            .err;
    ck_assert_msg(strstr(err, "convlet train: warning: a window of this layer "
                              "has more than 512 numbers: steps are not "
                              "whitened, and whether in.png can tell which "
                              "kernel was applied is not known; try a smaller "
                              "kernel, or --groups\n") != NULL,
                  "%s", err);
}
END_TEST

/* A lone layer that cannot be wrong, and a stack, at its local estimate. */
START_TEST(auto_goes_down_without_a_further_flag)
{
    static const char *const lines[] = {
        "train --lr auto --no-bias --steps 300 --log-every 299",
        "train --lr auto --init kaiming --steps 300 --log-every 299 --net "
        "'conv 4 3x3, relu, conv 2 3x3'"};
    const struct outcome outcome = run_expect(0, lines[_i]);
    ck_assert_ptr_nonnull(
        strstr(outcome.err, "  lr is auto; stable below 2/lambda_max = "));
    ck_assert((strstr(outcome.err, "(a local estimate)") != NULL) == (_i == 1));
    const double first = number_after(outcome.out, "step:0,loss:");
    const double last = number_after(outcome.out, "step:299,loss:");
    ck_assert_double_lt(last, first / 4);
}
END_TEST

/* A smooth picture makes a long valley: more steps than there are weights.
 * The losses are those of NumPy's least squares. */
static const struct {
    const char *size;
    double loss;
} valleys[] = {{"3", 5.026625051e-6}, {"5", 1.242178470e-6}};
#define VALLEY                                                                \
    "train --input " TEST_DATA "/pictures/blurred_in.png --target " TEST_DATA \
    "/pictures/blurred_out.png --share-channels --dtype "                     \
    "float64 --optimizer cg --best --log-every 10000 --kernel-size "

START_TEST(cg_goes_on_to_the_end_of_a_long_valley)
{
    char line[1024];
    const double want = valleys[_i].loss;
    snprintf(line, sizeof line, VALLEY "%s", valleys[_i].size);
    const struct outcome outcome = run_expect(0, line);
    ck_assert_ptr_nonnull(strstr(outcome.err, "gradients have converged"));
    const char *const last = strstr(outcome.out, "\nstep:");
    ck_assert_double_eq_tol(number_after(last, "loss:"), want, 1e-6 * want);
    ck_assert_double_eq_tol(number_after(outcome.err, "can do is "), want,
                            4e-6 * want); /* of six digits */
}
END_TEST

START_TEST(cg_that_ran_out_of_steps_goes_on)
{
    const double want = valleys[0].loss;
    run_expect(0, VALLEY "3 --steps 10 --quiet --out run");
    const struct outcome outcome = run_expect(0, "train --resume run --steps "
                                                 "1000");
    ck_assert_ptr_nonnull(strstr(outcome.err, "gradients have converged"));
    ck_assert_double_eq_tol(number_after(outcome.err, "\nloss "), want,
                            4e-6 * want);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("recover");
    TCase *const all = tcase_create("recover");
    TCase *const slow = tcase_create("recover_all");
    tcase_set_timeout(all, 120);
    tcase_set_timeout(slow, 120);
    tcase_set_tags(slow, "slow");
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_checked_fixture(slow, enter_scratch, leave_scratch);
    tcase_add_loop_test(slow, cg_finds_every_coefficient_and_stops, 0, SECRETS);
    tcase_add_loop_test(slow, sgd_finds_every_coefficient, 0, SECRETS);
    tcase_add_loop_test(slow, adam_finds_every_coefficient, 0, SECRETS);
    tcase_add_loop_test(all, cg_finds_every_coefficient_and_stops, QUICK,
                        QUICK + 1);
    tcase_add_loop_test(all, sgd_finds_every_coefficient, QUICK, QUICK + 1);
    tcase_add_loop_test(all, adam_finds_every_coefficient, QUICK, QUICK + 1);
    tcase_add_test(all, one_filter_is_found_for_all_channels);
    tcase_add_test(all, a_filter_of_light_is_found_in_linear_light);
    tcase_add_loop_test(all, a_picture_without_detail_brings_a_warning, 0, 2);
    tcase_add_test(all, a_jpeg_brings_a_warning);
    tcase_add_test(all, what_counts_is_said);
    tcase_add_loop_test(all, cg_goes_on_to_the_end_of_a_long_valley, 0, 2);
    tcase_add_test(all, cg_that_ran_out_of_steps_goes_on);
    tcase_add_test(all, best_names_the_lowest_loss_and_changes_nothing);
    tcase_add_loop_test(all, auto_goes_down_without_a_further_flag, 0, 2);
    tcase_add_test(all, auto_is_kept_as_the_rate_that_it_was);
    tcase_add_test(all, auto_is_an_epsilon_for_the_coordinates);
    tcase_add_test(all, a_window_too_large_to_be_examined_is_told);
    suite_add_tcase(suite, all);
    suite_add_tcase(suite, slow);
    return run_suite(suite);
}
