/* progress.h - a bar on the terminal while a run goes on. */
#ifndef CONVLET_BASE_PROGRESS_H
#define CONVLET_BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* {0} is off. */
struct progress {
    FILE *stream; /* NULL: off */
    size_t total;
    bool drawn;           /* the bar is on the current line */
    double last_time;     /* when it was drawn last, in seconds */
    size_t last_step;     /* what it said then */
    double steps_per_sec; /* smoothed; 0 while unknown */
    const char *unit;     /* what a step is called; NULL: "steps" */
};

/*
 * Turns the bar on if stderr is a terminal that can redraw a line (TERM is
 * set and not "dumb"); `step` of `total` steps are done.
 */
void progress_begin(struct progress *progress, bool wanted, size_t step,
                    size_t total);

/* Redraws the bar if the last time was a tenth of a second ago. A loss that
 * is NaN is left out. */
void progress_update(struct progress *progress, size_t step, double loss);

/* Takes the bar away, so that a line can be written. */
void progress_clear(struct progress *progress);

#endif
