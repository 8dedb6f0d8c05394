/* test_golden_classifier_layers.c - activations give PyTorch's results. */
#include <stdio.h>

#include "expect.h"
#include "golden_cases.h"

static void check_tanh(const golden_case *one)
{
    golden_case_expect_net(one, "tanh", golden_case_tolerance(one));
}

static void check_sigmoid(const golden_case *one)
{
    golden_case_expect_net(one, "sigmoid", golden_case_tolerance(one));
}

static void check_leaky(const golden_case *one)
{
    char spec[64];
    snprintf(spec, sizeof spec, "leaky %g", golden_case_number(one, "slope"));
    golden_case_expect_net(one, spec, golden_case_tolerance(one));
}

START_TEST(tanh_agrees_with_torch_in_both_precisions)
{
    ck_assert_uint_eq(golden_each("tanh", check_tanh), 3);
}
END_TEST

START_TEST(sigmoid_agrees_with_torch_in_both_precisions)
{
    ck_assert_uint_eq(golden_each("sigmoid", check_sigmoid), 3);
}
END_TEST

START_TEST(leaky_agrees_with_torch_in_both_precisions)
{
    ck_assert_uint_eq(golden_each("leaky_relu", check_leaky), 6);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {tanh_agrees_with_torch_in_both_precisions,
                                  sigmoid_agrees_with_torch_in_both_precisions,
                                  leaky_agrees_with_torch_in_both_precisions,
                                  NULL};
    return run_tests("golden classifier layers", tests);
}
