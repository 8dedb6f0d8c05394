/* kernels.c - see kernels.h for the contract. */
#include "pictures/kernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <convlet/size.h>

#include "pictures/colormap.h"

enum { DEFAULT_WIDTH = 80, LEAST_WIDTH = 20, MOST_WIDTH = 1000 };

/* A number in plain text takes so many columns, with the space before it. */
enum { NUMBER_WIDTH = 8, BETWEEN = 3 };

static size_t terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < LEAST_WIDTH)
        return DEFAULT_WIDTH;
    return cvl_least(size.ws_col, MOST_WIDTH);
}

enum draw_colours draw_choose_colours(const char *no_color, const char *term,
                                      const char *depth)
{
    if ((no_color && *no_color) || !term || !strcmp(term, "dumb"))
        return DRAW_PLAIN;
    const bool is_true =
        depth && (!strcmp(depth, "truecolor") || !strcmp(depth, "24bit"));
    return is_true ? DRAW_TRUE : DRAW_256;
}

struct draw_style draw_style_of_stdout(void)
{
    if (!isatty(STDOUT_FILENO)) return (struct draw_style){.width = MOST_WIDTH};
    return (struct draw_style){
        .colours = draw_choose_colours(getenv("NO_COLOR"), getenv("TERM"),
                                       getenv("COLORTERM")),
        .width = terminal_width()};
}

/* Says a colour to the terminal: 38 for letters, 48 for what is behind. */
static void set_colour(enum draw_colours colours, int place,
                       const unsigned char *rgb, struct text *text)
{
    if (colours == DRAW_TRUE) {
        text_add(text, "\x1b[%d;2;%d;%d;%dm", place, rgb[0], rgb[1], rgb[2]);
        return;
    }
    /* A cube of 6 x 6 x 6 colours from 16 on; its steps are 0, 95, 135 ... */
    int index[3];
    for (size_t i = 0; i < 3; i++)
        index[i] = rgb[i] < 48 ? 0 : rgb[i] < 115 ? 1 : (rgb[i] - 35) / 40;
    text_add(text, "\x1b[%d;5;%dm", place,
             16 + 36 * index[0] + 6 * index[1] + index[2]);
}

/* Two rows of pixels in one line of half blocks. */
static void draw_line(const struct canvas *canvas, size_t y,
                      enum draw_colours colours, struct text *text)
{
    static const unsigned char nothing[4];
    static const char upper[] = "\xe2\x96\x80", lower[] = "\xe2\x96\x84";
    for (size_t x = 0; x < canvas->width; x++) {
        const unsigned char *const top =
            canvas->samples + 4 * (y * canvas->width + x);
        const unsigned char *const bottom =
            y + 1 < canvas->height ? top + 4 * canvas->width : nothing;
        if (!top[3] && !bottom[3]) {
            text_add(text, " ");
            continue;
        }
        set_colour(colours, 38, top[3] ? top : bottom, text);
        if (top[3] && bottom[3]) set_colour(colours, 48, bottom, text);
        text_add(text, "%s\x1b[0m", top[3] ? upper : lower);
    }
    text_add(text, "\n");
}

static cvl_status draw_blocks(const cvl_tensor *kernels, double scale,
                              const struct draw_style *style, struct text *text,
                              cvl_error *err)
{
    enum { SMALL = 8 };
    const size_t zoom = kernels->shape[3] <= SMALL ? 2 : 1;
    const struct heat_map map = {.planes =
                                     kernels->shape[0] * kernels->shape[1],
                                 .columns = kernels->shape[1],
                                 .scale = scale,
                                 .zoom = zoom,
                                 .gap = 2};
    size_t width = 0, height = 0;
    struct canvas canvas;
    heat_map_size(&map, kernels, &width, &height);
    const cvl_status status = canvas_init(&canvas, width, height, err);
    if (status) return status;
    heat_map_draw(&map, kernels, &canvas, 0, 0);
    for (size_t y = 0; y < height; y += 2)
        draw_line(&canvas, y, style->colours, text);
    canvas_free(&canvas);
    return CVL_OK;
}

/* N and n below zero, p and P above. */
static char letter(double value, double scale)
{
    const double share = value / scale;
    if (share != share) return '?';
    if (share < 0) return share <= -0.6 ? 'N' : share <= -0.2 ? 'n' : '.';
    return share >= 0.6 ? 'P' : share >= 0.2 ? 'p' : '.';
}

/* Every number with the same decimals, so that the points stand in line. */
static void add_number(double value, double scale, struct text *text)
{
    const int places = scale < 10 ? 4 : scale < 100 ? 3 : scale < 1000 ? 2 : 1;
    if (scale < 0.01 || scale >= 1e4)
        text_add(text, "%*.0e", NUMBER_WIDTH, value);
    else /* -0.0000 is 0.0000 */
        text_add(text, "%*.*f", NUMBER_WIDTH, places,
                 fabs(value) < 0.5 * pow(10, -places) ? 0.0 : value);
}

static void draw_plain(const cvl_tensor *kernels, double scale,
                       bool with_numbers, struct text *text)
{
    const size_t *const shape = kernels->shape;
    for (size_t o = 0; o < shape[0]; o++) {
        if (o) text_add(text, "\n");
        for (size_t i = 0; i < shape[2]; i++) {
            for (size_t j = 0; j < shape[1] * shape[3]; j++) {
                const size_t channel = j / shape[3], column = j % shape[3];
                const double value = cvl_tensor_get(
                    kernels,
                    ((o * shape[1] + channel) * shape[2] + i) * shape[3] +
                        column);
                if (channel && !column) text_fill(text, ' ', BETWEEN);
                if (with_numbers)
                    add_number(value, scale, text);
                else
                    text_fill(text, letter(value, scale), 2);
            }
            text_add(text, "\n");
        }
    }
}

/* How many kernels fit side by side, if each column takes so much. */
static size_t fitting(const cvl_tensor *kernels, size_t column, size_t between,
                      size_t width)
{
    const size_t one = kernels->shape[3] > MOST_WIDTH
                           ? width + between + 1
                           : kernels->shape[3] * column + between;
    return cvl_least((width + between) / one,
                     cvl_least(kernels->shape[1], KERNELS_DRAWN));
}

static void add_heading(const cvl_tensor *kernels, const char *inputs,
                        const size_t *shown, bool in_letters, struct text *text)
{
    const size_t *const shape = kernels->shape;
    text_add(text, "kernels of %zux%zu; down: output channels, across: %s\n",
             shape[2], shape[3], inputs);
    if (shown[0] < shape[0] || shown[1] < shape[1])
        text_add(text, "(the first %zu of %zu, and the first %zu of %zu)\n",
                 shown[0], shape[0], shown[1], shape[1]);
    if (in_letters) text_add(text, "(N and n: below zero, p and P: above)\n");
}

cvl_status kernels_draw(const cvl_tensor *kernels, const char *inputs,
                        double scale, const struct draw_style *style,
                        struct text *text, cvl_error *err)
{
    const size_t *const shape = kernels->shape;
    const bool plain = style->colours == DRAW_PLAIN;
    const size_t column = shape[3] <= 8 ? 2 : 1;
    size_t across = fitting(kernels, plain ? NUMBER_WIDTH : column,
                            plain ? BETWEEN : 2, style->width);
    const bool with_numbers = plain && across;
    if (plain && !across) across = fitting(kernels, 2, BETWEEN, style->width);
    const size_t shown[4] = {cvl_least(shape[0], KERNELS_DRAWN), across,
                             shape[2], shape[3]};
    if (!across || shape[2] > MOST_WIDTH) {
        text_add(text, "kernels of %zux%zu are too large for this terminal\n",
                 shape[2], shape[3]);
        return CVL_OK;
    }
    cvl_tensor part;
    cvl_status status = cvl_tensor_init(&part, CVL_F64, 4, shown, err);
    if (status) return status;
    cvl_tensor_crop(&part, kernels);
    add_heading(kernels, inputs, shown, plain && !with_numbers, text);
    if (plain)
        draw_plain(&part, scale, with_numbers, text);
    else
        status = draw_blocks(&part, scale, style, text, err);
    cvl_tensor_free(&part);
    return status;
}

/* Layers are this far apart; a layer is about this wide. */
enum { APART = 24, WIDE = 960, ZOOM = 24 };

/* The planes that are drawn of a layer. */
static struct heat_map plan(const cvl_tensor *kernels, double scale)
{
    const size_t columns = cvl_least(kernels->shape[1], KERNELS_PICTURED);
    const size_t rows = cvl_least(kernels->shape[0], KERNELS_PICTURED);
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

static cvl_status draw_layer(const struct heat_map *map,
                             const cvl_tensor *kernels, size_t y,
                             struct canvas *canvas, cvl_error *err)
{
    const size_t shape[4] = {map->planes / map->columns, map->columns,
                             kernels->shape[2], kernels->shape[3]};
    cvl_tensor part;
    const cvl_status status = cvl_tensor_init(&part, CVL_F64, 4, shape, err);
    if (status) return status;
    cvl_tensor_crop(&part, kernels);
    heat_map_draw(map, &part, canvas, 0, y);
    cvl_tensor_free(&part);
    return CVL_OK;
}

/* The layers one below the other: measures, and draws where there is a canvas.
 * CVL_ENOMEM where they are too large. */
static cvl_status lay_out(const cvl_tensor *const *kernels, size_t count,
                          double scale, struct canvas *canvas, size_t size[2],
                          cvl_error *err)
{
    cvl_status status = CVL_OK;
    size[0] = size[1] = 0;
    for (size_t i = 0; !status && i < count; i++) {
        const struct heat_map map = plan(kernels[i], scale);
        const size_t top = size[1] + (i ? APART : 0);
        size_t width, height;
        if (!heat_map_size(&map, kernels[i], &width, &height) ||
            !cvl_size_add(top, height, &size[1]))
            return cvl_fail(err, CVL_ENOMEM,
                            "the kernels of a layer, %zux%zu, are too large to "
                            "be drawn",
                            kernels[i]->shape[2], kernels[i]->shape[3]);
        if (width > size[0]) size[0] = width;
        if (canvas) status = draw_layer(&map, kernels[i], top, canvas, err);
    }
    return status;
}

cvl_status kernels_picture(const cvl_tensor *const *kernels, size_t count,
                           double scale, cvl_bytes *png, cvl_error *err)
{
    struct canvas canvas = {0};
    size_t size[2];
    *png = (cvl_bytes){0};
    cvl_status status = lay_out(kernels, count, scale, NULL, size, err);
    if (!status) status = canvas_init(&canvas, size[0], size[1], err);
    if (!status) status = lay_out(kernels, count, scale, &canvas, size, err);
    if (!status) status = canvas_encode(&canvas, png, err);
    canvas_free(&canvas);
    return status;
}
