/* tiler.h - a net over an array of any size, piece by piece, without seams. */
#ifndef CONVLET_APPLY_TILER_H
#define CONVLET_APPLY_TILER_H

#include <convlet/net.h>

#include "data/model.h"

/* Tiles are this large at least: narrower rows would be summed otherwise. */
enum { TILER_MIN_TILE = 16 };

/*
 * Where the outputs of a net lie, along one axis. Moved by `period` inputs, its
 * outputs move by `per`: the product of its strides, and that of its shuffles.
 * Outputs that see the zeros a region was padded with, where the array goes
 * on, are spoiled: the first `lead` and the last `trail` of the region.
 */
struct tiler_axis {
    size_t period, per;
    size_t lead, trail;
    size_t in, out;     /* of the whole array */
    size_t region;      /* inputs that are computed at a time */
    size_t tile, tiles; /* outputs that are kept of them, and how often */
};

/* {0} is empty. */
struct tiler {
    const cvl_model *model; /* outlives the tiler */
    cvl_exec exec;
    cvl_conv_algo algorithm;
    size_t tile; /* outputs a side; 0: as memory allows */
    struct tiler_axis y, x;
    cvl_net net;      /* of one region */
    cvl_tensor piece; /* its input */
};

/* Called after each tile. */
typedef void tiler_tick(void *context);

/* Takes a model on; nothing is computed. CVL_EUNSUPPORTED for strides whose
 * product is beyond any array. */
cvl_status tiler_init(struct tiler *tiler, const cvl_model *model,
                      const cvl_exec *exec, cvl_conv_algo algorithm,
                      size_t tile, cvl_error *err);

/*
 * Makes ready for arrays of `height` x `width`, and allocates. Free to be
 * called again, for another size. CVL_ESHAPE where the net needs a larger
 * array, with the layer; CVL_ENOMEM.
 */
cvl_status tiler_prepare(struct tiler *tiler, size_t height, size_t width,
                         cvl_error *err);

/*
 * y = net(x), of the model's dtype, with the sizes that were prepared for:
 *
 *   x [1, inputs of the net, y.in, x.in]   y [1, its outputs, y.out, x.out]
 *
 * The same bits as the net on the whole array gives, whatever the tile and
 * the threads. Cannot fail.
 */
void tiler_run(struct tiler *tiler, const cvl_tensor *x, cvl_tensor *y,
               tiler_tick *tick, void *context);

/* Tiles of one tiler_run. */
size_t tiler_tiles(const struct tiler *tiler);

/* Frees and resets; idempotent. */
void tiler_free(struct tiler *tiler);

#endif
