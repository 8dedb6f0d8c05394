/* test_file_write.c - files are written whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "convlet/file.h"
#include "expect.h"
#include "scratch.h"

static void expect_unwritten(const char *path, const char *message)
{
    cvl_error err;
    expect_fail(write_text(path, "new", &err), err, CVL_EIO, message);
    ck_assert_int_eq(write_text(path, "new", NULL), CVL_EIO);
}

START_TEST(write_leaves_no_descriptor_open)
{
    const int before = dup(0);
    close(before);
    put("f", "text");
    put("/dev/null", "text");
    expect_unwritten("none/f",
                     "none/f: cannot write: No such file or directory");
    const int after = dup(0);
    close(after);
    ck_assert_int_eq(before, after);
}
END_TEST

START_TEST(write_makes_a_file_and_nothing_else)
{
    struct stat info;
    put("f", "text");
    expect_text("f", "text");
    ck_assert_int_eq(entries("."), 1);
    ck_assert_int_eq(stat("f", &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0644);
}
END_TEST

START_TEST(write_obeys_the_umask)
{
    struct stat info;
    umask(077);
    put("f", "text");
    ck_assert_int_eq(stat("f", &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0600);
}
END_TEST

START_TEST(write_replaces_a_file_and_keeps_its_permissions)
{
    struct stat before, after;
    put("f", "a longer text");
    ck_assert_int_eq(chmod("f", 0660), 0);
    ck_assert_int_eq(stat("f", &before), 0);
    put("f", "short");
    expect_text("f", "short");
    ck_assert_int_eq(stat("f", &after), 0);
    ck_assert_uint_eq(after.st_mode & 07777, 0660);
    ck_assert_uint_ne(before.st_ino, after.st_ino);
    ck_assert_int_eq(entries("."), 1);
}
END_TEST

START_TEST(write_reaches_other_directories_by_any_path)
{
    char path[PATH_MAX];
    ck_assert_int_eq(mkdir("d", 0700), 0);
    put("d/f", "relative");
    expect_text("d/f", "relative");
    ck_assert_int_eq(entries("d"), 1);
    snprintf(path, sizeof path, "%s/g", directory);
    put(path, "absolute");
    expect_text("g", "absolute");
    put("d/../g", "again");
    expect_text("g", "again");
    ck_assert_int_eq(entries("."), 2);
    ck_assert_int_eq(unlink("d/f"), 0);
}
END_TEST

START_TEST(write_takes_the_longest_name_a_directory_can_hold)
{
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    put(name, "text");
    put(name, "again");
    expect_text(name, "again");
}
END_TEST

START_TEST(write_follows_a_link_and_leaves_it_one)
{
    struct stat info;
    ck_assert_int_eq(mkdir("d", 0700), 0);
    put("d/f", "old");
    ck_assert_int_eq(symlink("d/f", "link"), 0);
    put("link", "new");
    expect_text("d/f", "new");
    ck_assert_int_eq(lstat("link", &info), 0);
    ck_assert(S_ISLNK(info.st_mode));
    ck_assert_int_eq(entries("d"), 1);
    ck_assert_int_eq(unlink("d/f"), 0);
}
END_TEST

/* Where the whole path is longer than the system takes in one piece. */
START_TEST(write_replaces_a_file_below_any_depth)
{
    enum { LEVELS = 25, NAME = 200 };
    char name[NAME + 1];
    memset(name, 'd', NAME);
    name[NAME] = '\0';
    const int top = open(".", O_RDONLY);
    for (int i = 0; i < LEVELS; i++)
        ck_assert(!mkdir(name, 0777) && !chdir(name));
    put("f", "old");
    ck_assert_int_eq(symlink("f", "l"), 0);
    put("f", "new");
    expect_text("f", "new");
    put("l", "newer");
    expect_text("f", "newer");
    ck_assert(!unlink("f") && !unlink("l"));
    for (int i = 0; i < LEVELS; i++) ck_assert(!chdir("..") && !rmdir(name));
    ck_assert_int_eq(fchdir(top), 0);
    close(top);
}
END_TEST

/* The directory is the one that was opened, whatever its name leads to now. */
START_TEST(write_at_stays_in_a_directory_that_was_moved)
{
    const cvl_span piece = {"new", 3};
    cvl_bytes bytes;
    cvl_error err;
    ck_assert_int_eq(mkdir("d", 0777), 0);
    const int place = open("d", O_RDONLY);
    ck_assert(!rename("d", "moved") && !mkdir("d", 0777));
    expect_ok(cvl_file_write_at(place, "d/f", &piece, 1, &err), err);
    ck_assert_int_eq(access("d/f", F_OK), -1);
    expect_text("moved/f", "new");
    expect_ok(cvl_file_read_at(place, "d/f", 3, &bytes, &err), err);
    cvl_bytes_free(&bytes);
    expect_fail(cvl_file_read_at(place, "d/g", 3, &bytes, &err), err, CVL_EIO,
                "d/g: cannot open: No such file or directory");
    close(place);
    ck_assert(!unlink("moved/f") && !rmdir("moved") && !rmdir("d"));
}
END_TEST

START_TEST(write_refuses_a_link_to_nothing)
{
    ck_assert_int_eq(symlink("nothing", "link"), 0);
    expect_unwritten("link", "link: is a link to a file that does not exist; "
                             "remove the link");
    ck_assert_int_eq(entries("."), 1);
}
END_TEST

START_TEST(write_refuses_a_link_to_itself)
{
    ck_assert_int_eq(symlink("link", "link"), 0);
    expect_unwritten("link", "link: cannot write: Too many levels of symbolic "
                             "links");
}
END_TEST

START_TEST(write_refuses_a_directory)
{
    ck_assert_int_eq(mkdir("d", 0700), 0);
    expect_unwritten("d", "d: is a directory, expected a file");
    ck_assert_int_eq(entries("."), 1);
    ck_assert_int_eq(entries("d"), 0);
}
END_TEST

START_TEST(write_names_a_directory_that_is_not_there)
{
    expect_unwritten("none/f",
                     "none/f: cannot write: No such file or directory");
    expect_unwritten("f/", "f/: cannot write: No such file or directory");
    expect_unwritten("", ": cannot write: No such file or directory");
    ck_assert_int_eq(entries("."), 0);
}
END_TEST

START_TEST(write_refuses_a_path_through_a_file)
{
    put("f", "text");
    expect_unwritten("f/g", "f/g: cannot write: Not a directory");
    expect_text("f", "text");
}
END_TEST

/* Root may write anywhere, so it stops being root for a moment. */
static bool become_nobody(void)
{
    return geteuid() != 0 || !seteuid(65534);
}

START_TEST(write_refuses_where_permissions_do)
{
    const uid_t self = geteuid();
    put("f", "old");
    ck_assert_int_eq(chmod("f", 0444), 0);
    ck_assert_int_eq(mkdir("d", 0555), 0);
    ck_assert_int_eq(chmod(".", 0777), 0);
    if (!become_nobody()) return; /* root of a container with one user */
    expect_unwritten("f", "f: cannot write: Permission denied");
    expect_unwritten("d/f", "d/f: cannot write: Permission denied");
    ck_assert_int_eq(seteuid(self), 0);
    expect_text("f", "old");
    ck_assert_int_eq(entries("."), 2);
    ck_assert_int_eq(entries("d"), 0);
}
END_TEST

START_TEST(write_that_fails_midway_leaves_the_old_file_and_no_other)
{
    struct rlimit limit, small;
    cvl_error err;
    static char large[100000];
    const cvl_span pieces[] = {{large, sizeof large}, {large, sizeof large}};
    put("f", "old");
    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = limit;
    small.rlim_cur = 150000;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    const cvl_status over = cvl_file_write("f", pieces, 2, &err);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    expect_fail(over, err, CVL_EIO, "f: cannot write: File too large");
    expect_text("f", "old");
    ck_assert_int_eq(entries("."), 1);
}
END_TEST

START_TEST(write_passes_over_temporary_names_that_are_taken)
{
    char name[64];
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, ".convlet-%jd-%d.tmp", (intmax_t)getpid(),
                 i);
        const int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
        ck_assert_int_ge(fd, 0);
        close(fd);
    }
    put("f", "text");
    expect_text("f", "text");
    ck_assert_int_eq(entries("."), 4);
    expect_text(name, "");
}
END_TEST

START_TEST(write_to_a_full_device_says_so)
{
    if (access("/dev/full", W_OK)) return;
    expect_unwritten("/dev/full",
                     "/dev/full: cannot write: No space left on device");
}
END_TEST

START_TEST(write_to_a_device_leaves_it_one)
{
    struct stat info;
    put("/dev/null", "text");
    ck_assert_int_eq(stat("/dev/null", &info), 0);
    ck_assert(S_ISCHR(info.st_mode));
}
END_TEST

START_TEST(write_to_an_open_files_name_goes_on_after_what_is_there)
{
    struct stat before, after;
    char name[64];
    if (access("/dev/fd", X_OK)) return;
    put("f", "first ");
    const int fd = open("f", O_WRONLY);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fstat(fd, &before), 0);
    snprintf(name, sizeof name, "/dev/fd/%d", fd);
    put(name, "second");
    close(fd);
    expect_text("f", "first second");
    ck_assert_int_eq(stat("f", &after), 0);
    ck_assert_uint_eq(before.st_ino, after.st_ino);
}
END_TEST

static void ignore(int number)
{
    (void)number;
}

enum { PIPED = 4 << 20 };

/* Reads the pipe "p" to its end while signals hit the writer; exits. */
static void drain_pipe(pid_t writer)
{
    unsigned char block[3000];
    size_t size = 0;
    bool good = true;
    const int fd = open("p", O_RDONLY);
    ssize_t n;
    while ((n = read(fd, block, sizeof block)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            good = good && block[i] == (size + (size_t)i) % 251;
        size += (size_t)n;
        kill(writer, SIGUSR1);
    }
    _exit(good && n == 0 && size == PIPED ? 0 : 1);
}

START_TEST(write_goes_on_after_signals_and_short_writes)
{
    static unsigned char data[PIPED];
    const cvl_span pieces[] = {{data, 12345}, {data + 12345, PIPED - 12345}};
    const struct sigaction action = {.sa_handler = ignore};
    cvl_error err;
    int status;
    for (size_t i = 0; i < PIPED; i++) data[i] = (unsigned char)(i % 251);
    ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
    ck_assert_int_eq(mkfifo("p", 0600), 0);
    const pid_t writer = getpid();
    const pid_t reader = fork();
    ck_assert_int_ge(reader, 0);
    if (reader == 0) drain_pipe(writer);
    expect_ok(cvl_file_write("p", pieces, 2, &err), err);
    while (waitpid(reader, &status, 0) < 0) ck_assert_int_eq(errno, EINTR);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        write_leaves_no_descriptor_open,
        write_makes_a_file_and_nothing_else,
        write_obeys_the_umask,
        write_replaces_a_file_and_keeps_its_permissions,
        write_reaches_other_directories_by_any_path,
        write_takes_the_longest_name_a_directory_can_hold,
        write_follows_a_link_and_leaves_it_one,
        write_replaces_a_file_below_any_depth,
        write_at_stays_in_a_directory_that_was_moved,
        write_refuses_a_link_to_nothing,
        write_refuses_a_link_to_itself,
        write_refuses_a_directory,
        write_names_a_directory_that_is_not_there,
        write_refuses_a_path_through_a_file,
        write_refuses_where_permissions_do,
        write_that_fails_midway_leaves_the_old_file_and_no_other,
        write_passes_over_temporary_names_that_are_taken,
        write_to_a_full_device_says_so,
        write_to_a_device_leaves_it_one,
        write_to_an_open_files_name_goes_on_after_what_is_there,
        write_goes_on_after_signals_and_short_writes,
        NULL,
    };
    return run_tests_between("file_write", tests, enter_directory,
                             leave_directory);
}
