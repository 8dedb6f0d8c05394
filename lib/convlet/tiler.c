/* tiler.c - regions of an array through a net, and what is kept of them. */
#include "convlet/tiler.h"

#include <assert.h>
#include <string.h>

#include "convlet/memory.h"
#include "convlet/size.h"
#include "convlet/window.h"

/*
 * A tile of outputs needs the inputs that its windows reach. These go through
 * the whole net, whose layers pad with zeros where they are cut off. What those
 * zeros touch is dropped:
 *
 *     inputs    ......[=============================]......
 *     outputs          lead |=== kept tile ===| trail
 *
 * At the array's own border the region ends there and the zeros are the ones
 * that the net means, so everything up to it is kept.
 *
 * Strides let a region begin only at multiples of their product, so that its
 * windows are those of the whole, and layers that round blocks of outputs at
 * multiples of these, so that its blocks are. Which order a convolution sums in
 * follows from its channels and its kernel, and from its width as long as that
 * is less than a vector or than the kernel. So all regions are of one size,
 * moved inward at the far border, which is why their size and the array's leave
 * the same rest; they are never that narrow unless the array is, and then a
 * region is as wide as it. This makes the bits those of the whole array.
 */
enum {
    LARGEST_TILE = 512,
    LARGEST_PERIOD = 65536,
    NET_BYTES = 192 * 1024 * 1024 /* what the layers of a region may take */
};

static cvl_status refuse_period(cvl_error *err)
{
    return cvl_fail(err, CVL_EUNSUPPORTED,
                    "the product of its strides, or of its shuffles, is %d or "
                    "more",
                    LARGEST_PERIOD);
}

cvl_status cvl_tiler_init(cvl_tiler *tiler, const cvl_net_config *config,
                          const cvl_net *params, size_t tile, cvl_error *err)
{
    assert(!tile || tile >= CVL_TILER_MIN_TILE);
    *tiler = (cvl_tiler){.config = *config, .params = params, .tile = tile};
    tiler->config.input_shape[0] = 1;
    tiler->config.forward_only = true;
    cvl_tiler_axis *const axes[2] = {&tiler->y, &tiler->x};
    for (size_t i = 0; i < 2; i++)
        if (!cvl_net_period(params, i, &axes[i]->period, &axes[i]->per) ||
            axes[i]->period >= LARGEST_PERIOD || axes[i]->per >= LARGEST_PERIOD)
            return refuse_period(err);
    return CVL_OK;
}

/*
 * What follows from the array's size, once there is a size of tiles. A tile
 * begins at a multiple of `step_per`, and its region at most `lead` and a step
 * before it.
 */
static void cut(const cvl_net *whole, size_t index, cvl_tiler_axis *axis,
                size_t tile)
{
    const size_t step = axis->step, per = axis->step_per;
    axis->in = whole->input.shape[2 + index];
    axis->out = whole->output.shape[2 + index];
    axis->tile = (tile + per - 1) / per * per;
    axis->tiles = axis->out / axis->tile + (axis->out % axis->tile != 0);
    size_t region = (axis->tile / per + 1) * step + axis->in % step;
    for (; region < axis->in; region += step) {
        cvl_extent kept;
        if (!cvl_net_exact_extent(whole, index, region, &kept)) continue;
        axis->lead = kept.low;
        axis->trail = kept.count - kept.high;
        if (kept.high >= axis->tile + kept.low + per - 1) break;
    }
    axis->region = cvl_least(region, axis->in);
}

/* Of the net for an input of that many rows and columns. */
static cvl_net_config config_of(const cvl_tiler *tiler, size_t height,
                                size_t width)
{
    cvl_net_config config = tiler->config;
    config.input_shape[2] = height;
    config.input_shape[3] = width;
    return config;
}

/* The same for a region, which computes as the whole does. */
static cvl_net_config config_of_region(const cvl_tiler *tiler)
{
    cvl_net_config config = config_of(tiler, tiler->y.region, tiler->x.region);
    config.algos = tiler->algos;
    return config;
}

/* The net on the whole array, without memory for numbers, and what its regions
 * take over of it. */
static cvl_status plan_whole(cvl_tiler *tiler, size_t height, size_t width,
                             cvl_net *whole, cvl_error *err)
{
    cvl_error why;
    const cvl_net_config config = config_of(tiler, height, width);
    const cvl_status status = cvl_net_plan(whole, &config, &why);
    /* The net was planned before: only the size can be wrong. */
    if (status == CVL_EINVAL)
        return cvl_fail(err, CVL_ESHAPE,
                        "%zu rows of %zu are too few for the net: %s", height,
                        width, why.message);
    if (status) return cvl_fail(err, status, "%s", why.message);
    cvl_net_algos(whole, tiler->algos);
    if (cvl_net_exact_period(whole, 0, &tiler->y.step, &tiler->y.step_per) &&
        cvl_net_exact_period(whole, 1, &tiler->x.step, &tiler->x.step_per))
        return CVL_OK;
    cvl_net_free(whole);
    return refuse_period(err);
}

/* Fixes the size of the tiles: as asked, or the largest that memory allows. */
static cvl_status choose_tile(cvl_tiler *tiler, size_t height, size_t width,
                              cvl_error *err)
{
    const size_t per =
        tiler->y.per > tiler->x.per ? tiler->y.per : tiler->x.per;
    const size_t smallest = CVL_TILER_MIN_TILE * per;
    size_t tile = tiler->tile ? tiler->tile : LARGEST_TILE;
    cvl_net whole, plan;
    cvl_status status = plan_whole(tiler, height, width, &whole, err);
    for (bool fits = false; !status && !fits; tile /= 2) {
        if (tile < smallest) tile = smallest;
        cut(&whole, 0, &tiler->y, tile);
        cut(&whole, 1, &tiler->x, tile);
        const cvl_net_config config = config_of_region(tiler);
        status = cvl_net_plan(&plan, &config, err);
        fits = tiler->tile || tile == smallest || plan.arena.used <= NET_BYTES;
        cvl_net_free(&plan);
    }
    cvl_net_free(&whole);
    return status;
}

static void drop_net(cvl_tiler *tiler)
{
    cvl_net_free(&tiler->net);
    cvl_tensor_free(&tiler->piece);
}

cvl_status cvl_tiler_prepare(cvl_tiler *tiler, size_t height, size_t width,
                             cvl_error *err)
{
    if (tiler->net.layer_count && tiler->y.in == height && tiler->x.in == width)
        return CVL_OK;
    drop_net(tiler);
    cvl_status status = choose_tile(tiler, height, width, err);
    if (status) return status;
    const cvl_net_config config = config_of_region(tiler);
    status = cvl_net_build(&tiler->net, &config, err);
    if (!status)
        status = cvl_tensor_init(&tiler->piece, config.dtype, 4,
                                 config.input_shape, err);
    if (status) {
        drop_net(tiler);
        return status;
    }
    cvl_net_copy_values(&tiler->net, tiler->params);
    return CVL_OK;
}

size_t cvl_tiler_tiles(const cvl_tiler *tiler)
{
    return tiler->y.tiles * tiler->x.tiles;
}

/* One tile along one axis. */
struct stretch {
    size_t from;   /* the region's first input */
    size_t at;     /* the tile's first output */
    size_t within; /* the same, counted from the region's first */
    size_t count;  /* its outputs */
};

static struct stretch stretch_at(const cvl_tiler_axis *axis, size_t tile)
{
    struct stretch s = {.at = tile * axis->tile};
    s.count = cvl_least(axis->tile, axis->out - s.at);
    if (s.at > axis->lead)
        s.from = (s.at - axis->lead) / axis->step_per * axis->step;
    s.from = cvl_least(s.from, axis->in - axis->region);
    s.within = s.at - s.from / axis->step * axis->step_per;
    return s;
}

/* A rectangle of planes: where it is, and how rows and planes follow. */
struct rectangle {
    unsigned char *data;
    size_t row, plane; /* bytes from one to the next */
};

static struct rectangle rectangle_at(const cvl_tensor *tensor, size_t y,
                                     size_t x)
{
    const size_t size = cvl_dtype_size(tensor->dtype);
    const size_t row = tensor->shape[3] * size;
    return (struct rectangle){(unsigned char *)tensor->data + y * row +
                                  x * size,
                              row, tensor->shape[2] * row};
}

static void copy(struct rectangle to, struct rectangle from, size_t planes,
                 size_t rows, size_t bytes)
{
    for (size_t c = 0; c < planes; c++)
        for (size_t i = 0; i < rows; i++)
            memcpy(to.data + c * to.plane + i * to.row,
                   from.data + c * from.plane + i * from.row, bytes);
}

static void run_tile(cvl_tiler *tiler, const cvl_tensor *x, cvl_tensor *y,
                     struct stretch down, struct stretch across)
{
    const size_t size = cvl_dtype_size(x->dtype);
    const cvl_tensor *const out = &tiler->net.output;
    copy(rectangle_at(&tiler->piece, 0, 0),
         rectangle_at(x, down.from, across.from), x->shape[1], tiler->y.region,
         tiler->x.region * size);
    cvl_net_forward(&tiler->net, &tiler->piece);
    copy(rectangle_at(y, down.at, across.at),
         rectangle_at(out, down.within, across.within), y->shape[1], down.count,
         across.count * size);
}

void cvl_tiler_run(cvl_tiler *tiler, const cvl_tensor *x, cvl_tensor *y,
                   cvl_tiler_tick *tick, void *context)
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

void cvl_tiler_free(cvl_tiler *tiler)
{
    drop_net(tiler);
    *tiler = (cvl_tiler){0};
}
