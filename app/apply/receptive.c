/* receptive.c - see receptive.h for the contract. */
#include "apply/receptive.h"

#include <stdint.h>

#include <convlet/memory.h>

/* a + b c, or SIZE_MAX where that is too much. */
static size_t add_product(size_t a, size_t b, size_t c)
{
    size_t product, sum;
    if (!cvl_size_mul(b, c, &product) || !cvl_size_add(a, product, &sum))
        return SIZE_MAX;
    return sum;
}

/* a / b, rounded up. */
static size_t divide_up(size_t a, size_t b)
{
    return a / b + (a % b != 0);
}

/* jump / per in lowest terms, unless one of them cannot be counted. */
static void reduce(size_t *jump, size_t *per)
{
    size_t a = *jump, b = *per;
    if (a == SIZE_MAX || b == SIZE_MAX) return;
    while (b) {
        const size_t rest = a % b;
        a = b;
        b = rest;
    }
    *jump /= a;
    *per /= a;
}

struct receptive receptive_start(void)
{
    return (struct receptive){.field = {1, 1}, .jump = {1, 1}, .per = {1, 1}};
}

static struct receptive after_conv(const struct receptive *before,
                                   const cvl_conv2d_geometry *g)
{
    const size_t reach[2] = {
        add_product(0, g->kernel_height - 1, g->dilation_y),
        add_product(0, g->kernel_width - 1, g->dilation_x)};
    const size_t stride[2] = {g->stride_y, g->stride_x};
    const size_t pad[2] = {g->pad_top, g->pad_left};
    struct receptive after = *before;
    for (size_t i = 0; i < 2; i++) {
        const size_t jump = before->jump[i], per = before->per[i];
        after.field[i] =
            add_product(before->field[i], divide_up(reach[i], per), jump);
        after.padding[i] =
            add_product(before->padding[i], divide_up(pad[i], per), jump);
        after.jump[i] = add_product(0, stride[i], jump);
    }
    return after;
}

struct receptive receptive_after(const struct receptive *before,
                                 const cvl_layer_info *layer)
{
    struct receptive after = *before;
    if (layer->conv) after = after_conv(before, &layer->conv->geometry);
    for (size_t i = 0; i < 2; i++) {
        after.per[i] = add_product(0, layer->factor, after.per[i]);
        reduce(&after.jump[i], &after.per[i]);
    }
    return after;
}
