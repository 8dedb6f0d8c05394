/* memory.c - whether a run fits into memory, before it takes any. */
#include <string.h>

#include <convlet/memory.h>

#include "base/setup.h"
#include "train/run.h"

/* Adds `times` copies of a tensor of that shape; false where that overflows. */
static bool add_tensor(size_t *sum, size_t times, cvl_dtype dtype,
                       const size_t shape[4])
{
    size_t bytes;
    return cvl_size_product(shape, 4, &bytes) &&
           cvl_size_mul(bytes, cvl_dtype_size(dtype), &bytes) &&
           cvl_size_mul(bytes, times, &bytes) && cvl_size_add(*sum, bytes, sum);
}

/* What a run with this net takes: the net with its activations and gradients,
 * the input, the target, the gradient of the loss, a mask where the settings
 * ask for one, and what the optimizer keeps for each param. */
static bool add_up(const struct run *run, const cvl_net *net, size_t *sum)
{
    const struct config *const config = run->config;
    const struct optimizer_settings optimizer = optimizer_of(config);
    const bool masked = config->training.region == REGION_VALID ||
                        config->training.mask_clipped;
    const size_t params_shape[4] = {cvl_net_param_numbers(net), 1, 1, 1};
    *sum = net->arena.used;
    return !net->arena.overflow &&
           add_tensor(sum, 1, run->dtype, net->input.shape) &&
           add_tensor(sum, masked ? 3 : 2, run->dtype, net->output.shape) &&
           add_tensor(sum, optimizer_slots(&optimizer), run->dtype,
                      params_shape);
}

/* Plans the net of the settings on random input, without any numbers. */
static cvl_status plan(const struct run *run, cvl_net *net, cvl_error *err)
{
    const struct config *const config = run->config;
    cvl_conv2d_geometry layer = {0};
    struct text spec = {0};
    cvl_net_config wanted = {.dtype = run->dtype,
                             .algo = config->execution.algorithm,
                             .exec = run->exec};
    *net = (cvl_net){0};
    setup_input_shape(&config->geometry, wanted.input_shape);
    cvl_status status = CVL_OK;
    if (!config->geometry.net)
        status = setup_geometry(
            &config->geometry, wanted.input_shape,
            config->geometry.kernels ? config->geometry.kernels : 1,
            config->geometry.kernel_size, &layer, err);
    if (!status) {
        setup_net_spec(&config->geometry, &layer, &spec);
        status = text_status(&spec, err);
    }
    if (!status) {
        wanted.spec = spec.data;
        status = cvl_net_plan(net, &wanted, err);
    }
    text_free(&spec);
    return status;
}

cvl_status run_check_memory(const struct run *run, size_t available,
                            cvl_error *err)
{
    const struct config *const config = run->config;
    cvl_net net;
    size_t needed;
    if (config->data.degrade || strcmp(config->data.input, "random") != 0)
        return CVL_OK;
    /* What is wrong with the net is told where it is built. */
    if (plan(run, &net, NULL)) return CVL_OK;
    const bool counted = add_up(run, &net, &needed);
    cvl_net_free(&net);
    return counted ? cvl_memory_check(needed, available, "the run", err)
                   : CVL_OK;
}
