/* test_system_streams.c - standard streams that are not what they should be. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "every.h"
#include "expect.h"
#include "fault/scenarios.h"
#include "fixtures.h"
#include "run.h"

enum state {
    CLOSED,
    FULL,      /* a disk on which nothing has room */
    DIRECTORY, /* which is open for reading, as it can only be */
    READ_ONLY,
    WRITE_ONLY,
    LEFT,         /* a pipe whose other end nobody has */
    LEFT_IGNORED, /* the same, and SIGPIPE is ignored */
    LATE          /* a pipe that does not wait, whose other end is late */
};

struct stream {
    int number;
    enum state state;
};

static void become(int fd, int stream)
{
    if (fd < 0 || dup2(fd, stream) < 0) _exit(126);
    if (fd != stream) close(fd);
}

static void leave(int stream)
{
    int ends[2];
    const int own = stream == STDIN_FILENO ? 0 : 1;
    if (pipe(ends)) _exit(126);
    close(ends[!own]);
    become(ends[own], stream);
}

static void arrange(const void *setting)
{
    const struct stream *const stream = setting;
    const int number = stream->number;
    signal(SIGPIPE, SIG_DFL);
    switch (stream->state) {
    case CLOSED: close(number); break;
    case FULL: become(open("/dev/full", O_WRONLY), number); break;
    case DIRECTORY: become(open(".", O_RDONLY), number); break;
    case READ_ONLY: become(open("/dev/null", O_RDONLY), number); break;
    case WRITE_ONLY: become(open("/dev/null", O_WRONLY), number); break;
    case LEFT_IGNORED:
        signal(SIGPIPE, SIG_IGN);
        leave(number);
        break;
    case LEFT: leave(number); break;
    case LATE: every_put_between(number, true); break;
    }
}

#define STREAM(n, s)                                      \
    .arrange = arrange, .setting = &(const struct stream) \
    {                                                     \
        n, s                                              \
    }

#define UNFIT_IN "input closed, a directory, or open for writing alone"
#define UNFIT_OUT \
    "output closed, a directory, open for reading alone, or on a full disk"
#define UNFIT_ERR \
    "errors closed, a directory, open for reading alone, or on a full disk"

static const char WORTHLESS[] =
    "status 1 and a line, where it is to be read with `-`; else it is not "
    "looked at";
static const char UNSAID[] =
    "the work is done, and the status tells how it ended";
static const char UNTAKEN[] =
    "status 1 and a line, unless there is nothing to print; files are whole";

static const struct row rows[] = {
    {UNFIT_IN, WORTHLESS, STREAM(0, CLOSED)},
    {UNFIT_IN, WORTHLESS, STREAM(0, DIRECTORY)},
    {UNFIT_IN, WORTHLESS, STREAM(0, WRITE_ONLY)},
    {"input a pipe in which nothing comes",
     "status 3 and a line, where it is to be read with `-`; but a config may "
     "be "
     "empty",
     STREAM(0, LEFT), .status = 3},
    {"input a pipe that does not wait", "it is waited for", STREAM(0, LATE),
     .must_do_its_work = true},
    {UNFIT_OUT, UNTAKEN, STREAM(1, CLOSED)},
    {UNFIT_OUT, UNTAKEN, STREAM(1, FULL)},
    {UNFIT_OUT, UNTAKEN, STREAM(1, DIRECTORY)},
    {UNFIT_OUT, UNTAKEN, STREAM(1, READ_ONLY)},
    {"output a pipe whose reader has left",
     "SIGPIPE ends convlet, as it does all programs; files are whole",
     STREAM(1, LEFT), .signal = SIGPIPE},
    {"the same, while SIGPIPE is ignored", UNTAKEN, STREAM(1, LEFT_IGNORED)},
    {"output a pipe that does not wait", "it is waited for, nothing is lost",
     STREAM(1, LATE), .must_do_its_work = true},
    {UNFIT_ERR, UNSAID, STREAM(2, CLOSED), .must_do_its_work = true},
    {UNFIT_ERR, UNSAID, STREAM(2, FULL), .must_do_its_work = true},
    {UNFIT_ERR, UNSAID, STREAM(2, DIRECTORY), .must_do_its_work = true},
    {UNFIT_ERR, UNSAID, STREAM(2, READ_ONLY), .must_do_its_work = true},
    {"errors a pipe whose reader has left",
     "SIGPIPE ends convlet at its first note; files are whole", STREAM(2, LEFT),
     .signal = SIGPIPE},
    {"this too, while SIGPIPE is ignored", UNSAID, STREAM(2, LEFT_IGNORED),
     .must_do_its_work = true},
    {"errors a pipe that does not wait", "it is waited for, nothing is lost",
     STREAM(2, LATE), .must_do_its_work = true},
};
enum { ROWS = sizeof rows / sizeof *rows };

START_TEST(a_stream_that_fails_fails_the_command_that_needs_it)
{
    every_row((size_t)_i, rows, ROWS);
}
END_TEST

START_TEST(the_page_says_what_streams_do)
{
    expect_page("| standard stream | what happens |", rows, ROWS);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("system_streams");
    TCase *const all = tcase_create("system_streams");
    tcase_set_timeout(all, 120);
    tcase_add_unchecked_fixture(all, every_begin, leave_scratch);
    tcase_add_loop_test(all,
                        a_stream_that_fails_fails_the_command_that_needs_it, 0,
                        (int)scenario_count);
    tcase_add_test(all, the_page_says_what_streams_do);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
