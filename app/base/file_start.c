/* file_start.c - see file_start.h for the contract. */
#include "base/file_start.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

cvl_status file_start(const char *path, unsigned char *bytes, size_t size,
                      size_t *got, cvl_error *err)
{
    struct stat info;
    *got = 0;
    if (stat(path, &info)) {
        if (errno == ENOENT || errno == ENOTDIR) return CVL_OK;
        return cvl_fail(err, CVL_EIO, "%s: cannot open: %s", path,
                        strerror(errno));
    }
    /* Opening a pipe would wait for its writer. */
    if (!S_ISREG(info.st_mode)) return CVL_OK;
    FILE *const file = fopen(path, "rb");
    if (!file)
        return cvl_fail(err, CVL_EIO, "%s: cannot open: %s", path,
                        strerror(errno));
    *got = fread(bytes, 1, size, file);
    cvl_status status = CVL_OK;
    if (ferror(file))
        status = cvl_fail(err, CVL_EIO, "%s: cannot read: %s", path,
                          strerror(errno));
    fclose(file);
    return status;
}

bool file_start_is_npy(const unsigned char *bytes, size_t size)
{
    return size >= 6 && !memcmp(bytes, "\x93NUMPY", 6);
}
