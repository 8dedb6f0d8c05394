/* scene.c - see scene.h for the contract. */
#include "paint/scene.h"

#include <math.h>
#include <stdint.h>

#include "paint/paint.h"

enum { OVER = 3, SHORE = 214 };

/* Sums bumps of several sizes, each half as high and half as wide. */
static double fractal(double x, double y, int octaves, uint32_t seed)
{
    double sum = 0, height = 0.5;
    for (int i = 0; i < octaves; i++) {
        sum += height * noise(x, y, seed + (uint32_t)i);
        x *= 2.03;
        y *= 2.03;
        height /= 2;
    }
    return sum;
}

/* From 0 below `low` to 1 above `high`, without a corner. */
static double rise(double x, double low, double high)
{
    const double t = clamp((x - low) / (high - low), 0, 1);
    return t * t * (3 - 2 * t);
}

static colour paint_sky(double x, double y)
{
    const colour zenith = {0.27, 0.46, 0.74}, low = {0.80, 0.86, 0.90};
    const double t = clamp(y / SHORE, 0, 1);
    const colour sky = mix(zenith, low, t * (1.6 - 0.6 * t));
    const double flat = 1 + 1.4 * t; /* clouds far away are seen from aside */
    const double cloud = fractal(x / 120, y * flat / 70, 6, 11);
    const double lit = fractal((x - 7) / 120, (y - 6) * flat / 70, 5, 11);
    const double thick = rise(cloud, 0.02, 0.30);
    const colour white = {0.98, 0.97, 0.95}, grey = {0.66, 0.70, 0.77};
    const colour body = mix(white, grey, rise(lit - cloud + 0.25, 0.1, 0.5));
    return mix(sky, body, 0.9 * thick);
}

/* The upper edge of a range of hills. */
static double ridge(double x, double base, double height, double wide,
                    uint32_t seed)
{
    return base - height * (0.6 + fractal(x / wide, 0.5, 6, seed));
}

/* A slope of rock and snow, lit from the left. */
static colour paint_mountain(double x, double y, double top)
{
    const double here = fractal(x / 34, y / 26, 6, 31);
    const double left = fractal((x - 3) / 34, (y - 1) / 26, 6, 31);
    const double light = clamp(0.62 + 2.6 * (here - left), 0.25, 1);
    const colour rock = {0.44, 0.43, 0.46}, snow = {0.93, 0.94, 0.97};
    const double high = 26 - (y - top) + 34 * here;
    const colour bare = mix(rock, snow, rise(high, -4, 10));
    const colour haze = {0.70, 0.78, 0.86};
    return mix(scale(bare, light), haze, 0.34);
}

/* Trees on a slope: many small crowns, each bright at its upper left. */
static colour paint_forest(double x, double y, double size, colour leaf)
{
    const double crown = noise(x / size, y / size, 41);
    const double lit = noise((x - size / 3) / size, (y - size / 3) / size, 41);
    const double fine = noise(x * 1.7 / size, y * 2.3 / size, 42);
    const double broad = fractal(x / 60, y / 40, 3, 43);
    const double light = 0.72 + 0.5 * (crown - lit) + 0.12 * fine + 0.4 * broad;
    return scale(leaf, clamp(light, 0.25, 1.3));
}

/* What rises behind the lake, at a place above the shore. */
static colour paint_far(double x, double y)
{
    const double peak = ridge(x, 150, 90, 150, 21);
    const double hill = ridge(x, 196, 52, 90, 22);
    const double wood = ridge(x, 218, 34, 120, 23);
    const colour pine = {0.22, 0.33, 0.26}, oak = {0.38, 0.45, 0.20};
    const colour haze = {0.66, 0.75, 0.80};
    if (y > wood) return paint_forest(x, y, 5, oak);
    if (y > hill) return mix(paint_forest(x, y, 4, pine), haze, 0.30);
    return y > peak ? paint_mountain(x, y, peak) : paint_sky(x, y);
}

/* The far shore upside down, broken by ripples that grow nearer by. */
static colour paint_lake(double x, double y)
{
    const double depth = y - SHORE;
    const double wide = 5 + depth * 0.35;
    const double wave = fractal(x / (3 * wide), depth / (0.22 * wide), 3, 51);
    const double shift = wave * (1 + depth * 0.16);
    const colour mirrored =
        paint_far(x + 0.6 * shift, SHORE - 1 - fabs(depth * 1.05 + shift));
    const colour water = {0.16, 0.27, 0.33};
    const colour calm = mix(mirrored, water, 0.28 + 0.2 * depth / 100);
    return scale(calm, 0.92 + 0.16 * wave);
}

/* The near bank, and the grass on it. */
static double bank(double x)
{
    return 292 + 20 * fractal(x / 140, 3.5, 4, 61) - 26 * rise(x, 250, 420);
}

static colour paint_meadow(double x, double y)
{
    const double near = (y - 260) / 124;
    const double size = 1.6 + 2.6 * near;
    const double lean = 9 * fractal(x / 50, y / 50, 2, 71);
    const double blade =
        noise((x + lean) / size, y / (5 * size), 72) +
        0.5 * noise((x - lean) / (0.6 * size), y / (4 * size), 73);
    const double broad = fractal(x / 70, y / 34, 4, 74);
    const colour green = {0.33, 0.47, 0.16}, straw = {0.70, 0.63, 0.32};
    const colour grass = mix(green, straw, clamp(0.35 + 0.9 * broad, 0, 1));
    const double cell = 7;
    const int32_t cx = (int32_t)floor(x / cell), cy = (int32_t)floor(y / cell);
    const double dx = x - (cx + 0.5 + 0.3 * lattice(cx, cy, 75)) * cell;
    const double dy = y - (cy + 0.5 + 0.3 * lattice(cx, cy, 76)) * cell;
    const double bloom = 0.9 + 0.9 * near;
    if (lattice(cx, cy, 77) > 0.86 && dx * dx + dy * dy < bloom * bloom)
        return lattice(cx, cy, 78) > 0 ? (colour){0.94, 0.90, 0.80}
                                       : (colour){0.86, 0.30, 0.22};
    return scale(grass, clamp(0.82 + 0.34 * blade + 0.3 * broad, 0.2, 1.3));
}

/* Distance to the nearest multiple. */
static double to_multiple(double x, double period)
{
    return fabs(x - period * floor(x / period + 0.5));
}

/* A wall of boards with windows and a door; u, v from its upper left. */
static colour paint_wall(double u, double v, double tone)
{
    const colour wood = {0.74, 0.33, 0.24}, white = {0.93, 0.91, 0.86};
    const colour glass = {0.16, 0.21, 0.27}, gleam = {0.62, 0.72, 0.80};
    const double fx = fabs(u - 22), gx = fabs(u - 62), fy = fabs(v - 27);
    const double pane = fx < gx ? fx : gx;
    if (pane < 9 && fy < 12) {
        const int frame = pane > 7 || pane < 0.7 || fy > 10 || fy < 0.7;
        const colour sky = mix(glass, gleam, rise(12 - u / 9 - v / 2, -3, 6));
        return scale(frame ? white : sky, tone);
    }
    if (fabs(u - 42) < 7 && v > 18) {
        const colour door = {0.20, 0.30, 0.26};
        const int edge = fabs(u - 42) > 5.6 || v < 19.5;
        return scale(edge ? white : door, tone);
    }
    const double seam = to_multiple(u, 5) < 0.45 ? 0.72 : 1;
    const double grain =
        1 + 0.10 * noise(u * 1.4, v / 9, 81) + 0.05 * noise(u / 3, v / 3, 82);
    return scale(wood, tone * seam * grain);
}

/* Rows of tiles; u along the roof, v down it. */
static colour paint_roof(double u, double v)
{
    const double row = floor(v / 4.2);
    const double along = u + (row - 2 * floor(row / 2)) * 3;
    const int32_t tile = (int32_t)floor(along / 6);
    const double tint = lattice(tile, (int32_t)row, 91);
    const double edge = to_multiple(v, 4.2) < 0.7 ? 0.6 : 1;
    const double gap = to_multiple(along, 6) < 0.4 ? 0.8 : 1;
    const colour slate = {0.36, 0.37, 0.42};
    return scale(slate, (1 + 0.16 * tint) * edge * gap);
}

/* 1 where the house stands, with its colour. */
static int paint_house(double x, double y, colour *at)
{
    const double left = 328, right = 412, eaves = 216, floor_y = 270;
    const double up = (eaves - y) * 0.9; /* how far the roof has drawn in */
    const double chimney = x - 392;
    if (y > 172 && y < 200 && chimney > 0 && chimney < 11) {
        const double brick =
            to_multiple(y, 4) < 0.5 || to_multiple(chimney, 5.5) < 0.4 ? 1.25
                                                                       : 1;
        *at = scale((colour){0.50, 0.27, 0.21}, brick);
        return 1;
    }
    if (y > 184 && y < eaves + 3 && x > left - 8 + up && x < right + 8 - up) {
        *at = paint_roof(x - left, y - 184);
        return 1;
    }
    if (x < left || x > right || y < eaves || y > floor_y) return 0;
    const double shade = y < eaves + 6 ? 0.6 : 1;
    *at = paint_wall(x - left, y - eaves, shade);
    return 1;
}

/* A fence of posts and two rails along the bank. */
static int paint_fence(double x, double y, colour *at)
{
    const double foot = bank(x) + 22, up = foot - y;
    if (x > 318 || up < 0 || up > 25) return 0;
    const int post = to_multiple(x, 38) < 2.2;
    const int rail = fabs(up - 10) < 1.3 || fabs(up - 19) < 1.3;
    if (!post && !rail) return 0;
    const double grain = 1 + 0.2 * noise(x / (post ? 1 : 9), y / 3, 95);
    const double side = post && to_multiple(x + 1, 38) < 1.1 ? 1.2 : 0.9;
    *at = scale((colour){0.56, 0.49, 0.40}, grain * side);
    return 1;
}

/* An old tree at the right edge: a trunk, and leaves in clumps. */
static int paint_tree(double x, double y, colour *at)
{
    const double dx = (x - 470) / 76, dy = (y - 96) / 104;
    const double edge = 1 - dx * dx - dy * dy;
    const double clump = fractal(x / 22, y / 18, 5, 101);
    if (edge + 1.5 * clump > 0.30) {
        const double lit = fractal((x - 4) / 22, (y - 4) / 18, 5, 101);
        const double light = 0.62 + 1.5 * (clump - lit) - 0.25 * dx;
        *at = scale((colour){0.34, 0.42, 0.15}, clamp(light, 0.2, 1.25));
        return 1;
    }
    const double lean = 476 + 6 * fractal(y / 60, 0.5, 2, 102);
    const double wide = 8 + 14 * rise(y, 270, 318);
    if (y < 120 || y > 312 || fabs(x - lean) > wide) return 0;
    const double round = (x - lean) / wide;
    const double bark = noise(x / 2.2, y / 9, 103) + noise(x, y / 4, 104) / 2;
    *at = scale((colour){0.36, 0.29, 0.23},
                clamp(0.8 - 0.45 * round + 0.3 * bark, 0.15, 1.3));
    return 1;
}

static colour paint_place(double x, double y)
{
    colour at;
    if (paint_tree(x, y, &at) || paint_fence(x, y, &at)) return at;
    if (paint_house(x, y, &at)) return at;
    if (y > bank(x)) return paint_meadow(x, y);
    return y > SHORE ? paint_lake(x, y) : paint_far(x, y);
}

static colour look(int x, int y)
{
    const int column = x / OVER, row = y / OVER;
    return paint_place(column + (x % OVER + 0.5) / OVER,
                       row + (y % OVER + 0.5) / OVER);
}

static int develop(double value)
{
    return (int)(clamp(0.03 + 0.94 * value, 0, 1) * 255 + 0.5);
}

cvl_status scene_paint(const size_t size[2], cvl_dtype dtype,
                       cvl_tensor *picture, cvl_error *err)
{
    const struct painting scene = {SCENE_WIDTH, SCENE_HEIGHT, OVER, look,
                                   develop};
    return paint(&scene, size, dtype, picture, err);
}
