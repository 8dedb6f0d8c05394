/* cut.c - see cut.h for the contract. */
#include "train/cut.h"

#include "ranks/ranks.h"
#include "train/run.h"

static double count_right_answers(const cvl_tensor *y, const cvl_tensor *t)
{
    return (double)count_right(y, t);
}

cvl_status cut_steps(struct run *run, const cvl_net_config *net, cvl_error *err)
{
    const size_t shards = run->config.training.shards;
    const bool has_labels = run->trainer.loss.kind->target == CVL_TARGET_LABELS;
    if (shards == 1 && ranks_count() == 1) return CVL_OK;
    if (ranks_started() > ranks_count())
        return cvl_fail(err, CVL_EINVAL,
                        "--shards %zu: %zu processes were started, and this "
                        "program was built without MPI: each would train by "
                        "itself; build it with -DCONVLET_MPI=ON",
                        shards, ranks_started());
    if (shards == 1)
        return cvl_fail(err, CVL_EINVAL,
                        "%zu ranks share the shards of a step, and there is "
                        "one; say --shards %zu, or more",
                        ranks_count(), ranks_count());
    const cvl_status status = cvl_shards_init(
        &run->shards, &run->trainer, net, shards, run->sampled.batches.rest,
        has_labels ? count_right_answers : NULL, ranks_link(), err);
    return status ? cvl_error_prefix(err, status, "--shards %zu", shards)
                  : CVL_OK;
}

/* The shards whose images are drawn: from first to before last. */
static void drawn_shards(const struct run *run, size_t *first, size_t *last)
{
    *first = run->draws_all ? 0 : run->shards.first;
    *last = run->draws_all ? run->shards.count : run->shards.last;
}

bool cut_range(const struct run *run, size_t images,
               struct samples_range *range)
{
    size_t first, last, behind;
    if (!run->shards.count) return false;
    drawn_shards(run, &first, &last);
    cvl_shards_images(&run->shards, first, images, &range->first);
    range->last = cvl_shards_images(&run->shards, last - 1, images, &behind);
    range->last += behind;
    return true;
}

void cut_draw_patches(struct run *run, size_t step, const cvl_tensor *x,
                      const cvl_tensor *t)
{
    size_t first, last;
    drawn_shards(run, &first, &last);
    for (size_t s = first; s < last; s++) {
        cvl_random random;
        size_t at;
        const size_t count =
            cvl_shards_images(&run->shards, s, x->shape[0], &at);
        cvl_tensor inputs = samples_from(x, at, count);
        cvl_tensor wanted = samples_from(t, at, count);
        cvl_random_seed(
            &random, (uint32_t)cvl_random_bits(run->config.data.seed, step, s));
        patches_draw(&run->patches, &random, &inputs, &wanted);
    }
}
