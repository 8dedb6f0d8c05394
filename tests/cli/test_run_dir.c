/* test_run_dir.c - a run's directory: one writer, its own files, no hole. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"
#include "sanitized.h"

#define TRAIN "train --quiet --threads 1 "
#define ENDLESS TRAIN "--rtol 0 --atol 0 --log-every 1000 "

enum { TEXT = 1 << 18 };

static bool exists(const char *name)
{
    struct stat info;
    return lstat(name, &info) == 0;
}

static void put_text(const char *name, const char *text)
{
    put_bytes(name, text, strlen(text));
}

static void expect_holds(const char *name, const char *text)
{
    static char got[TEXT];
    get_text(name, got, sizeof got);
    ck_assert_str_eq(got, text);
}

static void expect_same_file(const char *one, const char *other)
{
    static char a[TEXT], b[TEXT];
    const size_t size = get_text(one, a, sizeof a);
    ck_assert_msg(size == get_text(other, b, sizeof b) &&
                      memcmp(a, b, size) == 0,
                  "%s and %s differ", one, other);
}

static void expect_begins(const struct outcome *outcome, const char *text)
{
    ck_assert_msg(strstr(outcome->err, text) == outcome->err, "%s",
                  outcome->err);
}

START_TEST(what_is_learned_from_is_not_replaced)
{
    static const char *const lines[] = {
        TRAIN "--steps 1 --input own/input.png --target filter:box --out own",
        TRAIN "--steps 1 --input own/input.png --target filter:box --force "
              "--out ./own",
        TRAIN "--steps 1 --input own/link.png --target filter:box --out own",
        TRAIN "--steps 1 --degrade noise:25 --target own --out own"};
    static char before[TEXT], after[TEXT];
    ck_assert_int_eq(mkdir("own", 0777), 0);
    put_picture("own/input.png", "rgb8.png", 0, 0);
    ck_assert_int_eq(symlink("input.png", "own/link.png"), 0);
    const size_t size = get_text("own/input.png", before, sizeof before);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const struct outcome outcome = run_expect(2, lines[i]);
        ck_assert_msg(strstr(outcome.err, " is an input, "), "%s", outcome.err);
    }
    ck_assert_uint_eq(get_text("own/input.png", after, sizeof after), size);
    ck_assert_mem_eq(before, after, size);
    ck_assert_uint_eq(count_entries("own"), 2);
}
END_TEST

START_TEST(a_users_files_stay_and_a_runs_are_replaced)
{
    static const char message[] =
        "convlet train: run/target.png is there already, and no file of a "
        "run's; choose another --out\n";
    put_picture("rgb.png", "rgb8.png", 0, 0);
    ck_assert_int_eq(mkdir("run", 0777), 0);
    put_text("run/target.png", "mine");
    const char *const picture =
        TRAIN "--steps 2 --input rgb.png --target filter:box --out run --force";
    ck_assert_str_eq(run_expect(2, picture).err, message);
    ck_assert_uint_eq(count_entries("run"), 1);
    /* Numbers leave no pictures: nothing is in the way. */
    run_expect(0, TRAIN "--steps 2 --out run");
    ck_assert_str_eq(run_expect(2, picture).err, message);
    expect_holds("run/target.png", "mine");
    ck_assert(!rename("run/target.png", "run/mine.png"));
    run_expect(0, picture);
    ck_assert(exists("run/input.png") && exists("run/target.png"));
    /* Pictures of an earlier run are not left beside another one's model. */
    run_expect(0, TRAIN "--steps 2 --out run --force");
    ck_assert(!exists("run/input.png") && !exists("run/target.png") &&
              !exists("run/prediction.png"));
    expect_holds("run/mine.png", "mine");
}
END_TEST

START_TEST(a_finished_run_without_its_checkpoint_is_not_begun_anew)
{
    run_expect(0, TRAIN "--steps 5 --out run");
    run_expect(0, TRAIN "--steps 5 --out copy");
    ck_assert_int_eq(unlink("run/checkpoint.safetensors"), 0);
    const struct outcome outcome = run_expect(3, "train --resume run");
    expect_begins(&outcome,
                  "convlet train: run/checkpoint.safetensors: is gone, ");
    expect_same_file("run/model.safetensors", "copy/model.safetensors");
    expect_same_file("run/loss.csv", "copy/loss.csv");
    ck_assert(exists("run/report.html"));
    /* Nor one that came as far as to a checkpoint, and lost all but its log. */
    ck_assert(!unlink("run/model.safetensors") && !unlink("run/report.html"));
    run_expect(3, "train --resume run");
    expect_same_file("run/loss.csv", "copy/loss.csv");
}
END_TEST

START_TEST(a_second_writer_is_refused)
{
    static const char *const lines[] = {"train --resume run --steps 9",
                                        TRAIN "--steps 3 --force --out run"};
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char message[160];
    run_expect(0, TRAIN "--steps 5 --out run");
    run_expect(0, TRAIN "--steps 5 --out copy");
    const int fd = open("run/.convlet", O_RDWR);
    ck_assert_int_eq(fcntl(fd, F_SETLK, &whole), 0);
    snprintf(message, sizeof message,
             "convlet train: run is in use: convlet train, process %ld, writes "
             "there; wait for it, or choose another --out\n",
             (long)getpid());
    for (size_t i = 0; i < 2; i++)
        ck_assert_str_eq(run_expect(1, lines[i]).err, message);
    expect_same_file("run/model.safetensors", "copy/model.safetensors");
    expect_same_file("run/checkpoint.safetensors",
                     "copy/checkpoint.safetensors");
    /* The lock goes with its process; the file may stay. */
    close(fd);
    run_expect(0, lines[0]);
}
END_TEST

START_TEST(a_writer_that_ends_soon_is_waited_for)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int status;
    run_expect(0, TRAIN "--steps 5 --out run");
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        const int fd = open("run/.convlet", O_RDWR);
        if (fcntl(fd, F_SETLK, &whole) || mkdir("locked", 0777)) _exit(1);
        poll(NULL, 0, 300);
        _exit(0);
    }
    while (!exists("locked")) poll(NULL, 0, 1);
    run_expect(0, "train --resume run --steps 9");
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_run_stays_in_its_directory_where_that_is_moved)
{
    int status;
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(run(TRAIN "--steps 1500 --log-every 100 --checkpoint-every 100 "
                        "--height 90 --out run")
                  .status);
    while (!exists("run/loss.csv")) poll(NULL, 0, 1);
    ck_assert(!rename("run", "moved") && !mkdir("run", 0777));
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(count_entries("run"), 0);
    ck_assert(exists("moved/model.safetensors") &&
              exists("moved/checkpoint.safetensors") &&
              exists("moved/report.html"));
}
END_TEST

/* loss.csv of steps 0, 2, 4, 6, and what its checkpoint of step 7 thinks. */
static const struct {
    const char *was, *is; /* text that is replaced; NULL: the file is gone */
    const char *message;
} logs[] = {
    {NULL, NULL, "run/loss.csv: is gone, and line 1 with it"},
    {"step,loss", "", "run/loss.csv: line 1 is missing"},
    {"step,loss\n", "step,loss\r\n", "run/loss.csv: line 1 is another"},
    {"step,loss\n", "", "run/loss.csv: line 1 is another"},
    {"step", "\x01\x02", "run/loss.csv: line 1 is another"},
    {"\n2,", "\n,", "run/loss.csv: line 3 is another"},
    {"\n4,", "\n5,", "run/loss.csv: line 4 is another"},
    {"\n4,", "\n4,\r", "run/loss.csv: line 4 is another"},
    {"\n4,", "\n4,,", "run/loss.csv: line 4 is another"},
    {"\n6,", "\r\n6,", "run/loss.csv: line 4 is another"},
};

START_TEST(a_log_with_a_hole_is_named_and_left_alone)
{
    static char text[TEXT], changed[TEXT], after[TEXT];
    char message[128];
    run_expect(0, TRAIN "--steps 7 --log-every 2 --out run");
    const size_t size = get_text("run/loss.csv", text, sizeof text);
    ck_assert_uint_gt(size, 0);
    unlink("run/loss.csv");
    size_t now = 0;
    if (logs[_i].was) {
        char *const at = strstr(text, logs[_i].was);
        ck_assert_ptr_nonnull(at);
        const bool empty = strcmp(logs[_i].was, "step,loss") == 0;
        now = (size_t)snprintf(changed, sizeof changed, "%.*s%s%s",
                               (int)(at - text), text, logs[_i].is,
                               at + strlen(logs[_i].was));
        put_bytes("run/loss.csv", changed, empty ? 0 : now);
        if (empty) now = 0;
    }
    const struct outcome outcome =
        run_expect(3, "train --resume run --steps 9");
    snprintf(message, sizeof message, "convlet train: %s", logs[_i].message);
    expect_begins(&outcome, message);
    if (!logs[_i].was) return;
    ck_assert_uint_eq(get_text("run/loss.csv", after, sizeof after), now);
    ck_assert_mem_eq(changed, after, now);
}
END_TEST

START_TEST(a_log_that_is_cut_short_names_its_line)
{
    static char text[TEXT];
    run_expect(0, TRAIN "--steps 7 --log-every 2 --out run");
    get_text("run/loss.csv", text, sizeof text);
    char *const last = strstr(text, "\n6,");
    ck_assert_ptr_nonnull(last);
    ck_assert_int_eq(truncate("run/loss.csv", last + 1 - text), 0);
    struct outcome outcome = run_expect(3, "train --resume run --steps 9");
    expect_begins(&outcome,
                  "convlet train: run/loss.csv: line 5 is missing; the "
                  "checkpoint is of step 7, ");
    put_bytes("run/loss.csv", text, (size_t)(last + 5 - text));
    outcome = run_expect(3, "train --resume run --steps 9");
    expect_begins(&outcome, "convlet train: run/loss.csv: line 5 is another");
}
END_TEST

START_TEST(what_follows_the_checkpoint_is_cut_off_and_said)
{
    static const char note[] =
        "convlet train: note: run/loss.csv: cut off behind line 6, where the "
        "checkpoint of step 5 is\n";
    run_expect(0, TRAIN "--steps 9 --out whole");
    run_expect(0, TRAIN "--steps 5 --out run");
    FILE *const log = fopen("run/loss.csv", "a");
    fputs("5,1\n6,2\n", log);
    fclose(log);
    struct outcome outcome = run_expect(0, "train --resume run --steps 9");
    expect_begins(&outcome, note);
    expect_same_file("run/loss.csv", "whole/loss.csv");
    /* The line that ended a shorter run is no such thing. */
    run_expect(0, TRAIN "--steps 4 --log-every 2 --out other");
    outcome = run_expect(0, "train --resume other --steps 9");
    ck_assert_ptr_null(strstr(outcome.err, "cut off"));
}
END_TEST

START_TEST(force_that_cannot_write_loses_nothing)
{
    static const char *const files[] = {"config.ini", "loss.csv",
                                        "model.safetensors",
                                        "checkpoint.safetensors"};
    static const size_t limits[] = {100, 2000, 4000};
    char one[64], other[64];
    if (UNDER_TSAN) return;
    run_expect(0, TRAIN "--steps 5 --out run");
    run_expect(0, TRAIN "--steps 5 --out copy");
    const struct conditions full = {.file_limit = limits[_i]};
    ck_assert_int_eq(
        run_under(&full, TRAIN "--steps 9 --seed 3 --out run --force").status,
        1);
    for (size_t i = 0; i < 4; i++) {
        snprintf(one, sizeof one, "run/%s", files[i]);
        snprintf(other, sizeof other, "copy/%s", files[i]);
        expect_same_file(one, other);
    }
    ck_assert_uint_eq(count_entries("run"), count_entries("copy"));
}
END_TEST

/* Nor does a run that was stopped before its first checkpoint. */
START_TEST(a_run_that_cannot_begin_anew_loses_nothing)
{
    const struct conditions full = {.file_limit = 100};
    if (UNDER_TSAN) return;
    run_expect(0, TRAIN "--steps 5 --out copy");
    ck_assert_int_eq(mkdir("run", 0777), 0);
    static char text[TEXT];
    put_bytes("run/config.ini", text,
              get_text("copy/config.ini", text, sizeof text));
    put_text("run/loss.csv", "step,loss\n0,5\n");
    ck_assert_int_eq(run_under(&full, "train --quiet --resume run").status, 1);
    expect_same_file("run/config.ini", "copy/config.ini");
    expect_holds("run/loss.csv", "step,loss\n0,5\n");
    run_expect(0, "train --quiet --resume run");
    expect_same_file("run/loss.csv", "copy/loss.csv");
    expect_same_file("run/model.safetensors", "copy/model.safetensors");
}
END_TEST

START_TEST(a_result_of_an_earlier_state_goes)
{
    const struct conditions conditions = {.signal = SIGTERM, .delay = 200000};
    run_expect(0, TRAIN "--lr 0.05 --momentum 0.9 --steps 5 --out wild");
    ck_assert(exists("wild/model.safetensors"));
    run_expect(4, "train --quiet --resume wild --steps 5000");
    ck_assert(!exists("wild/model.safetensors") && exists("wild/report.html"));
    run_expect(0, ENDLESS "--steps 5 --out run");
    /* Unless the signal came before it was awaited. */
    const struct outcome stopped =
        run_under(&conditions, "train --quiet --resume run --steps 100000000");
    if (stopped.status != 130) return;
    ck_assert(!exists("run/model.safetensors") && exists("run/report.html"));
}
END_TEST

START_TEST(the_command_that_goes_on_is_quoted)
{
    const struct conditions conditions = {.signal = SIGTERM, .delay = 200000};
    struct outcome stopped = {0};
    char line[160], said[80];
    for (int i = 0; stopped.status != 130; i++) { /* until it is awaited */
        snprintf(line, sizeof line, ENDLESS "--steps 100000000 --out 'a; b%d'",
                 i);
        snprintf(said, sizeof said,
                 "go on with: convlet train --resume 'a; b%d'\n", i);
        stopped = run_under(&conditions, line);
    }
    ck_assert_msg(strstr(stopped.err, said), "%s", stopped.err);
}
END_TEST

START_TEST(a_complete_run_is_no_error)
{
    run_expect(0, TRAIN "--steps 5 --out run");
    run_expect(0, TRAIN "--steps 5 --out copy");
    ck_assert_str_eq(run_expect(0, "train --resume run").err,
                     "convlet train: note: run is already at step 5; for "
                     "more, raise --steps\n");
    ck_assert_str_eq(run_expect(0, "train --quiet --resume run").err, "");
    expect_same_file("run/loss.csv", "copy/loss.csv");
    expect_same_file("run/model.safetensors", "copy/model.safetensors");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("run_dir");
    TCase *const all = tcase_create("run_dir");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_test(all, what_is_learned_from_is_not_replaced);
    tcase_add_test(all, a_users_files_stay_and_a_runs_are_replaced);
    tcase_add_test(all,
                   a_finished_run_without_its_checkpoint_is_not_begun_anew);
    tcase_add_test(all, a_second_writer_is_refused);
    tcase_add_test(all, a_writer_that_ends_soon_is_waited_for);
    tcase_add_test(all, a_run_stays_in_its_directory_where_that_is_moved);
    tcase_add_loop_test(all, a_log_with_a_hole_is_named_and_left_alone, 0,
                        (int)(sizeof logs / sizeof logs[0]));
    tcase_add_test(all, a_log_that_is_cut_short_names_its_line);
    tcase_add_test(all, what_follows_the_checkpoint_is_cut_off_and_said);
    tcase_add_loop_test(all, force_that_cannot_write_loses_nothing, 0, 3);
    tcase_add_test(all, a_run_that_cannot_begin_anew_loses_nothing);
    tcase_add_test(all, a_result_of_an_earlier_state_goes);
    tcase_add_test(all, the_command_that_goes_on_is_quoted);
    tcase_add_test(all, a_complete_run_is_no_error);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
