/* kernel_picture.c - the kernels of a net as one picture; see kernel_art.h. */
#include <convlet/memory.h>
#include <convlet/size.h>

#include "pictures/heat.h"
#include "pictures/kernel_art.h"

/* Layers are this far apart; a layer is about this wide. */
enum { APART = 24, WIDE = 960, ZOOM = 24 };

/* The planes that are drawn of a layer. */
static struct heat_map plan(const cvl_tensor *kernels, double scale)
{
    const size_t columns = cvl_least(kernels->shape[1], ART_PICTURE_PLANES);
    const size_t rows = cvl_least(kernels->shape[0], ART_PICTURE_PLANES);
    const size_t side = kernels->shape[3] > kernels->shape[2]
                            ? kernels->shape[3]
                            : kernels->shape[2];
    const size_t fits = side < WIDE ? WIDE / side / columns : 0;
    const size_t zoom = fits ? cvl_least(fits, ZOOM) : 1;
    return (struct heat_map){.planes = rows * columns,
                             .columns = columns,
                             .scale = scale,
                             .zoom = zoom,
                             .gap = 2 + zoom / 8};
}

/* The size of the whole picture; CVL_ENOMEM where it is too large. */
static cvl_status measure(const cvl_tensor *const *kernels, size_t count,
                          double scale, size_t size[2], cvl_error *err)
{
    size[0] = 0;
    size[1] = 0;
    for (size_t i = 0; i < count; i++) {
        const struct heat_map map = plan(kernels[i], scale);
        size_t width, height;
        if (!heat_size(&map, kernels[i], &width, &height) ||
            !cvl_size_add(size[1], height + (i ? APART : 0), &size[1]))
            return cvl_fail(err, CVL_ENOMEM,
                            "the kernels of a layer, %zux%zu, are too large to "
                            "be drawn",
                            kernels[i]->shape[2], kernels[i]->shape[3]);
        if (width > size[0]) size[0] = width;
    }
    return CVL_OK;
}

static cvl_status draw_layer(const cvl_tensor *kernels, double scale, size_t y,
                             struct canvas *canvas, cvl_error *err)
{
    const struct heat_map map = plan(kernels, scale);
    const size_t rows = map.planes / map.columns;
    const size_t shape[4] = {rows, map.columns, kernels->shape[2],
                             kernels->shape[3]};
    cvl_tensor part;
    const cvl_status status = cvl_tensor_init(&part, CVL_F64, 4, shape, err);
    if (status) return status;
    cvl_tensor_crop(&part, kernels);
    heat_draw(&map, &part, canvas, 0, y);
    cvl_tensor_free(&part);
    return CVL_OK;
}

cvl_status art_picture(const cvl_tensor *const *kernels, size_t count,
                       double scale, cvl_bytes *png, cvl_error *err)
{
    struct canvas canvas = {0};
    size_t size[2], y = 0;
    *png = (cvl_bytes){0};
    cvl_status status = measure(kernels, count, scale, size, err);
    if (!status) status = canvas_init(&canvas, size[0], size[1], err);
    for (size_t i = 0; !status && i < count; i++) {
        const struct heat_map map = plan(kernels[i], scale);
        size_t width = 0, height = 0;
        heat_size(&map, kernels[i], &width, &height);
        status = draw_layer(kernels[i], scale, y, &canvas, err);
        y += height + APART;
    }
    if (!status) status = canvas_encode(&canvas, png, err);
    canvas_free(&canvas);
    return status;
}
