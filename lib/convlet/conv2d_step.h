/* conv2d_step.h - a layer's training step, a few images at a time. */
#ifndef CVL_CONV2D_STEP_H
#define CVL_CONV2D_STEP_H

#include "convlet/conv2d.h"
#include "convlet/loss.h"

/*
 * One training step of a layer, but for the update. Its output and the
 * gradient by it are often larger than a cache, and each pass over them would
 * wait for the memory:
 *
 *     forward all images ... loss of all ... gradients of all
 *
 * So a batch whose output is large is cut into chunks of images that go
 * through all of it while they are near:
 *
 *     chunk 0: forward, loss, gradients      chunk 1: forward, loss, ...
 *
 * Each of at most 8 parts of the chunks has a sum of its own, for its own
 * thread; they are added in order. Chunks and parts follow from the shape
 * alone. {0} is valid and may be freed.
 */
typedef struct cvl_conv2d_step {
    cvl_conv2d conv; /* of one chunk */
    cvl_exec exec;
    size_t chunks, parts;
    size_t sum_bytes; /* dw and db of one part */
    size_t work_bytes;
} cvl_conv2d_step;

/* As cvl_conv2d_init, with the same errors. */
cvl_status cvl_conv2d_step_init(cvl_conv2d_step *all,
                                const cvl_conv2d_geometry *geometry,
                                cvl_dtype dtype, cvl_conv_algo algo,
                                const cvl_exec *exec, cvl_error *err);

/* Frees the plan and resets to {0}; idempotent. */
void cvl_conv2d_step_free(cvl_conv2d_step *all);

/* What one step reads and writes: shapes as in conv2d.h and loss.h. */
typedef struct cvl_conv2d_batch {
    const cvl_tensor *x, *w, *b; /* b: NULL for none */
    const cvl_tensor *t, *mask;  /* mask: NULL for all */
    size_t used;                 /* terms of the loss: 1s of the mask, or all */
    cvl_loss loss;
    cvl_tensor *y;  /* overwritten with the output, then as dy says */
    cvl_tensor *dy; /* like y: scratch; may be y, which is lost then */
    cvl_tensor *dw; /* the gradients, overwritten */
    cvl_tensor *db; /* NULL to leave it out */
    cvl_tensor *dx; /* NULL to leave it out */
} cvl_conv2d_batch;

/*
 * Returns the loss and writes the gradients: what cvl_conv2d_forward,
 * cvl_loss_compute, cvl_conv2d_grad_weight and cvl_conv2d_grad_input give
 * one after the other, but for rounding. `work` has all->work_bytes. Cannot
 * fail; the same bits for any number of threads.
 */
double cvl_conv2d_step_run(const cvl_conv2d_step *all,
                           const cvl_conv2d_batch *batch, void *work);

#endif
