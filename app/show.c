/* show.c - `convlet show`: what is in a model file. */
#include "show.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <convlet/append.h>
#include <convlet/utf8.h>
#include <convlet/window.h>

#include "base/net_words.h"
#include "base/outputs.h"
#include "base/say.h"
#include "base/setup.h"
#include "cli/program.h"

/* A file's text, fit for a terminal. */
static void add_words(const char *name, const char *words, struct text *text)
{
    text_add(text, "%-9s", name);
    const size_t start = text->size;
    text_add(text, "%s", words);
    if (text->failed) return;
    cvl_control_replace(text->data + start);
    text->size = start + strlen(text->data + start);
    text_add(text, "\n");
}

static void add_size(const size_t *size, size_t count, char *words, size_t room)
{
    words[0] = '\0';
    for (size_t i = 0; i < count; i++)
        cvl_append(words, room, i ? "x%zu" : "%zu", size[i]);
}

/* "2x2", or "1/2x1/2" where several outputs share a field. */
static void add_jump(const cvl_receptive seen[2], char *words, size_t room)
{
    words[0] = '\0';
    for (size_t i = 0; i < 2; i++) {
        cvl_append(words, room, i ? "x%zu" : "%zu", seen[i].jump);
        if (seen[i].per != 1) cvl_append(words, room, "/%zu", seen[i].per);
    }
}

static void add_layer(const cvl_net *net, size_t index, size_t room,
                      struct text *text)
{
    const cvl_receptive seen[2] = {cvl_net_receptive(net, index + 1, 0),
                                   cvl_net_receptive(net, index + 1, 1)};
    const size_t fields[2] = {seen[0].field, seen[1].field};
    const size_t paddings[2] = {seen[0].padding, seen[1].padding};
    char shape[96], field[48], jump[96], padding[48];
    cvl_layer_info info;
    cvl_net_layer_info(net, index, &info);
    add_size(info.output_shape, 4, shape, sizeof shape);
    add_size(fields, 2, field, sizeof field);
    add_jump(seen, jump, sizeof jump);
    add_size(paddings, 2, padding, sizeof padding);
    text_add(text, "%-5zu  %-*s  %-16s  %10zu  %-9s  %-7s  %s\n", index,
             (int)room, info.text, shape, info.param_numbers, field, jump,
             padding);
}

static void add_layers(const cvl_net *net, struct text *text)
{
    cvl_layer_info info;
    size_t room = 4;
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_net_layer_info(net, i, &info);
        if (strlen(info.text) > room) room = strlen(info.text);
    }
    text_add(text, "\n%-5s  %-*s  %-16s  %10s  %-9s  %-7s  %s\n", "layer",
             (int)room, "what", "output", "parameters", "field", "jump",
             "padding");
    for (size_t i = 0; i < net->layer_count; i++) add_layer(net, i, room, text);
    text_add(text, "%-5s  %-*s  %-16s  %10zu\n", "all", (int)room, "", "",
             cvl_net_param_numbers(net));
    text_add(text, "\nfield: the pixels of the input that one output sees; "
                   "jump: from one such\nfield to the next; padding: how far "
                   "the first one reaches over the edge\n");
}

/* The weights of the layers that have kernels. */
struct kernels {
    size_t count;
    size_t layers[CVL_MAX_LAYERS];
    const cvl_tensor *weights[CVL_MAX_LAYERS];
    double scale; /* one for all, so that their colours can be compared */
};

static void find_kernels(const cvl_net *net, struct kernels *kernels)
{
    *kernels = (struct kernels){.count = 0};
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(net, i, &info);
        const cvl_tensor *const weight = &info.params->value;
        if (!info.param_count || weight->ndim != 4 || !weight->data) continue;
        kernels->layers[kernels->count] = i;
        kernels->weights[kernels->count++] = weight;
        kernels->scale = fmax(kernels->scale, cvl_tensor_largest(weight));
    }
    if (!(kernels->scale > 0)) kernels->scale = 1;
}

/* What the second axis of the layer's weight counts. */
static const char *name_inputs(const cvl_net *net, size_t layer)
{
    const cvl_conv2d *const conv = cvl_net_conv2d(net, layer);
    if (!conv) return "input channels";
    const cvl_conv2d_geometry *const g = &conv->geometry;
    if (g->tied)
        return g->groups > 1 ? "one for all inputs of its group"
                             : "one for all inputs";
    return g->groups > 1 ? "inputs of its group" : "input channels";
}

static cvl_status add_kernels(const cvl_model *model,
                              const struct draw_style *style, struct text *text,
                              cvl_error *err)
{
    struct kernels kernels;
    cvl_status status = CVL_OK;
    find_kernels(&model->net, &kernels);
    for (size_t i = 0; !status && i < kernels.count; i++) {
        text_add(text, "\nlayer %zu, ", kernels.layers[i]);
        status = kernels_draw(kernels.weights[i],
                              name_inputs(&model->net, kernels.layers[i]),
                              kernels.scale, style, text, err);
    }
    if (style->colours != DRAW_PLAIN && kernels.count)
        text_add(text, "\nblue: down to %.4g; orange: up to %.4g\n",
                 -kernels.scale, kernels.scale);
    return status;
}

/* Of a classifier: what its outputs stand for, and what becomes of pictures. */
static void add_about(const cvl_model *model, struct text *text)
{
    cvl_model_about about;
    struct text names = {0};
    if (cvl_model_read_about(model, &about, NULL) || !about.classes) return;
    for (const char *c = about.classes; *c; c++)
        if (*c == '\n')
            text_add(&names, ", ");
        else
            text_fill(&names, *c, 1);
    if (names.data) add_words("classes", names.data, text);
    if (about.preparation) add_words("pictures", about.preparation, text);
    text_free(&names);
}

cvl_status show_model(const cvl_model *model, const struct draw_style *style,
                      struct text *text, cvl_error *err)
{
    char shape[96];
    add_size(model->net.input.shape, 4, shape, sizeof shape);
    add_words("net", model->spec, text);
    text_add(text, "input    %s, %s\n", shape,
             cvl_dtype_name(model->net.input.dtype));
    if (model->scaling) add_words("scaling", model->scaling, text);
    if (model->version) add_words("convlet", model->version, text);
    add_about(model, text);
    add_layers(&model->net, text);
    const cvl_status status = add_kernels(model, style, text, err);
    return status ? status : text_status(text, err);
}

static cvl_status check_flags(const struct config *config, cvl_error *err)
{
    const struct show_settings *const settings = &config->show;
    const struct output picture = {"picture", settings->picture};
    const char *const dot =
        settings->picture ? strrchr(settings->picture, '.') : NULL;
    if (!settings->model && !config->geometry.net)
        return cvl_fail(err, CVL_EINVAL,
                        "--model is missing: the file to show, such as "
                        "run/model.safetensors; or --net, for a net without "
                        "one");
    if (settings->picture && (!dot || strcasecmp(dot, ".png") != 0))
        return cvl_fail(err, CVL_EINVAL,
                        "--picture: %s: the kernels' picture is a PNG; its "
                        "name ends in .png",
                        settings->picture);
    return outputs_check(&picture, 1, &settings->model, settings->model ? 1 : 0,
                         config->output.force, err);
}

static cvl_status write_picture(const cvl_model *model, const char *path,
                                cvl_error *err)
{
    struct kernels kernels;
    cvl_bytes png;
    find_kernels(&model->net, &kernels);
    if (!kernels.count)
        return cvl_fail(err, CVL_EINVAL, "%s: the model has no kernels to draw",
                        path);
    cvl_status status = kernels_picture(kernels.weights, kernels.count,
                                        kernels.scale, &png, err);
    if (status) return cvl_error_prefix(err, status, "%s", path);
    const cvl_span span = {png.data, png.size};
    status = cvl_file_write(path, &span, 1, err);
    if (!status) say(stderr, "wrote %s", path);
    cvl_bytes_free(&png);
    return status;
}

/* The model's net is planned for its texts alone. */
static cvl_status add_choices(const cvl_model *model, struct text *text,
                              cvl_error *err)
{
    cvl_net net;
    cvl_net_config config = {.spec = model->spec,
                             .dtype = model->net.input.dtype,
                             .algo = CVL_CONV_FASTEST,
                             .exec = cvl_exec_default()};
    memcpy(config.input_shape, model->net.input.shape,
           sizeof config.input_shape);
    const cvl_status status = cvl_net_plan(&net, &config, err);
    if (status) return status;
    net_words_add(&net, text);
    cvl_net_free(&net);
    return text_status(text, err);
}

/* A model that has no file and no numbers. */
static cvl_status plan_model(const struct geometry_settings *geometry,
                             cvl_model *model, cvl_error *err)
{
    cvl_net_config config = {
        .spec = geometry->net, .dtype = CVL_F32, .exec = cvl_exec_default()};
    setup_input_shape(geometry, config.input_shape);
    model->spec = geometry->net;
    return cvl_net_plan(&model->net, &config, err);
}

static cvl_status load_model(const struct config *config, cvl_model *model,
                             cvl_error *err)
{
    const char *const path = config->show.model;
    if (!path) return plan_model(&config->geometry, model, err);
    const cvl_status status =
        model_load(path, config->geometry.net, model, err);
    if (!status) model_print_note("show", path, &model->file, model->by_order);
    if (!status) model_note_nonfinite("show", path, &model->net);
    return status;
}

static bool has_model(const struct config *config)
{
    return config->show.model != NULL;
}

static bool has_no_model(const struct config *config)
{
    return !has_model(config);
}

static const char *model_path(const struct config *config)
{
    return config->show.model;
}

const struct rule show_rules[] = {
    {"batch channels height width", has_model,
     "@ has no effect beside --model; % says how large its input is",
     model_path},
    {"picture", has_no_model,
     "@ draws the kernels of a model, which --net alone has not; add --model",
     NULL},
    {0}};

int show_run(const struct config *config)
{
    cvl_model model = {0};
    struct text text = {0};
    cvl_error err;
    cvl_status status = check_flags(config, &err);
    if (!status) status = load_model(config, &model, &err);
    if (!status) {
        const struct draw_style style = draw_style_of_stdout();
        status = show_model(&model, &style, &text, &err);
    }
    if (!status && config->output.verbose) {
        text_add(&text, "\nhow this machine computes it\n");
        status = add_choices(&model, &text, &err);
    }
    if (!status) fputs(text.data, stdout);
    if (!status && config->show.picture)
        status = write_picture(&model, config->show.picture, &err);
    if (status) fprintf(stderr, "convlet show: %s\n", err.message);
    text_free(&text);
    cvl_model_free(&model);
    return exit_status(status);
}
