/* examples.h - what a classifier is shown: pictures, arrays, directories. */
#ifndef CONVLET_PREPARE_EXAMPLES_H
#define CONVLET_PREPARE_EXAMPLES_H

#include <stdbool.h>

#include <convlet/tensor.h>

#include "prepare/prepare.h"

/* One sample, as long as it is visited. */
struct example {
    const char *name;    /* "four.png", or "x.npy[12]" */
    const char *truth;   /* the folder that it lay in, its class; or NULL */
    const cvl_tensor *x; /* [1,C,H,W], of the model's sizes */
};

typedef cvl_status example_visit(void *context, const struct example *example,
                                 cvl_error *err);

/* How files become samples. */
struct example_reader {
    const char *command;           /* for notes */
    double divisor;                /* of bytes; 0: they are as they are */
    const struct prepare *prepare; /* of pictures */
    const size_t *shape;           /* of the model's input, [N,C,H,W] */
    bool quiet;                    /* no notes of what was done to pictures */
    bool strict;                   /* no picture is passed over */
    example_visit *visit;
    void *context;
    cvl_status failed; /* of the first picture that was passed over */
};

/*
 * Visits every sample of a file: a picture is one; a .npy or IDX array is as
 * many as it has times the numbers of one, [N,C,H,W], or [N,H,W] for one
 * channel, or [N,C*H*W], or one without N; a directory has those of its
 * pictures, and those of its directories, a class each.
 *
 * A picture of a directory that cannot be read is passed over, said on stderr,
 * and its status kept. CVL_EIO, CVL_EFORMAT, CVL_ESHAPE, CVL_EUNSUPPORTED,
 * CVL_ENOMEM, and those of `visit`; messages start with the path.
 */
cvl_status examples_visit(struct example_reader *reader, const char *path,
                          cvl_error *err);

#endif
