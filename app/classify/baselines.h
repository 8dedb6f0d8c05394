/* baselines.h - what can be had without learning: is a net any better? */
#ifndef CONVLET_CLASSIFY_BASELINES_H
#define CONVLET_CLASSIFY_BASELINES_H

#include "base/text.h"
#include "samples/samples.h"

/* How many of the held-out samples each would have got right. */
struct baselines {
    size_t count;      /* held-out samples */
    size_t frequent;   /* the class that most training samples are of */
    size_t always;     /* right by always answering that */
    size_t nearest;    /* right by the label of the nearest training sample */
    size_t compared;   /* held-out samples that this was tried on, */
    size_t references; /* and training samples that they were compared with */
};

/*
 * Measures both, for labelled samples of which some are held out. The nearest
 * is by the squared differences of the values as they are kept; of equally
 * near ones it is the first. That takes as long as it has numbers to compare:
 * beyond BASELINE_WORK differences it is tried on fewer held-out samples,
 * evenly spread, and then with fewer training samples. CVL_ENOMEM.
 */
#define BASELINE_WORK 1e9
cvl_status baselines_measure(const struct samples *samples,
                             struct baselines *found, cvl_error *err);

/* Appends "always 3, the most frequent class: 10.3 % right (37); the nearest
 * training sample: 95.6 % (344)". */
void baselines_describe(const struct baselines *found,
                        const struct samples *samples, struct text *text);

#endif
