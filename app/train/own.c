/* own.c - see own.h for the contract. */
#include "train/own.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fnv.h"

enum { LOCK_LOOKS = 20, LOCK_PAUSE = 50 /* ms */ };

static cvl_status cannot(const struct own_name *file, const char *what,
                         cvl_error *err)
{
    return cvl_fail(err, CVL_EIO, "%s/%s: cannot %s: %s", file->path,
                    file->name, what, strerror(errno));
}

cvl_status own_check_plain(const struct own_name *file, cvl_error *err)
{
    struct stat info;
    if (fstatat(file->directory, file->name, &info, AT_SYMLINK_NOFOLLOW))
        return errno == ENOENT ? CVL_OK : cannot(file, "open", err);
    if (S_ISREG(info.st_mode))
        return faccessat(file->directory, file->name, W_OK, AT_EACCESS)
                   ? cannot(file, "write", err)
                   : CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "%s/%s is %s, and no file that a run wrote; move it away",
                    file->path, file->name,
                    S_ISLNK(info.st_mode)    ? "a link"
                    : S_ISDIR(info.st_mode)  ? "a directory"
                    : S_ISFIFO(info.st_mode) ? "a pipe"
                                             : "a device");
}

cvl_status own_check_single(const struct own_name *file, int fd, cvl_error *err)
{
    struct stat info;
    if (fstat(fd, &info)) return cannot(file, "open", err);
    if (info.st_nlink < 2) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "%s/%s has another name too (a hard link), and what a run "
                    "writes here would change that as well; put a copy in its "
                    "place",
                    file->path, file->name);
}

cvl_status own_check_same(const struct own_name *file, int fd, cvl_error *err)
{
    struct stat now, then;
    if (fstat(fd, &then)) return cannot(file, "open", err);
    if (!fstatat(file->directory, file->name, &now, AT_SYMLINK_NOFOLLOW) &&
        now.st_dev == then.st_dev && now.st_ino == then.st_ino)
        return CVL_OK;
    return cvl_fail(err, CVL_EIO,
                    "%s/%s was removed or replaced during the run; nothing "
                    "more is written",
                    file->path, file->name);
}

cvl_status own_check_there(const struct own_name *file, cvl_error *err)
{
    struct stat info;
    const cvl_status status = own_check_plain(file, err);
    if (status ||
        !fstatat(file->directory, file->name, &info, AT_SYMLINK_NOFOLLOW))
        return status;
    return cvl_fail(err, CVL_EIO,
                    "%s/%s was removed during the run; nothing more is written",
                    file->path, file->name);
}

cvl_status own_drop(const struct own_name *file, cvl_error *err)
{
    const cvl_status status = own_check_plain(file, err);
    if (status || !unlinkat(file->directory, file->name, 0) || errno == ENOENT)
        return status;
    return cannot(file, "remove", err);
}

cvl_status own_lock(const struct own_name *file, int fd, cvl_error *err)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    for (int look = 0; look < LOCK_LOOKS; look++) {
        if (look) poll(NULL, 0, LOCK_PAUSE);
        if (!fcntl(fd, F_SETLK, &whole) || (errno != EACCES && errno != EAGAIN))
            return CVL_OK; /* or a file system that has no locks */
    }
    whole = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
    const bool known = !fcntl(fd, F_GETLK, &whole) && whole.l_type != F_UNLCK;
    return cvl_fail(err, CVL_EIO,
                    "%s is in use: convlet train, process %ld, writes there; "
                    "wait for it, or choose another --out",
                    file->path, known ? (long)whole.l_pid : 0L);
}

cvl_status own_check_unlocked(const struct own_name *file, cvl_error *err)
{
    const int fd = openat(file->directory, file->name,
                          O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return CVL_OK;
    const cvl_status status = own_lock(file, fd, err);
    close(fd);
    return status;
}

cvl_status own_append(const struct own_name *file, int fd, const char *text,
                      cvl_error *err)
{
    for (size_t left = strlen(text); left > 0;) {
        const ssize_t n = write(fd, text, left);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return cannot(file, "write", err);
        text += n;
        left -= (size_t)n;
    }
    return fsync(fd) && errno != EINVAL ? cannot(file, "write", err) : CVL_OK;
}

bool own_begins(const struct own_name *file, const char *text)
{
    char start[64];
    const size_t length = strlen(text);
    const int fd = openat(file->directory, file->name,
                          O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return false;
    const ssize_t size = read(fd, start, sizeof start);
    close(fd);
    return size >= (ssize_t)length && strncmp(start, text, length) == 0;
}

/* Keeps of all bytes so far the newest, as many as there is room for. */
static void keep_last(char *last, size_t room, const char *bytes, size_t size)
{
    const size_t taken = size < room ? size : room;
    memmove(last, last + taken, room - taken);
    memcpy(last + room - taken, bytes + size - taken, taken);
}

/* Reads a plain file for its mark, and whether its last bytes are `ending`.
 * *found is false where it is not there. CVL_EIO. */
static cvl_status find_mark(const struct own_name *file, const char *ending,
                            struct source_mark *mark, bool *ends, bool *found,
                            cvl_error *err)
{
    enum { MOST = 16 };
    char block[1 << 14], last[MOST] = "";
    const size_t length = strlen(ending);
    ssize_t n;
    *mark = (struct source_mark){0, fnv_sum("", 0)};
    cvl_status status = own_check_plain(file, err);
    if (status) return status;
    const int fd = openat(file->directory, file->name,
                          O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    *found = fd >= 0;
    if (fd < 0) return errno == ENOENT ? CVL_OK : cannot(file, "open", err);
    while ((n = read(fd, block, sizeof block)) != 0) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) break;
        mark->size += (size_t)n;
        mark->sum = fnv_add(mark->sum, block, (size_t)n);
        keep_last(last, length, block, (size_t)n);
    }
    if (n < 0) status = cannot(file, "read", err);
    close(fd);
    *ends = mark->size >= length && memcmp(last, ending, length) == 0;
    return status;
}

void own_list(struct text *list, const char *name,
              const struct source_mark *mark)
{
    text_add(list, "%s %zu %016" PRIx64 "\n", name, mark->size, mark->sum);
}

bool own_find(const char *list, const char *name, struct source_mark *mark)
{
    const size_t length = strlen(name);
    for (const char *line = list; line && *line;) {
        if (strncmp(line, name, length) == 0 && line[length] == ' ') {
            char *end;
            mark->size = (size_t)strtoull(line + length, &end, 10);
            mark->sum = strtoull(end, NULL, 16);
            return true;
        }
        line = strchr(line, '\n');
        if (line) line++;
    }
    return false;
}

cvl_status own_list_file(struct text *list, const struct own_name *file,
                         cvl_error *err)
{
    struct source_mark mark;
    bool ends, found = false;
    const cvl_status status = find_mark(file, "", &mark, &ends, &found, err);
    if (!status && found) own_list(list, file->name, &mark);
    return status;
}

cvl_status own_check_listed(const char *list, const struct own_name *file,
                            bool is_owed, const char *ending, cvl_error *err)
{
    struct source_mark then, now;
    bool ends = false, found = false;
    const bool is_listed = own_find(list, file->name, &then);
    if (!is_listed && !is_owed) return CVL_OK;
    const cvl_status status = find_mark(file, ending, &now, &ends, &found, err);
    if (status || (found && ends && (!is_listed || now.sum == then.sum)))
        return status;
    return cvl_fail(err, CVL_EFORMAT,
                    "%s/%s %s since the run came to its end; put it back, or "
                    "run it again, with --config %s/config.ini and another "
                    "--out",
                    file->path, file->name, found ? "has changed" : "is gone",
                    file->path);
}
