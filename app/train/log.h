/* log.h - one line per step, for people, spreadsheets or programs. */
#ifndef CONVLET_TRAIN_LOG_H
#define CONVLET_TRAIN_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/config.h"

/* What a step has to say. */
struct loss_log_entry {
    size_t step;
    double loss;
    double psnr;          /* in dB; only written where the log has it */
    const double *params; /* that the step started from; NULL: not asked for */
    size_t param_count;
};

struct loss_log {
    FILE *stream; /* not owned */
    enum log_format format;
    bool with_psnr;   /* csv and jsonl: a third value */
    bool with_params; /* the entries have params, which go last */
};

/* Writes what comes before the first line: csv's header. False where it
 * could not be written. */
bool loss_log_begin(const struct loss_log *log);

/*
 * Writes one line and flushes it:
 *
 *   text    step:0,loss:15.117241302038604
 *   csv     0,15.117241302038604[,12.5]
 *   jsonl   {"step":0,"loss":15.117241302038604[,"psnr":12.5]}, null where a
 *           number is not finite
 *
 * With params, these are: ",params:3 0.5", ",3 0.5" and ","params":[3,0.5]".
 *
 * False where it could not be written.
 */
bool loss_log_add(const struct loss_log *log,
                  const struct loss_log_entry *entry);

#endif
