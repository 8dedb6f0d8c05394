/* mask.h - which elements of an output count, and which mean nothing. */
#ifndef CONVLET_DATA_MASK_H
#define CONVLET_DATA_MASK_H

#include <convlet/net.h>

#include "base/config.h"

/*
 * Makes a mask of 0 and 1 like the output of the net, and counts its ones. It
 * leaves out, as the settings ask:
 *
 *   --region valid     outputs that depend on padding
 *   --mask-clipped     elements where the target is 0 or 1, where a picture
 *                      may have been clipped; `clips` is the picture's name,
 *                      NULL for what is none
 *
 * Nothing is left out: *mask stays {0}. CVL_EINVAL where nothing would count,
 * with the flag that changes that; CVL_ENOMEM.
 */
cvl_status mask_make(const struct training_settings *settings,
                     const cvl_net *net, const cvl_tensor *target,
                     const char *clips, cvl_tensor *mask, size_t *used,
                     cvl_error *err);

#endif
