/* layout.h - arrays in the layouts of NumPy and PyTorch, to ours and back. */
#ifndef CONVLET_DATA_LAYOUT_H
#define CONVLET_DATA_LAYOUT_H

#include <convlet/error.h>
#include <convlet/random.h>
#include <convlet/tensor.h>

#include "base/config.h"

/*
 * Reads x or dy, a file or numbers, into NCHW, from --input-layout. Notes what
 * of a picture was ignored on stderr. `random` is what
 * numbers that are drawn come from. CVL_EINVAL, CVL_EIO, CVL_EFORMAT,
 * CVL_EUNSUPPORTED, CVL_ENOMEM.
 */
cvl_status layout_read_planes(const struct config *config, const char *path,
                              cvl_random *random, cvl_tensor *tensor,
                              cvl_error *err);

/* The same of any numbers: NaN and infinity are taken too, and noted on stderr;
 * *ndim receives how many axes the file has, 4 for a picture. */
cvl_status layout_read_any_planes(const struct config *config, const char *path,
                                  cvl_random *random, cvl_tensor *tensor,
                                  size_t *ndim, cvl_error *err);

/*
 * Reads --weight into OIHW, from --weight-layout. Axes that the file leaves
 * out are 1: in front, as of [KH,KW]; but [O,KH,KW] of tied weights lacks I,
 * and [KH,KW,I] lacks O. Errors as above.
 */
cvl_status layout_read_weight(const struct config *config, cvl_random *random,
                              cvl_tensor *w, cvl_error *err);

/* Reorders a tensor that is NCHW, or OIHW, into the layout of the settings;
 * CVL_ENOMEM. */
cvl_status layout_restore_planes(const struct config *config,
                                 cvl_tensor *tensor, cvl_error *err);
cvl_status layout_restore_weight(const struct config *config, cvl_tensor *w,
                                 cvl_error *err);

#endif
