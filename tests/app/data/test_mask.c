/* test_mask.c - what counts of an output: what no zero of a padding made. */
#include <math.h>

#include "data/mask.h"
#include "expect.h"

/* Strides, dilations, uneven paddings, one layer and several. */
static const char *const specs[] = {
    "conv 1 3x3 padding=same bias=no",
    "conv 1 4x2 padding=2x1x0x3 stride=2x1 bias=no",
    "conv 1 3x2 padding=3 stride=3 dilation=2x3 bias=no",
    "conv 1 5x5 padding=2 stride=2 bias=no",
    "conv 2 3x3 padding=same bias=no, relu, conv 1 2x4 padding=1 bias=no",
};
enum { SPECS = sizeof specs / sizeof specs[0] };

static void build(cvl_net *net, const char *spec)
{
    const cvl_net_config config = {.spec = spec,
                                   .input_shape = {2, 1, 12, 14},
                                   .dtype = CVL_F64,
                                   .exec = cvl_exec_default()};
    cvl_error err;
    expect_ok(cvl_net_build(net, &config, &err), err);
}

/* With kernels and input of ones, padding makes an output smaller. */
START_TEST(the_valid_region_is_where_padding_changes_nothing)
{
    const struct training_settings settings = {.region = REGION_VALID};
    cvl_net net;
    cvl_tensor x, mask, target = {0};
    size_t used, expected = 0;
    cvl_error err;
    build(&net, specs[_i]);
    expect_ok(cvl_tensor_init(&x, CVL_F64, 4, net.input.shape, &err), err);
    cvl_tensor_fill(&x, 1);
    for (size_t i = 0; i < net.param_count; i++)
        cvl_tensor_fill(&net.params[i].value, 1);
    cvl_net_forward(&net, &x);
    double most = 0;
    for (size_t i = 0; i < net.output.count; i++)
        most = fmax(most, cvl_tensor_get(&net.output, i));
    target = net.output;
    expect_ok(mask_make(&settings, &net, &target, "t.png", &mask, &used, &err),
              err);
    for (size_t i = 0; i < mask.count; i++) {
        const bool counts = cvl_tensor_get(&net.output, i) == most;
        ck_assert_double_eq(cvl_tensor_get(&mask, i), counts ? 1 : 0);
        expected += counts;
    }
    ck_assert_uint_eq(used, expected);
    ck_assert_uint_lt(used, target.count);
    cvl_tensor_free(&x);
    cvl_tensor_free(&mask);
    cvl_net_free(&net);
}
END_TEST

START_TEST(without_padding_nothing_is_masked)
{
    const struct training_settings settings = {.region = REGION_VALID};
    cvl_net net;
    cvl_tensor mask;
    size_t used;
    cvl_error err;
    build(&net, "conv 1 3x3");
    expect_ok(mask_make(&settings, &net, &net.output, NULL, &mask, &used, &err),
              err);
    ck_assert_ptr_null(mask.data);
    ck_assert_uint_eq(used, net.output.count);
    cvl_net_free(&net);
}
END_TEST

START_TEST(a_target_of_black_and_white_alone_is_refused)
{
    const struct training_settings settings = {.region = REGION_ALL,
                                               .mask_clipped = true};
    cvl_net net;
    cvl_tensor mask;
    size_t used;
    cvl_error err;
    build(&net, "conv 1 3x3");
    cvl_tensor_fill(&net.output, 1);
    cvl_tensor_set(&net.output, 0, 0);
    expect_fail(
        mask_make(&settings, &net, &net.output, "t.png", &mask, &used, &err),
        err, CVL_EINVAL,
        "every pixel of t.png is black or white and may be clipped; use "
        "--no-mask-clipped");
    ck_assert_ptr_null(mask.data);
    cvl_net_free(&net);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("mask");
    TCase *const all = tcase_create("mask");
    tcase_add_loop_test(all, the_valid_region_is_where_padding_changes_nothing,
                        0, SPECS);
    tcase_add_test(all, without_padding_nothing_is_masked);
    tcase_add_test(all, a_target_of_black_and_white_alone_is_refused);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
