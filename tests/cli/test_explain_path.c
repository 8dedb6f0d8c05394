/* test_explain_path.c - `convlet explain --path`: from the loss to a number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "explain_answers.h"
#include "fixtures.h"
#include "run.h"

#define STACK                                                         \
    "--net 'conv 1 3x3 padding=1, relu, maxpool 2, dense 2 bias=no' " \
    "--params stack.safetensors --input example "
#define ROW "--net 'leaky 0.5, relu, avgpool 1x2' --input '[[-2, 6, 0, 3]]' "

/* Two of the three are cut off, and one reads a 0. */
#define NOTHING                                                          \
    "--net 'conv 1 1x2 bias=no, relu' --params sum.safetensors --input " \
    "'[[0, -1, 0, 2]]' --layer 0 --grad-weight 0 "

static const struct kept_answer whole[] = {
    {STACK "--layer 0 --grad-weight 0,1", "path.txt"},
    {STACK "--layer 0 --grad-weight 0,1 --format json", "path.json"},
    {STACK "--layer 0 --grad-weight 0,1 --format svg", "path.svg"},
    {STACK "--layer 0 --grad-bias 0", "path_bias.txt"},
    {STACK "--layer 1 --grad-input 4,4", "path_unread.txt"},
    {ROW "--layer 0 --grad-input 0", "path_cut.txt"},
    {ROW "--layer 0 --grad-input 0 --format json", "path_cut.json"},
    {ROW "--layer 0 --grad-input 0 --format svg", "path_cut.svg"},
    {ROW "--layer 0 --grad-input 1 --grad-output '[[4, -8]]'", "path_file.txt"},
    {"--net 'maxpool 1x3 stride=1' --input '[[5, 5, 1, 5]]' --grad-input 1",
     "path_tie.txt"},
    {"--net 'maxpool 1x3 stride=1' --input '[[5, 5, 1, 5]]' --grad-input 3",
     "path_not_taken.txt"},
    {"--net 'conv 1 1x2 bias=no' --params sum.safetensors --input '[[1, 1, 1]]'"
     " --grad-input 1 --target '[[1, 3]]'",
     "path_cancels.txt"},
    {NOTHING, "path_nothing.txt"},
    {NOTHING "--format json", "path_nothing.json"},
    {NOTHING "--format svg", "path_nothing.svg"},
    {"--net 'conv 2 1x1 bias=no' --params two.safetensors --input '[[[3]]]' "
     "--loss cross-entropy --labels 1 --grad-weight 1,0,0,0",
     "path_labels.txt"},
    {"--net 'conv 2 1x1 bias=no' --params two.safetensors --input '[[[3]]]' "
     "--loss cross-entropy --labels 1 --grad-weight 1,0,0,0 --format json",
     "path_labels.json"},
};

START_TEST(an_answer_is_the_one_that_is_kept)
{
    const bool is_sent = strstr(whole[_i].line, "--grad-output");
    put_answer_params();
    expect_kept_answer(&whole[_i],
                       is_sent ? " --path" : " --path --reduction sum");
}
END_TEST

static const char *const nets[] = {
    "conv 2 3x3 padding=1, batchnorm, relu, maxpool 2, dense 3",
    ("conv 4 2x3 stride=2, tanh, shuffle 2, sigmoid, avgpool 3x2 padding=1 "
     "ceil=yes stride=2, leaky, dense 4"),
    "maxpool 3, dense 3 bias=no, tanh, batchnorm, dense 2"};
enum { NETS = sizeof nets / sizeof *nets };

/* From every layer, in both precisions and all forms, and no line is long. */
START_TEST(every_path_multiplies_out)
{
    static const char *const numbers[] = {"--grad-input 1,1", "--grad-weight 1",
                                          "--grad-bias 1"};
    static const char *const ways[] = {
        "", "--dtype float64 --mode eval",
        ("--loss cross-entropy --label-smoothing "
         "0.1"),
        "--format json"};
    char line[512];
    size_t answered = 0;
    for (size_t way = 0; way < 4; way++)
        for (int layer = 0; layer < 7; layer++)
            for (size_t i = 0; i < 3; i++) {
                snprintf(line, sizeof line,
                         "explain --path --net '%s' %s --height 9 --width 7 "
                         "--layer %d %s",
                         nets[_i], ways[way], layer, numbers[i]);
                const struct outcome outcome = run(line);
                if (outcome.status == 2) continue;
                ck_assert_msg(!outcome.status, "%s: %s%s", line, outcome.err,
                              outcome.out);
                ck_assert_ptr_nonnull(
                    strstr(outcome.out, way == 3 ? "\"matches\":\ttrue"
                                                 : "\nmatches: yes\n"));
                for (const char *at = outcome.out; *at;) {
                    const size_t length = strcspn(at, "\n");
                    ck_assert_msg(length <= 124, "%.*s", (int)length, at);
                    ck_assert(!length || at[length - 1] != ' ');
                    at += length + 1;
                }
                answered++;
            }
    ck_assert_uint_gt(answered, 20);
}
END_TEST

START_TEST(a_path_through_a_model_starts_at_a_picture)
{
    put_picture("grey8.png", "grey8.png", 0, 0);
    run_expect(0, "train --net 'conv 2 3x3, relu, conv 1 3x3' --channels 1 "
                  "--height 6 --width 5 --steps 2 --out run --quiet");
    const char *out = run_expect(0, "explain --model run/model.safetensors "
                                    "--input grey8.png --layer 0 "
                                    "--grad-weight 1,0,2,2 --path")
                          .out;
    ck_assert_ptr_nonnull(
        strstr(out, "to dw[1,0,2,2] of layer 0, conv 2 3x3, of 3\n"));
    ck_assert_ptr_nonnull(strstr(out, "\nmatches: yes\n"));
}
END_TEST

/* What is off by more than is allowed has the status of a failed check. */
START_TEST(a_path_that_does_not_multiply_out_has_a_status)
{
    const struct outcome outcome =
        run_expect(5, "explain --path --net 'conv 4 5x5, tanh, dense 3' "
                      "--algorithm im2col --layer 0 --grad-weight 1,1,1,1 "
                      "--tolerance 1e-300");
    ck_assert_ptr_nonnull(strstr(outcome.out, "\nmatches: no\n"));
    ck_assert_ptr_nonnull(strstr(outcome.err, "convlet explain: the terms come "
                                              "to another number "));
}
END_TEST

/* A net that diverged is what one follows a gradient through. */
START_TEST(a_path_follows_what_overflows)
{
    static const char *const inputs[] = {"'1e300 1' --dtype float64",
                                         "'1e30 1' --dtype float32"};
    char line[512];
    for (size_t i = 0; i < 2; i++) {
        snprintf(line, sizeof line,
                 "explain --path --net 'conv 1 1x1 bias=no' --reduction sum "
                 "--grad-weight 0 --input %s",
                 inputs[i]);
        const char *const out = run_expect(0, line).out;
        ck_assert_ptr_nonnull(strstr(out, "\nits shares: 1\n"));
        ck_assert_ptr_nonnull(strstr(out, ": inf\n"));
    }
}
END_TEST

static const struct {
    const char *line, *message;
} wrong[] = {
    {"--path", "--path is for a net; add --net, as --net \"conv 8 3x3, relu\""},
    {"--net relu --path",
     "--path follows a gradient; add --grad-weight K,C,I,J, --grad-input "
     "N,C,Y,X or --grad-bias K"},
    {"--net relu --at 0 --path",
     "--path follows a gradient; add --grad-weight K,C,I,J, --grad-input "
     "N,C,Y,X or --grad-bias K"},
    {"--net relu --geometry --path",
     "--path follows a gradient; add --grad-weight K,C,I,J, --grad-input "
     "N,C,Y,X or --grad-bias K"},
    {"--net relu --grad-input 0 --path --terms 3",
     "--terms has no effect beside --path"},
    {"--net relu --grad-input 0 --path --save-arrays kept",
     "--save-arrays has no effect beside --path"},
    {"--net relu --grad-input 0,0,0,20 --path",
     "--grad-input: there is no dx[0,0,0,20]; the last N,C,Y,X is 1,2,19,19"},
    {"--net relu --grad-bias 0 --path",
     "--grad-bias: layer 0 (relu) has no bias; no layer of the net has one"},
};

START_TEST(each_mistake_gets_its_one_line)
{
    expect_mistake(wrong[_i].line, 2, wrong[_i].message);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("explain_path");
    TCase *const all = tcase_create("explain_path");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_loop_test(all, an_answer_is_the_one_that_is_kept, 0,
                        (int)(sizeof whole / sizeof whole[0]));
    tcase_add_loop_test(all, every_path_multiplies_out, 0, NETS);
    tcase_add_test(all, a_path_through_a_model_starts_at_a_picture);
    tcase_add_test(all, a_path_follows_what_overflows);
    tcase_add_test(all, a_path_that_does_not_multiply_out_has_a_status);
    tcase_add_loop_test(all, each_mistake_gets_its_one_line, 0,
                        (int)(sizeof wrong / sizeof wrong[0]));
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
