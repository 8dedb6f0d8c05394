/* pair.h - a good picture, and what became of it. */
#ifndef CONVLET_PATCHES_PAIR_H
#define CONVLET_PATCHES_PAIR_H

#include "patches/degrade.h"

/* All but noise, which is drawn with each patch; owned, but the name. */
struct pair {
    const char *name;
    cvl_tensor clean;    /* float32 [1,C,H,W] */
    cvl_tensor degraded; /* [1,C,H/scale,W/scale] */
    cvl_tensor base;     /* [1,C,H,W]: that enlarged; empty for scale 1 */
};

/*
 * Makes the pair of a picture [1,C,H,W], which is taken over, and cut at the
 * bottom and the right to multiples of the scale.
 *
 *   least   rows and columns that must be left
 *
 * CVL_EINVAL for a smaller one, CVL_ENOMEM; messages start with the name. Free
 * it in any case.
 */
cvl_status pair_make(const char *name, cvl_tensor *pixels,
                     const struct degrade *degrade, const size_t least[2],
                     struct pair *pair, cvl_error *err);

/* Room for what becomes of pair->clean. CVL_ENOMEM. */
cvl_status pair_room(const struct degrade *degrade, struct pair *pair,
                     cvl_error *err);

/* Frees; not to be used again then. */
void pair_free(struct pair *pair);

#endif
