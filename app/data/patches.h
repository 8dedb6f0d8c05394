/* patches.h - batches of good and degraded patches, drawn anew each step. */
#ifndef CONVLET_DATA_PATCHES_H
#define CONVLET_DATA_PATCHES_H

#include <stdbool.h>

#include <convlet/random.h>
#include <convlet/tensor.h>

#include "base/config.h"
#include "data/dead_leaves.h"
#include "data/degrade.h"
#include "data/photos.h"

/* Patches in a step, where nobody says how many. */
enum { PATCHES_BATCH = 16 };

/* A good picture and what became of it, but for noise; owned, but the name. */
struct pair {
    const char *name;
    cvl_tensor clean;    /* float32 [1,C,H,W] */
    cvl_tensor degraded; /* [1,C,H/scale,W/scale] */
    cvl_tensor base;     /* [1,C,H,W]: that enlarged; empty for scale 1 */
};

/* {0} is off. */
struct patches {
    struct degrade degrade;
    size_t scale;  /* rows and columns of the target for one of the input */
    bool residual; /* the target is what is missing, not the picture */
    struct photos photos;
    struct pair *pairs; /* to cut from; with leaves one, drawn each time */
    size_t pair_count;
    struct pair held_out;               /* never cut from */
    struct source_mark validation_mark; /* of --validation */
    bool is_leaves;
    struct dead_leaves leaves;
    struct degrader degrader; /* of the leaves */
};

/*
 * Reads or prepares what --target, --degrade, --patch, --color and
 * --validation ask for, and takes all memory. Held out is --validation; else
 * the last picture of the directory, or, with leaves, a picture of leaves
 * that the seed alone decides.
 *
 *   input, target   receive room for a batch, [--batch-size, C, --patch]; of
 *                   shrink the input is as much smaller
 *
 * Errors of photos_load and degrade_parse; CVL_EINVAL for pictures smaller
 * than a patch, for a patch that shrink does not divide, and where there is
 * nothing to hold out. Free in any case.
 */
cvl_status patches_init(struct patches *patches, const struct config *config,
                        cvl_dtype dtype, cvl_tensor *input, cvl_tensor *target,
                        cvl_error *err);

/*
 * Draws the next batch from the stream: the same stream gives the same batch.
 * Patches of photographs start anywhere and may be mirrored. Allocates
 * nothing, cannot fail.
 */
void patches_draw(struct patches *patches, cvl_random *random,
                  cvl_tensor *input, cvl_tensor *target);

/* Frees and resets; idempotent. */
void patches_free(struct patches *patches);

/* Where a patch lies in a picture, at multiples of the scale, and whether it is
 * mirrored. */
struct place {
    size_t top, left;
    bool flip_y, flip_x;
};

/*
 * Copies the patch at `place` into image `n` of a batch, adding the noise, if
 * that is what degrades, to the input from the stream, channel by channel.
 *
 *   base   NULL, or like target: receives what doing nothing would give, the
 *          input, or the input enlarged
 */
void patches_cut(const struct patches *patches, const struct pair *pair,
                 const struct place *place, cvl_random *random, size_t n,
                 cvl_tensor *input, cvl_tensor *target, cvl_tensor *base);

#endif
