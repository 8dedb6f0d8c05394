/* model.c - see model.h for the contract. */
#include "data/model.h"

#include <stdio.h>
#include <string.h>

#include <convlet/number.h>

#include "base/input.h"
#include "base/say.h"
#include "data/finite.h"
#include "data/source.h"

/* A run's directory is what people name first, or the picture beside it. */
static cvl_status explain_failure(const char *path, cvl_status status,
                                  cvl_error *err)
{
    if (status != CVL_EIO && status != CVL_EFORMAT) return status;
    struct source source;
    cvl_error ignored;
    const char *const kind = source_look(path, &source, &ignored)
                                 ? NULL
                                 : source_kind_name(source.kind);
    if (!kind) return status;
    return cvl_fail(err, status,
                    "%s: is a %s, expected a model; a run's model is its "
                    "model.safetensors",
                    input_name(path), kind);
}

cvl_status model_read(const char *path, cvl_safetensors *file, cvl_error *err)
{
    const uint64_t limit = CVL_SAFETENSORS_MAX_FILE;
    cvl_bytes bytes;
    *file = (cvl_safetensors){0};
    cvl_status status = input_read(
        path, limit < SIZE_MAX ? (size_t)limit : SIZE_MAX, &bytes, err);
    if (!status) {
        status = cvl_safetensors_parse(bytes.data, bytes.size, file, err);
        if (status) cvl_error_prefix(err, status, "%s", input_name(path));
    }
    cvl_bytes_free(&bytes);
    return explain_failure(path, status, err);
}

cvl_status model_load(const char *path, const char *spec, cvl_model *model,
                      cvl_error *err)
{
    cvl_safetensors file;
    *model = (cvl_model){0};
    cvl_status status = model_read(path, &file, err);
    if (status) return status;
    const bool says_nothing = !spec && !cvl_safetensors_metadata(&file, "net");
    status = cvl_model_take(&file, spec, model, err);
    if (status && says_nothing)
        return cvl_fail(err, status,
                        "%s: does not say what its layers are; say so, as "
                        "--net \"conv 8 3x3, relu, conv 3 3x3\"",
                        input_name(path));
    return status ? cvl_error_prefix(err, status, "%s", input_name(path))
                  : CVL_OK;
}

/* Of the net's buffers; a file of other names has all of them. */
static const char *first_missing(const cvl_safetensors *file,
                                 const cvl_net *net)
{
    size_t i = 0;
    while (i + 1 < net->buffer_count &&
           cvl_safetensors_find(file, net->buffers[i].name))
        i++;
    return net->buffers[i].name;
}

/* A net that evaluates needs them, and nothing else would show. */
static void print_missing(const char *command, const char *path,
                          const cvl_safetensors *file, const cvl_net *net)
{
    const size_t whole = net->param_count + net->buffer_count;
    const size_t count = file->tensor_count;
    if (count < whole)
        say(stderr,
            "convlet %s: note: %s: lacks %zu of the net's %zu buffers, as "
            "%s; they stay as they start",
            command, path, whole - count, net->buffer_count,
            first_missing(file, net));
}

cvl_status model_check_finite(const char *path, const cvl_net *net,
                              cvl_error *err)
{
    const cvl_status status = finite_check(net, err);
    return status ? cvl_error_prefix(err, status, "%s", input_name(path))
                  : CVL_OK;
}

void model_note_nonfinite(const char *command, const char *path,
                          const cvl_net *net)
{
    struct text text = {0};
    if (finite_describe(net, &text))
        say(stderr, "convlet %s: note: %s: %s", command, path,
            text.data ? text.data : "");
    text_free(&text);
}

cvl_status model_copy_params(const char *command, const char *path,
                             const cvl_safetensors *file, cvl_net *net,
                             cvl_error *err)
{
    bool by_order;
    const cvl_status status = cvl_model_copy_params(file, net, &by_order, err);
    if (status) return cvl_error_prefix(err, status, "%s", input_name(path));
    if (!command) return CVL_OK;
    model_print_note(command, path, file, by_order);
    print_missing(command, path, file, net);
    return CVL_OK;
}

cvl_status model_load_params(const char *path, bool quiet, cvl_net *net,
                             cvl_error *err)
{
    cvl_safetensors file;
    cvl_status status = model_read(path, &file, err);
    if (status) return status;
    status = model_copy_params(quiet ? NULL : "train", path, &file, net, err);
    cvl_safetensors_free(&file);
    return status;
}

void model_print_note(const char *command, const char *path,
                      const cvl_safetensors *file, bool by_order)
{
    char why[CVL_UNREAD_SIZE];
    if (by_order)
        say(stderr,
            "convlet %s: note: %s: its names are not those of the net; its "
            "arrays were taken by order and shape",
            command, path);
    if (!file->unread_count) return;
    cvl_unread_why(file->unread, why);
    /* Not the advice, which is for a tensor that is needed. */
    *strrchr(why, ';') = '\0';
    say(stderr, "convlet %s: note: %s: passed over %zu tensor%s; %s", command,
        path, file->unread_count, cvl_plural(file->unread_count), why);
}
