/* feed.c - see feed.h; all of the data at once, or patches of pictures. */
#include "pictures/psnr.h"
#include "ranks/ranks.h"
#include "train/cut.h"
#include "train/run.h"

static double output_psnr(const struct run *run, const cvl_step_result *result)
{
    const cvl_trainer *const trainer = &run->trainer;
    const cvl_loss mse = {.kind = cvl_loss_kind_find("mse")};
    double mean = result->mean;
    if (trainer->loss.kind != mse.kind && run->data.is_picture)
        cvl_loss_compute(&mse, &trainer->net.output, &run->data.target,
                         trainer->mask.data ? &trainer->mask : NULL,
                         trainer->used, &run->exec, NULL, &mean, NULL);
    return psnr_of(mean);
}

/* What the model makes of the input is what whoever applies it will see. */
static void finish_all(struct run *run)
{
    cvl_net *const net = &run->trainer.net;
    cvl_net_set_mode(net, CVL_MODE_EVAL);
    cvl_net_forward(net, &run->data.input);
    cvl_net_set_mode(net, CVL_MODE_TRAIN);
    dead_look(&run->dead, net);
}

static const struct feed ALL = {.psnr = output_psnr, .finish = finish_all};

static size_t draw_patches(void *source, cvl_random *random, size_t step,
                           cvl_tensor *x, cvl_tensor *t)
{
    struct run *const run = source;
    if (run->shards.count)
        cut_draw_patches(run, step, x, t);
    else
        patches_draw(&run->patches, random, x, t);
    return x->shape[0];
}

/* It is for the log alone, which is rank 0's. */
static void measure_picture(struct run *run)
{
    if (!ranks_number()) held_out_measure(&run->held_out, &run->trainer.net);
}

static double picture_psnr(const struct run *run, const cvl_step_result *result)
{
    (void)result;
    return run->held_out.psnr;
}

static void finish_patches(struct run *run)
{
    measure_picture(run);
    dead_look(&run->dead, &run->trainer.net);
    dead_look(&run->dead, &run->held_out.net);
}

static const struct feed PATCHES = {.batch = draw_patches,
                                    .measure = measure_picture,
                                    .psnr = picture_psnr,
                                    .finish = finish_patches};

const struct feed *feed_of(const struct run *run)
{
    return is_sampled(&run->config)   ? &feed_samples
           : run->config.data.degrade ? &PATCHES
                                      : &ALL;
}

void feed_draw(struct run *run)
{
    struct data *const data = &run->data;
    size_t count = data->input.shape[0];
    if (run->feed->batch)
        count = ahead_take(&run->ahead, &run->state.random, run->state.step,
                           &data->input, &data->target);
    run->x = samples_first(&data->input, count);
    run->t = samples_first(&data->target, count);
}

void feed_draw_next(struct run *run)
{
    const size_t next = run->state.step + 1;
    if (run->feed->batch && next < run->config.training.steps)
        ahead_begin(&run->ahead, &run->state.random, next);
}
