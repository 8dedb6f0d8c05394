/* explain.c - `convlet explain`: every product behind one number. */
#include <stdio.h>

#include "base/setup.h"
#include "cli/program.h"
#include "commands.h"
#include "explain/map.h"
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
static cvl_status explain(const struct config *config,
                          const struct explain_request *request,
                          const struct explain_data *data, struct text *text,
                          int *exit, cvl_error *err)
{
    struct explain_sum sum;
    struct grid_view view;
    const struct explanation explanation = {config, data, &sum, &view};
    const cvl_status status = explain_add_up(
        data, request->kind, request->index.at, config->explain.terms,
        config->check.tolerance, &sum, err);
    if (status) return status;
    grid_view_make(data, &sum, &view);
    switch (config->explain.format) {
    case EXPLAIN_TEXT: explain_text(&explanation, text); break;
    case EXPLAIN_JSON: explain_json(&explanation, text); break;
    case EXPLAIN_SVG: explain_svg(&explanation, text); break;
    }
    *exit = sum.matches ? EXIT_OK : EXIT_CHECK_FAILED;
    explain_sum_free(&sum);
    return status;
}

static void map(const struct config *config, const cvl_conv2d_geometry *g,
                struct text *text)
{
    switch (config->explain.format) {
    case EXPLAIN_TEXT: map_text(config, g, text); break;
    case EXPLAIN_JSON: map_json(g, text); break;
    case EXPLAIN_SVG: map_svg(config, g, text); break;
    }
}

/* Computes what is needed and appends the explanation. */
static cvl_status answer(const struct config *config,
                         const struct explain_request *request,
                         struct explain_data *data, struct text *text,
                         int *exit, cvl_error *err)
{
    const bool is_gradient = request->kind != EXPLAIN_OUTPUT;
    const bool is_number = !config->explain.of_geometry;
    cvl_status status = CVL_OK;
    if (is_number || config->explain.save_arrays)
        status = explain_forward(
            config, is_gradient || config->explain.save_arrays, data, err);
    if (!status && is_number)
        status = explain_backward(request->kind, data, err);
    if (!status && config->explain.save_arrays)
        status = explain_save(data, config->explain.save_arrays, err);
    if (!status && is_number)
        status = explain_check_place(request,
                                     explain_result(data, request->kind), err);
    if (status) return status;
    if (is_number) return explain(config, request, data, text, exit, err);
    map(config, &data->conv.geometry, text);
    return CVL_OK;
}

int explain_run(const struct config *config)
{
    struct explain_request request;
    struct explain_data data = {0};
    struct text text = {0};
    cvl_error err;
    int exit = EXIT_OK;
    cvl_status status = explain_read_request(config, &request, &err);
    if (!status) status = explain_load(config, &data, &err);
    if (!status) status = answer(config, &request, &data, &text, &exit, &err);
    if (!status) status = print(&text, &err);
    if (status) fprintf(stderr, "convlet explain: %s\n", err.message);
    text_free(&text);
    explain_free(&data);
    return status ? exit_status(status) : exit;
}
