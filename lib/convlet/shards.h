/* shards.h - one step of a trainer, cut into shards that ranks share. */
#ifndef CVL_SHARDS_H
#define CVL_SHARDS_H

#include "convlet/trainer.h"

/* Shards of a step, and ranks, at most. */
enum cvl_shards_limits { CVL_MAX_SHARDS = 65536 };

/*
 * Processes that train together, on one machine or many, each with a number,
 * and how they reach each other; {0} is one alone. Bytes arrive in the order in
 * which they were sent, and as they were: all are machines of one byte order.
 * None of it can fail: where it does, whoever provides it ends the job.
 */
typedef struct cvl_ranks {
    size_t rank, count; /* this one, and how many; 0: one */
    void *context;      /* for the functions */
    void (*send)(void *context, size_t to, const void *data, size_t bytes);
    void (*receive)(void *context, size_t from, void *data, size_t bytes);
    /* What rank 0 has in `data`, to all others. */
    void (*share)(void *context, void *data, size_t bytes);
} cvl_ranks;

/*
 * A number of its images that a step finds beside the loss, such as how many
 * answers are right, as a whole number: of the output of a shard, and its part
 * of the target.
 */
typedef double cvl_shards_note(const cvl_tensor *y, const cvl_tensor *t);

/*
 * A step whose images are cut into `count` shards. Each shard's gradient is
 * what a trainer of so many images computes, for the whole batch's loss; shards
 * are added along a binary tree over their numbers, and the optimiser takes one
 * step with the sum:
 *
 *     0   1   2   3   4        shards, which ranks own in one piece each
 *      \ /     \ /    |
 *       +-------+     |        a node is added where its left child is
 *        \            |
 *         +-----------+        the root is rank 0's, who shares it
 *
 * So shards, not ranks, say how it is rounded: losses, params and buffers are
 * the same to the last bit for any number of ranks and of threads. Other shards
 * are other bits. Source: the fixed tree in the place of a reduction whose
 * order the ranks decide; Demmel and Nguyen, "Parallel reproducible
 * summation", IEEE TC 64, 2015, say what else could be done.
 *
 * A batch norm scales each shard by its own mean and variance; what it keeps is
 * the mean of what the shards kept, weighted by their images.
 *
 * {0} is empty.
 */
typedef struct cvl_shards {
    size_t count;       /* of a step */
    size_t first, last; /* this rank's: from first to before last */
    cvl_shards_note *note;
    double noted; /* of all images of the last step */
    bool stop;    /* to be set before a step: this rank wants to stop;
                     after it: any rank did */
    cvl_trainer *trainer;
    cvl_ranks ranks;
    struct cvl_shard_net *nets; /* private, as is the rest: a net for each */
    size_t net_count;           /* number of images that a shard may have */
    size_t numbers;             /* params and buffers */
    size_t tail;                /* where a sum's numbers in double begin */
    size_t sum_bytes;
    size_t levels; /* of the tree, above its leaves */
    unsigned char *sums, *spare;
} cvl_shards;

/*
 * Cuts the steps of a trainer, which is to outlive the shards, and whose params
 * they train.
 *
 *   net     as it was given to cvl_trainer_init
 *   images  of a short batch that comes as well; 0: none does
 *   note    NULL: nothing
 *   ranks   NULL: one
 *
 * CVL_EINVAL for fewer than 2 shards, for more shards than images or ranks than
 * shards, and for an optimiser for quadratics; errors of cvl_net_build and
 * cvl_net_check_train. Free it in any case.
 */
cvl_status cvl_shards_init(cvl_shards *shards, cvl_trainer *trainer,
                           const cvl_net_config *net, size_t count,
                           size_t images, cvl_shards_note *note,
                           const cvl_ranks *ranks, cvl_error *err);

/* Frees everything and resets to {0}; idempotent. */
void cvl_shards_free(cvl_shards *shards);

/*
 * Which images a shard has in a step of so many: the returned number, from
 * *first on. Those of a full step differ by one at most; a short one has the
 * first of them, and leaves its last shards empty.
 */
size_t cvl_shards_images(const cvl_shards *shards, size_t shard, size_t images,
                         size_t *first);

/*
 * As cvl_trainer_step, for all ranks together. x and t are the whole batch, of
 * which only the images of this rank's shards are read. result.output is NULL.
 * Every rank has the same result. Allocates nothing, cannot fail.
 */
cvl_step_result cvl_shards_step(cvl_shards *shards, const cvl_tensor *x,
                                const cvl_tensor *t);

#endif
