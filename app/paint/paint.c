/* paint.c - see paint.h for the contract. */
#include "paint/paint.h"

#include <math.h>

double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

colour mix(colour a, colour b, double t)
{
    return (colour){a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t,
                    a.b + (b.b - a.b) * t};
}

colour scale(colour a, double t)
{
    return (colour){a.r * t, a.g * t, a.b * t};
}

double lattice(int32_t x, int32_t y, uint32_t seed)
{
    uint32_t h = (uint32_t)x * 0x9e3779b1U ^ (uint32_t)y * 0x85ebca77U ^ seed;
    h = (h ^ h >> 15) * 0x2c1b3c6dU;
    h = (h ^ h >> 12) * 0x297a2d39U;
    return (double)(h ^ h >> 15) / 2147483648.0 - 1.0;
}

double noise(double x, double y, uint32_t seed)
{
    const double fx = floor(x), fy = floor(y);
    const int32_t ix = (int32_t)fx, iy = (int32_t)fy;
    const double tx = x - fx, ty = y - fy;
    const double sx = tx * tx * (3 - 2 * tx), sy = ty * ty * (3 - 2 * ty);
    const double top =
        lattice(ix, iy, seed) * (1 - sx) + lattice(ix + 1, iy, seed) * sx;
    const double bottom = lattice(ix, iy + 1, seed) * (1 - sx) +
                          lattice(ix + 1, iy + 1, seed) * sx;
    return top * (1 - sy) + bottom * sy;
}

/* The mean of what is on the canvas in the place of one pixel. */
static colour pixel_at(const struct painting *painting, int x, int y)
{
    const int over = painting->over;
    colour sum = {0, 0, 0};
    for (int i = 0; i < over * over; i++) {
        const colour c =
            painting->look(x * over + i % over, y * over + i / over);
        sum = (colour){sum.r + c.r, sum.g + c.g, sum.b + c.b};
    }
    return scale(sum, 1.0 / (over * over));
}

cvl_status paint(const struct painting *painting, const size_t size[2],
                 cvl_dtype dtype, cvl_tensor *picture, cvl_error *err)
{
    const size_t shape[4] = {1, 3, size[0], size[1]};
    const size_t area = size[0] * size[1];
    const int top = (painting->height - (int)size[0]) / 2;
    const int left = (painting->width - (int)size[1]) / 2;
    const cvl_status status = cvl_tensor_init(picture, dtype, 4, shape, err);
    for (size_t i = 0; !status && i < area; i++) {
        const colour c = pixel_at(painting, left + (int)(i % size[1]),
                                  top + (int)(i / size[1]));
        const double values[3] = {c.r, c.g, c.b};
        for (size_t k = 0; k < 3; k++)
            cvl_tensor_set(picture, k * area + i,
                           painting->develop(values[k]) / 255.0);
    }
    return status;
}
