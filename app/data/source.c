/* source.c - see source.h for the contract. */
#include "data/source.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <convlet/npy.h>

#include "base/fnv.h"
#include "base/input.h"

static cvl_status fail(const char *path, const char *what, cvl_error *err)
{
    return cvl_fail(err, CVL_EIO, "%s: cannot %s: %s", path, what,
                    strerror(errno));
}

/* What starts like this. */
static enum source_kind kind_of(const unsigned char *start, size_t size)
{
    if (!size) return SOURCE_EMPTY;
    if (picture_recognise(start, size)) return SOURCE_PICTURE;
    if (size < 6) return SOURCE_OTHER;
    if (!memcmp(start, "\x93NUMPY", 6)) return SOURCE_NPY;
    return memcmp(start, "PK\3\4", 4) ? SOURCE_OTHER : SOURCE_ZIP;
}

/* Looks at the start of the file that is open, and goes back there. */
static cvl_status recognise(int fd, struct source *source, cvl_error *err)
{
    unsigned char start[PICTURE_START];
    size_t size = 0;
    ssize_t n = 1;
    while (size < sizeof start && n) {
        n = read(fd, start + size, sizeof start - size);
        if (n < 0 && errno != EINTR) return fail(source->path, "read", err);
        if (n > 0) size += (size_t)n;
    }
    if (lseek(fd, 0, SEEK_SET)) return fail(source->path, "read", err);
    source->kind = kind_of(start, size);
    source->format = picture_recognise(start, size);
    return CVL_OK;
}

cvl_status source_look(const char *path, struct source *source, cvl_error *err)
{
    struct stat info;
    int fd;
    *source = (struct source){.path = input_name(path)};
    if (!input_is_stdin(path)) {
        if (stat(path, &info)) {
            const bool is_absent = errno == ENOENT || errno == ENOTDIR;
            return is_absent ? CVL_OK : fail(path, "open", err);
        }
        if (S_ISDIR(info.st_mode)) source->kind = SOURCE_DIRECTORY;
        /* Who opens a pipe disturbs its writer. */
        if (!S_ISREG(info.st_mode)) return CVL_OK;
    }
    cvl_status status = input_open(path, &fd, err);
    if (status) return status;
    status = recognise(fd, source, err);
    close(fd);
    return status;
}

cvl_status source_read(const char *path, struct source *source, cvl_error *err)
{
    struct stat info;
    int fd;
    *source = (struct source){.path = input_name(path)};
    cvl_status status = input_open(path, &fd, err);
    if (status) return status;
    if (fstat(fd, &info))
        status = fail(source->path, "read", err);
    else if (S_ISREG(info.st_mode))
        status = recognise(fd, source, err);
    const uint64_t limit =
        source->format ? (uint64_t)PICTURE_MAX_BYTES : CVL_NPY_MAX_FILE;
    if (!status)
        status = cvl_file_read_open(fd, source->path,
                                    limit < SIZE_MAX ? (size_t)limit : SIZE_MAX,
                                    &source->bytes, err);
    close(fd);
    return status;
}

struct source_mark source_mark(const struct source *source)
{
    const cvl_bytes *const bytes = &source->bytes;
    return (struct source_mark){bytes->size, fnv_sum(bytes->data, bytes->size)};
}

cvl_status source_refuse_typo(const char *path, const char *before,
                              const char *near, const char *after,
                              cvl_error *err)
{
    struct stat info;
    if (!near || input_is_stdin(path) || !stat(path, &info) || errno != ENOENT)
        return CVL_OK;
    return cvl_fail(err, CVL_EIO, "%s: no such file; did you mean '%s%s%s'?",
                    path, before, near, after);
}

const char *source_kind_name(enum source_kind kind)
{
    static const char *const names[] = {[SOURCE_DIRECTORY] = "directory",
                                        [SOURCE_PICTURE] = "picture",
                                        [SOURCE_NPY] = ".npy array",
                                        [SOURCE_ZIP] = NULL};
    return names[kind];
}

void source_free(struct source *source)
{
    cvl_bytes_free(&source->bytes);
    *source = (struct source){0};
}
