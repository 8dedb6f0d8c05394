/* tensors.c - a session's arrays, by their names. */
#include <string.h>

#include <convlet/terms.h>

#include "live/session.h"

/* The array of a layer, or of a param, by its index among so many. */
static const cvl_tensor *at(const cvl_param *params, size_t count, size_t index,
                            bool grad)
{
    if (index >= count) return NULL;
    return grad ? &params[index].grad : &params[index].value;
}

static const cvl_tensor *of_layer(const struct live *live, size_t index,
                                  bool grad)
{
    const cvl_net *const net = live->net;
    cvl_layer_info info;
    if (index >= net->layer_count) return NULL;
    if (grad) return cvl_net_terms(net, index, &live->x, live->dy).dy;
    cvl_net_layer_info(net, index, &info);
    return info.output;
}

static const cvl_tensor *find_activation(const struct live_data *data,
                                         size_t index)
{
    const cvl_net *const net = data->probe.net;
    cvl_layer_info info;
    if (!net || !data->has_looked || index >= net->layer_count) return NULL;
    cvl_net_layer_info(net, index, &info);
    return info.output;
}

/* The pixels of a sample, as levels. */
static const cvl_tensor *take_sample(struct live_data *data, size_t index)
{
    const struct samples_array *const input = &data->samples.input;
    const unsigned char *const bytes = input->data;
    if (index >= data->samples.count) return NULL;
    for (size_t i = 0; i < input->size; i++)
        cvl_tensor_set(&data->sample, i,
                       bytes[index * input->size + i] / input->divisor);
    return &data->sample;
}

/* Of what is beyond one net and one batch. */
static const cvl_tensor *of_data(struct live *live, const char *name,
                                 size_t index)
{
    struct live_data *const data = &live->data;
    const cvl_net *const net = data->has_looked ? data->probe.net : NULL;
    const struct {
        const char *name;
        const cvl_tensor *tensor;
    } all[] = {{"look-x", &data->probe.x},
               {"look-y", net ? &net->output : NULL},
               {"look-p", &data->p},
               {"look-gradient", &data->probe.dx},
               {"look-map", &data->map},
               {"labels", &data->labels},
               {"held-x", &data->held_out.input},
               {"held-t", &data->held_out.target},
               {"held-y", &data->held_out.restored},
               {"held-base", &data->held_out.base},
               {"picture", &data->picture},
               {"read", &data->read}};
    if (strcmp(name, "sample") == 0) return take_sample(data, index);
    if (strcmp(name, "look-activation") == 0)
        return find_activation(data, index);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(name, all[i].name) == 0) return all[i].tensor;
    return NULL;
}

/* Of the net, of its last run, and of the data. */
static const cvl_tensor *of_net(struct live *live, const char *name,
                                size_t index)
{
    const cvl_net *const net = &live->trainer.net;
    if (strcmp(name, "param") == 0)
        return at(net->params, net->param_count, index, false);
    if (strcmp(name, "grad") == 0)
        return at(net->params, net->param_count, index, true);
    if (strcmp(name, "buffer") == 0)
        return at(net->buffers, net->buffer_count, index, false);
    if (strcmp(name, "mask") == 0) return &live->trainer.mask;
    if (strcmp(name, "y") == 0) return &live->net->output;
    if (strcmp(name, "dy") == 0) return live->dy;
    if (strcmp(name, "dx") == 0) return &live->dx;
    if (strcmp(name, "activation") == 0) return of_layer(live, index, false);
    if (strcmp(name, "activation-grad") == 0)
        return of_layer(live, index, true);
    return of_data(live, name, index);
}

static const cvl_tensor *find(struct live *live, const char *name, size_t index)
{
    const cvl_tensor *tensor = NULL;
    if (strcmp(name, "x") == 0 || strcmp(name, "t") == 0) {
        live_look_ahead(live);
        tensor = *name == 'x' ? &live->x : &live->t;
    } else {
        tensor = of_net(live, name, index);
    }
    return tensor && tensor->data ? tensor : NULL;
}

static cvl_status refuse(const char *name, size_t index, cvl_error *err)
{
    char clipped[TEXT_CLIP];
    return cvl_fail(err, CVL_EINVAL,
                    "there is no array '%s' %zu; there are x t y dy dx, param "
                    "grad buffer, activation activation-grad, mask where not "
                    "all counts, and, where they were made, sample labels, "
                    "look-x look-y look-p look-activation look-gradient "
                    "look-map, held-x held-t held-y held-base, picture, read",
                    text_clip(name, clipped), index);
}

/* What was read from a file is there with no net, too. */
cvl_status live_find_array(struct live *live, const char *name, size_t index,
                           const cvl_tensor **tensor, cvl_error *err)
{
    const bool read = strcmp(name, "read") == 0 && live->data.read.data;
    const cvl_status status = read ? CVL_OK : live_check_open(live, err);
    if (status) return status;
    *tensor = read ? &live->data.read : find(live, name, index);
    return *tensor ? CVL_OK : refuse(name, index, err);
}

int live_tensor(struct live *live, const char *name, size_t index,
                struct live_array *array)
{
    cvl_error err;
    const cvl_tensor *tensor;
    const cvl_status status = live_find_array(live, name, index, &tensor, &err);
    if (status) return live_answer(live, status, &err);
    *array = (struct live_array){.data = tensor->data,
                                 .bits = tensor->dtype == CVL_F32 ? 32 : 64,
                                 .ndim = (uint32_t)tensor->ndim,
                                 .count = (uint32_t)tensor->count};
    for (size_t i = 0; i < 4; i++) array->shape[i] = (uint32_t)tensor->shape[i];
    return CVL_OK;
}

/* The array that may be set under this name, and what a change of it makes of
 * the last run. */
static const cvl_tensor *find_settable(struct live *live, const char *name,
                                       size_t index, enum live_ran *ran)
{
    *ran = RAN_NOTHING;
    if (strcmp(name, "param") == 0 || strcmp(name, "buffer") == 0)
        return find(live, name, index);
    if (live->ran != RAN_NOTHING) *ran = RAN_FORWARD;
    if (strcmp(name, "dy") == 0) return find(live, name, index);
    if (live->feed->is_drawn || strlen(name) != 1) return NULL;
    if (*name == 'x') *ran = RAN_NOTHING;
    return *name == 'x' || *name == 't' ? find(live, name, index) : NULL;
}

static cvl_status check_labels(const struct live *live, const double *values,
                               size_t count, cvl_error *err)
{
    const size_t shape[4] = {count, 1, 1, 1};
    const cvl_tensor labels =
        cvl_tensor_wrap(CVL_F64, 4, shape, (void *)values);
    return cvl_loss_check_labels(&labels, live->trainer.net.output.shape[1],
                                 err);
}

static cvl_status set(struct live *live, const char *name, size_t index,
                      const double *values, size_t count, cvl_error *err)
{
    enum live_ran ran;
    cvl_status status = live_check_open(live, err);
    if (status) return status;
    const cvl_tensor *const found = find_settable(live, name, index, &ran);
    char clipped[TEXT_CLIP];
    if (!found)
        return cvl_fail(err, CVL_EINVAL,
                        "there is no '%s' %zu to set; there are param, buffer, "
                        "dy, and x and t where the data is not drawn",
                        text_clip(name, clipped), index);
    if (count != found->count)
        return cvl_fail(err, CVL_ESHAPE,
                        "%s has %zu numbers, and %zu are given", name,
                        found->count, count);
    if (*name == 't' && live_takes_labels(live))
        status = check_labels(live, values, count, err);
    if (status) return status;
    cvl_tensor to = *found;
    for (size_t i = 0; i < count; i++) cvl_tensor_set(&to, i, values[i]);
    live->ran = ran;
    if (!live->taken) live->is_settled = false;
    if (live->ended != LIVE_DONE && strcmp(name, "dy") != 0)
        live->ended = LIVE_GOES_ON;
    return CVL_OK;
}

int live_set(struct live *live, const char *name, size_t index,
             const double *values, size_t count)
{
    cvl_error err;
    return live_answer(live, set(live, name, index, values, count, &err), &err);
}
