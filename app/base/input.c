/* input.c - see input.h for the contract. */
#include "base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool input_is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

const char *input_name(const char *path)
{
    return input_is_stdin(path) ? "standard input" : path;
}

static cvl_status fail(const char *path, const char *what, cvl_error *err)
{
    return cvl_fail(err, CVL_EIO, "%s: cannot %s: %s", input_name(path), what,
                    strerror(errno));
}

/* Copies what comes until its end into the file. */
static cvl_status spool(FILE *file, cvl_error *err)
{
    char block[1 << 14];
    size_t size = 0;
    ssize_t n;
    while ((n = read(STDIN_FILENO, block, sizeof block)) != 0) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail("-", "read", err);
        size += (size_t)n;
        if (size > INPUT_PIPE_LIMIT)
            return cvl_fail(err, CVL_EFORMAT,
                            "standard input: has more than the limit of %d "
                            "bytes; save it as a file first",
                            INPUT_PIPE_LIMIT);
        if (fwrite(block, 1, (size_t)n, file) < (size_t)n)
            return fail("-", "keep it in a temporary file", err);
    }
    return fflush(file) || ferror(file)
               ? fail("-", "keep it in a temporary file", err)
               : CVL_OK;
}

/* Makes standard input a file, if it is none, that can be read again. */
static cvl_status settle_stdin(cvl_error *err)
{
    struct stat info;
    if (fstat(STDIN_FILENO, &info)) return fail("-", "read", err);
    if (S_ISREG(info.st_mode)) return CVL_OK;
    FILE *const file = tmpfile();
    if (!file) return fail("-", "make a temporary file", err);
    cvl_status status = spool(file, err);
    if (!status && dup2(fileno(file), STDIN_FILENO) < 0)
        status = fail("-", "keep it in a temporary file", err);
    fclose(file);
    return status;
}

cvl_status input_open(const char *path, int *fd, cvl_error *err)
{
    *fd = -1;
    if (!input_is_stdin(path)) {
        /* Without O_NONBLOCK the open of a pipe waits for a writer, forever. */
        *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        return *fd < 0 ? fail(path, "open", err) : CVL_OK;
    }
    const cvl_status status = settle_stdin(err);
    if (status) return status;
    *fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (*fd < 0) return fail(path, "open", err);
    if (lseek(*fd, 0, SEEK_SET) == 0) return CVL_OK;
    close(*fd);
    return fail(path, "read", err);
}

cvl_status input_read(const char *path, size_t limit, cvl_bytes *bytes,
                      cvl_error *err)
{
    int fd;
    *bytes = (cvl_bytes){0};
    cvl_status status = input_open(path, &fd, err);
    if (status) return status;
    status = cvl_file_read_open(fd, input_name(path), limit, bytes, err);
    close(fd);
    return status;
}
