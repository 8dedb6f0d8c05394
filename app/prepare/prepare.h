/* prepare.h - how a picture becomes one like those that were trained on. */
#ifndef CONVLET_PREPARE_PREPARE_H
#define CONVLET_PREPARE_PREPARE_H

#include <convlet/model.h>

#include "samples/samples.h"

/*
 * What is measured of the training part, and kept in a model file. Drawings
 * are grey, with ink on a plain ground: a picture of other size is cropped to
 * its ink, which is given the training's ground, its largest side, its place
 * and its strokes' width. All else is cropped to the proportions of the net's
 * input at its middle, and resized. {0} is none.
 */
struct prepare {
    size_t shape[3];  /* C H W of the net's input; 0: none */
    double low, high; /* the numbers that black and white are, before a mean is
                         taken off */
    bool is_drawing;
    double ground, ink; /* of drawings: their levels, from 0 to 1 */
    double fill;        /* the larger side of the ink, of the picture's */
    double stroke;      /* about half a stroke's width in pixels: see ink.h */
    bool by_mass;       /* the middle of what is there lies in the middle, and
                           not that of the rectangle */
};

/* Measures the training part. CVL_ENOMEM. */
cvl_status prepare_measure(const struct samples *samples,
                           struct prepare *prepare, cvl_error *err);

/* Writes it as a line, "drawing 1x8x8 range=0:1 ground=0 ink=1 fill=1
 * stroke=0.62 centre=box" or "picture 3x32x32 range=0:1", and reads that, and
 * the lines of older files, which have a share=0.456 that nothing is made of
 * any more; false where it is no such line. */
void prepare_write(const struct prepare *prepare, struct text *text);
bool prepare_parse(const char *text, struct prepare *prepare);

/* How a model's file says that pictures are prepared, or, where it says
 * nothing, resizing alone. CVL_EFORMAT, without the path, where this program
 * does not know it. */
cvl_status prepare_of_model(const cvl_model *model,
                            const cvl_model_about *about,
                            struct prepare *prepare, cvl_error *err);

/* Sets sample `slot` of a batch x to that one, a [C,H,W] as the net saw them
 * when it was trained, but for the mean and the deviation, which are taken off
 * here, channel by channel. */
void prepare_standardize(const cvl_model_about *about, const cvl_tensor *sample,
                         size_t slot, cvl_tensor *x);

/*
 * Makes x [1,C,H,W] of a picture [1,1 or 3,height,width] of levels from 0 to 1.
 * One that has the net's size stays as it is, but for its colours, and its
 * light and dark where the training's were the other way round. `said` gets
 * what was done: "grey, inverted, cropped to 120 x 200, resized into 8 x 8";
 * nothing where nothing was. Sizes are width x height, in pixels; what is
 * resized is averaged by area.
 *
 * CVL_ESHAPE for a net whose channels are neither 1 nor 3, CVL_ENOMEM.
 */
cvl_status prepare_picture(const struct prepare *prepare,
                           const cvl_tensor *picture, cvl_dtype dtype,
                           cvl_tensor *x, struct text *said, cvl_error *err);

#endif
