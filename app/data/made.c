/* made.c - see made.h for the contract. */
#include "data/made.h"

#include <string.h>

#include "base/setup.h"

cvl_status made_input(const struct geometry_settings *settings, cvl_dtype dtype,
                      cvl_random *random, cvl_tensor *input, cvl_error *err)
{
    size_t shape[4];
    setup_input_shape(settings, shape);
    const cvl_status status = cvl_tensor_init(input, dtype, 4, shape, err);
    if (!status) cvl_random_fill_normal(random, input, 0.0, 1.0);
    return status;
}

const struct filter *made_filter(const char *target)
{
    const size_t length = sizeof FILTER_PREFIX - 1;
    if (strncmp(target, FILTER_PREFIX, length) != 0) return NULL;
    return filter_find(target + length);
}

bool made_is_target(const char *target)
{
    return strcmp(target, "ones") == 0 || strcmp(target, "zeros") == 0 ||
           made_filter(target);
}

/* For stacks: 5x5 holds every filter, and the output is as large as x. */
static cvl_conv2d_geometry same_geometry(const cvl_tensor *x)
{
    cvl_conv2d_geometry g = {
        .batch = x->shape[0],
        .in_channels = x->shape[1],
        .in_height = x->shape[2],
        .in_width = x->shape[3],
        .kernel_height = 5,
        .kernel_width = 5,
        .stride_y = 1,
        .stride_x = 1,
        .dilation_y = 1,
        .dilation_x = 1,
    };
    cvl_conv2d_pad_same(&g);
    return g;
}

cvl_status made_target(const char *text, const cvl_conv2d_geometry *layer,
                       const cvl_exec *exec, const cvl_tensor *input,
                       const cvl_tensor *output, cvl_tensor *target,
                       cvl_error *err)
{
    const struct filter *const filter = made_filter(text);
    if (filter) {
        const cvl_conv2d_geometry g = layer ? *layer : same_geometry(input);
        return filter_apply(filter, &g, exec, input, target, err);
    }
    const cvl_status status = cvl_tensor_init_like(target, output, err);
    if (!status) cvl_tensor_fill(target, strcmp(text, "ones") == 0 ? 1.0 : 0.0);
    return status;
}
