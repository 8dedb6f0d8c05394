/* test_torch_model.c - a model made with PyTorch computes the same here. */
#include <string.h>

#include "data/model.h"
#include "expect.h"
#include "golden.h"

START_TEST(a_torch_model_gives_torchs_output)
{
    char model[GOLDEN_PATH], path[GOLDEN_PATH];
    golden_path(model, "torch_model", ".", "model.safetensors");
    cvl_tensor x = golden_load(golden_path(path, "torch_model", ".", "x.npy"));
    cvl_tensor y =
        golden_load(golden_path(path, "torch_model", ".", "output.npy"));
    cvl_net_config config = {.spec = "conv 4 3x2 stride=2x1 padding=1, relu, "
                                     "conv 2 3x3 padding=1 groups=2 bias=no",
                             .dtype = CVL_F32,
                             .algo = CVL_CONV_AUTO,
                             .exec = cvl_exec_default()};
    memcpy(config.input_shape, x.shape, sizeof config.input_shape);
    cvl_net net;
    cvl_error err;
    expect_ok(cvl_net_build(&net, &config, &err), err);
    expect_ok(model_load_params(model, true, &net, &err), err);
    cvl_net_forward(&net, &x);
    golden_compare("output", &net.output, &y, 1e-6);
    cvl_net_free(&net);
    cvl_tensor_free(&x);
    cvl_tensor_free(&y);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_torch_model_gives_torchs_output, NULL};
    return run_tests("torch model", tests);
}
