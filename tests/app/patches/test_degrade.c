/* test_degrade.c - what is done to good pictures, by its numbers. */
#include "patches/degrade.h"

#include <math.h>
#include <string.h>

#include "expect.h"

enum { HEIGHT = 12, WIDTH = 17, COUNT = HEIGHT * WIDTH };

static cvl_tensor wrap(float *pixels, size_t channels, size_t height,
                       size_t width)
{
    const size_t shape[4] = {1, channels, height, width};
    return cvl_tensor_wrap(CVL_F32, 4, shape, pixels);
}

static void degrade(const char *text, float *from, float *to)
{
    const cvl_tensor clean = wrap(from, 1, HEIGHT, WIDTH);
    cvl_tensor degraded = wrap(to, 1, HEIGHT, WIDTH);
    struct degrade how;
    struct degrader degrader;
    cvl_error err;
    expect_ok(degrade_parse(text, &how, &err), err);
    expect_ok(degrader_init(&degrader, &how, clean.shape, &err), err);
    degrader_apply(&degrader, &clean, &degraded, NULL);
    degrader_free(&degrader);
    degrader_free(&degrader);
}

START_TEST(each_kind_is_read)
{
    static const struct {
        const char *text;
        enum degrade_kind kind;
        double amount;
    } good[] = {{"noise:25", DEGRADE_NOISE, 25},
                {"noise:0.5", DEGRADE_NOISE, 0.5},
                {"blur:1.2", DEGRADE_BLUR, 1.2},
                {"down:2", DEGRADE_DOWN, 2},
                {"shrink:3", DEGRADE_SHRINK, 3}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct degrade how;
        cvl_error err;
        expect_ok(degrade_parse(good[i].text, &how, &err), err);
        ck_assert_int_eq(how.kind, good[i].kind);
        ck_assert_double_eq(how.amount, good[i].amount);
    }
}
END_TEST

START_TEST(what_is_no_degradation_is_refused_with_what_would_be)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"noise", "--degrade: 'noise' is not a way to degrade; did you mean "
                  "'noise:...'?"},
        {"nosie:3", "--degrade: 'nosie:3' is not a way to degrade; did you "
                    "mean 'noise:...'?"},
        {"jpeg:9", "--degrade: 'jpeg:9' is not noise:25, blur:1.2, "
                   "down:2 or shrink:2"},
        {"noise:", "--degrade: 'noise:' needs a deviation above 0 and up to "
                   "255, as noise:25"},
        {"noise:0", "--degrade: 'noise:0' needs a deviation above 0 and up to "
                    "255, as noise:25"},
        {"noise:inf", "--degrade: 'noise:inf' needs a deviation above 0 and up "
                      "to 255, as noise:25"},
        {"blur:21", "--degrade: 'blur:21' needs a deviation in pixels above 0 "
                    "and up to 20, as blur:1.2"},
        {"down:1", "--degrade: 'down:1' needs a whole number from 2 to 8, as "
                   "down:2"},
        {"down:2.5", "--degrade: 'down:2.5' needs a whole number from 2 to 8, "
                     "as down:2"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct degrade how = {DEGRADE_BLUR, 3};
        cvl_error err;
        expect_fail(degrade_parse(bad[i].text, &how, &err), err, CVL_EINVAL,
                    bad[i].message);
        ck_assert_double_eq(how.amount, 3);
    }
}
END_TEST

START_TEST(a_flat_picture_stays_as_it_is)
{
    static const char *const all[] = {"noise:9", "blur:2", "down:2", "down:5"};
    float flat[COUNT], after[COUNT];
    for (size_t i = 0; i < COUNT; i++) flat[i] = 0.375F;
    degrade(all[_i], flat, after);
    for (size_t i = 0; i < COUNT; i++)
        ck_assert_float_eq_tol(after[i], 0.375F, 1e-6F);
}
END_TEST

/* The deviation of a blurred point, whose sum stays 1. */
START_TEST(a_blur_spreads_a_point_by_its_deviation)
{
    float point[COUNT] = {0}, after[COUNT];
    double sum = 0, spread = 0;
    point[5 * WIDTH + 8] = 1;
    degrade("blur:1.2", point, after);
    for (size_t i = 0; i < COUNT; i++) {
        const double x = (double)(i % WIDTH) - 8;
        sum += (double)after[i];
        spread += x * x * (double)after[i];
    }
    ck_assert_double_eq_tol(sum, 1, 1e-3);
    ck_assert_double_eq_tol(sqrt(spread), 1.2, 0.01);
}
END_TEST

/* Weights of MATLAB's imresize for a half: the cubic at (1/8, 3/8 ...) / 2. */
START_TEST(a_bicubic_half_has_the_cubic_weights)
{
    static const double expected[] = {-0.01171875, -0.03515625, 0.11328125,
                                      0.43359375,  0.43359375,  0.11328125,
                                      -0.03515625, -0.01171875};
    struct resampler axis;
    cvl_error err;
    expect_ok(resampler_bicubic(&axis, 32, 16, &err), err);
    for (size_t i = 0; i < 8; i++) {
        double weight = 0;
        for (size_t k = 0; k < axis.taps; k++)
            if (axis.index[8 * axis.taps + k] == 13 + i)
                weight += axis.weight[8 * axis.taps + k];
        ck_assert_double_eq_tol(weight, expected[i], 1e-12);
    }
    resampler_free(&axis);
}
END_TEST

START_TEST(a_ramp_survives_down_and_up_in_its_middle)
{
    float ramp[COUNT], after[COUNT];
    for (size_t i = 0; i < COUNT; i++) ramp[i] = (float)(i / WIDTH) / HEIGHT;
    degrade("down:2", ramp, after);
    for (size_t i = 5 * WIDTH; i < 7 * WIDTH; i++)
        ck_assert_float_eq_tol(after[i], ramp[i], 2e-3F);
}
END_TEST

START_TEST(a_picture_too_small_to_shrink_is_refused)
{
    const struct degrade how = {DEGRADE_DOWN, 4};
    const size_t size[4] = {1, 1, 3, 9};
    struct degrader degrader;
    cvl_error err;
    expect_fail(degrader_init(&degrader, &how, size, &err), err, CVL_EINVAL,
                "a picture of 3 x 9 (height x width) is too small for "
                "--degrade down:4");
    degrader_free(&degrader);
}
END_TEST

/* What is left is what `down` passes through, and its base what comes out. */
START_TEST(shrink_leaves_the_picture_small)
{
    enum { ROWS = 12, COLUMNS = 16 };
    const struct degrade down = {DEGRADE_DOWN, 2}, shrink = {DEGRADE_SHRINK, 2};
    float clean[2 * ROWS * COLUMNS], again[2 * ROWS * COLUMNS];
    float base[2 * ROWS * COLUMNS], small[2 * ROWS * COLUMNS / 4];
    const cvl_tensor from = wrap(clean, 2, ROWS, COLUMNS);
    cvl_tensor to = wrap(again, 2, ROWS, COLUMNS);
    cvl_tensor enlarged = wrap(base, 2, ROWS, COLUMNS);
    cvl_tensor shrunk = wrap(small, 2, ROWS / 2, COLUMNS / 2);
    struct degrader degrader;
    cvl_error err;
    ck_assert_uint_eq(degrade_scale(&down), 1);
    ck_assert_uint_eq(degrade_scale(&shrink), 2);
    for (size_t i = 0; i < 2 * ROWS * COLUMNS; i++)
        clean[i] = (float)(i / COLUMNS) / (2 * ROWS);
    expect_ok(degrader_init(&degrader, &down, from.shape, &err), err);
    degrader_apply(&degrader, &from, &to, NULL);
    degrader_free(&degrader);
    expect_ok(degrader_init(&degrader, &shrink, from.shape, &err), err);
    degrader_apply(&degrader, &from, &shrunk, &enlarged);
    degrader_free(&degrader);
    ck_assert_mem_eq(base, again, sizeof base);
    /* Row 3 of a slope is between rows 6 and 7, in each plane. */
    for (size_t i = 0; i < COLUMNS / 2; i++)
        for (size_t plane = 0; plane < 2; plane++)
            ck_assert_float_eq_tol(
                small[(plane * ROWS / 2 + 3) * COLUMNS / 2 + i],
                ((float)plane * ROWS + 6.5F) / (2 * ROWS), 1e-6F);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("degrade");
    TCase *const all = tcase_create("degrade");
    tcase_add_test(all, each_kind_is_read);
    tcase_add_test(all, what_is_no_degradation_is_refused_with_what_would_be);
    tcase_add_loop_test(all, a_flat_picture_stays_as_it_is, 0, 4);
    tcase_add_test(all, a_blur_spreads_a_point_by_its_deviation);
    tcase_add_test(all, a_bicubic_half_has_the_cubic_weights);
    tcase_add_test(all, a_ramp_survives_down_and_up_in_its_middle);
    tcase_add_test(all, a_picture_too_small_to_shrink_is_refused);
    tcase_add_test(all, shrink_leaves_the_picture_small);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
