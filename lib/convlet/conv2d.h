/* conv2d.h - the convolution layer: forward pass and its two gradients. */
#ifndef CVL_CONV2D_H
#define CVL_CONV2D_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/error.h"
#include "convlet/exec.h"
#include "convlet/geometry.h"
#include "convlet/tensor.h"

/* How the sums are carried out. Results differ by rounding alone. */
typedef enum cvl_conv_algo {
    CVL_CONV_AUTO,   /* by shape */
    CVL_CONV_DIRECT, /* the six loops; the reference for the others */
    CVL_CONV_IM2COL, /* gather the windows, then one matrix product */
    CVL_CONV_TILED,  /* tiles of outputs in registers, or one matrix product
                        where the kernel covers its input; for exec's isa */

    /* Kernels of 3x3 with stride 1, dilation 1 and one group alone: fewer
     * multiplications, of sums of inputs, for tiles of 4x4 outputs or 2x2. */
    CVL_CONV_WINOGRAD,  /* a quarter of them; several times tiled's rounding */
    CVL_CONV_WINOGRAD2, /* 4 of 9; rounds as little as tiled */

    /* Auto, but winograd where that is estimated to be much faster: by shape
     * and isa alone. It has no name. */
    CVL_CONV_FASTEST
} cvl_conv_algo;

/* "auto", "direct", "im2col", "tiled", "winograd", "winograd2"; NULL behind the
 * last one. */
const char *cvl_conv_algo_name(cvl_conv_algo algo);

/* The algorithm of that name; false if there is none. */
bool cvl_conv_algo_parse(const char *name, cvl_conv_algo *algo);

/* CVL_EINVAL for a number that is no algorithm. */
cvl_status cvl_conv_algo_check(cvl_conv_algo algo, cvl_error *err);

/* Whether this build has the algorithm for the instruction set; auto always. */
bool cvl_conv_algo_is_built(cvl_conv_algo algo, cvl_isa isa);

/*
 * A convolution of fixed sizes, planned once and run many times. Deep
 * learning's "convolution" is a cross-correlation: the kernel is not flipped.
 * {0} is valid and may be freed.
 */
typedef struct cvl_conv2d {
    cvl_conv2d_geometry geometry;
    cvl_dtype dtype;
    cvl_exec exec;
    cvl_conv_algo algo;                   /* chosen; never AUTO or FASTEST */
    bool automatic;                       /* and nobody asked for it */
    double winograd_share;                /* with FASTEST: the time of winograd
                                             by that of tiled, estimated; or 0 */
    const struct cvl_conv_kernel *kernel; /* its functions (private) */
    void *plan;                           /* its tables (private) */
    size_t work_bytes;
} cvl_conv2d;

/*
 * Plans a convolution. Everything that can fail, fails here.
 * CVL_EINVAL for an impossible geometry or exec, CVL_ENOMEM,
 * CVL_EUNSUPPORTED for an algorithm that this build does not have, or that
 * does not do sizes as large as these: then auto takes another.
 */
cvl_status cvl_conv2d_init(cvl_conv2d *conv,
                           const cvl_conv2d_geometry *geometry, cvl_dtype dtype,
                           cvl_conv_algo algo, const cvl_exec *exec,
                           cvl_error *err);

/* Frees the plan and resets to {0}; idempotent. */
void cvl_conv2d_free(cvl_conv2d *conv);

/*
 * Outputs a side that forward rounds together: each depends, in its last bits,
 * on all that the B x B outputs of its block read, of which the first is y 0,0.
 * 1: an output depends on its own window alone. A part of the input gives the
 * bits of the whole where its blocks are the whole's.
 */
size_t cvl_conv2d_block(const cvl_conv2d *conv);

/* Bytes of scratch that each of the three passes needs: the caller allocates
 * them once (cvl_alloc) and hands them to every call. Its content between
 * calls does not matter. May be 0; `work` may be NULL then. */
size_t cvl_conv2d_work_bytes(const cvl_conv2d *conv);

/* Bytes of a description, its end included, at most. */
enum cvl_conv2d_limits { CVL_CONV_TEXT_SIZE = 256 };

/* One line for people: which algorithm it is and, if nobody asked for it, why
 * the others declined; and how it carries out a pass, and why so. Both return
 * text. */
const char *cvl_conv2d_choice(const cvl_conv2d *conv,
                              char text[CVL_CONV_TEXT_SIZE]);
const char *cvl_conv2d_describe(const cvl_conv2d *conv, cvl_conv_pass pass,
                                char text[CVL_CONV_TEXT_SIZE]);

/*
 * y[n,o,p,q] = b[o] + sum over c,i,j of
 *              w[o,c,i,j] x[n, c0+c, p sy + i dy - top, q sx + j dx - left]
 *
 * where x is 0 outside its borders and c0 is the first channel of o's group.
 *
 *   x [N,C,H,W]   w [O,C/groups,KH,KW]   b [O] or NULL   y [N,O,OH,OW]
 *
 * y is overwritten and may not overlap the others. All of the plan's dtype
 * and shapes (asserted). Cannot fail. The same bits for any number of
 * threads. Where a term of the sum is NaN or infinite, so is the result; which
 * of them it is, and whether an element beside it that shares its window, tap
 * or padding is one as well, is not promised: algorithms and instruction sets
 * differ in the zeros that they multiply.
 * winograd's share more: the outputs of a tile (4x4; winograd2: 2x2), in every
 * channel, of which up to 25 are no numbers where one input is none; of dw the
 * taps of one kernel. There what would be infinite is NaN, and sums may
 * overflow whose terms come within a thousandth of the largest number.
 * Source: Goodfellow, Bengio and Courville, "Deep Learning", 2016, eq. 9.6;
 * agrees with torch.nn.functional.conv2d.
 */
void cvl_conv2d_forward(const cvl_conv2d *conv, const cvl_tensor *x,
                        const cvl_tensor *w, const cvl_tensor *b, cvl_tensor *y,
                        void *work);

/*
 * The gradients of L = sum(y * dy) by the weights and the bias:
 *
 *   dw[o,c,i,j] = sum over n,p,q of
 *                 dy[n,o,p,q] x[n, c0+c, p sy + i dy - top, q sx + j dx - left]
 *   db[o]       = sum over n,p,q of dy[n,o,p,q]
 *
 * dw and db (NULL to leave it out) are overwritten. Other promises as above.
 */
void cvl_conv2d_grad_weight(const cvl_conv2d *conv, const cvl_tensor *x,
                            const cvl_tensor *dy, cvl_tensor *dw,
                            cvl_tensor *db, void *work);

/*
 * The gradient of L = sum(y * dy) by the input:
 *
 *   dx[n,c,h,v] = sum over o,i,j of w[o,c,i,j] dy[n,o,p,q]
 *
 * over every output (p,q) whose window reads (h,v) through tap (i,j); 0 where
 * none does. dx is overwritten. Other promises as above.
 */
void cvl_conv2d_grad_input(const cvl_conv2d *conv, const cvl_tensor *w,
                           const cvl_tensor *dy, cvl_tensor *dx, void *work);

#endif
