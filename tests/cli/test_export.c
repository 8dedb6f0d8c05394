/* test_export.c - a model leaves as an ONNX file, and says what it is. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"

#define TRAIN "train --quiet --steps 1 --lr 1e-6 --out run "
#define EXPORT "export --model run/model.safetensors -o net.onnx"

static void expect_says(const struct outcome *outcome, const char *words)
{
    ck_assert_msg(strstr(outcome->err, words), "no '%s' in %s", words,
                  outcome->err);
}

START_TEST(it_says_what_goes_in_and_comes_out)
{
    run_expect(0, TRAIN "--net 'conv 4 3x3, relu, maxpool 2'");
    const struct outcome outcome = run_expect(0, EXPORT);
    ck_assert_str_eq(outcome.out, "");
    ck_assert_str_eq(outcome.err,
                     "wrote net.onnx: 3 operators, from N x 3 x H x W to N x 4 "
                     "x ... x ...\nthe input is numbers as they were trained "
                     "on\n");
    run_expect(0, TRAIN "--force --net 'conv 4 3x3, dense 2'");
    const struct outcome fixed = run_expect(0, EXPORT " --force");
    expect_says(&fixed, "from N x 3 x 20 x 20 to N x 2 x 1 x 1\n");
}
END_TEST

START_TEST(standard_output_gets_the_bytes_of_the_file)
{
    char bytes[4096];
    run_expect(0, TRAIN);
    run_expect(0, EXPORT);
    const size_t size = get_text("net.onnx", bytes, sizeof bytes);
    const struct outcome outcome =
        run_expect(0, "export --model run/model.safetensors -o -");
    ck_assert_uint_eq(outcome.out_size, size);
    ck_assert(!memcmp(outcome.out, bytes, size));
    expect_says(&outcome, "wrote to standard output: 1 operator,");
    run_expect(1, "export --model run/model.safetensors -o - > /dev/full");
}
END_TEST

START_TEST(a_classifier_says_what_its_numbers_are)
{
    run_expect(0, "train --quiet --data digits --net 'dense 10' --epochs 1 "
                  "--standardize --out run");
    const struct outcome outcome = run_expect(0, EXPORT);
    expect_says(&outcome, "from N x 1 x 8 x 8 to N x 10\n");
    expect_says(&outcome, "the input is numbers of the data divided by 16; "
                          "then of each channel minus ");
    expect_says(&outcome,
                "; its metadata's preparation says how a picture "
                "becomes one; the output has a number for each class");
}
END_TEST

START_TEST(a_restorer_says_what_it_is_added_to)
{
    run_expect(0, "train --quiet --preset denoise --steps 1 --out run");
    const struct outcome outcome = run_expect(0, EXPORT);
    expect_says(&outcome, "from N x 3 x H x W to N x 3 x H x W\n");
    expect_says(&outcome, "levels from 0, black, to 1, white, red, green and "
                          "blue; it is added to what the layers make of it, so "
                          "H and W have to be multiples of 2\n");
    run_expect(0, "train --quiet --preset enlarge --steps 1 --out run --force");
    const struct outcome large = run_expect(0, EXPORT " --force");
    expect_says(&large, "to N x 1 x 2 H x 2 W\n");
    expect_says(&large, "of the luminance 0.299 R + 0.587 G + 0.114 B alone; "
                        "enlarged bicubically, it is added");
}
END_TEST

static const struct {
    const char *line, *message;
    int status;
} refused[] = {
    {"export -o net.onnx", "--model is missing: what training left", 2},
    {"export --model run/model.safetensors",
     "--output is missing: the file to write, such as -o net.onnx", 2},
    {"export --model run/model.safetensors -o run/model.safetensors --force",
     "run/model.safetensors is an input", 2},
    {"export --model run/model.safetensors -o run/config.ini",
     "run/config.ini is there already; choose another --output, or add --force",
     2},
    {"export --model nowhere -o net.onnx",
     "nowhere: cannot open: No such file or directory", 1},
    {"export --model run/config.ini -o net.onnx", "run/config.ini: ", 3},
    {"export --model run/model.safetensors -o none/net.onnx",
     "none/net.onnx: cannot ", 1},
    {"export --model big/model.safetensors -o net.onnx",
     "big/model.safetensors: 0.", 2},
};

START_TEST(what_cannot_be_exported_is_refused_and_nothing_is_left)
{
    run_expect(0, TRAIN);
    run_expect(0, "train --quiet --steps 1 --dtype float64 --lr 1e60 --out big "
                  "--target zeros");
    const struct outcome outcome = run(refused[_i].line);
    ck_assert_msg(outcome.status == refused[_i].status, "%d: %s",
                  outcome.status, outcome.err);
    expect_says(&outcome, refused[_i].message);
    ck_assert_int_ne(access("net.onnx", F_OK), 0);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("cli_export");
    TCase *const all = tcase_create("cli_export");
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, it_says_what_goes_in_and_comes_out);
    tcase_add_test(all, standard_output_gets_the_bytes_of_the_file);
    tcase_add_test(all, a_classifier_says_what_its_numbers_are);
    tcase_add_test(all, a_restorer_says_what_it_is_added_to);
    tcase_add_loop_test(all,
                        what_cannot_be_exported_is_refused_and_nothing_is_left,
                        0, (int)(sizeof refused / sizeof *refused));
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
