/* geometry_check.c - which convolutions are accepted, and what they come to. */
/*
 * bound:   all sizes
 * assumes: none of an accepted one's is 0, as the row geometry proves
 * sources: lib/convlet/size.c
 *
 * Sizes that wrap on the way to a refusal are defined in C; that none does of
 * one that is accepted is the row geometry.
 */
#include <__fc_builtin.h>

#include "convlet/geometry.c"

static size_t any(void)
{
    return Frama_C_size_t_interval(0, SIZE_MAX);
}

void prove(void)
{
    cvl_error err;
    cvl_conv2d_geometry g = {.batch = any(),
                             .in_channels = any(),
                             .in_height = any(),
                             .in_width = any(),
                             .out_channels = any(),
                             .kernel_height = any(),
                             .kernel_width = any(),
                             .stride_y = any(),
                             .stride_x = any(),
                             .pad_top = any(),
                             .pad_bottom = any(),
                             .pad_left = any(),
                             .pad_right = any(),
                             .dilation_y = any(),
                             .dilation_x = any(),
                             .groups = any(),
                             .tied = Frama_C_interval(0, 1)};
    if (Frama_C_interval(0, 1)) cvl_conv2d_pad_same(&g);
    if (Frama_C_interval(0, 1)) cvl_conv2d_pad_fit(&g);
    if (cvl_conv2d_geometry_check(&g, &err)) return;
    if (!g.kernel_height || !g.kernel_width || !g.stride_y || !g.stride_x ||
        !g.groups)
        return;
    size_t shape[4];
    cvl_conv2d_input_shape(&g, shape);
    cvl_conv2d_weight_shape(&g, shape);
    cvl_conv2d_output_shape(&g, shape);
    (void)cvl_conv2d_flops(&g);
}
