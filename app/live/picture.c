/* picture.c - a session's net over a picture of any size. */
#include <convlet/model.h>

#include "apply/restorer.h"
#include "data/arrays.h"
#include "data/finite.h"
#include "live/session.h"
#include "pictures/srgb.h"

cvl_status live_take_picture(const double *levels, const size_t shape[3],
                             cvl_tensor *picture, cvl_error *err)
{
    const size_t full[4] = {1, shape[0], shape[1], shape[2]};
    *picture = (cvl_tensor){0};
    if ((shape[0] != 1 && shape[0] != 3) || !shape[1] || !shape[2])
        return cvl_fail(err, CVL_EINVAL,
                        "a picture has 1 or 3 channels, and pixels; this one "
                        "is %zux%zux%zu (channels, height, width)",
                        shape[0], shape[1], shape[2]);
    cvl_status status =
        live_bound("the picture", live_bytes(full, CVL_F64), err);
    if (!status) status = cvl_tensor_init(picture, CVL_F64, 4, full, err);
    for (size_t i = 0; !status && i < picture->count; i++) {
        cvl_tensor_set(picture, i, levels[i]);
        if (!(levels[i] >= 0 && levels[i] <= 1))
            status = cvl_fail(err, CVL_EINVAL,
                              "level %zu of the picture is %g; expected levels "
                              "from 0, black, to 1, white",
                              i, levels[i]);
    }
    if (status) cvl_tensor_free(picture);
    return status;
}

/* The model as its file would be read again: what the picture becomes is what
 * `apply` makes of it. */
static cvl_status make_restorer(struct live *live, struct restorer *restorer,
                                cvl_error *err)
{
    const struct restorer_options options = {
        .exec = live->exec, .algorithm = live->config.execution.algorithm};
    cvl_bytes bytes = {0};
    cvl_safetensors file;
    cvl_model model;
    const cvl_model_about *about;
    cvl_status status = live_about(live, &about, err);
    if (!status && about->classes)
        return cvl_fail(err, CVL_EINVAL,
                        "the net tells classes apart, and makes no picture; "
                        "call live_look");
    if (!status) status = finite_check(&live->trainer.net, err);
    if (!status) status = live_format_model(live, &bytes, err);
    if (!status)
        status = cvl_safetensors_parse(bytes.data, bytes.size, &file, err);
    cvl_bytes_free(&bytes);
    if (!status) status = cvl_model_take(&file, NULL, &model, err);
    return status ? status : restorer_take(restorer, &model, &options, err);
}

/* Levels of light for a net that learned from those. */
static cvl_status restore(struct restorer *restorer, cvl_tensor *picture,
                          cvl_error *err)
{
    const cvl_net *const net = &restorer->model.net;
    const bool grey = picture->shape[1] == 1 && net->input.shape[1] == 3 &&
                      net->output.shape[1] == 3;
    size_t result[4];
    cvl_status status = grey ? array_recolour(picture, 3, err) : CVL_OK;
    if (!status) status = array_convert(picture, net->input.dtype, err);
    if (status) return status;
    if (restorer->linear) srgb_decode_all(picture);
    status = restorer_prepare(restorer, picture->shape, result, err);
    if (!status)
        status = live_bound("the restored picture",
                            live_bytes(result, net->input.dtype), err);
    if (!status) status = restorer_run(restorer, picture, NULL, NULL, err);
    if (!status && grey) status = array_recolour(picture, 1, err);
    if (!status && restorer->linear) srgb_encode_all(picture);
    return status;
}

static void clip(cvl_tensor *picture)
{
    for (size_t i = 0; i < picture->count; i++) {
        const double level = cvl_tensor_get(picture, i);
        if (!(level >= 0)) cvl_tensor_set(picture, i, 0);
        if (level > 1) cvl_tensor_set(picture, i, 1);
    }
}

int live_restore(struct live *live, const double *levels, size_t channels,
                 size_t height, size_t width)
{
    cvl_error err;
    const size_t shape[3] = {channels, height, width};
    struct restorer restorer = {.residual = false};
    cvl_tensor picture = {0};
    cvl_status status = live_check_open(live, &err);
    if (!status) status = live_take_picture(levels, shape, &picture, &err);
    if (!status) status = make_restorer(live, &restorer, &err);
    if (!status) status = restore(&restorer, &picture, &err);
    restorer_free(&restorer);
    if (status) {
        cvl_tensor_free(&picture);
        return live_answer(live, status, &err);
    }
    clip(&picture);
    cvl_tensor_free(&live->data.picture);
    live->data.picture = picture;
    return CVL_OK;
}
