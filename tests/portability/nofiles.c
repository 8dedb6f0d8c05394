/* nofiles.c - trains, and keeps what was learned in memory, without files. */
#include <convlet/model.h>
#include <convlet/npy.h>
#include <convlet/random.h>
#include <convlet/trainer.h>
#include <stdio.h>
#include <string.h>

static const cvl_model_about ABOUT = {.spec = "conv 1 3x3 padding=same",
                                      .scaling = CVL_MODEL_SCALING_NONE};

/* Learns y = 2 x + 1. */
static cvl_status learn(cvl_trainer *trainer, double losses[2], cvl_error *err)
{
    const cvl_net_config config = {.spec = ABOUT.spec,
                                   .input_shape = {1, 1, 8, 8},
                                   .exec = cvl_exec_default()};
    const cvl_loss loss = {.kind = cvl_loss_kind_find("mse"),
                           .reduction = CVL_REDUCTION_MEAN};
    const cvl_optimizer_settings sgd = {.kind = cvl_optimizer_kind_find("sgd"),
                                        .lr = 0.1};
    cvl_tensor x = {0}, t = {0};
    cvl_random random;
    cvl_random_seed(&random, 0);
    cvl_status status = cvl_trainer_init(trainer, &config, &loss, &sgd, err);
    if (!status) status = cvl_tensor_init_like(&x, &trainer->net.input, err);
    if (!status) status = cvl_tensor_init_like(&t, &trainer->net.output, err);
    for (int step = 0; !status && step < 20; step++) {
        cvl_random_fill_normal(&random, &x, 0.0, 1.0);
        for (size_t i = 0; i < x.count; i++)
            cvl_tensor_set(&t, i, 2 * cvl_tensor_get(&x, i) + 1);
        losses[step > 0] = cvl_trainer_step(trainer, &x, &t).loss;
    }
    cvl_tensor_free(&x);
    cvl_tensor_free(&t);
    return status;
}

/* The model's bytes become a model with the very same params. */
static cvl_status keep_model(const cvl_net *net, bool *same, cvl_error *err)
{
    cvl_bytes bytes;
    cvl_safetensors file = {0};
    cvl_model model = {0};
    cvl_status status = cvl_model_format(&ABOUT, net, &bytes, err);
    if (!status)
        status = cvl_safetensors_parse(bytes.data, bytes.size, &file, err);
    if (!status) status = cvl_model_take(&file, NULL, &model, err);
    *same = !status && model.net.param_count == net->param_count;
    for (size_t i = 0; *same && i < net->param_count; i++)
        *same =
            !memcmp(model.net.params[i].value.data, net->params[i].value.data,
                    cvl_tensor_bytes(&net->params[i].value));
    cvl_model_free(&model);
    cvl_bytes_free(&bytes);
    return status;
}

/* So do those of an array. */
static cvl_status keep_array(const cvl_tensor *array, bool *same,
                             cvl_error *err)
{
    cvl_bytes bytes;
    cvl_tensor back = {0};
    cvl_status status = cvl_npy_format(array, &bytes, err);
    if (!status) status = cvl_npy_parse(bytes.data, bytes.size, &back, err);
    *same = !status && back.count == array->count &&
            !memcmp(back.data, array->data, cvl_tensor_bytes(array));
    cvl_tensor_free(&back);
    cvl_bytes_free(&bytes);
    return status;
}

int main(void)
{
    cvl_error err;
    cvl_trainer trainer;
    double losses[2];
    bool model = false, array = false;
    cvl_status status = learn(&trainer, losses, &err);
    if (!status) status = keep_model(&trainer.net, &model, &err);
    if (!status)
        status = keep_array(&trainer.net.params[0].value, &array, &err);
    cvl_trainer_free(&trainer);
    if (status)
        printf("nofiles: %s\n", err.message);
    else
        printf("nofiles: the loss went from %.3f to %.3f; the model %s, the "
               "array %s\n",
               losses[0], losses[1], model ? "came back" : "changed",
               array ? "came back" : "changed");
    return !status && losses[1] < losses[0] / 10 && model && array ? 0 : 1;
}
