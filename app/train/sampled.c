/* sampled.c - see sampled.h for the contract. */
#include "train/sampled.h"

#include <math.h>
#include <string.h>

#include <convlet/memory.h>

#include "base/directory.h"
#include "base/setup.h"
#include "ranks/ranks.h"
#include "train/cut.h"
#include "train/run.h"

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

/* CVL_EINVAL where there would be more steps than numbers for them. */
static cvl_status count_steps(const struct samples_batches *batches,
                              struct training_settings *training,
                              cvl_error *err)
{
    const struct samples_plan *const plan = &batches->plan;
    if (plan->steps && training->steps > plan->steps)
        training->steps = plan->steps;
    if (plan->steps || !training->epochs) return CVL_OK;
    if (!cvl_size_mul(training->epochs, batches->per_epoch, &training->steps))
        return cvl_fail(err, CVL_EINVAL, "--epochs %zu are too many steps",
                        training->epochs);
    return CVL_OK;
}

/* Arrays are one batch, where nobody says otherwise. */
static cvl_status cut_batches(struct sampled *sampled, struct config *config,
                              cvl_dtype dtype, cvl_tensor *x, cvl_tensor *t,
                              cvl_error *err)
{
    const struct data_settings *const data = &config->data;
    const struct samples *const samples = &sampled->samples;
    const bool is_whole = !data->data && !directory_exists(data->input);
    struct samples_cut cut = {.size = data->batch_size ? data->batch_size
                                      : is_whole       ? samples->training.count
                                                       : SAMPLES_BATCH,
                              .drop_last = data->drop_last};
    cvl_status status = CVL_OK;
    if (data->order)
        status = samples_plan_read(data->order, samples->training.count,
                                   &cut.plan, err);
    if (!status)
        status = samples_batches_init(&sampled->batches, samples, &cut, dtype,
                                      x, t, err);
    return status ? status
                  : count_steps(&sampled->batches, &config->training, err);
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
    return status ? status : cut_batches(sampled, config, dtype, x, t, err);
}

void sampled_free(struct sampled *sampled)
{
    samples_free(&sampled->samples);
    samples_batches_free(&sampled->batches);
    tally_free(&sampled->tally);
    shared_tally_free(&sampled->shared);
    *sampled = (struct sampled){.tally_step = 0};
}

cvl_status sampled_check(struct run *run, cvl_error *err)
{
    struct sampled *const sampled = &run->sampled;
    const struct samples *const samples = &sampled->samples;
    const cvl_tensor *const y = &run->trainer.net.output;
    cvl_status status = samples_check_net(samples, run->trainer.loss.kind, y,
                                          &run->data.target, err);
    if (status) return status;
    const size_t classes = samples->labels ? y->shape[1] : 0;
    const size_t batch = sampled->batches.size;
    status = tally_init(&sampled->tally, classes, batch, err);
    if (status || ranks_count() == 1) return status;
    return shared_tally_init(&sampled->shared, ranks_link(),
                             samples->held_out.count / batch + 1, classes, err);
}

size_t sampled_epochs(const struct sampled *sampled, size_t steps)
{
    return sampled->batches.per_epoch ? steps / sampled->batches.per_epoch : 0;
}

unsigned sampled_columns(const struct sampled *sampled)
{
    if (!sampled->batches.per_epoch) return 0;
    const bool labelled = sampled->samples.labels;
    const bool held_out = sampled->samples.held_out.count;
    return 1U << COLUMN_EPOCH | 1U << COLUMN_LOSS |
           (unsigned)labelled << COLUMN_ACCURACY |
           (unsigned)held_out << COLUMN_HELD_OUT_LOSS |
           (unsigned)(labelled && held_out) << COLUMN_HELD_OUT_ACCURACY;
}

static size_t draw_samples(void *source, cvl_random *random, size_t step,
                           cvl_tensor *x, cvl_tensor *t)
{
    struct run *const run = source;
    struct sampled *const sampled = &run->sampled;
    const struct data_settings *const data = &run->config.data;
    struct samples_range own;
    (void)random;
    return samples_batches_draw(
        &sampled->batches, &sampled->samples, data->seed, data->shift, step,
        cut_range(run, x->shape[0], &own) ? &own : NULL, x, t);
}

cvl_status sampled_compare(struct run *run, cvl_error *err)
{
    const struct samples *const samples = &run->sampled.samples;
    if (!samples->labels || !samples->held_out.count ||
        (run->config.output.quiet && !run->dir.path))
        return CVL_OK;
    return baselines_measure(samples, &run->sampled.baselines, err);
}

/* What to try: where nobody has chosen how to descend, a choice that goes well
 * with nearly any net. */
static const char *remedy_of(const struct config *config, bool labelled)
{
    const bool is_normal = strcmp(config->training.init, "normal") == 0;
    if (!labelled && is_normal)
        return "try --optimizer adam --init kaiming --reduction mean";
    return is_normal && strcmp(config->training.optimizer, "sgd") == 0
               ? "try --preset digits beside --net, for Adam and --init "
                 "kaiming, or another --lr"
               : "try another --lr or --init, or train for longer";
}

void sampled_describe_unlearned(const struct run *run, struct text *text)
{
    static const double NEAR = 0.95; /* of what guessing gives */
    const struct sampled *const sampled = &run->sampled;
    const struct samples *const samples = &sampled->samples;
    const char *const remedy = remedy_of(&run->config, samples->labels);
    const size_t only = tally_only_answer(&sampled->tally);
    const double guess = log((double)samples->classes);
    char number[SAMPLES_NAME_SIZE], name[TEXT_CLIP];
    if (sampled->untouched > 0 && sampled->tally.loss >= sampled->untouched)
        text_add(text,
                 "what is held out would be nearer to its targets untouched, "
                 "at a loss of %.4g instead of %.4g; %s\n",
                 sampled->untouched, sampled->tally.loss, remedy);
    if (!samples->labels) return;
    if (sampled->part && only < samples->classes)
        text_add(text,
                 "every answer to what is %s is %s, whatever it shows; %s\n",
                 sampled->part,
                 text_clip(samples_class(samples, only, number), name), remedy);
    if (sampled->last_loss > NEAR * guess)
        text_add(text,
                 "the loss is %.4g and has not left ln %zu = %.4g, which "
                 "guessing gives; %s\n",
                 sampled->last_loss, samples->classes, guess, remedy);
}

static double no_psnr(const struct run *run, const cvl_step_result *result)
{
    (void)run, (void)result;
    return (double)NAN;
}

/* What is held out, or what it learns from if nothing is; unless the params are
 * those that it was done with last. */
static void measure(struct run *run)
{
    struct sampled *const sampled = &run->sampled;
    const struct samples *const samples = &sampled->samples;
    const bool is_held_out = samples->held_out.count > 0;
    if (sampled->part && sampled->tally_step == run->state.step) return;
    tally_run(&sampled->tally, &run->trainer.net, &run->trainer.loss,
              &run->exec, samples,
              is_held_out ? &samples->held_out : &samples->training,
              &run->data.input, &run->data.target);
    sampled->tally_step = run->state.step;
    sampled->part = is_held_out ? "held out" : "trained on";
}

/* How many answers of a step are right. */
static size_t right_of(const struct run *run, const cvl_step_result *result)
{
    if (!run->sampled.samples.labels) return 0;
    return run->shards.count ? (size_t)run->shards.noted
                             : count_right(result->output, &run->t);
}

/* What is held out, for the line of an epoch: by all ranks. */
static void measure_epoch(struct run *run)
{
    struct sampled *const sampled = &run->sampled;
    if (!sampled->shared.ranks) {
        measure(run);
        return;
    }
    shared_tally_run(&sampled->shared, &sampled->tally, &run->trainer.net,
                     &run->trainer.loss, &run->exec, &sampled->samples,
                     &sampled->samples.held_out, &run->data.input,
                     &run->data.target);
}

/* The training part's numbers are those of the steps as they were taken. */
static bool count_step(struct run *run, const cvl_step_result *result,
                       struct log_entry *line)
{
    struct sampled *const sampled = &run->sampled;
    struct epoch_state *const epoch = &run->state.epoch;
    sampled->last_loss = result->mean;
    if (!sampled->batches.per_epoch) return false;
    epoch_add(epoch, run->t.shape[0], right_of(run, result), result->mean);
    sampled->last_loss = epoch_loss(epoch);
    if (run->state.step % sampled->batches.per_epoch) return false;
    *line = (struct log_entry){
        .columns = sampled_columns(sampled),
        .number = run->state.step / sampled->batches.per_epoch - 1,
        .value = {[COLUMN_LOSS] = sampled->last_loss,
                  [COLUMN_ACCURACY] = epoch_accuracy(epoch)}};
    *epoch = (struct epoch_state){.seen = 0};
    if (!sampled->samples.held_out.count) return true;
    measure_epoch(run);
    line->value[COLUMN_HELD_OUT_LOSS] = sampled->tally.loss;
    line->value[COLUMN_HELD_OUT_ACCURACY] = tally_accuracy(&sampled->tally);
    return true;
}

/* What a net that restores has to beat. */
static void measure_untouched(struct run *run)
{
    struct sampled *const sampled = &run->sampled;
    const struct samples *const samples = &sampled->samples;
    const struct samples_array *const x = &samples->input;
    if (samples->labels || !samples->held_out.count || samples->mean ||
        memcmp(x->shape, samples->target.shape, sizeof x->shape) != 0)
        return;
    sampled->untouched = tally_untouched(
        &sampled->tally, &run->trainer.loss, &run->exec, samples,
        &samples->held_out, &run->data.input, &run->data.target);
}

/* What is dead is looked for in some whole batches, as those of a step. */
static void finish_samples(struct run *run)
{
    enum { LOOKS = 16 };
    cvl_net *const net = &run->trainer.net;
    const struct samples *const samples = &run->sampled.samples;
    if (samples->held_out.count || (samples->labels && run->dir.path))
        measure(run);
    measure_untouched(run);
    cvl_net_set_mode(net, CVL_MODE_EVAL);
    for (size_t i = 0; i < LOOKS; i++) {
        const size_t count = draw_samples(run, NULL, run->state.step + i,
                                          &run->data.input, &run->data.target);
        if (count < net->input.shape[0]) continue;
        cvl_net_forward(net, &run->data.input);
        dead_look(&run->dead, net);
    }
    cvl_net_set_mode(net, CVL_MODE_TRAIN);
}

const struct feed feed_samples = {.batch = draw_samples,
                                  .psnr = no_psnr,
                                  .count = count_step,
                                  .finish = finish_samples};
