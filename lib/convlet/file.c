/* file.c - see file.h for the contract. */
#include "convlet/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "convlet/memory.h"

/* One call reads or writes at most this; some systems refuse more than 2 GiB */
static const size_t CHUNK = (size_t)1 << 30;

/* "PATH: cannot write: No space left on device" */
static cvl_status system_fail(cvl_error *err, const char *path,
                              const char *failed, int number)
{
    char reason[128];
    if (strerror_r(number, reason, sizeof reason))
        snprintf(reason, sizeof reason, "error %d", number);
    return cvl_fail(err, CVL_EIO, "%s: %s: %s", path, failed, reason);
}

static cvl_status not_a_file(cvl_error *err, const char *path, mode_t mode)
{
    if (S_ISDIR(mode))
        return cvl_fail(err, CVL_EIO, "%s: is a directory, expected a file",
                        path);
    return cvl_fail(err, CVL_EIO,
                    "%s: is not a regular file; copy it into one first", path);
}

/* Reads until `size` bytes or the end; *got is how many. 0, or errno. */
static int read_all(int fd, unsigned char *data, size_t size, size_t *got)
{
    *got = 0;
    while (*got < size) {
        const size_t left = size - *got;
        const ssize_t n = read(fd, data + *got, left < CHUNK ? left : CHUNK);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) break;
        *got += (size_t)n;
    }
    return 0;
}

/* 0, or errno. */
static int write_all(int fd, const cvl_span *piece)
{
    const unsigned char *data = piece->data;
    for (size_t left = piece->size; left > 0;) {
        const ssize_t n = write(fd, data, left < CHUNK ? left : CHUNK);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) return EIO;
        data += n;
        left -= (size_t)n;
    }
    return 0;
}

cvl_status cvl_file_read_open(int fd, const char *path, size_t limit,
                              cvl_bytes *bytes, cvl_error *err)
{
    struct stat info;
    *bytes = (cvl_bytes){0};
    if (fstat(fd, &info)) return system_fail(err, path, "cannot read", errno);
    if (!S_ISREG(info.st_mode)) return not_a_file(err, path, info.st_mode);
    if (info.st_size < 0 || (uintmax_t)info.st_size > limit ||
        (uintmax_t)info.st_size >= SIZE_MAX)
        return cvl_fail(err, CVL_EFORMAT,
                        "%s: has %jd bytes, more than the limit of %zu", path,
                        (intmax_t)info.st_size, limit);

    /* The byte too many is where a file that grew meanwhile shows. */
    const size_t size = (size_t)info.st_size;
    void *data;
    cvl_status status = cvl_alloc(&data, size + 1, path, err);
    if (status) return status;
    size_t got;
    const int failed = read_all(fd, data, size + 1, &got);
    if (failed)
        status = system_fail(err, path, "cannot read", failed);
    else if (got != size)
        status = cvl_fail(err, CVL_EIO,
                          "%s: changed its size while it was read", path);
    if (status)
        cvl_free(data);
    else
        *bytes = (cvl_bytes){.data = data, .size = size};
    return status;
}

/* What openat and its kin take for `path` in cvl_file_write_at. */
static int base_of(int directory)
{
    return directory < 0 ? AT_FDCWD : directory;
}

static const char *name_of(int directory, const char *path)
{
    const char *const slash = directory < 0 ? NULL : strrchr(path, '/');
    return slash ? slash + 1 : path;
}

cvl_status cvl_file_read_at(int directory, const char *path, size_t limit,
                            cvl_bytes *bytes, cvl_error *err)
{
    *bytes = (cvl_bytes){0};
    /* Without O_NONBLOCK the open of a pipe waits for a writer, forever. */
    const int fd = openat(base_of(directory), name_of(directory, path),
                          O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return system_fail(err, path, "cannot open", errno);
    const cvl_status status = cvl_file_read_open(fd, path, limit, bytes, err);
    close(fd);
    return status;
}

cvl_status cvl_file_read(const char *path, size_t limit, cvl_bytes *bytes,
                         cvl_error *err)
{
    return cvl_file_read_at(-1, path, limit, bytes, err);
}

/* Writes all pieces, syncs where asked, and closes fd. 0, or errno. */
static int write_and_close(int fd, const cvl_span *pieces, size_t count,
                           bool sync)
{
    int failed = 0;
    for (size_t i = 0; i < count && !failed; i++)
        failed = write_all(fd, &pieces[i]);
    /* EINVAL: this file system has no such thing as a sync. */
    if (!failed && sync && fsync(fd) && errno != EINVAL) failed = errno;
    /* After EINTR the descriptor is gone, but the bytes are not. */
    if (close(fd) && errno != EINTR && !failed) failed = errno;
    return failed;
}

bool cvl_file_is_descriptor(const char *path)
{
    static const char *const prefixes[] = {"/dev/fd/", "/dev/std",
                                           "/proc/self/fd/"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (!strncmp(path, prefixes[i], strlen(prefixes[i]))) return true;
    return false;
}

static int write_directly(int base, const char *path, const cvl_span *pieces,
                          size_t count)
{
    /* A stdout that is a socket cannot be opened; one that is a file and was
     * redirected may hold output from before, behind which others append. */
    const int fd =
        strcmp(path, "/dev/stdout") == 0
            ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
            : openat(base, path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return errno;
    return write_and_close(fd, pieces, count, false);
}

/* The name of a new file in the directory of `target`; room is for 48 more. */
static int create_beside(int base, const char *target, char *name, size_t size)
{
    const char *const slash = strrchr(target, '/');
    const int directory = slash ? (int)(slash - target + 1) : 0;
    int fd = -1;
    /* A name that is taken is another thread's, or a crashed process's. */
    for (int i = 0; i < 1000 && fd < 0; i++) {
        snprintf(name, size, "%.*s.convlet-%jd-%d.tmp", directory, target,
                 (intmax_t)getpid(), i);
        fd = openat(base, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST) break;
    }
    return fd;
}

/* Makes a rename in the directory of `name` last. Best effort: the rename has
 * happened, the bytes are safe, and there is nothing left to take back. */
static void sync_directory(int base, char *name)
{
    char *const slash = strrchr(name, '/');
    if (slash) slash[1] = '\0';
    const int fd = openat(base, slash ? name : ".", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    (void)fsync(fd);
    close(fd);
}

/* Replaces or makes `target`, no link itself; old is NULL for a new file. */
static int write_atomically(int base, const char *target,
                            const struct stat *old, const cvl_span *pieces,
                            size_t count)
{
    /* A rename would replace even a file that is write-protected. */
    if (old && faccessat(base, target, W_OK, AT_EACCESS)) return errno;

    const size_t size = strlen(target) + 48;
    if (size > INT32_MAX) return ENAMETOOLONG;
    char *const name = malloc(size);
    if (!name) return ENOMEM;
    int failed = 0;
    const int fd = create_beside(base, target, name, size);
    if (fd < 0) {
        failed = errno;
        goto done;
    }
    /* Before the bytes: they must not be readable by more than the old were. */
    if (old && fchmod(fd, old->st_mode & 0777)) failed = errno;
    const int unwritten =
        write_and_close(fd, pieces, failed ? 0 : count, !failed);
    if (!failed) failed = unwritten;
    if (!failed && renameat(base, name, base, target)) failed = errno;
    if (failed)
        unlinkat(base, name, 0);
    else
        sync_directory(base, name);
done:
    free(name);
    return failed;
}

/* A new text: the first `kept` bytes of one, then `size` of another. */
static char *join(const char *first, size_t kept, const char *last, size_t size)
{
    char *const joined = malloc(kept + size + 1);
    if (!joined) return NULL;
    memcpy(joined, first, kept);
    memcpy(joined + kept, last, size);
    joined[kept + size] = '\0';
    return joined;
}

/* Where a link at that path leads: from its folder, or from the root. */
static char *place_of(const char *path, const char *link, size_t size)
{
    const bool is_whole = size > 0 && *link == '/';
    const char *const slash = is_whole ? NULL : strrchr(path, '/');
    return join(path, slash ? (size_t)(slash + 1 - path) : 0, link, size);
}

/* The file behind the links that the path ends in, or NULL with errno. Not
 * realpath: what is above a relative path may be longer than PATH_MAX. */
static char *follow_links(int base, const char *path)
{
    enum { MOST_LINKS = 40, LINK_SIZE = 4096 };
    char link[LINK_SIZE];
    char *target = join(path, strlen(path), "", 0);
    for (int i = 0; target; i++) {
        const ssize_t size = readlinkat(base, target, link, sizeof link);
        int failed = i == MOST_LINKS ? ELOOP : 0;
        if (size < 0) failed = errno;
        if (size == LINK_SIZE) failed = ENAMETOOLONG;
        if (failed == EINVAL) return target; /* this one is no link */
        char *const next = failed ? NULL : place_of(target, link, (size_t)size);
        free(target);
        if (failed) errno = failed;
        target = next;
    }
    return NULL;
}

cvl_status cvl_file_write_at(int directory, const char *path,
                             const cvl_span *pieces, size_t count,
                             cvl_error *err)
{
    const int base = base_of(directory);
    const char *const name = name_of(directory, path);
    struct stat info;
    int failed;
    if (!fstatat(base, name, &info, 0)) {
        if (S_ISDIR(info.st_mode)) return not_a_file(err, path, info.st_mode);
        if (!S_ISREG(info.st_mode) || cvl_file_is_descriptor(name)) {
            failed = write_directly(base, name, pieces, count);
        } else {
            char *const target = follow_links(base, name);
            failed = target
                         ? write_atomically(base, target, &info, pieces, count)
                         : errno;
            free(target);
        }
    } else if (errno != ENOENT) {
        failed = errno;
    } else if (!fstatat(base, name, &info, AT_SYMLINK_NOFOLLOW)) {
        return cvl_fail(err, CVL_EIO,
                        "%s: is a link to a file that does not exist; remove "
                        "the link",
                        path);
    } else {
        failed = write_atomically(base, name, NULL, pieces, count);
    }
    return failed ? system_fail(err, path, "cannot write", failed) : CVL_OK;
}

cvl_status cvl_file_write(const char *path, const cvl_span *pieces,
                          size_t count, cvl_error *err)
{
    return cvl_file_write_at(-1, path, pieces, count, err);
}
