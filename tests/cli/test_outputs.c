/* test_outputs.c - no file is lost to a result, a user's or another one. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"

static const size_t IMAGE[] = {1, 1, 6, 6}, KERNEL[] = {1, 1, 2, 2},
                    OUTPUT[] = {1, 1, 5, 5};

static void enter(void)
{
    enter_scratch();
    put_array("x.npy", 4, IMAGE);
    put_array("w.npy", 4, KERNEL);
    put_array("dy.npy", 4, OUTPUT);
    put_picture("rgb.png", "rgb8.png", 0, 0);
    put_bytes("mine", "mine", 4);
    ck_assert_int_eq(mkdir("own", 0777), 0);
    ck_assert_int_eq(symlink("x.npy", "link.npy"), 0);
    ck_assert_int_eq(link("w.npy", "hard.npy"), 0);
    run_expect(0, "train --quiet --steps 1 --input rgb.png --target filter:box "
                  "--out run");
}

#define CONV "conv --input x.npy --weight w.npy "
#define GRADIENTS CONV "--grad-output dy.npy "
#define EXISTS " is there already; choose another --"
#define MODEL "--model run/model.safetensors "

/* Each names what is in the way, with --force too where nothing may be lost. */
static const struct {
    const char *line, *message;
    bool forced; /* --force makes it good */
} refused[] = {
    {CONV "-o mine", "conv: mine" EXISTS "output, or add --force", true},
    {GRADIENTS "--grad-bias mine", "conv: mine" EXISTS "grad-bias", true},
    {"show " MODEL "--picture rgb.png", "show: rgb.png" EXISTS "picture", true},
    {"explain --save-arrays .", "explain: ./x.npy" EXISTS "save-arrays", true},
    {"apply " MODEL "rgb.png -o run/input.png",
     "apply: run/input.png" EXISTS "output", true},
    {CONV "-o x.npy", "conv: x.npy is an input, x.npy; choose another --output",
     false},
    {CONV "-o own/.././x.npy", "conv: own/.././x.npy is an input, x.npy",
     false},
    {CONV "-o link.npy", "conv: link.npy is an input, x.npy", false},
    {CONV "-o hard.npy", "conv: hard.npy is an input, w.npy", false},
    {"conv --input link.npy --weight w.npy -o x.npy",
     "conv: x.npy is an input, link.npy", false},
    {GRADIENTS "--grad-weight d.npy --grad-input ./d.npy",
     "conv: --grad-input ./d.npy and --grad-weight d.npy are one file; choose "
     "two",
     false},
    {GRADIENTS "-o own/d.npy --grad-bias own/../own//d.npy",
     "conv: --output own/d.npy and --grad-bias own/../own//d.npy are one file",
     false},
    {GRADIENTS "-o /dev/stdout --grad-input dy.npy > dy.npy",
     "conv: /dev/stdout is an input, dy.npy", false},
    {"explain --input x.npy --weight w.npy --save-arrays own/..",
     "explain: own/../x.npy is an input, x.npy", false},
    {"explain --input example --weight w.npy --save-arrays .",
     "explain: ./w.npy is an input, w.npy", false},
    {"show --model rgb.png --picture ./rgb.png",
     "show: ./rgb.png is an input, rgb.png", false},
    {"apply " MODEL "rgb.png -o .", "apply: ./rgb.png is an input, rgb.png",
     false},
    {"apply " MODEL "run/target.png --compare rgb.png -o rgb.png",
     "apply: rgb.png is an input, rgb.png", false},
};

static void expect_refused(const char *line, const char *message)
{
    char before[2048], after[2048], expected[256];
    const size_t size = get_text("x.npy", before, sizeof before);
    snprintf(expected, sizeof expected, "convlet %s", message);
    const struct outcome outcome = run_expect(2, line);
    ck_assert_msg(strstr(outcome.err, expected) == outcome.err, "%s",
                  outcome.err);
    ck_assert_uint_eq(get_text("x.npy", after, sizeof after), size);
    ck_assert_mem_eq(before, after, size);
    ck_assert_uint_eq(get_text("mine", after, sizeof after), 4);
}

START_TEST(what_is_there_or_read_is_not_written)
{
    char line[256];
    expect_refused(refused[_i].line, refused[_i].message);
    const char *const into = strchr(refused[_i].line, '>');
    const int length = (int)(into ? (size_t)(into - refused[_i].line)
                                  : strlen(refused[_i].line));
    snprintf(line, sizeof line, "%.*s --force %s", length, refused[_i].line,
             into ? into : "");
    if (refused[_i].forced)
        run_expect(0, line);
    else
        expect_refused(line, refused[_i].message);
}
END_TEST

START_TEST(devices_and_streams_are_there_to_be_written_to)
{
    run_expect(0, CONV "-o y.npy");
    run_expect(0, CONV "-o /dev/stdout > again.npy");
    run_expect(0, GRADIENTS "-o /dev/null --grad-input /dev/null");
    run_expect(0, GRADIENTS "-o - --grad-input -");
    char one[2048], other[2048];
    const size_t size = get_text("y.npy", one, sizeof one);
    ck_assert_uint_eq(get_text("again.npy", other, sizeof other), size);
    ck_assert_mem_eq(one, other, size);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("outputs");
    TCase *const all = tcase_create("outputs");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, enter, leave_scratch);
    tcase_add_loop_test(all, what_is_there_or_read_is_not_written, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(all, devices_and_streams_are_there_to_be_written_to);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
