/* read.h - patches of what the settings name: photographs, or leaves. */
#ifndef CONVLET_PATCHES_READ_H
#define CONVLET_PATCHES_READ_H

#include "patches/patches.h"
#include "patches/photos.h"

/*
 * Reads or prepares what --target, --degrade, --patch, --color and
 * --validation ask for, and takes all memory. Held out is --validation; else
 * the last picture of the directory, or, with leaves, a picture of leaves
 * that the seed alone decides.
 *
 *   photos          receives what was read, none for leaves; outlives the
 *                   patches
 *   input, target   as in patches_room
 *
 * Errors of patches_plan and photos_load; CVL_EINVAL for pictures smaller than
 * a patch, and where there is nothing to hold out. Free both in any case.
 */
cvl_status patches_init(struct patches *patches, const struct config *config,
                        cvl_dtype dtype, struct photos *photos,
                        cvl_tensor *input, cvl_tensor *target, cvl_error *err);

#endif
