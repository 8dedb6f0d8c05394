/* draw.c - see draw.h for the contract. */
#include "explain/draw.h"

#include <math.h>
#include <stdio.h>

enum { INNER = SVG_WIDTH - 2 * SVG_MARGIN };

void draw_words(struct svg *svg, enum svg_font font, struct text *words)
{
    if (words->failed) svg->body.failed = true;
    if (words->data) svg_wrap(svg, font, words->data);
    text_free(words);
}

void draw_number(struct svg *svg, const cvl_element *number, size_t digits)
{
    enum { WIDTH = 240, HEIGHT = 26 };
    char place[ELEMENT_SIZE], value[NUMBER_SIZE];
    struct text words = {0};
    text_add(&words, "%s = %s", element_text(number, place),
             number_digits(number->value, digits, value));
    if (words.failed) svg->body.failed = true;
    if (words.data)
        svg_cell(svg, SVG_MARKED, (SVG_WIDTH - WIDTH) / 2.0, svg->y, WIDTH,
                 HEIGHT, 12, words.data);
    text_free(&words);
    svg->y += HEIGHT;
}

void draw_arrow(struct svg *svg)
{
    enum { HEIGHT = 16 };
    svg_arrow(svg, SVG_WIDTH / 2.0, HEIGHT);
}

/* As large as any of them, of what is finite. */
static double scale_of(const struct draw_bar *bars, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        if (isfinite(bars[i].value)) most = fmax(most, fabs(bars[i].value));
    return most;
}

/* Names stand left, numbers right, and the axis where the bars leave it. */
void draw_bars(struct svg *svg, const char *heading,
               const struct draw_bar *bars, size_t count)
{
    enum { NAME = 126, VALUE = 66, ROW = 18, BAR = 12 };
    const double most = scale_of(bars, count);
    const double room = INNER - NAME - VALUE;
    double below = 0, above = 0;
    for (size_t i = 0; i < count; i++) {
        below = fmax(below, isfinite(bars[i].value) ? -bars[i].value : 0);
        above = fmax(above, isfinite(bars[i].value) ? bars[i].value : 0);
    }
    const double all = most > 0 ? below + above : 1;
    const double axis = SVG_MARGIN + NAME + room * below / all;
    const double top = svg->y + 17;
    svg_line(svg, SVG_WORDS, heading);
    for (size_t i = 0; i < count; i++) {
        const double value = isfinite(bars[i].value) ? bars[i].value : 0;
        const double length = room * fabs(value) / all;
        char digits[NUMBER_SIZE];
        svg_label(svg, SVG_MARGIN, svg->y + 13, "start", 11, bars[i].name);
        if (length > 3)
            svg_cell(svg, bars[i].cell, value < 0 ? axis - length : axis,
                     svg->y + 3, length, BAR, 0, "");
        svg_label(svg, SVG_WIDTH - SVG_MARGIN, svg->y + 13, "end", 11,
                  number_digits(bars[i].value, DRAW_DIGITS, digits));
        svg->y += ROW;
    }
    const double line[2][2] = {{axis, top}, {axis, svg->y}};
    svg_stroke(svg, SVG_AXIS, line, 2);
    svg->y += 8;
}

bool draw_is_finite(const struct draw_frame *frame)
{
    return isfinite(frame->high_x - frame->low_x) &&
           isfinite(frame->high_y - frame->low_y);
}

double draw_x(const struct draw_frame *frame, double x)
{
    return frame->left +
           frame->width * (x - frame->low_x) / (frame->high_x - frame->low_x);
}

double draw_y(const struct draw_frame *frame, double y)
{
    return frame->top +
           frame->height * (frame->high_y - y) / (frame->high_y - frame->low_y);
}

void draw_stroke(struct svg *svg, const struct draw_frame *frame,
                 enum svg_stroke stroke, double x0, double y0, double x1,
                 double y1)
{
    const double points[2][2] = {{draw_x(frame, x0), draw_y(frame, y0)},
                                 {draw_x(frame, x1), draw_y(frame, y1)}};
    svg_stroke(svg, stroke, points, 2);
}

void draw_label(struct svg *svg, double x, double y, const char *anchor,
                const char *name, double value)
{
    char words[ELEMENT_SIZE + NUMBER_SIZE], digits[NUMBER_SIZE];
    snprintf(words, sizeof words, "%s%s", name,
             number_digits(value, DRAW_DIGITS, digits));
    svg_label(svg, x, y, anchor, 11, words);
}
