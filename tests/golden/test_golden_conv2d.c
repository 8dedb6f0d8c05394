/* test_golden_conv2d.c - `convlet conv` gives PyTorch's results. */
#include <stdio.h>

#include "convlet/conv2d.h"
#include "golden.h"
#include "scratch.h"

static const char *const ALGOS[] = {
    "direct",
    "im2col",
#ifdef CVL_TILED
    "tiled",
#endif
};
static const char *const DTYPES[] = {"float32", "float64"};

/* The four results of one case, written into the working directory. */
static void run_case(const cJSON *entry, const char *algo, const char *dtype)
{
    const char *const name = golden_get(entry, "name")->valuestring;
    size_t stride[2], padding[4], dilation[2];
    golden_sizes(entry, "stride", stride, 2);
    golden_sizes(entry, "padding", padding, 4);
    golden_sizes(entry, "dilation", dilation, 2);
    char x[GOLDEN_PATH], w[GOLDEN_PATH], b[GOLDEN_PATH], dy[GOLDEN_PATH];
    char strides[64], paddings[64], dilations[64], groups[64];
    snprintf(strides, sizeof strides, "%zu,%zu", stride[0], stride[1]);
    snprintf(paddings, sizeof paddings, "%zu,%zu,%zu,%zu", padding[0],
             padding[1], padding[2], padding[3]);
    snprintf(dilations, sizeof dilations, "%zu,%zu", dilation[0], dilation[1]);
    snprintf(groups, sizeof groups, "%d",
             golden_get(entry, "groups")->valueint);
    const char *arguments[] = {
        "conv",
        "--input",
        golden_path(x, "conv2d", name, "x.npy"),
        "--weight",
        golden_path(w, "conv2d", name, "weight.npy"),
        "--grad-output",
        golden_path(dy, "conv2d", name, "grad_output.npy"),
        "--stride",
        strides,
        "--padding",
        paddings,
        "--dilation",
        dilations,
        "--groups",
        groups,
        "--algorithm",
        algo,
        "--dtype",
        dtype,
        "--output",
        "output.npy",
        "--grad-input",
        "grad_input.npy",
        "--grad-weight",
        "grad_weight.npy",
        "--grad-bias",
        "grad_bias.npy",
        "--force",
        NULL,
        NULL,
        NULL};
    const size_t last = sizeof arguments / sizeof arguments[0] - 3;
    if (cJSON_IsTrue(golden_get(entry, "bias"))) {
        arguments[last] = "--bias";
        arguments[last + 1] = golden_path(b, "conv2d", name, "bias.npy");
    }
    golden_run(arguments);
}

static void compare_case(const cJSON *entry, cvl_dtype dtype)
{
    static const char *const files[] = {"output.npy", "grad_input.npy",
                                        "grad_weight.npy", "grad_bias.npy"};
    const char *const name = golden_get(entry, "name")->valuestring;
    const size_t count = cJSON_IsTrue(golden_get(entry, "bias")) ? 4 : 3;
    size_t kernel[2], out[2];
    golden_sizes(entry, "kernel", kernel, 2);
    golden_sizes(entry, "out_size", out, 2);
    const size_t groups = (size_t)golden_get(entry, "groups")->valueint;
    const size_t window = kernel[0] * kernel[1] / groups;
    const size_t terms[] = {
        (size_t)golden_get(entry, "in_channels")->valueint * window,
        (size_t)golden_get(entry, "out_channels")->valueint * window,
        (size_t)golden_get(entry, "batch")->valueint * out[0] * out[1],
        (size_t)golden_get(entry, "batch")->valueint * out[0] * out[1]};
    for (size_t i = 0; i < count; i++) {
        char path[GOLDEN_PATH], what[GOLDEN_PATH];
        snprintf(what, sizeof what, "%s/%s", name, files[i]);
        cvl_tensor got = golden_load(files[i]);
        cvl_tensor want =
            golden_load(golden_path(path, "conv2d", name, files[i]));
        ck_assert_int_eq(got.dtype, dtype);
        golden_compare(what, &got, &want, golden_tolerance(dtype, terms[i]));
        cvl_tensor_free(&got);
        cvl_tensor_free(&want);
    }
}

START_TEST(every_case_agrees_in_both_precisions)
{
    cJSON *const index = golden_index("conv2d/cases.json");
    const cJSON *const cases = golden_get(index, "cases");
    ck_assert_int_eq(cJSON_GetArraySize(cases), 28);
    for (int dtype = CVL_F32; dtype <= CVL_F64; dtype++)
        for (const cJSON *entry = cases->child; entry; entry = entry->next) {
            run_case(entry, ALGOS[_i], DTYPES[dtype]);
            compare_case(entry, (cvl_dtype)dtype);
        }
    cJSON_Delete(index);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("golden conv2d");
    TCase *const all = tcase_create("conv2d");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, enter_directory, leave_directory);
    tcase_add_loop_test(all, every_case_agrees_in_both_precisions, 0,
                        sizeof ALGOS / sizeof ALGOS[0]);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
