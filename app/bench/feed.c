/* feed.c - see feed.h for the contract. */
#include "bench/feed.h"

#include <string.h>

/* Short batches would be another step. */
static cvl_status read_samples(struct bench_feed *feed, cvl_dtype dtype,
                               cvl_error *err)
{
    const struct data_settings *const data = &feed->config.data;
    const struct samples_request request = {.data = data->data};
    const struct samples_cut cut = {.size = data->batch_size ? data->batch_size
                                                             : SAMPLES_BATCH,
                                    .drop_last = true};
    const cvl_status status = samples_read(&request, &feed->samples, err);
    return status ? status
                  : samples_batches_init(&feed->batches, &feed->samples, &cut,
                                         dtype, &feed->x, &feed->t, err);
}

static size_t draw(void *source, cvl_random *random, size_t step, cvl_tensor *x,
                   cvl_tensor *t)
{
    struct bench_feed *const feed = source;
    const struct data_settings *const data = &feed->config.data;
    if (feed->samples.count)
        return samples_batches_draw(&feed->batches, &feed->samples, data->seed,
                                    data->shift, step, NULL, x, t);
    patches_draw(&feed->patches, random, x, t);
    return x->shape[0];
}

cvl_status bench_feed_init(struct bench_feed *feed, const struct config *config,
                           const cvl_exec *exec, cvl_dtype dtype,
                           size_t shape[4], cvl_error *err)
{
    cvl_status status;
    *feed = (struct bench_feed){.config = *config};
    size_t *const batch = &feed->config.data.batch_size;
    cvl_random_seed(&feed->random, config->data.seed);
    if (config->data.data) {
        status = read_samples(feed, dtype, err);
    } else if (config->data.degrade) {
        if (!*batch) *batch = PATCHES_BATCH;
        status = patches_init(&feed->patches, &feed->config, dtype,
                              &feed->photos, &feed->x, &feed->t, err);
    } else {
        status = cvl_tensor_init(&feed->x, dtype, 4, shape, err);
        if (!status) cvl_random_fill_normal(&feed->random, &feed->x, 0, 1);
    }
    if (!status && feed->t.data)
        status =
            ahead_init(&feed->ahead, exec, draw, feed, &feed->x, &feed->t, err);
    if (!status) memcpy(shape, feed->x.shape, sizeof feed->x.shape);
    return status;
}

cvl_status bench_feed_aim(struct bench_feed *feed, const cvl_trainer *trainer,
                          cvl_error *err)
{
    const cvl_loss_kind *const loss = trainer->loss.kind;
    const cvl_tensor *const y = &trainer->net.output;
    const size_t list[4] = {y->shape[0], 1, 1, 1};
    const bool labelled = loss->target == CVL_TARGET_LABELS;
    if (feed->samples.count)
        return samples_check_net(&feed->samples, loss, y, &feed->t, err);
    if (feed->patches.scale && labelled)
        return cvl_fail(err, CVL_EINVAL,
                        "--loss %s is of labels, and patches have none; use "
                        "--loss mse",
                        loss->name);
    if (feed->patches.scale) return samples_check_targets(y, &feed->t, err);
    const cvl_status status =
        cvl_tensor_init(&feed->t, y->dtype, 4, labelled ? list : y->shape, err);
    if (status) return status;
    if (!labelled) cvl_random_fill_normal(&feed->random, &feed->t, 0, 1);
    for (size_t i = 0; labelled && i < feed->t.count; i++)
        cvl_tensor_set(&feed->t, i,
                       cvl_random_below(&feed->random, (uint32_t)y->shape[1]));
    return CVL_OK;
}

void bench_feed_draw(struct bench_feed *feed)
{
    if (!feed->ahead.draw) return;
    ahead_take(&feed->ahead, &feed->random, feed->step, &feed->x, &feed->t);
    ahead_begin(&feed->ahead, &feed->random, ++feed->step);
}

void bench_feed_free(struct bench_feed *feed)
{
    ahead_free(&feed->ahead);
    samples_free(&feed->samples);
    samples_batches_free(&feed->batches);
    patches_free(&feed->patches);
    photos_free(&feed->photos);
    cvl_tensor_free(&feed->x);
    cvl_tensor_free(&feed->t);
    *feed = (struct bench_feed){.step = 0};
}
