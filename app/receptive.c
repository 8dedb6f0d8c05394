/* receptive.c - see receptive.h for the contract. */
#include "receptive.h"

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

struct receptive receptive_start(void)
{
    return (struct receptive){.field = {1, 1}, .jump = {1, 1}};
}

struct receptive receptive_after(const struct receptive *before,
                                 const cvl_conv2d_geometry *g)
{
    const size_t reach[2] = {
        add_product(0, g->kernel_height - 1, g->dilation_y),
        add_product(0, g->kernel_width - 1, g->dilation_x)};
    const size_t stride[2] = {g->stride_y, g->stride_x};
    const size_t pad[2] = {g->pad_top, g->pad_left};
    struct receptive after;
    for (size_t i = 0; i < 2; i++) {
        const size_t jump = before->jump[i];
        after.field[i] = add_product(before->field[i], reach[i], jump);
        after.jump[i] = add_product(0, stride[i], jump);
        after.padding[i] = add_product(before->padding[i], pad[i], jump);
    }
    return after;
}
