/* test_log.c - a log's lines reach a reader that is slow. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "expect.h"
#include "train/log.h"

enum {
    LINES = 20000,
    COLUMNS = 1 << COLUMN_STEP | 1 << COLUMN_LOSS | 1 << COLUMN_PARAMS
};

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
    struct log_entry entry = {.columns = COLUMNS,
                              .value = {[COLUMN_LOSS] = 0.5},
                              .params = params,
                              .param_count = 100};
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
    struct loss_log log = {
        .fd = ends[1], .format = LOG_CSV, .columns = COLUMNS};
    for (; entry.number < LINES; entry.number++)
        ck_assert(loss_log_add(&log, &entry));
    close(ends[1]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(what_cannot_be_written_is_told)
{
    struct loss_log log = {.fd = open("/dev/full", O_WRONLY),
                           .columns = COLUMNS};
    const struct log_entry entry = {.columns = COLUMNS};
    ck_assert(!loss_log_add(&log, &entry));
    close(log.fd);
}
END_TEST

/* A step and an epoch, in each form of a log that has both. */
START_TEST(a_line_has_what_its_step_or_epoch_says)
{
    static const char *const lines[] = {
        [LOG_TEXT] = "step:7,loss:2.5\nepoch:1,loss:0.5,accuracy:0.75\n",
        [LOG_CSV] = "step,epoch,loss,psnr,accuracy\n7,,2.5,9,\n"
                    ",1,0.5,,0.75\n",
        [LOG_JSONL] = "{\"step\":7,\"loss\":2.5,\"psnr\":9}\n"
                      "{\"epoch\":1,\"loss\":0.5,\"accuracy\":0.75}\n"};
    const unsigned both = 1U << COLUMN_LOSS;
    const struct log_entry entries[2] = {
        {.columns = both | 1U << COLUMN_STEP | 1U << COLUMN_PSNR,
         .number = 7,
         .value = {[COLUMN_LOSS] = 2.5, [COLUMN_PSNR] = 9}},
        {.columns = both | 1U << COLUMN_EPOCH | 1U << COLUMN_ACCURACY,
         .number = 1,
         .value = {[COLUMN_LOSS] = 0.5, [COLUMN_ACCURACY] = 0.75}}};
    for (size_t form = 0; form <= LOG_JSONL; form++) {
        char text[256] = "";
        FILE *const file = tmpfile();
        ck_assert_ptr_nonnull(file);
        struct loss_log log = {.fd = fileno(file),
                               .format = (enum log_format)form,
                               .columns =
                                   entries[0].columns | entries[1].columns};
        ck_assert(loss_log_begin(&log));
        for (size_t i = 0; i < 2; i++)
            ck_assert(loss_log_add(&log, &entries[i]));
        rewind(file);
        fread(text, 1, sizeof text - 1, file);
        ck_assert_str_eq(text, lines[form]);
        fclose(file);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_pipe_that_does_not_wait_is_waited_for,
                                  what_cannot_be_written_is_told,
                                  a_line_has_what_its_step_or_epoch_says, NULL};
    return run_tests("log", tests);
}
