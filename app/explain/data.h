/* data.h - the arrays of a convolution that stands in no net. */
#ifndef CONVLET_EXPLAIN_DATA_H
#define CONVLET_EXPLAIN_DATA_H

#include "base/config.h"
#include "data/conv_arrays.h"
#include "explain/layer.h"

/* {0} is empty. */
struct explain_data {
    struct conv_arrays arrays; /* no dy for UPSTREAM_NONE */
    enum explain_upstream upstream;
    double loss; /* for UPSTREAM_LOSS */
};

/*
 * Reads or draws x, w and b, and plans the convolution.
 *
 *   --input example   x, w and b of the course: see below
 *   --input random    x from the stream of --seed, as `train` draws it
 *   --input FILE      x as `conv` reads it
 *   --weight FILE     w as `conv` reads it, and no bias but --bias
 *   neither           w is drawn after x, as `train` does, and b is 0
 *
 * CVL_EINVAL for an impossible geometry, CVL_ESHAPE, CVL_EIO, CVL_EFORMAT,
 * CVL_EUNSUPPORTED, CVL_ENOMEM. Free it in any case.
 */
cvl_status explain_load(const struct config *config, struct explain_data *data,
                        cvl_error *err);

/* Computes y, and dy where something is sent back: --grad-output, or the
 * gradient of the loss toward --target, or the example's. Errors as above. */
cvl_status explain_forward(const struct config *config, bool sends_back,
                           struct explain_data *data, cvl_error *err);

/* Computes the gradient DX, or GRAD, by the chosen algorithm; needs dy. */
cvl_status explain_backward(cvl_array array, struct explain_data *data,
                            cvl_error *err);

/* The layer, as far as it was computed; valid as long as the data stays in
 * place. */
struct explain_layer explain_lone_layer(const struct explain_data *data);

/* May the files of --save-arrays be written? CVL_EINVAL where one is there and
 * --force is not given, or is an input; CVL_ENOMEM. */
cvl_status explain_check_files(const struct config *config, cvl_error *err);

/* Writes x, w, b, y and dy of a layer, those that are there, as
 * DIRECTORY/x.npy ... */
cvl_status explain_save(const struct explain_layer *layer,
                        const char *directory, cvl_error *err);

void explain_free(struct explain_data *data);

/* Input and kernel of the course's example, as one would type them; the kernel
 * is another one however it is turned or mirrored. */
extern const char EXPLAIN_EXAMPLE_X[], EXPLAIN_EXAMPLE_W[];

#endif
