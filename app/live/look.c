/* look.c - one picture in a session's classifier: what it sees in it. */
#include <string.h>

#include "live/session.h"

/* How pictures become samples of this model. */
static cvl_status find_preparation(struct live *live,
                                   const cvl_model_about *about, cvl_error *err)
{
    struct live_data *const data = &live->data;
    if (data->model.spec)
        return prepare_of_model(&data->model, about, &data->prepare, err);
    const bool known = prepare_parse(about->preparation, &data->prepare);
    return known ? CVL_OK
                 : cvl_fail(err, CVL_EFORMAT, "'%s' is no preparation",
                            about->preparation);
}

/* A net of one image, and what it is looked at with. */
static cvl_status make_probe(struct live *live, cvl_error *err)
{
    struct live_data *const data = &live->data;
    struct probe *const probe = &data->probe;
    const size_t *const shape = live->trainer.net.input.shape;
    const size_t classes[1] = {live->trainer.net.output.shape[1]};
    cvl_status status =
        probe_init(probe, &live->net_config, &live->trainer.net, err);
    if (!status)
        status = cvl_tensor_init(&data->map, CVL_F64, 2, shape + 2, err);
    if (status)
        probe_free(probe);
    else
        data->p = cvl_tensor_wrap(CVL_F64, 1, classes, probe->p);
    return status;
}

/* Makes ready to look, once. */
static cvl_status prepare(struct live *live, const cvl_model_about **about,
                          cvl_error *err)
{
    cvl_status status = live_check_open(live, err);
    if (!status) status = live_about(live, about, err);
    if (!status && !(*about)->classes)
        status = cvl_fail(err, CVL_EINVAL,
                          "the net tells no classes apart; open data = digits, "
                          "or load a classifier");
    if (status || live->data.probe.net) return status;
    status = find_preparation(live, *about, err);
    return status ? status : make_probe(live, err);
}

static void look(struct live_data *data)
{
    probe_run(&data->probe);
    probe_answer(&data->probe);
    data->has_looked = true;
}

int live_look(struct live *live, const double *levels, size_t channels,
              size_t height, size_t width)
{
    cvl_error err;
    struct live_data *const data = &live->data;
    const size_t shape[3] = {channels, height, width};
    const cvl_model_about *about;
    cvl_tensor picture = {0}, x = {0};
    cvl_status status = prepare(live, &about, &err);
    if (!status) status = live_take_picture(levels, shape, &picture, &err);
    text_free(&data->said);
    if (!status)
        status = prepare_picture(&data->prepare, &picture, CVL_F64, &x,
                                 &data->said, &err);
    if (!status) {
        prepare_standardize(about, &x, 0, &data->probe.x);
        look(data);
    }
    cvl_tensor_free(&picture);
    cvl_tensor_free(&x);
    return live_answer(live, status, &err);
}

int live_look_at(struct live *live, size_t sample)
{
    cvl_error err;
    struct live_data *const data = &live->data;
    const cvl_model_about *about;
    cvl_status status = prepare(live, &about, &err);
    if (!status && sample >= data->samples.count)
        status = cvl_fail(&err, CVL_EINVAL,
                          "sample %zu is asked for, and there are %zu", sample,
                          data->samples.count);
    if (status) return live_answer(live, status, &err);
    text_free(&data->said);
    samples_batch(&data->samples, &sample, 1, NULL, &data->probe.x, NULL);
    look(data);
    return CVL_OK;
}

int live_look_gradient(struct live *live, size_t class)
{
    cvl_error err;
    struct live_data *const data = &live->data;
    cvl_status status = live_check_open(live, &err);
    if (!status && !data->has_looked)
        status = cvl_fail(&err, CVL_EINVAL,
                          "no picture was looked at; call live_look");
    if (!status && class >= data->p.count)
        status = cvl_fail(&err, CVL_EINVAL,
                          "class %zu is asked for, and there are %zu", class,
                          data->p.count);
    if (status) return live_answer(live, status, &err);
    probe_gradient(&data->probe, class, data->map.data);
    return CVL_OK;
}

const char *live_said(const struct live *live)
{
    return live->data.said.data ? live->data.said.data : "";
}
