/* test_file.c - files are read whole and bounded; see test_file_write.c. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "convlet/file.h"
#include "expect.h"
#include "scratch.h"

static void expect_unread(const char *path, size_t limit, cvl_status status,
                          const char *message)
{
    cvl_error err;
    cvl_bytes bytes = {(unsigned char *)"x", 1};
    expect_fail(cvl_file_read(path, limit, &bytes, &err), err, status, message);
    ck_assert_ptr_null(bytes.data);
    ck_assert_uint_eq(bytes.size, 0);
    ck_assert_int_eq(cvl_file_read(path, limit, &bytes, NULL), status);
}

START_TEST(read_returns_every_byte_and_a_zero_behind)
{
    static const char text[] = "a\0b\n\xff";
    const cvl_span pieces[] = {{text, 2}, {NULL, 0}, {text + 2, 3}};
    cvl_error err;
    cvl_bytes bytes;
    expect_ok(cvl_file_write("f", pieces, 3, &err), err);
    expect_ok(cvl_file_read("f", 5, &bytes, &err), err);
    ck_assert_uint_eq(bytes.size, 5);
    ck_assert_mem_eq(bytes.data, text, 6);
    cvl_bytes_free(&bytes);
    ck_assert_ptr_null(bytes.data);
    ck_assert_uint_eq(bytes.size, 0);
    cvl_bytes_free(&bytes);
}
END_TEST

START_TEST(read_takes_an_empty_file)
{
    put("f", "");
    expect_text("f", "");
}
END_TEST

START_TEST(read_names_a_file_that_is_not_there)
{
    expect_unread("none", 9, CVL_EIO,
                  "none: cannot open: No such file or directory");
}
END_TEST

START_TEST(read_refuses_a_file_beyond_the_limit_with_both_sizes)
{
    put("f", "12345");
    expect_unread("f", 4, CVL_EFORMAT,
                  "f: has 5 bytes, more than the limit of 4");
}
END_TEST

START_TEST(read_refuses_a_huge_file_before_it_allocates)
{
    const int fd = open("f", O_WRONLY | O_CREAT, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, (off_t)1 << 40), 0);
    close(fd);
    expect_unread("f", 1 << 20, CVL_EFORMAT,
                  "f: has 1099511627776 bytes, more than the limit of 1048576");
}
END_TEST

START_TEST(read_refuses_a_directory)
{
    expect_unread(".", 9, CVL_EIO, ".: is a directory, expected a file");
}
END_TEST

START_TEST(read_refuses_a_pipe_without_waiting_for_it)
{
    ck_assert_int_eq(mkfifo("p", 0600), 0);
    expect_unread("p", 9, CVL_EIO,
                  "p: is not a regular file; copy it into one first");
}
END_TEST

START_TEST(read_refuses_a_device)
{
    expect_unread("/dev/zero", 9, CVL_EIO,
                  "/dev/zero: is not a regular file; copy it into one first");
}
END_TEST

/* In /proc a file claims to be empty: the same as one that grows meanwhile. */
START_TEST(read_refuses_a_file_that_holds_more_than_its_size)
{
    if (access("/proc/self/status", R_OK)) return;
    expect_unread("/proc/self/status", 1 << 20, CVL_EIO,
                  "/proc/self/status: changed its size while it was read");
}
END_TEST

START_TEST(read_leaves_no_descriptor_open)
{
    const int before = dup(0);
    close(before);
    put("f", "text");
    expect_text("f", "text");
    expect_unread(".", 9, CVL_EIO, ".: is a directory, expected a file");
    expect_unread("f", 1, CVL_EFORMAT,
                  "f: has 4 bytes, more than the limit of 1");
    const int after = dup(0);
    close(after);
    ck_assert_int_eq(before, after);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        read_returns_every_byte_and_a_zero_behind,
        read_takes_an_empty_file,
        read_names_a_file_that_is_not_there,
        read_refuses_a_file_beyond_the_limit_with_both_sizes,
        read_refuses_a_huge_file_before_it_allocates,
        read_refuses_a_directory,
        read_refuses_a_pipe_without_waiting_for_it,
        read_refuses_a_device,
        read_refuses_a_file_that_holds_more_than_its_size,
        read_leaves_no_descriptor_open,
        NULL,
    };
    return run_tests_between("file", tests, enter_directory, leave_directory);
}
