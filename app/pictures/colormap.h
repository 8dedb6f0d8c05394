/* colormap.h - numbers as colours: blue below zero, orange above, one scale. */
#ifndef CONVLET_PICTURES_COLORMAP_H
#define CONVLET_PICTURES_COLORMAP_H

#include <stdbool.h>
#include <stddef.h>

#include <convlet/file.h>
#include <convlet/tensor.h>

/*
 * The colour of value / scale: from -1, blue, through 0, almost white, to 1,
 * orange; values beyond get the end's colour, NaN magenta. People who see no
 * red or no green tell the two sides apart, and so does their lightness from
 * the middle.
 */
void colormap_at(double value, double scale, unsigned char rgb[3]);

/* Whether dark letters are read better on that colour than light ones. */
bool colormap_is_light(const unsigned char rgb[3]);

/* Samples of red, green, blue and opacity, row after row; {0} is empty. */
struct canvas {
    unsigned char *samples;
    size_t width, height;
};

/* A transparent canvas. CVL_ENOMEM, also beyond CANVAS_MAX_PIXELS. */
enum { CANVAS_MAX_PIXELS = 16 * 1024 * 1024 };
cvl_status canvas_init(struct canvas *canvas, size_t width, size_t height,
                       cvl_error *err);
void canvas_free(struct canvas *canvas);

/* The canvas as the bytes of a PNG; free them. CVL_ENOMEM. */
cvl_status canvas_encode(const struct canvas *canvas, cvl_bytes *png,
                         cvl_error *err);

/* How planes of a tensor become a picture. */
struct heat_map {
    size_t planes;  /* of the first ones in memory */
    size_t columns; /* planes side by side */
    double scale;
    size_t zoom; /* pixels a value, across and down */
    size_t gap;  /* pixels between planes */
};

/* The size of the picture; false where it overflows or is too large. */
bool heat_map_size(const struct heat_map *map, const cvl_tensor *tensor,
                   size_t *width, size_t *height);

/* Draws the planes at x, y, where there must be room. */
void heat_map_draw(const struct heat_map *map, const cvl_tensor *tensor,
                   struct canvas *canvas, size_t x, size_t y);

#endif
