/* log.c - see log.h for the contract. */
#include "train/log.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <convlet/append.h>

#include "base/fnv.h"
#include "base/interrupt.h"
#include "base/number.h"

/* A line on its way to the log. */
struct line {
    int fd;
    int failed;               /* errno */
    struct source_mark *mark; /* that it adds to; or NULL */
    size_t used;
    char text[4096];
};

static void add_to(struct source_mark *mark, const char *text, size_t size)
{
    mark->size += size;
    mark->sum = fnv_add(mark->sum, text, size);
}

/* Waits until the descriptor takes more; false where a signal came first. */
static bool wait_for(int fd)
{
    struct pollfd reader = {.fd = fd, .events = POLLOUT};
    while (poll(&reader, 1, -1) < 0)
        if (errno != EINTR || interrupt_came()) return false;
    return true;
}

static void flush(struct line *line)
{
    if (line->mark) add_to(line->mark, line->text, line->used);
    for (size_t done = 0; !line->failed && done < line->used;) {
        const ssize_t n = write(line->fd, line->text + done, line->used - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            line->failed = wait_for(line->fd) ? 0 : errno;
        else if (errno != EINTR)
            line->failed = errno;
    }
    line->used = 0;
}

CVL_PRINTF(2, 3) static void put(struct line *line, const char *format, ...)
{
    enum { MOST = 128 }; /* of one piece */
    va_list args;
    if (line->used + MOST > sizeof line->text) flush(line);
    va_start(args, format);
    line->used +=
        (size_t)vsnprintf(line->text + line->used, MOST, format, args);
    va_end(args);
}

static const char *const NAMES[LOG_COLUMNS] = {"step",
                                               "epoch",
                                               "loss",
                                               "psnr",
                                               "accuracy",
                                               "held-out-loss",
                                               "held-out-accuracy",
                                               "params"};

static bool has(unsigned columns, size_t column)
{
    return columns >> column & 1;
}

const char *loss_log_header(unsigned columns, char text[LOG_HEADER_SIZE])
{
    text[0] = '\0';
    for (size_t i = 0; i < LOG_COLUMNS; i++)
        if (has(columns, i))
            cvl_append(text, LOG_HEADER_SIZE, "%s%s", text[0] ? "," : "",
                       NAMES[i]);
    cvl_append(text, LOG_HEADER_SIZE, "\n");
    return text;
}

bool loss_log_begin(const struct loss_log *log)
{
    struct line line = {.fd = log->fd};
    char header[LOG_HEADER_SIZE];
    if (log->format != LOG_CSV) return true;
    put(&line, "%s", loss_log_header(log->columns, header));
    flush(&line);
    return !line.failed;
}

/* JSON has no infinity and no NaN. */
static const char *json_number(double value, char text[NUMBER_SIZE])
{
    return isfinite(value) ? number_format(value, text) : "null";
}

/* What stands around the values of a line, by enum log_format. */
static const struct form {
    const char *start, *end;
    const char *name; /* of a column; NULL: it is known by its place */
    unsigned without; /* columns */
    const char *params, *params_end;
    char between; /* params */
    const char *(*number)(double, char[NUMBER_SIZE]);
} FORMS[] = {
    [LOG_TEXT] = {"", "\n", "%s:", 1U << COLUMN_PSNR, "", "", ' ',
                  number_format},
    [LOG_CSV] = {"", "\n", NULL, 0, "", "", ' ', number_format},
    [LOG_JSONL] = {"{", "}\n", "\"%s\":", 0, "[", "]", ',', json_number},
};

static void put_value(struct line *line, const struct form *form, size_t column,
                      const struct log_entry *entry)
{
    char text[NUMBER_SIZE];
    if (column == COLUMN_STEP || column == COLUMN_EPOCH) {
        put(line, "%zu", entry->number);
        return;
    }
    if (column != COLUMN_PARAMS) {
        put(line, "%s", form->number(entry->value[column], text));
        return;
    }
    put(line, "%s", form->params);
    for (size_t i = 0; i < entry->param_count; i++) {
        if (i) put(line, "%c", form->between);
        put(line, "%s", form->number(entry->params[i], text));
    }
    put(line, "%s", form->params_end);
}

bool loss_log_add(struct loss_log *log, const struct log_entry *entry)
{
    const struct form *const form = &FORMS[log->format];
    const unsigned columns = log->columns & ~form->without;
    const bool counts = log->every && entry->number % log->every == 0;
    struct line line = {.fd = log->fd, .mark = counts ? &log->mark : NULL};
    if (counts) {
        log->before = log->mark;
        log->number = entry->number;
    }
    const char *between = "";
    put(&line, "%s", form->start);
    for (size_t i = 0; i < LOG_COLUMNS; i++) {
        const bool is_there = has(entry->columns, i);
        if (!has(columns, i) || (form->name && !is_there)) continue;
        put(&line, "%s", between);
        if (form->name) put(&line, form->name, NAMES[i]);
        if (is_there) put_value(&line, form, i, entry);
        between = ",";
    }
    put(&line, "%s", form->end);
    flush(&line);
    errno = line.failed;
    return !line.failed;
}

void loss_log_mark(struct loss_log *log, const struct source_mark *mark)
{
    log->before = log->mark = *mark;
    log->number = 0;
}

const struct source_mark *loss_log_mark_of(const struct loss_log *log,
                                           size_t count)
{
    return log->number < count ? &log->mark : &log->before;
}

/* Goes through a file by its lines; one that is too long is cut short. */
struct reader {
    int fd;
    int failed; /* errno */
    size_t at, end;
    char buffer[1 << 16];
    char line[128];
};

/* The next line, with its end if it has one; its bytes, 0 behind the last. */
static size_t next_line(struct reader *reader)
{
    size_t size = 0, kept = 0;
    for (char c = 0; c != '\n'; size++) {
        if (reader->at >= reader->end) {
            ssize_t n;
            do {
                n = read(reader->fd, reader->buffer, sizeof reader->buffer);
            } while (n < 0 && errno == EINTR);
            if (n < 0) reader->failed = errno;
            if (n <= 0) break;
            reader->at = 0;
            reader->end = (size_t)n;
        }
        c = reader->buffer[reader->at++];
        if (kept < sizeof reader->line - 1) reader->line[kept++] = c;
    }
    reader->line[kept] = '\0';
    return size;
}

/* Reads ",NUMBER"; NULL where there is something else. */
static const char *skip_number(const char *text)
{
    char *end;
    if (!text || text[0] != ',' || isspace((unsigned char)text[1])) return NULL;
    strtod(text + 1, &end);
    return end > text + 1 ? end : NULL;
}

/* Is it the line of that step or epoch, with a number in every column? */
static bool is_line_of(const char *line, size_t number, unsigned columns)
{
    char start[NUMBER_SIZE];
    const int size = snprintf(start, sizeof start, "%zu", number);
    if (strncmp(line, start, (size_t)size) != 0) return false;
    const char *end = line + size;
    for (size_t i = COLUMN_LOSS; i < LOG_COLUMNS; i++)
        if (has(columns, i)) end = skip_number(end);
    return end && strcmp(end, "\n") == 0;
}

cvl_status loss_log_check(const struct loss_log *log, const char *path,
                          struct loss_log_cut *cut, cvl_error *err)
{
    struct reader reader = {.fd = log->fd};
    char header[LOG_HEADER_SIZE];
    size_t size = next_line(&reader);
    bool right =
        strcmp(reader.line, loss_log_header(log->columns, header)) == 0;
    cut->lines = 0;
    cut->size = 0;
    cut->mark = (struct source_mark){0, fnv_sum("", 0)};
    for (size_t number = 0; right; number += cut->every) {
        cut->lines++;
        cut->size += (off_t)size;
        add_to(&cut->mark, reader.line, size);
        size = next_line(&reader);
        if (number >= cut->count) break;
        right = is_line_of(reader.line, number, log->columns);
    }
    if (reader.failed)
        return cvl_fail(err, CVL_EIO, "%s: cannot read: %s", path,
                        strerror(reader.failed));
    if (!right)
        return cvl_fail(err, CVL_EFORMAT,
                        "%s: line %zu is %s; the checkpoint is of step %zu, "
                        "and the losses before it are to be here",
                        path, cut->lines + 1, size ? "another" : "missing",
                        cut->step);
    cut->follows = size > 0;
    cut->is_said =
        size && !(is_line_of(reader.line, cut->count - 1, log->columns) &&
                  next_line(&reader) == 0);
    return CVL_OK;
}

/* Starts at the first line behind the header. */
static void rewind_log(const struct loss_log *log, struct reader *reader)
{
    *reader = (struct reader){.fd = log->fd};
    if (lseek(log->fd, 0, SEEK_SET)) reader->failed = errno;
    next_line(reader);
}

/* The next line of a csv that was checked; false behind the last. */
static bool next_entry(const struct loss_log *log, struct reader *reader,
                       struct log_entry *entry)
{
    char *end;
    if (reader->failed || !next_line(reader)) return false;
    *entry = (struct log_entry){.columns = log->columns};
    entry->number = (size_t)strtoull(reader->line, &end, 10);
    for (size_t i = COLUMN_LOSS; i < COLUMN_PARAMS; i++)
        if (has(log->columns, i) && *end)
            entry->value[i] = strtod(end + 1, &end);
    return true;
}

static cvl_status end_recall(const struct reader *reader, const char *path,
                             cvl_error *err)
{
    return reader->failed ? cvl_fail(err, CVL_EIO, "%s: cannot read: %s", path,
                                     strerror(reader->failed))
                          : CVL_OK;
}

/* NaN where the entry has no such column. */
static double value_of(const struct log_entry *entry, enum log_column column)
{
    return has(entry->columns, column) ? entry->value[column] : (double)NAN;
}

cvl_status loss_log_recall(const struct loss_log *log, const char *path,
                           struct history *history, cvl_error *err)
{
    struct reader reader;
    struct log_entry entry;
    rewind_log(log, &reader);
    while (next_entry(log, &reader, &entry))
        history_add(history, entry.number, entry.value[COLUMN_LOSS],
                    value_of(&entry, COLUMN_PSNR));
    return end_recall(&reader, path, err);
}

struct epochs_row log_epoch(const struct log_entry *entry)
{
    return (struct epochs_row){
        .epoch = entry->number,
        .loss = entry->value[COLUMN_LOSS],
        .accuracy = value_of(entry, COLUMN_ACCURACY),
        .held_out_loss = value_of(entry, COLUMN_HELD_OUT_LOSS),
        .held_out_accuracy = value_of(entry, COLUMN_HELD_OUT_ACCURACY)};
}

cvl_status loss_log_recall_epochs(const struct loss_log *log, const char *path,
                                  struct epochs *epochs, cvl_error *err)
{
    struct reader reader;
    struct log_entry entry;
    rewind_log(log, &reader);
    while (next_entry(log, &reader, &entry)) {
        const struct epochs_row row = log_epoch(&entry);
        epochs_add(epochs, &row);
    }
    return end_recall(&reader, path, err);
}
