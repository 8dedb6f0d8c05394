/* winograd_tile.c - see winograd_tile.h for the contract. */
#include "convlet/winograd_tile.h"

#include "convlet/memory.h"
#include "kernel/kernel.h"

/* Bytes of the vectors that kernel.h asks for. */
enum { VECTOR_BYTES = 64 };

/* x[image,channel,row,column], 0 in the padding. */
static double input_at(const cvl_tensor *x, size_t image, size_t channel,
                       ptrdiff_t row, ptrdiff_t column)
{
    const size_t height = x->shape[2], width = x->shape[3];
    if (row < 0 || column < 0 || (size_t)row >= height ||
        (size_t)column >= width)
        return 0;
    return cvl_tensor_get(
        x, ((image * x->shape[1] + channel) * height + (size_t)row) * width +
               (size_t)column);
}

/* Where the tile lies: they follow each other from the first output on. */
static void place(const cvl_conv2d *conv, const size_t at[4],
                  cvl_winograd_tile *tile)
{
    const size_t F = conv->algo == CVL_CONV_WINOGRAD ? 4 : 2;
    tile->outputs = F;
    tile->side = F + 2;
    tile->channels = conv->geometry.in_channels;
    tile->y_row = at[2] / F * F;
    tile->y_column = at[3] / F * F;
    tile->x_row = (ptrdiff_t)tile->y_row - (ptrdiff_t)conv->geometry.pad_top;
    tile->x_column =
        (ptrdiff_t)tile->y_column - (ptrdiff_t)conv->geometry.pad_left;
}

/* x, V, w and U, one behind the other, and behind them scratch. */
static cvl_status take_memory(cvl_winograd_tile *tile, void **work,
                              cvl_error *err)
{
    const size_t points = tile->side * tile->side;
    size_t count, bytes, work_bytes;
    void *block;
    if (!cvl_size_mul(tile->channels, 3 * points + 9, &count) ||
        !cvl_size_mul(count, sizeof *tile->x, &bytes) ||
        !cvl_size_mul(2 * tile->channels + 1, VECTOR_BYTES, &work_bytes))
        return cvl_fail(err, CVL_ENOMEM,
                        "out of memory: a tile of %zu channels",
                        tile->channels);
    cvl_status status = cvl_alloc(&block, bytes, "a tile", err);
    if (status) return status;
    tile->x = block;
    tile->v = tile->x + tile->channels * points;
    tile->u = tile->v + tile->channels * points;
    tile->w = tile->u + tile->channels * points;
    return cvl_alloc(work, work_bytes, "a tile", err);
}

static void read_channel(const cvl_conv2d *conv, const cvl_tensor *x,
                         const cvl_tensor *w, const size_t at[4],
                         size_t channel, cvl_winograd_tile *tile)
{
    const size_t side = tile->side;
    const size_t kernel =
        conv->geometry.tied ? at[1] : at[1] * tile->channels + channel;
    for (size_t i = 0; i < side * side; i++)
        tile->x[channel * side * side + i] =
            input_at(x, at[0], channel, tile->x_row + (ptrdiff_t)(i / side),
                     tile->x_column + (ptrdiff_t)(i % side));
    for (size_t i = 0; i < 9; i++)
        tile->w[channel * 9 + i] = cvl_tensor_get(w, kernel * 9 + i);
}

cvl_status cvl_winograd_tile_make(const cvl_conv2d *conv, const cvl_tensor *x,
                                  const cvl_tensor *w, const cvl_tensor *b,
                                  const size_t at[4], cvl_winograd_tile *tile,
                                  cvl_error *err)
{
    void *work = NULL;
    *tile = (cvl_winograd_tile){0};
    if (!conv->kernel->tile)
        return cvl_fail(err, CVL_EINVAL,
                        "the %s algorithm has no tiles to show",
                        cvl_conv_algo_name(conv->algo));
    place(conv, at, tile);
    const cvl_status status = take_memory(tile, &work, err);
    if (status) return status;
    for (size_t c = 0; c < tile->channels; c++)
        read_channel(conv, x, w, at, c, tile);
    if (b) tile->bias = cvl_tensor_get(b, at[1]);
    conv->kernel->tile(&(cvl_tile_numbers){.channels = tile->channels,
                                           .x = tile->x,
                                           .w = tile->w,
                                           .bias = tile->bias,
                                           .to_points = tile->to_points,
                                           .of_kernels = tile->of_kernels,
                                           .to_outputs = tile->to_outputs,
                                           .v = tile->v,
                                           .u = tile->u,
                                           .m = tile->m,
                                           .y = tile->y,
                                           .work = work});
    cvl_free(work);
    return CVL_OK;
}

void cvl_winograd_tile_free(cvl_winograd_tile *tile)
{
    cvl_free(tile->x);
    *tile = (cvl_winograd_tile){0};
}
