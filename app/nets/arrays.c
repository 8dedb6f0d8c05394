/* arrays.c - see arrays.h for the contract. */
#include "nets/arrays.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <convlet/number.h>
#include <convlet/window.h>

#include "base/say.h"
#include "base/setup.h"
#include "cli/option.h"
#include "data/array_file.h"
#include "data/arrays.h"
#include "data/layout.h"
#include "data/literal.h"
#include "data/model.h"
#include "nets/input.h"

/* The deviation of what drawn params are moved by. */
static const double MOVED = 0.1;

/* Arrays on their way. */
struct loading {
    const struct config *config;
    struct net_arrays *arrays;
    cvl_safetensors params; /* the file of --params; empty without */
    cvl_random random;
    cvl_dtype dtype; /* float64 once an array was */
};

static bool is_drawn(const char *input)
{
    return !input || strcmp(input, "random") == 0;
}

/* Float64 of one array is that of all. */
static void take_dtype(struct loading *l, const cvl_tensor *tensor)
{
    if (tensor->dtype == CVL_F64) l->dtype = CVL_F64;
}

static cvl_status read_planes(struct loading *l, const char *path,
                              cvl_tensor *tensor, size_t *ndim, cvl_error *err)
{
    const cvl_status status =
        layout_read_any_planes(l->config, path, &l->random, tensor, ndim, err);
    if (!status) take_dtype(l, tensor);
    return status;
}

static cvl_status convert(struct loading *l, const char *path,
                          cvl_tensor *tensor, cvl_error *err)
{
    const cvl_status status = array_convert(tensor, l->dtype, err);
    return status ? cvl_error_prefix(err, status, "%s", path) : CVL_OK;
}

/* Does the layer slide a window over planes? Not where it has an output for
 * each input, or weights for all of them. */
static bool has_window(const cvl_net *net, size_t index)
{
    cvl_layer_info info;
    cvl_net_layer_info(net, index, &info);
    for (size_t axis = 0; axis < 2; axis++) {
        const cvl_window w = cvl_net_window(net, index, axis);
        const bool is_point =
            !w.reach && w.stride == 1 && w.factor == 1 && !w.before && !w.after;
        const bool is_whole =
            info.param_count && info.output_shape[2 + axis] == 1;
        if (!is_point && !is_whole) return true;
    }
    return false;
}

static bool can_plan(const cvl_net_config *config, bool without_windows)
{
    cvl_net net;
    bool can = !cvl_net_plan(&net, config, NULL);
    for (size_t i = 0; can && without_windows && i < net.layer_count; i++)
        can = !has_window(&net, i);
    cvl_net_free(&net);
    return can;
}

/* Numbers of two axes are a plane; but where no layer has a window, they are
 * [N,C] to every framework. */
static void settle_axes(struct loading *l, size_t ndim)
{
    struct net_arrays *const a = l->arrays;
    const size_t *const plane = a->x.shape;
    const size_t list[4] = {plane[2], plane[3], 1, 1};
    cvl_net_config config = a->config;
    if (ndim != 2) return;
    memcpy(config.input_shape, plane, sizeof config.input_shape);
    if (!can_plan(&config, true)) return;
    memcpy(config.input_shape, list, sizeof list);
    if (!can_plan(&config, false)) return;
    a->is_list = true;
    array_reshape(&a->x, list);
    say(stderr,
        "convlet %s: note: %s: its two axes are taken as N and C, as no layer "
        "has a window",
        l->config->start.command, l->config->data.input);
}

/* x in the sizes of the settings, or of the model. */
static cvl_status draw_input(struct loading *l, cvl_error *err)
{
    struct net_arrays *const a = l->arrays;
    size_t shape[4];
    setup_input_shape(&l->config->geometry, shape);
    if (a->model.spec)
        memcpy(shape + 1, a->model.net.input.shape + 1, 3 * sizeof *shape);
    const cvl_status status = cvl_tensor_init(&a->x, CVL_F64, 4, shape, err);
    if (!status) cvl_random_fill_normal(&l->random, &a->x, 0.0, 1.0);
    return status;
}

static cvl_status load_input(struct loading *l, bool prepares, cvl_error *err)
{
    const char *const path = l->config->data.input;
    struct net_arrays *const a = l->arrays;
    cvl_model_about about = {0};
    struct source source = {0};
    size_t ndim;
    if (is_drawn(path)) return draw_input(l, err);
    const bool is_file = prepares && a->model.spec && !literal_is(path);
    cvl_status status = CVL_OK;
    if (is_file) {
        status = cvl_model_read_about(&a->model, &about, err);
        if (status)
            return cvl_error_prefix(err, status, "%s", l->config->show.model);
        if (about.classes)
            return net_input_classify(l->config->start.command,
                                      l->config->show.model, &a->model, &about,
                                      path, &a->x, err);
        status = source_look(path, &source, err);
    }
    const bool is_picture = source.kind == SOURCE_PICTURE;
    source_free(&source);
    if (!status) status = read_planes(l, path, &a->x, &ndim, err);
    if (status) return status;
    if (is_picture) return net_input_restore(&a->model, &about, &a->x, err);
    settle_axes(l, ndim);
    return CVL_OK;
}

/* A given array in the shape of the output, whose axes of 1 it may lack. */
static cvl_status fit_output(const char *path, const cvl_tensor *output,
                             cvl_tensor *tensor, cvl_error *err)
{
    size_t at[2] = {0, 0};
    for (;;) {
        while (at[0] < 4 && output->shape[at[0]] == 1) at[0]++;
        while (at[1] < 4 && tensor->shape[at[1]] == 1) at[1]++;
        if (at[0] == 4 || at[1] == 4 ||
            output->shape[at[0]] != tensor->shape[at[1]])
            break;
        at[0]++;
        at[1]++;
    }
    if (at[0] == 4 && at[1] == 4) array_reshape(tensor, output->shape);
    return cvl_tensor_check_like(path, tensor, output, err);
}

/* What is compared with the output, or sent back: a file, numbers, or, of a
 * target alone, "ones" or "zeros". */
static cvl_status load_planes(struct loading *l, const char *text,
                              cvl_tensor *tensor, cvl_error *err)
{
    size_t ndim;
    if (is_among(text, "ones zeros")) return CVL_OK;
    return read_planes(l, text, tensor, &ndim, err);
}

static cvl_status settle_planes(struct loading *l, const char *text,
                                cvl_tensor *tensor, cvl_error *err)
{
    const cvl_tensor *const output = &l->arrays->net.output;
    cvl_status status;
    if (!tensor->data) {
        status = cvl_tensor_init_like(tensor, output, err);
        if (!status && strcmp(text, "ones") == 0) cvl_tensor_fill(tensor, 1.0);
        return status;
    }
    status = convert(l, text, tensor, err);
    return status ? status : fit_output(text, output, tensor, err);
}

/* Labels [N,1,1,1]: of a file of any type of numbers, as they were typed, or
 * none as yet, to be drawn. */
static cvl_status load_labels(struct loading *l, cvl_error *err)
{
    const char *const text = l->config->data.labels;
    cvl_tensor *const labels = &l->arrays->target;
    cvl_status status = CVL_OK;
    if (!text) return CVL_OK;
    if (literal_is(text))
        status = literal_parse(text, &l->random, labels, err);
    else
        status = array_file_read_all(text, labels, err);
    if (status) return status;
    const size_t list[4] = {labels->count, 1, 1, 1};
    array_reshape(labels, list);
    return CVL_OK;
}

static cvl_status check_labels(struct loading *l, size_t samples,
                               size_t classes, cvl_error *err)
{
    const char *const text = l->config->data.labels;
    cvl_tensor *const labels = &l->arrays->target;
    cvl_error why;
    const cvl_status status = convert(l, text, labels, err);
    if (status) return status;
    if (labels->count != samples)
        return cvl_fail(err, CVL_ESHAPE, "%s: has %zu label%s for %zu sample%s",
                        text, labels->count, cvl_plural(labels->count), samples,
                        cvl_plural(samples));
    if (!cvl_loss_check_labels(labels, classes, &why)) return CVL_OK;
    return cvl_fail(err, literal_is(text) ? CVL_EINVAL : CVL_EFORMAT, "%s: %s",
                    text, why.message);
}

/* Drawn where they are not given; one class is as likely as another. */
static cvl_status settle_labels(struct loading *l, cvl_error *err)
{
    struct net_arrays *const a = l->arrays;
    const cvl_tensor *const output = &a->net.output;
    const size_t classes = output->shape[1];
    const size_t list[4] = {output->shape[0], 1, 1, 1};
    cvl_status status = cvl_loss_check_output(&a->loss, output, err);
    if (!status && l->config->data.labels)
        return check_labels(l, list[0], classes, err);
    if (!status) status = cvl_tensor_init(&a->target, l->dtype, 4, list, err);
    for (size_t i = 0; !status && i < a->target.count; i++)
        cvl_tensor_set(&a->target, i,
                       cvl_random_below(&l->random, (uint32_t)classes));
    return status;
}

/* As --init kaiming draws them, and then a little off, so that no bias is 0 and
 * no scale 1; a variance stays above 0. */
static void draw_params(cvl_net *net, cvl_random *random)
{
    cvl_net_init_params(net, CVL_INIT_KAIMING, random);
    const struct {
        cvl_param *params;
        size_t count;
    } both[] = {{net->params, net->param_count},
                {net->buffers, net->buffer_count}};
    for (size_t b = 0; b < 2; b++)
        for (size_t i = 0; i < both[b].count; i++) {
            cvl_tensor *const value = &both[b].params[i].value;
            for (size_t k = 0; k < value->count; k++)
                cvl_tensor_set(value, k,
                               cvl_tensor_get(value, k) +
                                   MOVED * (b ? fabs(cvl_random_normal(random))
                                              : cvl_random_normal(random)));
        }
}

static cvl_status set_params(struct loading *l, cvl_error *err)
{
    struct net_arrays *const a = l->arrays;
    const char *const command = l->config->start.command;
    const char *const file = l->config->data.params;
    if (!file && !a->model.spec) {
        draw_params(&a->net, &l->random);
        return CVL_OK;
    }
    /* A file may lack the buffers. */
    cvl_net_init_params(&a->net, CVL_INIT_ZEROS, &l->random);
    return model_copy_params(command, file ? file : l->config->show.model,
                             file ? &l->params : &a->model.file, &a->net, err);
}

static cvl_status build(struct loading *l, struct net_ways ways, cvl_error *err)
{
    struct net_arrays *const a = l->arrays;
    const cvl_mode mode = l->config->execution.mode;
    a->config.dtype = l->dtype;
    a->config.forward_only =
        mode == CVL_MODE_EVAL && !ways.backward && !ways.keeps;
    memcpy(a->config.input_shape, a->x.shape, sizeof a->config.input_shape);
    cvl_status status = cvl_net_build(&a->net, &a->config, err);
    if (status) return status;
    cvl_net_set_mode(&a->net, mode);
    if (mode == CVL_MODE_TRAIN) status = cvl_net_check_train(&a->net, err);
    return status ? status : set_params(l, err);
}

/* The text of the net, and what it comes with. */
static cvl_status load_net(struct loading *l, cvl_error *err)
{
    struct net_arrays *const a = l->arrays;
    const struct config *const config = l->config;
    cvl_status status = setup_exec(&config->execution, &a->config.exec, err);
    if (!status && config->show.model)
        status = model_load(config->show.model, NULL, &a->model, err);
    if (!status && config->data.params)
        status = model_read(config->data.params, &l->params, err);
    if (status) return status;
    a->config.spec = a->model.spec ? a->model.spec : config->geometry.net;
    a->config.algo = config->execution.algorithm;
    const cvl_safetensors *const file =
        config->data.params ? &l->params : &a->model.file;
    for (size_t i = 0; i < file->tensor_count; i++)
        take_dtype(l, &file->tensors[i].tensor);
    return CVL_OK;
}

/* In the order in which they are drawn. */
static cvl_status load_all(struct loading *l, struct net_ways ways,
                           cvl_error *err)
{
    struct net_arrays *const a = l->arrays;
    const struct data_settings *const data = &l->config->data;
    const char *const target = data->target ? data->target : "ones";
    const bool labelled =
        cvl_loss_kind_of(&a->loss)->target == CVL_TARGET_LABELS;
    cvl_status status = load_net(l, err);
    if (!status) status = load_input(l, ways.prepares, err);
    if (!status && data->grad_output)
        status = load_planes(l, data->grad_output, &a->dy, err);
    if (!status && ways.compares)
        status = labelled ? load_labels(l, err)
                          : load_planes(l, target, &a->target, err);
    l->dtype = setup_dtype(&l->config->execution, l->dtype);
    if (!status)
        status = convert(l, is_drawn(data->input) ? "random" : data->input,
                         &a->x, err);
    if (!status) status = build(l, ways, err);
    if (!status && data->grad_output)
        status = settle_planes(l, data->grad_output, &a->dy, err);
    if (!status && ways.compares)
        status = labelled ? settle_labels(l, err)
                          : settle_planes(l, target, &a->target, err);
    return status;
}

cvl_status net_arrays_load(const struct config *config, struct net_ways ways,
                           struct net_arrays *arrays, cvl_error *err)
{
    struct loading loading = {
        .config = config, .arrays = arrays, .dtype = CVL_F32};
    *arrays = (struct net_arrays){.loss = setup_loss(&config->training)};
    cvl_random_seed(&loading.random, config->data.seed);
    const cvl_status status = load_all(&loading, ways, err);
    cvl_safetensors_free(&loading.params);
    return status;
}

cvl_status net_arrays_run(struct net_arrays *arrays, struct net_ways ways,
                          cvl_error *err)
{
    cvl_net *const net = &arrays->net;
    cvl_status status = CVL_OK;
    if (ways.compares && ways.backward)
        status = cvl_tensor_init_like(&arrays->dy, &net->output, err);
    if (!status && ways.backward)
        status = cvl_tensor_init_like(&arrays->dx, &arrays->x, err);
    if (status) return status;
    cvl_net_forward(net, &arrays->x);
    if (ways.compares)
        status = cvl_loss_compute(
            &arrays->loss, &net->output, &arrays->target, NULL,
            arrays->target.count, &arrays->config.exec,
            ways.backward ? &arrays->dy : NULL, &arrays->value, err);
    if (!status && ways.backward)
        cvl_net_backward(net, &arrays->x, &arrays->dy, &arrays->dx);
    return status;
}

size_t net_arrays_right(const struct net_arrays *arrays)
{
    const cvl_tensor *const y = &arrays->net.output;
    const size_t classes = y->shape[1];
    size_t right = 0;
    for (size_t n = 0; n < y->shape[0]; n++) {
        size_t best = 0;
        for (size_t k = 1; k < classes; k++)
            if (cvl_tensor_get(y, n * classes + k) >
                cvl_tensor_get(y, n * classes + best))
                best = k;
        right += cvl_tensor_get(&arrays->target, n) == (double)best;
    }
    return right;
}

void net_arrays_free(struct net_arrays *arrays)
{
    cvl_tensor *const all[] = {&arrays->x, &arrays->target, &arrays->dy,
                               &arrays->dx};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        cvl_tensor_free(all[i]);
    cvl_net_free(&arrays->net);
    cvl_model_free(&arrays->model);
    *arrays = (struct net_arrays){0};
}
