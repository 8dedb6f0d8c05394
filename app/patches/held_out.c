/* held_out.c - see held_out.h for the contract. */
#include "patches/held_out.h"

#include <assert.h>
#include <string.h>

#include "pictures/psnr.h"
#include "pictures/resample.h"

/* Apart from every stream that --seed starts. */
static const uint32_t NOISE_SEED = 0x6e6f6973;

/* Of one axis: at most HELD_OUT_SIDE, and a multiple of the step if it can. */
static size_t side_of(size_t size, size_t scale)
{
    if (size > HELD_OUT_SIDE) size = HELD_OUT_SIDE;
    const size_t step = HELD_OUT_STEP * scale;
    return size < step ? size - size % scale : size - size % step;
}

static cvl_status make_room(struct held_out *held_out, const size_t in[4],
                            const size_t out[4], cvl_dtype dtype,
                            cvl_error *err)
{
    cvl_tensor *const all[] = {&held_out->target, &held_out->base,
                               &held_out->restored};
    cvl_status status = cvl_tensor_init(&held_out->input, dtype, 4, in, err);
    for (size_t i = 0; !status && i < 3; i++)
        status = cvl_tensor_init(all[i], dtype, 4, out, err);
    return status;
}

static cvl_status check_output(const struct held_out *held_out, size_t scale,
                               cvl_error *err)
{
    const size_t channels = held_out->target.shape[1];
    if (!cvl_tensor_check_like("", &held_out->net.output, &held_out->target,
                               NULL))
        return CVL_OK;
    if (scale > 1)
        return cvl_fail(err, CVL_EINVAL,
                        "with --degrade shrink:%zu, the output must be %zu "
                        "times as large as the input, with as many channels "
                        "(%zu); use padding=same, and end with conv %zu 3x3 "
                        "padding=same, shuffle %zu",
                        scale, scale, channels, channels * scale * scale,
                        scale);
    return cvl_fail(err, CVL_EINVAL,
                    "with --degrade, the output must be as large as the input; "
                    "use padding=same and stride=1, and as many kernels at the "
                    "end as there are channels (%zu)",
                    channels);
}

/* Does the net make of a larger picture what it should? */
static bool takes_larger(const cvl_net_config *config, size_t scale)
{
    cvl_net_config larger = *config;
    cvl_net net;
    larger.input_shape[2] = larger.input_shape[3] = HELD_OUT_SIDE;
    if (cvl_net_plan(&net, &larger, NULL)) return false;
    const bool fits = net.output.shape[1] == config->input_shape[1] &&
                      net.output.shape[2] == HELD_OUT_SIDE * scale &&
                      net.output.shape[3] == HELD_OUT_SIDE * scale;
    cvl_net_free(&net);
    return fits;
}

/* The best that a blur can do against the noise, to a tenth of a pixel. Wider
 * ones cost more and, once they have got worse, get no better. */
static cvl_status find_blur(struct held_out *held_out, cvl_error *err)
{
    const size_t height = held_out->target.shape[2];
    const size_t width = held_out->target.shape[3];
    cvl_tensor *const blurred = &held_out->restored;
    size_t worse = 0;
    for (size_t tenths = 1; tenths <= 40 && worse < 3; tenths++) {
        struct resampler rows = {0}, columns = {0};
        const double sigma = (double)tenths / 10;
        cvl_status status = resampler_gaussian(&rows, height, sigma, err);
        if (!status) status = resampler_gaussian(&columns, width, sigma, err);
        if (!status)
            status =
                resample_once(&rows, &columns, &held_out->input, blurred, err);
        resampler_free(&rows);
        resampler_free(&columns);
        if (status) return status;
        const double found = psnr_between(blurred, &held_out->target);
        worse++;
        if (tenths > 1 && found <= held_out->blur) continue;
        worse = 0;
        held_out->blur = found;
        held_out->blur_sigma = sigma;
    }
    return CVL_OK;
}

cvl_status held_out_init(struct held_out *held_out,
                         const struct patches *patches,
                         const cvl_net_config *config, uint32_t seed,
                         cvl_error *err)
{
    const struct pair *const pair = &patches->held_out;
    const size_t scale = patches->scale;
    assert(scale > 0);
    cvl_net_config own = *config;
    cvl_random random;
    *held_out =
        (struct held_out){.name = pair->name, .residual = patches->residual};
    const size_t height = side_of(pair->clean.shape[2], scale);
    const size_t width = side_of(pair->clean.shape[3], scale);
    const size_t out[4] = {1, pair->clean.shape[1], height, width};
    const size_t in[4] = {1, pair->clean.shape[1], height / scale,
                          width / scale};
    memcpy(own.input_shape, in, sizeof in);
    cvl_status status = cvl_net_build(&held_out->net, &own, err);
    /* As whoever applies the model sees it, and with no trace in what the
     * layers keep of their batches. */
    if (!status) cvl_net_set_mode(&held_out->net, CVL_MODE_EVAL);
    if (!status) status = make_room(held_out, in, out, own.dtype, err);
    if (!status) status = check_output(held_out, scale, err);
    if ((status == CVL_EINVAL || status == CVL_ESHAPE) &&
        takes_larger(&own, scale))
        return cvl_fail(err, status,
                        "%s: is held out, and too small for the net at %zu x "
                        "%zu (height x width); choose a larger one with "
                        "--validation",
                        pair->name, in[2], in[3]);
    if (status) return status;
    struct patches whole = *patches;
    whole.residual = false;
    const struct place middle = {
        .top = (pair->clean.shape[2] - height) / 2 / scale * scale,
        .left = (pair->clean.shape[3] - width) / 2 / scale * scale};
    cvl_random_seed(&random, seed ^ NOISE_SEED);
    patches_cut(&whole, pair, &middle, &random, 0, &held_out->input,
                &held_out->target, &held_out->base);
    held_out->baseline = psnr_between(&held_out->base, &held_out->target);
    return patches->degrade.kind == DEGRADE_NOISE ? find_blur(held_out, err)
                                                  : CVL_OK;
}

void held_out_measure(struct held_out *held_out, const cvl_net *net)
{
    cvl_net *const own = &held_out->net;
    cvl_tensor *const restored = &held_out->restored;
    cvl_net_share_params(own, net);
    cvl_net_forward(own, &held_out->input);
    for (size_t i = 0; i < restored->count; i++) {
        const double base =
            held_out->residual ? cvl_tensor_get(&held_out->base, i) : 0;
        cvl_tensor_set(restored, i, base + cvl_tensor_get(&own->output, i));
    }
    held_out->psnr = psnr_between(restored, &held_out->target);
}

const char *held_out_baseline_name(const struct patches *patches)
{
    return patches->degrade.kind == DEGRADE_DOWN ||
                   patches->degrade.kind == DEGRADE_SHRINK
               ? "bicubic"
               : "doing nothing";
}

void held_out_free(struct held_out *held_out)
{
    cvl_net_free(&held_out->net);
    cvl_tensor_free(&held_out->input);
    cvl_tensor_free(&held_out->target);
    cvl_tensor_free(&held_out->base);
    cvl_tensor_free(&held_out->restored);
    *held_out = (struct held_out){0};
}
