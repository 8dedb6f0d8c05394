/* test_golden_layers.c - layers without parameters give PyTorch's results. */
#include <string.h>

#include "convlet/net.h"
#include "expect.h"
#include "golden.h"

static const struct {
    const char *spec, *folder;
} layers[] = {{"relu", "relu"}, {"shuffle 2", "pixel_shuffle_r2"}};

/* In the dtype, which can hold all of its numbers. */
static cvl_tensor load(int layer, const char *file, cvl_dtype dtype)
{
    char path[GOLDEN_PATH];
    cvl_tensor as_kept =
        golden_load(golden_path(path, "layers", layers[layer].folder, file));
    cvl_tensor tensor;
    ck_assert(
        !cvl_tensor_init(&tensor, dtype, as_kept.ndim, as_kept.shape, NULL));
    cvl_tensor_copy(&tensor, &as_kept);
    cvl_tensor_free(&as_kept);
    return tensor;
}

/* They choose and move numbers: equal, not close. */
static void expect_same(int layer, const char *file, const cvl_tensor *got)
{
    cvl_tensor want = load(layer, file, got->dtype);
    cvl_error err;
    expect_ok(cvl_tensor_check_like(file, got, &want, &err), err);
    golden_compare(file, got, &want, 0);
    cvl_tensor_free(&want);
}

static void compare(int layer, cvl_dtype dtype)
{
    cvl_net net;
    cvl_error err;
    cvl_tensor x = load(layer, "x.npy", dtype), dx;
    cvl_tensor dy = load(layer, "grad_output.npy", dtype);
    cvl_net_config config = {
        .spec = layers[layer].spec, .dtype = dtype, .exec = cvl_exec_default()};
    memcpy(config.input_shape, x.shape, sizeof config.input_shape);
    expect_ok(cvl_net_build(&net, &config, &err), err);
    expect_ok(cvl_tensor_init(&dx, dtype, 4, x.shape, &err), err);
    cvl_net_forward(&net, &x);
    expect_same(layer, "output.npy", &net.output);
    cvl_net_backward(&net, &x, &dy, &dx);
    expect_same(layer, "grad_input.npy", &dx);
    cvl_tensor_free(&x);
    cvl_tensor_free(&dx);
    cvl_tensor_free(&dy);
    cvl_net_free(&net);
}

START_TEST(a_layer_agrees_with_torch_in_both_precisions)
{
    compare(_i, CVL_F32);
    compare(_i, CVL_F64);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("golden layers");
    TCase *const all = tcase_create("layers");
    tcase_add_loop_test(all, a_layer_agrees_with_torch_in_both_precisions, 0,
                        sizeof layers / sizeof layers[0]);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
