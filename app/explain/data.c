/* data.c - see data.h for the contract. */
#include "explain/data.h"

#include <string.h>

#include <convlet/npy.h>
#include <convlet/random.h>

#include "base/directory.h"
#include "base/outputs.h"
#include "base/setup.h"
#include "base/text.h"
#include "data/arrays.h"
#include "data/data.h"
#include "data/layout.h"

/*
 * The example of the course, in whole numbers that can be added in the head:
 * one sample of one channel, 5x5; one kernel, 3x3; a bias of 1. With stride 1
 * and no padding y is 3x3, and so is dy; for outputs of other sizes dy repeats.
 */
const char EXPLAIN_EXAMPLE_X[] = "[[1, 2, 0, 1, 3],"
                                 " [0, 1, 3, 2, 1],"
                                 " [2, 0, 1, 1, 0],"
                                 " [1, 3, 2, 0, 2],"
                                 " [0, 1, 1, 2, 1]]";
const char EXPLAIN_EXAMPLE_W[] = "[[1,  0, -1],"
                                 " [2,  1,  0],"
                                 " [0, -1,  1]]";
static const char EXAMPLE_B[] = "1";
/* clang-format off */
static const double EXAMPLE_DY[3][3] = {{ 1, -1,  2},
                                        { 2,  3, -2},
                                        {-2,  1, -1}};
/* clang-format on */

static bool is_example(const struct config *config)
{
    return strcmp(config->data.input, "example") == 0;
}

/* A plane of the example, whatever the layouts of the settings are. */
static cvl_status read_example(const char *numbers, cvl_tensor *tensor,
                               cvl_error *err)
{
    struct array_origin origin;
    return array_read_4d(numbers, CVL_F64, NULL, tensor, &origin, err);
}

static cvl_status draw(const struct config *config, cvl_tensor *tensor,
                       const size_t shape[4], cvl_random *random,
                       cvl_error *err)
{
    const cvl_status status = cvl_tensor_init(
        tensor, setup_dtype(&config->execution, CVL_F64), 4, shape, err);
    if (!status) cvl_random_fill_normal(random, tensor, 0.0, 1.0);
    return status;
}

static cvl_status load_input(const struct config *config, cvl_tensor *x,
                             cvl_random *random, cvl_error *err)
{
    size_t sizes[4];
    setup_input_shape(&config->geometry, sizes);
    if (is_example(config)) return read_example(EXPLAIN_EXAMPLE_X, x, err);
    if (strcmp(config->data.input, "random") == 0)
        return draw(config, x, sizes, random, err);
    struct suggestion suggestion = {.word = config->data.input};
    suggest_try(&suggestion, "example", "example");
    suggest_try(&suggestion, "random", "random");
    const cvl_status status = data_refuse_typo(&suggestion, err);
    if (status) return status;
    return layout_read_planes(config, config->data.input, random, x, err);
}

/* As training draws them: by input channel first. */
static cvl_status draw_weight(const struct config *config, cvl_tensor *w,
                              const size_t oihw[4], cvl_random *random,
                              cvl_error *err)
{
    static const size_t swapped[4] = {1, 0, 2, 3};
    const size_t iohw[4] = {oihw[1], oihw[0], oihw[2], oihw[3]};
    const cvl_status status = draw(config, w, iohw, random, err);
    return status ? status : array_transpose(w, swapped, err);
}

static cvl_status load_params(const struct config *config,
                              struct explain_data *data, cvl_random *random,
                              cvl_error *err)
{
    cvl_conv2d_geometry g;
    size_t shape[4];
    cvl_status status = CVL_OK;
    if (config->data.weight) {
        status = layout_read_weight(config, random, &data->arrays.w, err);
    } else if (is_example(config)) {
        status = read_example(EXPLAIN_EXAMPLE_W, &data->arrays.w, err);
        if (!status && !config->data.bias_file)
            status = array_read(EXAMPLE_B, NULL, &data->arrays.b, err);
    } else {
        status = setup_geometry(&config->geometry, data->arrays.x.shape,
                                config->geometry.kernels,
                                config->geometry.kernel_size, &g, err);
        if (status) return status;
        cvl_conv2d_weight_shape(&g, shape);
        status = draw_weight(config, &data->arrays.w, shape, random, err);
        if (!status && !config->data.bias_file)
            status = cvl_tensor_init(&data->arrays.b, data->arrays.w.dtype, 1,
                                     shape, err);
    }
    if (!status && config->data.bias_file)
        status =
            array_read(config->data.bias_file, random, &data->arrays.b, err);
    return status;
}

cvl_status explain_load(const struct config *config, struct explain_data *data,
                        cvl_error *err)
{
    cvl_random random;
    *data = (struct explain_data){0};
    cvl_random_seed(&random, config->data.seed);
    cvl_status status = load_input(config, &data->arrays.x, &random, err);
    if (!status) status = load_params(config, data, &random, err);
    if (!status && config->data.grad_output)
        status = layout_read_planes(config, config->data.grad_output, &random,
                                    &data->arrays.dy, err);
    return status ? status : conv_arrays_plan(config, &data->arrays, err);
}

/* dy of the example, over and over for outputs of another size. */
static cvl_status make_example(struct explain_data *data, cvl_error *err)
{
    const cvl_tensor *const y = &data->arrays.y;
    const cvl_status status = cvl_tensor_init_like(&data->arrays.dy, y, err);
    for (size_t i = 0; !status && i < y->count; i++) {
        const size_t row = i / y->shape[3] % y->shape[2];
        const size_t column = i % y->shape[3];
        cvl_tensor_set(&data->arrays.dy, i, EXAMPLE_DY[row % 3][column % 3]);
    }
    data->upstream = UPSTREAM_EXAMPLE;
    return status;
}

/* dy of the loss, as a training step of such a layer has it. */
static cvl_status make_loss(const struct config *config,
                            struct explain_data *data, cvl_error *err)
{
    struct config asked = *config;
    struct data pair = {.input = data->arrays.x};
    const cvl_loss loss = setup_loss(&config->training);
    const cvl_tensor *const y = &data->arrays.y;
    if (!asked.data.target) asked.data.target = "ones";
    cvl_status status = data_read_target(&asked, y->dtype, &pair, err);
    if (!status)
        status = data_make_target(&asked, &data->arrays.conv.geometry,
                                  &data->arrays.conv.exec, y, &pair, err);
    if (!status) status = cvl_tensor_init_like(&data->arrays.dy, y, err);
    if (!status)
        status = cvl_loss_compute(&loss, y, &pair.target, NULL, y->count, NULL,
                                  &data->arrays.dy, &data->loss, err);
    cvl_tensor_free(&pair.target);
    data->upstream = UPSTREAM_LOSS;
    return status;
}

cvl_status explain_forward(const struct config *config, bool sends_back,
                           struct explain_data *data, cvl_error *err)
{
    const cvl_status status = conv_arrays_forward(&data->arrays, err);
    if (status || !sends_back) return status;
    if (config->data.grad_output) {
        data->upstream = UPSTREAM_FILE;
        return CVL_OK;
    }
    if (is_example(config) && !config->data.target)
        return make_example(data, err);
    return make_loss(config, data, err);
}

cvl_status explain_backward(cvl_array array, struct explain_data *data,
                            cvl_error *err)
{
    return array == CVL_ARRAY_DX ? conv_arrays_grad_input(&data->arrays, err)
                                 : conv_arrays_grad_weight(&data->arrays, err);
}

const cvl_tensor *explain_result(const struct explain_layer *layer,
                                 cvl_array array, size_t param)
{
    if (array == CVL_ARRAY_Y) return layer->y;
    return array == CVL_ARRAY_DX ? layer->dx : layer->grads[param];
}

struct explain_layer explain_lone_layer(const struct explain_data *data)
{
    const struct conv_arrays *const a = &data->arrays;
    const cvl_tensor *const dy = a->dy.data ? &a->dy : NULL;
    return (struct explain_layer){
        .terms = cvl_conv2d_terms(&a->conv.geometry, &a->x, &a->w,
                                  conv_arrays_bias(a), dy),
        .y = &a->y,
        .dx = &a->dx,
        .grads = {&a->dw, &a->db},
        .dtype = a->conv.dtype,
        .algorithm = cvl_conv_algo_name(a->conv.algo),
        .geometry = &a->conv.geometry,
        .upstream = data->upstream,
        .loss = data->loss};
}

/* The files of --save-arrays. */
enum { SAVED = 5 };
static const char *const SAVED_NAMES[SAVED] = {"x", "w", "b", "y", "dy"};

static cvl_status name_files(const char *directory, struct text paths[SAVED],
                             cvl_error *err)
{
    cvl_status status = CVL_OK;
    for (size_t i = 0; i < SAVED; i++) {
        text_add(&paths[i], "%s/%s.npy", directory, SAVED_NAMES[i]);
        if (!status) status = text_status(&paths[i], err);
    }
    return status;
}

static void free_names(struct text paths[SAVED])
{
    for (size_t i = 0; i < SAVED; i++) text_free(&paths[i]);
}

cvl_status explain_check_files(const struct config *config, cvl_error *err)
{
    const struct data_settings *const in = &config->data;
    const char *const inputs[] = {
        in->input,       in->weight,         in->bias_file,
        in->grad_output, in->target,         in->params,
        in->labels,      config->show.model, config->start.config_file};
    struct text paths[SAVED] = {{0}};
    struct output outputs[SAVED];
    if (!config->explain.save_arrays) return CVL_OK;
    cvl_status status = name_files(config->explain.save_arrays, paths, err);
    for (size_t i = 0; i < SAVED; i++)
        outputs[i] = (struct output){"save-arrays", paths[i].data};
    if (!status)
        status = outputs_check(outputs, SAVED, inputs,
                               sizeof inputs / sizeof *inputs,
                               config->output.force, err);
    free_names(paths);
    return status;
}

cvl_status explain_save(const struct explain_layer *layer,
                        const char *directory, cvl_error *err)
{
    const cvl_terms *const terms = &layer->terms;
    const cvl_tensor *const tensors[SAVED] = {
        terms->x, terms->params[0], terms->params[1], layer->y, terms->dy};
    struct text paths[SAVED] = {{0}};
    cvl_status status = name_files(directory, paths, err);
    if (!status) status = directory_make(directory, "save-arrays", err);
    for (size_t i = 0; !status && i < SAVED; i++)
        if (tensors[i]) status = cvl_npy_save(paths[i].data, tensors[i], err);
    free_names(paths);
    return status;
}

void explain_free(struct explain_data *data)
{
    conv_arrays_free(&data->arrays);
    *data = (struct explain_data){0};
}
