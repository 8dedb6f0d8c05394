/* digits.c - a session that learns from the digits, batch by batch. */
#include <string.h>

#include "live/session.h"

static bool is_digits(const struct config *config)
{
    return config->data.data;
}

/* The steps that so many epochs take. */
static cvl_status count_steps(struct live *live, cvl_error *err)
{
    struct training_settings *const training = &live->config.training;
    const size_t per_epoch = live->data.batches.per_epoch;
    if (!training->epochs ||
        cvl_size_mul(training->epochs, per_epoch, &training->steps))
        return CVL_OK;
    return cvl_fail(err, CVL_EINVAL, "epochs = %zu are too many steps",
                    training->epochs);
}

/* What is shown of the samples. */
static cvl_status make_room(struct live_data *data, cvl_error *err)
{
    const struct samples *const samples = &data->samples;
    const size_t count[1] = {samples->count};
    cvl_status status =
        cvl_tensor_init(&data->sample, CVL_F64, 3, samples->input.shape, err);
    if (!status)
        status = cvl_tensor_init(&data->labels, CVL_F64, 1, count, err);
    for (size_t i = 0; !status && i < samples->count; i++)
        cvl_tensor_set(&data->labels, i, samples->labels[i]);
    return status;
}

static cvl_status init(struct live *live, cvl_error *err)
{
    const struct data_settings *const settings = &live->config.data;
    struct live_data *const data = &live->data;
    const struct samples_cut cut = {
        .size = settings->batch_size ? settings->batch_size : SAMPLES_BATCH,
        .drop_last = settings->drop_last};
    char clipped[TEXT_CLIP];
    if (!samples_is_built_in(settings->data))
        return cvl_fail(err, CVL_EINVAL, "data: '%s' is none; expected %s",
                        text_clip(settings->data, clipped), SAMPLES_BUILT_IN);
    cvl_status status =
        samples_read_built_in(settings->hold_out, &data->samples, err);
    if (!status && settings->standardize)
        status = samples_standardize(&data->samples, err);
    if (!status)
        status =
            samples_batches_init(&data->batches, &data->samples, &cut,
                                 live->dtype, &live->input, &live->target, err);
    if (!status) status = make_room(data, err);
    return status ? status : count_steps(live, err);
}

static cvl_status fill(struct live *live, cvl_error *err)
{
    return samples_fill_outputs(&live->data.samples, &live->spec, err);
}

static cvl_status finish(struct live *live, cvl_error *err)
{
    struct live_data *const data = &live->data;
    cvl_trainer *const trainer = &live->trainer;
    const cvl_tensor *const y = &trainer->net.output;
    const size_t rest = data->batches.rest;
    cvl_status status = samples_check_net(&data->samples, trainer->loss.kind, y,
                                          &live->target, err);
    /* A batch that is like its target tells nothing of the others. */
    trainer->rtol = 0;
    trainer->atol = -1;
    if (!status && rest)
        status = cvl_trainer_add_rest(trainer, &live->net_config, rest, err);
    if (!status)
        status = tally_init(&data->tally, y->shape[1], data->batches.size, err);
    return status ? status
                  : tally_keep_each(&data->tally, data->samples.count, err);
}

static void draw(struct live *live)
{
    const struct data_settings *const settings = &live->config.data;
    struct live_data *const data = &live->data;
    const size_t count = samples_batches_draw(
        &data->batches, &data->samples, settings->seed, settings->shift,
        live->taken, NULL, &live->input, &live->target);
    live->x = samples_first(&live->input, count);
    live->t = samples_first(&live->target, count);
}

static void describe(const struct live *live, struct json *json)
{
    const struct samples *const samples = &live->data.samples;
    char number[SAMPLES_NAME_SIZE];
    json_open(json, "classes", '[');
    for (size_t k = 0; k < samples->classes; k++)
        json_string(json, NULL, samples_class(samples, k, number));
    json_close(json, ']');
    json_size(json, "training", samples->training.count);
    json_size(json, "held_out", samples->held_out.count);
    json_size(json, "per_epoch", live->data.batches.per_epoch);
}

static void count(struct live *live, const cvl_step_result *result)
{
    struct live_data *const data = &live->data;
    epoch_add(&data->epoch, live->t.shape[0],
              count_right(result->output, &live->t), result->mean);
    if (live->taken % data->batches.per_epoch) return;
    data->last_epoch = data->epoch;
    data->epoch = (struct epoch_state){0};
}

const struct live_feed live_feed_digits = {.is = is_digits,
                                           .init = init,
                                           .fill = fill,
                                           .finish = finish,
                                           .draw = draw,
                                           .describe = describe,
                                           .count = count,
                                           .is_drawn = true};

static cvl_status check_samples(const struct live *live, cvl_error *err)
{
    const cvl_status status = live_check_open(live, err);
    if (status || live->data.samples.count) return status;
    return cvl_fail(err, CVL_EINVAL,
                    "there are no samples; open data = digits");
}

int live_evaluate(struct live *live, int held_out)
{
    cvl_error err;
    struct live_data *const data = &live->data;
    const struct samples *const samples = &data->samples;
    const struct samples_part *const part =
        held_out ? &samples->held_out : &samples->training;
    cvl_status status = check_samples(live, &err);
    if (!status && !part->count)
        status = cvl_fail(&err, CVL_EINVAL,
                          "no sample is held out; open with hold-out = last:N");
    if (status) return live_answer(live, status, &err);
    live->ran = RAN_NOTHING;
    tally_run(&data->tally, &live->trainer.net, &live->trainer.loss,
              &live->exec, samples, part, &live->input, &live->target);
    data->tallied = part;
    live_look_ahead(live);
    return CVL_OK;
}

static void add_mistakes(const struct notable_list *list, struct json *json)
{
    json_open(json, "mistakes", '[');
    for (size_t i = 0; i < list->count; i++) {
        const struct notable_case *const one = &list->cases[i];
        json_open(json, NULL, '{');
        json_size(json, "sample", one->sample);
        json_size(json, "truth", one->truth);
        json_size(json, "answer", one->answer);
        json_real(json, "p", one->p_answer);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* [sample, truth, answer, p] of each. */
static void add_answers(const struct live_data *data, struct json *json)
{
    const struct samples_part *const part = data->tallied;
    json_open(json, "answers", '[');
    for (size_t i = 0; i < part->count; i++) {
        const size_t sample = part->index[i];
        const struct tally_answer *const one = &data->tally.each[sample];
        json_open(json, NULL, '[');
        json_size(json, NULL, sample);
        json_size(json, NULL, data->samples.labels[sample]);
        json_size(json, NULL, one->answer);
        json_real(json, NULL, one->p);
        json_close(json, ']');
    }
    json_close(json, ']');
}

/* What the samples of the last epoch gave as they went by; null: there is none
 * that is whole. */
static void add_epoch(const struct live *live, struct json *json)
{
    const struct epoch_state *const epoch = &live->data.last_epoch;
    if (!epoch->seen) {
        json_string(json, "epoch", NULL);
        return;
    }
    json_open(json, "epoch", '{');
    json_size(json, "number", live->taken / live->data.batches.per_epoch - 1);
    json_real(json, "loss", epoch_loss(epoch));
    json_real(json, "accuracy", epoch_accuracy(epoch));
    json_close(json, '}');
}

static void report(struct live *live)
{
    const struct tally *const tally = &live->data.tally;
    const struct confusion *const answers = &tally->answers;
    struct json json = live_json(live);
    json_open(&json, NULL, '{');
    json_size(&json, "count", tally->count);
    json_size(&json, "right", answers->right);
    json_real(&json, "loss", tally->loss);
    json_open(&json, "confusion", '[');
    for (size_t i = 0; i < answers->classes; i++)
        json_sizes(&json, NULL, answers->count + i * answers->classes,
                   answers->classes);
    json_close(&json, ']');
    add_mistakes(&tally->notable.worst, &json);
    add_answers(&live->data, &json);
    add_epoch(live, &json);
    json_close(&json, '}');
}

const char *live_report(struct live *live)
{
    cvl_error err;
    cvl_status status = check_samples(live, &err);
    if (!status && !live->data.tallied)
        status = cvl_fail(&err, CVL_EINVAL,
                          "nothing was measured; call live_evaluate");
    if (!status) {
        report(live);
        status = text_status(&live->json, &err);
    }
    return live_answer(live, status, &err) ? NULL : live->json.data;
}

int live_label(const struct live *live, size_t sample)
{
    const struct samples *const samples = &live->data.samples;
    return sample < samples->count ? (int)samples->labels[sample] : -1;
}
