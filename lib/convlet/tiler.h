/* tiler.h - a net over an array of any size, piece by piece, without seams. */
#ifndef CVL_TILER_H
#define CVL_TILER_H

#include "convlet/net.h"

/* Tiles are this large at least: narrower rows would be summed otherwise. */
enum { CVL_TILER_MIN_TILE = 16 };

/*
 * Where the outputs of a net lie, along one axis. Moved by `period` inputs, its
 * outputs move by `per` (cvl_net_period); moved by `step`, they have the same
 * bits `step_per` further (cvl_net_exact_period). Outputs that see the zeros a
 * region was padded with, where the array goes on, are spoiled, and so are
 * those that a layer rounds with them: the first `lead` and the last `trail` of
 * the region.
 */
typedef struct cvl_tiler_axis {
    size_t period, per;
    size_t step, step_per;
    size_t lead, trail;
    size_t in, out;     /* of the whole array */
    size_t region;      /* inputs that are computed at a time */
    size_t tile, tiles; /* outputs that are kept of them, and how often */
} cvl_tiler_axis;

/* {0} is empty, and may be freed. */
typedef struct cvl_tiler {
    cvl_net_config config; /* of a region's net */
    const cvl_net *params; /* whose values it takes */
    size_t tile;           /* outputs a side; 0: as memory allows */
    cvl_tiler_axis y, x;
    cvl_conv_algo algos[CVL_MAX_LAYERS]; /* of the net on the whole array */
    cvl_net net;                         /* of one region */
    cvl_tensor piece;                    /* its input */
} cvl_tiler;

/* Called after each tile. */
typedef void cvl_tiler_tick(void *context);

/*
 * Takes a net on; nothing is computed, and nothing allocated.
 *
 *   config  the text, dtype, algorithm and execution to run with; its input's
 *           shape says the channels, [1,C,any,any]
 *   params  a net of that text, built or planned, whose params have values
 *   tile    outputs a side, CVL_TILER_MIN_TILE or more (asserted); 0: the
 *           largest that take a moderate amount of memory
 *
 * Both, and what they point to, outlive the tiler; config itself is copied.
 * CVL_EUNSUPPORTED for strides whose product is beyond any array.
 */
cvl_status cvl_tiler_init(cvl_tiler *tiler, const cvl_net_config *config,
                          const cvl_net *params, size_t tile, cvl_error *err);

/*
 * Makes ready for arrays of `height` x `width`, and allocates. What is fastest
 * is chosen for the whole array, and kept for its pieces. Free to be called
 * again, for another size. CVL_ESHAPE where the net needs a larger
 * array, with the layer; CVL_ENOMEM.
 */
cvl_status cvl_tiler_prepare(cvl_tiler *tiler, size_t height, size_t width,
                             cvl_error *err);

/*
 * y = net(x), of the net's dtype, with the sizes that were prepared for
 * (asserted):
 *
 *   x [1, inputs of the net, y.in, x.in]   y [1, its outputs, y.out, x.out]
 *
 * The same bits as cvl_net_forward gives on the whole array, whatever the tile
 * and the threads. `tick` is called with `context` after each tile; NULL: is
 * not. Cannot fail, and allocates nothing.
 */
void cvl_tiler_run(cvl_tiler *tiler, const cvl_tensor *x, cvl_tensor *y,
                   cvl_tiler_tick *tick, void *context);

/* Tiles of one cvl_tiler_run. */
size_t cvl_tiler_tiles(const cvl_tiler *tiler);

/* Frees and resets to {0}; idempotent. */
void cvl_tiler_free(cvl_tiler *tiler);

#endif
