/* setup.h - from settings to the library's own types. */
#ifndef CONVLET_BASE_SETUP_H
#define CONVLET_BASE_SETUP_H

#include <convlet/error.h>
#include <convlet/exec.h>
#include <convlet/geometry.h>
#include <convlet/tensor.h>

#include "base/config.h"
#include "base/text.h"

/* Threads and instruction set; CVL_EINVAL where this machine lacks them. */
cvl_status setup_exec(const struct config *config, cvl_exec *exec,
                      cvl_error *err);

/* The element type; `otherwise` for DTYPE_AUTO. */
cvl_dtype setup_dtype(const struct config *config, cvl_dtype otherwise);

/*
 * The convolution that the geometry settings describe, for an input of this
 * shape and so many kernels of this size. Checked: CVL_EINVAL.
 */
cvl_status setup_geometry(const struct config *config,
                          const size_t input_shape[4], size_t kernels,
                          const size_t kernel_size[2],
                          cvl_conv2d_geometry *geometry, cvl_error *err);

/* Appends the net's text: --net, or the one layer of the geometry. */
void setup_net_spec(const struct config *config,
                    const cvl_conv2d_geometry *geometry, struct text *spec);

#endif
