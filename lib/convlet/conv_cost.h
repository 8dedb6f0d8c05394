/* conv_cost.h - private: what a convolution is estimated to take. */
#ifndef CVL_CONV_COST_H
#define CVL_CONV_COST_H

#include "convlet/exec.h"
#include "convlet/geometry.h"
#include "convlet/tensor.h"

/*
 * The time of a pass by Winograd's algorithm, F(4x4,3x3), as a share of the
 * time by `tiled`, estimated from the shape and the instruction set alone; 0
 * where the algorithm is not for such a layer, or never the faster one.
 */
double cvl_winograd_share(const cvl_conv2d_geometry *geometry, cvl_dtype dtype,
                          cvl_isa isa);

#endif
