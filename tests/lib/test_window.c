/* test_window.c - which inputs an output reads: as the gradients have it. */
#include "convlet/window.h"

#include <stdint.h>

#include "expect.h"

enum { ROWS = 13, COLUMNS = 12 };

static void build(cvl_net *net, const char *spec)
{
    const cvl_net_config config = {.spec = spec,
                                   .input_shape = {1, 4, ROWS, COLUMNS},
                                   .dtype = CVL_F64,
                                   .exec = cvl_exec_default()};
    cvl_error err;
    expect_ok(cvl_net_build(net, &config, &err), err);
    for (size_t i = 0; i < net->param_count; i++)
        cvl_tensor_fill(&net->params[i].value, 1);
}

/* Every kind of layer; strides, dilations and paddings that leave a rest. */
static const char *const specs[] = {
    "relu",
    "conv 1 3x3",
    "conv 1 3x2 padding=same bias=no",
    "conv 1 4x2 padding=2x1x0x3 stride=2x1 bias=no",
    "conv 1 3x2 padding=3 stride=3 dilation=2x3 bias=no",
    "conv 2 3x3 padding=same, relu, conv 1 2x4 padding=1",
    "conv 2 3 stride=2 padding=1, conv 1 5 padding=2, conv 1 2 stride=2",
    "shuffle 2",
    "conv 8 3 stride=2 padding=1, shuffle 2, conv 1 3 padding=1",
    "shuffle 2, conv 1 5 stride=3 padding=2",
    "avgpool 3x2",
    ("avgpool 3x4 stride=2x1 padding=1x2, avgpool 2 stride=1 count-padding=no "
     "padding=1"),
};
enum { SPECS = sizeof specs / sizeof specs[0] };

/* Along one axis: the first and the last input that output `at` depends on,
 * as the gradient of a net of ones says. */
static void read_by(cvl_net *net, size_t axis, size_t at, size_t ends[2])
{
    cvl_tensor x, dx, dy;
    cvl_error err;
    const size_t *const shape = net->output.shape;
    expect_ok(cvl_tensor_init(&x, CVL_F64, 4, net->input.shape, &err), err);
    expect_ok(cvl_tensor_init(&dx, CVL_F64, 4, net->input.shape, &err), err);
    expect_ok(cvl_tensor_init(&dy, CVL_F64, 4, shape, &err), err);
    cvl_tensor_fill(&x, 1);
    for (size_t i = 0; i < dy.count; i++) {
        const size_t place = axis ? i % shape[3] : i / shape[3] % shape[2];
        if (place == at) cvl_tensor_set(&dy, i, 1);
    }
    cvl_net_forward(net, &x);
    cvl_net_backward(net, &x, &dy, &dx);
    ends[0] = SIZE_MAX;
    ends[1] = 0;
    for (size_t i = 0; i < dx.count; i++) {
        const size_t place = axis ? i % COLUMNS : i / COLUMNS % ROWS;
        if (cvl_tensor_get(&dx, i) == 0) continue;
        if (place < ends[0]) ends[0] = place;
        if (place > ends[1]) ends[1] = place;
    }
    cvl_tensor_free(&x);
    cvl_tensor_free(&dx);
    cvl_tensor_free(&dy);
}

/* Whatever the input's length, what a net built for it makes of it. */
START_TEST(an_extent_counts_the_outputs_of_any_length)
{
    cvl_net net;
    build(&net, specs[_i]);
    for (size_t length = 1; length < 30; length++) {
        const cvl_net_config config = {.spec = specs[_i],
                                       .input_shape = {1, 4, length, length},
                                       .dtype = CVL_F64,
                                       .exec = cvl_exec_default()};
        cvl_net other;
        const bool fits = !cvl_net_plan(&other, &config, NULL);
        for (size_t axis = 0; fits && axis < 2; axis++) {
            cvl_extent extent;
            ck_assert(cvl_net_extent(&net, axis, length, &extent));
            ck_assert_uint_eq(extent.count, other.output.shape[2 + axis]);
            ck_assert_uint_le(extent.high, extent.count);
        }
        cvl_net_free(&other);
    }
    cvl_net_free(&net);
}
END_TEST

START_TEST(what_is_smaller_than_a_window_makes_nothing)
{
    cvl_net net;
    cvl_extent extent;
    build(&net, "conv 1 5x3 padding=1x1x0x0");
    ck_assert(!cvl_net_extent(&net, 0, 2, &extent));
    ck_assert(cvl_net_extent(&net, 0, 3, &extent));
    ck_assert_uint_eq(extent.count, 1);
    ck_assert_uint_ge(extent.low, extent.high);
    cvl_net_free(&net);
}
END_TEST

/* An output within the extent, and in no other place, reads a whole field. */
START_TEST(an_output_reads_what_its_windows_say)
{
    cvl_net net;
    build(&net, specs[_i]);
    for (size_t axis = 0; axis < 2; axis++) {
        const cvl_receptive seen =
            cvl_net_receptive(&net, net.layer_count, axis);
        size_t ends[2], period, per;
        cvl_extent extent;
        ck_assert(cvl_net_period(&net, axis, &period, &per));
        ck_assert(
            cvl_net_extent(&net, axis, net.input.shape[2 + axis], &extent));
        for (size_t p = extent.low; p < extent.high; p++) {
            read_by(&net, axis, p, ends);
            if (per == 1) {
                ck_assert_uint_eq(ends[0] + seen.padding, p * seen.jump);
                ck_assert_uint_eq(ends[1] - ends[0] + 1, seen.field);
            }
            ck_assert_uint_le(ends[1] - ends[0] + 1, seen.field);
        }
    }
    cvl_net_free(&net);
}
END_TEST

/* Moved by a period, an output reads what lies a period further. */
START_TEST(after_a_period_a_net_does_the_same_again)
{
    cvl_net net;
    build(&net, specs[_i]);
    for (size_t axis = 0; axis < 2; axis++) {
        size_t period, per, first[2], next[2];
        cvl_extent extent;
        ck_assert(cvl_net_period(&net, axis, &period, &per));
        ck_assert(
            cvl_net_extent(&net, axis, net.input.shape[2 + axis], &extent));
        for (size_t p = extent.low; p + per < extent.high; p++) {
            read_by(&net, axis, p, first);
            read_by(&net, axis, p + per, next);
            ck_assert_uint_eq(next[0], first[0] + period);
            ck_assert_uint_eq(next[1], first[1] + period);
        }
    }
    cvl_net_free(&net);
}
END_TEST

START_TEST(receptive_fields_grow_by_kernel_dilation_and_jump)
{
    /* 7x7 stride 2 pad 3, then 3x3 dilation 2 pad 1: 7 + 2*2*2 = 15. */
    cvl_net net;
    build(&net, "conv 1 7x1 stride=2x1 padding=3x0, "
                "conv 1 3 stride=1000000 dilation=2 padding=1, "
                "conv 1 1 stride=1000000, conv 1 1 stride=1000000, "
                "conv 1 1 stride=1000000");
    cvl_receptive seen = cvl_net_receptive(&net, 0, 0);
    ck_assert_uint_eq(seen.field, 1);
    seen = cvl_net_receptive(&net, 1, 0);
    ck_assert_uint_eq(seen.field, 7);
    ck_assert_uint_eq(seen.jump, 2);
    ck_assert_uint_eq(seen.padding, 3);
    ck_assert_uint_eq(cvl_net_receptive(&net, 1, 1).field, 1);
    seen = cvl_net_receptive(&net, 2, 0);
    ck_assert_uint_eq(seen.field, 15);
    ck_assert_uint_eq(seen.jump, 2000000);
    ck_assert_uint_eq(seen.padding, 5);
    size_t period, per;
    ck_assert_uint_eq(cvl_net_receptive(&net, 5, 0).jump, SIZE_MAX);
    ck_assert(!cvl_net_period(&net, 0, &period, &per));
    cvl_net_free(&net);
}
END_TEST

START_TEST(a_dense_layer_sees_all_of_its_input)
{
    cvl_net net;
    build(&net, "conv 2 3x3 padding=1, dense 5, relu, dense 1");
    for (size_t axis = 0; axis < 2; axis++) {
        const size_t inputs = axis ? COLUMNS : ROWS;
        cvl_extent extent;
        ck_assert_uint_eq(cvl_net_window(&net, 1, axis).reach, inputs - 1);
        ck_assert_uint_eq(cvl_net_receptive(&net, 4, axis).field, inputs + 2);
        ck_assert_uint_eq(cvl_net_receptive(&net, 4, axis).padding, 1);
        ck_assert(cvl_net_extent(&net, axis, inputs, &extent));
        ck_assert_uint_eq(extent.count, 1);
        ck_assert_uint_ge(extent.low, extent.high);
    }
    cvl_net_free(&net);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("window");
    TCase *const all = tcase_create("window");
    tcase_add_loop_test(all, an_extent_counts_the_outputs_of_any_length, 0,
                        SPECS);
    tcase_add_test(all, what_is_smaller_than_a_window_makes_nothing);
    tcase_add_loop_test(all, an_output_reads_what_its_windows_say, 0, SPECS);
    tcase_add_loop_test(all, after_a_period_a_net_does_the_same_again, 0,
                        SPECS);
    tcase_add_test(all, receptive_fields_grow_by_kernel_dilation_and_jump);
    tcase_add_test(all, a_dense_layer_sees_all_of_its_input);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
