/* paths.c - see paths.h for the contract. */
#include "apply/paths.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/directory.h"
#include "base/input.h"
#include "base/outputs.h"
#include "data/source.h"

/* The name behind the last slash. */
static const char *base_of(const char *path)
{
    const char *const slash = strrchr(path, '/');
    if (input_is_stdin(path)) return "stdin";
    return slash ? slash + 1 : path;
}

static bool ends_in(const char *name, const char *ending)
{
    const size_t size = strlen(name), tail = strlen(ending);
    return size > tail && strcasecmp(name + size - tail, ending) == 0;
}

/* Appends the name that a file of this kind gets in a directory. */
static void add_name(const char *name, const picture_format *format,
                     struct text *path)
{
    const char *const ending = format ? picture_ending(format) : ".npy";
    if (ends_in(name, ending)) {
        text_add(path, "%s", name);
        return;
    }
    const char *const dot = strrchr(name, '.');
    const bool replaced = format && dot != name && picture_format_by_name(name);
    const size_t size = replaced ? (size_t)(dot - name) : strlen(name);
    text_add(path, "%.*s%s", (int)size, name, ending);
}

static void join(const char *directory, struct text *path)
{
    const size_t size = strlen(directory);
    const bool slash = size && directory[size - 1] == '/';
    text_add(path, "%s%s", directory, slash ? "" : "/");
}

static bool is_stdout(const char *output)
{
    return strcmp(output, "-") == 0;
}

static cvl_status settle_output(const char *output, bool in_directory,
                                struct apply_paths *paths, cvl_error *err)
{
    struct source source;
    const cvl_status status = source_look(paths->input, &source, err);
    if (status) return status;
    paths->is_picture = source.kind == SOURCE_PICTURE;
    if (!output) return CVL_OK;
    if (is_stdout(output)) {
        paths->to_stdout = true;
        if (source.format)
            paths->format =
                picture_format_by_name(picture_ending(source.format));
        text_add(&paths->output, "/dev/stdout");
        return text_status(&paths->output, err);
    }
    if (in_directory) {
        join(output, &paths->output);
        add_name(base_of(paths->input), source.format, &paths->output);
        return text_status(&paths->output, err);
    }
    char endings[PICTURE_LIST_SIZE];
    paths->is_picture = picture_is_written(picture_format_by_name(output));
    if (!paths->is_picture && !ends_in(output, ".npy"))
        return cvl_fail(err, CVL_EINVAL,
                        "--output: %s: a file's name ends in %s; a new "
                        "directory's has no ending, or ends in /",
                        output, picture_endings(".npy", endings));
    text_add(&paths->output, "%s", output);
    return text_status(&paths->output, err);
}

static cvl_status settle_truth(const struct apply_settings *settings,
                               struct apply_paths *paths, cvl_error *err)
{
    if (!settings->compare) return CVL_OK;
    if (directory_exists(settings->compare)) {
        join(settings->compare, &paths->truth);
        text_add(&paths->truth, "%s", base_of(paths->input));
    } else if (settings->file_count > 1) {
        return cvl_fail(err, CVL_EINVAL,
                        "--compare: %s is not a directory; %zu files are "
                        "compared with those of their names in one",
                        settings->compare, settings->file_count);
    } else {
        text_add(&paths->truth, "%s", settings->compare);
    }
    return text_status(&paths->truth, err);
}

/* Standard output takes one thing, and a terminal no such one. */
static cvl_status check_stdout(const struct apply_settings *settings,
                               cvl_error *err)
{
    if (settings->file_count > 1)
        return cvl_fail(err, CVL_EINVAL,
                        "--output -: standard output takes one result, not "
                        "%zu; name a directory",
                        settings->file_count);
    if (settings->compare)
        return cvl_fail(err, CVL_EINVAL,
                        "--output -: standard output takes the result alone; "
                        "leave out --compare");
    if (isatty(STDOUT_FILENO))
        return cvl_fail(err, CVL_EINVAL,
                        "--output -: standard output is a terminal; send it "
                        "elsewhere, as with >better.png");
    return CVL_OK;
}

/* CVL_EINVAL where the last of these becomes the same file as another. */
static cvl_status refuse_twins(const struct apply_paths *paths, size_t last,
                               cvl_error *err)
{
    for (size_t i = 0; paths[last].output.data && i < last; i++)
        if (strcmp(paths[i].output.data, paths[last].output.data) == 0)
            return cvl_fail(err, CVL_EINVAL,
                            "%s and %s would both become %s; apply them one "
                            "by one",
                            paths[i].input, paths[last].input,
                            paths[last].output.data);
    return CVL_OK;
}

/* No output is an input: a picture, the truth, the model. */
static cvl_status refuse_inputs(const struct config *config,
                                const struct apply_paths *paths, cvl_error *err)
{
    const size_t count = config->apply.file_count, most = 2 * count + 2;
    struct output *const outputs = calloc(count + 1, sizeof *outputs);
    const char **const inputs = calloc(most, sizeof *inputs);
    cvl_status status;
    if (outputs && inputs) {
        for (size_t i = 0; i < count; i++) {
            outputs[i] = (struct output){"output", paths[i].output.data};
            inputs[2 * i] = paths[i].input;
            inputs[2 * i + 1] = paths[i].truth.data;
        }
        inputs[most - 2] = config->show.model;
        inputs[most - 1] = config->start.config_file;
        status = outputs_refuse_clash(outputs, count, inputs, most, err);
    } else {
        status = cvl_fail(err, CVL_ENOMEM, "out of memory: %zu files", count);
    }
    free(outputs);
    free(inputs);
    return status;
}

cvl_status apply_paths_settle(const struct config *config,
                              struct apply_paths *paths, cvl_error *err)
{
    const struct apply_settings *const settings = &config->apply;
    const char *const output = config->output.output;
    /* A name without an ending is no file of ours. */
    const bool in_directory =
        output && !is_stdout(output) &&
        (settings->file_count > 1 || directory_exists(output) ||
         !strchr(base_of(output), '.'));
    cvl_status status =
        output && is_stdout(output) ? check_stdout(settings, err) : CVL_OK;
    for (size_t i = 0; !status && i < settings->file_count; i++) {
        paths[i].input = settings->files[i];
        status = settle_output(output, in_directory, &paths[i], err);
        if (!status) status = settle_truth(settings, &paths[i], err);
        if (!status) status = refuse_twins(paths, i, err);
    }
    if (!status && output) status = refuse_inputs(config, paths, err);
    if (!status && in_directory) status = directory_make(output, "output", err);
    return status;
}

cvl_status apply_paths_check(const struct apply_paths *paths, bool force,
                             cvl_error *err)
{
    const struct output output = {"output", paths->output.data};
    return output_refuse_existing(&output, force, err);
}

void apply_paths_free(struct apply_paths *paths)
{
    text_free(&paths->output);
    text_free(&paths->truth);
    *paths = (struct apply_paths){0};
}
