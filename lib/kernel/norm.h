/* norm.h - private: the loops of batch normalisation, a plane at a time. */
#ifndef CVL_NORM_H
#define CVL_NORM_H

#include "convlet/tensor.h"

/* What is added up on the way back: of dy, and of dy (x - mean). */
typedef struct cvl_norm_sums {
    double dy, dy_x;
} cvl_norm_sums;

/*
 * The loops for one element type, over `count` numbers of a channel. Numbers
 * are computed in double, and rounded when they are written; sums are in an
 * order that the count alone decides.
 */
typedef struct cvl_norm {
    /* The sum of x, and of the squares of x - mean. */
    double (*sum)(size_t count, const void *x);
    double (*squares)(size_t count, const void *x, double mean);

    /* y = (x - mean) * scale + shift. */
    void (*forward)(size_t count, const void *x, double mean, double scale,
                    double shift, void *y);

    cvl_norm_sums (*back_sums)(size_t count, const void *x, const void *dy,
                               double mean);

    /* dx = dy * scale - (x - mean) * slope - shift; dx may be dy. */
    void (*backward)(size_t count, const void *x, const void *dy, double mean,
                     double scale, double slope, double shift, void *dx);
} cvl_norm;

extern const cvl_norm cvl_norm_f32, cvl_norm_f64;

static inline const cvl_norm *cvl_norm_of(cvl_dtype dtype)
{
    return dtype == CVL_F32 ? &cvl_norm_f32 : &cvl_norm_f64;
}

#endif
