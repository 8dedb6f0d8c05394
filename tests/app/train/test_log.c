/* test_log.c - a log's lines reach a reader that is slow. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "expect.h"
#include "train/log.h"

enum { LINES = 20000 };

/* Reads all, slowly at first; whether every line came, and in its order. */
static _Noreturn void read_slowly(int end)
{
    size_t next = 0;
    char line[4096];
    sleep(1);
    FILE *const stream = fdopen(end, "r");
    while (stream && fgets(line, sizeof line, stream)) {
        size_t step;
        if (sscanf(line, "%zu,0.5,", &step) != 1 || step != next) _exit(1);
        next++;
    }
    _exit(next == LINES ? 0 : 2);
}

START_TEST(a_pipe_that_does_not_wait_is_waited_for)
{
    double params[100] = {0};
    struct loss_log_entry entry = {
        .loss = 0.5, .params = params, .param_count = 100};
    int ends[2], status;
    ck_assert_int_eq(pipe(ends), 0);
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(ends[1]);
        read_slowly(ends[0]);
    }
    close(ends[0]);
    ck_assert_int_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    const struct loss_log log = {
        .fd = ends[1], .format = LOG_CSV, .with_params = true};
    for (entry.step = 0; entry.step < LINES; entry.step++)
        ck_assert(loss_log_add(&log, &entry));
    close(ends[1]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(what_cannot_be_written_is_told)
{
    const struct loss_log log = {.fd = open("/dev/full", O_WRONLY)};
    const struct loss_log_entry entry = {.loss = 0.5};
    ck_assert(!loss_log_add(&log, &entry));
    close(log.fd);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_pipe_that_does_not_wait_is_waited_for,
                                  what_cannot_be_written_is_told, NULL};
    return run_tests("log", tests);
}
