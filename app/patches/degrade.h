/* degrade.h - what is done to a good picture, for a net to undo: --degrade. */
#ifndef CONVLET_PATCHES_DEGRADE_H
#define CONVLET_PATCHES_DEGRADE_H

#include <stdbool.h>
#include <stddef.h>

#include <convlet/error.h>

#include "pictures/resample.h"

enum degrade_kind { DEGRADE_NOISE, DEGRADE_BLUR, DEGRADE_DOWN, DEGRADE_SHRINK };

struct degrade {
    enum degrade_kind kind;
    double amount; /* noise: deviation in 1/255; blur: deviation in pixels;
                      down, shrink: how many times smaller */
};

/* "noise:25": how each kind is written; NULL behind the last index. */
const char *degrade_example(size_t index);

/*
 * Reads "noise:25", "blur:1.2", "down:2" or "shrink:2". CVL_EINVAL with what
 * was expected; *degrade is untouched then.
 */
cvl_status degrade_parse(const char *text, struct degrade *degrade,
                         cvl_error *err);

/* How many times as large as what is left the good picture is: 1, or the
 * amount of shrink. */
size_t degrade_scale(const struct degrade *degrade);

/* Does the same to every picture of one size; {0} is empty. */
struct degrader {
    size_t passes;            /* 0: noise, which is drawn elsewhere */
    struct resampler rows[2]; /* of each pass */
    struct resampler columns[2];
    double *work;     /* of resample */
    bool shrinks;     /* what is left is smaller */
    cvl_tensor small; /* between two passes, if it is not what is left */
};

/*
 * Prepares pictures of that shape, [1,C,H,W]: blur by a Gaussian,
 * or bicubic down by the factor and bicubic up again to the same size; shrink
 * leaves it small, and its factor must divide both (asserted). CVL_EINVAL for a
 * picture that is too small, CVL_ENOMEM.
 */
cvl_status degrader_init(struct degrader *degrader,
                         const struct degrade *degrade, const size_t shape[4],
                         cvl_error *err);

/*
 * Degrades `clean`; noise is not added here, the picture is copied then.
 *
 *   degraded   like clean, or of shrink [1,C,H/N,W/N]
 *   base       of shrink, like clean: the same bicubically enlarged again;
 *              of others not used
 *
 * All float32; no overlap. Allocates nothing, cannot fail.
 */
void degrader_apply(struct degrader *degrader, const cvl_tensor *clean,
                    cvl_tensor *degraded, cvl_tensor *base);

/* Frees and resets; idempotent. */
void degrader_free(struct degrader *degrader);

#endif
