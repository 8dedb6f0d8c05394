/* sum.h - a number as the sum of its terms. */
#ifndef CONVLET_EXPLAIN_SUM_H
#define CONVLET_EXPLAIN_SUM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/element.h"

/* A term, and the sum of the products up to it. */
struct sum_term {
    cvl_term term;
    double sum;
};

/* {0} is empty. */
struct sum {
    cvl_element number;       /* its value is the one that was computed */
    size_t count;             /* of all terms but a bias */
    size_t padding, compared; /* compared: and not taken */
    size_t planes;            /* pairs of planes that the terms multiply */
    size_t listed;            /* terms that are kept: the first ones */
    struct sum_term *terms;
    double left_out; /* the sum of those that are not kept */
    double sum;      /* of all products */
    bool has_bias;   /* a param stands alone behind the products */
    double bias;
    double total;      /* sum + bias, in double */
    double difference; /* of the computed value from it */
    double allowed;    /* the largest that rounding explains */
    bool matches;
};

/*
 * Lists and adds, in double and in their order, the terms of the number, and
 * compares with its computed value: `matches` says whether the two differ by
 * rounding to `dtype` alone, or, with a tolerance above 0, by no more than it
 * times the sum of all |products|. `limit` says how many terms to keep; 0: all.
 * CVL_ENOMEM.
 */
cvl_status sum_terms(const cvl_terms *terms, const cvl_element *number,
                     cvl_dtype dtype, size_t limit, double tolerance,
                     struct sum *sum, cvl_error *err);

/*
 * The same comparison where a number has also been added to its neighbours and
 * taken off again, as Winograd's algorithm does: each term may round by what
 * the largest numbers of its two arrays would make of it, and one of them that
 * is not finite may have spread anywhere. The gradient of a bias is left alone.
 */
void sum_widen(const cvl_terms *terms, cvl_dtype dtype, struct sum *sum);

/* Frees and resets; idempotent. */
void sum_free(struct sum *sum);

/* "0,0,1,2", and "w[0,0,1,2]"; both return text. */
enum { ELEMENT_SIZE = 96 };
const char *element_place(const cvl_element *element, char text[ELEMENT_SIZE]);
const char *element_text(const cvl_element *element, char text[ELEMENT_SIZE]);

#endif
