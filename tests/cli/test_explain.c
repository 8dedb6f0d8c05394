/* test_explain.c - `convlet explain`: whole answers, and every geometry. */
#include <stdio.h>
#include <string.h>

#include "convlet/npy.h"
#include "expect.h"
#include "explain_answers.h"
#include "fixtures.h"
#include "run.h"

/* Each answer about the course's example is kept in tests/cli/explain. */
static const struct kept_answer whole[] = {
    {"", "at.txt"},
    {"--at 1,2 --padding 1 --stride 2", "at_padded.txt"},
    {"--at 0,0,0,0 --dilation 2 --terms 4", "at_dilated.txt"},
    {"--grad-weight 0,1", "grad_weight.txt"},
    {"--grad-weight 0,1 --stride 2", "grad_weight_stride.txt"},
    {"--grad-input 1,2", "grad_input.txt"},
    {"--grad-input 2,1 --stride 2 --padding 1", "grad_input_stride.txt"},
    {"--grad-input 4,4 --stride 4", "grad_input_none.txt"},
    {"--grad-bias 0 --target ones --reduction mean", "grad_bias.txt"},
    {"--geometry", "geometry.txt"},
    {"--geometry --stride 2,4 --padding 1,0", "geometry_two.txt"},
    {"--geometry --stride 2 --dilation 2 --padding 2,1,2,1",
     "geometry_dilated.txt"},
    {"--at 2,2 --format json --terms 2", "at.json"},
    {"--grad-input 2,1 --stride 2 --padding 1 --format json",
     "grad_input.json"},
    {"--geometry --stride 2 --format json", "geometry.json"},
    {"--format svg", "at.svg"},
    {"--at 0,0 --padding 1 --stride 2 --format svg", "at_padded.svg"},
    {"--grad-weight 0,1 --stride 2 --format svg", "grad_weight_stride.svg"},
    {"--grad-input 2,1 --stride 2 --padding 1 --format svg",
     "grad_input_stride.svg"},
    {"--geometry --stride 2,3 --padding 1,0 --format svg", "geometry_two.svg"},
};

START_TEST(an_answer_is_the_one_that_is_kept)
{
    expect_kept_answer(&whole[_i], "");
}
END_TEST

static const char *const geometries[] = {
    "",
    "--height 1 --kernel-size 1,5 --padding 0,2",
    "--height 9 --width 7 --kernel-size 3,2 --stride 2,3 --padding 0,2,1,0",
    "--kernel-size 3 --padding same --dilation 2",
    "--channels 4 --kernels 6 --groups 2 --kernel-size 3",
    "--channels 4 --kernels 4 --groups 4 --kernel-size 3 --stride 2",
    "--channels 5 --tie-input-channels --kernel-size 3",
    "--batch 1 --channels 1 --height 4 --width 4 --kernel-size 4",
    "--height 11 --width 12 --kernel-size 1 --stride 3",
    "--height 8 --width 9 --kernel-size 3 --stride 2 --padding fit",
};
enum { GEOMETRIES = sizeof geometries / sizeof geometries[0] };

START_TEST(every_number_of_every_geometry_matches)
{
    static const char *const variants[] = {
        "--dtype float64 --algorithm direct",
        "--dtype float64 --algorithm im2col",
        "--dtype float32 --algorithm direct",
        "--dtype float32 --algorithm im2col",
        "--dtype float32",
    };
    static const char *const numbers[] = {"--at 0", "--grad-weight 0",
                                          "--grad-input 0", "--grad-bias 0",
                                          "--grad-input 0,0,1,2"};
    char line[256];
    for (size_t v = 0; v < sizeof variants / sizeof variants[0]; v++)
        for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
            if (i == 4 && strstr(geometries[_i], "--height 1 ")) continue;
            snprintf(line, sizeof line, "explain --input random %s %s %s",
                     geometries[_i], variants[v], numbers[i]);
            const struct outcome outcome = run_expect(0, line);
            ck_assert_ptr_nonnull(strstr(outcome.out, "\nmatches: yes\n"));
            ck_assert_str_eq(outcome.err, "");
        }
}
END_TEST

START_TEST(a_number_beyond_the_tolerance_fails)
{
    const struct outcome outcome =
        run_expect(5, "explain --input random --dtype float32 --tolerance "
                      "1e-30");
    ck_assert_ptr_nonnull(strstr(outcome.out, "\nmatches: no\n"));
    ck_assert_ptr_nonnull(strstr(outcome.err, "convlet explain: the terms come "
                                              "to another number "));
    ck_assert_ptr_nonnull(strstr(outcome.out, "\ndifference: "));
}
END_TEST

START_TEST(random_numbers_are_those_that_training_starts_with)
{
    char last[256];
    const struct outcome trained = run_expect(
        0, "train --steps 1 --dtype float64 --reduction mean --quiet");
    snprintf(last, sizeof last, "%s", strchr(trained.out, ':') + 1);
    char *const loss = strstr(last, "loss:") + 5;
    loss[strcspn(loss, "\n")] = '\0';
    const struct outcome outcome =
        run_expect(0, "explain --input random --stride 2 --padding 1 "
                      "--grad-bias 0 --reduction mean");
    char words[300];
    snprintf(words, sizeof words,
             "dy is of the loss %s toward ones, reduction mean\n", loss);
    ck_assert_msg(strstr(outcome.out, words), "%s", words);
}
END_TEST

START_TEST(what_is_saved_is_what_conv_computes)
{
    run_expect(0, "explain --save-arrays kept --at 0 --padding 1");
    run_expect(0, "conv --input kept/x.npy --weight kept/w.npy --bias "
                  "kept/b.npy --padding 1 --output y.npy --grad-output "
                  "kept/dy.npy --grad-weight dw.npy");
    cvl_tensor y = get_array("y.npy"), kept = get_array("kept/y.npy");
    ck_assert_uint_eq(y.count, 25);
    ck_assert(cvl_tensor_allclose(&y, &kept, 0.0, 0.0));
    cvl_tensor_free(&y);
    cvl_tensor_free(&kept);
    /* And back: files are explained as the example is. */
    static char example[ANSWER_LIMIT];
    const char *const line = "explain %s --padding 1 --grad-weight 0,2";
    const char *const files = "--input kept/x.npy --weight kept/w.npy --bias "
                              "kept/b.npy --grad-output kept/dy.npy";
    char command[512];
    snprintf(command, sizeof command, line, "");
    snprintf(example, sizeof example, "%s", run_expect(0, command).out);
    snprintf(command, sizeof command, line, files);
    const struct outcome outcome = run_expect(0, command);
    const char *const from = strstr(example, "dy is the example's");
    const size_t before = (size_t)(from - example);
    ck_assert_mem_eq(outcome.out, example, before);
    ck_assert_str_eq(strchr(outcome.out + before, '\n'), strchr(from, '\n'));
}
END_TEST

START_TEST(layouts_change_files_and_no_place)
{
    static const size_t nhwc[] = {1, 6, 5, 2}, hwio[] = {3, 3, 2, 4};
    static const size_t nchw[] = {1, 2, 6, 5}, oihw[] = {4, 2, 3, 3};
    put_array("x.npy", 4, nhwc);
    put_array("w.npy", 4, hwio);
    const struct outcome outcome =
        run_expect(0, "explain --input x.npy --weight w.npy --input-layout "
                      "nhwc --weight-layout hwio --at 0,3,3,2 --save-arrays "
                      "saved");
    ck_assert_ptr_nonnull(strstr(outcome.out, "x[0,1,5,4]"));
    cvl_tensor x = get_array("saved/x.npy"), w = get_array("saved/w.npy");
    expect_shape(&x, 4, nchw);
    expect_shape(&w, 4, oihw);
    cvl_tensor_free(&x);
    cvl_tensor_free(&w);
}
END_TEST

START_TEST(what_is_written_on_a_drawing_is_no_markup)
{
    static const size_t shape[] = {1, 1, 3, 3};
    put_array("a<b&c>.npy", 4, shape);
    const struct outcome outcome = run_expect(
        0, "explain --grad-bias 0 --grad-output a<b&c>.npy --format svg");
    ck_assert_ptr_nonnull(strstr(outcome.out, "dy is a&lt;b&amp;c&gt;.npy<"));
    ck_assert_ptr_null(strstr(outcome.out, "a<b"));
}
END_TEST

START_TEST(json_has_null_for_what_is_not_finite)
{
    static const size_t shape[] = {1, 1, 2, 2};
    put_array("x.npy", 4, shape);
    cvl_tensor huge = get_array("x.npy");
    cvl_error err;
    cvl_tensor_fill(&huge, 1e300);
    expect_ok(cvl_npy_save("x.npy", &huge, &err), err);
    cvl_tensor_free(&huge);
    const struct outcome outcome = run_expect(
        0, "explain --input x.npy --weight x.npy --at 0 --format json");
    ck_assert_ptr_nonnull(strstr(outcome.out, "\"result\":\tnull,\n"));
    ck_assert_ptr_nonnull(strstr(outcome.out, "\"product\":\tnull,\n"));
    ck_assert_ptr_nonnull(strstr(outcome.out, "\"matches\":\ttrue\n"));
    ck_assert_ptr_null(strstr(outcome.out, "inf"));
    ck_assert_ptr_null(strstr(outcome.out, "nan"));
}
END_TEST

START_TEST(no_line_of_an_answer_is_long_or_ends_in_a_space)
{
    static const char *const lines[] = {
        "explain --input random --at 1,3,9,9 --padding 3",
        "explain --input random --grad-weight 0,0,1,1",
        "explain --input random --grad-input 0,0,9,9 --kernel-size 7",
        "explain --geometry --input random --kernel-size 5 --stride 3"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        expect_tidy_answer(lines[i], 100);
}
END_TEST

static const struct {
    const char *line;
    int status;
    const char *message;
} wrong[] = {
    {"--at 0,0,3,3", 2,
     "--at: there is no y[0,0,3,3]; the last N,K,Y,X is 0,0,2,2"},
    {"--at 1,0,0,0", 2,
     "--at: there is no y[1,0,0,0]; the last N,K,Y,X is 0,0,2,2"},
    {"--grad-weight 0,0,0,3", 2,
     "--grad-weight: there is no dw[0,0,0,3]; the last K,C,I,J is 0,0,2,2"},
    {"--grad-input 0,0,5,0", 2,
     "--grad-input: there is no dx[0,0,5,0]; the last N,C,Y,X is 0,0,4,4"},
    {"--grad-bias 1", 2, "--grad-bias: there is no db[1]; the last K is 0"},
    {"--at 99999999999999999999", 2,
     "--at: '99999999999999999999' is too large; expected N,K,Y,X, each 0 or "
     "more"},
    {"--at", 2, "--at needs a value: --at N,K,Y,X"},
    {"--at 0 --grad-bias 0", 2,
     "--at and --grad-bias are two questions; ask one at a time"},
    {"--geometry --grad-input 0", 2,
     "--geometry and --grad-input are two questions; ask one at a time"},
    {"--index 0", 2, "unknown flag --index; did you mean --at?"},
    {"--channels 3", 2,
     "--channels is for random input; the example has its own size"},
    {"--input x.npy --height 9", 2,
     "--height is for random input; x.npy has its own size"},
    {"--kernels 2", 2,
     "--kernels is for kernels that are drawn; the example has its own; add "
     "--input random"},
    {"--weight w.npy --kernel-size 2", 2,
     "--kernel-size is for kernels that are drawn; w.npy has its own"},
    {"--seed 1", 2, "--seed is for numbers that are drawn; add --input random"},
    {"--target ones", 2,
     "--target is for gradients; add --grad-weight K,C,I,J, --grad-input "
     "N,C,Y,X or --grad-bias K"},
    {"--grad-output dy.npy", 2,
     "--grad-output is for gradients; add --grad-weight K,C,I,J, --grad-input "
     "N,C,Y,X or --grad-bias K"},
    {"--grad-bias 0 --reduction sum", 2,
     "--reduction is for a loss; add --target ones"},
    {"--grad-bias 0 --grad-output x.npy --target ones", 2,
     "--target has no effect beside --grad-output, the gradient to send back"},
    {"--grad-bias 0 --grad-output x.npy", 3,
     "x.npy is f64[1x1x5x4], expected f64[1x1x3x3]"},
    {"--grad-bias 0 --target x.npy", 3,
     "target x.npy is f64[1x1x5x4], but the output for the input f64[1x1x5x5] "
     "is f64[1x1x3x3]; change --stride or --padding"},
    {"--grad-bias 0 --target one", 1,
     "one: no such file; did you mean 'ones'?"},
    {"--input exmaple", 1, "exmaple: no such file; did you mean 'example'?"},
    {"--input none.npy", 1, "none.npy: cannot open: No such file or directory"},
    {"--weight x.npy", 3,
     "x.npy has kernels for 2 input channels, but example has 1 in 1 group, "
     "which needs 1"},
    {"--bias b.npy", 3, "b.npy is f64[2], expected f64[1]"},
    {"--input random --kernel-size 23", 2,
     "kernel height 23 does not fit the padded input height 20; use a smaller "
     "kernel or more padding"},
    {"--groups 2", 2, "groups 2 does not divide the 1 input channel"},
    {"--format xml", 2, "--format: 'xml' is not one of text, json, svg"},
    {"--target leaves --grad-bias 0", 2,
     "--target leaves gives good pictures alone; name ones, zeros, one picture "
     "or array, or filter:NAME"},
    {"--terms 0", 2,
     "--terms: '0' is out of range; expected all, or 1 or more"},
    {"--digits 18", 2, "--digits: '18' is out of range; expected 1 to 17"},
    {"--save-arrays x.npy", 1,
     "x.npy: is not a directory; choose another --save-arrays"},
    {"--steps 3", 2,
     "--steps belongs to `convlet train`, not `convlet explain`"},
    {"0,0,1,1", 2,
     "unexpected argument '0,0,1,1'; every setting is a flag, see convlet "
     "explain --help"},
};

START_TEST(each_mistake_gets_its_one_line)
{
    static const size_t planes[] = {1, 1, 5, 4}, kernels[] = {1, 2, 3, 3};
    static const size_t two[] = {2};
    put_array("x.npy", 4,
              strstr(wrong[_i].line, "--weight x") ? kernels : planes);
    put_array("b.npy", 1, two);
    expect_mistake(wrong[_i].line, wrong[_i].status, wrong[_i].message);
}
END_TEST

START_TEST(a_typo_of_the_command_is_answered_with_it)
{
    ck_assert_str_eq(run_expect(2, "explian").err,
                     "convlet: unknown command 'explian'; did you mean "
                     "'explain'?\n");
}
END_TEST

START_TEST(what_is_ignored_of_a_target_is_noted_by_explain)
{
    static const char line[] = "explain --input a.png --target a.png --kernels "
                               "3 --kernel-size 1 --grad-bias 0";
    put_picture("a.png", "rgba8.png", 0, 0);
    ck_assert_str_eq(run_expect(0, line).err,
                     "convlet explain: note: a.png: its alpha channel is "
                     "ignored\n"
                     "convlet explain: note: a.png: its alpha channel is "
                     "ignored\n");
}
END_TEST

START_TEST(a_result_has_the_digits_of_its_precision)
{
    /* 0.1 in float32 and in double are two numbers. */
    const char *const line = "explain --input '0.1' --weight '1' --dtype %s";
    char command[128];
    snprintf(command, sizeof command, line, "float32");
    ck_assert_ptr_nonnull(strstr(run_expect(0, command).out, "float32: 0.1\n"));
    snprintf(command, sizeof command, line, "float64");
    ck_assert_ptr_nonnull(strstr(run_expect(0, command).out, "float64: 0.1\n"));
}
END_TEST

START_TEST(a_failed_standard_output_is_reported)
{
    const struct outcome outcome = run("explain > /dev/full");
    ck_assert_int_eq(outcome.status, 1);
    ck_assert_str_eq(outcome.err, "convlet: cannot write to standard output\n");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("explain");
    TCase *const all = tcase_create("explain");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_loop_test(all, an_answer_is_the_one_that_is_kept, 0,
                        (int)(sizeof whole / sizeof whole[0]));
    tcase_add_loop_test(all, every_number_of_every_geometry_matches, 0,
                        GEOMETRIES);
    tcase_add_loop_test(all, each_mistake_gets_its_one_line, 0,
                        (int)(sizeof wrong / sizeof wrong[0]));
    tcase_add_test(all, a_typo_of_the_command_is_answered_with_it);
    tcase_add_test(all, what_is_ignored_of_a_target_is_noted_by_explain);
    tcase_add_test(all, a_result_has_the_digits_of_its_precision);
    tcase_add_test(all, a_failed_standard_output_is_reported);
    tcase_add_test(all, a_number_beyond_the_tolerance_fails);
    tcase_add_test(all, random_numbers_are_those_that_training_starts_with);
    tcase_add_test(all, what_is_saved_is_what_conv_computes);
    tcase_add_test(all, layouts_change_files_and_no_place);
    tcase_add_test(all, what_is_written_on_a_drawing_is_no_markup);
    tcase_add_test(all, json_has_null_for_what_is_not_finite);
    tcase_add_test(all, no_line_of_an_answer_is_long_or_ends_in_a_space);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
