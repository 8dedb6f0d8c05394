/* model.c - see model.h for the contract. */
#include "convlet/model.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convlet/model_content.h"
#include "convlet/model_match.h"
#include "convlet/number.h"
#include "convlet/size.h"

static const char KEY_NET[] = "net";
static const char KEY_SHAPE[] = "input_shape";
static const char KEY_DTYPE[] = "dtype";
static const char KEY_SCALING[] = "input_scaling";
static const char KEY_VERSION[] = "convlet_version";
static const char KEY_RESIDUAL[] = "residual";
static const char KEY_COLOR[] = "color";
static const char KEY_CLASSES[] = "classes";
static const char KEY_DIVISOR[] = "input_divisor";
static const char KEY_MEAN[] = "input_mean";
static const char KEY_DEVIATION[] = "input_deviation";
static const char KEY_PREPARATION[] = "preparation";

/* By whether it is, and by cvl_model_color. */
static const char *const RESIDUAL[] = {"no", "yes", NULL};
static const char *const COLORS[] = {"keep", "rgb", "y", NULL};

/* One more entry, if there is anything to say. */
static void say(cvl_model_metadata *metadata, const char *key,
                const char *value)
{
    if (value)
        metadata->entries[metadata->count++] = (cvl_metadata_entry){key, value};
}

void cvl_model_describe(const cvl_model_about *about, const cvl_net *net,
                        cvl_model_metadata *metadata)
{
    const size_t *const shape = net->input.shape;
    snprintf(metadata->input_shape, sizeof metadata->input_shape,
             "%zux%zux%zux%zu", shape[0], shape[1], shape[2], shape[3]);
    metadata->count = 0;
    say(metadata, KEY_NET, about->spec);
    say(metadata, KEY_SHAPE, metadata->input_shape);
    say(metadata, KEY_DTYPE, cvl_dtype_name(net->input.dtype));
    say(metadata, KEY_SCALING, about->scaling);
    say(metadata, KEY_VERSION, CONVLET_VERSION);
    say(metadata, KEY_RESIDUAL, about->residual ? RESIDUAL[true] : NULL);
    say(metadata, KEY_COLOR, about->color ? COLORS[about->color] : NULL);
    say(metadata, KEY_CLASSES, about->classes);
    say(metadata, KEY_DIVISOR,
        about->divisor > 0
            ? cvl_number_format(about->divisor, metadata->divisor)
            : NULL);
    say(metadata, KEY_MEAN, about->mean);
    say(metadata, KEY_DEVIATION, about->mean ? about->deviation : NULL);
    say(metadata, KEY_PREPARATION, about->preparation);
}

static size_t list(const cvl_param *params, size_t count,
                   cvl_named_tensor *tensors)
{
    for (size_t i = 0; i < count; i++)
        tensors[i] = (cvl_named_tensor){params[i].name, params[i].value};
    return count;
}

size_t cvl_model_list(
    const cvl_net *net,
    cvl_named_tensor tensors[CVL_MAX_PARAMS + CVL_MAX_BUFFERS])
{
    const size_t count = list(net->params, net->param_count, tensors);
    return count + list(net->buffers, net->buffer_count, tensors + count);
}

void cvl_model_gather(const cvl_model_about *about, const cvl_net *net,
                      cvl_model_content *content)
{
    cvl_model_describe(about, net, &content->metadata);
    content->file =
        (cvl_safetensors){.tensor_count = cvl_model_list(net, content->tensors),
                          .tensors = content->tensors,
                          .metadata_count = content->metadata.count,
                          .metadata = content->metadata.entries};
}

cvl_status cvl_model_format(const cvl_model_about *about, const cvl_net *net,
                            cvl_bytes *bytes, cvl_error *err)
{
    cvl_model_content content;
    cvl_model_gather(about, net, &content);
    return cvl_safetensors_format(&content.file, bytes, err);
}

/* The text of a key that a model must have. */
static cvl_status read_text(const cvl_model *model, const char *key,
                            const char **text, cvl_error *err)
{
    *text = cvl_safetensors_metadata(&model->file, key);
    if (*text) return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT,
                    "its metadata has no '%s'; is it a model that convlet "
                    "wrote?",
                    key);
}

/* Reads "1x3x512x512": four sizes of 1 or more. */
static cvl_status read_shape(const cvl_model *model, size_t shape[4],
                             cvl_error *err)
{
    const char *text;
    const cvl_status status = read_text(model, KEY_SHAPE, &text, err);
    if (status) return status;
    const char *at = text;
    for (size_t i = 0; i < 4; i++) {
        const char after = i < 3 ? 'x' : '\0';
        if (*at == '0' || !cvl_size_parse(&at, NULL, &shape[i]) ||
            shape[i] > SIZE_MAX / 16 || *at++ != after)
            return cvl_fail(err, CVL_EFORMAT,
                            "input_shape '%.64s' is not four sizes such as "
                            "1x3x512x512",
                            text);
    }
    return CVL_OK;
}

static cvl_status read_dtype(const cvl_model *model, cvl_dtype *dtype,
                             cvl_error *err)
{
    const char *text;
    const cvl_status status = read_text(model, KEY_DTYPE, &text, err);
    if (status) return status;
    for (*dtype = CVL_F32; *dtype <= CVL_F64; (*dtype)++)
        if (strcmp(text, cvl_dtype_name(*dtype)) == 0) return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT,
                    "dtype '%.64s' is neither float32 nor float64", text);
}

static cvl_status plan_net(cvl_model *model, cvl_error *err)
{
    cvl_net_config config = {.algo = CVL_CONV_DIRECT,
                             .exec = cvl_exec_default()};
    cvl_status status = read_text(model, KEY_NET, &model->spec, err);
    if (!status) status = read_shape(model, config.input_shape, err);
    if (!status) status = read_dtype(model, &config.dtype, err);
    if (status) return status;
    config.spec = model->spec;
    cvl_error why;
    status = cvl_net_plan(&model->net, &config, &why);
    if (!status) cvl_net_set_mode(&model->net, CVL_MODE_EVAL);
    if (!status) return CVL_OK;
    /* What a file asks for in vain is the file's fault. */
    return cvl_fail(err, status == CVL_ENOMEM ? status : CVL_EFORMAT,
                    "its net: %s", why.message);
}

/* CVL_EUNSUPPORTED where the param is there, but unread. */
static cvl_status check_read(const cvl_safetensors *file, const char *name,
                             cvl_error *err)
{
    const cvl_unread_tensor *const unread = cvl_safetensors_unread(file, name);
    char why[CVL_UNREAD_SIZE];
    if (!unread) return CVL_OK;
    return cvl_fail(err, CVL_EUNSUPPORTED, "%s", cvl_unread_why(unread, why));
}

/* One param of the planned net: its numbers stay the file's. */
static cvl_status take_param(const cvl_model *model, cvl_param *param,
                             const cvl_tensor *value, cvl_error *err)
{
    const char *const name = param->name;
    const cvl_status status = check_read(&model->file, name, err);
    if (status) return status;
    if (!value)
        return cvl_fail(err, CVL_EFORMAT, "%s is missing for its net '%.64s'",
                        name, model->spec);
    cvl_error why;
    if ((value->dtype != param->value.dtype ||
         !cvl_model_shape_fits(value, param)) &&
        cvl_tensor_check_like(name, value, &param->value, &why))
        return cvl_fail(err, CVL_EFORMAT, "%s", why.message);
    param->value.data = value->data;
    return CVL_OK;
}

/* A file that says its net has its params under their names. */
static cvl_status take_params(cvl_model *model, bool loose, cvl_error *err)
{
    cvl_model_match match;
    cvl_status status = CVL_OK;
    cvl_model_match_find(&match, &model->file, &model->net, loose);
    model->by_order = match.by_order;
    for (size_t i = 0; !status && i < match.count; i++)
        status = take_param(model, match.params[i], match.values[i], err);
    if (!status && model->file.tensor_count > match.count)
        status = cvl_fail(
            err, CVL_EFORMAT,
            "it has %zu array%s, more than the %zu param%s of its "
            "net '%.64s'",
            model->file.tensor_count, cvl_plural(model->file.tensor_count),
            match.count, cvl_plural(match.count), model->spec);
    return status;
}

/* As plan_net and take_params, where the file says nothing of its net: it is
 * tried with as many input channels as there may be. */
static cvl_status fit_spec(cvl_model *model, const char *spec, cvl_error *err)
{
    enum { SIZE = 512, GROUPS = 1024 };
    const cvl_safetensors *const file = &model->file;
    const cvl_tensor *first = cvl_safetensors_find(file, "0.weight");
    cvl_error tried;
    if (cvl_safetensors_metadata(file, KEY_NET))
        return cvl_fail(err, CVL_EINVAL,
                        "says itself that its net is '%.64s'; it takes no "
                        "other",
                        cvl_safetensors_metadata(file, KEY_NET));
    if (!first && file->tensor_count) first = &file->tensors[0].tensor;
    const size_t channels = first && first->ndim == 4 ? first->shape[1] : 1;
    cvl_net_config config = {.spec = spec,
                             .dtype = first ? first->dtype : CVL_F32,
                             .algo = CVL_CONV_DIRECT,
                             .exec = cvl_exec_default()};
    cvl_status status = CVL_OK;
    model->spec = spec;
    for (size_t groups = 1; groups <= GROUPS; groups++) {
        const size_t shape[4] = {1, groups * channels, SIZE, SIZE};
        memcpy(config.input_shape, shape, sizeof shape);
        cvl_status now = cvl_net_plan(&model->net, &config, &tried);
        cvl_net_set_mode(&model->net, CVL_MODE_EVAL);
        if (!now) now = take_params(model, true, &tried);
        if (!now) return CVL_OK;
        cvl_net_free(&model->net);
        /* The first one is the likeliest: its reason is the one to tell. */
        if (groups > 1) continue;
        status = now;
        if (err) *err = tried;
    }
    return status;
}

cvl_status cvl_model_take(cvl_safetensors *file, const char *spec,
                          cvl_model *model, cvl_error *err)
{
    *model = (cvl_model){.file = *file};
    *file = (cvl_safetensors){0};
    model->scaling = cvl_safetensors_metadata(&model->file, KEY_SCALING);
    model->version = cvl_safetensors_metadata(&model->file, KEY_VERSION);
    cvl_status status = CVL_OK;
    if (spec) {
        status = fit_spec(model, spec, err);
    } else {
        status = plan_net(model, err);
        if (!status) status = take_params(model, false, err);
    }
    if (status) cvl_model_free(model);
    return status;
}

/* The index of the value of a key among `words`, which end in NULL; 0 where
 * the model does not say. */
static cvl_status read_choice(const cvl_model *model, const char *key,
                              const char *const *words, size_t *choice,
                              cvl_error *err)
{
    const char *const text = cvl_safetensors_metadata(&model->file, key);
    *choice = 0;
    if (!text) return CVL_OK;
    for (; words[*choice]; (*choice)++)
        if (strcmp(text, words[*choice]) == 0) return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT,
                    "its metadata's %s is '%.64s', which is not one that this "
                    "convlet knows",
                    key, text);
}

double cvl_model_next_level(const char **levels)
{
    const char *const text = *levels + strspn(*levels, " "), *end;
    const double value = cvl_number_read(text, &end);
    if (end == text || (*end && *end != ' ') || !isfinite(value))
        return (double)NAN;
    *levels = end;
    return value;
}

/* One number a channel, or nothing; those of a deviation are above 0. */
static cvl_status read_levels(const cvl_model *model, const char *key,
                              double above, const char **levels, cvl_error *err)
{
    const size_t channels = model->net.input.shape[1];
    const char *const text = cvl_safetensors_metadata(&model->file, key);
    const char *at = text;
    bool fits = true;
    *levels = text;
    for (size_t c = 0; text && fits && c < channels; c++)
        fits = cvl_model_next_level(&at) > above;
    if (!text || (fits && !at[strspn(at, " ")])) return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT,
                    "its metadata's %s is '%.64s', expected %zu number%s%s",
                    key, text, channels, cvl_plural(channels),
                    above == 0 ? " above 0" : "");
}

/* What a classifier's file says. */
static cvl_status read_classes(const cvl_model *model, cvl_model_about *about,
                               cvl_error *err)
{
    const cvl_tensor *const y = &model->net.output;
    const char *const classes = about->classes;
    size_t lines = 1;
    for (const char *c = classes ? classes : ""; *c; c++) lines += *c == '\n';
    if (classes && (lines != y->shape[1] || y->shape[2] * y->shape[3] != 1))
        return cvl_fail(err, CVL_EFORMAT,
                        "it names %zu class%s, but makes %zux%zux%zu numbers",
                        lines, lines == 1 ? "" : "es", y->shape[1], y->shape[2],
                        y->shape[3]);
    const char *const divisor =
        cvl_safetensors_metadata(&model->file, KEY_DIVISOR);
    if (divisor && (!cvl_number_parse(divisor, &about->divisor) ||
                    !(about->divisor > 0) || isinf(about->divisor)))
        return cvl_fail(err, CVL_EFORMAT,
                        "its metadata's %s is '%.64s', expected a number above "
                        "0",
                        KEY_DIVISOR, divisor);
    cvl_status status =
        read_levels(model, KEY_MEAN, -HUGE_VAL, &about->mean, err);
    if (!status)
        status = read_levels(model, KEY_DEVIATION, 0, &about->deviation, err);
    if (!status && !about->mean != !about->deviation)
        return cvl_fail(err, CVL_EFORMAT,
                        "its metadata has one of %s and %s, expected both",
                        KEY_MEAN, KEY_DEVIATION);
    return status;
}

cvl_status cvl_model_read_about(const cvl_model *model, cvl_model_about *about,
                                cvl_error *err)
{
    const size_t in = model->net.input.shape[1];
    const size_t out = model->net.output.shape[1];
    const char *const classes =
        cvl_safetensors_metadata(&model->file, KEY_CLASSES);
    size_t residual, color;
    cvl_status status =
        read_choice(model, KEY_RESIDUAL, RESIDUAL, &residual, err);
    if (!status) status = read_choice(model, KEY_COLOR, COLORS, &color, err);
    if (status) return status;
    if (residual && in != out)
        return cvl_fail(err, CVL_EFORMAT,
                        "it is residual, but makes %zu channel%s of %zu", out,
                        cvl_plural(out), in);
    if (color == CVL_COLOR_Y && (in != 1 || (!classes && out != 1)))
        return cvl_fail(err, CVL_EFORMAT,
                        "its color is y, but it makes %zu channel%s of %zu, "
                        "not 1 of 1",
                        out, cvl_plural(out), in);
    *about = (cvl_model_about){.spec = model->spec,
                               .scaling = model->scaling,
                               .residual = residual == 1,
                               .color = (cvl_model_color)color,
                               .classes = classes};
    about->preparation =
        cvl_safetensors_metadata(&model->file, KEY_PREPARATION);
    return read_classes(model, about, err);
}

void cvl_model_free(cvl_model *model)
{
    cvl_net_free(&model->net);
    cvl_safetensors_free(&model->file);
    *model = (cvl_model){0};
}

/* Is this array, up to its dtype, for the param? */
static cvl_status check_param(const cvl_safetensors *file,
                              const cvl_param *param, const cvl_tensor *from,
                              cvl_error *err)
{
    const char *const name = param->name;
    cvl_status status = check_read(file, name, err);
    if (status) return status;
    if (!from)
        return cvl_fail(err, CVL_ESHAPE, "has no %s, which the net has", name);
    if (!cvl_model_shape_fits(from, param))
        status = cvl_tensor_check(name, from, from->dtype, param->value.ndim,
                                  param->value.shape, err);
    if (status) return status;
    const size_t bad = cvl_tensor_first_nonfinite(from);
    if (bad == from->count) return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT,
                    "element %zu of %s is %g; every one must be finite", bad,
                    name, cvl_tensor_get(from, bad));
}

/* The first array that nothing in the net is called as; NULL: none. */
static const char *find_stranger(const cvl_safetensors *file,
                                 const cvl_model_match *match)
{
    for (size_t i = 0; i < file->tensor_count; i++) {
        size_t at = 0;
        while (at < match->count &&
               strcmp(match->params[at]->name, file->tensors[i].name) != 0)
            at++;
        if (at == match->count) return file->tensors[i].name;
    }
    return NULL;
}

cvl_status cvl_model_copy_params(const cvl_safetensors *file, cvl_net *net,
                                 bool *by_order, cvl_error *err)
{
    cvl_model_match match;
    cvl_status status = CVL_OK;
    cvl_model_match_find(&match, file, net, true);
    for (size_t i = 0; !status && i < match.count; i++) {
        const cvl_param *const param = match.params[i];
        if (match.values[i] || !cvl_model_is_buffer(net, param))
            status = check_param(file, param, match.values[i], err);
    }
    const char *const stranger =
        match.by_order ? NULL : find_stranger(file, &match);
    if (!status && stranger)
        status = cvl_fail(err, CVL_ESHAPE, "has '%.64s', which the net has not",
                          stranger);
    if (status) return status;
    for (size_t i = 0; i < match.count; i++)
        if (match.values[i])
            cvl_tensor_copy(&match.params[i]->value, match.values[i]);
    if (by_order) *by_order = match.by_order;
    return CVL_OK;
}
