/* restorer.h - a trained model as something that pictures go through. */
#ifndef CONVLET_APPLY_RESTORER_H
#define CONVLET_APPLY_RESTORER_H

#include <convlet/tiler.h>

#include <convlet/model.h>

/* {0} is empty. It points into itself: do not copy it. */
struct restorer {
    cvl_model model;
    cvl_tiler tiler;
    bool residual; /* metadata "residual" = "yes": the net learned what is to
                      be added to its input */
    cvl_model_color color; /* rgb: as keep; y: the luminance alone */
    bool linear; /* it was trained on amounts of light, not on sRGB: pictures
                    are to be decoded before and encoded behind it */
    size_t enlarges; /* the result's rows and columns for one of the input;
                        0: no whole number */
};

/* What the work is done with; nothing in it changes a result but the
 * algorithm and the instruction set, which change the rounding. */
struct restorer_options {
    cvl_exec exec;
    cvl_conv_algo algorithm;
    size_t tile; /* 0: as memory allows */
};

/*
 * Takes on a model that was read, which becomes the restorer's, or is freed on
 * error. CVL_EFORMAT where its metadata contradict its net, CVL_EUNSUPPORTED
 * for a net that tiles cannot be cut for; no message has its path.
 */
cvl_status restorer_take(struct restorer *restorer, cvl_model *model,
                         const struct restorer_options *options,
                         cvl_error *err);

/*
 * Makes ready for an array of this shape and says what comes out of it: what
 * cvl_net_forward gives on the whole, of whatever size that is. One kind of net
 * has no fitting answer: one that keeps sizes, or enlarges them by a whole
 * number, if its strides divide them, and not where they leave a rest, as nets
 * that go down to a coarser grid and up again. Such a net gets the last row and
 * column repeated until there is no rest, and the result is cut to what belongs
 * to the array. What a residual net makes, or one for the
 * luminance, is added to the array, enlarged bicubically where the net
 * enlarges. What has as many channels as the net takes goes through it whole.
 * Otherwise a net of one channel takes each channel by itself, or, trained on
 * "y", the luminance of red, green and blue, which keep their differences to
 * it. CVL_ESHAPE with both numbers of channels, or where the array is too
 * small; CVL_ENOMEM.
 */
cvl_status restorer_prepare(struct restorer *restorer, const size_t shape[4],
                            size_t result[4], cvl_error *err);

/* Calls of `tick` that restorer_run makes, for what was prepared. */
size_t restorer_ticks(const struct restorer *restorer, const size_t shape[4]);

/*
 * Replaces *tensor, of the shape that was prepared and of any dtype, by the
 * result, in the model's dtype. CVL_ENOMEM; *tensor may be {0} then.
 */
cvl_status restorer_run(struct restorer *restorer, cvl_tensor *tensor,
                        cvl_tiler_tick *tick, void *context, cvl_error *err);

/* Frees and resets; idempotent. */
void restorer_free(struct restorer *restorer);

#endif
