/* restorer.c - see restorer.h for the contract. */
#include "restorer.h"

#include <string.h>

#include "arrays.h"

/* The luminance of BT.601, as JPEG has it, full range. */
static const double LUMA[] = {0.299, 0.587, 0.114};

/* The index of the value of a key among `words`, which end in NULL; 0 where
 * the model does not say. */
static cvl_status read_choice(const struct model *model, const char *key,
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

static cvl_status read_metadata(struct restorer *restorer, cvl_error *err)
{
    static const char *const answers[] = {"no", "yes", NULL};
    static const char *const colors[] = {"keep", "rgb", "y", NULL};
    const cvl_net *const net = &restorer->model.net;
    const size_t in = net->input.shape[1], out = net->output.shape[1];
    size_t residual, color;
    cvl_status status =
        read_choice(&restorer->model, "residual", answers, &residual, err);
    if (!status)
        status = read_choice(&restorer->model, "color", colors, &color, err);
    if (status) return status;
    restorer->residual = residual == 1;
    restorer->color = (enum restorer_color)color;
    if (restorer->residual && in != out)
        return cvl_fail(err, CVL_EFORMAT,
                        "it is residual, but makes %zu channels of %zu", out,
                        in);
    if (restorer->color == RESTORER_Y && (in != 1 || out != 1))
        return cvl_fail(err, CVL_EFORMAT,
                        "its color is y, but it makes %zu channels of %zu, "
                        "not 1 of 1",
                        out, in);
    return CVL_OK;
}

cvl_status restorer_load(struct restorer *restorer, const char *path,
                         const struct restorer_options *options, cvl_error *err)
{
    *restorer = (struct restorer){0};
    cvl_status status = model_load(path, &restorer->model, err);
    if (status) return status;
    status = read_metadata(restorer, err);
    if (!status)
        status = tiler_init(&restorer->tiler, &restorer->model, &options->exec,
                            options->algorithm, options->tile, err);
    if (!status) return CVL_OK;
    restorer_free(restorer);
    return cvl_error_prefix(err, status, "%s", path);
}

/* Is only the luminance of this array to go through the net? */
static bool takes_luma(const struct restorer *restorer, const size_t shape[4])
{
    return restorer->color == RESTORER_Y && shape[1] == 3;
}

static cvl_status check_channels(const struct restorer *restorer,
                                 const size_t shape[4], cvl_error *err)
{
    const cvl_net *const net = &restorer->model.net;
    const size_t in = net->input.shape[1], out = net->output.shape[1];
    const size_t channels = shape[1];
    if (channels == in || takes_luma(restorer, shape)) return CVL_OK;
    if (restorer->color == RESTORER_Y)
        return cvl_fail(err, CVL_ESHAPE,
                        "has %zu channels, but the model is for the luminance "
                        "of 1, grey, or 3, red green blue",
                        channels);
    if (in == 1 && out == 1) return CVL_OK;
    return cvl_fail(err, CVL_ESHAPE,
                    "has %zu channel%s, but the model takes %zu", channels,
                    channels == 1 ? "" : "s", in);
}

cvl_status restorer_prepare(struct restorer *restorer, const size_t shape[4],
                            size_t result[4], cvl_error *err)
{
    const struct tiler *const tiler = &restorer->tiler;
    const cvl_net *const net = &restorer->model.net;
    cvl_status status = check_channels(restorer, shape, err);
    if (!status)
        status = tiler_prepare(&restorer->tiler, shape[2], shape[3], err);
    if (status) return status;
    const bool keeps_size =
        tiler->y.out == shape[2] && tiler->x.out == shape[3];
    if (!keeps_size && (restorer->residual || takes_luma(restorer, shape)))
        return cvl_fail(err, CVL_ESHAPE,
                        "the net makes %zu rows of %zu, but what it makes is "
                        "added to its input; train it with padding=same",
                        tiler->y.out, shape[2]);
    const bool in_parts = shape[1] != net->input.shape[1];
    result[0] = shape[0];
    result[1] = in_parts ? shape[1] : net->output.shape[1];
    result[2] = tiler->y.out;
    result[3] = tiler->x.out;
    return CVL_OK;
}

/* How often the net is run on the whole of what it takes. */
static size_t runs(const struct restorer *restorer, const size_t shape[4])
{
    const size_t channels = takes_luma(restorer, shape) ? 1 : shape[1];
    return shape[0] * channels / restorer->model.net.input.shape[1];
}

size_t restorer_ticks(const struct restorer *restorer, const size_t shape[4])
{
    return runs(restorer, shape) * tiler_tiles(&restorer->tiler);
}

/* Part `index` of `count` equal ones, as [1,channels,H,W]. */
static cvl_tensor part_of(const cvl_tensor *tensor, size_t index, size_t count)
{
    const size_t shape[4] = {1, tensor->shape[0] * tensor->shape[1] / count,
                             tensor->shape[2], tensor->shape[3]};
    const size_t bytes = cvl_tensor_bytes(tensor) / count;
    return cvl_tensor_wrap(tensor->dtype, 4, shape,
                           (unsigned char *)tensor->data + index * bytes);
}

/* a += b. */
static void add(cvl_tensor *a, const cvl_tensor *b)
{
    for (size_t i = 0; i < a->count; i++)
        cvl_tensor_set(a, i, cvl_tensor_get(a, i) + cvl_tensor_get(b, i));
}

/* y = the net's answer to x, of any channels that were prepared for. */
static cvl_status answer(struct restorer *restorer, const cvl_tensor *x,
                         cvl_tensor *y, tiler_tick *tick, void *context,
                         cvl_error *err)
{
    const cvl_net *const net = &restorer->model.net;
    const size_t count = x->shape[0] * x->shape[1] / net->input.shape[1];
    const size_t shape[4] = {
        x->shape[0], x->shape[1] / net->input.shape[1] * net->output.shape[1],
        restorer->tiler.y.out, restorer->tiler.x.out};
    const cvl_status status = cvl_tensor_init(y, x->dtype, 4, shape, err);
    if (status) return status;
    for (size_t i = 0; i < count; i++) {
        const cvl_tensor from = part_of(x, i, count);
        cvl_tensor to = part_of(y, i, count);
        tiler_run(&restorer->tiler, &from, &to, tick, context);
    }
    if (restorer->residual) add(y, x);
    return CVL_OK;
}

/* luma[n,0,y,x] of rgb[n,c,y,x]. */
static cvl_status luma_of(const cvl_tensor *rgb, cvl_tensor *luma,
                          cvl_error *err)
{
    const size_t shape[4] = {rgb->shape[0], 1, rgb->shape[2], rgb->shape[3]};
    const size_t area = shape[2] * shape[3];
    const cvl_status status = cvl_tensor_init(luma, rgb->dtype, 4, shape, err);
    for (size_t i = 0; !status && i < luma->count; i++) {
        double sum = 0.0;
        for (size_t c = 0; c < 3; c++)
            sum += LUMA[c] *
                   cvl_tensor_get(rgb, (i / area * 3 + c) * area + i % area);
        cvl_tensor_set(luma, i, sum);
    }
    return status;
}

/*
 * Cb and Cr are multiples of blue - Y and red - Y. Where they are kept, every
 * colour moves by what Y moves by: there is no need to compute them.
 */
static void move_luma(cvl_tensor *rgb, const cvl_tensor *before,
                      const cvl_tensor *after)
{
    const size_t area = rgb->shape[2] * rgb->shape[3];
    for (size_t i = 0; i < rgb->count; i++) {
        const size_t at = i / area / 3 * area + i % area;
        cvl_tensor_set(rgb, i,
                       cvl_tensor_get(rgb, i) + (cvl_tensor_get(after, at) -
                                                 cvl_tensor_get(before, at)));
    }
}

cvl_status restorer_run(struct restorer *restorer, cvl_tensor *tensor,
                        tiler_tick *tick, void *context, cvl_error *err)
{
    cvl_tensor luma = {0}, result = {0};
    const cvl_dtype dtype = restorer->model.net.input.dtype;
    const bool by_luma = takes_luma(restorer, tensor->shape);
    cvl_status status = array_convert(tensor, dtype, err);
    if (!status && by_luma) status = luma_of(tensor, &luma, err);
    if (!status)
        status = answer(restorer, by_luma ? &luma : tensor, &result, tick,
                        context, err);
    if (!status && by_luma) {
        move_luma(tensor, &luma, &result);
    } else if (!status) {
        cvl_tensor_free(tensor);
        *tensor = result;
        result = (cvl_tensor){0};
    }
    cvl_tensor_free(&luma);
    cvl_tensor_free(&result);
    return status;
}

void restorer_free(struct restorer *restorer)
{
    tiler_free(&restorer->tiler);
    model_free(&restorer->model);
    *restorer = (struct restorer){0};
}
