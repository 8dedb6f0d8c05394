/* terms.h - every product behind one number. */
#ifndef CONVLET_EXPLAIN_TERMS_H
#define CONVLET_EXPLAIN_TERMS_H

#include <stdbool.h>
#include <stddef.h>

#include "explain/data.h"

/*
 * The arrays whose elements are multiplied, left before right:
 *
 *   EXPLAIN_OUTPUT        y[n,k,p,q]  += w[k,c,i,j]  * x[n,c0+c,h,v]
 *   EXPLAIN_GRAD_WEIGHT   dw[k,c,i,j] += dy[n,k,p,q] * x[n,c0+c,h,v]
 *   EXPLAIN_GRAD_INPUT    dx[n,c,h,v] += w[k,c,i,j]  * dy[n,k,p,q]
 *   EXPLAIN_GRAD_BIAS     db[k]       += dy[n,k,p,q]
 *
 * where h = p stride + i dilation - top, and v alike; c0 is the first channel
 * of k's group.
 */
struct explain_term {
    ptrdiff_t left[4], right[4]; /* where; of x, padding may be negative */
    double a, b;                 /* the two elements; b is 1 for a bias */
    double product;
    double sum;   /* of the products up to this one */
    bool padding; /* x is read outside of its borders, where it is 0 */
};

/* {0} is empty. */
struct explain_sum {
    enum explain_kind kind;
    size_t at[4]; /* of the number; db's is at[3] */
    size_t count; /* of all terms */
    size_t padding;
    size_t listed; /* terms that are kept: the first ones */
    struct explain_term *terms;
    double left_out; /* the sum of those that are not kept */
    double sum;      /* of all products */
    bool has_bias;
    double bias;   /* behind the products of an output */
    double total;  /* sum + bias, in double */
    double result; /* the element of the tensor */
    double difference;
    double allowed; /* the largest difference that rounding explains */
    bool matches;
};

/*
 * Lists and adds, in double and in the order of the `direct` algorithm, what
 * makes up the number of that kind at `at`, and compares with the computed
 * tensor: `matches` says whether the two differ by rounding alone, or, with a
 * tolerance above 0, by no more than it times the sum of all |products|.
 *
 *   at      within the tensor's shape (asserted)
 *   limit   of terms to keep; 0: all
 *
 * CVL_ENOMEM.
 */
cvl_status explain_add_up(const struct explain_data *data,
                          enum explain_kind kind, const size_t at[4],
                          size_t limit, double tolerance,
                          struct explain_sum *sum, cvl_error *err);

/* Frees and resets; idempotent. */
void explain_sum_free(struct explain_sum *sum);

/* "y", "dw", "dx", "db"; and the arrays that are multiplied: "w", "x", "dy"
 * (right is "" for a bias). */
const char *explain_name(enum explain_kind kind);
const char *explain_left(enum explain_kind kind);
const char *explain_right(enum explain_kind kind);

/*
 * The output that reads padded input row or column `at` through a tap
 * `reach` behind its window's start; false where none does.
 */
bool explain_reader(size_t at, size_t reach, size_t stride, size_t outputs,
                    size_t *output);

#endif
