/* outside.c - what the smallest program on top of libconvlet looks like. */
#include <stdio.h>

#include <convlet/exec.h>
#include <convlet/geometry.h>

static void mark(void *context, size_t task, size_t worker)
{
    (void)worker;
    ((int *)context)[task] = 1;
}

int main(void)
{
    const cvl_conv2d_geometry g = {.batch = 1,
                                   .in_channels = 3,
                                   .in_height = 20,
                                   .in_width = 20,
                                   .out_channels = 4,
                                   .kernel_height = 5,
                                   .kernel_width = 5,
                                   .stride_y = 1,
                                   .stride_x = 1,
                                   .dilation_y = 1,
                                   .dilation_x = 1,
                                   .groups = 1};
    cvl_error err;
    if (cvl_conv2d_geometry_check(&g, &err)) return 1;

    int done[2] = {0};
    const cvl_exec two = {.threads = 2, .isa = CVL_ISA_BASE};
    cvl_exec_run(&two, 2, 1e9, mark, done);
    if (!done[0] || !done[1]) return 1;

    printf("%zux%zu\n", cvl_conv2d_out_height(&g), cvl_conv2d_out_width(&g));
    return 0;
}
