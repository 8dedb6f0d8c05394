/* bytes.c - a session's files, without any: models and arrays as bytes. */
#include <stdlib.h>
#include <string.h>

#include <convlet/memory.h>
#include <convlet/npy.h>
#include <convlet/onnx.h>

#include "data/finite.h"
#include "export/words.h"
#include "live/session.h"

cvl_status live_about(struct live *live, const cvl_model_about **about,
                      cvl_error *err)
{
    struct live_data *const data = &live->data;
    *about = data->model.spec ? &data->model_about : &data->own.model;
    if (data->model.spec || data->is_described) return CVL_OK;
    const cvl_status status =
        about_init(&data->own, live->spec.data, &live->config, &data->samples,
                   &live->trainer.net, live->config.data.degrade != NULL, err);
    if (status) about_free(&data->own);
    data->is_described = !status;
    return status;
}

cvl_status live_format_model(struct live *live, cvl_bytes *bytes,
                             cvl_error *err)
{
    const cvl_model_about *about;
    const cvl_status status = live_about(live, &about, err);
    return status ? status
                  : cvl_model_format(about, &live->trainer.net, bytes, err);
}

/* As `convlet export` writes it. */
static cvl_status format_onnx(struct live *live, cvl_bytes *bytes,
                              cvl_error *err)
{
    const cvl_net *const net = &live->trainer.net;
    const cvl_model_about *about;
    struct text words = {0};
    cvl_status status = live_about(live, &about, err);
    if (status) return status;
    export_add_words(about, net, &words);
    status = text_status(&words, err);
    if (!status)
        status = cvl_onnx_format(about, net, words.data, bytes, NULL, err);
    text_free(&words);
    return status;
}

static cvl_status save(struct live *live, const char *what, size_t index,
                       cvl_bytes *bytes, cvl_error *err)
{
    const cvl_tensor *tensor;
    cvl_status status = live_check_open(live, err);
    if (status) return status;
    if (strcmp(what, "model") == 0) return live_format_model(live, bytes, err);
    if (strcmp(what, "onnx") == 0) return format_onnx(live, bytes, err);
    status = live_find_array(live, what, index, &tensor, err);
    return status ? status : cvl_npy_format(tensor, bytes, err);
}

int live_save(struct live *live, const char *what, size_t index,
              const void **bytes, size_t *size)
{
    cvl_error err;
    cvl_bytes made = {0};
    const cvl_status status = save(live, what, index, &made, &err);
    if (status) return live_answer(live, status, &err);
    cvl_bytes_free(&live->data.bytes);
    live->data.bytes = made;
    *bytes = made.data;
    *size = made.size;
    return CVL_OK;
}

/* A model that may be opened: hostile until then. */
static cvl_status read_model(const void *bytes, size_t size, cvl_model *model,
                             cvl_model_about *about, cvl_error *err)
{
    cvl_safetensors file;
    cvl_status status = live_bound("the file", size, err);
    *model = (cvl_model){0};
    if (!status) status = cvl_safetensors_parse(bytes, size, &file, err);
    if (status) return status;
    if (!cvl_safetensors_metadata(&file, "net")) {
        cvl_safetensors_free(&file);
        return cvl_fail(err, CVL_EFORMAT,
                        "the file does not say what its layers are; open one "
                        "that convlet has written");
    }
    status = cvl_model_take(&file, NULL, model, err);
    if (!status) status = cvl_model_read_about(model, about, err);
    if (!status) status = finite_check(&model->net, err);
    if (status) cvl_model_free(model);
    return status;
}

/* Settings for one image of what the model was trained on. */
static void set_up(struct config *config, const cvl_model *model,
                   const cvl_model_about *about)
{
    const cvl_tensor *const input = &model->net.input;
    config->geometry.net = model->spec;
    config->geometry.batch = 1;
    config->geometry.channels = input->shape[1];
    config->geometry.height = input->shape[2];
    config->geometry.width = input->shape[3];
    config->data.input = config->data.target = "given";
    config->execution.dtype =
        input->dtype == CVL_F32 ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
    config->training.loss = about->classes ? "cross-entropy" : "mse";
    config->training.reduction = CVL_REDUCTION_MEAN;
}

int live_load(struct live *live, const void *bytes, size_t size)
{
    cvl_error err;
    cvl_model model;
    cvl_model_about about = {0};
    struct prepare prepare;
    cvl_status status = read_model(bytes, size, &model, &about, &err);
    if (!status && about.classes)
        status = prepare_of_model(&model, &about, &prepare, &err);
    if (!status) status = live_configure(live, "net = relu", &err);
    if (status) {
        cvl_model_free(&model);
        return live_answer(live, status, &err);
    }
    live->data.model = model;
    live->data.model_about = about;
    set_up(&live->config, &model, &about);
    status = live_begin(live, &err);
    if (!status) cvl_net_copy_values(&live->trainer.net, &live->data.model.net);
    return live_answer(live, status, &err);
}

int live_read_array(struct live *live, const void *bytes, size_t size)
{
    cvl_error err;
    cvl_numbers numbers;
    cvl_tensor read = {0};
    cvl_status status = cvl_npy_view(bytes, size, &numbers, &err);
    if (!status)
        status =
            live_bound("the array", live_bytes(numbers.shape, CVL_F64), &err);
    if (!status)
        status =
            cvl_tensor_init(&read, CVL_F64, numbers.ndim, numbers.shape, &err);
    if (status) return live_answer(live, status, &err);
    for (size_t i = 0; i < read.count; i++)
        cvl_tensor_set(&read, i, cvl_numbers_get(&numbers, i));
    cvl_tensor_free(&live->data.read);
    live->data.read = read;
    return CVL_OK;
}

void *live_alloc(size_t bytes)
{
    return malloc(bytes ? bytes : 1);
}

void live_release(void *memory)
{
    free(memory);
}
