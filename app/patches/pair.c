/* pair.c - see pair.h for the contract. */
#include "patches/pair.h"

cvl_status pair_room(const struct degrade *degrade, struct pair *pair,
                     cvl_error *err)
{
    const size_t scale = degrade_scale(degrade);
    const size_t *const shape = pair->clean.shape;
    const size_t small[4] = {1, shape[1], shape[2] / scale, shape[3] / scale};
    cvl_status status =
        cvl_tensor_init(&pair->degraded, CVL_F32, 4, small, err);
    if (!status && scale > 1)
        status = cvl_tensor_init(&pair->base, CVL_F32, 4, shape, err);
    return status;
}

/* Takes the picture over, cut at the bottom and the right. */
static cvl_status take(cvl_tensor *pixels, size_t height, size_t width,
                       cvl_tensor *clean, cvl_error *err)
{
    const size_t shape[4] = {1, pixels->shape[1], height, width};
    if (height == pixels->shape[2] && width == pixels->shape[3]) {
        *clean = *pixels;
        *pixels = (cvl_tensor){0};
        return CVL_OK;
    }
    const cvl_status status = cvl_tensor_init(clean, CVL_F32, 4, shape, err);
    if (!status) cvl_tensor_crop(clean, pixels);
    cvl_tensor_free(pixels);
    return status;
}

cvl_status pair_make(const char *name, cvl_tensor *pixels,
                     const struct degrade *degrade, const size_t least[2],
                     struct pair *pair, cvl_error *err)
{
    struct degrader degrader = {0};
    const size_t scale = degrade_scale(degrade);
    const size_t height = pixels->shape[2] - pixels->shape[2] % scale;
    const size_t width = pixels->shape[3] - pixels->shape[3] % scale;
    *pair = (struct pair){.name = name};
    if (!height || !width)
        return cvl_fail(err, CVL_EINVAL,
                        "%s: is %zu x %zu (height x width), too small to be "
                        "made %zu times smaller",
                        name, pixels->shape[2], pixels->shape[3], scale);
    if (height < least[0] || width < least[1])
        return cvl_fail(err, CVL_EINVAL,
                        "%s: is %zu x %zu (height x width), smaller than "
                        "--patch %zu,%zu",
                        name, height, width, least[0], least[1]);
    cvl_status status = take(pixels, height, width, &pair->clean, err);
    if (!status)
        status = degrader_init(&degrader, degrade, pair->clean.shape, err);
    if (status) cvl_error_prefix(err, status, "%s", name);
    if (!status) status = pair_room(degrade, pair, err);
    if (!status)
        degrader_apply(&degrader, &pair->clean, &pair->degraded, &pair->base);
    degrader_free(&degrader);
    return status;
}

void pair_free(struct pair *pair)
{
    cvl_tensor_free(&pair->clean);
    cvl_tensor_free(&pair->degraded);
    cvl_tensor_free(&pair->base);
}
