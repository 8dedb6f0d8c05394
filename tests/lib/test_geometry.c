/* test_geometry.c - sizes of a convolution, and which ones are refused. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "cases.h"
#include "convlet/geometry.h"
#include "expect.h"

static void expect_shape(const size_t got[4], size_t a, size_t b, size_t c,
                         size_t d)
{
    const size_t want[] = {a, b, c, d};
    for (size_t i = 0; i < 4; i++) ck_assert_uint_eq(got[i], want[i]);
}

START_TEST(shapes_follow_from_the_geometry)
{
    cvl_error err;
    size_t shape[4];
    expect_ok(cvl_conv2d_geometry_check(&CASE_NOTEBOOK, &err), err);
    cvl_conv2d_input_shape(&CASE_NOTEBOOK, shape);
    expect_shape(shape, 2, 3, 20, 20);
    cvl_conv2d_weight_shape(&CASE_NOTEBOOK, shape);
    expect_shape(shape, 4, 3, 2, 2);
    cvl_conv2d_output_shape(&CASE_NOTEBOOK, shape);
    expect_shape(shape, 2, 4, 11, 11);
    ck_assert_double_eq(cvl_conv2d_flops(&CASE_NOTEBOOK),
                        2.0 * 2 * 4 * 11 * 11 * 3 * 2 * 2);
}
END_TEST

START_TEST(groups_and_ties_shrink_the_weight)
{
    cvl_error err;
    size_t shape[4];
    cvl_conv2d_geometry g = CASE_NOTEBOOK;
    g.in_channels = 6;
    g.groups = 2;
    expect_ok(cvl_conv2d_geometry_check(&g, &err), err);
    cvl_conv2d_weight_shape(&g, shape);
    expect_shape(shape, 4, 3, 2, 2);
    g.groups = 1;
    g.tied = true;
    expect_ok(cvl_conv2d_geometry_check(&g, &err), err);
    cvl_conv2d_weight_shape(&g, shape);
    expect_shape(shape, 4, 1, 2, 2);
}
END_TEST

START_TEST(each_axis_has_its_own_sizes)
{
    cvl_error err;
    size_t shape[4];
    cvl_conv2d_geometry g = CASE_NOTEBOOK;
    g.in_height = 9;
    g.in_width = 30;
    g.kernel_height = 3;
    g.kernel_width = 5;
    g.stride_y = 1;
    g.stride_x = 3;
    g.pad_top = 0;
    g.pad_bottom = 2;
    g.pad_left = 4;
    g.pad_right = 1;
    g.dilation_y = 4;
    g.dilation_x = 2;
    expect_ok(cvl_conv2d_geometry_check(&g, &err), err);
    cvl_conv2d_output_shape(&g, shape);
    expect_shape(shape, 2, 4, 3, 9); /* (11-8-1)/1+1 and (35-8-1)/3+1 */
    ck_assert_uint_eq(cvl_conv2d_out_height(&g), 3);
    ck_assert_uint_eq(cvl_conv2d_out_width(&g), 9);
}
END_TEST

/* Counts the places of a window by moving it until it sticks out. */
static size_t count_places(size_t padded, size_t window, size_t stride)
{
    size_t places = 0;
    for (size_t at = 0; at + window <= padded; at += stride) places++;
    return places;
}

START_TEST(output_size_counts_the_places_of_the_window)
{
    cvl_conv2d_geometry g = CASE_NOTEBOOK;
    size_t fitting = 0;
    for (g.in_width = 1; g.in_width <= 9; g.in_width++)
        for (g.kernel_width = 1; g.kernel_width <= 5; g.kernel_width++)
            for (g.stride_x = 1; g.stride_x <= 6; g.stride_x++)
                for (g.dilation_x = 1; g.dilation_x <= 3; g.dilation_x++)
                    for (g.pad_right = 0; g.pad_right <= 3; g.pad_right++) {
                        const size_t places = count_places(
                            g.in_width + 1 + g.pad_right,
                            g.dilation_x * (g.kernel_width - 1) + 1,
                            g.stride_x);
                        const bool fits = !cvl_conv2d_geometry_check(&g, NULL);
                        if (fits != (places > 0) ||
                            (fits && cvl_conv2d_out_width(&g) != places))
                            ck_abort_msg("in %zu kernel %zu stride %zu",
                                         g.in_width, g.kernel_width,
                                         g.stride_x);
                        fitting += fits;
                    }
    ck_assert_uint_gt(fitting, 1000);
}
END_TEST

static void expect_padding(const cvl_conv2d_geometry *g, size_t top,
                           size_t bottom, size_t left, size_t right)
{
    ck_assert_uint_eq(g->pad_top, top);
    ck_assert_uint_eq(g->pad_bottom, bottom);
    ck_assert_uint_eq(g->pad_left, left);
    ck_assert_uint_eq(g->pad_right, right);
}

START_TEST(same_padding_belongs_to_its_axis)
{
    cvl_conv2d_geometry g = CASE_NOTEBOOK;
    g.stride_y = g.stride_x = 1;
    g.kernel_height = 5;
    g.kernel_width = 3;
    cvl_conv2d_pad_same(&g);
    expect_padding(&g, 2, 2, 1, 1);
    g.kernel_height = 1;
    g.kernel_width = 4;
    g.dilation_x = 3; /* reaches 9, of which the odd one goes behind */
    cvl_conv2d_pad_same(&g);
    expect_padding(&g, 0, 0, 4, 5);
}
END_TEST

START_TEST(fitted_padding_lets_each_stride_divide)
{
    cvl_conv2d_geometry g = CASE_NOTEBOOK;
    g.in_height = 21;
    g.in_width = 20;
    g.kernel_height = g.kernel_width = 2;
    g.stride_y = 2;
    g.stride_x = 4;
    cvl_conv2d_pad_fit(&g);
    expect_padding(&g, 0, 1, 0, 2);
    ck_assert_uint_eq(cvl_conv2d_out_height(&g), 11);
    ck_assert_uint_eq(cvl_conv2d_out_width(&g), 6);
}
END_TEST

static void expect_invalid(const cvl_conv2d_geometry *g, const char *message)
{
    cvl_error err;
    expect_fail(cvl_conv2d_geometry_check(g, &err), err, CVL_EINVAL, message);
}

START_TEST(check_names_a_size_that_is_zero)
{
    static const struct {
        size_t offset;
        const char *message;
    } cases[] = {
#define FIELD(name, text) \
    {offsetof(cvl_conv2d_geometry, name), text " is 0, expected 1 or more"}
        FIELD(batch, "batch"),
        FIELD(in_channels, "input channels"),
        FIELD(in_height, "input height"),
        FIELD(in_width, "input width"),
        FIELD(out_channels, "output channels"),
        FIELD(kernel_height, "kernel height"),
        FIELD(kernel_width, "kernel width"),
        FIELD(stride_y, "stride height"),
        FIELD(stride_x, "stride width"),
        FIELD(dilation_y, "dilation height"),
        FIELD(dilation_x, "dilation width"),
        FIELD(groups, "groups"),
#undef FIELD
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cvl_conv2d_geometry g = CASE_NOTEBOOK;
        memset((char *)&g + cases[i].offset, 0, sizeof(size_t));
        expect_invalid(&g, cases[i].message);
    }
}
END_TEST

START_TEST(check_names_a_kernel_that_does_not_fit)
{
    cvl_conv2d_geometry g = CASE_NOTEBOOK;
    g.in_height = 2;
    g.kernel_height = 5;
    expect_invalid(&g, "kernel height 5 does not fit the padded input height "
                       "4; use a smaller kernel or more padding");
    g = CASE_NOTEBOOK;
    g.kernel_width = 8;
    g.dilation_x = 4;
    expect_invalid(&g, "kernel width 8 with dilation 4 does not fit the "
                       "padded input width 22; use a smaller kernel or more "
                       "padding");
    g.dilation_x = SIZE_MAX;
    g.kernel_width = 3;
    expect_invalid(&g, "kernel width 3 with dilation 18446744073709551615 "
                       "does not fit the padded input width 22; use a smaller "
                       "kernel or more padding");
}
END_TEST

START_TEST(check_names_groups_that_do_not_divide)
{
    cvl_conv2d_geometry g = CASE_NOTEBOOK;
    g.groups = 2;
    expect_invalid(&g, "groups 2 does not divide the 3 input channels");
    g.groups = 3;
    expect_invalid(&g, "groups 3 does not divide the 4 output channels");
}
END_TEST

START_TEST(check_refuses_padding_that_wraps)
{
    cvl_conv2d_geometry g = CASE_NOTEBOOK;
    g.pad_top = SIZE_MAX;
    expect_invalid(&g, "the padded input height is too large");
    g = CASE_NOTEBOOK;
    g.pad_left = SIZE_MAX / 2;
    g.pad_right = SIZE_MAX / 2;
    expect_invalid(&g, "the padded input width is too large");
    g.pad_right = 0;
    expect_invalid(&g, "the padded input width is too large");
}
END_TEST

START_TEST(check_refuses_arrays_larger_than_any_memory)
{
    cvl_conv2d_geometry g = CASE_NOTEBOOK;
    g.batch = (size_t)1 << 55;
    expect_invalid(&g, "an array of 36028797018963968 x 3 x 22 x 22 is larger "
                       "than any memory");
    g = CASE_NOTEBOOK;
    g.out_channels = (size_t)1 << 60;
    expect_invalid(&g, "an array of 2 x 1152921504606846976 x 22 x 22 is "
                       "larger than any memory");
}
END_TEST

/* Input, weight and output fit in memory; what im2col gathers does not. */
START_TEST(check_refuses_windows_that_no_size_can_count)
{
    cvl_conv2d_geometry g = CASE_NOTEBOOK;
    g.stride_y = g.stride_x = 1;
    g.pad_top = g.pad_bottom = g.pad_left = g.pad_right = 0;
    g.in_height = g.in_width = ((size_t)1 << 20) - 1;
    g.kernel_height = g.kernel_width = (size_t)1 << 19;
    expect_invalid(&g, "an array of 3 x 274877906944 x 524288 x 524288 is "
                       "larger than any memory");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        shapes_follow_from_the_geometry,
        groups_and_ties_shrink_the_weight,
        each_axis_has_its_own_sizes,
        output_size_counts_the_places_of_the_window,
        same_padding_belongs_to_its_axis,
        fitted_padding_lets_each_stride_divide,
        check_names_a_size_that_is_zero,
        check_names_a_kernel_that_does_not_fit,
        check_names_groups_that_do_not_divide,
        check_refuses_padding_that_wraps,
        check_refuses_arrays_larger_than_any_memory,
        check_refuses_windows_that_no_size_can_count,
        NULL,
    };
    return run_tests("geometry", tests);
}
