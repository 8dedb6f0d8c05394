/* test_golden_classifier_batchnorm.c - batch norms give PyTorch's results. */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "golden_cases.h"

/* What the set calls the params and the buffers, and what becomes of them. */
static const char *const params[] = {"gamma", "beta"};
static const char *const grads[] = {"dgamma", "dbeta"};
static const char *const buffers[] = {"running_mean", "running_var"};
static const char *const after[] = {"running_mean_after", "running_var_after"};

/* README.md's: a case may have its own, where it is harder than others. */
static double tolerance_of(const golden_case *one)
{
    const double own = golden_case_number(one, "tolerance");
    if (one->dtype == CVL_F64) return own;
    return own > 1e-10 ? 1e-3 : 5e-5;
}

static void set(const golden_case *one, const char *array, cvl_tensor *value)
{
    cvl_tensor kept = golden_case_load(one, array);
    cvl_tensor_copy(value, &kept);
    cvl_tensor_free(&kept);
}

static void build(const golden_case *one, const cvl_tensor *x, cvl_net *net)
{
    const bool train = cJSON_IsTrue(golden_get(one->settings, "train"));
    char spec[128];
    cvl_error err;
    cvl_net_config config = {
        .spec = spec, .dtype = one->dtype, .exec = cvl_exec_default()};
    snprintf(spec, sizeof spec, "batchnorm momentum=%.17g eps=%.17g",
             golden_case_number(one, "momentum"),
             golden_case_number(one, "eps"));
    memcpy(config.input_shape, x->shape, sizeof config.input_shape);
    expect_ok(cvl_net_build(net, &config, &err), err);
    cvl_net_set_mode(net, train ? CVL_MODE_TRAIN : CVL_MODE_EVAL);
    for (size_t i = 0; i < 2; i++) {
        set(one, params[i], &net->params[i].value);
        set(one, buffers[i], &net->buffers[i].value);
    }
}

static void check(const golden_case *one)
{
    cvl_net net;
    cvl_tensor x = golden_case_load(one, "x"), dx;
    cvl_tensor dy = golden_case_load(one, "dy");
    const double tolerance = tolerance_of(one);
    build(one, &x, &net);
    ck_assert(!cvl_tensor_init_like(&dx, &x, NULL));
    cvl_net_forward(&net, &x);
    golden_case_expect(one, "y", &net.output, tolerance);
    cvl_net_backward(&net, &x, &dy, &dx);
    golden_case_expect(one, "dx", &dx, tolerance);
    for (size_t i = 0; i < 2; i++) {
        golden_case_expect(one, grads[i], &net.params[i].grad, tolerance);
        golden_case_expect(one, after[i], &net.buffers[i].value, tolerance);
    }
    cvl_tensor_free(&x);
    cvl_tensor_free(&dx);
    cvl_tensor_free(&dy);
    cvl_net_free(&net);
}

START_TEST(batch_norms_agree_with_torch_in_both_precisions)
{
    ck_assert_uint_eq(golden_each("batch_norm", check), 12);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        batch_norms_agree_with_torch_in_both_precisions, NULL};
    return run_tests("golden classifier batch norm", tests);
}
