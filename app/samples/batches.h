/* batches.h - which samples each step takes, and what net they are for. */
#ifndef CONVLET_SAMPLES_BATCHES_H
#define CONVLET_SAMPLES_BATCHES_H

#include <convlet/loss.h>

#include "samples/samples.h"

/* Samples in a step, where nobody says how many. */
enum { SAMPLES_BATCH = 32 };

/* Batches of the training part, epoch after epoch; {0} is none. Which samples a
 * step takes follows from the seed and the step's number alone. */
struct samples_batches {
    size_t size;      /* samples in a step, */
    size_t rest;      /* and in the last one of an epoch; 0: no short one */
    size_t per_epoch; /* steps; 0: there are none, see plan */
    struct samples_plan plan; /* of an order that was given; else empty */
    size_t *order; /* of `epoch`: which of the training part comes when */
    size_t epoch;
    bool ordered;
    size_t *index; /* the samples of a step */
};

/* How the training part is cut into batches. */
struct samples_cut {
    struct samples_plan plan; /* an order, which has a size of its own and no
                                 epochs, and is taken over; {0}: none */
    size_t size;
    bool drop_last; /* leave out an epoch's last batch where it is a short one
                     */
};

/*
 * Batches of cut->size samples, or of all, where those are fewer; x and t
 * receive room for one. CVL_ENOMEM. Free all of it in any case.
 */
cvl_status samples_batches_init(struct samples_batches *batches,
                                const struct samples *samples,
                                const struct samples_cut *cut, cvl_dtype dtype,
                                cvl_tensor *x, cvl_tensor *t, cvl_error *err);

/* Frees and resets; idempotent. */
void samples_batches_free(struct samples_batches *batches);

/* Some images of a batch: from first to before last. */
struct samples_range {
    size_t first, last;
};

/*
 * Draws the samples of a step, moved by up to `shift` pixels as the seed says,
 * into the first images of x and t, the room of samples_batches_init; returns
 * how many: fewer for a short batch. Cannot fail, allocates nothing.
 *
 *   only   NULL: all of them; or those that are wanted: the others' images stay
 */
size_t samples_batches_draw(struct samples_batches *batches,
                            const struct samples *samples, uint32_t seed,
                            size_t shift, size_t step,
                            const struct samples_range *only,
                            const cvl_tensor *x, const cvl_tensor *t);

/* The first `count` images of a batch, or those from `first` on; it is to
 * outlive them. */
cvl_tensor samples_first(const cvl_tensor *batch, size_t count);
cvl_tensor samples_from(const cvl_tensor *batch, size_t first, size_t count);

/* How many numbers a net is to give a sample: the classes, or the target's
 * channels. */
size_t samples_outputs(const struct samples *samples);

/* Writes that number in the place of "dense auto" in a net's text. */
cvl_status samples_fill_outputs(const struct samples *samples,
                                struct text *spec, cvl_error *err);

/* CVL_ESHAPE, with a remedy, where targets like t are not like an output y. */
cvl_status samples_check_targets(const cvl_tensor *y, const cvl_tensor *t,
                                 cvl_error *err);

/*
 * CVL_EINVAL or CVL_ESHAPE, with a remedy, where this loss or an output like y
 * is not for these samples, of which a batch of targets is like t.
 */
cvl_status samples_check_net(const struct samples *samples,
                             const cvl_loss_kind *loss, const cvl_tensor *y,
                             const cvl_tensor *t, cvl_error *err);

#endif
