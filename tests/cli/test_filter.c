/* test_filter.c - a layer learns a filter from the shipped picture. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "convlet/npy.h"
#include "expect.h"
#include "fixtures.h"
#include "run.h"

enum { SIDE = 512, CHANNELS = 3 };

/* One run, of which the tests read what it said and left. */
static struct outcome training;
static char losses[1 << 16], notes[1 << 14];

static void train(void)
{
    char line[1024];
    enter_scratch();
    snprintf(line, sizeof line,
             "train --input %s/sample.png --target filter:gaussian --kernels 3 "
             "--groups 3 --kernel-size 5 --stride 1 --padding 2 --steps 500 "
             "--out run",
             ASSETS);
    training = run(line);
    snprintf(losses, sizeof losses, "%s", training.out);
    snprintf(notes, sizeof notes, "%s", training.err);
}

START_TEST(the_run_ends_well_and_says_that_it_took_the_preset)
{
    ck_assert_msg(training.status == 0, "%s", notes);
    static const char banner[] =
        "convlet train: preset filter (the input is a picture), seed 0\n";
    ck_assert_str_eq(strstr(notes, banner) ? banner : notes, banner);
    ck_assert_ptr_nonnull(strstr(notes, "wrote run/prediction.png\n"));
}
END_TEST

START_TEST(the_loss_falls)
{
    double first, last = 0;
    size_t step;
    ck_assert_int_eq(sscanf(losses, "step:0,loss:%lf\n", &first), 1);
    for (const char *line = losses; *line; line = strchr(line, '\n') + 1)
        ck_assert_int_eq(sscanf(line, "step:%zu,loss:%lf\n", &step, &last), 2);
    ck_assert_uint_gt(step, 0);
    ck_assert_double_lt(last, first / 100);
}
END_TEST

START_TEST(each_kernel_is_the_gaussian)
{
    static const double row[] = {1, 4, 6, 4, 1};
    static const size_t shape[] = {CHANNELS, 1, 5, 5}, biases[] = {CHANNELS};
    put_param("w.npy", "run/model.safetensors", "0.weight");
    put_param("b.npy", "run/model.safetensors", "0.bias");
    cvl_tensor w = get_array("w.npy"), b = get_array("b.npy");
    expect_shape(&w, 4, shape);
    expect_shape(&b, 1, biases);
    for (size_t i = 0; i < w.count; i++) {
        const double want = row[i % 25 / 5] * row[i % 5] / 256;
        ck_assert_double_eq_tol(cvl_tensor_get(&w, i), want, 0.01);
    }
    for (size_t i = 0; i < b.count; i++)
        ck_assert_double_eq_tol(cvl_tensor_get(&b, i), 0, 0.01);
    cvl_tensor_free(&w);
    cvl_tensor_free(&b);
}
END_TEST

/* The pixels of a picture: what the convolution with 1 makes of it. */
static cvl_tensor get_picture(const char *name)
{
    static const size_t ones[] = {CHANNELS, 1, 1, 1};
    static const size_t shape[] = {1, CHANNELS, SIDE, SIDE};
    char line[128];
    cvl_tensor w;
    cvl_error err;
    expect_ok(cvl_tensor_init(&w, CVL_F32, 4, ones, &err), err);
    cvl_tensor_fill(&w, 1);
    expect_ok(cvl_npy_save("ones.npy", &w, &err), err);
    cvl_tensor_free(&w);
    snprintf(line, sizeof line,
             "conv --input run/%s --weight ones.npy --groups 3 --output "
             "pixels.npy --force",
             name);
    run_expect(0, line);
    cvl_tensor pixels = get_array("pixels.npy");
    expect_shape(&pixels, 4, shape);
    return pixels;
}

/* In decibel, of pictures whose largest value is 1. Frees both. */
static double psnr(cvl_tensor a, cvl_tensor b)
{
    double sum = 0;
    for (size_t i = 0; i < a.count; i++) {
        const double d = cvl_tensor_get(&a, i) - cvl_tensor_get(&b, i);
        sum += d * d;
    }
    sum /= (double)a.count;
    cvl_tensor_free(&a);
    cvl_tensor_free(&b);
    return -10 * log10(sum);
}

START_TEST(the_prediction_is_the_target_and_not_the_input)
{
    ck_assert_double_gt(
        psnr(get_picture("prediction.png"), get_picture("target.png")), 35);
    ck_assert_double_lt(
        psnr(get_picture("input.png"), get_picture("target.png")), 35);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("filter");
    TCase *const all = tcase_create("filter");
    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, train, leave_scratch);
    tcase_add_test(all, the_run_ends_well_and_says_that_it_took_the_preset);
    tcase_add_test(all, the_loss_falls);
    tcase_add_test(all, each_kernel_is_the_gaussian);
    tcase_add_test(all, the_prediction_is_the_target_and_not_the_input);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
