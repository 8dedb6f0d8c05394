/* held_out.c - see held_out.h for the contract. */
#include "held_out.h"

#include <math.h>
#include <string.h>

/* Apart from every stream that --seed starts. */
static const uint32_t NOISE_SEED = 0x6e6f6973;

static double psnr(const cvl_tensor *a, const cvl_tensor *b)
{
    double sum = 0;
    for (size_t i = 0; i < a->count; i++) {
        const double d = cvl_tensor_get(a, i) - cvl_tensor_get(b, i);
        sum += d * d;
    }
    return -10 * log10(sum / (double)a->count);
}

static cvl_status make_room(struct held_out *held_out, const size_t shape[4],
                            cvl_dtype dtype, cvl_error *err)
{
    cvl_tensor *const all[] = {&held_out->input, &held_out->target,
                               &held_out->restored};
    cvl_status status = CVL_OK;
    for (size_t i = 0; !status && i < 3; i++)
        status = cvl_tensor_init(all[i], dtype, 4, shape, err);
    return status;
}

cvl_status held_out_init(struct held_out *held_out,
                         const struct patches *patches,
                         const cvl_net_config *config, uint32_t seed,
                         cvl_error *err)
{
    const struct pair *const pair = &patches->held_out;
    cvl_net_config own = *config;
    cvl_random random;
    *held_out =
        (struct held_out){.name = pair->name, .residual = patches->residual};
    const size_t height =
        pair->height < HELD_OUT_SIDE ? pair->height : HELD_OUT_SIDE;
    const size_t width =
        pair->width < HELD_OUT_SIDE ? pair->width : HELD_OUT_SIDE;
    const size_t shape[4] = {1, pair->channels, height, width};
    memcpy(own.input_shape, shape, sizeof shape);
    cvl_status status = cvl_net_build(&held_out->net, &own, err);
    if (!status) status = make_room(held_out, shape, own.dtype, err);
    if (!status && cvl_tensor_check_like("", &held_out->net.output,
                                         &held_out->input, NULL))
        status = cvl_fail(err, CVL_EINVAL,
                          "with --degrade, the output must be as large as the "
                          "input; use padding=same and stride=1, and as many "
                          "kernels at the end as there are channels (%zu)",
                          pair->channels);
    if (status) return status;
    struct patches whole = *patches;
    whole.residual = false;
    const struct place middle = {.top = (pair->height - height) / 2,
                                 .left = (pair->width - width) / 2};
    cvl_random_seed(&random, seed ^ NOISE_SEED);
    patches_cut(&whole, pair, &middle, &random, 0, &held_out->input,
                &held_out->target);
    held_out->baseline = psnr(&held_out->input, &held_out->target);
    return CVL_OK;
}

void held_out_measure(struct held_out *held_out, const cvl_net *net)
{
    cvl_net *const own = &held_out->net;
    cvl_tensor *const restored = &held_out->restored;
    for (size_t i = 0; i < own->param_count; i++)
        cvl_tensor_copy(&own->params[i].value, &net->params[i].value);
    cvl_net_forward(own, &held_out->input);
    for (size_t i = 0; i < restored->count; i++) {
        const double base =
            held_out->residual ? cvl_tensor_get(&held_out->input, i) : 0;
        cvl_tensor_set(restored, i, base + cvl_tensor_get(&own->output, i));
    }
    held_out->psnr = psnr(restored, &held_out->target);
}

const char *held_out_baseline_name(const struct patches *patches)
{
    return patches->degrade.kind == DEGRADE_DOWN ? "bicubic" : "doing nothing";
}

void held_out_free(struct held_out *held_out)
{
    cvl_net_free(&held_out->net);
    cvl_tensor_free(&held_out->input);
    cvl_tensor_free(&held_out->target);
    cvl_tensor_free(&held_out->restored);
    *held_out = (struct held_out){0};
}
