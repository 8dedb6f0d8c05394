/* test_system_limits.c - every command under the limits that a system sets. */
#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "every.h"
#include "expect.h"
#include "fault/scenarios.h"
#include "fixtures.h"
#include "run.h"
#include "sanitized.h"

/* A limit of the system, in its unit. */
struct limit {
    unsigned resource;
    rlim_t value;
};

static void set_limit(const void *setting)
{
    const struct limit *const limit = setting;
    struct rlimit both;
    if (getrlimit(limit->resource, &both)) _exit(ROW_SKIPPED);
    both.rlim_cur = limit->value;
    if (both.rlim_max != RLIM_INFINITY && both.rlim_cur > both.rlim_max)
        _exit(ROW_SKIPPED);
    if (setrlimit(limit->resource, &both)) _exit(ROW_SKIPPED);
}

/* Standard error goes through a pipe: a limit of files is none for that. */
static void set_file_limit(const void *setting)
{
    every_put_between(STDERR_FILENO, 0);
    set_limit(setting);
}

/* Root has all processes that it likes. */
static void set_process_limit(const void *setting)
{
    enum { NOBODY = 65534 };
    if (getuid() == 0 && (setgid(NOBODY) || setuid(NOBODY))) _exit(ROW_SKIPPED);
    if (access("../in", R_OK) || access(".", W_OK)) _exit(ROW_SKIPPED);
    set_limit(setting);
}

/* A disk of that size, or of so many files, over the directory that this is.
 * Below it stays what others see, and gets what the program leaves. */
static void set_disk(const void *setting)
{
    if (unshare(CLONE_NEWNS | (getuid() ? CLONE_NEWUSER : 0)) ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("none", "../work", "tmpfs", 0, setting) ||
        system("cp -a . ../work/"))
        _exit(ROW_SKIPPED);
    const pid_t child = fork();
    if (child < 0) _exit(126);
    if (!child) {
        alarm(RUN_SECONDS);
        if (chdir("../work")) _exit(126);
        return;
    }
    const int status = every_wait(child);
    if (system("find . -mindepth 1 -delete; cp -a ../work/. .")) _exit(126);
    every_end_as(status);
}

#define MIB (1 << 20)
#define LIMIT(set, what, n, why)                                     \
    .arrange = (set), .setting = &(const struct limit){(what), (n)}, \
    .reasons = (why)
#define MEMORY(mib)                                                          \
    {                                                                        \
        ADDRESSES, NO_MEMORY,                                                \
            LIMIT(set_limit, RLIMIT_AS, (rlim_t)(mib)*MIB, "memory|decoder") \
    }
#define DATA(kib)                                              \
    {                                                          \
        PRIVATE, NO_DATA,                                      \
            LIMIT(set_limit, RLIMIT_DATA, (rlim_t)(kib) << 10, \
                  "memory|decoder")                            \
    }
#define FILES(n)                                                      \
    {                                                                 \
        OPEN, NO_FILE,                                                \
            LIMIT(set_limit, RLIMIT_NOFILE, n, "Too many open files") \
    }
#define SIZE(n)                                                     \
    {                                                               \
        LARGE, NO_ROOM,                                             \
            LIMIT(set_file_limit, RLIMIT_FSIZE, n,                  \
                  "File too large|cannot write to standard output") \
    }
#define STACK(kib)                                                   \
    {                                                                \
        DEPTH, NO_CHANGE,                                            \
            LIMIT(set_limit, RLIMIT_STACK, (rlim_t)(kib) << 10, ""), \
            .must_do_its_work = true                                 \
    }
#define PROCESSES(n)                                                       \
    {                                                                      \
        TASKS, FEWER, LIMIT(set_process_limit, RLIMIT_NPROC, n, "decoder") \
    }
#define DISK(options)                                             \
    {                                                             \
        ROOM, NO_ROOM, .arrange = set_disk, .setting = (options), \
                       .reasons = "No space left"                 \
    }

#define ADDRESSES "address space, `ulimit -v`"
#define PRIVATE "data, `ulimit -d`"
#define OPEN "open files, `ulimit -n`"
#define LARGE "size of a file, `ulimit -f`"
#define DEPTH "stack, `ulimit -s`"
#define TASKS "processes and threads, `ulimit -u`"
#define ROOM "a disk without room for bytes or for files"

static const char NO_MEMORY[] =
    "status 1 and a line with what was needed; threads that find no room are "
    "done without";
static const char NO_DATA[] =
    "the same from 512 KiB on; the system ends what has less";
static const char NO_FILE[] = "status 1 and a line with the file";
static const char NO_ROOM[] = "status 1 and a line with the file, or that it "
                              "is standard output; what was "
                              "there stays";
static const char NO_CHANGE[] =
    "nothing, from 256 KiB on; the system ends what has less";
static const char FEWER[] = "fewer threads and the same results; status 1 and "
                            "a line for a JPEG that no "
                            "process can be had to decode";

static const struct row rows[] = {
    MEMORY(8),
    MEMORY(10),
    MEMORY(12),
    MEMORY(14),
    MEMORY(16),
    MEMORY(20),
    MEMORY(24),
    MEMORY(32),
    MEMORY(48),
    MEMORY(64),
    MEMORY(96),
    MEMORY(128),
    MEMORY(200),
    DATA(512),
    DATA(1024),
    DATA(2048),
    DATA(4096),
    DATA(8192),
    DATA(16384),
    DATA(32768),
    FILES(4),
    FILES(5),
    FILES(6),
    FILES(7),
    FILES(8),
    FILES(10),
    FILES(16),
    SIZE(0),
    SIZE(1),
    SIZE(100),
    SIZE(1000),
    SIZE(4096),
    SIZE(20000),
    SIZE(100000),
    STACK(256),
    STACK(512),
    STACK(1024),
    STACK(1 << 20),
    PROCESSES(1),
    PROCESSES(2),
    PROCESSES(3),
    DISK("size=4k"),
    DISK("size=8k"),
    DISK("size=16k"),
    DISK("size=32k"),
    DISK("size=64k"),
    DISK("nr_inodes=2"),
    DISK("nr_inodes=3"),
    DISK("nr_inodes=4"),
    DISK("nr_inodes=6"),
};
enum { ROWS = sizeof rows / sizeof *rows };

START_TEST(a_limit_is_kept_to_or_named_in_one_line)
{
    if (UNDER_SANITIZER) return;
    every_row((size_t)_i, rows, ROWS);
}
END_TEST

START_TEST(the_page_says_what_limits_do)
{
    expect_page("| limit | what happens |", rows, ROWS);
}
END_TEST

/* Whoever has no rights may look and write there. */
static void begin(void)
{
    every_begin();
    umask(0);
    ck_assert_int_eq(chmod(".", 0777), 0);
}

int main(void)
{
    Suite *const suite = suite_create("system_limits");
    TCase *const all = tcase_create("system_limits");
    tcase_set_timeout(all, 300);
    tcase_add_unchecked_fixture(all, begin, leave_scratch);
    tcase_add_loop_test(all, a_limit_is_kept_to_or_named_in_one_line, 0,
                        (int)scenario_count);
    tcase_add_test(all, the_page_says_what_limits_do);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
