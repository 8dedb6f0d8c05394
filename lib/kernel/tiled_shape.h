/* tiled_shape.h - private: the parts of a plan that follow from sizes. */
#ifndef CVL_TILED_SHAPE_H
#define CVL_TILED_SHAPE_H

#include "kernel/tiled.h"

enum {
    WIDE_ROW = 6,        /* vectors, from where rows make good runs */
    MIN_TASKS = 8,       /* what a handful of threads can share */
    LONG_SUM = 200,      /* taps that pay for turning pixels back */
    TURNED_WEIGHTS = 64, /* and, of the weight gradient, for turning dy */
    EXPAND_OUTPUTS = 4,  /* of at least EXPAND_RATIO as many inputs each */
    EXPAND_RATIO = 4,
    GROWING_INPUTS = 8, /* or that many, for a result that is larger, ... */
    GROWING_OUTPUTS = 9 /* and has fewer channels than this */
};

/* The largest share when `count` is split evenly into shares of at most
 * `limit`: 10 by 8 gives 5. */
static inline size_t even_share(size_t count, size_t limit)
{
    return divide_up(count, divide_up(count, limit));
}

/* Rows of the last block, which may be shorter. */
static inline size_t last_rows(const cvl_tiled_lay *lay)
{
    return lay->y.out - (lay->blocks - 1) * lay->rows;
}

/* The axes of a pass: of the input gradient if `backward`; with a plane per
 * column tap if `split`, else per residue of the stride. */
void cvl_tiled_shape_axes(cvl_tiled_lay *lay, const cvl_conv_sizes *s,
                          bool backward, bool split);

/* The planes for `channels` channels, in blocks of as many rows as fit
 * `bytes`, but of at least one vector of pixels where there are as many.
 * False where their elements pass 2^31. */
bool cvl_tiled_shape_lay(cvl_tiled_lay *lay, const cvl_conv_sizes *s,
                         size_t channels, size_t bytes,
                         const cvl_tiled_machine *machine);

/* Writes the offsets of one phase's taps, of `channels` channels, in the
 * order of w. Returns the end. */
int32_t *cvl_tiled_shape_taps(const cvl_tiled_lay *lay, size_t channels,
                              size_t phase, int32_t *offset);

#endif
