/* paint.c - see paint.h for the contract. */
#include "paint.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "png_pack.h"

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

int paint_save(const char *program, const char *path, const unsigned char *rgb,
               size_t width, size_t height)
{
    size_t size;
    unsigned char *const png = png_pack(rgb, width, height, &size);
    FILE *const file = png ? fopen(path, "wb") : NULL;
    const bool ok = file && fwrite(png, 1, size, file) == size;
    const bool closed = file && !fclose(file);
    free(png);
    if (ok && closed) return 0;
    fprintf(stderr, "%s: cannot write %s\n", program, path);
    return 1;
}
