/* svg.h - small drawings of words and cells, narrow enough for a phone. */
#ifndef CONVLET_BASE_SVG_H
#define CONVLET_BASE_SVG_H

#include "base/text.h"

/*
 * A sheet of SVG_WIDTH units, of which SVG_MARGIN stay free at each side, that
 * grows downward; a unit is a pixel where it is not scaled. It has its own
 * background, light or dark as the reader prefers, and the fonts of the system.
 * Colours are those of Okabe and Ito, which people tell apart who see no red or
 * no green; what a colour says, a border or a word says too.
 */
enum { SVG_WIDTH = 390, SVG_MARGIN = 12 };

struct svg {
    struct text body;
    double y; /* where the next thing goes */
    bool has_strokes;
};

/* Appends the whole drawing with its height, and frees the body. The words are
 * what readers get who do not see it. */
void svg_finish(struct svg *svg, const char *title, const char *description,
                struct text *text);

/* The kinds of letters. */
enum svg_font {
    SVG_HEAD,  /* 15 units high, bold */
    SVG_WORDS, /* 12 */
    SVG_SMALL, /* 10, grey */
    SVG_MONO   /* of one width */
};

/* A line of words at x, at the current y, and the y of the next. */
void svg_line(struct svg *svg, enum svg_font font, const char *words);

/* Words, or lines of them, broken into lines that fit. */
void svg_wrap(struct svg *svg, enum svg_font font, const char *words);

/* The same of a formula; what of a line does not fit stands further in. */
void svg_formula(struct svg *svg, const char *lines);

/*
 * The lines of a text whose columns align, as high as they fit.
 *
 *   faded   whether the line of that number is grey
 */
void svg_columns(struct svg *svg, const char *lines,
                 bool (*faded)(const void *context, size_t line),
                 const void *context);

/* Words around a point: "start", "middle" or "end" there; size in units. */
void svg_label(struct svg *svg, double x, double y, const char *anchor,
               double size, const char *words);

/* How a cell looks; the words are those of the style sheet. */
enum svg_cell {
    SVG_PLAIN,   /* as the sheet */
    SVG_MARKED,  /* blue, with a thick border */
    SVG_KERNEL,  /* orange, with a thick border */
    SVG_PADDING, /* grey, with a dashed border */
    SVG_GAP,     /* as the sheet, with a dotted border */
    SVG_MARKED_PADDING,
    SVG_MARKED_GAP
};

/* A cell with words of that height in its middle. */
void svg_cell(struct svg *svg, enum svg_cell kind, double x, double y,
              double width, double height, double size, const char *words);

/* A line through points, each x and y. */
enum svg_stroke {
    SVG_CURVE, /* blue */
    SVG_AXIS,  /* grey and thin */
    SVG_SLOPE  /* orange */
};
void svg_stroke(struct svg *svg, enum svg_stroke stroke,
                const double (*points)[2], size_t count);

/* A point, coloured as a cell. */
void svg_dot(struct svg *svg, enum svg_cell kind, double x, double y);

/* An arrow down from the current y, as long as its height, and where it
 * ends. */
void svg_arrow(struct svg *svg, double x, double height);

/* Small cells with what they mean, in lines that fit. */
struct svg_meaning {
    enum svg_cell kind;
    const char *words; /* NULL: not in this drawing */
};
void svg_legend(struct svg *svg, const struct svg_meaning *meanings,
                size_t count);

#endif
