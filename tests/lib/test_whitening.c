/* test_whitening.c - in whitened coordinates a layer's loss is a round bowl. */
#include "convlet/whitening.h"

#include <math.h>

#include "convlet/cholesky.h"
#include "convlet/moments.h"
#include "convlet/trainer.h"
#include "expect.h"

static const cvl_loss MEAN = {.reduction = CVL_REDUCTION_MEAN};

/* A trainer of this layer in float64, and what it is to learn: pixels that are
 * alike, [2,2,9,8], and noise. */
static void make(cvl_trainer *trainer, const char *spec,
                 const cvl_optimizer_settings *optimizer, cvl_tensor *x,
                 cvl_tensor *t)
{
    const cvl_net_config config = {.spec = spec,
                                   .input_shape = {2, 2, 9, 8},
                                   .dtype = CVL_F64,
                                   .exec = cvl_exec_default()};
    cvl_error err;
    cvl_random random;
    cvl_random_seed(&random, 3);
    expect_ok(cvl_trainer_init(trainer, &config, &MEAN, optimizer, &err), err);
    cvl_net_init_params(&trainer->net, CVL_INIT_NORMAL, &random);
    expect_ok(cvl_tensor_init(x, CVL_F64, 4, config.input_shape, &err), err);
    expect_ok(cvl_tensor_init_like(t, &trainer->net.output, &err), err);
    cvl_random_fill_normal(&random, t, 0, 1);
    for (size_t i = 0; i < x->count; i++)
        cvl_tensor_set(x, i,
                       1 + sin((double)i / 9) + cvl_random_normal(&random) / 8);
}

static void unmake(cvl_trainer *trainer, cvl_tensor *x, cvl_tensor *t)
{
    cvl_trainer_free(trainer);
    cvl_tensor_free(x);
    cvl_tensor_free(t);
}

static void whiten(cvl_trainer *trainer, const cvl_tensor *x)
{
    cvl_error err;
    expect_ok(cvl_trainer_whiten(trainer, x, &err), err);
}

START_TEST(a_triangle_times_its_transpose_is_the_matrix)
{
    double l[9] = {4, NAN, NAN, 2, 10, NAN, -2, 5, 6};
    double row[3] = {0, 3, 7};
    ck_assert_double_eq(cvl_cholesky(l, 3, 0, 1e-9), 1);
    const double expected[9] = {2, NAN, NAN, 1, 3, NAN, -1, 2, 1};
    for (size_t i = 0; i < 9; i++)
        ck_assert(isnan(expected[i]) || l[i] == expected[i]);
    cvl_cholesky_divide(l, 3, row);
    cvl_cholesky_divide_transposed(l, 3, row); /* now m times it is (0, 3, 7) */
    ck_assert_double_eq_tol(4 * row[0] + 2 * row[1] - 2 * row[2], 0, 1e-12);
    ck_assert_double_eq_tol(2 * row[0] + 10 * row[1] + 5 * row[2], 3, 1e-12);
    ck_assert_double_eq_tol(-2 * row[0] + 5 * row[1] + 6 * row[2], 7, 1e-12);
}
END_TEST

START_TEST(a_pivot_of_nothing_is_told_and_raised)
{
    double alike[4] = {1, 0, 1, 1}, ridged[4] = {1, 0, 1, 1};
    ck_assert_double_eq(cvl_cholesky(alike, 2, 0, 0.25), 0);
    ck_assert_double_eq(alike[3], 0.5);
    ck_assert_double_gt(cvl_cholesky(ridged, 2, 0.5, 0.25), 0.5);
}
END_TEST

/* Of [1,2,4,5], group 1: its windows of 2 x 2, in steps of 2, with a row of
 * padding above and a 1 behind. */
START_TEST(windows_touch_no_padding_and_end_in_a_one)
{
    const cvl_conv2d_geometry g = {.batch = 1,
                                   .in_channels = 2,
                                   .in_height = 4,
                                   .in_width = 5,
                                   .out_channels = 2,
                                   .kernel_height = 2,
                                   .kernel_width = 2,
                                   .stride_y = 2,
                                   .stride_x = 2,
                                   .pad_top = 1,
                                   .pad_bottom = 1,
                                   .dilation_y = 1,
                                   .dilation_x = 1,
                                   .groups = 2};
    static const size_t shape[4] = {1, 2, 4, 5}, out[4] = {1, 2, 3, 2};
    static const double expected[2][5] = {{25, 26, 30, 31, 1},
                                          {27, 28, 32, 33, 1}};
    cvl_tensor x, mask;
    double z[5];
    ck_assert(!cvl_tensor_init(&x, CVL_F32, 4, shape, NULL));
    ck_assert(!cvl_tensor_init(&mask, CVL_F32, 4, out, NULL));
    for (size_t i = 0; i < x.count; i++) cvl_tensor_set(&x, i, (double)i);
    cvl_windows windows = cvl_windows_of(&g, true, &x, NULL, 1, 100);
    ck_assert_uint_eq(windows.terms, 5);
    for (size_t w = 0; w < 2; w++) {
        ck_assert(cvl_windows_next(&windows, z));
        for (size_t i = 0; i < 5; i++) ck_assert(z[i] == expected[w][i]);
    }
    ck_assert(!cvl_windows_next(&windows, z));
    cvl_tensor_set(&mask, 9, 1); /* the second of them */
    windows = cvl_windows_of(&g, true, &x, &mask, 1, 100);
    ck_assert(cvl_windows_next(&windows, z) && z[0] == 27);
    ck_assert(!cvl_windows_next(&windows, z));
    windows = cvl_windows_of(&g, true, &x, &mask, 0, 100);
    ck_assert(!cvl_windows_next(&windows, z));
    cvl_tensor_free(&x);
    cvl_tensor_free(&mask);
}
END_TEST

/* Of many, as many as are asked for, all over the picture. */
START_TEST(some_windows_stand_for_very_many)
{
    static const size_t shape[4] = {1, 1, 100, 100};
    const cvl_conv2d_geometry g = {.batch = 1,
                                   .in_channels = 1,
                                   .in_height = 100,
                                   .in_width = 100,
                                   .out_channels = 1,
                                   .kernel_height = 1,
                                   .kernel_width = 1,
                                   .stride_y = 1,
                                   .stride_x = 1,
                                   .dilation_y = 1,
                                   .dilation_x = 1,
                                   .groups = 1};
    cvl_tensor x;
    double z, sum = 0;
    size_t count = 0;
    ck_assert(!cvl_tensor_init(&x, CVL_F64, 4, shape, NULL));
    for (size_t i = 0; i < x.count; i++) {
        const size_t row = i / 100, column = i % 100;
        cvl_tensor_set(&x, i, (double)(row + column));
    }
    cvl_windows windows =
        cvl_windows_of(&g, false, &x, NULL, 0, cvl_windows_within(200, 1));
    for (; cvl_windows_next(&windows, &z); count++) sum += z;
    ck_assert_uint_eq(count, 200);
    ck_assert_double_eq_tol(sum / 200, 99, 2);
    cvl_tensor_free(&x);
}
END_TEST

static const char *const layers[] = {
    "conv 3 3x2", "conv 4 2x2 groups=2 padding=1 stride=2",
    "conv 2 3x3 bias=no", "conv 1 2x3 dilation=2"};

START_TEST(params_and_gradients_change_their_coordinates_together)
{
    static const cvl_optimizer_settings still = {.lr = 0};
    cvl_trainer trainer;
    cvl_tensor x, t, before[2] = {{0}};
    make(&trainer, layers[_i], &still, &x, &t);
    whiten(&trainer, &x);
    ck_assert_ptr_nonnull(trainer.whitening.factors);
    cvl_net *const net = &trainer.net;
    for (size_t i = 0; i < net->param_count; i++) {
        cvl_param *const param = &net->params[i];
        ck_assert(!cvl_tensor_init_like(&before[i], &param->value, NULL));
        cvl_tensor_copy(&before[i], &param->value);
        for (size_t k = 0; k < param->grad.count; k++)
            cvl_tensor_set(&param->grad, k, sin((double)(k + i)));
    }
    /* g' w is the same number in either. */
    double in_w = 0, in_u = 0;
    for (int whitened = 0; whitened < 2; whitened++) {
        for (size_t i = 0; i < net->param_count; i++)
            for (size_t k = 0; k < before[i].count; k++)
                *(whitened ? &in_u : &in_w) +=
                    cvl_tensor_get(&net->params[i].value, k) *
                    cvl_tensor_get(&net->params[i].grad, k);
        if (whitened) break;
        cvl_whiten_params(&trainer.whitening, net);
        cvl_whiten_grads(&trainer.whitening, net);
    }
    ck_assert_double_eq_tol(in_w, in_u, 1e-9);
    cvl_unwhiten_params(&trainer.whitening, net);
    for (size_t i = 0; i < net->param_count; i++) {
        for (size_t k = 0; k < before[i].count; k++)
            ck_assert_double_eq_tol(cvl_tensor_get(&net->params[i].value, k),
                                    cvl_tensor_get(&before[i], k), 1e-9);
        cvl_tensor_free(&before[i]);
    }
    unmake(&trainer, &x, &t);
}
END_TEST

/* The mean square of y - t bends by 2 in every whitened direction: a rate of
 * one half leads to its lowest point at once, where the gradient vanishes. */
START_TEST(one_step_of_the_right_length_is_all)
{
    static const cvl_optimizer_settings half = {.lr = 0.5};
    cvl_trainer trainer;
    cvl_tensor x, t;
    make(&trainer, "conv 1 3x2", &half, &x, &t);
    whiten(&trainer, &x);
    const double first = cvl_trainer_step(&trainer, &x, &t).loss;
    const double second = cvl_trainer_step(&trainer, &x, &t).loss;
    ck_assert_double_lt(second, first);
    double gradient = 0;
    for (size_t i = 0; i < trainer.net.params[0].grad.count; i++)
        gradient = fmax(gradient,
                        fabs(cvl_tensor_get(&trainer.net.params[0].grad, i)));
    ck_assert_double_lt(gradient, 1e-3); /* the ridge is 1e-7 */
    ck_assert_double_eq_tol(cvl_trainer_step(&trainer, &x, &t).loss, second,
                            1e-6);
    unmake(&trainer, &x, &t);
}
END_TEST

/* Nothing to see, or too much to look at: u is w. */
START_TEST(what_cannot_be_whitened_stays_as_it_is)
{
    static const cvl_optimizer_settings some = {.lr = 0.01};
    cvl_trainer trainer;
    cvl_tensor x, t;
    make(&trainer, "conv 1 2x2", &some, &x, &t);
    ck_assert(!cvl_tensor_init_like(&trainer.mask, &trainer.net.output, NULL));
    whiten(&trainer, &x);
    const size_t terms = trainer.whitening.terms;
    ck_assert_uint_eq(terms, 9);
    for (size_t i = 0; i < terms * terms; i++)
        ck_assert(trainer.whitening.factors[i] == (i % (terms + 1) == 0));
    whiten(&trainer, &x); /* again, without a leak */
    unmake(&trainer, &x, &t);

    const cvl_net_config wide = {.spec = "conv 1 1x1",
                                 .input_shape = {1, 512, 1, 1},
                                 .dtype = CVL_F64,
                                 .exec = cvl_exec_default()};
    cvl_error err;
    expect_ok(cvl_trainer_init(&trainer, &wide, &MEAN, &some, &err), err);
    ck_assert(!cvl_tensor_init(&x, CVL_F64, 4, wide.input_shape, NULL));
    whiten(&trainer, &x);
    ck_assert_uint_eq(trainer.whitening.terms, CVL_WHITENING_TERMS + 1);
    ck_assert_ptr_null(trainer.whitening.factors);
    cvl_tensor_free(&x);
    cvl_trainer_free(&trainer);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("whitening");
    TCase *const all = tcase_create("whitening");
    tcase_add_test(all, a_triangle_times_its_transpose_is_the_matrix);
    tcase_add_test(all, a_pivot_of_nothing_is_told_and_raised);
    tcase_add_test(all, windows_touch_no_padding_and_end_in_a_one);
    tcase_add_test(all, some_windows_stand_for_very_many);
    tcase_add_loop_test(all,
                        params_and_gradients_change_their_coordinates_together,
                        0, sizeof layers / sizeof layers[0]);
    tcase_add_test(all, one_step_of_the_right_length_is_all);
    tcase_add_test(all, what_cannot_be_whitened_stays_as_it_is);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
