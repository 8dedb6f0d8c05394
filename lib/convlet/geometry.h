/* geometry.h - the sizes of one convolution, and what follows from them. */
#ifndef CVL_GEOMETRY_H
#define CVL_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/error.h"

/*
 * Everything that the shape of a 2D convolution depends on. A 1D convolution
 * is one with in_height = kernel_height = 1.
 *
 *     x  [batch, in_channels, in_height, in_width]
 *     w  [out_channels, in_channels / groups, kernel_height, kernel_width]
 *     y  [batch, out_channels, out_height, out_width]
 *
 *     out = floor((in + pads - dilation (kernel - 1) - 1) / stride) + 1
 *
 * Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep
 * learning", 2016, relationship 15; torch.nn.Conv2d.
 */
typedef struct cvl_conv2d_geometry {
    size_t batch;
    size_t in_channels, in_height, in_width;
    size_t out_channels;
    size_t kernel_height, kernel_width;
    size_t stride_y, stride_x;
    size_t pad_top, pad_bottom, pad_left, pad_right;
    size_t dilation_y, dilation_x;
    size_t groups; /* divides in_channels and out_channels */
    bool tied;     /* one kernel per output channel, for every input channel:
                      w is [out_channels, 1, kernel_height, kernel_width] */
} cvl_conv2d_geometry;

/*
 * CVL_OK, or CVL_EINVAL with one line that names the size, its value and what
 * it should be: "kernel height 5 does not fit the padded input height 4".
 * After CVL_OK no product of these sizes that a tensor or a loop needs
 * overflows, and out_height and out_width are 1 or more.
 */
cvl_status cvl_conv2d_geometry_check(const cvl_conv2d_geometry *geometry,
                                     cvl_error *err);

/*
 * Set the four paddings from the other sizes, which are checked later:
 *
 *   same   dilation (kernel - 1) zeros per axis, half before and, where that
 *          is odd, one more after: out = ceil(in / stride), as torch's
 *          padding="same" for stride 1. However the stride: TensorFlow's "same"
 *          pads what its last window lacks, which is less (of 224, kernel 7,
 *          stride 2: 2 and 3 there, 3 and 3 here)
 *   fit    zeros only after, until the stride divides what the kernel leaves:
 *          what the "strided" notebook appends
 */
void cvl_conv2d_pad_same(cvl_conv2d_geometry *geometry);
void cvl_conv2d_pad_fit(cvl_conv2d_geometry *geometry);

/* Rows and columns of the output, of a checked geometry. */
size_t cvl_conv2d_out_height(const cvl_conv2d_geometry *geometry);
size_t cvl_conv2d_out_width(const cvl_conv2d_geometry *geometry);

/* The shapes of x, w and y above, of a checked geometry. */
void cvl_conv2d_input_shape(const cvl_conv2d_geometry *geometry,
                            size_t shape[4]);
void cvl_conv2d_weight_shape(const cvl_conv2d_geometry *geometry,
                             size_t shape[4]);
void cvl_conv2d_output_shape(const cvl_conv2d_geometry *geometry,
                             size_t shape[4]);

/* What a layer computes: y; dw and db; dx. */
typedef enum cvl_conv_pass {
    CVL_FORWARD,
    CVL_GRAD_WEIGHT,
    CVL_GRAD_INPUT
} cvl_conv_pass;

/* Multiplications and additions of one pass, whichever. */
double cvl_conv2d_flops(const cvl_conv2d_geometry *geometry);

#endif
