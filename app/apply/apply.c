/* apply.c - the command `apply`: a trained model on pictures and arrays. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <convlet/npy.h>

#include "apply/apply.h"
#include "apply/classify.h"
#include "apply/paths.h"
#include "apply/restorer.h"
#include "base/net_words.h"
#include "base/progress.h"
#include "base/say.h"
#include "base/setup.h"
#include "cli/program.h"
#include "data/arrays.h"
#include "data/model.h"
#include "pictures/picture.h"
#include "pictures/psnr.h"
#include "pictures/srgb.h"

/* What a written picture may say again, and else is noted. */
enum { COLOUR_NOTES = PICTURE_PROFILE | PICTURE_GAMMA };

struct apply_job {
    const struct config *config;
    struct restorer restorer;
    struct apply_paths *paths; /* of each file */
    struct progress progress;
    size_t tiles; /* of this file, that are done */
};

static cvl_status check_flags(const struct config *config, cvl_error *err)
{
    if (!config->show.model)
        return cvl_fail(err, CVL_EINVAL,
                        "--model is missing: what training left, such as "
                        "run/model.safetensors");
    if (!config->apply.file_count)
        return cvl_fail(err, CVL_EINVAL,
                        "no file to apply the model to: convlet apply --model "
                        "%s photo.png -o out",
                        config->show.model);
    return CVL_OK;
}

/* What one kind of model takes, another has no use for. */
static cvl_status check_kind(const struct config *config, bool classifies,
                             cvl_error *err)
{
    const char *const model = config->show.model;
    if (classifies && config->output.output)
        return cvl_fail(err, CVL_EINVAL,
                        "--output is for models that make pictures; %s tells "
                        "classes apart, and its answers are printed",
                        model);
    if (classifies && config->apply.tile)
        return cvl_fail(err, CVL_EINVAL,
                        "--tile is for models that make pictures; %s tells "
                        "classes apart, of a picture of one size",
                        model);
    if (!classifies && config->apply.format != ANSWER_TEXT)
        return cvl_fail(err, CVL_EINVAL,
                        "--format is for models that tell classes apart; %s "
                        "makes pictures or arrays",
                        model);
    if (!classifies && !config->output.output && !config->apply.compare)
        return cvl_fail(err, CVL_EINVAL,
                        "nothing to do: write the result with -o FILE or "
                        "-o DIR, or measure it with --compare");
    return CVL_OK;
}

static void tick(void *context)
{
    struct apply_job *const job = context;
    progress_update(&job->progress, ++job->tiles, NAN);
}

static void print_notes(const struct apply_job *job,
                        const struct apply_paths *paths,
                        const cvl_tensor *tensor,
                        const struct array_origin *origin)
{
    const bool to_picture = paths->output.data && paths->is_picture;
    struct array_origin now = *origin;
    if (job->config->output.quiet) return;
    if (to_picture) now.notes &= ~(unsigned)COLOUR_NOTES; /* see `save` */
    array_print_note("apply", paths->input, &now);
    if (to_picture && !origin->format)
        array_print_range("apply", paths->input, tensor);
    if (job->config->output.verbose && origin->depth == 16 && to_picture)
        say(stderr,
            "convlet apply: note: %s has 16 bits a sample; the model sees "
            "them, %s gets 8",
            paths->input, paths->output.data);
}

/* What can be said before an hour of computing. */
static cvl_status check_result(const struct apply_paths *paths,
                               const size_t result[4], bool force,
                               cvl_error *err)
{
    if (paths->is_picture && paths->output.data &&
        (result[0] != 1 || (result[1] != 1 && result[1] != 3)))
        return cvl_fail(err, CVL_ESHAPE,
                        "%s: a picture has 1 or 3 channels, but the model "
                        "makes %zux%zu of %s; write an array (.npy)",
                        paths->output.data, result[0], result[1], paths->input);
    return apply_paths_check(paths, force, err);
}

/* --verbose: which algorithm each layer takes for what was prepared, and why.
 */
static cvl_status print_choices(const struct apply_job *job, const char *path,
                                cvl_error *err)
{
    const struct output_settings *const output = &job->config->output;
    const cvl_tiler *const tiler = &job->restorer.tiler;
    cvl_net_config config = tiler->config;
    struct text words = {0};
    cvl_net whole;
    if (!output->verbose || output->quiet) return CVL_OK;
    config.input_shape[2] = tiler->y.in;
    config.input_shape[3] = tiler->x.in;
    cvl_status status = cvl_net_plan(&whole, &config, err);
    if (status) return status;
    net_words_add(&whole, &words);
    cvl_net_free(&whole);
    status = text_status(&words, err);
    if (!status) say(stderr, "convlet apply: %s", path);
    if (!status && words.data) fputs(words.data, stderr);
    text_free(&words);
    return status;
}

/* Reads a file and puts the model's answer in its place. */
static cvl_status compute(struct apply_job *job,
                          const struct apply_paths *paths, cvl_tensor *tensor,
                          struct array_origin *origin, picture_profile *profile,
                          cvl_error *err)
{
    size_t result[4];
    const cvl_net *const net = &job->restorer.model.net;
    const cvl_dtype dtype = net->input.dtype;
    cvl_status status =
        array_load_4d(paths->input, dtype, tensor, origin, profile, err);
    if (status) return status;
    print_notes(job, paths, tensor, origin);
    /* A grey picture goes through a net for colour as three equal channels. */
    const bool grey = origin->format && tensor->shape[1] == 1 &&
                      net->input.shape[1] == 3 && net->output.shape[1] == 3;
    if (grey) status = array_recolour(tensor, 3, err);
    if (status) return cvl_error_prefix(err, status, "%s", paths->input);
    if (origin->format && job->restorer.linear) {
        status = array_convert(tensor, dtype, err);
        if (status) return cvl_error_prefix(err, status, "%s", paths->input);
        srgb_decode_all(tensor);
    }
    status = restorer_prepare(&job->restorer, tensor->shape, result, err);
    if (status) return cvl_error_prefix(err, status, "%s", paths->input);
    status = check_result(paths, result, job->config->output.force, err);
    if (!status) status = print_choices(job, paths->input, err);
    if (status) return status;
    job->tiles = 0;
    progress_begin(&job->progress, !job->config->output.quiet, 0,
                   restorer_ticks(&job->restorer, tensor->shape));
    job->progress.unit = "tiles";
    status = restorer_run(&job->restorer, tensor, tick, job, err);
    progress_clear(&job->progress);
    if (!status && grey) status = array_recolour(tensor, 1, err);
    if (!status && paths->is_picture && job->restorer.linear)
        srgb_encode_all(tensor);
    return status ? cvl_error_prefix(err, status, "%s", paths->input) : CVL_OK;
}

/* An array is written with the axes that it came with, where that can be. */
static cvl_status save_array(const char *path, const cvl_tensor *tensor,
                             const struct array_origin *origin, cvl_error *err)
{
    size_t ndim = origin->format ? CVL_MAX_NDIM : origin->ndim;
    while (ndim < CVL_MAX_NDIM && tensor->shape[CVL_MAX_NDIM - ndim - 1] != 1)
        ndim++;
    const cvl_tensor view = cvl_tensor_wrap(
        tensor->dtype, ndim, tensor->shape + CVL_MAX_NDIM - ndim, tensor->data);
    return cvl_npy_save(path, &view, err);
}

static cvl_status save(const struct apply_job *job,
                       const struct apply_paths *paths,
                       const cvl_tensor *tensor, struct array_origin *origin,
                       picture_profile *profile, cvl_error *err)
{
    const char *const path = paths->output.data;
    cvl_status status = CVL_OK;
    if (!path) return CVL_OK;
    if (!paths->is_picture)
        status = save_array(path, tensor, origin, err);
    else if (paths->to_stdout)
        status = picture_save_as(paths->format, -1, path, tensor, profile, err);
    else
        status = picture_save_with(-1, path, tensor, profile, err);
    if (status || job->config->output.quiet) return status;
    origin->notes &= COLOUR_NOTES;
    if (paths->is_picture && !profile->kept)
        array_print_note("apply", paths->input, origin);
    if (!paths->to_stdout) say(stderr, "wrote %s", path);
    return CVL_OK;
}

/* Every element as it is read from the picture that it was written to. */
static void quantise(cvl_tensor *tensor)
{
    for (size_t i = 0; i < tensor->count; i++)
        cvl_tensor_set(tensor, i,
                       picture_sample(cvl_tensor_get(tensor, i)) / 255.0);
}

/* Says how near what was written is to the truth. */
static cvl_status compare(const struct apply_paths *paths, cvl_tensor *tensor,
                          cvl_error *err)
{
    cvl_tensor truth = {0};
    struct array_origin origin;
    if (!paths->truth.data) return CVL_OK;
    cvl_status status = array_load_4d(paths->truth.data, tensor->dtype, &truth,
                                      &origin, NULL, err);
    if (status) return status;
    status = array_convert(&truth, tensor->dtype, err);
    if (status) status = cvl_error_prefix(err, status, "%s", paths->truth.data);
    if (!status)
        status = cvl_tensor_check_like(paths->truth.data, &truth, tensor, err);
    if (!status) {
        if (paths->is_picture) quantise(tensor);
        say(stdout, "%s psnr:%.2f", paths->input, psnr_between(tensor, &truth));
        fflush(stdout);
    }
    cvl_tensor_free(&truth);
    return status;
}

static cvl_status apply_to(struct apply_job *job,
                           const struct apply_paths *paths, cvl_error *err)
{
    cvl_tensor tensor = {0};
    struct array_origin origin;
    picture_profile profile = {0};
    cvl_status status = compute(job, paths, &tensor, &origin, &profile, err);
    if (!status) status = save(job, paths, &tensor, &origin, &profile, err);
    if (!status) status = compare(paths, &tensor, err);
    picture_profile_free(&profile);
    cvl_tensor_free(&tensor);
    return status;
}

static cvl_status prepare(struct apply_job *job, cvl_model *model,
                          cvl_error *err)
{
    const struct config *const config = job->config;
    const size_t count = config->apply.file_count;
    struct restorer_options options = {
        .algorithm = setup_algorithm(config->execution.algorithm),
        .tile = config->apply.tile};
    cvl_status status = setup_exec(&config->execution, &options.exec, err);
    if (!status) {
        status = restorer_take(&job->restorer, model, &options, err);
        if (status) cvl_error_prefix(err, status, "%s", config->show.model);
    }
    if (status) return status;
    job->paths = calloc(count, sizeof *job->paths);
    if (!job->paths)
        return cvl_fail(err, CVL_ENOMEM, "out of memory: %zu files", count);
    return apply_paths_settle(config, job->paths, err);
}

/* One bad file does not keep the others waiting; the first one counts. */
static cvl_status apply_to_all(struct apply_job *job)
{
    cvl_status first = CVL_OK;
    for (size_t i = 0; i < job->config->apply.file_count; i++) {
        cvl_error err;
        const cvl_status status = apply_to(job, &job->paths[i], &err);
        if (status) fprintf(stderr, "convlet apply: %s\n", err.message);
        if (!first) first = status;
    }
    return first;
}

/* A model that makes pictures or arrays of them; *failed receives the status of
 * the first file that could not be made. */
static cvl_status restore_files(const struct config *config, cvl_model *model,
                                cvl_status *failed, cvl_error *err)
{
    struct apply_job job = {.config = config};
    const cvl_status status = prepare(&job, model, err);
    if (!status) *failed = apply_to_all(&job);
    for (size_t i = 0; job.paths && i < config->apply.file_count; i++)
        apply_paths_free(&job.paths[i]);
    free(job.paths);
    restorer_free(&job.restorer);
    return status;
}

static cvl_status apply(const struct config *config, cvl_model *model,
                        cvl_status *failed, cvl_error *err)
{
    const char *const path = config->show.model;
    cvl_model_about about;
    cvl_status status = check_flags(config, err);
    if (!status) status = model_load(path, config->geometry.net, model, err);
    if (status) return status;
    status = cvl_model_read_about(model, &about, err);
    if (status) return cvl_error_prefix(err, status, "%s", path);
    status = check_kind(config, about.classes, err);
    if (!status) status = model_check_finite(path, &model->net, err);
    if (status) return status;
    if (!config->output.quiet)
        model_print_note("apply", path, &model->file, model->by_order);
    return about.classes ? classify_files(config, model, &about, failed, err)
                         : restore_files(config, model, failed, err);
}

int apply_run(const struct config *config)
{
    cvl_model model = {0};
    cvl_error err;
    cvl_status failed = CVL_OK;
    const cvl_status status = apply(config, &model, &failed, &err);
    if (status) fprintf(stderr, "convlet apply: %s\n", err.message);
    cvl_model_free(&model);
    return exit_status(status ? status : failed);
}
