/* setup.h - from settings to the library's own types. */
#ifndef CONVLET_BASE_SETUP_H
#define CONVLET_BASE_SETUP_H

#include <convlet/error.h>
#include <convlet/exec.h>
#include <convlet/geometry.h>
#include <convlet/tensor.h>

#include "base/config.h"
#include "base/text.h"

/* Threads and instruction set; CVL_EINVAL where this machine lacks them. Where
 * the system has fewer threads for this process, they are fewer, said on
 * stderr. */
cvl_status setup_exec(const struct execution_settings *settings, cvl_exec *exec,
                      cvl_error *err);

/* By which algorithm is computed what a net is for: auto is what is fastest.
 * For commands that show numbers, auto is what it is to cvl_conv2d_init. */
cvl_conv_algo setup_algorithm(cvl_conv_algo asked);

/* The element type; `otherwise` for DTYPE_AUTO. */
cvl_dtype setup_dtype(const struct execution_settings *settings,
                      cvl_dtype otherwise);

/* The shape [N,C,H,W] that the settings give a random input. */
void setup_input_shape(const struct geometry_settings *settings,
                       size_t shape[4]);

/*
 * The convolution that the settings describe, for an input of this shape and
 * so many kernels of this size. Checked: CVL_EINVAL.
 */
cvl_status setup_geometry(const struct geometry_settings *settings,
                          const size_t input_shape[4], size_t kernels,
                          const size_t kernel_size[2],
                          cvl_conv2d_geometry *geometry, cvl_error *err);

/* The same of a random input and of the settings' own kernels. */
cvl_status setup_own_geometry(const struct geometry_settings *settings,
                              cvl_conv2d_geometry *geometry, cvl_error *err);

/* Appends the net's text: --net, or the one layer of the geometry. */
void setup_net_spec(const struct geometry_settings *settings,
                    const cvl_conv2d_geometry *geometry, struct text *spec);

/* The loss that is lowered, and the optimiser that lowers it. */
cvl_loss setup_loss(const struct training_settings *settings);
bool setup_compares_labels(const struct training_settings *settings);
cvl_optimizer_settings setup_optimizer(
    const struct training_settings *settings);

/* The loss and the reduction that nobody has named, where they follow from the
 * other settings: labels have one loss, and no notebook's reduction. NULL: the
 * usual one. */
const char *setup_default_loss(const struct config *config);
const char *setup_default_reduction(const struct training_settings *settings);

/* Appends "loss NAME, reduction mean"; the usual loss goes without saying. */
void setup_describe_loss(const struct training_settings *settings,
                         struct text *text);

#endif
