/* cut.h - how the steps of a run are cut into shards. */
#ifndef CONVLET_TRAIN_CUT_H
#define CONVLET_TRAIN_CUT_H

#include <convlet/random.h>
#include <convlet/shards.h>

#include "samples/batches.h"

struct run;

/*
 * Cuts the steps as --shards says, for all ranks to share; whole ones are not
 * cut.
 *
 *   net   as the trainer was begun with
 *
 * CVL_EINVAL, which names the flag, for what cannot be shared; errors of
 * cvl_shards_init.
 */
cvl_status cut_steps(struct run *run, const cvl_net_config *net,
                     cvl_error *err);

/* Which images of a batch of so many this rank draws; false: all of them. */
bool cut_range(const struct run *run, size_t images,
               struct samples_range *range);

/*
 * Draws the patches of this rank's shards. Each shard's come from a stream that
 * belongs to its step and to its number, so that nobody draws what is for
 * others.
 */
void cut_draw_patches(struct run *run, size_t step, const cvl_tensor *x,
                      const cvl_tensor *t);

#endif
