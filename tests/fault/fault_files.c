/* fault_files.c - see fault.h: files and directories that fail. */
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.h"

int fault_open(const char *path, int flags, ...);
int fault_fcntl(int fd, int command, ...);
int fault_dup2(int from, int to);
off_t fault_lseek(int fd, off_t offset, int whence);
ssize_t fault_read(int fd, void *data, size_t size);
ssize_t fault_write(int fd, const void *data, size_t size);
int fault_close(int fd);
int fault_fsync(int fd);
int fault_openat(int base, const char *path, int flags, ...);
int fault_renameat(int base, const char *from, int other, const char *to);
int fault_unlinkat(int base, const char *path, int flags);
int fault_mkdir(const char *path, mode_t mode);
int fault_stat(const char *path, struct stat *info);
int fault_fstatat(int base, const char *path, struct stat *info, int flags);
int fault_fstat(int fd, struct stat *info);
int fault_faccessat(int directory, const char *path, int mode, int flags);
int fault_access(const char *path, int mode);
char *fault_getcwd(char *path, size_t size);
int fault_fchmod(int fd, mode_t mode);
int fault_ftruncate(int fd, off_t size);
ssize_t fault_readlinkat(int base, const char *path, char *link, size_t size);
int fault_scandir(const char *path, struct dirent ***entries,
                  int (*filter)(const struct dirent *),
                  int (*compare)(const struct dirent **,
                                 const struct dirent **));

int fault_open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    va_list args;
    if (fault_due(FAULT_open)) return -1;
    va_start(args, flags);
    if (flags & O_CREAT) mode = va_arg(args, mode_t);
    va_end(args);
    const int fd = open(path, flags, mode);
    if (fd >= 0) fault_count_file(1);
    return fd;
}

int fault_openat(int base, const char *path, int flags, ...)
{
    mode_t mode = 0;
    va_list args;
    if (fault_due(FAULT_openat)) return -1;
    va_start(args, flags);
    if (flags & O_CREAT) mode = va_arg(args, mode_t);
    va_end(args);
    const int fd = openat(base, path, flags, mode);
    if (fd >= 0) fault_count_file(1);
    return fd;
}

/* Only what makes a descriptor fails: to ask about one cannot. */
int fault_fcntl(int fd, int command, ...)
{
    va_list args;
    va_start(args, command);
    const bool asks = command == F_GETFD || command == F_GETFL;
    const int argument = asks ? 0 : va_arg(args, int);
    va_end(args);
    const bool makes = command == F_DUPFD_CLOEXEC;
    if (makes && fault_due(FAULT_fcntl)) return -1;
    const int result = fcntl(fd, command, argument);
    if (makes && result >= 0) fault_count_file(1);
    return result;
}

int fault_dup2(int from, int to)
{
    return fault_due(FAULT_dup2) ? -1 : dup2(from, to);
}

off_t fault_lseek(int fd, off_t offset, int whence)
{
    return fault_due(FAULT_lseek) ? -1 : lseek(fd, offset, whence);
}

/* How much of a transfer is done where the plan makes it short. */
static size_t half(size_t size)
{
    return size - size / 2;
}

ssize_t fault_read(int fd, void *data, size_t size)
{
    if (!fault_due(FAULT_read)) return read(fd, data, size);
    return fault_mode() == FAULT_SHORT ? read(fd, data, half(size)) : -1;
}

ssize_t fault_write(int fd, const void *data, size_t size)
{
    if (!fault_due(FAULT_write)) return write(fd, data, size);
    return fault_mode() == FAULT_SHORT ? write(fd, data, half(size)) : -1;
}

/* As on Linux, the descriptor is gone also where the call fails. */
int fault_close(int fd)
{
    const int closed = close(fd);
    if (!closed) fault_count_file(-1);
    return fault_due(FAULT_close) ? -1 : closed;
}

int fault_fsync(int fd)
{
    return fault_due(FAULT_fsync) ? -1 : fsync(fd);
}

int fault_renameat(int base, const char *from, int other, const char *to)
{
    return fault_due(FAULT_renameat) ? -1 : renameat(base, from, other, to);
}

int fault_unlinkat(int base, const char *path, int flags)
{
    return fault_due(FAULT_unlinkat) ? -1 : unlinkat(base, path, flags);
}

int fault_mkdir(const char *path, mode_t mode)
{
    return fault_due(FAULT_mkdir) ? -1 : mkdir(path, mode);
}

int fault_stat(const char *path, struct stat *info)
{
    return fault_due(FAULT_stat) ? -1 : stat(path, info);
}

int fault_fstatat(int base, const char *path, struct stat *info, int flags)
{
    return fault_due(FAULT_fstatat) ? -1 : fstatat(base, path, info, flags);
}

int fault_fstat(int fd, struct stat *info)
{
    return fault_due(FAULT_fstat) ? -1 : fstat(fd, info);
}

int fault_faccessat(int directory, const char *path, int mode, int flags)
{
    return fault_due(FAULT_faccessat) ? -1
                                      : faccessat(directory, path, mode, flags);
}

int fault_access(const char *path, int mode)
{
    return fault_due(FAULT_access) ? -1 : access(path, mode);
}

char *fault_getcwd(char *path, size_t size)
{
    return fault_due(FAULT_getcwd) ? NULL : getcwd(path, size);
}

int fault_fchmod(int fd, mode_t mode)
{
    return fault_due(FAULT_fchmod) ? -1 : fchmod(fd, mode);
}

int fault_ftruncate(int fd, off_t size)
{
    return fault_due(FAULT_ftruncate) ? -1 : ftruncate(fd, size);
}

ssize_t fault_readlinkat(int base, const char *path, char *link, size_t size)
{
    return fault_due(FAULT_readlinkat) ? -1
                                       : readlinkat(base, path, link, size);
}

int fault_scandir(const char *path, struct dirent ***entries,
                  int (*filter)(const struct dirent *),
                  int (*compare)(const struct dirent **,
                                 const struct dirent **))
{
    if (fault_due(FAULT_scandir)) return -1;
    const int count = scandir(path, entries, filter, compare);
    /* Its blocks are the caller's to free: one an entry, and their list. */
    for (int i = 0; i <= count; i++) fault_count_block(1);
    return count;
}
