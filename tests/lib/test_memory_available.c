/* test_memory_available.c - what is left, on machines that are made up. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/memory.h"
#include "convlet/memory_available.h"
#include "scratch.h"

#define GIB ((size_t)1 << 30)

/* The directories of a made-up machine, each behind the one it is in. */
static const char *const DIRECTORIES[] = {"proc",
                                          "proc/self",
                                          "sys",
                                          "sys/fs",
                                          "sys/fs/cgroup",
                                          "sys/fs/cgroup/a",
                                          "sys/fs/cgroup/a/b",
                                          "sys/fs/cgroup/memory",
                                          "sys/fs/cgroup/memory/c"};
enum { DIRECTORY_COUNT = sizeof DIRECTORIES / sizeof *DIRECTORIES };

typedef struct file {
    const char *path, *text;
} file;

enum { FILE_LIMIT = 8 };

#define MEMINFO                                                               \
    "MemTotal:       8388608 kB\nMemFree:  100 kB\nMemAvailable:    4194304 " \
    "kB\n"

/* Machines, and how many bytes are left on them. */
static const struct {
    file files[FILE_LIMIT];
    size_t left;
} machines[] = {
    {{{NULL, NULL}}, SIZE_MAX},
    {{{"proc/meminfo", MEMINFO}}, 4 * GIB},
    {{{"proc/meminfo", ""}}, SIZE_MAX},
    {{{"proc/meminfo", "MemTotal: 8388608 kB\n"}}, SIZE_MAX},
    {{{"proc/meminfo", "MemAvailable: much\n"}}, SIZE_MAX},
    {{{"proc/meminfo", "MemAvailable: 99999999999999999999999 kB\n"}},
     SIZE_MAX},
    /* A group without files, and one without a limit. */
    {{{"proc/meminfo", MEMINFO}, {"proc/self/cgroup", "0::/a/b\n"}}, 4 * GIB},
    {{{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "0::/\n"},
      {"sys/fs/cgroup/memory.max", "max\n"}},
     4 * GIB},
    /* The group's own limit, without what is taken of it. */
    {{{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "0::/a/b\n"},
      {"sys/fs/cgroup/a/b/memory.max", "2147483648\n"}},
     2 * GIB},
    {{{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "0::/a/b\n"},
      {"sys/fs/cgroup/a/b/memory.max", "2147483648\n"},
      {"sys/fs/cgroup/a/b/memory.stat", "anon 1073741824\nfile 5\n"}},
     GIB},
    {{{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "0::/a/b\n"},
      {"sys/fs/cgroup/a/b/memory.max", "2147483648\n"},
      {"sys/fs/cgroup/a/b/memory.stat", "anon 2147483649\n"}},
     0},
    {{{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "0::/a/b\n"},
      {"sys/fs/cgroup/a/b/memory.max", "99999999999999999999999999\n"}},
     4 * GIB},
    /* The limit of the group around it, and of the root, as in a container
     * that knows its group by a name of its host. */
    {{{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "0::/a/b\n"},
      {"sys/fs/cgroup/a/memory.max", "1073741824\n"},
      {"sys/fs/cgroup/a/b/memory.max", "2147483648\n"}},
     GIB},
    {{{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "0::/docker/0123\n"},
      {"sys/fs/cgroup/memory.max", "1073741824\n"}},
     GIB},
    /* Version 1, among other lines; and both at once. */
    {{{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "9:name=systemd:/\n4:memory:/c\n1:cpu:/\nodd\n0::"},
      {"sys/fs/cgroup/memory/c/memory.limit_in_bytes", "2147483648\n"},
      {"sys/fs/cgroup/memory/c/memory.stat",
       "cache 9\nrss 9\ntotal_cache 7\ntotal_rss 1073741824\n"}},
     GIB},
    {{{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "4:memory:/c\n0::/a"},
      {"sys/fs/cgroup/memory/c/memory.limit_in_bytes", "2147483648\n"},
      {"sys/fs/cgroup/a/memory.max", "1073741824\n"}},
     GIB},
};

START_TEST(what_is_left_is_what_system_and_groups_leave)
{
    const file *const files = machines[_i].files;
    for (size_t i = 0; i < DIRECTORY_COUNT; i++)
        ck_assert_int_eq(mkdir(DIRECTORIES[i], 0777), 0);
    for (size_t i = 0; i < FILE_LIMIT && files[i].path; i++)
        put(files[i].path, files[i].text);
    const size_t left = cvl_memory_available_in(".");
    for (size_t i = 0; i < FILE_LIMIT && files[i].path; i++)
        ck_assert_int_eq(unlink(files[i].path), 0);
    for (size_t i = DIRECTORY_COUNT; i-- > 0;)
        ck_assert_int_eq(rmdir(DIRECTORIES[i]), 0);
    ck_assert_uint_eq(left, machines[_i].left);
}
END_TEST

START_TEST(a_sum_is_refused_from_the_first_byte_too_many)
{
    cvl_error err;
    expect_ok(cvl_memory_check(GIB - 1, GIB, "the run", &err), err);
    expect_ok(cvl_memory_check(GIB, GIB, "the run", &err), err);
    expect_fail(cvl_memory_check(GIB + 1, GIB, "the run", &err), err,
                CVL_ENOMEM,
                "out of memory: 1073741825 bytes are needed for the run, "
                "1073741824 are available");
    expect_ok(cvl_memory_check(SIZE_MAX, SIZE_MAX, "the run", &err), err);
}
END_TEST

/* Any machine that says what it has; none has this much. */
START_TEST(a_block_beyond_the_machine_is_refused_with_both_figures)
{
    cvl_error err;
    void *block = &err;
    size_t available;
    if (cvl_memory_available() == SIZE_MAX) return;
    const size_t size = (size_t)1 << 60;
    ck_assert_int_eq(cvl_alloc(&block, size, "the net", &err), CVL_ENOMEM);
    ck_assert_ptr_null(block);
    ck_assert_int_eq(sscanf(err.message,
                            "out of memory: 1152921504606846976 bytes are "
                            "needed for the net, %zu are available",
                            &available),
                     1);
    ck_assert_uint_gt(available, 0);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("memory_available");
    TCase *const tests = tcase_create("memory_available");
    tcase_add_checked_fixture(tests, enter_directory, leave_directory);
    tcase_add_loop_test(tests, what_is_left_is_what_system_and_groups_leave, 0,
                        (int)(sizeof machines / sizeof machines[0]));
    tcase_add_test(tests, a_sum_is_refused_from_the_first_byte_too_many);
    tcase_add_test(tests,
                   a_block_beyond_the_machine_is_refused_with_both_figures);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
