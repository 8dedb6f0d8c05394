/* cases.h - random convolutions with their arrays, for the tests. */
#ifndef CVL_TESTS_CASES_H
#define CVL_TESTS_CASES_H

#include "convlet/conv2d.h"
#include "convlet/random.h"

/* The layer of `convlet train` without flags. */
extern const cvl_conv2d_geometry CASE_NOTEBOOK;

/*
 * A geometry with small sizes that reaches, over many draws, leftover rows,
 * strides beyond the kernel, 1x1 outputs, padding on one side only, windows
 * that lie on padding alone, dilation, groups, depthwise and H = 1. It always
 * passes cvl_conv2d_geometry_check.
 */
cvl_conv2d_geometry case_geometry(cvl_random *random);

/* The text of a net of up to five convolutions, some with a shuffle behind
 * them: it goes down and up in any order. Not every size has room for its
 * windows. */
void case_net_spec(cvl_random *random, char *spec, size_t size);

/*
 * How many of `count` random cases a test shall draw: all, or, with
 * CONVLET_TEST_SHARE=20 in its environment, a 20th, where each takes long.
 */
size_t case_share(size_t count);

/* Writes "n2 c3 20x20 ..." for a failing test's message; returns text. */
const char *case_describe(const cvl_conv2d_geometry *g, char text[256]);

/* The arrays of one convolution: x, w, b, dy are given; y, dw, db, dx room. */
typedef struct case_arrays {
    cvl_tensor x, w, b, dy, y, dw, db, dx;
} case_arrays;

/*
 * Allocates the arrays and fills the given ones: with integers of -3 .. 3, so
 * that every order of every sum gives the same bits, or N(0,1) values. The
 * results are NaN everywhere, with canaries behind and before.
 */
void case_init(case_arrays *a, const cvl_conv2d_geometry *g, cvl_dtype dtype,
               bool integers, cvl_random *random);
void case_free(case_arrays *a);

/* Runs the three passes into y, dw, db, dx; aborts the test on an error. */
void case_run(case_arrays *a, const cvl_conv2d_geometry *g, cvl_conv_algo algo,
              const cvl_exec *exec);

/* NULL, or the name of the first result whose values differ in any bit from
 * the other's, compared in double; or of one whose canary was overwritten. */
const char *case_difference(const case_arrays *a, const case_arrays *b);

/* A 3x3 layer whose output is as large as its input. */
cvl_conv2d_geometry case_same_3x3(size_t batch, size_t in, size_t height,
                                  size_t width, size_t out);

#endif
