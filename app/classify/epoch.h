/* epoch.h - how well an epoch's samples went, as they went by. */
#ifndef CONVLET_CLASSIFY_EPOCH_H
#define CONVLET_CLASSIFY_EPOCH_H

#include "classify/evaluate.h"

/* What the steps of an epoch have shown so far; {0} is nothing. */
struct epoch_state {
    size_t seen; /* samples; 0: none */
    size_t right;
    double loss; /* the sum of theirs */
};

/* Adds a step: its output y, its labels t (or targets, of which none is right),
 * and the mean of its loss. */
static inline void epoch_add(struct epoch_state *epoch, const cvl_tensor *y,
                             const cvl_tensor *t, bool labelled, double mean)
{
    const size_t count = t->shape[0];
    epoch->seen += count;
    epoch->loss += mean * (double)count;
    if (labelled) epoch->right += count_right(y, t);
}

static inline double epoch_loss(const struct epoch_state *epoch)
{
    return epoch->loss / (double)epoch->seen;
}

static inline double epoch_accuracy(const struct epoch_state *epoch)
{
    return (double)epoch->right / (double)epoch->seen;
}

#endif
