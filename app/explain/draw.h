/* draw.h - what the drawings of the answers share. */
#ifndef CONVLET_EXPLAIN_DRAW_H
#define CONVLET_EXPLAIN_DRAW_H

#include "base/svg.h"
#include "explain/show.h"

/* Digits in cells and at axes: the tables below have more. */
enum { DRAW_DIGITS = 3 };

/* Breaks the words into lines that fit, and frees them. */
void draw_words(struct svg *svg, enum svg_font font, struct text *words);

/* "dx[0,0,1,2] = 0.5" in the middle of a line of its own. */
void draw_number(struct svg *svg, const cvl_element *number, size_t digits);

/* An arrow down in the middle. */
void draw_arrow(struct svg *svg);

/* A signed bar in a line of its own, with its name and number. */
struct draw_bar {
    char name[ELEMENT_SIZE];
    double value;
    enum svg_cell cell;
};

/* Bars of one scale, from one axis, under a heading. */
void draw_bars(struct svg *svg, const char *heading,
               const struct draw_bar *bars, size_t count);

/* Where the numbers of a diagram lie on the sheet. */
struct draw_frame {
    double left, top, width, height;
    double low_x, high_x, low_y, high_y;
};
/* Can it be drawn, or are numbers too far apart, or none? */
bool draw_is_finite(const struct draw_frame *frame);
double draw_x(const struct draw_frame *frame, double x);
double draw_y(const struct draw_frame *frame, double y);

/* A line from one point of it to another. */
void draw_stroke(struct svg *svg, const struct draw_frame *frame,
                 enum svg_stroke stroke, double x0, double y0, double x1,
                 double y1);

/* "NAME 0.5", small, at a point of the sheet, as svg_label has it. */
void draw_label(struct svg *svg, double x, double y, const char *anchor,
                const char *name, double value);

/*
 * A layer that has no grids. It is told by what its terms are, not by its name:
 *
 *   a window      the numbers of a maximum or a mean, and which is taken; of a
 *                 gradient the outputs that read this x, and what they took
 *   a function    its curve, and the point on it, with its slope
 *   a batch norm  the numbers of the channel with mean and deviation
 *   single inputs the products as bars
 */
void draw_layer(struct svg *svg, const struct explanation *explanation);

/* May it be drawn better so than in grids? Where planes are single numbers. */
bool draw_as_bars(const struct explain_layer *layer);

#endif
