/* test_golden_classifier_pool.c - pooling gives PyTorch's results. */
#include <stdio.h>

#include "expect.h"
#include "golden_cases.h"

static bool is_true(const golden_case *one, const char *key)
{
    return cJSON_IsTrue(golden_get(one->settings, key));
}

/* "maxpool 3x3 stride=2x2 ..." of a case. */
static void write_spec(const golden_case *one, const char *kind, char *spec,
                       size_t size)
{
    size_t window[2], stride[2], padding[2];
    golden_sizes(one->settings, "kernel", window, 2);
    golden_sizes(one->settings, "stride", stride, 2);
    golden_sizes(one->settings, "padding", padding, 2);
    snprintf(spec, size, "%s %zux%zu stride=%zux%zu padding=%zux%zu ceil=%s",
             kind, window[0], window[1], stride[0], stride[1], padding[0],
             padding[1], is_true(one, "ceil_mode") ? "yes" : "no");
}

static size_t dilated; /* that no spec asks for */

/* It chooses and moves numbers: equal, but where dx is a sum. */
static void check_max(const golden_case *one)
{
    char spec[128];
    size_t dilation[2];
    golden_sizes(one->settings, "dilation", dilation, 2);
    if (dilation[0] != 1 || dilation[1] != 1) {
        dilated++;
        return;
    }
    write_spec(one, "maxpool", spec, sizeof spec);
    golden_case_expect_net(one, spec, one->dtype == CVL_F64 ? 0 : 1e-7);
}

START_TEST(max_pooling_agrees_with_torch_in_both_precisions)
{
    ck_assert_uint_eq(golden_each("max_pool2d", check_max), 18);
    ck_assert_uint_eq(dilated, 2);
}
END_TEST

static void check_average(const golden_case *one)
{
    char spec[128], all[160];
    write_spec(one, "avgpool", spec, sizeof spec);
    snprintf(all, sizeof all, "%s count-padding=%s", spec,
             is_true(one, "count_include_pad") ? "yes" : "no");
    golden_case_expect_net(one, all, golden_case_tolerance(one));
}

START_TEST(average_pooling_agrees_with_torch_in_both_precisions)
{
    ck_assert_uint_eq(golden_each("avg_pool2d", check_average), 11);
}
END_TEST

static size_t global;

static void check_global(const golden_case *one)
{
    size_t output[2];
    golden_sizes(one->settings, "output", output, 2);
    if (output[0] != 1 || output[1] != 1) return; /* no spec asks for these */
    golden_case_expect_net(one, "avgpool all", golden_case_tolerance(one));
    global++;
}

START_TEST(the_average_of_all_agrees_with_torch_in_both_precisions)
{
    ck_assert_uint_eq(golden_each("adaptive_avg_pool2d", check_global), 4);
    ck_assert_uint_eq(global, 4);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        max_pooling_agrees_with_torch_in_both_precisions,
        average_pooling_agrees_with_torch_in_both_precisions,
        the_average_of_all_agrees_with_torch_in_both_precisions,
        NULL,
    };
    return run_tests("golden classifier pool", tests);
}
