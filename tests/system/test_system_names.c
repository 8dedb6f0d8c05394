/* test_system_names.c - names as long as the system takes, and longer. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "every.h"
#include "expect.h"
#include "fixtures.h"
#include "run.h"

enum { NAME = 255, TEXT = 900, PATH = 4096, ROOM = 8192 };

/* Command lines that take a name, at %s, of what they read or write. */
static const char *const written[] = {
    "conv --input '1 2 3' --weight 1 -o %s",
    "conv --input '1 2 3' --weight 1 --grad-output '1 1 1' --grad-weight %s",
    "apply --quiet --model in/grey.safetensors in/grey.png -o %s.png",
    "export --model in/array.safetensors -o %s",
    "show --model in/array.safetensors --picture %s.png",
    "explain --save-arrays %s",
    "train --quiet --steps 1 --out %s",
};
static const char *const asked[] = {
    "conv --input %s --weight 1",
    "train --quiet --steps 1 --input %s",
    "train --quiet --steps 1 --data %s --net 'dense 2'",
    "train --quiet --config %s",
    "train --quiet --resume %s",
    "train --quiet --steps 1 --init-weight %s",
    "show --model %s",
    "export --model %s -o model.onnx",
    "apply --model %s in/grey.png -o y.png",
    "apply --quiet --model in/grey.safetensors in/grey.png --compare %s",
    "check --net relu --params %s",
    "bench --shapes %s",
};
static const char file[] =
    "apply --quiet --model in/grey.safetensors %s -o y.png";
enum {
    WRITTEN = sizeof written / sizeof *written,
    READ = sizeof asked / sizeof *asked
};

/* Puts a name of `length` bytes, whose parts have `part` bytes, into the line;
 * what the line has behind it counts too. */
static struct outcome run_named(const char *format, size_t length, size_t part)
{
    static char name[ROOM], line[2 * ROOM];
    const char *const behind = strstr(format, "%s") + 2;
    length -= strcspn(behind, " ");
    for (size_t i = 0; i < length; i++)
        name[i] = i % (part + 1) == part && i + 1 < length ? '/' : 'n';
    name[length] = '\0';
    snprintf(line, sizeof line, format, name);
    return run(line);
}

static void expect_line(const struct outcome *outcome, int status,
                        const char *why)
{
    const char *const end = strchr(outcome->err, '\n');
    ck_assert_msg(outcome->status == status, "status %d: %s", outcome->status,
                  outcome->err);
    ck_assert_msg(end && !end[1], "not one line: %s", outcome->err);
    ck_assert_msg(strstr(outcome->err, why), "%s", outcome->err);
}

START_TEST(the_longest_name_is_written_and_a_longer_one_is_refused)
{
    ck_assert(!system("rm -rf nnn*"));
    const struct outcome well = run_named(written[_i], NAME, NAME);
    ck_assert_msg(well.status == 0, "%s", well.err);
    const size_t before = count_entries(".");
    const struct outcome longer = run_named(written[_i], NAME + 1, NAME + 1);
    expect_line(&longer, 1, ": File name too long\n");
    ck_assert_uint_eq(count_entries("."), before);
}
END_TEST

START_TEST(a_name_that_is_not_there_is_named_however_long)
{
    const struct outcome there = run_named(asked[_i], TEXT, 99);
    expect_line(&there, 1, "o such file or directory");
    const struct outcome longer = run_named(asked[_i], TEXT + 1, 99);
    expect_line(&longer, 2, "takes 901 bytes in a file; the limit is 900\n");
}
END_TEST

START_TEST(a_file_may_have_a_path_as_long_as_a_system_takes)
{
    const struct outcome there = run_named(file, PATH - 1, 99);
    expect_line(&there, 1, ": cannot open: No such file or directory\n");
    const struct outcome longer = run_named(file, PATH, 99);
    expect_line(&longer, 1, ": cannot open: File name too long\n");
}
END_TEST

/* Deeper than any path is long: only names from here can be used. */
START_TEST(a_directory_without_a_path_is_as_good_as_any)
{
    char name[201];
    memset(name, 'd', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    put_picture("here.pgm", "grey8.pgm", 0, 0);
    for (size_t depth = 0; depth < 2 * PATH; depth += sizeof name)
        ck_assert(!mkdir(name, 0777) && !chdir(name));
    put_picture("here.pgm", "grey8.pgm", 0, 0);
    run_expect(0,
               "train --quiet --steps 4 --input here.pgm --target filter:box "
               "--kernels 1 --kernel-size 3 --out whole");
    run_expect(0,
               "train --quiet --steps 2 --input here.pgm --target filter:box "
               "--kernels 1 --kernel-size 3 --out run");
    run_expect(0, "train --quiet --resume run --steps 4");
    expect_same_bytes("run/model.safetensors", "whole/model.safetensors");
    run_expect(0, "apply --quiet --model run/model.safetensors here.pgm -o "
                  "y.png");
    run_expect(0, "show --model run/model.safetensors --picture kernels.png");
    run_expect(0, "export --model run/model.safetensors -o net.onnx");
    run_expect(0, "conv --input '1 2' --weight 1 -o y.npy");
    run_expect(0, "explain --save-arrays kept");
    for (size_t depth = 0; depth < 2 * PATH; depth += sizeof name)
        ck_assert_int_eq(chdir(".."), 0);
    ck_assert_int_eq(system("rm -rf ddd*"), 0);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("system_names");
    TCase *const all = tcase_create("system_names");
    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, every_begin, leave_scratch);
    tcase_add_loop_test(all,
                        the_longest_name_is_written_and_a_longer_one_is_refused,
                        0, WRITTEN);
    tcase_add_loop_test(all, a_name_that_is_not_there_is_named_however_long, 0,
                        READ);
    tcase_add_test(all, a_file_may_have_a_path_as_long_as_a_system_takes);
    tcase_add_test(all, a_directory_without_a_path_is_as_good_as_any);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
