/* data.c - see data.h for the contract. */
#include "data/data.h"

#include <string.h>
#include <sys/stat.h>

#include "base/setup.h"
#include "base/suggest.h"
#include "cli/option.h"
#include "data/arrays.h"
#include "data/literal.h"
#include "data/made.h"
#include "data/source.h"
#include "pictures/srgb.h"

void data_free(struct data *data)
{
    cvl_tensor_free(&data->input);
    cvl_tensor_free(&data->target);
    *data = (struct data){0};
}

cvl_status data_refuse_typo(const struct suggestion *suggestion, cvl_error *err)
{
    const char *const near = suggestion->answer;
    return source_refuse_typo(suggestion->word,
                              near && filter_find(near) ? FILTER_PREFIX : "",
                              near, "", err);
}

static cvl_status refuse_linear(const char *what, cvl_error *err)
{
    return cvl_fail(err, CVL_EINVAL,
                    "--linear-light is for pictures, and %s is none", what);
}

static cvl_status load(const struct config *config, const char *path,
                       cvl_dtype dtype, cvl_tensor *tensor,
                       struct array_origin *origin, cvl_error *err)
{
    cvl_status status = array_read_4d(path, dtype, NULL, tensor, origin, err);
    if (status) return status;
    if (!config->output.quiet)
        array_print_note(config->start.command, path, origin);
    if (config->data.linear_light && !origin->format)
        return refuse_linear(path, err);
    status = array_convert(tensor, dtype, err);
    if (status) return cvl_error_prefix(err, status, "%s", path);
    if (config->data.linear_light) srgb_decode_all(tensor);
    return status;
}

/* With --share-channels: every channel a picture; how many of one these are. */
static size_t fold(const struct config *config, cvl_tensor *tensor)
{
    const size_t channels = tensor->shape[1];
    if (!config->data.share_channels || channels == 1) return 0;
    tensor->shape[0] *= channels;
    tensor->shape[1] = 1;
    return channels;
}

cvl_status data_make_input(const struct config *config, cvl_dtype dtype,
                           cvl_random *random, struct data *data,
                           cvl_error *err)
{
    if (strcmp(config->data.input, "random") == 0) {
        if (config->data.linear_light)
            return refuse_linear("random input", err);
        const cvl_status status =
            made_input(&config->geometry, dtype, random, &data->input, err);
        if (!status) data->folded = fold(config, &data->input);
        return status;
    }
    struct array_origin origin = {0};
    struct suggestion suggestion = {.word = config->data.input};
    suggest_try(&suggestion, "random", "random");
    cvl_status status = data_refuse_typo(&suggestion, err);
    if (!status)
        status =
            load(config, config->data.input, dtype, &data->input, &origin, err);
    data->is_picture = origin.format != NULL;
    data->is_lossy = picture_is_lossy(origin.format);
    data->input_mark = origin.mark;
    if (!status) data->folded = fold(config, &data->input);
    return status;
}

bool data_is_file(const char *text)
{
    return !is_among(text, "random ones zeros leaves -") &&
           strncmp(text, FILTER_PREFIX, sizeof FILTER_PREFIX - 1) != 0 &&
           !literal_is(text);
}

cvl_status data_read_target(const struct config *config, cvl_dtype dtype,
                            struct data *data, cvl_error *err)
{
    struct stat info;
    if (made_is_target(config->data.target)) return CVL_OK;
    if (strcmp(config->data.target, "leaves") == 0 ||
        (stat(config->data.target, &info) == 0 && S_ISDIR(info.st_mode)))
        return cvl_fail(err, CVL_EINVAL,
                        "--target %s gives good pictures alone; %s",
                        config->data.target,
                        option_find(config->start.options, "degrade")
                            ? "add what the net shall undo, as --degrade "
                              "noise:25"
                            : "name ones, zeros, one picture or array, or "
                              "filter:NAME");
    struct array_origin origin = {0};
    struct suggestion suggestion = {.word = config->data.target};
    suggest_try(&suggestion, "ones", "ones");
    suggest_try(&suggestion, "zeros", "zeros");
    const char *name;
    for (size_t i = 0; (name = filter_name(i)); i++)
        suggest_try(&suggestion, name, name);
    cvl_status status = data_refuse_typo(&suggestion, err);
    if (!status)
        status = load(config, config->data.target, dtype, &data->target,
                      &origin, err);
    data->target_is_picture = origin.format != NULL;
    data->target_is_lossy = picture_is_lossy(origin.format);
    data->target_mark = origin.mark;
    /* The results of a run on a picture are pictures. */
    if (!status && data->is_picture && !origin.format && config->output.out &&
        !config->output.quiet)
        array_print_range(config->start.command, config->data.target,
                          &data->target);
    if (!status) fold(config, &data->target);
    return status;
}

size_t data_target_channels(const struct data *data)
{
    return data->target.data ? data->target.shape[1] : data->input.shape[1];
}

/* CVL_ESHAPE with both shapes, and with what to do. */
static cvl_status check_target(const struct config *config,
                               const cvl_tensor *output,
                               const struct data *data, cvl_error *err)
{
    if (!cvl_tensor_check_like("", &data->target, output, NULL)) return CVL_OK;
    char in[CVL_DESCRIBE_SIZE], out[CVL_DESCRIBE_SIZE];
    char target[CVL_DESCRIBE_SIZE];
    const bool channels_differ = data->target.shape[1] != output->shape[1];
    const char *const flags =
        channels_differ ? "--kernels" : "--stride or --padding";
    return cvl_fail(
        err, CVL_ESHAPE,
        "target %s is %s, but the output for the input %s is %s; "
        "change %s",
        config->data.target, cvl_tensor_describe(&data->target, target),
        cvl_tensor_describe(&data->input, in), cvl_tensor_describe(output, out),
        config->geometry.net ? "--net" : flags);
}

cvl_status data_make_target(const struct config *config,
                            const cvl_conv2d_geometry *layer,
                            const cvl_exec *exec, const cvl_tensor *output,
                            struct data *data, cvl_error *err)
{
    const char *const text = config->data.target;
    cvl_status status = CVL_OK;
    if (made_is_target(text))
        status = made_target(text, layer, exec, &data->input, output,
                             &data->target, err);
    return status ? status : check_target(config, output, data, err);
}

static cvl_status widen(cvl_tensor *copy, const cvl_tensor *tensor,
                        cvl_error *err)
{
    const cvl_status status =
        cvl_tensor_init(copy, CVL_F64, tensor->ndim, tensor->shape, err);
    for (size_t i = 0; !status && i < tensor->count; i++)
        cvl_tensor_set(copy, i, cvl_tensor_get(tensor, i));
    return status;
}

cvl_status data_read_exact(const struct config *config, const struct data *data,
                           struct data *exact, cvl_error *err)
{
    struct config quiet = *config;
    quiet.output.quiet = true;
    cvl_status status = data_is_file(config->data.input)
                            ? data_make_input(&quiet, CVL_F64, NULL, exact, err)
                            : widen(&exact->input, &data->input, err);
    if (!status)
        status = data_is_file(config->data.target)
                     ? data_read_target(&quiet, CVL_F64, exact, err)
                     : widen(&exact->target, &data->target, err);
    if (!status) /* a file may have changed meanwhile */
        status = cvl_tensor_check(config->data.input, &exact->input, CVL_F64, 4,
                                  data->input.shape, err);
    return status ? status
                  : cvl_tensor_check(config->data.target, &exact->target,
                                     CVL_F64, 4, data->target.shape, err);
}
