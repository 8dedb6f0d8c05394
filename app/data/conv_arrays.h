/* conv_arrays.h - one convolution with every array around it. */
#ifndef CONVLET_DATA_CONV_ARRAYS_H
#define CONVLET_DATA_CONV_ARRAYS_H

#include <convlet/conv2d.h>

#include "base/config.h"

/* In NCHW and OIHW, all of one dtype once it is planned; {0} is empty. */
struct conv_arrays {
    cvl_tensor x, w, b, dy;   /* given; b and dy may be empty */
    cvl_tensor y, dw, db, dx; /* empty until they are computed */
    cvl_conv2d conv;
    void *work;
};

/*
 * Brings what is given to one dtype, --dtype or else float32 if all are, plans
 * the convolution of the settings for it, and checks the shapes. CVL_EINVAL
 * for an impossible geometry; CVL_ESHAPE, which names the files of the
 * settings; CVL_EUNSUPPORTED, CVL_ENOMEM.
 */
cvl_status conv_arrays_plan(const struct config *config,
                            struct conv_arrays *arrays, cvl_error *err);

/* Make and compute y; dw and db; dx. CVL_ENOMEM. */
cvl_status conv_arrays_forward(struct conv_arrays *arrays, cvl_error *err);
cvl_status conv_arrays_grad_weight(struct conv_arrays *arrays, cvl_error *err);
cvl_status conv_arrays_grad_input(struct conv_arrays *arrays, cvl_error *err);

/* b, or NULL where there is none. */
const cvl_tensor *conv_arrays_bias(const struct conv_arrays *arrays);

/* Frees and resets; idempotent. */
void conv_arrays_free(struct conv_arrays *arrays);

#endif
