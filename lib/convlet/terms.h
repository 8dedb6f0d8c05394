/* terms.h - every product behind one number of a layer. */
#ifndef CVL_TERMS_H
#define CVL_TERMS_H

#include <stddef.h>

#include "convlet/net.h"

/* The arrays that a layer reads and writes. */
typedef enum cvl_array {
    CVL_ARRAY_NONE,
    CVL_ARRAY_X,     /* its input */
    CVL_ARRAY_Y,     /* its output */
    CVL_ARRAY_PARAM, /* a weight or bias */
    CVL_ARRAY_DX,    /* the gradients of the loss by these */
    CVL_ARRAY_DY,
    CVL_ARRAY_GRAD
} cvl_array;

/* One number of an array. */
typedef struct cvl_element {
    cvl_array array;
    size_t param;    /* of PARAM and GRAD: which, as in the layer's params */
    size_t ndim;     /* axes of the array; may be 0 of what is asked for */
    ptrdiff_t at[4]; /* axes that the array lacks are 0, behind the others; in
                        the padding around x less than 0 or beyond its shape */
    double value;
} cvl_element;

/* What a term does to the number. */
typedef enum cvl_term_part {
    CVL_TERM_ADDED,
    CVL_TERM_PADDING,  /* read outside of x, where a 0 stands; its product is 0,
                          whatever it is multiplied by */
    CVL_TERM_COMPARED, /* looked at and not taken; its product is 0 */
    CVL_TERM_TAKEN,    /* added: the one of those that were compared */
    CVL_TERM_CUT,      /* cut off, as below 0; its product is 0 */
    CVL_TERM_FUNCTION  /* added, and made of left by a function */
} cvl_term_part;

/* One step of the sum that makes a number. */
typedef struct cvl_term {
    cvl_element left;
    cvl_element right; /* CVL_ARRAY_NONE: left stands alone; of COMPARED, what
                          was taken, and of CUT, what decides, or NONE */
    double factor;     /* what multiplies both, where `how` is not NULL; of
                          TAKEN, how many are as large, of which it is the
                          first */
    const char *how;   /* what that is, "1 - y y"; or the function, "tanh x" */
    double product;    /* what is added: left times right times factor, left, or
                          its share of an average */
    double magnitude;  /* of the numbers whose difference the product is, as
                          rounding goes by them; 0: it is none */
    cvl_term_part part;
} cvl_term;

/* Takes one term; `context` is what was handed to the walk. */
typedef void cvl_term_visit(void *context, const cvl_term *term);

struct cvl_terms;
/* Visits the terms of one number, in the order in which they are added. */
typedef void cvl_terms_walk(const struct cvl_terms *terms,
                            const cvl_element *number, cvl_term_visit *visit,
                            void *context);

/* Takes a number that a layer has on its way, such as "mean". */
typedef void cvl_fact_visit(void *context, const char *name, double value);

/* Visits what a layer has on its way to the number, beside the terms. */
typedef void cvl_facts_walk(const struct cvl_terms *terms,
                            const cvl_element *number, cvl_fact_visit *visit,
                            void *context);

/* A layer and the arrays whose numbers are explained. */
typedef struct cvl_terms {
    cvl_terms_walk *walk;
    cvl_facts_walk *facts;        /* NULL: it has none */
    const void *layer;            /* what the walk knows it as */
    const cvl_tensor *x, *y, *dy; /* dy: only for gradients; y: not of a
                                     convolution that stands in no net */
    const cvl_tensor *params[CVL_LAYER_MAX_PARAMS]; /* NULL: there is none */
} cvl_terms;

/*
 * Layer `index` of a net that has been run on x and, for gradients, been sent
 * dy, the gradient by the net's output (else NULL). All stay the caller's.
 */
cvl_terms cvl_net_terms(const cvl_net *net, size_t index, const cvl_tensor *x,
                        const cvl_tensor *dy);

/* A convolution that stands in no net; its weight is param 0, its bias, which
 * may be NULL, param 1. */
cvl_terms cvl_conv2d_terms(const cvl_conv2d_geometry *geometry,
                           const cvl_tensor *x, const cvl_tensor *w,
                           const cvl_tensor *b, const cvl_tensor *dy);

/*
 * Calls `visit` with every term of the number at number->at of Y, DX or GRAD,
 * in the order in which the slowest and plainest way adds them (of a
 * convolution, CVL_CONV_DIRECT). Of float64 whole numbers that stay exact, the
 * sum of all products is the number; of others it differs by rounding alone.
 * What this layer does:
 *
 *   conv     y[n,k,p,q]  += w[k,c,i,j]  * x[n,c0+c,h,v], then + b[k]
 *            dw[k,c,i,j] += dy[n,k,p,q] * x[n,c0+c,h,v]
 *            dx[n,c,h,v] += w[k,c,i,j]  * dy[n,k,p,q]
 *            db[k]       += dy[n,k,p,q]
 *            where h = p stride + i dilation - top, and v alike; c0 is the
 *            first channel of k's group
 *   dense    as a conv whose kernel is as large as x, without padding
 *   relu     y = x, cut off where that is below 0; dx = dy, cut off where x is
 *            not above 0
 *   leaky    y = x, or slope x; dx alike of dy
 *   tanh     y = tanh x; dx = dy times (1 - y y)
 *   sigmoid  y = 1 / (1 + exp(-x)); dx = dy times y (1 - y)
 *   batchnorm  y += x times weight times (1 at its place, less 1 / M) /
 *            sqrt(var + eps), of the M numbers of its channel, then + bias; dx
 *            of dy alike; to evaluate, of the number at its place alone;
 *            dw += dy times (x - mean) / sqrt(var + eps), db += dy
 *   shuffle  the one number that is moved
 *   maxpool  y is the largest x of its window, the others compared; dx += dy of
 *            each window that took it, compared where another was taken
 *   avgpool  y += x / count and dx += dy / count, of one element and of a
 *            whole window as cvl_pool_span counts
 *
 *   number   its array, param and place, within the shape; the value is not
 *            read
 */
void cvl_terms_visit(const cvl_terms *terms, const cvl_element *number,
                     cvl_term_visit *visit, void *context);

/*
 * Calls `visit` with what the layer has on its way to such a number:
 *
 *   batchnorm  M, mean, var and sqrt(var + eps) of the channel, or, to
 *              evaluate, what it kept of them; of dx, to train, the three parts
 *              that add up to it: by y at its place, the mean, the variance
 *   others     nothing
 */
void cvl_terms_facts(const cvl_terms *terms, const cvl_element *number,
                     cvl_fact_visit *visit, void *context);

/* The array X, Y, DY or PARAM. */
const cvl_tensor *cvl_terms_tensor(const cvl_terms *terms, cvl_array array,
                                   size_t param);

/*
 * The element of such an array at a place, with its value; 0 outside of the
 * array. For who writes a walk.
 */
cvl_element cvl_terms_element(const cvl_terms *terms, cvl_array array,
                              size_t param, const ptrdiff_t at[4]);

#endif
