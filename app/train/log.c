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

#include "base/interrupt.h"
#include "base/number.h"

/* A line on its way to the log. */
struct line {
    int fd;
    bool failed;
    size_t used;
    char text[4096];
};

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
    for (size_t done = 0; !line->failed && done < line->used;) {
        const ssize_t n = write(line->fd, line->text + done, line->used - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            line->failed = !wait_for(line->fd);
        else
            line->failed = errno != EINTR;
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

const char *loss_log_header(bool with_psnr)
{
    return with_psnr ? "step,loss,psnr\n" : "step,loss\n";
}

bool loss_log_begin(const struct loss_log *log)
{
    struct line line = {.fd = log->fd};
    if (log->format != LOG_CSV) return true;
    put(&line, "step,loss%s%s\n", log->with_psnr ? ",psnr" : "",
        log->with_params ? ",params" : "");
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
    const char *start; /* of the step and the loss, as printf has it */
    const char *psnr;  /* of that; NULL: none */
    const char *params, *params_end, *end;
    char between; /* params */
    const char *(*number)(double, char[NUMBER_SIZE]);
} FORMS[] = {
    [LOG_TEXT] = {"step:%zu,loss:%s", NULL, ",params:", "", "\n", ' ',
                  number_format},
    [LOG_CSV] = {"%zu,%s", ",%s", ",", "", "\n", ' ', number_format},
    [LOG_JSONL] = {"{\"step\":%zu,\"loss\":%s", ",\"psnr\":%s", ",\"params\":[",
                   "]", "}\n", ',', json_number},
};

bool loss_log_add(const struct loss_log *log,
                  const struct loss_log_entry *entry)
{
    const struct form *const form = &FORMS[log->format];
    struct line line = {.fd = log->fd};
    char text[NUMBER_SIZE];
    put(&line, form->start, entry->step, form->number(entry->loss, text));
    if (log->with_psnr && form->psnr)
        put(&line, form->psnr, form->number(entry->psnr, text));
    if (log->with_params) {
        put(&line, "%s", form->params);
        for (size_t i = 0; i < entry->param_count; i++) {
            if (i) put(&line, "%c", form->between);
            put(&line, "%s", form->number(entry->params[i], text));
        }
        put(&line, "%s", form->params_end);
    }
    put(&line, "%s", form->end);
    flush(&line);
    return !line.failed;
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
        if (reader->at == reader->end) {
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

static bool is_line_of(const char *line, size_t step, bool with_psnr)
{
    char start[NUMBER_SIZE];
    const int size = snprintf(start, sizeof start, "%zu", step);
    if (strncmp(line, start, (size_t)size) != 0) return false;
    const char *end = skip_number(line + size);
    if (with_psnr) end = skip_number(end);
    return end && strcmp(end, "\n") == 0;
}

cvl_status loss_log_check(const struct loss_log *log, const char *path,
                          struct loss_log_cut *cut, cvl_error *err)
{
    struct reader reader = {.fd = log->fd};
    size_t size = next_line(&reader);
    bool right = strcmp(reader.line, loss_log_header(log->with_psnr)) == 0;
    cut->lines = 0;
    cut->size = 0;
    for (size_t step = 0; right; step += cut->every) {
        cut->lines++;
        cut->size += (off_t)size;
        size = next_line(&reader);
        if (step >= cut->steps) break;
        right = is_line_of(reader.line, step, log->with_psnr);
    }
    if (reader.failed)
        return cvl_fail(err, CVL_EIO, "%s: cannot read: %s", path,
                        strerror(reader.failed));
    if (!right)
        return cvl_fail(err, CVL_EFORMAT,
                        "%s: line %zu is %s; the checkpoint is of step %zu, "
                        "and the losses before it are to be here",
                        path, cut->lines + 1, size ? "another" : "missing",
                        cut->steps);
    cut->follows = size > 0;
    cut->is_said =
        size && !(is_line_of(reader.line, cut->steps - 1, log->with_psnr) &&
                  next_line(&reader) == 0);
    return CVL_OK;
}

cvl_status loss_log_recall(const struct loss_log *log, const char *path,
                           struct history *history, cvl_error *err)
{
    struct reader reader = {.fd = log->fd};
    if (lseek(log->fd, 0, SEEK_SET)) reader.failed = errno;
    next_line(&reader);
    while (!reader.failed && next_line(&reader)) {
        char *end;
        const size_t step = (size_t)strtoull(reader.line, &end, 10);
        const double loss = strtod(end + 1, &end);
        history_add(history, step, loss,
                    log->with_psnr ? strtod(end + 1, NULL) : (double)NAN);
    }
    return reader.failed ? cvl_fail(err, CVL_EIO, "%s: cannot read: %s", path,
                                    strerror(reader.failed))
                         : CVL_OK;
}
