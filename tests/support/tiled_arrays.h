/* tiled_arrays.h - arrays against forbidden pages, for the kernels' tests. */
#ifndef CVL_TESTS_TILED_ARRAYS_H
#define CVL_TESTS_TILED_ARRAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "convlet/geometry.h"
#include "convlet/tensor.h"

/*
 * Arrays lie against a page that may not be touched: at their end or, turn
 * about, at their start. A load or store that leaves them stops the test.
 */
enum { X = 0, W, B, Y, DY, DX, DW, DB, WORK, ARRAYS };

/* The arrays of one convolution. */
typedef struct arrays {
    cvl_dtype dtype;
    size_t count[WORK];
    void *data[ARRAYS];
} arrays;

/* Maps the room for all arrays, once in a process, and seeds `pick`. */
void arrays_map(uint32_t seed);

/* Where array `i` of so many bytes lies; filled with not-a-numbers. */
void *arrays_place(size_t i, size_t bytes, bool at_end);

/* x, w, b, dy filled with integers of -4 to 4; or, for sums that depend on
 * their order, with sevenths. The results are not-a-numbers. */
void arrays_make(arrays *a, const cvl_conv2d_geometry *g, cvl_dtype dtype,
                 bool integers);

/* Element i of an array, as a double. */
double arrays_get(const arrays *a, size_t array, size_t i);

/* Any number of low .. high, from a generator of its own. */
size_t pick(size_t low, size_t high);

/* Any geometry; some are not valid. `wide`: with rows of many vectors. */
cvl_conv2d_geometry random_geometry(bool wide);

/* Mostly "same" convolutions and 1x1, which have paths of their own. */
cvl_conv2d_geometry same_geometry(bool wide);

#endif
