/* dead_leaves.c - see dead_leaves.h for the contract. */
#include "patches/dead_leaves.h"

#include <math.h>
#include <string.h>

#include <convlet/memory.h>

/* Once so little of the picture is bare, one last leaf lies below it all:
 * the last holes would need most of the leaves. */
static const double BARE = 0.005;

/* An edge pixel that lets less through than 8 bits can show is covered. */
static const float FAINT = 1.0F / 256;

/* How far the channels of a colour of the palette are from its brightness, and
 * a leaf's brightness and channels from the palette, at most. */
static const double CHROMA = 0.25, SHADE = 0.15, TINT = 0.03;

/* How much darker than its centre the darkest edge of a leaf is, at most. */
static const double LIGHT = 0.15;

struct leaf {
    double y, x, radius;
    float colour[3];
    double rise_y, rise_x; /* of the brightness, by pixel */
};

cvl_status dead_leaves_init(struct dead_leaves *leaves, size_t channels,
                            size_t height, size_t width, cvl_error *err)
{
    const size_t shape[4] = {1, 1, height, width};
    void *block;
    *leaves = (struct dead_leaves){
        .channels = channels, .height = height, .width = width};
    cvl_status status = cvl_tensor_init(&leaves->open, CVL_F32, 4, shape, err);
    if (status) return status;
    status = cvl_alloc(&block, height * width, "dead leaves", err);
    leaves->is_open = block;
    return status;
}

void dead_leaves_free(struct dead_leaves *leaves)
{
    cvl_tensor_free(&leaves->open);
    cvl_free(leaves->is_open);
    *leaves = (struct dead_leaves){0};
}

/* A number from -reach to reach. */
static double spread(cvl_random *random, double reach)
{
    return reach * (2 * cvl_random_uniform(random) - 1);
}

/* What a picture's leaves have in common. */
static void draw_kind(struct dead_leaves *leaves, cvl_random *random)
{
    const double octaves = log((double)LEAVES_COARSE / LEAVES_SMALLEST);
    leaves->smallest =
        LEAVES_SMALLEST * exp(octaves * cvl_random_uniform(random));
    for (size_t i = 0; i < LEAVES_PALETTE; i++) {
        const double grey = cvl_random_uniform(random);
        for (size_t c = 0; c < leaves->channels; c++)
            leaves->palette[i][c] =
                (float)(leaves->channels == 1 ? grey
                                              : grey + spread(random, CHROMA));
    }
}

static void draw_colour(const struct dead_leaves *leaves, cvl_random *random,
                        struct leaf *leaf)
{
    const float *const near =
        leaves->palette[cvl_random_below(random, LEAVES_PALETTE)];
    const double shade = spread(random, SHADE);
    const double reach = LIGHT / leaf->radius;
    for (size_t c = 0; c < leaves->channels; c++)
        leaf->colour[c] =
            (float)((double)near[c] + shade + spread(random, TINT));
    leaf->rise_y = spread(random, reach);
    leaf->rise_x = spread(random, reach);
}

/* The radius by inverting its distribution; the centre up to the largest
 * radius outside the picture, so that its edges are as its middle. */
static void draw_place(const struct dead_leaves *leaves, cvl_random *random,
                       struct leaf *leaf)
{
    const double low = leaves->smallest, high = LEAVES_LARGEST;
    const double share = 1 - low * low / (high * high);
    leaf->radius = low / sqrt(1 - share * cvl_random_uniform(random));
    leaf->y =
        cvl_random_uniform(random) * ((double)leaves->height + 2 * high) - high;
    leaf->x =
        cvl_random_uniform(random) * ((double)leaves->width + 2 * high) - high;
}

/* Does it touch no pixel of that axis? Then its span is empty. */
static bool is_outside(double centre, double radius, size_t size)
{
    return centre + radius + 0.5 <= -1 || centre - radius - 0.5 >= (double)size;
}

/* The first and the one past the last pixel that the leaf can touch. */
static void reach(double centre, double radius, size_t size, size_t span[2])
{
    const double low = floor(centre - radius - 0.5);
    const double high = ceil(centre + radius + 0.5) + 1;
    span[0] = low < 0 ? 0 : (size_t)fmin(low, (double)size);
    span[1] = high < 0 ? 0 : (size_t)fmin(high, (double)size);
}

/* How much of a pixel lies under the leaf, by the distance alone. */
static float coverage(double distance2, double radius)
{
    const double inner = radius - 0.5, outer = radius + 0.5;
    if (distance2 >= outer * outer) return 0;
    if (distance2 <= inner * inner) return 1;
    return (float)(outer - sqrt(distance2));
}

static float clamp(float value)
{
    return value < 0 ? 0 : value > 1 ? 1 : value;
}

/* The first open pixel of a row from x on, or its end. */
static size_t find_open(const unsigned char *row, size_t x, size_t end)
{
    if (x >= end || row[x]) return x;
    const unsigned char *const found = memchr(row + x, true, end - x);
    return found ? (size_t)(found - row) : end;
}

/* What of the leaf is seen in one pixel, that far from its centre; true: the
 * pixel is closed. */
static bool cover(struct dead_leaves *leaves, const struct leaf *leaf,
                  size_t at, double dy, double dx, float *picture)
{
    const size_t plane = leaves->height * leaves->width;
    float *const bare = (float *)leaves->open.data + at;
    const float open = *bare;
    float under = open * coverage(dy * dy + dx * dx, leaf->radius);
    if (under == 0) return false;
    if (open - under < FAINT) under = open;
    *bare = open - under;
    const float light = (float)(dy * leaf->rise_y + dx * leaf->rise_x);
    for (size_t c = 0; c < leaves->channels; c++)
        picture[c * plane + at] += under * clamp(leaf->colour[c] + light);
    return under == open;
}

/* Slides the leaf below those that are there; pixels that it closes. */
static size_t add_leaf(struct dead_leaves *leaves, const struct leaf *leaf,
                       float *picture)
{
    size_t rows[2], columns[2], closed = 0;
    reach(leaf->y, leaf->radius, leaves->height, rows);
    reach(leaf->x, leaf->radius, leaves->width, columns);
    for (size_t y = rows[0]; y < rows[1]; y++) {
        unsigned char *const row = leaves->is_open + y * leaves->width;
        for (size_t x = find_open(row, columns[0], columns[1]); x < columns[1];
             x = find_open(row, x + 1, columns[1])) {
            if (!cover(leaves, leaf, y * leaves->width + x, (double)y - leaf->y,
                       (double)x - leaf->x, picture))
                continue;
            row[x] = false;
            closed++;
        }
    }
    return closed;
}

void dead_leaves_draw(struct dead_leaves *leaves, cvl_random *random,
                      cvl_tensor *picture)
{
    float *const pixels = picture->data;
    float *const open = leaves->open.data;
    const size_t plane = leaves->height * leaves->width;
    const size_t enough = (size_t)(BARE * (double)plane);
    struct leaf leaf = {.radius = LEAVES_LARGEST};
    draw_kind(leaves, random);
    memset(leaves->is_open, true, plane);
    for (size_t i = 0; i < plane; i++) open[i] = 1;
    for (size_t i = 0; i < picture->count; i++) pixels[i] = 0;
    for (size_t bare = plane; bare > enough;) {
        draw_place(leaves, random, &leaf);
        if (is_outside(leaf.y, leaf.radius, leaves->height) ||
            is_outside(leaf.x, leaf.radius, leaves->width))
            continue;
        draw_colour(leaves, random, &leaf);
        bare -= add_leaf(leaves, &leaf, pixels);
    }
    draw_colour(leaves, random, &leaf);
    for (size_t c = 0; c < leaves->channels; c++)
        for (size_t i = 0; i < plane; i++)
            pixels[c * plane + i] += open[i] * clamp(leaf.colour[c]);
}
