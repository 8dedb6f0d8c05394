/* whitening.h - coordinates in which what a layer looks at is uncorrelated. */
#ifndef CVL_WHITENING_H
#define CVL_WHITENING_H

#include "convlet/net.h"

/*
 * The pixels of a window are much alike, which makes the loss of a layer a
 * valley as long as they are: thousands of times steeper across than along.
 * With M the mean of z z' over the windows z, which end in a 1 where there is
 * a bias, and its factor L L' = M, the coordinates u = L' w of the weights w
 * make it nearly round: all ways down are short then, whatever the input.
 * Source: LeCun, Bottou, Orr and Mueller, "Efficient BackProp", 1998, section
 * 4.3, which transforms the inputs; this is the same for one linear layer.
 */
typedef struct cvl_whitening {
    size_t groups, terms; /* numbers in a window */
    bool bias;
    double *factors; /* L of each group, terms x terms; NULL: u is w */
    double *row;     /* room for one kernel */
} cvl_whitening;

/* Layers that look at more numbers keep their coordinates. */
enum { CVL_WHITENING_TERMS = 512 };

/*
 * For a net of one conv layer (asserted) and its input. M is that of the
 * windows that touch no padding and whose output counts (moments.h); of very
 * many some are left out. What hardly differs from window to window, by 1e-7 of
 * M's trace, is not blown up. CVL_ENOMEM; free it in any case.
 *
 *   mask   like the output, or NULL: all
 */
cvl_status cvl_whitening_init(cvl_whitening *whitening, const cvl_net *net,
                              const cvl_tensor *x, const cvl_tensor *mask,
                              cvl_error *err);

/* Frees and resets to {0}; idempotent. */
void cvl_whitening_free(cvl_whitening *whitening);

/* In place, in the net's params: w to u, u to w, and the grads by w to those
 * by u. They allocate nothing and cannot fail. */
void cvl_whiten_params(const cvl_whitening *whitening, cvl_net *net);
void cvl_unwhiten_params(const cvl_whitening *whitening, cvl_net *net);
void cvl_whiten_grads(const cvl_whitening *whitening, cvl_net *net);

#endif
