/* colormap.c - see colormap.h for the contract. */
#include "pictures/colormap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/memory.h>

#include "pictures/picture.h"
#include "pictures/srgb.h"

/* From -1 to 1, evenly: lightness rises to the middle and falls again. */
static const unsigned char STOPS[][3] = {
    {0x0a, 0x2f, 0x66}, {0x1c, 0x5a, 0x9e}, {0x4a, 0x8c, 0xc7},
    {0xa3, 0xc8, 0xe6}, {0xf6, 0xf4, 0xf0}, {0xf6, 0xc9, 0x94},
    {0xe8, 0x91, 0x3f}, {0xbd, 0x5a, 0x0e}, {0x78, 0x32, 0x04},
};

enum { LAST_STOP = sizeof STOPS / sizeof *STOPS - 1 };

void colormap_at(double value, double scale, unsigned char rgb[3])
{
    static const unsigned char nan_colour[3] = {0xd0, 0x1c, 0x8b};
    if (isnan(value)) {
        memcpy(rgb, nan_colour, sizeof nan_colour);
        return;
    }
    const double share = fmax(-1.0, fmin(1.0, value / scale));
    const double place = (share + 1.0) / 2.0 * LAST_STOP;
    const size_t below = place < LAST_STOP ? (size_t)place : LAST_STOP - 1;
    const double part = place - (double)below;
    for (size_t i = 0; i < 3; i++)
        rgb[i] = (unsigned char)lround((1.0 - part) * STOPS[below][i] +
                                       part * STOPS[below + 1][i]);
}

bool colormap_is_light(const unsigned char rgb[3])
{
    const double values[3] = {rgb[0], rgb[1], rgb[2]};
    return srgb_luminance(values) > 140.0;
}

cvl_status canvas_init(struct canvas *canvas, size_t width, size_t height,
                       cvl_error *err)
{
    *canvas = (struct canvas){0};
    if (!width || !height || width > CANVAS_MAX_PIXELS / height)
        return cvl_fail(err, CVL_ENOMEM,
                        "a drawing of %zu x %zu pixels is too large", width,
                        height);
    canvas->samples = calloc(4, width * height);
    if (!canvas->samples)
        return cvl_fail(err, CVL_ENOMEM,
                        "out of memory: a drawing of %zu x %zu pixels", width,
                        height);
    canvas->width = width;
    canvas->height = height;
    return CVL_OK;
}

void canvas_free(struct canvas *canvas)
{
    free(canvas->samples);
    *canvas = (struct canvas){0};
}

cvl_status canvas_encode(const struct canvas *canvas, cvl_bytes *png,
                         cvl_error *err)
{
    return picture_encode(&picture_png, canvas->samples, canvas->width,
                          canvas->height, 4, NULL, png, err);
}

/* count x size x zoom and the gaps between. */
static bool extent(size_t count, size_t size, const struct heat_map *map,
                   size_t *pixels)
{
    size_t cells, gaps;
    return cvl_size_mul(size, map->zoom, &cells) &&
           cvl_size_mul(cells, count, &cells) &&
           cvl_size_mul(count - 1, map->gap, &gaps) &&
           cvl_size_add(cells, gaps, pixels);
}

bool heat_map_size(const struct heat_map *map, const cvl_tensor *tensor,
                   size_t *width, size_t *height)
{
    const size_t rows = (map->planes + map->columns - 1) / map->columns;
    return map->planes && extent(map->columns, tensor->shape[3], map, width) &&
           extent(rows, tensor->shape[2], map, height) &&
           *width <= CANVAS_MAX_PIXELS / *height;
}

static void fill_square(struct canvas *canvas, size_t x, size_t y, size_t size,
                        const unsigned char rgb[3])
{
    for (size_t row = y; row < y + size; row++)
        for (size_t column = x; column < x + size; column++) {
            unsigned char *const at =
                canvas->samples + 4 * (row * canvas->width + column);
            memcpy(at, rgb, 3);
            at[3] = 255;
        }
}

void heat_map_draw(const struct heat_map *map, const cvl_tensor *tensor,
                   struct canvas *canvas, size_t x, size_t y)
{
    const size_t rows = tensor->shape[2], columns = tensor->shape[3];
    size_t index = 0;
    for (size_t plane = 0; plane < map->planes; plane++) {
        const size_t left =
            x + plane % map->columns * (columns * map->zoom + map->gap);
        const size_t top =
            y + plane / map->columns * (rows * map->zoom + map->gap);
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++) {
                unsigned char rgb[3];
                colormap_at(cvl_tensor_get(tensor, index++), map->scale, rgb);
                fill_square(canvas, left + j * map->zoom, top + i * map->zoom,
                            map->zoom, rgb);
            }
    }
}
