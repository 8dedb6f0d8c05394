/* epochs.h - what a run remembers of its epochs, for its report. */
#ifndef CONVLET_REPORT_EPOCHS_H
#define CONVLET_REPORT_EPOCHS_H

#include <stdbool.h>
#include <stddef.h>

/* At most so many are kept: every one at first, then every 2nd, every 4th and
 * so on. */
enum { EPOCHS_ROWS = 400 };

/* Of a part that there is none of, and of accuracy where there are no labels,
 * the numbers are NaN. */
struct epochs_row {
    size_t epoch;          /* from 0 */
    double loss, accuracy; /* of what was trained on, as the steps found it */
    double held_out_loss, held_out_accuracy; /* after it */
};

/* {0} is empty. */
struct epochs {
    struct epochs_row rows[EPOCHS_ROWS + 1]; /* rising in epoch */
    size_t count, stride;                    /* 0: no row yet */
    struct epochs_row last; /* also in rows at the end, after epochs_finish */
};

/* What one more epoch found. */
void epochs_add(struct epochs *epochs, const struct epochs_row *row);

/* After the last one. Idempotent. */
void epochs_finish(struct epochs *epochs);

#endif
