/* data.h - what a layer is trained on: an input and the target for it. */
#ifndef CONVLET_DATA_DATA_H
#define CONVLET_DATA_DATA_H

#include <stdbool.h>

#include <convlet/conv2d.h>
#include <convlet/random.h>
#include <convlet/tensor.h>

#include "base/config.h"
#include "base/suggest.h"
#include "data/source.h"

/* {0} is empty. */
struct data {
    cvl_tensor input;  /* [N,C,H,W] */
    cvl_tensor target; /* like the net's output */
    bool is_picture;   /* the input came from a picture file */
    bool is_lossy;     /* and was compressed so that its pixels changed */
    bool target_is_picture;
    bool target_is_lossy;
    struct source_mark input_mark, target_mark; /* of files */
    size_t folded; /* channels that --share-channels made pictures of; else 0 */
};

void data_free(struct data *data);

/* Does an input or a target of this text come from a file or a directory? */
bool data_is_file(const char *text);

/*
 * Reads or draws the input: `random` values are N(0,1), the first that are
 * taken from the stream, as the "strided" notebook does.
 */
cvl_status data_make_input(const struct config *config, cvl_dtype dtype,
                           cvl_random *random, struct data *data,
                           cvl_error *err);

/* Reads the target if it is a file: its channels may decide --kernels. */
cvl_status data_read_target(const struct config *config, cvl_dtype dtype,
                            struct data *data, cvl_error *err);

/* CVL_EIO where there is no file of the suggestion's word, but a word that a
 * setting takes instead of a file is near it. */
cvl_status data_refuse_typo(const struct suggestion *suggestion,
                            cvl_error *err);

/* The channels that `--kernels auto` stands for, after the two above. */
size_t data_target_channels(const struct data *data);

/*
 * Makes the target that is not a file, in the shape of `output`, and checks
 * that any target has that shape.
 *
 *   layer   of a lone layer, its geometry: filter:NAME is applied on it, so
 *           that the layer can learn it; NULL for a stack, which gets the
 *           filter with stride 1 and an output as large as the input
 *
 * CVL_EINVAL, CVL_ESHAPE, CVL_ENOMEM.
 */
cvl_status data_make_target(const struct config *config,
                            const cvl_conv2d_geometry *layer,
                            const cvl_exec *exec, const cvl_tensor *output,
                            struct data *data, cvl_error *err);

/*
 * The input and the target in float64, of data that is complete: those of files
 * are read again, as 1/255 is another number there; others are copied.
 * *exact is {0} before; free it in any case. Errors as above.
 */
cvl_status data_read_exact(const struct config *config, const struct data *data,
                           struct data *exact, cvl_error *err);

#endif
