/* plot.h - columns of numbers as curves that say their values. */
#ifndef CONVLET_REPORT_PLOT_H
#define CONVLET_REPORT_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* A column of numbers: "loss", "", 8. */
struct plot_column {
    const char *name;
    const char *unit; /* behind a number: " dB" */
    int digits;       /* that a reader is shown */
};

/*
 * Rows of numbers; column 0, which rises, is what the others are drawn over. A
 * row whose column 1 is not finite is not drawn, and where another one is not,
 * that curve stays at the edge.
 */
struct plot_table {
    const struct plot_column *columns;
    size_t column_count, rows;
    double (*at)(const struct plot_table *table, size_t row, size_t column);
    const void *context; /* of `at` */
};

enum { PLOT_CURVES = 8, PLOT_LEVELS = 2 };

/* One drawing of such a table. */
struct plot {
    const char *title; /* "Loss, logarithmic" */
    bool is_log;
    bool is_fitted; /* linear: from the least to the most, and not from 0 */
    double most;    /* linear: never more than this at the upper edge; 0: any */
    size_t curve_count;
    struct plot_curve {
        size_t column;
        const char *name; /* in the key; NULL: no key */
    } curves[PLOT_CURVES];
    size_t level_count;
    struct plot_level {
        const char *name;
        double at;
    } levels[PLOT_LEVELS]; /* lines to compare with */
    const char *end;       /* what happened at the last row; NULL */
};

/*
 * A section of plots: its head, each plot, and what is below them: the numbers
 * of the last row, which the script replaces by those under the pointer, notes
 * (HTML, or NULL) and a table of some rows. There is at least one row; no text
 * is escaped.
 */
void plot_begin(const char *id, const char *heading, struct text *html);
void plot_add(const struct plot *plot, const struct plot_table *table,
              struct text *html);
void plot_end(const struct plot_table *table, const char *notes,
              struct text *html);

#endif
