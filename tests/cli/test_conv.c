/* test_conv.c - `convlet conv`: layouts, dtypes, and what may be left out. */
#include <stdio.h>
#include <string.h>

#include "convlet/npy.h"
#include "expect.h"
#include "fixtures.h"
#include "run.h"

/* numpy.transpose's axes. */
static const size_t TO_NHWC[4] = {0, 2, 3, 1};
static const size_t TO_HWIO[4] = {2, 3, 1, 0};
static const size_t TO_IOHW[4] = {1, 0, 2, 3};

static void save(const char *name, const cvl_tensor *tensor)
{
    cvl_error err;
    expect_ok(cvl_npy_save(name, tensor, &err), err);
}

/* The tensor of a file with its axes reordered; free it. */
static cvl_tensor get_transposed(const char *name, const size_t axes[4])
{
    cvl_tensor from = get_array(name), to;
    cvl_error err;
    size_t shape[4];
    for (size_t i = 0; i < 4; i++) shape[i] = from.shape[axes[i]];
    expect_ok(cvl_tensor_init(&to, from.dtype, 4, shape, &err), err);
    cvl_tensor_transpose(&to, &from, axes);
    cvl_tensor_free(&from);
    return to;
}

static void put_transposed(const char *name, const char *from,
                           const size_t axes[4])
{
    cvl_tensor tensor = get_transposed(from, axes);
    save(name, &tensor);
    cvl_tensor_free(&tensor);
}

/* The same axes, dtype and values. Frees both. */
static void expect_equal(cvl_tensor got, cvl_tensor want)
{
    expect_shape(&got, want.ndim, want.shape);
    ck_assert_int_eq(got.dtype, want.dtype);
    ck_assert_mem_eq(got.data, want.data, cvl_tensor_bytes(&want));
    cvl_tensor_free(&got);
    cvl_tensor_free(&want);
}

/* A file holds these axes and values, in float64. */
static void expect_values(const char *name, size_t ndim, const size_t *shape,
                          const double *values)
{
    cvl_tensor got = get_array(name);
    expect_shape(&got, ndim, shape);
    ck_assert_int_eq(got.dtype, CVL_F64);
    for (size_t i = 0; i < got.count; i++)
        ck_assert_double_eq(cvl_tensor_get(&got, i), values[i]);
    cvl_tensor_free(&got);
}

static void put_values(const char *name, cvl_dtype dtype, size_t ndim,
                       const size_t *shape, const double *values)
{
    cvl_tensor tensor;
    cvl_error err;
    expect_ok(cvl_tensor_init(&tensor, dtype, ndim, shape, &err), err);
    for (size_t i = 0; i < tensor.count; i++)
        cvl_tensor_set(&tensor, i, values[i]);
    save(name, &tensor);
    cvl_tensor_free(&tensor);
}

/* x, w, b, dy of one geometry, with unlike sizes on every axis. */
static void enter(void)
{
    static const size_t x[] = {2, 3, 7, 6}, w[] = {4, 3, 3, 2}, b[] = {4};
    static const size_t dy[] = {2, 4, 5, 5};
    enter_scratch();
    put_array("x.npy", 4, x);
    put_array("w.npy", 4, w);
    put_array("b.npy", 1, b);
    put_array("dy.npy", 4, dy);
}

START_TEST(one_dimension_is_computed_as_by_hand)
{
    static const size_t four[] = {4}, three[] = {3}, one[] = {1};
    static const size_t out[] = {1, 1, 1, 2}, in[] = {1, 1, 1, 4};
    static const size_t kernel[] = {1, 1, 1, 3};
    static const double x[] = {1, 2, 4, 8}, w[] = {1, 10, 100}, b[] = {0.5};
    static const double y[] = {1 + 20 + 400 + 0.5, 2 + 40 + 800 + 0.5};
    static const size_t two[] = {2};
    static const double dy[] = {1, -1}, dw[] = {-1, -2, -4}, db[] = {0};
    static const double dx[] = {1, 9, 90, -100};
    put_values("x1.npy", CVL_F64, 1, four, x);
    put_values("w1.npy", CVL_F64, 1, three, w);
    put_values("b1.npy", CVL_F64, 1, one, b);
    put_values("dy1.npy", CVL_F64, 1, two, dy);
    const struct outcome outcome = run_expect(
        0, "conv --input x1.npy --weight w1.npy --bias b1.npy --output y.npy "
           "--grad-output dy1.npy --grad-input dx.npy --grad-weight dw.npy "
           "--grad-bias db.npy");
    ck_assert_str_eq(outcome.out, "");
    ck_assert_str_eq(outcome.err, "");
    expect_values("y.npy", 4, out, y);
    expect_values("dx.npy", 4, in, dx);
    expect_values("dw.npy", 4, kernel, dw);
    expect_values("db.npy", 1, one, db);
}
END_TEST

static const char *const algorithms[] = {"direct", "im2col"};

START_TEST(every_layout_is_the_same_convolution)
{
    static const struct {
        const char *layout;
        const size_t *axes;
    } weights[] = {{"hwio", TO_HWIO}, {"iohw", TO_IOHW}};
    char line[512];
    const char *const algorithm = algorithms[_i];
    snprintf(line, sizeof line,
             "conv --input x.npy --weight w.npy --bias b.npy --grad-output "
             "dy.npy --algorithm %s --output y.npy --grad-input dx.npy "
             "--grad-weight dw.npy --grad-bias db.npy",
             algorithm);
    run_expect(0, line);
    put_transposed("x_nhwc.npy", "x.npy", TO_NHWC);
    put_transposed("dy_nhwc.npy", "dy.npy", TO_NHWC);
    for (size_t i = 0; i < 2; i++) {
        put_transposed("w_other.npy", "w.npy", weights[i].axes);
        snprintf(line, sizeof line,
                 "conv --input x_nhwc.npy --weight w_other.npy --bias b.npy "
                 "--grad-output dy_nhwc.npy --algorithm %s --output y2.npy "
                 "--grad-input dx2.npy --grad-weight dw2.npy --grad-bias "
                 "db2.npy --input-layout nhwc --weight-layout %s --force",
                 algorithm, weights[i].layout);
        run_expect(0, line);
        expect_equal(get_array("y2.npy"), get_transposed("y.npy", TO_NHWC));
        expect_equal(get_array("dx2.npy"), get_transposed("dx.npy", TO_NHWC));
        expect_equal(get_array("dw2.npy"),
                     get_transposed("dw.npy", weights[i].axes));
        expect_equal(get_array("db2.npy"), get_array("db.npy"));
    }
}
END_TEST

START_TEST(three_axes_of_hwio_are_one_kernel)
{
    static const size_t oihw[] = {1, 3, 3, 2}, hwi[] = {3, 2, 3};
    put_array("w1.npy", 4, oihw);
    cvl_tensor w = get_transposed("w1.npy", TO_HWIO);
    const cvl_tensor flat = cvl_tensor_wrap(w.dtype, 3, hwi, w.data);
    save("w3.npy", &flat);
    cvl_tensor_free(&w);
    run_expect(0, "conv --input x.npy --weight w1.npy --output y1.npy");
    run_expect(0, "conv --input x.npy --weight w3.npy --weight-layout hwio "
                  "--output y3.npy");
    expect_equal(get_array("y3.npy"), get_array("y1.npy"));
}
END_TEST

START_TEST(three_axes_of_nhwc_are_one_picture)
{
    static const size_t hwc[] = {7, 6, 3};
    put_array("x3.npy", 3, hwc);
    static const size_t nhwc[] = {1, 7, 6, 3};
    put_array("x4.npy", 4, nhwc);
    run_expect(0, "conv --input x3.npy --weight w.npy --input-layout nhwc "
                  "--output y3.npy");
    run_expect(0, "conv --input x4.npy --weight w.npy --input-layout nhwc "
                  "--output y4.npy");
    expect_equal(get_array("y3.npy"), get_array("y4.npy"));
}
END_TEST

START_TEST(tied_weights_are_one_kernel_for_every_channel)
{
    static const size_t three[] = {4, 3, 2}, tied[] = {4, 1, 3, 2};
    static const size_t full[] = {4, 3, 3, 2};
    put_array("w3.npy", 3, three);
    cvl_tensor w = get_array("w3.npy"), repeated;
    cvl_error err;
    expect_ok(cvl_tensor_init(&repeated, CVL_F64, 4, full, &err), err);
    for (size_t i = 0; i < repeated.count; i++)
        cvl_tensor_set(&repeated, i, cvl_tensor_get(&w, i / 18 * 6 + i % 6));
    save("repeated.npy", &repeated);
    run_expect(0, "conv --input x.npy --weight w3.npy --tie-input-channels "
                  "--output y3.npy --grad-output dy.npy --grad-input dx3.npy "
                  "--grad-weight dw3.npy");
    run_expect(0, "conv --input x.npy --weight repeated.npy --output y4.npy "
                  "--grad-output dy.npy --grad-input dx4.npy --grad-weight "
                  "dw4.npy");
    expect_equal(get_array("y3.npy"), get_array("y4.npy"));
    expect_equal(get_array("dx3.npy"), get_array("dx4.npy"));
    /* The gradient of the one kernel is the sum over those it stands for. */
    cvl_tensor dw3 = get_array("dw3.npy"), dw4 = get_array("dw4.npy");
    expect_shape(&dw3, 4, tied);
    for (size_t i = 0; i < dw3.count; i++) {
        double sum = 0;
        for (size_t c = 0; c < 3; c++)
            sum += cvl_tensor_get(&dw4, (i / 6 * 3 + c) * 6 + i % 6);
        ck_assert_double_eq(cvl_tensor_get(&dw3, i), sum);
    }
    cvl_tensor_free(&dw3);
    cvl_tensor_free(&dw4);
    cvl_tensor_free(&w);
    cvl_tensor_free(&repeated);
}
END_TEST

static const struct {
    cvl_dtype x, w;
    const char *flags;
    cvl_dtype y;
} dtypes[] = {
    {CVL_F32, CVL_F32, "", CVL_F32},
    {CVL_F64, CVL_F64, "", CVL_F64},
    {CVL_F32, CVL_F64, "", CVL_F64},
    {CVL_F64, CVL_F32, "--dtype auto", CVL_F64},
    {CVL_F64, CVL_F64, "--dtype float32", CVL_F32},
    {CVL_F32, CVL_F32, "--dtype float64", CVL_F64},
};

START_TEST(the_dtype_is_that_of_the_arrays_or_the_one_asked_for)
{
    static const size_t one[] = {1};
    static const double tenth[] = {0.1}, three[] = {3};
    char line[128];
    put_values("x1.npy", dtypes[_i].x, 1, one, tenth);
    put_values("w1.npy", dtypes[_i].w, 1, one, three);
    snprintf(line, sizeof line,
             "conv --input x1.npy --weight w1.npy --output y1.npy %s",
             dtypes[_i].flags);
    run_expect(0, line);
    cvl_tensor y = get_array("y1.npy");
    const double x = dtypes[_i].x == CVL_F32 ? (double)0.1f : 0.1;
    const double want = dtypes[_i].y == CVL_F32 ? (double)(0.1f * 3.0f) : x * 3;
    ck_assert_int_eq(y.dtype, dtypes[_i].y);
    ck_assert_double_eq(cvl_tensor_get(&y, 0), want);
    cvl_tensor_free(&y);
}
END_TEST

START_TEST(a_picture_is_an_input_of_its_channels)
{
    static const unsigned char ppm[] = "P6 2 1 255\n\x00\x33\x66\x99\xcc\xff";
    static const size_t kernel[] = {3, 1, 1, 1}, out[] = {1, 3, 1, 2};
    static const double ones[] = {1, 1, 1};
    static const unsigned bytes[] = {0, 0x99, 0x33, 0xcc, 0x66, 0xff};
    put_bytes("in.ppm", ppm, sizeof ppm - 1);
    put_values("w1.npy", CVL_F32, 4, kernel, ones);
    run_expect(0, "conv --input in.ppm --weight w1.npy --groups 3 --output "
                  "y1.npy");
    cvl_tensor y = get_array("y1.npy");
    expect_shape(&y, 4, out);
    ck_assert_int_eq(y.dtype, CVL_F32);
    for (size_t i = 0; i < 6; i++)
        ck_assert_double_eq_tol(cvl_tensor_get(&y, i), bytes[i] / 255.0, 1e-7);
    cvl_tensor_free(&y);
}
END_TEST

START_TEST(only_what_is_asked_for_is_written)
{
    const size_t before = count_entries(".");
    run_expect(0, "conv --input x.npy --weight w.npy --grad-output dy.npy "
                  "--grad-bias db.npy");
    ck_assert_uint_eq(count_entries("."), before + 1);
    static const size_t four[] = {4};
    cvl_tensor db = get_array("db.npy");
    expect_shape(&db, 1, four);
    cvl_tensor_free(&db);
}
END_TEST

START_TEST(threads_and_algorithms_agree_on_whole_numbers)
{
    static const char line[] =
        "conv --input x.npy --weight w.npy --bias b.npy "
        "--padding 2,0,1,1 --stride 2,1 --dilation 1,2 "
        "--algorithm %s --threads %d --output %s --force";
    char command[256];
    snprintf(command, sizeof command, line, "direct", 1, "y.npy");
    run_expect(0, command);
    for (int threads = 1; threads <= 3; threads++) {
        snprintf(command, sizeof command, line, algorithms[_i], threads,
                 "other.npy");
        run_expect(0, command);
        expect_equal(get_array("other.npy"), get_array("y.npy"));
    }
}
END_TEST

START_TEST(an_output_may_be_standard_output)
{
    run_expect(0, "conv --input x.npy --weight w.npy --output y.npy");
    run_expect(0, "conv --input x.npy --weight w.npy --output /dev/stdout > "
                  "piped.npy");
    expect_equal(get_array("piped.npy"), get_array("y.npy"));
}
END_TEST

START_TEST(numbers_on_the_command_line_are_answered_with_numbers)
{
    const struct outcome outcome = run_expect(
        0, "conv --input '1 2 3 4 5' --weight '1 0 -1' --padding same");
    ck_assert_str_eq(outcome.out, "y [1,1,1,5]\n-2 -2 -2 -2  4\n");
    ck_assert_str_eq(outcome.err, "");
}
END_TEST

START_TEST(a_dash_prints_each_result_by_its_name)
{
    const struct outcome outcome = run_expect(
        0, "conv --input '[[[[1,2],[3,4]]],[[[5,6],[7,8]]]]' --weight 10 "
           "--bias 0.5 --output - --grad-output range:2,1,2,2 --grad-input - "
           "--grad-weight - --grad-bias -");
    ck_assert_str_eq(outcome.out, "y [2,1,2,2]\n[0,0]\n10.5 20.5\n30.5 40.5\n"
                                  "[1,0]\n50.5 60.5\n70.5 80.5\n"
                                  "dx [2,1,2,2]\n[0,0]\n10 20\n30 40\n"
                                  "[1,0]\n50 60\n70 80\n"
                                  "db [1]\n36\ndw [1,1,1,1]\n204\n");
}
END_TEST

START_TEST(printed_numbers_read_back_to_the_same_bits)
{
    /* 0.1f has nine digits as a double has seventeen. */
    const struct outcome single = run_expect(
        0, "conv --input '[0.1, 1e-07, -0, 16777216]' --weight 1 --dtype "
           "float32");
    ck_assert_str_eq(single.out,
                     "y [1,1,1,4]\n     0.1    1e-07        0 16777216\n");
    const struct outcome twice =
        run_expect(0, "conv --input 0.1 --weight 3 --dtype float64");
    ck_assert_str_eq(twice.out, "y [1,1,1,1]\n0.30000000000000004\n");
}
END_TEST

START_TEST(drawn_arrays_are_those_of_the_seed)
{
    static const char line[] =
        "conv --input normal:1,2,6,5 --weight uniform:3,2,3,3 --bias normal:3 "
        "--seed %d";
    static char first[4096];
    char command[160];
    snprintf(command, sizeof command, line, 4);
    memcpy(first, run_expect(0, command).out, sizeof first - 1);
    ck_assert_str_eq(run_expect(0, command).out, first);
    snprintf(command, sizeof command, line, 5);
    ck_assert_str_ne(run_expect(0, command).out, first);
}
END_TEST

START_TEST(training_takes_numbers_too)
{
    /* w = 3 and (w - 1)^2: the step is 0.25 times 2 (w - 1), so 1. */
    const struct outcome outcome = run_expect(
        0, "train --input 1 --target 1 --kernels 1 --kernel-size 1 --padding 0 "
           "--stride 1 --no-bias --init-weight '[[[[3]]]]' --reduction mean "
           "--lr 0.25 --steps 2 --dtype float64 --quiet");
    ck_assert_str_eq(outcome.out, "step:0,loss:4\nstep:1,loss:1\n");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        one_dimension_is_computed_as_by_hand,
        three_axes_of_hwio_are_one_kernel,
        three_axes_of_nhwc_are_one_picture,
        tied_weights_are_one_kernel_for_every_channel,
        a_picture_is_an_input_of_its_channels,
        only_what_is_asked_for_is_written,
        an_output_may_be_standard_output,
        numbers_on_the_command_line_are_answered_with_numbers,
        a_dash_prints_each_result_by_its_name,
        printed_numbers_read_back_to_the_same_bits,
        drawn_arrays_are_those_of_the_seed,
        training_takes_numbers_too,
    };
    Suite *const suite = suite_create("conv");
    TCase *const all = tcase_create("conv");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, enter, leave_scratch);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(all, tests[i]);
    tcase_add_loop_test(all, every_layout_is_the_same_convolution, 0, 2);
    tcase_add_loop_test(all, threads_and_algorithms_agree_on_whole_numbers, 0,
                        2);
    tcase_add_loop_test(all,
                        the_dtype_is_that_of_the_arrays_or_the_one_asked_for, 0,
                        (int)(sizeof dtypes / sizeof dtypes[0]));
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
