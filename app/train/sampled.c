/* sampled.c - see sampled.h for the contract. */
#include "train/sampled.h"

#include <math.h>
#include <string.h>

#include <convlet/memory.h>

#include "base/directory.h"
#include "base/setup.h"
#include "train/run.h"

enum { DEFAULT_BATCH = 32 };

bool is_sampled(const struct config *config)
{
    const struct data_settings *const data = &config->data;
    if (data->data) return true;
    if (data->degrade || !data_is_file(data->input)) return false;
    return data->batch_size || data->hold_out || data->order ||
           data->standardize || config->training.epochs ||
           setup_compares_labels(&config->training) ||
           directory_exists(data->input);
}

static cvl_status make_room(struct sampled *sampled, cvl_dtype dtype,
                            cvl_tensor *x, cvl_tensor *t, cvl_error *err)
{
    const struct samples *const samples = &sampled->samples;
    const size_t *const in = samples->input.shape;
    const size_t *const out = samples->target.shape;
    const size_t x_shape[4] = {sampled->batch, in[0], in[1], in[2]};
    const size_t t_shape[4] = {sampled->batch, samples->labels ? 1 : out[0],
                               samples->labels ? 1 : out[1],
                               samples->labels ? 1 : out[2]};
    void *order = NULL, *index = NULL;
    cvl_status status =
        cvl_alloc(&order, samples->training.count * sizeof *sampled->order,
                  "the order of the samples", err);
    if (!status)
        status = cvl_alloc(&index, sampled->batch * sizeof *sampled->index,
                           "a batch", err);
    sampled->order = order;
    sampled->index = index;
    if (!status) status = cvl_tensor_init(x, dtype, 4, x_shape, err);
    return status ? status : cvl_tensor_init(t, dtype, 4, t_shape, err);
}

/* As --order says. */
static cvl_status read_plan(struct sampled *sampled, const char *path,
                            struct training_settings *training, cvl_error *err)
{
    struct samples_plan *const plan = &sampled->plan;
    const cvl_status status =
        samples_plan_read(path, sampled->samples.training.count, plan, err);
    if (status) return status;
    if (training->steps > plan->steps) training->steps = plan->steps;
    sampled->batch = plan->batch;
    return CVL_OK;
}

/* CVL_EINVAL where there would be more steps than numbers for them. */
static cvl_status count_steps(struct sampled *sampled, struct config *config,
                              cvl_error *err)
{
    const struct data_settings *const data = &config->data;
    struct training_settings *const training = &config->training;
    const size_t count = sampled->samples.training.count;
    const bool is_whole = !data->data && !directory_exists(data->input);
    const size_t batch = data->batch_size ? data->batch_size
                         : is_whole       ? count
                                          : DEFAULT_BATCH;
    if (data->order) return read_plan(sampled, data->order, training, err);
    sampled->batch = batch < count ? batch : count;
    sampled->rest = data->drop_last ? 0 : count % sampled->batch;
    sampled->per_epoch = count / sampled->batch + (sampled->rest > 0);
    if (!training->epochs) return CVL_OK;
    if (!cvl_size_mul(training->epochs, sampled->per_epoch, &training->steps))
        return cvl_fail(err, CVL_EINVAL, "--epochs %zu are too many steps",
                        training->epochs);
    return CVL_OK;
}

/* Where Debian puts the pictures of the preset fashion, and what does that. */
static const char FASHION[] = "/usr/share/datasets/fashion-mnist";
static const char PACKAGE[] = "dataset-fashion-mnist";

/* What is not there may only not be installed. */
static cvl_status read_data(const struct samples_request *request,
                            struct samples *samples, cvl_error *err)
{
    const cvl_status status = samples_read(request, samples, err);
    if (!status || strcmp(request->data, FASHION) != 0 ||
        directory_exists(FASHION))
        return status;
    return cvl_fail(err, status,
                    "%s: is not there; install it, as apt-get install %s does, "
                    "or say with --data where MNIST's four files are",
                    FASHION, PACKAGE);
}

static cvl_status read_samples(struct samples *samples,
                               const struct config *config, cvl_error *err)
{
    const struct data_settings *const data = &config->data;
    const struct samples_request request = {
        .data = data->data, .hold_out = data->hold_out, .color = data->color};
    const struct samples_pairs pairs = {
        .input = data->input,
        .target = data->target,
        .hold_out = data->hold_out,
        .color = data->color,
        .labels = setup_compares_labels(&config->training)};
    if (data->data) return read_data(&request, samples, err);
    if (data_is_file(data->target))
        return samples_read_pairs(&pairs, samples, err);
    if (directory_exists(data->input))
        return cvl_fail(err, CVL_EINVAL,
                        "%s: is a directory of inputs; name that of their "
                        "targets with --target, or, for a folder of each "
                        "class, say --data %s",
                        data->input, data->input);
    return cvl_fail(err, CVL_EINVAL,
                    "--target %s is for one batch; samples need files, an "
                    "array with as many of them, or a directory",
                    data->target);
}

cvl_status sampled_init(struct sampled *sampled, struct config *config,
                        cvl_dtype dtype, cvl_tensor *x, cvl_tensor *t,
                        cvl_error *err)
{
    struct samples *const samples = &sampled->samples;
    cvl_status status = read_samples(samples, config, err);
    if (!status && config->data.standardize)
        status = samples_standardize(samples, err);
    if (!status) status = count_steps(sampled, config, err);
    return status ? status : make_room(sampled, dtype, x, t, err);
}

void sampled_free(struct sampled *sampled)
{
    samples_free(&sampled->samples);
    samples_plan_free(&sampled->plan);
    tally_free(&sampled->tally);
    cvl_free(sampled->order);
    cvl_free(sampled->index);
    *sampled = (struct sampled){.batch = 0};
}

size_t sampled_outputs(const struct sampled *sampled)
{
    const struct samples *const samples = &sampled->samples;
    return samples->labels ? samples->classes : samples->target.shape[0];
}

/* The layer that the spec is to end with. */
static cvl_status refuse_classes(const struct run *run, cvl_error *err)
{
    const cvl_tensor *const y = &run->trainer.net.output;
    const size_t classes = run->sampled.samples.classes;
    if (y->shape[2] > 1 || y->shape[3] > 1)
        return cvl_fail(err, CVL_EINVAL,
                        "the net gives %zu x %zu x %zu numbers for a sample, "
                        "and a class is one number; end --net with dense %zu",
                        y->shape[1], y->shape[2], y->shape[3], classes);
    return cvl_fail(err, CVL_EINVAL,
                    "the net tells %zu classes apart, and the data has %zu; "
                    "end --net with dense %zu",
                    y->shape[1], classes, classes);
}

/* Are the targets what the net makes? */
static cvl_status check_targets(const cvl_tensor *y, const cvl_tensor *t,
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

cvl_status sampled_check(struct run *run, cvl_error *err)
{
    struct sampled *const sampled = &run->sampled;
    const struct samples *const samples = &sampled->samples;
    const cvl_tensor *const y = &run->trainer.net.output;
    const bool by_label = run->trainer.loss.kind->target == CVL_TARGET_LABELS;
    if (samples->labels && !by_label)
        return cvl_fail(err, CVL_EINVAL,
                        "--loss %s is for numbers, and the samples have "
                        "labels; use --loss cross-entropy",
                        run->trainer.loss.kind->name);
    if (by_label && !samples->labels)
        return cvl_fail(err, CVL_EINVAL,
                        "--loss %s is for labels, and the samples have "
                        "targets; use --loss mse",
                        run->trainer.loss.kind->name);
    if (samples->labels &&
        (y->shape[2] > 1 || y->shape[3] > 1 || y->shape[1] != samples->classes))
        return refuse_classes(run, err);
    const cvl_status status =
        samples->labels ? CVL_OK : check_targets(y, &run->data.target, err);
    if (status) return status;
    return tally_init(&sampled->tally, samples->labels ? y->shape[1] : 0,
                      sampled->batch, err);
}

size_t sampled_epochs(const struct sampled *sampled, size_t steps)
{
    return sampled->per_epoch ? steps / sampled->per_epoch : 0;
}

unsigned sampled_columns(const struct sampled *sampled)
{
    if (!sampled->per_epoch) return 0;
    const bool labelled = sampled->samples.labels;
    const bool held_out = sampled->samples.held_out.count;
    return 1U << COLUMN_EPOCH | 1U << COLUMN_LOSS |
           (unsigned)labelled << COLUMN_ACCURACY |
           (unsigned)held_out << COLUMN_HELD_OUT_LOSS |
           (unsigned)(labelled && held_out) << COLUMN_HELD_OUT_ACCURACY;
}

/* The first `count` images of a batch. */
static cvl_tensor first_images(const cvl_tensor *batch, size_t count)
{
    const size_t shape[4] = {count, batch->shape[1], batch->shape[2],
                             batch->shape[3]};
    return cvl_tensor_wrap(batch->dtype, 4, shape, batch->data);
}

/* Finds the samples of a step, in sampled->index, and their number. */
static size_t find_samples(struct sampled *sampled, uint32_t seed, size_t step)
{
    const struct samples_part *const part = &sampled->samples.training;
    const struct samples_plan *const plan = &sampled->plan;
    const size_t *which;
    size_t count = sampled->batch;
    if (plan->steps) {
        which = plan->index + step % plan->steps * plan->batch;
    } else {
        const size_t epoch = step / sampled->per_epoch;
        const size_t at = step % sampled->per_epoch;
        if (!sampled->ordered || epoch != sampled->epoch)
            samples_order(seed, epoch, part->count, sampled->order);
        sampled->ordered = true;
        sampled->epoch = epoch;
        if (sampled->rest && at + 1 == sampled->per_epoch)
            count = sampled->rest;
        which = sampled->order + at * sampled->batch;
    }
    for (size_t i = 0; i < count; i++)
        sampled->index[i] = part->index[which[i]];
    return count;
}

static void draw_step(struct run *run, size_t step)
{
    struct sampled *const sampled = &run->sampled;
    const struct data_settings *const data = &run->config.data;
    const size_t count = find_samples(sampled, data->seed, step);
    const struct samples_shift shift = {
        .most = data->shift, .seed = data->seed, .epoch = sampled->epoch};
    run->x = first_images(&run->data.input, count);
    run->t = first_images(&run->data.target, count);
    samples_batch(&sampled->samples, sampled->index, count, &shift, &run->x,
                  &run->t);
}

static void draw_samples(struct run *run)
{
    draw_step(run, run->state.step);
}

static double no_psnr(const struct run *run, const cvl_step_result *result)
{
    (void)run, (void)result;
    return (double)NAN;
}

/* Unless the params are those that it was done with last. */
static void measure_held_out(struct run *run)
{
    struct sampled *const sampled = &run->sampled;
    if (sampled->is_tallied && sampled->tally_step == run->state.step) return;
    tally_run(&sampled->tally, &run->trainer.net, &run->trainer.loss,
              &run->exec, &sampled->samples, &sampled->samples.held_out,
              &run->data.input, &run->data.target);
    sampled->tally_step = run->state.step;
    sampled->is_tallied = true;
}

/* The training part's numbers are those of the steps as they were taken. */
static bool count_step(struct run *run, const cvl_step_result *result,
                       struct log_entry *line)
{
    struct sampled *const sampled = &run->sampled;
    struct epoch_state *const epoch = &run->state.epoch;
    const size_t count = run->t.shape[0];
    sampled->last_loss = result->mean;
    if (!sampled->per_epoch) return false;
    epoch->seen += count;
    epoch->loss += result->mean * (double)count;
    if (sampled->samples.labels)
        epoch->right += count_right(result->output, &run->t);
    sampled->last_loss = epoch->loss / (double)epoch->seen;
    if (run->state.step % sampled->per_epoch) return false;
    *line =
        (struct log_entry){.columns = sampled_columns(sampled),
                           .number = run->state.step / sampled->per_epoch - 1,
                           .value = {[COLUMN_LOSS] = sampled->last_loss,
                                     [COLUMN_ACCURACY] = (double)epoch->right /
                                                         (double)epoch->seen}};
    *epoch = (struct epoch_state){.seen = 0};
    if (!sampled->samples.held_out.count) return true;
    measure_held_out(run);
    line->value[COLUMN_HELD_OUT_LOSS] = sampled->tally.loss;
    line->value[COLUMN_HELD_OUT_ACCURACY] = tally_accuracy(&sampled->tally);
    return true;
}

/* What is dead is looked for in some whole batches, as those of a step. */
static void finish_samples(struct run *run)
{
    enum { LOOKS = 16 };
    cvl_net *const net = &run->trainer.net;
    if (run->sampled.samples.held_out.count) measure_held_out(run);
    cvl_net_set_mode(net, CVL_MODE_EVAL);
    for (size_t i = 0; i < LOOKS; i++) {
        draw_step(run, run->state.step + i);
        if (run->x.shape[0] < net->input.shape[0]) continue;
        cvl_net_forward(net, &run->x);
        dead_look(&run->dead, net);
    }
    cvl_net_set_mode(net, CVL_MODE_TRAIN);
}

const struct feed feed_samples = {.draw = draw_samples,
                                  .psnr = no_psnr,
                                  .count = count_step,
                                  .finish = finish_samples};
