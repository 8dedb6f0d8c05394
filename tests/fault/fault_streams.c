/* fault_streams.c - see fault.h: stdio on a disk that is full or broken. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fault.h"

FILE *fault_fopen(const char *path, const char *mode);
FILE *fault_tmpfile(void);
FILE *fault_fmemopen(void *block, size_t size, const char *mode);
int fault_fclose(FILE *stream);
size_t fault_fread(void *data, size_t size, size_t count, FILE *stream);
char *fault_fgets(char *line, int size, FILE *stream);
int fault_fflush(FILE *stream);
int fault_fprintf(FILE *stream, const char *format, ...);
int fault_printf(const char *format, ...);
int fault_puts(const char *text);
int fault_putchar(int c);
int fault_fputs(const char *text, FILE *stream);
int fault_fputc(int c, FILE *stream);
int fault_putc(int c, FILE *stream);
size_t fault_fwrite(const void *data, size_t size, size_t count, FILE *stream);

/*
 * A stream fails as it would by itself: its descriptor is put on something
 * that cannot be written or read, so that stdio meets the error, marks the
 * stream, and says so to whoever asks. stderr is spared: it has to carry the
 * message; so are streams that have no descriptor.
 */
static bool spared(FILE *stream)
{
    return stream == stderr || fileno(stream) < 0;
}

/* Puts the stream's descriptor on `path`; returns a copy of the old one. */
static int break_stream(FILE *stream, const char *path, int flags)
{
    fflush(stream);
    const int fd = fileno(stream);
    const int old = dup(fd);
    const int bad = open(path, flags);
    if (old < 0 || bad < 0 || dup2(bad, fd) < 0) abort();
    close(bad);
    return old;
}

/* Lets the stream meet its error, and mends it unless it is to stay broken. */
static void mend_stream(FILE *stream, int old)
{
    fflush(stream);
    if (fault_mode() != FAULT_EVER && dup2(old, fileno(stream)) < 0) abort();
    close(old);
}

/* Breaks a stream that is written to where that is due; -1 where it is not. */
static int break_where_due(enum fault_call call, FILE *stream)
{
    if (spared(stream) || !fault_due(call)) return -1;
    return break_stream(stream, "/dev/full", O_WRONLY);
}

FILE *fault_fopen(const char *path, const char *mode)
{
    FILE *const stream = fault_due(FAULT_fopen) ? NULL : fopen(path, mode);
    if (stream) fault_count_file(1);
    return stream;
}

FILE *fault_tmpfile(void)
{
    FILE *const stream = fault_due(FAULT_tmpfile) ? NULL : tmpfile();
    if (stream) fault_count_file(1);
    return stream;
}

FILE *fault_fmemopen(void *block, size_t size, const char *mode)
{
    FILE *const stream =
        fault_due(FAULT_fmemopen) ? NULL : fmemopen(block, size, mode);
    if (stream) fault_count_file(1);
    return stream;
}

int fault_fclose(FILE *stream)
{
    const bool due = !spared(stream) && fault_due(FAULT_fclose);
    const int error = errno;
    if (due) close(break_stream(stream, "/dev/full", O_RDWR));
    fault_count_file(-1);
    const int closed = fclose(stream);
    if (due) errno = error;
    return due ? EOF : closed;
}

size_t fault_fread(void *data, size_t size, size_t count, FILE *stream)
{
    if (!fault_due(FAULT_fread)) return fread(data, size, count, stream);
    const int old = break_stream(stream, "/", O_RDONLY);
    const size_t got = fread(data, size, count, stream);
    mend_stream(stream, old);
    return got;
}

char *fault_fgets(char *line, int size, FILE *stream)
{
    if (!fault_due(FAULT_fgets)) return fgets(line, size, stream);
    const int old = break_stream(stream, "/", O_RDONLY);
    char *const got = fgets(line, size, stream);
    mend_stream(stream, old);
    return got;
}

int fault_fflush(FILE *stream)
{
    if (spared(stream) || !fault_due(FAULT_fflush)) return fflush(stream);
    const int old = dup(fileno(stream)), full = open("/dev/full", O_WRONLY);
    if (old < 0 || full < 0 || dup2(full, fileno(stream)) < 0) abort();
    close(full);
    const int flushed = fflush(stream);
    mend_stream(stream, old);
    return flushed;
}

static int print(enum fault_call call, FILE *stream, const char *format,
                 va_list args)
{
    const int old = break_where_due(call, stream);
    const int length = vfprintf(stream, format, args);
    if (old >= 0) mend_stream(stream, old);
    return length;
}

int fault_fprintf(FILE *stream, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int length = print(FAULT_fprintf, stream, format, args);
    va_end(args);
    return length;
}

int fault_printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int length = print(FAULT_printf, stdout, format, args);
    va_end(args);
    return length;
}

int fault_puts(const char *text)
{
    const int old = break_where_due(FAULT_puts, stdout);
    const int result = puts(text);
    if (old >= 0) mend_stream(stdout, old);
    return result;
}

int fault_putchar(int c)
{
    const int old = break_where_due(FAULT_putchar, stdout);
    const int result = putchar(c);
    if (old >= 0) mend_stream(stdout, old);
    return result;
}

int fault_fputs(const char *text, FILE *stream)
{
    const int old = break_where_due(FAULT_fputs, stream);
    const int result = fputs(text, stream);
    if (old >= 0) mend_stream(stream, old);
    return result;
}

int fault_fputc(int c, FILE *stream)
{
    const int old = break_where_due(FAULT_fputc, stream);
    const int result = fputc(c, stream);
    if (old >= 0) mend_stream(stream, old);
    return result;
}

int fault_putc(int c, FILE *stream)
{
    const int old = break_where_due(FAULT_putc, stream);
    const int result = putc(c, stream);
    if (old >= 0) mend_stream(stream, old);
    return result;
}

size_t fault_fwrite(const void *data, size_t size, size_t count, FILE *stream)
{
    const int old = break_where_due(FAULT_fwrite, stream);
    const size_t result = fwrite(data, size, count, stream);
    if (old >= 0) mend_stream(stream, old);
    return result;
}
