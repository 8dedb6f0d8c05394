/* held_out.h - a picture that is never trained on, to measure with. */
#ifndef CONVLET_PATCHES_HELD_OUT_H
#define CONVLET_PATCHES_HELD_OUT_H

#include <convlet/net.h>

#include "patches/patches.h"

/* A larger picture is measured in its middle, of this many pixels a side, and
 * one that is not a multiple of the step in a part that is. */
enum { HELD_OUT_SIDE = 256, HELD_OUT_STEP = 16 };

/* {0} is off. PSNRs are in dB, for values from 0 to 1. */
struct held_out {
    const char *name; /* not owned */
    bool residual;
    cvl_net net;         /* a copy, for this picture's size */
    cvl_tensor input;    /* [1,C,H,W]: degraded */
    cvl_tensor target;   /* the good picture */
    cvl_tensor base;     /* like it: what doing nothing gives */
    cvl_tensor restored; /* what the net makes of the input */
    double baseline;     /* PSNR of the base */
    double blur;         /* PSNR of the best Gaussian blur of noise; else 0 */
    double blur_sigma;   /* its deviation, in pixels */
    double psnr;         /* PSNR of what was restored last */
};

/*
 * Prepares to measure nets as `config` says, whose input_shape does not
 * matter, on the picture that the patches hold out. The noise on it is decided
 * by `seed` alone; a blur to compare with is chosen knowing the good picture.
 * Errors of cvl_net_build; CVL_EINVAL where the net's output is not as large
 * as the target.
 */
cvl_status held_out_init(struct held_out *held_out,
                         const struct patches *patches,
                         const cvl_net_config *config, uint32_t seed,
                         cvl_error *err);

/* Restores the picture with the params of `net`: sets restored and psnr.
 * Allocates nothing, cannot fail. */
void held_out_measure(struct held_out *held_out, const cvl_net *net);

/* "doing nothing", or what else the baseline is. */
const char *held_out_baseline_name(const struct patches *patches);

/* Frees and resets; idempotent. */
void held_out_free(struct held_out *held_out);

#endif
