/* explain.c - `convlet explain`: every product behind one number. */
#include <stdio.h>

#include "base/setup.h"
#include "cli/program.h"
#include "explain/data.h"
#include "explain/explain.h"
#include "explain/loss.h"
#include "explain/net.h"
#include "explain/path_show.h"
#include "explain/request.h"
#include "explain/show.h"
#include "fewer/fewer.h"
#include "nets/rules.h"

/* Writes the text to stdout; CVL_EIO, CVL_ENOMEM. */
static cvl_status print(struct text *text, cvl_error *err)
{
    const cvl_status status = text_status(text, err);
    if (!status && text->data && fputs(text->data, stdout) < 0)
        return cvl_fail(err, CVL_EIO, "cannot write to standard output");
    return status;
}

/* The same of an output that Winograd's algorithm computes, in a tile. */
static cvl_status explain_tile(const struct explanation *explanation,
                               struct text *text, int *exit, cvl_error *err)
{
    static void (*const forms[])(const struct fewer *,
                                 struct text *) = {[EXPLAIN_TEXT] = fewer_text,
                                                   [EXPLAIN_JSON] = fewer_json,
                                                   [EXPLAIN_SVG] = fewer_svg};
    const struct explain_layer *const layer = explanation->layer;
    const struct sum *const sum = &explanation->sum;
    struct fewer_question question = {
        .config = explanation->config,
        .layer = explanation_words(explanation, WORDS_LAYER),
        .name = explanation_words(explanation, WORDS_NAME),
        .number = explanation_words(explanation, WORDS_NUMBER),
        .geometry = explanation_words(explanation, WORDS_GEOMETRY),
        .source = explanation_words(explanation, WORDS_SOURCE),
        .shape = layer->geometry,
        .dtype = layer->dtype,
        .algorithm = layer->algorithm,
        .x = layer->terms.x,
        .w = layer->terms.params[0],
        .b = layer->terms.params[1],
        .value = sum->number.value,
        .terms = sum->count,
        .plain = sum->total};
    struct fewer fewer;
    for (size_t i = 0; i < 4; i++) question.at[i] = (size_t)sum->number.at[i];
    const cvl_status status = fewer_make(&fewer, &question, err);
    if (!status) {
        forms[question.config->explain.format](&fewer, text);
        *exit = fewer.matches ? EXIT_OK : EXIT_CHECK_FAILED;
    }
    fewer_free(&fewer);
    return status;
}

/* Explains the number; EXIT_CHECK_FAILED where the tensor has another. */
static cvl_status explain_number(const struct config *config,
                                 const struct explain_layer *layer,
                                 const cvl_element *number, struct text *text,
                                 int *exit, cvl_error *err)
{
    static void (*const forms[])(const struct explanation *, struct text *) = {
        [EXPLAIN_TEXT] = explain_text,
        [EXPLAIN_JSON] = explain_json,
        [EXPLAIN_SVG] = explain_svg};
    struct explanation explanation;
    cvl_status status =
        explanation_make(&explanation, config, layer, number, err);
    if (!status && number->array == CVL_ARRAY_Y &&
        fewer_has_tiles(layer->algorithm)) {
        status = explain_tile(&explanation, text, exit, err);
    } else if (!status) {
        forms[config->explain.format](&explanation, text);
        *exit = explanation.sum.matches ? EXIT_OK : EXIT_CHECK_FAILED;
    }
    explanation_free(&explanation);
    return status;
}

static cvl_status explain_sizes(const struct config *config,
                                const cvl_conv2d_geometry *geometry,
                                struct text *text, cvl_error *err)
{
    struct map map;
    const cvl_status status =
        map_make(&map, geometry, config->explain.terms, err);
    if (!status) switch (config->explain.format) {
        case EXPLAIN_TEXT: map_text(&map, text); break;
        case EXPLAIN_JSON: map_json(&map, text); break;
        case EXPLAIN_SVG: map_svg(&map, text); break;
        }
    map_free(&map);
    return status;
}

/* Appends the explanation of what was computed. */
static cvl_status answer(const struct config *config,
                         const struct explain_request *request,
                         const struct explain_layer *layer, struct text *text,
                         int *exit, cvl_error *err)
{
    const char *const save = config->explain.save_arrays;
    cvl_element number;
    cvl_status status = save ? explain_save(layer, save, err) : CVL_OK;
    if (status) return status;
    if (!config->explain.of_geometry) {
        status = explain_find(request, layer, &number, err);
        return status ? status
                      : explain_number(config, layer, &number, text, exit, err);
    }
    if (layer->geometry)
        return explain_sizes(config, layer->geometry, text, err);
    return cvl_fail(err, CVL_EINVAL,
                    "--geometry: layer %zu has no kernels; take a --layer "
                    "that is conv or dense",
                    layer->index);
}

/* Computes what is needed of a convolution that stands in no net. */
static cvl_status explain_lone(const struct config *config,
                               const struct explain_request *request,
                               struct text *text, int *exit, cvl_error *err)
{
    const char *const save = config->explain.save_arrays;
    const bool is_gradient = request->array != CVL_ARRAY_Y;
    const bool is_number = !config->explain.of_geometry;
    struct explain_data data = {0};
    cvl_status status = explain_load(config, &data, err);
    if (!status && (is_number || save))
        status = explain_forward(config, is_gradient || save, &data, err);
    if (!status && is_number && is_gradient)
        status = explain_backward(request->array, &data, err);
    if (!status) {
        const struct explain_layer layer = explain_lone_layer(&data);
        status = answer(config, request, &layer, text, exit, err);
    }
    explain_free(&data);
    return status;
}

/* Follows the number, a gradient, to the loss. */
static cvl_status explain_path(const struct config *config,
                               const struct explain_request *request,
                               const struct net_arrays *arrays,
                               const struct explain_layer *layer,
                               struct text *text, int *exit, cvl_error *err)
{
    static void (*const forms[])(const struct path_answer *,
                                 struct text *) = {[EXPLAIN_TEXT] = path_text,
                                                   [EXPLAIN_JSON] = path_json,
                                                   [EXPLAIN_SVG] = path_svg};
    struct path_answer answer = {
        .config = config, .layer = layer, .arrays = arrays};
    cvl_element number;
    cvl_status status = explain_find(request, layer, &number, err);
    if (!status)
        status =
            path_follow(&arrays->net, layer->index, &arrays->x, &arrays->dy,
                        &number, config->check.tolerance, &answer.path, err);
    if (status) return status;
    forms[config->explain.format](&answer, text);
    *exit = answer.path.matches ? EXIT_OK : EXIT_CHECK_FAILED;
    return CVL_OK;
}

/* Of the net's last layer. */
static cvl_status answer_loss(const struct config *config,
                              const struct explain_layer *layer,
                              const struct net_arrays *arrays,
                              struct text *text, int *exit, cvl_error *err)
{
    static void (*const forms[])(const struct explain_loss *, struct text *) = {
        [EXPLAIN_TEXT] = explain_loss_text,
        [EXPLAIN_JSON] = explain_loss_json,
        [EXPLAIN_SVG] = explain_loss_svg};
    const char *const save = config->explain.save_arrays;
    struct explain_loss loss = {0};
    cvl_status status = save ? explain_save(layer, save, err) : CVL_OK;
    if (!status) status = explain_loss_make(config, arrays, &loss, err);
    if (!status) {
        forms[config->explain.format](&loss, text);
        *exit = loss.matches ? EXIT_OK : EXIT_CHECK_FAILED;
    }
    explain_loss_free(&loss);
    return status;
}

static cvl_status explain_net(const struct config *config,
                              const struct explain_request *request,
                              struct text *text, int *exit, cvl_error *err)
{
    const bool sends_back =
        request->array != CVL_ARRAY_Y || config->explain.save_arrays;
    struct net_arrays arrays = {0};
    struct explain_layer layer;
    cvl_status status = explain_net_run(config, sends_back, &arrays, err);
    if (!status) status = explain_net_layer(config, &arrays, &layer, err);
    if (!status && config->explain.follows)
        status =
            explain_path(config, request, &arrays, &layer, text, exit, err);
    else if (!status && config->explain.of_loss.count)
        status = answer_loss(config, &layer, &arrays, text, exit, err);
    else if (!status)
        status = answer(config, request, &layer, text, exit, err);
    net_arrays_free(&arrays);
    return status;
}

int explain_run(const struct config *config)
{
    struct explain_request request;
    struct text text = {0};
    cvl_error err;
    int exit = EXIT_OK;
    cvl_status status = explain_read_request(config, &request, &err);
    if (!status) status = explain_check_files(config, &err);
    if (!status)
        status = (net_is_given(config) ? explain_net : explain_lone)(
            config, &request, &text, &exit, &err);
    if (!status) status = print(&text, &err);
    if (status) fprintf(stderr, "convlet explain: %s\n", err.message);
    if (!status && exit == EXIT_CHECK_FAILED)
        fputs("convlet explain: the terms come to another number than the one "
              "that was computed; allow for more rounding by --tolerance\n",
              stderr);
    text_free(&text);
    return status ? exit_status(status) : exit;
}
