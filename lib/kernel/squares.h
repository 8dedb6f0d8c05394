/* squares.h - private: squared errors, their sum and their gradient. */
#ifndef CVL_SQUARES_H
#define CVL_SQUARES_H

#include <stddef.h>

/*
 * e = mask * (y - t); g = slope * e; returns the sum of e^2. t and mask may
 * be NULL, for 0 and 1; g may be NULL, or y. Elements are float or double, by
 * name; sums are double. The instruction set changes no bit.
 */
typedef double cvl_squares(const void *y, const void *t, const void *mask,
                           double slope, void *g, size_t count);
extern cvl_squares cvl_squares_base_f32, cvl_squares_base_f64;

/* Where the build has them. */
extern cvl_squares cvl_squares_avx2_f32, cvl_squares_avx2_f64;
extern cvl_squares cvl_squares_avx512_f32, cvl_squares_avx512_f64;

#endif
