/* moments.h - what a layer looks at, window by window, and its moments. */
#ifndef CVL_MOMENTS_H
#define CVL_MOMENTS_H

#include <stdbool.h>

#include "convlet/geometry.h"
#include "convlet/tensor.h"

/*
 * The windows z of one group's channels, which end in a 1 where there is a
 * bias: those that touch no padding and whose output counts, where one of the
 * group's channels is not 0 in the mask. Copy it to begin anew.
 */
typedef struct cvl_windows {
    const cvl_conv2d_geometry *geometry;
    const cvl_tensor *x, *mask;
    size_t group;
    bool bias;
    size_t terms;  /* numbers in a window */
    size_t places; /* outputs of one channel of one picture */
    size_t width;  /* of an output */
    size_t all,
        tried; /* outputs of one channel; and those that are looked at */
    size_t next;
} cvl_windows;

/* Numbers in a window of one group, with the bias' 1. */
size_t cvl_window_terms(const cvl_conv2d_geometry *geometry, bool bias);

/*
 *   mask   like the output, or NULL: all
 *   most   outputs that are looked at; of more some are left out, with no
 *          regard to the picture
 *
 * What is pointed to must outlive the windows. Nothing is to be freed.
 */
cvl_windows cvl_windows_of(const cvl_conv2d_geometry *geometry, bool bias,
                           const cvl_tensor *x, const cvl_tensor *mask,
                           size_t group, size_t most);

/* How many of these may be looked at for that many multiplications, where
 * their moments are wanted. */
size_t cvl_windows_within(double multiplications, size_t terms);

/* The next one, in z, of `terms` numbers; false where there are no more. */
bool cvl_windows_next(cvl_windows *windows, double *z);

/* m += weight z z', terms x terms, below the diagonal and on it. */
void cvl_moments_add(double weight, const double *z, size_t terms, double *m);

/* m times a number, and the same above the diagonal as below. */
void cvl_moments_finish(double scale, size_t terms, double *m);

#endif
