/* fault_processes.c - see fault.h: children, pipes and pages that fail. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"

pid_t fault_fork(void);
int fault_pipe2(int ends[2], int flags);
int fault_poll(struct pollfd *watched, nfds_t count, int milliseconds);
pid_t fault_waitpid(pid_t child, int *status, int options);
void *fault_mmap(void *wanted, size_t size, int access, int flags, int fd,
                 off_t offset);
int fault_munmap(void *block, size_t size);
int fault_prctl(int option, ...);
int fault_setrlimit(__rlimit_resource_t resource, const struct rlimit *limit);
long fault_syscall(long number, ...);
int fault_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                         void *(*start)(void *), void *argument);

pid_t fault_fork(void)
{
    if (fault_due(FAULT_fork)) return -1;
    const pid_t child = fork();
    if (child == 0) fault_enter_child();
    return child;
}

int fault_pipe2(int ends[2], int flags)
{
    if (fault_due(FAULT_pipe2)) return -1;
    const int failed = pipe2(ends, flags);
    if (!failed) fault_count_file(2);
    return failed;
}

int fault_poll(struct pollfd *watched, nfds_t count, int milliseconds)
{
    return fault_due(FAULT_poll) ? -1 : poll(watched, count, milliseconds);
}

pid_t fault_waitpid(pid_t child, int *status, int options)
{
    return fault_due(FAULT_waitpid) ? -1 : waitpid(child, status, options);
}

void *fault_mmap(void *wanted, size_t size, int access, int flags, int fd,
                 off_t offset)
{
    if (fault_due(FAULT_mmap)) return MAP_FAILED;
    void *const block = mmap(wanted, size, access, flags, fd, offset);
    if (block != MAP_FAILED) fault_count_block(1);
    return block;
}

/* Where it fails, the pages are the caller's no more than before. */
int fault_munmap(void *block, size_t size)
{
    fault_count_block(-1);
    return fault_due(FAULT_munmap) ? -1 : munmap(block, size);
}

int fault_prctl(int option, ...)
{
    const int count = option == PR_SET_NO_NEW_PRIVS ? 4
                      : option == PR_SET_SECCOMP    ? 2
                                                    : 1;
    unsigned long rest[4] = {0};
    va_list args;
    if (fault_due(FAULT_prctl)) return -1;
    va_start(args, option);
    for (int i = 0; i < count; i++) rest[i] = va_arg(args, unsigned long);
    va_end(args);
    return prctl(option, rest[0], rest[1], rest[2], rest[3]);
}

int fault_setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
    return fault_due(FAULT_setrlimit) ? -1 : setrlimit(resource, limit);
}

/* The end of a process is the one call that cannot fail. */
long fault_syscall(long number, ...)
{
    long rest[3] = {0};
    va_list args;
    if (number != SYS_exit && fault_due(FAULT_syscall)) return -1;
    va_start(args, number);
    for (int i = 0; i < (number == SYS_exit ? 1 : 3); i++)
        rest[i] = va_arg(args, long);
    va_end(args);
    return syscall(number, rest[0], rest[1], rest[2]);
}

/* It says its error itself. */
int fault_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                         void *(*start)(void *), void *argument)
{
    return fault_due(FAULT_pthread_create)
               ? errno
               : pthread_create(thread, attributes, start, argument);
}
