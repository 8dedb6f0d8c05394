/* softmax.h - the probabilities that a classifier's numbers stand for. */
#ifndef CONVLET_CLASSIFY_SOFTMAX_H
#define CONVLET_CLASSIFY_SOFTMAX_H

#include <convlet/tensor.h>

/*
 * p[k] = exp(y[k] - m) / sum over j of exp(y[j] - m), m = the largest y, of one
 * row of logits y [N,K,1,1]; p [K], in double. Where a logit is NaN, or the
 * largest is infinite, every p is NaN. Cannot fail.
 */
void softmax_row(const cvl_tensor *y, size_t row, double *p);

#endif
