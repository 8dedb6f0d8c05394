/* setup.c - see setup.h for the contract. */
#include "base/setup.h"

cvl_status setup_exec(const struct config *config, cvl_exec *exec,
                      cvl_error *err)
{
    static const cvl_isa isas[] = {[ISA_BASE] = CVL_ISA_BASE,
                                   [ISA_AVX2] = CVL_ISA_AVX2,
                                   [ISA_AVX512] = CVL_ISA_AVX512};
    *exec = cvl_exec_default();
    if (config->execution.threads) exec->threads = config->execution.threads;
    if (config->execution.isa != ISA_AUTO)
        exec->isa = isas[config->execution.isa];
    return cvl_exec_check(exec, err);
}

cvl_dtype setup_dtype(const struct config *config, cvl_dtype otherwise)
{
    switch (config->execution.dtype) {
    case DTYPE_FLOAT32: return CVL_F32;
    case DTYPE_FLOAT64: return CVL_F64;
    case DTYPE_AUTO: break;
    }
    return otherwise;
}

cvl_status setup_geometry(const struct config *config,
                          const size_t input_shape[4], size_t kernels,
                          const size_t kernel_size[2],
                          cvl_conv2d_geometry *geometry, cvl_error *err)
{
    *geometry = (cvl_conv2d_geometry){
        .batch = input_shape[0],
        .in_channels = input_shape[1],
        .in_height = input_shape[2],
        .in_width = input_shape[3],
        .out_channels = kernels,
        .kernel_height = kernel_size[0],
        .kernel_width = kernel_size[1],
        .stride_y = config->geometry.stride[0],
        .stride_x = config->geometry.stride[1],
        .pad_top = config->geometry.padding.size[0],
        .pad_bottom = config->geometry.padding.size[1],
        .pad_left = config->geometry.padding.size[2],
        .pad_right = config->geometry.padding.size[3],
        .dilation_y = config->geometry.dilation[0],
        .dilation_x = config->geometry.dilation[1],
        .groups = config->geometry.groups,
        .tied = config->geometry.tie_input_channels,
    };
    if (config->geometry.padding.mode == PADDING_SAME)
        cvl_conv2d_pad_same(geometry);
    if (config->geometry.padding.mode == PADDING_FIT)
        cvl_conv2d_pad_fit(geometry);
    return cvl_conv2d_geometry_check(geometry, err);
}

void setup_net_spec(const struct config *config, const cvl_conv2d_geometry *g,
                    struct text *spec)
{
    if (config->geometry.net) {
        text_add(spec, "%s", config->geometry.net);
        return;
    }
    text_add(spec,
             "conv %zu %zux%zu stride=%zux%zu padding=%zux%zux%zux%zu "
             "dilation=%zux%zu groups=%zu bias=%s tied=%s",
             g->out_channels, g->kernel_height, g->kernel_width, g->stride_y,
             g->stride_x, g->pad_top, g->pad_bottom, g->pad_left, g->pad_right,
             g->dilation_y, g->dilation_x, g->groups,
             config->geometry.bias ? "yes" : "no", g->tied ? "yes" : "no");
}
