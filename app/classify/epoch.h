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

/* Adds a step of so many samples: how many were right, none of targets that are
 * no labels, and the mean of its loss. */
static inline void epoch_add(struct epoch_state *epoch, size_t count,
                             size_t right, double mean)
{
    epoch->seen += count;
    epoch->right += right;
    epoch->loss += mean * (double)count;
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
