/* window.c - windows of layers, and the one walk through a stack of them. */
#include "convlet/window.h"

#include <assert.h>
#include <stdint.h>

#include "convlet/layer.h"
#include "convlet/size.h"

cvl_window cvl_window_of_point(void)
{
    return (cvl_window){.stride = 1, .factor = 1};
}

cvl_window cvl_conv2d_window(const cvl_conv2d_geometry *g, size_t axis)
{
    if (axis == 0)
        return (cvl_window){.reach = g->dilation_y * (g->kernel_height - 1),
                            .stride = g->stride_y,
                            .before = g->pad_top,
                            .after = g->pad_bottom,
                            .factor = 1};
    return (cvl_window){.reach = g->dilation_x * (g->kernel_width - 1),
                        .stride = g->stride_x,
                        .before = g->pad_left,
                        .after = g->pad_right,
                        .factor = 1};
}

cvl_window cvl_net_window(const cvl_net *net, size_t index, size_t axis)
{
    assert(index < net->layer_count && axis < 2);
    const cvl_layer *const layer = &net->layers[index];
    return layer->kind->window ? layer->kind->window(layer, axis)
                               : cvl_window_of_point();
}

/* a / b, rounded up. */
static size_t divide_up(size_t a, size_t b)
{
    return a / b + (a % b != 0);
}

/* The places whose window ends before element `end` of the padded input. */
static size_t places(const cvl_window *w, size_t end)
{
    return end > w->reach ? (end - w->reach - 1) / w->stride + 1 : 0;
}

/* Of the first so many places, where there are `all` outputs. */
static size_t outputs(size_t count, size_t factor, size_t all)
{
    return count > all / factor ? all : count * factor;
}

/* The window of the layer's blocks; without, of its outputs. */
static cvl_window window_of(const cvl_net *net, size_t index, size_t axis,
                            bool by_blocks)
{
    cvl_window w = cvl_net_window(net, index, axis);
    const size_t block = by_blocks ? net->layers[index].block : 0;
    if (block < 2) return w;
    w.reach += (block - 1) * w.stride;
    w.stride *= block;
    w.factor *= block;
    return w;
}

static bool find_extent(const cvl_net *net, size_t axis, size_t inputs,
                        bool by_blocks, cvl_extent *extent)
{
    *extent = (cvl_extent){.count = inputs, .high = inputs};
    for (size_t i = 0; i < net->layer_count; i++) {
        const cvl_window w = cvl_net_window(net, i, axis);
        const cvl_window whole = window_of(net, i, axis, by_blocks);
        size_t padded, all;
        if (!cvl_size_add(extent->count, w.before, &padded) ||
            !cvl_size_add(padded, w.after, &padded))
            return false;
        all = places(&w, padded);
        if (!all || all > SIZE_MAX / w.factor) return false;
        all *= w.factor;
        /* Place p begins at element p * stride of the padded input. */
        const size_t low = divide_up(extent->low + w.before, whole.stride);
        const size_t high = places(&whole, extent->high + w.before);
        *extent = (cvl_extent){.count = all,
                               .low = outputs(low, whole.factor, all),
                               .high = outputs(high, whole.factor, all)};
    }
    return true;
}

/* Where a stride leaves a rest of the outputs before it, the way is repeated
 * until it leaves none. */
static bool find_period(const cvl_net *net, size_t axis, bool by_blocks,
                        size_t *period, size_t *per)
{
    *period = *per = 1;
    for (size_t i = 0; i < net->layer_count; i++) {
        const cvl_window w = window_of(net, i, axis, by_blocks);
        const size_t divisor = cvl_size_divisor(*per, w.stride);
        if (!cvl_size_mul(*period, w.stride / divisor, period) ||
            !cvl_size_mul(*per / divisor, w.factor, per))
            return false;
    }
    return true;
}

bool cvl_net_extent(const cvl_net *net, size_t axis, size_t inputs,
                    cvl_extent *extent)
{
    return find_extent(net, axis, inputs, false, extent);
}

bool cvl_net_exact_extent(const cvl_net *net, size_t axis, size_t inputs,
                          cvl_extent *extent)
{
    return find_extent(net, axis, inputs, true, extent);
}

bool cvl_net_period(const cvl_net *net, size_t axis, size_t *period,
                    size_t *per)
{
    return find_period(net, axis, false, period, per);
}

bool cvl_net_exact_period(const cvl_net *net, size_t axis, size_t *period,
                          size_t *per)
{
    return find_period(net, axis, true, period, per);
}

/* a + b c, or SIZE_MAX where that is too much. */
static size_t add_product(size_t a, size_t b, size_t c)
{
    size_t product, sum;
    if (!cvl_size_mul(b, c, &product) || !cvl_size_add(a, product, &sum))
        return SIZE_MAX;
    return sum;
}

/* jump / per in lowest terms, unless one of them cannot be counted. */
static void reduce(cvl_receptive *seen)
{
    if (seen->jump == SIZE_MAX || seen->per == SIZE_MAX) return;
    const size_t divisor = cvl_size_divisor(seen->jump, seen->per);
    seen->jump /= divisor;
    seen->per /= divisor;
}

cvl_receptive cvl_net_receptive(const cvl_net *net, size_t layers, size_t axis)
{
    cvl_receptive seen = {.field = 1, .jump = 1, .per = 1};
    for (size_t i = 0; i < layers; i++) {
        const cvl_window w = cvl_net_window(net, i, axis);
        const size_t reach = divide_up(w.reach, seen.per);
        const size_t before = divide_up(w.before, seen.per);
        seen = (cvl_receptive){
            .field = add_product(seen.field, reach, seen.jump),
            .jump = add_product(0, w.stride, seen.jump),
            .per = add_product(0, w.factor, seen.per),
            .padding = add_product(seen.padding, before, seen.jump)};
        reduce(&seen);
    }
    return seen;
}
