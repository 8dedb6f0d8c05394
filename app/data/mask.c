/* mask.c - see mask.h for the contract. */
#include "data/mask.h"

/* Along one axis, the outputs low .. high - 1 see no padding. */
struct span {
    size_t low, high;
};

/* The outputs of one convolution whose windows lie within the span. */
static struct span through(struct span in, size_t stride, size_t pad,
                           size_t reach, size_t outputs)
{
    struct span out = {outputs, outputs};
    for (size_t p = 0; p < outputs; p++) {
        const size_t first = p * stride;
        if (first < in.low + pad) continue;
        if (first + reach >= in.high + pad) {
            out.high = p;
            break;
        }
        if (out.low == outputs) out.low = p;
    }
    if (out.high < out.low) out.high = out.low;
    return out;
}

/* What layer `index` makes of the spans of its input's rows and columns. */
static void follow(const cvl_net *net, size_t index, size_t shape[2],
                   struct span spans[2])
{
    cvl_layer_info info;
    cvl_net_layer_info(net, index, &info);
    const size_t *const out = info.output_shape + 2;
    if (info.conv) {
        const cvl_conv2d_geometry *const g = &info.conv->geometry;
        spans[0] = through(spans[0], g->stride_y, g->pad_top,
                           g->dilation_y * (g->kernel_height - 1), out[0]);
        spans[1] = through(spans[1], g->stride_x, g->pad_left,
                           g->dilation_x * (g->kernel_width - 1), out[1]);
    } else {
        /* What enlarges, enlarges the span as well. */
        for (size_t i = 0; i < 2; i++)
            spans[i] = (struct span){spans[i].low * (out[i] / shape[i]),
                                     spans[i].high * (out[i] / shape[i])};
    }
    shape[0] = out[0];
    shape[1] = out[1];
}

static size_t fill(const cvl_tensor *target, const struct span spans[2],
                   bool clips, cvl_tensor *mask)
{
    const size_t rows = mask->shape[2], columns = mask->shape[3];
    size_t used = 0;
    for (size_t i = 0; i < mask->count; i++) {
        const size_t row = i / columns % rows, column = i % columns;
        const double value = cvl_tensor_get(target, i);
        const bool counts = row >= spans[0].low && row < spans[0].high &&
                            column >= spans[1].low && column < spans[1].high &&
                            !(clips && (value <= 0 || value >= 1));
        cvl_tensor_set(mask, i, counts ? 1 : 0);
        used += counts;
    }
    return used;
}

cvl_status mask_make(const struct config *config, const cvl_net *net,
                     const cvl_tensor *target, bool clips, cvl_tensor *mask,
                     size_t *used, cvl_error *err)
{
    clips = clips && config->training.mask_clipped;
    *mask = (cvl_tensor){0};
    *used = target->count;
    if (config->training.region == REGION_ALL && !clips) return CVL_OK;
    size_t shape[2] = {net->input.shape[2], net->input.shape[3]};
    struct span spans[2] = {{0, shape[0]}, {0, shape[1]}};
    for (size_t i = 0; i < net->layer_count; i++) follow(net, i, shape, spans);
    if (config->training.region == REGION_ALL) {
        spans[0] = (struct span){0, shape[0]};
        spans[1] = (struct span){0, shape[1]};
    }
    if (spans[0].low >= spans[0].high || spans[1].low >= spans[1].high)
        return cvl_fail(err, CVL_EINVAL,
                        "every output depends on the padding; use --region "
                        "all, or a smaller kernel");
    cvl_status status = cvl_tensor_init_like(mask, target, err);
    if (status) return status;
    *used = fill(target, spans, clips, mask);
    if (*used == target->count) cvl_tensor_free(mask);
    if (!*used) {
        cvl_tensor_free(mask);
        return cvl_fail(err, CVL_EINVAL,
                        "every pixel of %s is black or white and may be "
                        "clipped; use --no-mask-clipped",
                        config->data.target);
    }
    return CVL_OK;
}
