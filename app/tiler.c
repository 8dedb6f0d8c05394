/* tiler.c - see tiler.h for the contract. */
#include "tiler.h"

#include <assert.h>
#include <string.h>

#include <convlet/memory.h>

/*
 * A tile of outputs needs the inputs that its windows reach. These, and no
 * more, go through the whole net, whose layers pad with zeros where they are
 * cut off. What those zeros touch is at most `lead` outputs before and `trail`
 * behind, and it is dropped:
 *
 *     inputs    ......[=============================]......
 *     outputs          lead |=== kept tile ===| trail
 *
 * At the array's own border the region ends there and the zeros are the ones
 * that the net means, so everything up to it is kept.
 *
 * Which order a convolution sums in follows from its channels and its kernel,
 * and from its width as long as that is less than a vector or than the kernel.
 * So all regions are of one size, moved inward at the far border; they are
 * never that narrow unless the array is, and then a region is as wide as it.
 * This makes the bits those of the whole array.
 */
enum {
    LARGEST_TILE = 512,
    NET_BYTES = 192 * 1024 * 1024 /* what the layers of a region may take */
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Adds what one layer reads before and behind. */
static void add_layer(struct tiler_axis *axis, size_t before, size_t after,
                      size_t reach)
{
    axis->lead += before;
    axis->trail += after;
    axis->reach += reach;
}

static cvl_status refuse_scale(size_t layer, const cvl_layer_info *info,
                               cvl_error *err)
{
    return cvl_fail(err, CVL_EUNSUPPORTED,
                    "layer %zu (%s) changes the scale, so tiles would not fit "
                    "together; only nets of stride 1 can be applied",
                    layer, info->text);
}

static cvl_status measure(struct tiler *tiler, cvl_error *err)
{
    const cvl_net *const net = &tiler->model->net;
    size_t height = net->input.shape[2], width = net->input.shape[3];
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(net, i, &info);
        const size_t *const shape = info.output_shape;
        if (info.conv) {
            const cvl_conv2d_geometry *const g = &info.conv->geometry;
            if (g->stride_y != 1 || g->stride_x != 1)
                return refuse_scale(i, &info, err);
            add_layer(&tiler->y, g->pad_top, g->pad_bottom,
                      g->dilation_y * (g->kernel_height - 1));
            add_layer(&tiler->x, g->pad_left, g->pad_right,
                      g->dilation_x * (g->kernel_width - 1));
        } else if (shape[2] != height || shape[3] != width) {
            return refuse_scale(i, &info, err);
        }
        height = shape[2];
        width = shape[3];
    }
    return CVL_OK;
}

cvl_status tiler_init(struct tiler *tiler, const struct model *model,
                      const cvl_exec *exec, cvl_conv_algo algorithm,
                      size_t tile, cvl_error *err)
{
    assert(!tile || tile >= TILER_MIN_TILE);
    *tiler = (struct tiler){
        .model = model, .exec = *exec, .algorithm = algorithm, .tile = tile};
    return measure(tiler, err);
}

/* What follows from the array's size, once there is a size of tiles. */
static void cut(struct tiler_axis *axis, size_t in, size_t tile)
{
    const size_t padded = in + axis->lead + axis->trail;
    axis->in = in;
    axis->out = padded > axis->reach ? padded - axis->reach : 0;
    axis->tile = tile;
    axis->tiles = axis->out / tile + (axis->out % tile != 0);
    axis->region = least(in, tile + axis->reach);
}

static cvl_net_config config_of(const struct tiler *tiler)
{
    const size_t *const shape = tiler->model->net.input.shape;
    return (cvl_net_config){
        .spec = tiler->model->spec,
        .input_shape = {1, shape[1], tiler->y.region, tiler->x.region},
        .dtype = tiler->model->net.input.dtype,
        .algo = tiler->algorithm,
        .exec = tiler->exec,
        .forward_only = true};
}

/* Fixes the size of the tiles: as asked, or the largest that memory allows. */
static cvl_status choose_tile(struct tiler *tiler, size_t height, size_t width,
                              cvl_error *err)
{
    size_t tile = tiler->tile ? tiler->tile : LARGEST_TILE;
    for (;; tile /= 2) {
        cut(&tiler->y, height, tile);
        cut(&tiler->x, width, tile);
        cvl_net plan;
        cvl_error why;
        const cvl_net_config config = config_of(tiler);
        const cvl_status status = cvl_net_plan(&plan, &config, &why);
        /* The model was planned before: only the size can be wrong. */
        if (status == CVL_EINVAL)
            return cvl_fail(err, CVL_ESHAPE,
                            "%zu rows of %zu are too few for the net: %s",
                            height, width, why.message);
        if (status) return cvl_fail(err, status, "%s", why.message);
        const size_t bytes = plan.arena.used;
        cvl_net_free(&plan);
        if (tiler->tile || bytes <= NET_BYTES || tile / 2 < TILER_MIN_TILE)
            return CVL_OK;
    }
}

static void drop_net(struct tiler *tiler)
{
    cvl_net_free(&tiler->net);
    cvl_tensor_free(&tiler->piece);
}

cvl_status tiler_prepare(struct tiler *tiler, size_t height, size_t width,
                         cvl_error *err)
{
    if (tiler->net.layer_count && tiler->y.in == height && tiler->x.in == width)
        return CVL_OK;
    drop_net(tiler);
    cvl_status status = choose_tile(tiler, height, width, err);
    if (status) return status;
    const cvl_net_config config = config_of(tiler);
    status = cvl_net_build(&tiler->net, &config, err);
    if (!status)
        status = cvl_tensor_init(&tiler->piece, config.dtype, 4,
                                 config.input_shape, err);
    if (status) {
        drop_net(tiler);
        return status;
    }
    for (size_t i = 0; i < tiler->net.param_count; i++) {
        cvl_param *const param = &tiler->net.params[i];
        cvl_tensor_copy(&param->value, model_param(tiler->model, param->name));
    }
    return CVL_OK;
}

size_t tiler_tiles(const struct tiler *tiler)
{
    return tiler->y.tiles * tiler->x.tiles;
}

/* One tile along one axis. */
struct stretch {
    size_t from;  /* the region's first input */
    size_t at;    /* the tile's first output */
    size_t count; /* its outputs */
};

static struct stretch stretch_at(const struct tiler_axis *axis, size_t tile)
{
    struct stretch s = {.at = tile * axis->tile};
    s.count = least(axis->tile, axis->out - s.at);
    s.from = s.at > axis->lead ? s.at - axis->lead : 0;
    s.from = least(s.from, axis->in - axis->region);
    return s;
}

/* A rectangle of planes: where it is, and how planes and rows follow. */
struct window {
    unsigned char *data;
    size_t row, plane; /* bytes from one to the next */
};

static struct window window_at(const cvl_tensor *tensor, size_t y, size_t x)
{
    const size_t size = cvl_dtype_size(tensor->dtype);
    const size_t row = tensor->shape[3] * size;
    return (struct window){(unsigned char *)tensor->data + y * row + x * size,
                           row, tensor->shape[2] * row};
}

static void copy(struct window to, struct window from, size_t planes,
                 size_t rows, size_t bytes)
{
    for (size_t c = 0; c < planes; c++)
        for (size_t i = 0; i < rows; i++)
            memcpy(to.data + c * to.plane + i * to.row,
                   from.data + c * from.plane + i * from.row, bytes);
}

static void run_tile(struct tiler *tiler, const cvl_tensor *x, cvl_tensor *y,
                     struct stretch down, struct stretch across)
{
    const size_t size = cvl_dtype_size(x->dtype);
    const cvl_tensor *const out = &tiler->net.output;
    copy(window_at(&tiler->piece, 0, 0), window_at(x, down.from, across.from),
         x->shape[1], tiler->y.region, tiler->x.region * size);
    cvl_net_forward(&tiler->net, &tiler->piece);
    copy(window_at(y, down.at, across.at),
         window_at(out, down.at - down.from, across.at - across.from),
         y->shape[1], down.count, across.count * size);
}

void tiler_run(struct tiler *tiler, const cvl_tensor *x, cvl_tensor *y,
               tiler_tick *tick, void *context)
{
    assert(x->shape[2] == tiler->y.in && x->shape[3] == tiler->x.in);
    assert(y->shape[2] == tiler->y.out && y->shape[3] == tiler->x.out);
    for (size_t i = 0; i < tiler->y.tiles; i++)
        for (size_t j = 0; j < tiler->x.tiles; j++) {
            run_tile(tiler, x, y, stretch_at(&tiler->y, i),
                     stretch_at(&tiler->x, j));
            if (tick) tick(context);
        }
}

void tiler_free(struct tiler *tiler)
{
    drop_net(tiler);
    *tiler = (struct tiler){0};
}
