/* golden_cases.c - see golden_cases.h. */
#include "golden_cases.h"

#include <stdio.h>
#include <string.h>

#include "expect.h"

size_t golden_each(const char *op, void (*check)(const golden_case *one))
{
    cJSON *const index = golden_index("classifier/manifest.json");
    const cJSON *settings;
    size_t count = 0;
    cJSON_ArrayForEach(settings, golden_get(index, "cases"))
    {
        if (strcmp(golden_get(settings, "op")->valuestring, op) != 0) continue;
        golden_case one = {.settings = settings,
                           .folder =
                               golden_get(settings, "folder")->valuestring};
        for (int dtype = CVL_F32; dtype <= CVL_F64; dtype++) {
            one.dtype = (cvl_dtype)dtype;
            check(&one);
        }
        count++;
    }
    cJSON_Delete(index);
    return count;
}

cvl_tensor golden_case_load(const golden_case *one, const char *array)
{
    char path[GOLDEN_PATH], file[64];
    snprintf(file, sizeof file, "%s.npy", array);
    cvl_tensor kept =
        golden_load(golden_path(path, "classifier", one->folder, file));
    cvl_tensor tensor;
    ck_assert(
        !cvl_tensor_init(&tensor, one->dtype, kept.ndim, kept.shape, NULL));
    cvl_tensor_copy(&tensor, &kept);
    cvl_tensor_free(&kept);
    return tensor;
}

double golden_case_number(const golden_case *one, const char *key)
{
    return golden_get(one->settings, key)->valuedouble;
}

double golden_case_tolerance(const golden_case *one)
{
    return one->dtype == CVL_F64 ? 1e-10 : 1e-5;
}

void golden_case_expect(const golden_case *one, const char *array,
                        const cvl_tensor *got, double tolerance)
{
    char path[GOLDEN_PATH], file[64], what[GOLDEN_PATH];
    snprintf(file, sizeof file, "%s.npy", array);
    snprintf(what, sizeof what, "%s %s of %s", cvl_dtype_name(one->dtype),
             array, one->folder);
    cvl_tensor want =
        golden_load(golden_path(path, "classifier", one->folder, file));
    golden_compare(what, got, &want, tolerance);
    cvl_tensor_free(&want);
}

/* As four axes: those that an array lacks are 1. */
static cvl_tensor in_four(const cvl_tensor *tensor)
{
    size_t shape[4] = {1, 1, 1, 1};
    memcpy(shape, tensor->shape, tensor->ndim * sizeof *shape);
    return cvl_tensor_wrap(tensor->dtype, 4, shape, tensor->data);
}

/* Sets the params, or compares their gradients, with the arrays of their
 * names ("0.weight" with "weight" and "dweight"). */
static void set_params(const golden_case *one, cvl_net *net)
{
    for (size_t i = 0; i < net->param_count; i++) {
        const char *const name = strchr(net->params[i].name, '.') + 1;
        cvl_tensor value = golden_case_load(one, name);
        ck_assert_uint_eq(value.count, net->params[i].value.count);
        cvl_tensor_copy(&net->params[i].value, &value);
        cvl_tensor_free(&value);
    }
}

static void expect_grads(const golden_case *one, const cvl_net *net,
                         double tolerance)
{
    for (size_t i = 0; i < net->param_count; i++) {
        char array[CVL_PARAM_NAME_SIZE + 1];
        snprintf(array, sizeof array, "d%s",
                 strchr(net->params[i].name, '.') + 1);
        golden_case_expect(one, array, &net->params[i].grad, tolerance);
    }
}

void golden_case_expect_net(const golden_case *one, const char *spec,
                            double tolerance)
{
    cvl_net net;
    cvl_error err;
    cvl_tensor x = golden_case_load(one, "x"), input = in_four(&x), dx;
    cvl_tensor dy = golden_case_load(one, "dy"), sent = in_four(&dy);
    cvl_net_config config = {
        .spec = spec, .dtype = one->dtype, .exec = cvl_exec_default()};
    memcpy(config.input_shape, input.shape, sizeof config.input_shape);
    expect_ok(cvl_net_build(&net, &config, &err), err);
    expect_ok(cvl_tensor_init(&dx, one->dtype, 4, input.shape, &err), err);
    set_params(one, &net);
    cvl_net_forward(&net, &input);
    golden_case_expect(one, "y", &net.output, tolerance);
    cvl_net_backward(&net, &input, &sent, &dx);
    golden_case_expect(one, "dx", &dx, tolerance);
    expect_grads(one, &net, tolerance);
    cvl_tensor_free(&x);
    cvl_tensor_free(&dx);
    cvl_tensor_free(&dy);
    cvl_net_free(&net);
}
