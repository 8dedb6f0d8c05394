/* directory.c - see directory.h for the contract. */
#include "base/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

bool directory_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* A name in a directory lasts once that is synced. Best effort: a file system
 * may have no such thing. */
static void sync_above(const char *path)
{
    struct text above = {0};
    const char *end = path + strlen(path);
    while (end > path && end[-1] == '/') end--;
    while (end > path && end[-1] != '/') end--;
    text_add(&above, "%.*s", end > path ? (int)(end - path) : 1,
             end > path ? path : ".");
    const int fd = above.data ? open(above.data, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    text_free(&above);
}

/* Makes the directory `path` unless there is one. */
static cvl_status make_one(const char *path, const char *flag, cvl_error *err)
{
    if (mkdir(path, 0777) == 0) {
        sync_above(path);
        return CVL_OK;
    }
    const int reason = errno;
    struct stat info;
    if (reason == EEXIST && stat(path, &info) == 0) {
        if (S_ISDIR(info.st_mode)) return CVL_OK;
        return cvl_fail(err, CVL_EIO,
                        "%s: is not a directory; choose another --%s", path,
                        flag);
    }
    if (reason == EEXIST)
        return cvl_fail(err, CVL_EIO,
                        "%s: is a link to what is not there; remove it, or "
                        "choose another --%s",
                        path, flag);
    return cvl_fail(err, CVL_EIO, "%s: cannot make the directory: %s", path,
                    strerror(reason));
}

cvl_status directory_make(const char *path, const char *flag, cvl_error *err)
{
    struct text above = {0};
    if (strcmp(path, "-") == 0)
        return cvl_fail(err, CVL_EINVAL,
                        "--%s: - is standard output, which is no directory; "
                        "one of that name is ./-",
                        flag);
    text_add(&above, "%s", path);
    cvl_status status = text_status(&above, err);
    for (size_t i = 1; !status && i < above.size; i++) {
        if (above.data[i] != '/') continue;
        above.data[i] = '\0';
        status = make_one(above.data, flag, err);
        above.data[i] = '/';
    }
    text_free(&above);
    return status ? status : make_one(path, flag, err);
}
