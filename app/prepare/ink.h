/* ink.h - private: where a drawing is drawn, and how strongly. */
#ifndef CONVLET_PREPARE_INK_H
#define CONVLET_PREPARE_INK_H

#include <stdbool.h>
#include <stddef.h>

/* How far a level is from the ground, towards the ink: 0 and up. */
struct ink {
    size_t height, width;
    double *strength; /* [height,width], the caller's */
    double peak;      /* the largest */
    /* The rectangle of what is stronger than a quarter of that: */
    size_t top, left, rows, columns;
    double middle[2]; /* y, x of its weight, in pixels from the top left */
};

/* Looks at the strengths; false, with no rectangle, where all are 0. */
bool ink_look(struct ink *ink);

/* Strengths of levels [height,width] on that ground, where ink is darker or
 * brighter. */
void ink_take(const double *levels, double ground, bool darker,
              struct ink *ink);

/* How thick the strokes are: all strength, by how much it rises and falls from
 * pixel to pixel; half their width in pixels, or a half for thinner ones. */
double ink_stroke(const double *strength, size_t height, size_t width);

/* The distance of each pixel [height,width] from the nearest whose strength is
 * a half or more, in pixels, up to `most`; beyond, HUGE_VAL. `work` has as many
 * numbers. */
void ink_distances(const double *strength, size_t height, size_t width,
                   size_t most, double *work, double *distance);

/* The median of the levels on the border; `sorted` has room for them all. */
double ink_ground(const double *levels, size_t height, size_t width,
                  double *sorted);

#endif
