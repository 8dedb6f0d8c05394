/* log.h - one line per step, for people, spreadsheets or programs. */
#ifndef CONVLET_TRAIN_LOG_H
#define CONVLET_TRAIN_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <convlet/error.h>

#include "base/config.h"
#include "data/source.h"
#include "report/epochs.h"
#include "report/history.h"

/* What may stand in a line, in this order; a log has those whose bits
 * (1 << column) are set. */
enum log_column {
    COLUMN_STEP,
    COLUMN_EPOCH,
    COLUMN_LOSS,
    COLUMN_PSNR, /* in dB; not in LOG_TEXT */
    COLUMN_ACCURACY,
    COLUMN_HELD_OUT_LOSS,
    COLUMN_HELD_OUT_ACCURACY,
    COLUMN_PARAMS, /* those that the step started from */
    LOG_COLUMNS
};

/* What a step, or an epoch, has to say; what its log has no column for is
 * passed over. */
struct log_entry {
    unsigned columns; /* that it has */
    size_t number;    /* of the step or the epoch */
    double value[LOG_COLUMNS];
    const double *params;
    size_t param_count;
};

struct loss_log {
    int fd; /* not owned; it may be one that does not wait (O_NONBLOCK) */
    enum log_format format;
    unsigned columns;
    /* Of a csv that is kept: the mark of the header and of the lines whose
     * number `every` divides; without and with the newest of these. */
    size_t every, number; /* 0: it has no mark; and the newest's number */
    struct source_mark before, mark;
};

enum { LOG_HEADER_SIZE = 128 };

/* The first line of a csv. */
const char *loss_log_header(unsigned columns, char text[LOG_HEADER_SIZE]);

/* Writes what comes before the first line: csv's header. False where it
 * could not be written. */
bool loss_log_begin(const struct loss_log *log);

/*
 * Writes one line:
 *
 *   text    step:0,loss:15.117241302038604
 *           epoch:0,loss:0.61,accuracy:0.81,held-out-loss:0.34 ...
 *   csv     0,15.117241302038604[,12.5]; nothing between the commas of a
 *           column that the line does not have
 *   jsonl   {"step":0,"loss":15.117241302038604[,"psnr":12.5]}, null where a
 *           number is not finite
 *
 * With params, these are: ",params:3 0.5", ",3 0.5" and ","params":[3,0.5]".
 *
 * False, with errno, where it could not be written, or waited for a reader when
 * a signal came.
 */
bool loss_log_add(struct loss_log *log, const struct log_entry *entry);

/* The csv begins with what has this mark. */
void loss_log_mark(struct loss_log *log, const struct source_mark *mark);

/* The mark of its lines of the first `count` steps, or epochs; these are all
 * but the newest, or all. */
const struct source_mark *loss_log_mark_of(const struct loss_log *log,
                                           size_t count);

/* What is to stay of a csv, and what was found. */
struct loss_log_cut {
    size_t count, every;     /* the lines of these steps, or epochs, are owed */
    size_t step;             /* that the checkpoint is of */
    size_t lines;            /* that stay, with the header */
    off_t size;              /* and their bytes, */
    struct source_mark mark; /* which are these */
    bool follows;            /* something comes behind them */
    bool is_said;            /* and is more than the last line of a run's end */
};

/*
 * Reads a csv from its start, of any size. CVL_EFORMAT with the number of the
 * first line that is owed and is not there; CVL_EIO. Messages start with the
 * path.
 */
cvl_status loss_log_check(const struct loss_log *log, const char *path,
                          struct loss_log_cut *cut, cvl_error *err);

/* Puts the lines of a csv of steps, or of epochs, which was checked, into what
 * a run remembers of them; CVL_EIO. */
cvl_status loss_log_recall(const struct loss_log *log, const char *path,
                           struct history *history, cvl_error *err);
cvl_status loss_log_recall_epochs(const struct loss_log *log, const char *path,
                                  struct epochs *epochs, cvl_error *err);

/* The line of an epoch, for the report. */
struct epochs_row log_epoch(const struct log_entry *entry);

#endif
