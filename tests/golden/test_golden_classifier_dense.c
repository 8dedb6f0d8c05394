/* test_golden_classifier_dense.c - a dense layer gives PyTorch's results. */
#include <stdio.h>

#include "expect.h"
#include "golden_cases.h"

static void check_dense(const golden_case *one)
{
    char spec[64];
    cvl_tensor y = golden_case_load(one, "y");
    snprintf(spec, sizeof spec, "dense %zu bias=%s", y.shape[1],
             cJSON_IsTrue(golden_get(one->settings, "bias")) ? "yes" : "no");
    golden_case_expect_net(one, spec, golden_case_tolerance(one));
    cvl_tensor_free(&y);
}

START_TEST(dense_layers_agree_with_torch_in_both_precisions)
{
    ck_assert_uint_eq(golden_each("linear", check_dense), 5);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        dense_layers_agree_with_torch_in_both_precisions,
        NULL,
    };
    return run_tests("golden classifier dense", tests);
}
