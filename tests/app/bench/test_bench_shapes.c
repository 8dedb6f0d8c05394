/* test_bench_shapes.c - files of layers are read strictly, and wholly. */
#include "bench/shapes.h"
#include "scratch.h"

START_TEST(a_line_is_a_layer_with_equal_strides_and_paddings)
{
    struct bench_shapes shapes;
    struct bench_shape shape = {.name = ""};
    cvl_error err;
    put("shapes", "#id name\n\n"
                  "A-1\tfirst\t2\t3\t20\t21\t4\t2\t5\t1\t2\n"
                  "  B second 1 1 7 8 9 3 3 0 1 \r\n"
                  "C third 1 1 1 1 1 1 1 0 1");
    expect_ok(bench_shapes_open(&shapes, "shapes", &err), err);
    ck_assert(bench_shapes_next(&shapes, &shape));
    ck_assert_str_eq(shape.name, "A-1");
    const cvl_conv2d_geometry expected = {.batch = 2,
                                          .in_channels = 3,
                                          .in_height = 20,
                                          .in_width = 21,
                                          .out_channels = 4,
                                          .kernel_height = 2,
                                          .kernel_width = 5,
                                          .stride_y = 2,
                                          .stride_x = 2,
                                          .pad_top = 1,
                                          .pad_bottom = 1,
                                          .pad_left = 1,
                                          .pad_right = 1,
                                          .dilation_y = 1,
                                          .dilation_x = 1,
                                          .groups = 1};
    ck_assert_mem_eq(&shape.geometry, &expected, sizeof expected);
    ck_assert(bench_shapes_next(&shapes, &shape));
    ck_assert_str_eq(shape.name, "B");
    ck_assert_uint_eq(shape.geometry.out_channels, 9);
    ck_assert(bench_shapes_next(&shapes, &shape));
    ck_assert_str_eq(shape.name, "C");
    ck_assert(!bench_shapes_next(&shapes, &shape));
    bench_shapes_close(&shapes);
    bench_shapes_close(&shapes);
}
END_TEST

#define FIELDS "expected 11 fields: ID NAME N C H W K KH KW PAD STRIDE"
#define NAME "the ID must be up to 63 letters, digits, and . , _ -"

static const struct {
    const char *text;
    cvl_status status;
    const char *message;
} refused[] = {
    {"", CVL_EFORMAT, "shapes: names no layer"},
    {"# A a 1 1 1 1 1 1 1 0 1\n", CVL_EFORMAT, "shapes: names no layer"},
    {"A a 1 1 1 1 1 1 1 0\n", CVL_EFORMAT, "shapes:1: " FIELDS},
    {"A a 1 1 1 1 1 1 1 0 1 1\n", CVL_EFORMAT, "shapes:1: " FIELDS},
    {"\nA a 1 1 1 1 1 1 1 0 1\nB b 1 1 x 1 1 1 1 0 1\n", CVL_EFORMAT,
     "shapes:3: field 5 is not a whole number in range"},
    {"A a -1 1 1 1 1 1 1 0 1\n", CVL_EFORMAT,
     "shapes:1: field 3 is not a whole number in range"},
    {"A a 1 1 1 1 1 1 1 0 18446744073709551616\n", CVL_EFORMAT,
     "shapes:1: field 11 is not a whole number in range"},
    {"A\x1b a 1 1 1 1 1 1 1 0 1\n", CVL_EFORMAT, "shapes:1: " NAME},
    {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA a 1 1 "
     "1 1 1 1 1 0 1\n",
     CVL_EFORMAT, "shapes:1: " NAME},
    {"A a 1 1 4 4 1 5 5 0 1\n", CVL_EINVAL,
     "shapes:1: kernel height 5 does not fit the padded input height 4; use a "
     "smaller kernel or more padding"},
};

START_TEST(a_wrong_line_is_named_before_anything_is_measured)
{
    struct bench_shapes shapes;
    cvl_error err;
    put("shapes", refused[_i].text);
    expect_fail(bench_shapes_open(&shapes, "shapes", &err), err,
                refused[_i].status, refused[_i].message);
    bench_shapes_close(&shapes);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
    struct bench_shapes shapes;
    cvl_error err;
    expect_fail(bench_shapes_open(&shapes, "missing", &err), err, CVL_EIO,
                "missing: cannot open: No such file or directory");
    bench_shapes_close(&shapes);
}
END_TEST

START_TEST(the_standard_layers_are_twelve)
{
    struct bench_shapes shapes;
    struct bench_shape shape = {.name = ""};
    cvl_error err;
    int count = 0;
    expect_ok(bench_shapes_open(&shapes, TEST_DATA "/bench/shapes.tsv", &err),
              err);
    while (bench_shapes_next(&shapes, &shape)) count++;
    ck_assert_int_eq(count, 12);
    ck_assert_str_eq(shape.name, "S12");
    bench_shapes_close(&shapes);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("bench_shapes");
    TCase *const tests = tcase_create("bench_shapes");
    tcase_add_checked_fixture(tests, enter_directory, leave_directory);
    tcase_add_test(tests, a_line_is_a_layer_with_equal_strides_and_paddings);
    tcase_add_loop_test(tests,
                        a_wrong_line_is_named_before_anything_is_measured, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(tests, a_file_that_is_not_there_is_named);
    tcase_add_test(tests, the_standard_layers_are_twelve);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
