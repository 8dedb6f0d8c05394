/* mask.c - see mask.h for the contract. */
#include "data/mask.h"

#include <assert.h>

#include <convlet/window.h>

static size_t fill(const cvl_tensor *target, const cvl_extent spans[2],
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

cvl_status mask_make(const struct training_settings *settings,
                     const cvl_net *net, const cvl_tensor *target,
                     const char *clips, cvl_tensor *mask, size_t *used,
                     cvl_error *err)
{
    if (!settings->mask_clipped) clips = NULL;
    *mask = (cvl_tensor){0};
    *used = target->count;
    if (settings->region == REGION_ALL && !clips) return CVL_OK;
    cvl_extent spans[2];
    for (size_t i = 0; i < 2; i++) {
        const bool fits =
            cvl_net_extent(net, i, net->input.shape[2 + i], &spans[i]);
        assert(fits);
        (void)fits;
        if (settings->region == REGION_ALL)
            spans[i] = (cvl_extent){spans[i].count, 0, spans[i].count};
    }
    if (spans[0].low >= spans[0].high || spans[1].low >= spans[1].high)
        return cvl_fail(err, CVL_EINVAL,
                        "every output depends on the padding; use --region "
                        "all, or a smaller kernel");
    cvl_status status = cvl_tensor_init_like(mask, target, err);
    if (status) return status;
    *used = fill(target, spans, clips != NULL, mask);
    if (*used == target->count) cvl_tensor_free(mask);
    if (!*used) {
        cvl_tensor_free(mask);
        return cvl_fail(err, CVL_EINVAL,
                        "every pixel of %s is black or white and may be "
                        "clipped; use --no-mask-clipped",
                        clips);
    }
    return CVL_OK;
}
