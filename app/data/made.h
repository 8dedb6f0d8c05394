/* made.h - inputs and targets that come from no file. */
#ifndef CONVLET_DATA_MADE_H
#define CONVLET_DATA_MADE_H

#include <convlet/conv2d.h>
#include <convlet/random.h>
#include <convlet/tensor.h>

#include "base/config.h"
#include "data/filter_bank.h"

/* What stands before a filter's name. */
#define FILTER_PREFIX "filter:"

/* Draws an input of the four sizes: N(0,1), the first values that are taken
 * from the stream, as the "strided" notebook does. CVL_ENOMEM. */
cvl_status made_input(const struct geometry_settings *settings, cvl_dtype dtype,
                      cvl_random *random, cvl_tensor *input, cvl_error *err);

/* The filter that a target of this text names; NULL where it names none. */
const struct filter *made_filter(const char *target);

/* Is the target ones, zeros, or filter:NAME? */
bool made_is_target(const char *target);

/*
 * Makes such a target: ones or zeros in the shape of `output`, or the filtered
 * input in the shape that this has.
 *
 *   layer   of a lone layer, its geometry: filter:NAME is applied on it, so
 *           that the layer can learn it; NULL for a stack, which gets the
 *           filter with stride 1 and an output as large as the input
 *
 * CVL_EINVAL, CVL_ENOMEM.
 */
cvl_status made_target(const char *text, const cvl_conv2d_geometry *layer,
                       const cvl_exec *exec, const cvl_tensor *input,
                       const cvl_tensor *output, cvl_tensor *target,
                       cvl_error *err);

#endif
