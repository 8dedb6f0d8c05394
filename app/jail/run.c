/* run.c - see run.h: a decoder in a process that may only compute. */
#include "jail/run.h"

#include "base/clock.h"

/*
 * ThreadSanitizer runs a thread of its own in every child, which would be
 * outside of the jail and outlive the decoder: with it there is no jail.
 */
#if defined(__SANITIZE_THREAD__)
#define JAIL_THREADED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define JAIL_THREADED 1
#endif
#endif

#if defined(__linux__) && !defined(JAIL_THREADED)
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <convlet/size.h>

/*
 * The child gives up its files, its signal handlers and every system call but
 * read, write, exit and the return from a signal; memory for all it does was
 * mapped before. An error in the decoder can then spoil pixels, or end the
 * child; nothing else. (So there is no limit on its address space: it can map
 * nothing, and what its parent had mapped may be of any size.)
 *
 * The child says that it is jailed by writing one byte into a pipe before it
 * looks at the file. That cannot be forged by a file: whoever takes over the
 * decoder does so after that byte, so a file cannot make us believe that there
 * is no jail here and decode it outside. Under valgrind, whose own work needs
 * system calls, the child dies before the byte, and we know.
 *
 * The child never returns: no atexit handlers, no flush of its parent's stdio,
 * none of its threads.
 */

enum { VERDICT_ROOM = 4096 };

cvl_status jail_open(jail_workshop *workshop, size_t pool_size, cvl_error *err)
{
    size_t size;
    void *block = MAP_FAILED;
    if (cvl_size_add(VERDICT_ROOM, pool_size, &size))
        block = mmap(NULL, size, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED)
        return cvl_fail(err, CVL_ENOMEM,
                        "out of memory: decoding it needs %zu bytes",
                        pool_size);
    workshop->verdict = block;
    workshop->pool =
        jail_pool_over((unsigned char *)block + VERDICT_ROOM, pool_size);
    workshop->shared = true;
    return CVL_OK;
}

void jail_shut(jail_workshop *workshop)
{
    munmap(workshop->verdict, VERDICT_ROOM + workshop->pool.size);
}

/* The child. */

#if defined(__x86_64__)
#define JAIL_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define JAIL_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define JAIL_ARCH AUDIT_ARCH_RISCV64
#endif

/*
 * The strict mode as a filter, for a process that is filtered already (every
 * container is): the kernel does not change from a filter to strict mode.
 */
static bool enter_filter(void)
{
#if defined(JAIL_ARCH)
    enum { ALLOW = 8 };
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, JAIL_ARCH, 0, ALLOW - 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, ALLOW - 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, ALLOW - 5, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, ALLOW - 6, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, ALLOW - 7, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_THREAD),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const struct sock_fprog program = {
        .len = (unsigned short)(sizeof code / sizeof *code), .filter = code};
    return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
           !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
#else
    return false;
#endif
}

static void limit(__rlimit_resource_t resource, rlim_t soft, rlim_t hard)
{
    const struct rlimit limits = {.rlim_cur = soft, .rlim_max = hard};
    setrlimit(resource, &limits);
}

/* Closes every file but one. */
static void close_others(int kept)
{
#if defined(SYS_close_range)
    if ((kept == 0 || !syscall(SYS_close_range, 0U, (unsigned)kept - 1, 0U)) &&
        !syscall(SYS_close_range, (unsigned)kept + 1, UINT_MAX, 0U))
        return;
#endif
    const long most = sysconf(_SC_OPEN_MAX);
    for (int fd = 0; fd < most && fd < 65536; fd++)
        if (fd != kept) close(fd);
}

/*
 * Only what the decoder does to itself ends it, and SIGKILL. The rest is for
 * its parent, who may ignore it or have work to finish: a terminal that hangs
 * up, or Ctrl-C, reaches the whole group.
 */
static void leave_signals_to_parent(void)
{
    static const int own[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS,
                              SIGFPE, SIGSEGV, SIGSYS,  SIGXCPU};
    for (int number = 1; number < NSIG; number++) signal(number, SIG_IGN);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        signal(own[i], SIG_DFL);
}

/*
 * Gives up everything; false where the system has no seccomp. Whoever writes
 * to stderr then, a sanitizer for one, writes into the pipe.
 */
static bool enter_jail(unsigned cpu_seconds, int pipe_end)
{
    leave_signals_to_parent();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (dup2(pipe_end, STDERR_FILENO) < 0) return false;
    close_others(STDERR_FILENO);
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_FSIZE, 0, 0);
    limit(RLIMIT_NOFILE, 0, 0);
    limit(RLIMIT_NPROC, 0, 0);
    limit(RLIMIT_CPU, cpu_seconds, cpu_seconds + 1);
    return !prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) || enter_filter();
}

/* Tells the parent; false where that fails. */
static bool say_jailed(void)
{
    ssize_t n;
    do n = write(STDERR_FILENO, "j", 1);
    while (n < 0 && errno == EINTR);
    return n == 1;
}

/* The parent. */

/* The next that the child writes, at most `size` bytes, or its end: 0. */
static size_t hear(int pipe_end, char *bytes, size_t size)
{
    ssize_t n;
    do n = read(pipe_end, bytes, size);
    while (n < 0 && errno == EINTR);
    return n < 0 ? 0 : (size_t)n;
}

/* Waits for `events` on the pipe, or its end; false when time is up, which it
 * may be because this process was stopped meanwhile, and the child was not. */
static bool wait_until(double deadline, int pipe_end, short events)
{
    struct pollfd watched = {.fd = pipe_end, .events = events};
    for (;;) {
        const double left = deadline - clock_seconds();
        const int milliseconds = left <= 0    ? 0
                                 : left < 1e6 ? (int)(1000 * left) + 1
                                              : INT_MAX;
        const int ready = poll(&watched, 1, milliseconds);
        if (ready > 0) return true;
        if (ready == 0 && left <= 0) return false;
        /* Without a clock then: the child's own limit ends what follows. */
        if (ready < 0 && errno != EINTR) return true;
    }
}

/* The child's end: its status, or 0 where someone else has taken that. */
static int reap(pid_t child)
{
    int status = 0;
    pid_t waited;
    do waited = waitpid(child, &status, 0);
    while (waited < 0 && errno == EINTR);
    return waited == child ? status : 0;
}

/* Says in the verdict how the child died, if it did. */
static void explain(int status, bool late, unsigned cpu_seconds,
                    jail_verdict *verdict)
{
    if (WIFEXITED(status) && !late) return;
    const int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    verdict->done = 0;
    if (late)
        snprintf(verdict->reason, sizeof verdict->reason,
                 "the decoder did not end and was stopped");
    else if (number == SIGXCPU)
        snprintf(verdict->reason, sizeof verdict->reason,
                 "the decoder needed more than %u s", cpu_seconds);
    else if (number == SIGKILL || number == SIGSYS)
        snprintf(verdict->reason, sizeof verdict->reason,
                 "the system stopped the decoder");
    else
        snprintf(verdict->reason, sizeof verdict->reason,
                 "the decoder crashed (signal %d)", number);
}

/* A sanitizer's report, or what else the decoder said, is its verdict. */
static void relay(int pipe_end, jail_verdict *verdict)
{
    static const char start[] = "the decoder reported: ";
    char *const words = verdict->reason + sizeof start - 1;
    char said[JAIL_REASON_SIZE - sizeof start];
    const size_t size = hear(pipe_end, said, sizeof said);
    if (!size) return;
    verdict->done = 0;
    memcpy(verdict->reason, start, sizeof start);
    memcpy(words, said, size);
    words[size] = '\0';
}

/* Follows the child to its end; false where it was never jailed. */
static bool watch(pid_t child, int pipe_end, const jail_work *limits,
                  jail_verdict *verdict)
{
    const double deadline = clock_seconds() + limits->wall_seconds;
    const bool spoke = wait_until(deadline, pipe_end, POLLIN);
    char byte;
    const bool jailed = spoke && hear(pipe_end, &byte, 1) == 1;
    const bool late = !spoke || (jailed && !wait_until(deadline, pipe_end, 0));
    /* Without the byte there is no jail, and no reason to let it run on. */
    if (late || !jailed) kill(child, SIGKILL);
    const int status = reap(child);
    if (jailed || late) explain(status, late, limits->cpu_seconds, verdict);
    if (jailed) relay(pipe_end, verdict);
    return jailed || late;
}

/* Fills in the limits that are left to the amount. */
static jail_work with_limits(const jail_work *work)
{
    enum { BASE = 20, PER_SECOND = 1 << 20, WALL_PER_CPU = 5 };
    jail_work limits = *work;
    if (!limits.cpu_seconds)
        limits.cpu_seconds = BASE + (unsigned)(work->amount / PER_SECOND);
    if (!limits.wall_seconds)
        limits.wall_seconds = WALL_PER_CPU * limits.cpu_seconds;
    return limits;
}

cvl_status jail_run(const jail_work *work, jail_workshop *workshop,
                    bool *jailed, cvl_error *err)
{
    const jail_work limits = with_limits(work);
    int ends[2];
    *jailed = false;
    if (pipe2(ends, O_CLOEXEC))
        return cvl_fail(err, CVL_EIO, "no pipe for its decoder: %s",
                        strerror(errno));
    const pid_t child = fork();
    if (child == 0) {
        if (enter_jail(limits.cpu_seconds, ends[1]) && say_jailed())
            work->run(work->task, &workshop->pool, workshop->verdict);
        /* _exit would call exit_group, which a jail forbids. No function that
         * does not return: clang's AddressSanitizer makes a call before it. */
        for (;;) syscall(SYS_exit, 0);
    }
    cvl_status status = CVL_OK;
    if (child < 0)
        status = cvl_fail(err, CVL_EIO, "no process for its decoder: %s",
                          strerror(errno));
    close(ends[1]);
    if (!status) *jailed = watch(child, ends[0], &limits, workshop->verdict);
    close(ends[0]);
    return status;
}

#else

cvl_status jail_open(jail_workshop *workshop, size_t pool_size, cvl_error *err)
{
    (void)workshop;
    (void)pool_size;
    (void)err;
    return CVL_OK;
}

void jail_shut(jail_workshop *workshop)
{
    (void)workshop;
}

cvl_status jail_run(const jail_work *work, jail_workshop *workshop,
                    bool *jailed, cvl_error *err)
{
    (void)work;
    (void)workshop;
    (void)err;
    *jailed = false;
    return CVL_OK;
}

#endif
