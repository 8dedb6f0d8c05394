/* make_sample.c - paints assets/sample.png: leaves, apples, berries. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "paint/paint.h"
#include "write.h"

/*
 * A filter can be recovered from a picture only at the frequencies that the
 * picture has. So this one has all: edges at every angle and scale (things of
 * all sizes lying over each other, as in a "dead leaves" model), fine texture,
 * and a little noise, as a sensor adds it, which is in every frequency alike.
 */

enum { SIDE = 512, OVER = 2, CANVAS = SIDE * OVER };

static colour canvas[CANVAS][CANVAS];
static uint64_t state = 20240923;

static uint32_t next_word(void)
{
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(state >> 32);
}

static double uniform(double low, double high)
{
    return low + (high - low) * ((double)next_word() / 4294967296.0);
}

/* Mean 0, deviation 1: twelve uniform numbers are normal enough. */
static double normal(void)
{
    double sum = -6.0;
    for (int i = 0; i < 12; i++) sum += uniform(0.0, 1.0);
    return sum;
}

typedef enum kind { LANCE, OAK, MAPLE, APPLE, BERRY } kind;

/* Something that lies in the picture; lengths in pixels of the canvas. */
typedef struct thing {
    kind kind;
    double x, y, size;
    double cosine, sine;
    colour light, dark; /* the two it is mottled with */
    uint32_t seed;
} thing;

/* How deep (u,v), in units of the size, is in a leaf's blade: > 0 inside. */
static double blade(double u, double v, double width, double waves)
{
    if (u < -1 || u > 1) return -1;
    double half = width * (1 - u * u) * (1 - 0.35 * u) + 0.004;
    const double phase = u * waves - floor(u * waves);
    half *= 1 - 0.9 * width * (phase < 0.7 ? phase / 0.7 : (1 - phase) / 0.3);
    return 1 - fabs(v) / half;
}

/* A maple leaf is five blades from one point, the middle one the longest. */
static const struct {
    double cosine, sine, length;
} lobes[5] = {{1, 0, 1.0},
              {0.56, 0.83, 0.86},
              {0.56, -0.83, 0.86},
              {-0.42, 0.91, 0.56},
              {-0.42, -0.91, 0.56}};

/* The lobe that (u,v) is deepest in, with its own coordinates in *p, *q. */
static double maple(double u, double v, double *p, double *q)
{
    double best = -9;
    for (int i = 0; i < 5; i++) {
        const double along = (u * lobes[i].cosine + v * lobes[i].sine);
        const double across = (v * lobes[i].cosine - u * lobes[i].sine);
        const double a = along / lobes[i].length * 1.6 - 0.6;
        const double depth = blade(a, across / lobes[i].length, 0.30, 4);
        if (depth > best) {
            best = depth;
            *p = a;
            *q = across / lobes[i].length;
        }
    }
    return best;
}

/* Its depth there, and for its paint the coordinates along the leaf. */
static double depth_at(const thing *t, double u, double v, double *p, double *q)
{
    *p = u;
    *q = v;
    switch (t->kind) {
    case LANCE: return blade(u, v, 0.34, 14);
    case OAK: return blade(u, v, 0.52, 3.5);
    case MAPLE: return maple(u, v, p, q);
    case APPLE:
    case BERRY: break;
    }
    return 1 - u * u - v * v;
}

/* Distance to the nearest multiple of 1. */
static double to_line(double x)
{
    return fabs(x - floor(x + 0.5));
}

static colour leaf_paint(const thing *t, double p, double q)
{
    const double patch = noise(p * 3, q * 3, t->seed) * 0.9 +
                         noise(p * 11, q * 11, t->seed + 1) * 0.5;
    colour c = mix(t->light, t->dark, clamp(0.45 + 0.5 * patch, 0, 1));
    /* Folded along the middle: one half is turned to the light. */
    const double side = q * t->cosine - 0.3 * t->sine * q;
    double shade = side > 0 ? 0.86 : 1.08;
    shade *= 1 + 0.22 * noise(p * 46, q * 46, t->seed + 2);
    const double vein = to_line((p - 0.9 * fabs(q)) * 6) * 0.16;
    if (fabs(q) < 0.017 || vein < 0.011) {
        c = mix(c, (colour){0.93, 0.82, 0.52}, 0.42);
        shade *= 1.08;
    } else {
        shade *= 0.9 + 0.8 * (vein < 0.12 ? vein : 0.12);
    }
    return scale(c, shade);
}

/* A ball lit from the upper left; u, v on the screen, not turned. */
static colour ball_paint(const thing *t, double u, double v, double p, double q)
{
    const double height = sqrt(clamp(1 - u * u - v * v, 0, 1));
    const double light = clamp(-0.45 * u - 0.55 * v + 0.70 * height, 0, 1);
    const double streak = noise(p * 15, q * 3, t->seed) * 0.6 +
                          noise(p * 40, q * 9, t->seed + 1) * 0.4;
    colour c = mix(t->light, t->dark, clamp(0.5 + 0.7 * streak, 0, 1));
    const double grain = lattice((int32_t)floor(p * t->size / 5),
                                 (int32_t)floor(q * t->size / 5), t->seed);
    if (t->kind == APPLE && grain > 0.93)
        c = mix(c, (colour){0.95, 0.85, 0.55}, 0.6);
    c = scale(c, 0.30 + 0.80 * light);
    if (t->kind == APPLE) {
        const double w = v + 0.66, bent = u - 0.05 - 0.25 * w * w;
        const double dip =
            clamp(1 - 7 * (u - 0.05) * (u - 0.05) - 40 * w * w, 0, 1);
        c = scale(c, 1 - 0.75 * dip);
        if (fabs(bent) < 0.033 && v < -0.62)
            c = scale((colour){0.42, 0.28, 0.14}, bent < 0 ? 1.2 : 0.6);
    }
    const double dx = u + 0.36, dy = v + 0.42;
    const double gloss = clamp(1 - (dx * dx + dy * dy) * 14, 0, 1);
    return mix(c, (colour){1, 0.97, 0.9}, 0.75 * gloss * gloss);
}

static void paint_pixel(const thing *t, int x, int y)
{
    const double sx = (x + 0.5 - t->x) / t->size;
    const double sy = (y + 0.5 - t->y) / t->size;
    double p, q;
    /* The shadow falls to the lower right, and is soft. */
    const double hx = sx - 0.05 - 3.0 / t->size;
    const double hy = sy - 0.07 - 4.0 / t->size;
    const double under = depth_at(t, hx * t->cosine + hy * t->sine,
                                  hy * t->cosine - hx * t->sine, &p, &q);
    const double u = sx * t->cosine + sy * t->sine;
    const double v = sy * t->cosine - sx * t->sine;
    if (depth_at(t, u, v, &p, &q) <= 0) {
        const double shadow = 0.62 * clamp(0.5 + 1.5 * under, 0, 1);
        canvas[y][x] = scale(canvas[y][x], 1 - shadow);
    } else if (t->kind == APPLE || t->kind == BERRY) {
        canvas[y][x] = ball_paint(t, sx, sy, p, q);
    } else {
        canvas[y][x] = leaf_paint(t, p, q);
    }
}

static void lay(const thing *t)
{
    const double reach = 1.3 * t->size + 8;
    const int x0 = (int)clamp(t->x - reach, 0, CANVAS);
    const int x1 = (int)clamp(t->x + reach, 0, CANVAS);
    const int y0 = (int)clamp(t->y - reach, 0, CANVAS);
    const int y1 = (int)clamp(t->y + reach, 0, CANVAS);
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++) paint_pixel(t, x, y);
}

static const colour leaf_colours[][2] = {
    {{0.86, 0.24, 0.13}, {0.55, 0.08, 0.10}}, /* crimson */
    {{0.97, 0.56, 0.16}, {0.82, 0.28, 0.08}}, /* orange */
    {{0.98, 0.80, 0.30}, {0.86, 0.55, 0.13}}, /* gold */
    {{0.96, 0.72, 0.24}, {0.78, 0.30, 0.12}}, /* gold turning red */
    {{0.66, 0.43, 0.24}, {0.40, 0.24, 0.14}}, /* brown */
    {{0.68, 0.66, 0.26}, {0.38, 0.44, 0.16}}, /* olive */
    {{0.36, 0.50, 0.26}, {0.17, 0.32, 0.20}}, /* green */
    {{0.55, 0.20, 0.34}, {0.32, 0.11, 0.24}}, /* plum */
};

static thing make(kind which, double x, double y, double size)
{
    double c, s, length;
    do {
        c = uniform(-1, 1);
        s = uniform(-1, 1);
        length = sqrt(c * c + s * s);
    } while (length > 1 || length < 0.1);
    const size_t count = sizeof leaf_colours / sizeof *leaf_colours;
    const colour *const pair = leaf_colours[next_word() % count];
    const uint32_t seed = next_word();
    return (thing){which,      x * OVER, y * OVER, size * OVER, c / length,
                   s / length, pair[0],  pair[1],  seed};
}

/* A layer of leaves all over the picture. */
static void strew(int count, double smallest, double largest)
{
    for (int i = 0; i < count; i++) {
        const double pick = uniform(0, 1);
        /* In this order; that of arguments would be the compiler's. */
        const double x = uniform(-20, SIDE + 20);
        const double y = uniform(-20, SIDE + 20);
        const double size = uniform(smallest, largest);
        const kind which = pick < 0.40 ? LANCE : pick < 0.65 ? OAK : MAPLE;
        const thing leaf = make(which, x, y, size);
        lay(&leaf);
    }
}

static void place_ball(kind which, double x, double y, double size,
                       colour light, colour dark)
{
    thing ball = make(which, x, y, size);
    ball.light = light;
    ball.dark = dark;
    lay(&ball);
}

static void place_berries(double x, double y, int count, colour hue)
{
    for (int i = 0; i < count; i++) {
        const double dx = uniform(-26, 26), dy = uniform(-22, 22);
        const double size = uniform(6, 10);
        place_ball(BERRY, x + dx, y + dy, size, scale(hue, 1.15),
                   scale(hue, 0.8));
    }
}

static void compose(void)
{
    for (int y = 0; y < CANVAS; y++)
        for (int x = 0; x < CANVAS; x++)
            canvas[y][x] = (colour){0.20, 0.14, 0.10};
    strew(420, 34, 80);
    strew(260, 20, 52);
    const colour red = {0.88, 0.20, 0.14}, gold = {0.95, 0.74, 0.25};
    const colour wine = {0.52, 0.08, 0.13}, green = {0.66, 0.70, 0.26};
    place_ball(APPLE, 318, 296, 76, red, wine);
    place_ball(APPLE, 192, 330, 66, gold, red);
    place_ball(APPLE, 262, 394, 60, green, gold);
    strew(34, 14, 34);
    place_berries(396, 388, 16, (colour){0.78, 0.10, 0.12});
    place_berries(112, 148, 13, (colour){0.27, 0.26, 0.46});
    place_berries(420, 116, 12, (colour){0.84, 0.36, 0.10});
    place_berries(96, 436, 10, (colour){0.74, 0.09, 0.14});
}

static colour look(int x, int y)
{
    return canvas[y][x];
}

/* In steps of STEP, which the noise hides and the file is smaller. */
static int develop(double value)
{
    enum { STEP = 3 };
    const double exposed = 0.07 + 0.84 * value + 0.035 * normal();
    const double level = floor(exposed * (255.0 / STEP) + 0.5);
    return STEP * (int)clamp(level, 0, 255.0 / STEP);
}

int main(int argc, char **argv)
{
    const struct painting sample = {SIDE, SIDE, OVER, look, develop};
    const size_t all[2] = {SIDE, SIDE};
    cvl_tensor picture;
    cvl_error err;
    compose();
    const cvl_status status = paint(&sample, all, CVL_F64, &picture, &err);
    return write_picture(status, &picture, &err, argc, argv);
}
