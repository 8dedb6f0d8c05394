/* patches.h - batches of good and degraded patches, drawn anew each step. */
#ifndef CONVLET_PATCHES_PATCHES_H
#define CONVLET_PATCHES_PATCHES_H

#include <stdbool.h>

#include <convlet/random.h>
#include <convlet/tensor.h>

#include "base/config.h"
#include "patches/dead_leaves.h"
#include "patches/pair.h"

/* Patches in a step, where nobody says how many. */
enum { PATCHES_BATCH = 16 };

/* How --target names leaves. */
#define PATCHES_LEAVES "leaves"

/* {0} is off. */
struct patches {
    struct degrade degrade;
    size_t scale;  /* rows and columns of the target for one of the input */
    bool residual; /* the target is what is missing, not the picture */
    struct pair *pairs; /* to cut from; with leaves one, drawn each time */
    size_t pair_count;
    struct pair held_out; /* never cut from */
    bool is_leaves;
    struct dead_leaves leaves;
    struct degrader degrader; /* of the leaves */
};

/*
 * The settings of patches: {0} but for these. CVL_EINVAL for a target that is
 * made from the input and for a patch that shrink does not divide; errors of
 * degrade_parse. Nothing is allocated.
 */
cvl_status patches_plan(struct patches *patches, const struct config *config,
                        cvl_error *err);

/* Leaves to cut batches from, of --color y or rgb. CVL_ENOMEM. */
cvl_status patches_add_leaves(struct patches *patches,
                              const struct data_settings *settings,
                              cvl_error *err);

/* Holds out a picture, float32 [1,C,H,W] of the same channels, which is taken
 * over; the name outlives the patches. CVL_EINVAL for one that is too small,
 * CVL_ENOMEM. */
cvl_status patches_keep(struct patches *patches, const char *name,
                        cvl_tensor *pixels, cvl_error *err);

/* Holds out leaves, which the seed alone decides. CVL_ENOMEM. */
cvl_status patches_keep_leaves(struct patches *patches, uint32_t seed,
                               cvl_error *err);

/*
 * Once there is something to cut from: input and target receive room for a
 * batch, [--batch-size, C, --patch]; of shrink the input is as much smaller.
 * CVL_ENOMEM.
 */
cvl_status patches_room(const struct patches *patches,
                        const struct data_settings *settings, cvl_dtype dtype,
                        cvl_tensor *input, cvl_tensor *target, cvl_error *err);

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
