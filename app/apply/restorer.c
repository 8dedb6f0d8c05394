/* restorer.c - see restorer.h for the contract. */
#include "apply/restorer.h"

#include <string.h>

#include <convlet/number.h>

#include "data/arrays.h"
#include "pictures/resample.h"
#include "pictures/srgb.h"

/* What its file says of the way to use it. */
static cvl_status read_about(struct restorer *restorer, cvl_error *err)
{
    cvl_model_about about;
    const cvl_status status =
        cvl_model_read_about(&restorer->model, &about, err);
    if (status) return status;
    restorer->linear =
        about.scaling && strcmp(about.scaling, CVL_MODEL_SCALING_LINEAR) == 0;
    restorer->residual = about.residual;
    restorer->color = about.color;
    return CVL_OK;
}

cvl_status restorer_take(struct restorer *restorer, cvl_model *model,
                         const struct restorer_options *options, cvl_error *err)
{
    *restorer = (struct restorer){.model = *model};
    *model = (cvl_model){0};
    const cvl_net *const net = &restorer->model.net;
    cvl_status status = read_about(restorer, err);
    if (!status) {
        const cvl_net_config config = {.spec = restorer->model.spec,
                                       .input_shape = {1, net->input.shape[1]},
                                       .dtype = net->input.dtype,
                                       .algo = options->algorithm,
                                       .exec = options->exec};
        status =
            cvl_tiler_init(&restorer->tiler, &config, net, options->tile, err);
    }
    if (status) restorer_free(restorer);
    return status;
}

/* Is only the luminance of this array to go through the net? */
static bool takes_luma(const struct restorer *restorer, const size_t shape[4])
{
    return restorer->color == CVL_COLOR_Y && shape[1] == 3;
}

static cvl_status check_channels(const struct restorer *restorer,
                                 const size_t shape[4], cvl_error *err)
{
    const cvl_net *const net = &restorer->model.net;
    const size_t in = net->input.shape[1], out = net->output.shape[1];
    const size_t channels = shape[1];
    if (channels == in || takes_luma(restorer, shape)) return CVL_OK;
    if (restorer->color == CVL_COLOR_Y)
        return cvl_fail(err, CVL_ESHAPE,
                        "has %zu channels, but the model is for the luminance "
                        "of 1, grey, or 3, red green blue",
                        channels);
    if (in == 1 && out == 1) return CVL_OK;
    return cvl_fail(err, CVL_ESHAPE,
                    "has %zu channel%s, but the model takes %zu", channels,
                    cvl_plural(channels), in);
}

/* The next size that the strides leave no rest of. */
static size_t without_rest(const cvl_tiler_axis *axis, size_t size)
{
    const size_t rest = size % axis->period;
    return rest ? size + axis->period - rest : size;
}

/* Does the net keep this size, or enlarge it by the whole number that its
 * layers enlarge by? */
static bool keeps(const cvl_tiler_axis *axis, size_t size, size_t outputs)
{
    return axis->per % axis->period == 0 &&
           outputs == size * (axis->per / axis->period);
}

/* How many outputs the net makes along an axis of an array of `size`; 0 where
 * not even one window fits. */
static cvl_status outputs_of(const cvl_tiler *tiler, const size_t size[2],
                             size_t axis, size_t *outputs, cvl_error *err)
{
    cvl_net whole;
    cvl_net_config config = tiler->config;
    memcpy(config.input_shape + 2, size, 2 * sizeof *size);
    const cvl_status status = cvl_net_plan(&whole, &config, err);
    *outputs = status ? 0 : whole.output.shape[2 + axis];
    cvl_net_free(&whole);
    return status == CVL_EINVAL ? CVL_OK : status;
}

/*
 * The tiler is given the array as it is, with one exception: a net that goes
 * down to a coarser grid and up again keeps the sizes that its strides divide,
 * and only those; of others it is given what they lack.
 */
static cvl_status prepare_tiler(struct restorer *restorer, const size_t size[2],
                                cvl_error *err)
{
    cvl_tiler *const tiler = &restorer->tiler;
    const cvl_tiler_axis *const axes[2] = {&tiler->y, &tiler->x};
    const size_t larger[2] = {without_rest(axes[0], size[0]),
                              without_rest(axes[1], size[1])};
    size_t given[2] = {size[0], size[1]};
    for (size_t i = 0; i < 2; i++) {
        if (size[i] == larger[i]) continue;
        size_t as_it_is[2] = {larger[0], larger[1]}, made, made_larger;
        as_it_is[i] = size[i];
        cvl_status status = outputs_of(tiler, as_it_is, i, &made, err);
        if (!status) status = outputs_of(tiler, larger, i, &made_larger, err);
        if (status) return status;
        if (!keeps(axes[i], size[i], made) &&
            keeps(axes[i], larger[i], made_larger))
            given[i] = larger[i];
    }
    return cvl_tiler_prepare(tiler, given[0], given[1], err);
}

/* And what belongs to these of the outputs. */
static size_t results(const cvl_tiler_axis *axis, size_t size)
{
    const size_t more = (axis->in - size) * axis->per / axis->period;
    return axis->out > more ? axis->out - more : 1;
}

/* How often `size` goes into `result`; 0 where that leaves a rest. */
static size_t times(size_t result, size_t size)
{
    return result % size ? 0 : result / size;
}

cvl_status restorer_prepare(struct restorer *restorer, const size_t shape[4],
                            size_t result[4], cvl_error *err)
{
    cvl_tiler *const tiler = &restorer->tiler;
    const cvl_net *const net = &restorer->model.net;
    cvl_status status = check_channels(restorer, shape, err);
    if (!status) status = prepare_tiler(restorer, shape + 2, err);
    if (status) return status;
    const size_t size[2] = {results(&tiler->y, shape[2]),
                            results(&tiler->x, shape[3])};
    const size_t enlarges = times(size[0], shape[2]);
    restorer->enlarges = enlarges == times(size[1], shape[3]) ? enlarges : 0;
    if (!restorer->enlarges &&
        (restorer->residual || takes_luma(restorer, shape)))
        return cvl_fail(err, CVL_ESHAPE,
                        "the net makes %zu rows of %zu, but what it makes is "
                        "added to its input; train it with padding=same",
                        size[0], shape[2]);
    const bool in_parts = shape[1] != net->input.shape[1];
    result[0] = shape[0];
    result[1] = in_parts ? shape[1] : net->output.shape[1];
    result[2] = size[0];
    result[3] = size[1];
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
    return runs(restorer, shape) * cvl_tiler_tiles(&restorer->tiler);
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

/* Replaces *tensor by one of that size; nothing where it has it. */
static cvl_status resize(cvl_tensor *tensor, size_t height, size_t width,
                         cvl_error *err)
{
    cvl_tensor resized;
    if (tensor->shape[2] == height && tensor->shape[3] == width) return CVL_OK;
    const cvl_status status =
        resample_fit(tensor, height, width, &resized, err);
    if (status) return status;
    cvl_tensor_free(tensor);
    *tensor = resized;
    return CVL_OK;
}

/* y = net(x), for sizes that its strides divide. */
static cvl_status run_net(struct restorer *restorer, const cvl_tensor *x,
                          cvl_tensor *y, cvl_tiler_tick *tick, void *context,
                          cvl_error *err)
{
    const cvl_net *const net = &restorer->model.net;
    const size_t count = x->shape[0] * x->shape[1] / net->input.shape[1];
    const size_t shape[4] = {
        x->shape[0], x->shape[1] / net->input.shape[1] * net->output.shape[1],
        restorer->tiler.y.out, restorer->tiler.x.out};
    const cvl_status status = cvl_tensor_init(y, x->dtype, 4, shape, err);
    for (size_t i = 0; !status && i < count; i++) {
        const cvl_tensor from = part_of(x, i, count);
        cvl_tensor to = part_of(y, i, count);
        cvl_tiler_run(&restorer->tiler, &from, &to, tick, context);
    }
    return status;
}

/* Replaces *tensor by itself as large as the result. */
static cvl_status enlarge(const struct restorer *restorer, cvl_tensor *tensor,
                          cvl_error *err)
{
    cvl_tensor large;
    if (restorer->enlarges == 1) return CVL_OK;
    const cvl_status status =
        resample_enlarge(tensor, restorer->enlarges, &large, err);
    if (status) return status;
    cvl_tensor_free(tensor);
    *tensor = large;
    return CVL_OK;
}

/* y = the net's answer to x, of any channels that were prepared for; x is as
 * large as y then where it was added. */
static cvl_status answer(struct restorer *restorer, cvl_tensor *x,
                         cvl_tensor *y, cvl_tiler_tick *tick, void *context,
                         cvl_error *err)
{
    const cvl_tiler *const tiler = &restorer->tiler;
    const size_t size[2] = {x->shape[2], x->shape[3]};
    const size_t result[2] = {results(&tiler->y, size[0]),
                              results(&tiler->x, size[1])};
    cvl_status status = resize(x, tiler->y.in, tiler->x.in, err);
    if (!status) status = run_net(restorer, x, y, tick, context, err);
    if (!status) status = resize(y, result[0], result[1], err);
    if (!status) status = resize(x, size[0], size[1], err);
    if (status || !restorer->residual) return status;
    status = enlarge(restorer, x, err);
    if (!status) add(y, x);
    return status;
}

static cvl_status luma_of(const cvl_tensor *rgb, cvl_tensor *luma,
                          cvl_error *err)
{
    const size_t shape[4] = {rgb->shape[0], 1, rgb->shape[2], rgb->shape[3]};
    const cvl_status status = cvl_tensor_init(luma, rgb->dtype, 4, shape, err);
    if (!status) srgb_luminance_all(rgb, luma);
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
                        cvl_tiler_tick *tick, void *context, cvl_error *err)
{
    cvl_tensor luma = {0}, result = {0};
    const cvl_dtype dtype = restorer->model.net.input.dtype;
    const bool by_luma = takes_luma(restorer, tensor->shape);
    cvl_status status = array_convert(tensor, dtype, err);
    if (!status && by_luma) status = luma_of(tensor, &luma, err);
    if (!status)
        status = answer(restorer, by_luma ? &luma : tensor, &result, tick,
                        context, err);
    if (!status && by_luma && restorer->enlarges != 1) {
        status = enlarge(restorer, tensor, err);
        cvl_tensor_free(&luma);
        if (!status) status = luma_of(tensor, &luma, err);
    }
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
    cvl_tiler_free(&restorer->tiler);
    cvl_model_free(&restorer->model);
    *restorer = (struct restorer){0};
}
