/* open.c - a session: made, opened, freed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/memory.h>

#include "base/setup.h"
#include "begin/trainer.h"
#include "live/session.h"
#include "live/settings.h"

/* A row for each kind of data. */
static const struct live_feed *const FEEDS[] = {
    &live_feed_plain, &live_feed_digits, &live_feed_leaves, NULL};

const char *live_version(void)
{
    return CONVLET_VERSION;
}

struct live *live_new(void)
{
    struct live *const live = calloc(1, sizeof *live);
    if (live) live->loss = (double)NAN;
    return live;
}

static void free_start(struct live_start *start)
{
    cvl_tensor_free(&start->x);
    cvl_tensor_free(&start->t);
    for (size_t i = 0; i < CVL_MAX_PARAMS; i++)
        cvl_tensor_free(&start->params[i]);
    for (size_t i = 0; i < CVL_MAX_BUFFERS; i++)
        cvl_tensor_free(&start->buffers[i]);
}

static void free_data(struct live_data *data)
{
    samples_free(&data->samples);
    samples_batches_free(&data->batches);
    tally_free(&data->tally);
    cvl_tensor_free(&data->sample);
    cvl_tensor_free(&data->labels);
    held_out_free(&data->held_out);
    patches_free(&data->patches);
    about_free(&data->own);
    probe_free(&data->probe);
    cvl_model_free(&data->model);
    cvl_tensor_free(&data->map);
    text_free(&data->said);
    cvl_tensor_free(&data->picture);
    cvl_tensor_free(&data->read);
    cvl_bytes_free(&data->bytes);
}

/* Back to nothing, but for what the last call said. */
static void reset(struct live *live)
{
    const cvl_error kept = live->error;
    free_data(&live->data);
    cvl_trainer_free(&live->trainer);
    cvl_tensor_free(&live->input);
    cvl_tensor_free(&live->target);
    cvl_tensor_free(&live->dx_room);
    free_start(&live->start);
    text_free(&live->spec);
    text_free(&live->json);
    free(live->text);
    *live = (struct live){.loss = (double)NAN, .error = kept};
}

void live_free(struct live *live)
{
    if (live) reset(live);
    free(live);
}

const char *live_error(const struct live *live)
{
    return live->error.message;
}

static cvl_status read_settings(struct live *live, const char *text,
                                cvl_error *err)
{
    const size_t size = strlen(text);
    if (size > SETTINGS_LIMIT)
        return cvl_fail(err, CVL_EINVAL,
                        "the settings are %zu bytes long; the limit is %d",
                        size, SETTINGS_LIMIT);
    live->text = malloc(size + 1);
    if (!live->text)
        return cvl_fail(err, CVL_ENOMEM, "out of memory: settings");
    memcpy(live->text, text, size + 1);
    return settings_read(live->text, &live->config, err);
}

/* What data and net the settings mean; bounded before it is there. */
static cvl_status plan(struct live *live, cvl_error *err)
{
    const struct config *const config = &live->config;
    cvl_net net = {0};
    size_t bytes = 0;
    text_add(&live->spec, "%s", config->geometry.net);
    cvl_status status = live->feed->fill ? live->feed->fill(live, err) : CVL_OK;
    if (!status) status = text_status(&live->spec, err);
    if (status) return status;
    live->net_config = (cvl_net_config){.spec = live->spec.data,
                                        .dtype = live->dtype,
                                        .algo = config->execution.algorithm,
                                        .exec = live->exec};
    memcpy(live->net_config.input_shape, live->input.shape,
           sizeof live->net_config.input_shape);
    status = cvl_net_plan(&net, &live->net_config, err);
    if (!status && !begin_bytes(&config->training, &net, &bytes))
        bytes = SIZE_MAX;
    cvl_net_free(&net);
    return status ? status : live_bound("the net", bytes, err);
}

/* The net with its first params. */
static cvl_status build(struct live *live, cvl_error *err)
{
    cvl_net *const net = &live->trainer.net;
    cvl_init init = CVL_INIT_NORMAL;
    cvl_status status = begin_trainer(&live->trainer, &live->net_config,
                                      &live->config.training, err);
    if (!status) status = live->feed->finish(live, err);
    if (!status)
        status = cvl_tensor_init_like(&live->dx_room, &live->input, err);
    if (status) return status;
    (void)cvl_init_parse(live->config.training.init, &init);
    begin_params(net, init, &live->config, &live->random);
    live->asked = live->config.training;
    live_aim(live);
    return CVL_OK;
}

cvl_status live_configure(struct live *live, const char *settings,
                          cvl_error *err)
{
    reset(live);
    const cvl_status status = read_settings(live, settings, err);
    if (status) reset(live);
    return status;
}

cvl_status live_begin(struct live *live, cvl_error *err)
{
    for (size_t i = 0; FEEDS[i]; i++)
        if (FEEDS[i]->is(&live->config)) live->feed = FEEDS[i];
    live->dtype = setup_dtype(&live->config.execution, CVL_F32);
    live->exec = (cvl_exec){.threads = 1, .isa = CVL_ISA_BASE};
    cvl_random_seed(&live->random, live->config.data.seed);
    cvl_status status = live->feed->init(live, err);
    if (!status) status = plan(live, err);
    if (!status) status = build(live, err);
    if (status) reset(live);
    return status;
}

int live_open(struct live *live, const char *settings)
{
    cvl_error err;
    cvl_status status = live_configure(live, settings, &err);
    if (!status) status = live_begin(live, &err);
    return live_answer(live, status, &err);
}
