/* ink.c - see ink.h for the contract. */
#include "prepare/ink.h"

#include <math.h>
#include <stdlib.h>

/* Weaker than this part of the peak is the paper, or a soft edge. */
static const double EDGE = 0.25;

void ink_take(const double *levels, double ground, bool darker, struct ink *ink)
{
    for (size_t i = 0; i < ink->height * ink->width; i++) {
        const double above = levels[i] - ground;
        ink->strength[i] = fmax(darker ? -above : above, 0);
    }
}

static void find_rectangle(struct ink *ink)
{
    size_t top = ink->height, left = ink->width, bottom = 0, right = 0;
    for (size_t y = 0; y < ink->height; y++)
        for (size_t x = 0; x < ink->width; x++) {
            if (!(ink->strength[y * ink->width + x] > EDGE * ink->peak))
                continue;
            if (y < top) top = y;
            if (x < left) left = x;
            if (y > bottom) bottom = y;
            if (x > right) right = x;
        }
    ink->top = top;
    ink->left = left;
    ink->rows = bottom + 1 - top;
    ink->columns = right + 1 - left;
}

static void find_weight(struct ink *ink)
{
    double sum = 0, down = 0, across = 0;
    for (size_t y = ink->top; y < ink->top + ink->rows; y++)
        for (size_t x = ink->left; x < ink->left + ink->columns; x++) {
            const double strength = ink->strength[y * ink->width + x];
            sum += strength;
            down += strength * ((double)y + 0.5);
            across += strength * ((double)x + 0.5);
        }
    ink->middle[0] = down / sum;
    ink->middle[1] = across / sum;
}

bool ink_look(struct ink *ink)
{
    ink->peak = 0;
    ink->rows = ink->columns = 0;
    for (size_t i = 0; i < ink->height * ink->width; i++)
        ink->peak = fmax(ink->peak, ink->strength[i]);
    if (!(ink->peak > 0)) return false;
    find_rectangle(ink);
    find_weight(ink);
    return true;
}

double ink_stroke(const double *strength, size_t height, size_t width)
{
    double sum = 0, change = 0;
    for (size_t y = 0; y <= height; y++)
        for (size_t x = 0; x <= width; x++) {
            const bool row = y < height, column = x < width;
            const double here = row && column ? strength[y * width + x] : 0;
            const double above =
                y && column ? strength[(y - 1) * width + x] : 0;
            const double before = x && row ? strength[y * width + x - 1] : 0;
            sum += here;
            change += fabs(here - above) + fabs(here - before);
        }
    return change > 0 ? sum / change : 0;
}

/* How far up or down the nearest ink of the column is. */
static void find_columns(const double *strength, size_t height, size_t width,
                         double *down)
{
    for (size_t x = 0; x < width; x++) {
        double far = HUGE_VAL;
        for (size_t y = 0; y < height; y++) {
            far = strength[y * width + x] >= 0.5 ? 0 : far + 1;
            down[y * width + x] = far;
        }
        far = HUGE_VAL;
        for (size_t y = height; y-- > 0;) {
            far = strength[y * width + x] >= 0.5 ? 0 : far + 1;
            down[y * width + x] = fmin(down[y * width + x], far);
        }
    }
}

void ink_distances(const double *strength, size_t height, size_t width,
                   size_t most, double *work, double *distance)
{
    find_columns(strength, height, width, work);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            const size_t end = x + most < width ? x + most : width - 1;
            double least = HUGE_VAL;
            for (size_t k = x < most ? 0 : x - most; k <= end; k++) {
                const double across = (double)k - (double)x;
                const double down = work[y * width + k];
                least = fmin(least, across * across + down * down);
            }
            distance[y * width + x] = sqrt(least);
        }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double ink_ground(const double *levels, size_t height, size_t width,
                  double *sorted)
{
    size_t count = 0;
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++)
            if (!y || !x || y == height - 1 || x == width - 1)
                sorted[count++] = levels[y * width + x];
    qsort(sorted, count, sizeof *sorted, compare);
    return sorted[count / 2];
}
