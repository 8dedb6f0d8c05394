/* shared.h - how well a net does, measured by all ranks that train it. */
#ifndef CONVLET_CLASSIFY_SHARED_H
#define CONVLET_CLASSIFY_SHARED_H

#include <convlet/shards.h>

#include "classify/evaluate.h"

/* What rank 0 puts together of what the ranks have found; {0} is empty. */
struct shared_tally {
    const cvl_ranks *ranks;
    double *sums;  /* of each batch */
    size_t *cells; /* of another's confusion matrix */
};

/* Room for a part of so many batches at most, of so many classes (0: targets).
 * The ranks outlive it. CVL_ENOMEM; free it in any case. */
cvl_status shared_tally_init(struct shared_tally *shared,
                             const cvl_ranks *ranks, size_t batches,
                             size_t classes, cvl_error *err);
void shared_tally_free(struct shared_tally *shared);

/*
 * As tally_run, by all ranks together: each runs every so many-th batch. Rank 0
 * has the loss and the answers then, the same bits however many ranks there
 * are; notable are those of its own batches alone.
 */
void shared_tally_run(struct shared_tally *shared, struct tally *tally,
                      cvl_net *net, const cvl_loss *loss, const cvl_exec *exec,
                      const struct samples *samples,
                      const struct samples_part *part, cvl_tensor *x,
                      cvl_tensor *t);

#endif
