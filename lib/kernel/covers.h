/* covers.h - private: convolutions whose kernel covers their input. */
#ifndef CVL_COVERS_H
#define CVL_COVERS_H

#include "kernel/kernel.h"

/*
 * Without padding, a kernel as large as its input has one place: every output
 * reads all of its group's input, as in a dense layer, whose matrix product
 * takes a fraction of the time. The kernels below are for such geometries
 * alone; each group is a dense layer.
 */
bool cvl_covers(const cvl_conv2d_geometry *geometry);

#ifdef CVL_TILED
extern const cvl_conv_kernel cvl_covers_f32, cvl_covers_f64;
#endif

#endif
