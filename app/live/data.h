/* data.h - private: what a session has beyond one net and one batch. */
#ifndef CONVLET_LIVE_DATA_H
#define CONVLET_LIVE_DATA_H

#include <convlet/bytes.h>
#include <convlet/model.h>

#include "classify/epoch.h"
#include "patches/held_out.h"
#include "prepare/prepare.h"
#include "probe/probe.h"
#include "samples/batches.h"
#include "train/about.h"

struct live;

/* {0} is nothing of all that; it points into itself: do not copy it. */
struct live_data {
    /* Of data = digits. */
    struct samples samples;
    struct samples_batches batches;
    struct tally tally;
    const struct samples_part *tallied;   /* the part that was; NULL: none */
    struct epoch_state epoch, last_epoch; /* that runs, and the one before */
    cvl_tensor sample, labels; /* the one that was asked for, and all */

    /* Of target = leaves. */
    struct patches patches;
    struct held_out held_out; /* of the scene; from live_measure on */

    /* What the model says beside its params. */
    struct about own; /* of what is trained here, once it is asked for */
    bool is_described;
    cvl_model model; /* that was read; else empty */
    cvl_model_about model_about;

    /* One picture in the net. */
    struct prepare prepare;
    struct probe probe; /* from the first look on */
    cvl_tensor p, map;  /* p is the probe's */
    bool has_looked;
    struct text said;

    cvl_tensor picture; /* restored */
    cvl_tensor read;    /* of a file */
    cvl_bytes bytes;    /* handed out last */
};

/* What the model of the session says beside its params; the session's until it
 * is opened again. CVL_ENOMEM. */
cvl_status live_about(struct live *live, const cvl_model_about **about,
                      cvl_error *err);

/* The bytes of the session's model. CVL_ENOMEM, CVL_EINVAL. */
cvl_status live_format_model(struct live *live, cvl_bytes *bytes,
                             cvl_error *err);

/*
 * A picture [1,C,H,W], float64, of levels from 0 to 1 in that order.
 *
 * CVL_EINVAL for channels that are neither 1 nor 3, no pixels, and other
 * numbers; CVL_ENOMEM.
 */
cvl_status live_take_picture(const double *levels, const size_t shape[3],
                             cvl_tensor *picture, cvl_error *err);

#endif
