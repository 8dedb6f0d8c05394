/* batches.c - see batches.h for the contract. */
#include "samples/batches.h"

#include <string.h>

#include <convlet/memory.h>

static cvl_status make_room(struct samples_batches *batches,
                            const struct samples *samples, cvl_dtype dtype,
                            cvl_tensor *x, cvl_tensor *t, cvl_error *err)
{
    const size_t *const in = samples->input.shape;
    const size_t *const out = samples->target.shape;
    const size_t x_shape[4] = {batches->size, in[0], in[1], in[2]};
    const size_t t_shape[4] = {batches->size, samples->labels ? 1 : out[0],
                               samples->labels ? 1 : out[1],
                               samples->labels ? 1 : out[2]};
    void *order = NULL, *index = NULL;
    cvl_status status =
        cvl_alloc(&order, samples->training.count * sizeof *batches->order,
                  "the order of the samples", err);
    if (!status)
        status = cvl_alloc(&index, batches->size * sizeof *batches->index,
                           "a batch", err);
    batches->order = order;
    batches->index = index;
    if (!status) status = cvl_tensor_init(x, dtype, 4, x_shape, err);
    return status ? status : cvl_tensor_init(t, dtype, 4, t_shape, err);
}

cvl_status samples_batches_init(struct samples_batches *batches,
                                const struct samples *samples,
                                const struct samples_cut *cut, cvl_dtype dtype,
                                cvl_tensor *x, cvl_tensor *t, cvl_error *err)
{
    const size_t count = samples->training.count;
    *batches = (struct samples_batches){.plan = cut->plan};
    if (cut->plan.steps) {
        batches->size = cut->plan.batch;
    } else {
        batches->size = cut->size < count ? cut->size : count;
        batches->rest = cut->drop_last ? 0 : count % batches->size;
        batches->per_epoch = count / batches->size + (batches->rest > 0);
    }
    return make_room(batches, samples, dtype, x, t, err);
}

void samples_plan_free(struct samples_plan *plan)
{
    cvl_free(plan->index);
    *plan = (struct samples_plan){.steps = 0};
}

void samples_batches_free(struct samples_batches *batches)
{
    samples_plan_free(&batches->plan);
    cvl_free(batches->order);
    cvl_free(batches->index);
    *batches = (struct samples_batches){.size = 0};
}

cvl_tensor samples_from(const cvl_tensor *batch, size_t first, size_t count)
{
    const size_t shape[4] = {count, batch->shape[1], batch->shape[2],
                             batch->shape[3]};
    const size_t bytes = cvl_tensor_bytes(batch) / batch->shape[0];
    return cvl_tensor_wrap(batch->dtype, 4, shape,
                           (unsigned char *)batch->data + first * bytes);
}

cvl_tensor samples_first(const cvl_tensor *batch, size_t count)
{
    return samples_from(batch, 0, count);
}

/* Finds the samples of a step, in batches->index, and their number. */
static size_t find(struct samples_batches *batches,
                   const struct samples_part *part, uint32_t seed, size_t step)
{
    const struct samples_plan *const plan = &batches->plan;
    const size_t *which;
    size_t count = batches->size;
    if (plan->steps) {
        which = plan->index + step % plan->steps * plan->batch;
    } else {
        const size_t epoch = step / batches->per_epoch;
        const size_t at = step % batches->per_epoch;
        if (!batches->ordered || epoch != batches->epoch)
            samples_order(seed, epoch, part->count, batches->order);
        batches->ordered = true;
        batches->epoch = epoch;
        if (batches->rest && at + 1 == batches->per_epoch)
            count = batches->rest;
        which = batches->order + at * batches->size;
    }
    for (size_t i = 0; i < count; i++)
        batches->index[i] = part->index[which[i]];
    return count;
}

size_t samples_batches_draw(struct samples_batches *batches,
                            const struct samples *samples, uint32_t seed,
                            size_t shift, size_t step,
                            const struct samples_range *only,
                            const cvl_tensor *x, const cvl_tensor *t)
{
    const size_t count = find(batches, &samples->training, seed, step);
    const struct samples_shift how = {
        .most = shift, .seed = seed, .epoch = batches->epoch};
    const size_t first = only ? only->first : 0;
    const size_t last = only && only->last < count ? only->last : count;
    if (first >= last) return count;
    cvl_tensor inputs = samples_from(x, first, last - first);
    cvl_tensor wanted = samples_from(t, first, last - first);
    samples_batch(samples, batches->index + first, last - first, &how, &inputs,
                  &wanted);
    return count;
}

size_t samples_outputs(const struct samples *samples)
{
    return samples->labels ? samples->classes : samples->target.shape[0];
}

cvl_status samples_fill_outputs(const struct samples *samples,
                                struct text *spec, cvl_error *err)
{
    static const char word[] = "dense auto";
    const char *const at = strstr(spec->data ? spec->data : "", word);
    struct text filled = {0};
    if (!at) return text_status(spec, err);
    text_add(&filled, "%.*sdense %zu%s", (int)(at - spec->data), spec->data,
             samples_outputs(samples), at + strlen(word));
    text_free(spec);
    *spec = filled;
    return text_status(spec, err);
}

/* The layer that the spec is to end with. */
static cvl_status refuse_classes(const cvl_tensor *y, size_t classes,
                                 cvl_error *err)
{
    if (y->shape[2] > 1 || y->shape[3] > 1)
        return cvl_fail(err, CVL_EINVAL,
                        "the net gives %zu x %zu x %zu numbers for a sample, "
                        "and a class is one number; end --net with dense %zu",
                        y->shape[1], y->shape[2], y->shape[3], classes);
    return cvl_fail(err, CVL_EINVAL,
                    "the net tells %zu class%s apart, and the data has %zu; "
                    "end --net with dense %zu",
                    y->shape[1], y->shape[1] == 1 ? "" : "es", classes,
                    classes);
}

cvl_status samples_check_targets(const cvl_tensor *y, const cvl_tensor *t,
                                 cvl_error *err)
{
    const size_t *const made = y->shape, *const wanted = t->shape;
    if (!memcmp(made, wanted, sizeof y->shape)) return CVL_OK;
    return cvl_fail(err, CVL_ESHAPE,
                    "the net makes %zux%zux%zu of a sample, and its target is "
                    "%zux%zux%zu; change --net, or --kernels, --stride and "
                    "--padding",
                    made[1], made[2], made[3], wanted[1], wanted[2], wanted[3]);
}

cvl_status samples_check_net(const struct samples *samples,
                             const cvl_loss_kind *loss, const cvl_tensor *y,
                             const cvl_tensor *t, cvl_error *err)
{
    const bool by_label = loss->target == CVL_TARGET_LABELS;
    if (samples->labels && !by_label)
        return cvl_fail(err, CVL_EINVAL,
                        "--loss %s is for numbers, and the samples have "
                        "labels; use --loss cross-entropy",
                        loss->name);
    if (by_label && !samples->labels)
        return cvl_fail(err, CVL_EINVAL,
                        "--loss %s is for labels, and the samples have "
                        "targets; use --loss mse",
                        loss->name);
    if (samples->labels &&
        (y->shape[2] > 1 || y->shape[3] > 1 || y->shape[1] != samples->classes))
        return refuse_classes(y, samples->classes, err);
    return samples->labels ? CVL_OK : samples_check_targets(y, t, err);
}
