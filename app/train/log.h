/* log.h - one line per step, for people, spreadsheets or programs. */
#ifndef CONVLET_TRAIN_LOG_H
#define CONVLET_TRAIN_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <convlet/error.h>

#include "base/config.h"
#include "report/history.h"

/* What a step has to say. */
struct loss_log_entry {
    size_t step;
    double loss;
    double psnr;          /* in dB; only written where the log has it */
    const double *params; /* that the step started from; NULL: not asked for */
    size_t param_count;
};

struct loss_log {
    int fd; /* not owned; it may be one that does not wait (O_NONBLOCK) */
    enum log_format format;
    bool with_psnr;   /* csv and jsonl: a third value */
    bool with_params; /* the entries have params, which go last */
};

/* The first line of a csv without params. */
const char *loss_log_header(bool with_psnr);

/* Writes what comes before the first line: csv's header. False where it
 * could not be written. */
bool loss_log_begin(const struct loss_log *log);

/*
 * Writes one line:
 *
 *   text    step:0,loss:15.117241302038604
 *   csv     0,15.117241302038604[,12.5]
 *   jsonl   {"step":0,"loss":15.117241302038604[,"psnr":12.5]}, null where a
 *           number is not finite
 *
 * With params, these are: ",params:3 0.5", ",3 0.5" and ","params":[3,0.5]".
 *
 * False where it could not be written, or waited for a reader when a signal
 * came.
 */
bool loss_log_add(const struct loss_log *log,
                  const struct loss_log_entry *entry);

/* What is to stay of a csv, and what was found. */
struct loss_log_cut {
    size_t steps, every; /* the lines of these steps are owed */
    size_t lines;        /* that stay, with the header */
    off_t size;          /* and their bytes */
    bool follows;        /* something comes behind them */
    bool is_said;        /* and is more than the last line of a run's end */
};

/*
 * Reads a csv from its start, of any size. CVL_EFORMAT with the number of the
 * first line that is owed and is not there; CVL_EIO. Messages start with the
 * path.
 */
cvl_status loss_log_check(const struct loss_log *log, const char *path,
                          struct loss_log_cut *cut, cvl_error *err);

/* Puts the lines of a csv, which was checked, into a history; CVL_EIO. */
cvl_status loss_log_recall(const struct loss_log *log, const char *path,
                           struct history *history, cvl_error *err);

#endif
