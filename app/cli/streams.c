/* streams.c - see streams.h for the contract. */
#include "cli/streams.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* /dev/null the wrong way round: whoever uses it is told. False where there is
 * none. */
static bool fill(int fd)
{
    return open("/dev/null", fd ? O_RDONLY : O_WRONLY) >= 0;
}

/*
 * Opens the pipe or terminal once more, by its number: that it does not wait
 * is for whoever has the other opening, and stays so there. A pipe whose other
 * end is gone must not be waited for here. What cannot be opened stays.
 */
static void have_wait(int fd, int access)
{
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    const int own = open(path, access | O_NONBLOCK | O_NOCTTY);
    if (own < 0) return;
    if (fcntl(own, F_SETFL, access) >= 0) dup2(own, fd);
    close(own);
}

void streams_prepare(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        struct stat info;
        const int flags = fcntl(fd, F_GETFL);
        if (flags < 0 && !fill(fd)) return;
        if (flags < 0 || !(flags & O_NONBLOCK) || fstat(fd, &info)) continue;
        if (S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode))
            have_wait(fd, flags & O_ACCMODE);
    }
}
