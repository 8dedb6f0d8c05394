/* leaves.c - a session that restores drawn leaves, and the scene to measure. */
#include <string.h>

#include "data/arrays.h"
#include "live/session.h"
#include "paint/scene.h"

static bool is_leaves(const struct config *config)
{
    return config->data.degrade;
}

/* The canvas that patches are cut from, and the patches, are a few times as
 * large as a batch. */
static cvl_status bound(const struct data_settings *settings, cvl_error *err)
{
    enum { TIMES = 8 };
    const size_t shape[4] = {settings->batch_size, 3, settings->patch[0],
                             settings->patch[1]};
    size_t bytes = live_bytes(shape, CVL_F64);
    if (!cvl_size_mul(bytes, TIMES, &bytes)) bytes = SIZE_MAX;
    return live_bound("a batch of patches", bytes, err);
}

static cvl_status init(struct live *live, cvl_error *err)
{
    struct data_settings *const settings = &live->config.data;
    struct patches *const patches = &live->data.patches;
    if (!settings->batch_size) settings->batch_size = PATCHES_BATCH;
    if (strcmp(settings->target, PATCHES_LEAVES) != 0)
        return cvl_fail(
            err, CVL_EINVAL,
            "target is %s; beside degrade, say target = " PATCHES_LEAVES,
            settings->target);
    cvl_status status = patches_plan(patches, &live->config, err);
    if (!status) status = bound(settings, err);
    if (!status) status = patches_add_leaves(patches, settings, err);
    return status ? status
                  : patches_room(patches, settings, live->dtype, &live->input,
                                 &live->target, err);
}

static cvl_status finish(struct live *live, cvl_error *err)
{
    if (live_takes_labels(live))
        return cvl_fail(err, CVL_EINVAL,
                        "loss %s is of labels, and patches have none; use mse",
                        live->config.training.loss);
    return samples_check_targets(&live->trainer.net.output, &live->target, err);
}

static void draw(struct live *live)
{
    patches_draw(&live->data.patches, &live->random, &live->input,
                 &live->target);
    live->x = live->input;
    live->t = live->target;
}

const struct live_feed live_feed_leaves = {.is = is_leaves,
                                           .init = init,
                                           .finish = finish,
                                           .draw = draw,
                                           .describe = live_describe_unsampled,
                                           .is_drawn = true};

/* Paints the scene, all of it where what becomes of a pixel comes from others,
 * and makes ready to measure on its middle. */
static cvl_status hold_out_scene(struct live *live, cvl_error *err)
{
    struct live_data *const data = &live->data;
    const size_t channels = data->patches.pairs->clean.shape[1];
    const bool is_noise = data->patches.degrade.kind == DEGRADE_NOISE;
    const size_t size[2] = {is_noise ? HELD_OUT_SIDE : SCENE_HEIGHT,
                            is_noise ? HELD_OUT_SIDE : SCENE_WIDTH};
    cvl_tensor pixels;
    cvl_status status = scene_paint(size, CVL_F32, &pixels, err);
    if (!status) status = array_recolour(&pixels, channels, err);
    if (!status)
        status = patches_keep(&data->patches, "the scene", &pixels, err);
    if (!status)
        status = held_out_init(&data->held_out, &data->patches,
                               &live->net_config, live->config.data.seed, err);
    cvl_tensor_free(&pixels);
    if (!status) return CVL_OK;
    held_out_free(&data->held_out);
    pair_free(&data->patches.held_out);
    return status;
}

int live_measure(struct live *live, double psnr[3])
{
    cvl_error err;
    struct held_out *const held_out = &live->data.held_out;
    cvl_status status = live_check_open(live, &err);
    if (!status && !live->data.patches.scale)
        status = cvl_fail(&err, CVL_EINVAL,
                          "there is nothing to restore; open degrade = "
                          "noise:25 and target = leaves");
    if (!status && !held_out->input.data) status = hold_out_scene(live, &err);
    if (status) return live_answer(live, status, &err);
    held_out_measure(held_out, &live->trainer.net);
    psnr[0] = held_out->baseline;
    psnr[1] = held_out->blur;
    psnr[2] = held_out->psnr;
    return CVL_OK;
}
