/* explain.c - `convlet explain`: every product behind one number. */
#include <stdio.h>

#include "base/setup.h"
#include "cli/program.h"
#include "explain/explain.h"
#include "explain/request.h"
#include "explain/show.h"

/* Writes the text to stdout; CVL_EIO, CVL_ENOMEM. */
static cvl_status print(struct text *text, cvl_error *err)
{
    const cvl_status status = text_status(text, err);
    if (!status && text->data && fputs(text->data, stdout) < 0)
        return cvl_fail(err, CVL_EIO, "cannot write to standard output");
    return status;
}

/* Explains the number; EXIT_CHECK_FAILED where the tensor has another. */
static cvl_status explain_number(const struct config *config,
                                 const struct explain_data *data,
                                 const cvl_element *number, struct text *text,
                                 int *exit, cvl_error *err)
{
    static void (*const forms[])(const struct explanation *, struct text *) = {
        [EXPLAIN_TEXT] = explain_text,
        [EXPLAIN_JSON] = explain_json,
        [EXPLAIN_SVG] = explain_svg};
    struct explanation explanation;
    const cvl_status status =
        explanation_make(&explanation, config, data, number, err);
    if (!status) {
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

/* Computes what is needed and appends the explanation. */
static cvl_status answer(const struct config *config,
                         const struct explain_request *request,
                         struct explain_data *data, struct text *text,
                         int *exit, cvl_error *err)
{
    const char *const save = config->explain.save_arrays;
    const bool is_gradient = request->array != CVL_ARRAY_Y;
    const bool is_number = !config->explain.of_geometry;
    cvl_element number;
    cvl_status status = CVL_OK;
    if (is_number || save)
        status = explain_forward(config, is_gradient || save, data, err);
    if (!status && is_number && is_gradient)
        status = explain_backward(request->array, data, err);
    if (!status && save) status = explain_save(data, save, err);
    if (!status && !is_number)
        return explain_sizes(config, &data->arrays.conv.geometry, text, err);
    if (!status)
        status = explain_find(
            request, explain_result(data, request->array, request->param),
            &number, err);
    return status ? status
                  : explain_number(config, data, &number, text, exit, err);
}

int explain_run(const struct config *config)
{
    struct explain_request request;
    struct explain_data data = {0};
    struct text text = {0};
    cvl_error err;
    int exit = EXIT_OK;
    cvl_status status = explain_read_request(config, &request, &err);
    if (!status) status = explain_check_files(config, &err);
    if (!status) status = explain_load(config, &data, &err);
    if (!status) status = answer(config, &request, &data, &text, &exit, &err);
    if (!status) status = print(&text, &err);
    if (status) fprintf(stderr, "convlet explain: %s\n", err.message);
    text_free(&text);
    explain_free(&data);
    return status ? exit_status(status) : exit;
}
