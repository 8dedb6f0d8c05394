/* fault.h - calls of the system that fail when told to, for a whole program. */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The product's archives are copied with each call of this list renamed, from
 * NAME to fault_NAME, and linked with the functions of that name here. Each
 * counts its calls, fails where the plan says so, and else does what NAME
 * does. CMakeLists.txt reads the names from these lines. The second word is
 * the errno that the call fails with, the third what it works on.
 */
#define FAULT_CALLS(X)               \
    X(malloc, ENOMEM, MEMORY)        \
    X(calloc, ENOMEM, MEMORY)        \
    X(realloc, ENOMEM, MEMORY)       \
    X(aligned_alloc, ENOMEM, MEMORY) \
    X(open, EMFILE, DISK)            \
    X(fcntl, EMFILE, DISK)           \
    X(dup2, EMFILE, DISK)            \
    X(lseek, EIO, DISK)              \
    X(read, EIO, DISK)               \
    X(write, ENOSPC, DISK)           \
    X(close, EIO, DISK)              \
    X(fsync, EIO, DISK)              \
    X(openat, EMFILE, DISK)          \
    X(renameat, EACCES, DISK)        \
    X(unlinkat, EACCES, DISK)        \
    X(mkdir, ENOSPC, DISK)           \
    X(stat, EACCES, DISK)            \
    X(fstatat, EACCES, DISK)         \
    X(fstat, EIO, DISK)              \
    X(faccessat, EROFS, DISK)        \
    X(access, EACCES, DISK)          \
    X(getcwd, ENOENT, DISK)          \
    X(fchmod, EPERM, DISK)           \
    X(ftruncate, EIO, DISK)          \
    X(readlinkat, EACCES, DISK)      \
    X(scandir, EMFILE, DISK)         \
    X(fopen, EMFILE, DISK)           \
    X(tmpfile, EACCES, DISK)         \
    X(fmemopen, ENOMEM, MEMORY)      \
    X(fclose, ENOSPC, DISK)          \
    X(fread, EIO, DISK)              \
    X(fgets, EIO, DISK)              \
    X(fflush, ENOSPC, DISK)          \
    X(fprintf, ENOSPC, DISK)         \
    X(printf, ENOSPC, DISK)          \
    X(puts, ENOSPC, DISK)            \
    X(putchar, ENOSPC, DISK)         \
    X(fputs, ENOSPC, DISK)           \
    X(fputc, ENOSPC, DISK)           \
    X(putc, ENOSPC, DISK)            \
    X(fwrite, ENOSPC, DISK)          \
    X(fork, EAGAIN, PROCESS)         \
    X(pipe2, EMFILE, PROCESS)        \
    X(poll, ENOMEM, PROCESS)         \
    X(waitpid, ECHILD, PROCESS)      \
    X(mmap, ENOMEM, PROCESS)         \
    X(munmap, ENOMEM, PROCESS)       \
    X(prctl, EINVAL, PROCESS)        \
    X(setrlimit, EPERM, PROCESS)     \
    X(syscall, ENOSYS, PROCESS)      \
    X(pthread_create, EAGAIN, PROCESS)

enum fault_call {
#define FAULT_ENUM(name, error, kind) FAULT_##name,
    FAULT_CALLS(FAULT_ENUM)
#undef FAULT_ENUM
        FAULT_CALL_COUNT
};

_Static_assert(FAULT_CALL_COUNT <= 64, "a plan names calls by bits");

enum fault_mode {
    FAULT_ONCE,  /* one call fails */
    FAULT_EVER,  /* it and all that follow */
    FAULT_SHORT, /* read or write does half of what it was asked for */
};

/*
 * What shall fail, and what happened: a file of this layout, named by the
 * environment's CONVLET_FAULT, mapped by the program and by its test. Without
 * it nothing fails.
 */
struct fault_state {
    uint64_t calls;       /* bit c: call c is counted, and may fail */
    uint64_t at;          /* how many of them go well before */
    enum fault_mode mode; /* ... */
    int error;            /* errno for it */

    uint64_t seen[FAULT_CALL_COUNT]; /* calls made */
    uint64_t counted;                /* of those that the plan names */
    uint64_t injected;               /* of those, failed */
    int64_t blocks;                  /* of memory allocated, not freed */
    int64_t files;                   /* opened, not closed, streams too */
};

/* Counts the call; true where it is to fail, with errno set. */
bool fault_due(enum fault_call call);

/* The mode of the fault that is due. */
enum fault_mode fault_mode(void);

/* Keep account of what is to be given back; not in children. */
void fault_count_block(int change);
void fault_count_file(int change);

/* From here on this process is a child, whose memory is its own. */
void fault_enter_child(void);

#endif
