/* export.c - `convlet export`: a model as an ONNX file. */
#include "export/export.h"

#include <stdio.h>
#include <string.h>

#include <convlet/file.h>
#include <convlet/number.h>
#include <convlet/onnx.h>

#include "base/outputs.h"
#include "base/say.h"
#include "base/text.h"
#include "cli/program.h"
#include "data/model.h"
#include "export/words.h"

static cvl_status check_flags(const struct config *config, cvl_error *err)
{
    const char *const model = config->show.model;
    const struct output output = {"output", config->output.output};
    if (!model)
        return cvl_fail(err, CVL_EINVAL,
                        "--model is missing: what training left, such as "
                        "run/model.safetensors");
    if (!output.path)
        return cvl_fail(err, CVL_EINVAL,
                        "--output is missing: the file to write, such as -o "
                        "net.onnx");
    return outputs_check(&output, 1, &model, 1, config->output.force, err);
}

static void add_input(const cvl_net *net, bool is_fixed, struct text *text)
{
    const size_t *const shape = net->input.shape;
    if (is_fixed)
        text_add(text, "N x %zu x %zu x %zu", shape[1], shape[2], shape[3]);
    else
        text_add(text, "N x %zu x H x W", shape[1]);
}

static void add_output(const cvl_model_about *about, const cvl_net *net,
                       bool is_fixed, struct text *text)
{
    const size_t *const shape = net->output.shape;
    text_add(text, "N x %zu", shape[1]);
    if (about->classes) return;
    if (is_fixed)
        text_add(text, " x %zu x %zu", shape[2], shape[3]);
    else if (about->residual && export_times(net) == 1)
        text_add(text, " x H x W");
    else if (about->residual)
        text_add(text, " x %zu H x %zu W", export_times(net),
                 export_times(net));
    else
        text_add(text, " x ... x ...");
}

static void say_what(const char *path, const cvl_model_about *about,
                     const cvl_net *net, const cvl_onnx_summary *summary,
                     const char *words)
{
    struct text axes = {0};
    add_input(net, summary->is_fixed, &axes);
    text_add(&axes, " to ");
    add_output(about, net, summary->is_fixed, &axes);
    if (!axes.failed)
        say(stderr, "wrote %s: %zu operator%s, from %s",
            strcmp(path, "-") != 0 ? path : "to standard output",
            summary->operators, cvl_plural(summary->operators), axes.data);
    say(stderr, "%s", words);
    text_free(&axes);
}

/* The bytes go to a file whole, or not at all; "-": to standard output. */
static cvl_status write_bytes(const char *path, const cvl_bytes *bytes,
                              cvl_error *err)
{
    const cvl_span span = {bytes->data, bytes->size};
    if (strcmp(path, "-") != 0) return cvl_file_write(path, &span, 1, err);
    if (fwrite(bytes->data, 1, bytes->size, stdout) == bytes->size &&
        !fflush(stdout))
        return CVL_OK;
    return cvl_fail(err, CVL_EIO, "cannot write to standard output");
}

static cvl_status export_model(const struct config *config,
                               const cvl_model *model, cvl_error *err)
{
    const char *const path = config->show.model;
    cvl_model_about about;
    cvl_onnx_summary summary;
    cvl_bytes bytes = {0};
    struct text words = {0};
    cvl_status status = cvl_model_read_about(model, &about, err);
    if (!status) {
        export_add_words(&about, &model->net, &words);
        status = text_status(&words, err);
    }
    if (!status)
        status = cvl_onnx_format(&about, &model->net, words.data, &bytes,
                                 &summary, err);
    if (status) cvl_error_prefix(err, status, "%s", path);
    if (!status) status = write_bytes(config->output.output, &bytes, err);
    if (!status)
        say_what(config->output.output, &about, &model->net, &summary,
                 words.data);
    text_free(&words);
    cvl_bytes_free(&bytes);
    return status;
}

int export_run(const struct config *config)
{
    const char *const path = config->show.model;
    cvl_model model = {0};
    cvl_error err;
    cvl_status status = check_flags(config, &err);
    if (!status) status = model_load(path, config->geometry.net, &model, &err);
    if (!status) {
        model_print_note("export", path, &model.file, model.by_order);
        status = model_check_finite(path, &model.net, &err);
    }
    if (!status) status = export_model(config, &model, &err);
    if (status) fprintf(stderr, "convlet export: %s\n", err.message);
    cvl_model_free(&model);
    return exit_status(status);
}
