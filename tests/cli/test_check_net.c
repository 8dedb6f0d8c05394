/* test_check_net.c - `convlet check` on whole nets and on losses. */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"

static size_t occurrences(const char *text, const char *word)
{
    size_t count = 0;
    while ((text = strstr(text, word))) {
        text += strlen(word);
        count++;
    }
    return count;
}

/* A net, and how many gradients it has. */
static const struct {
    const char *flags;
    size_t rows;
} nets[] = {
    {"--net 'conv 4 3x3, relu, conv 3 3x3 padding=1, relu, conv 2 1x1'", 7},
    {"--net 'conv 8 3x3 stride=2 bias=no, conv 4 1x1, shuffle 2'", 4},
    {"--net relu", 1},
    {"--net 'conv 3 2x2 groups=3, relu' --reduction notebook", 3},
    {"--net 'conv 3 2x2, relu' --reduction sum --mode eval", 3},
    {"--net 'conv 4 3x3, relu, maxpool 2, dense 10, relu, dense 3' --loss "
     "cross-entropy",
     7},
    {"--net 'avgpool 3 stride=2 padding=1, maxpool 3 stride=1 padding=1, dense "
     "4' --loss cross-entropy --label-smoothing 0.1 --reduction sum",
     3},
    {"--net 'conv 2 3x3, batchnorm, leaky 0.1, conv 2 1x1, tanh' --loss l1", 7},
    {"--net 'conv 2 3x3, batchnorm, sigmoid, avgpool all' --mode eval --loss "
     "huber:0.5",
     5},
    {"--net 'dense 6, tanh, dense 2' --loss charbonnier:0.01", 5},
};
enum { NETS = sizeof nets / sizeof *nets };

static const char *const precisions[] = {"--dtype float64 --algorithm direct",
                                         "--dtype float32 --algorithm direct",
                                         "--dtype float64", "--dtype float32"};

START_TEST(every_param_and_the_input_are_checked_in_both_precisions)
{
    char line[256];
    snprintf(line, sizeof line,
             "check %s %s --height 9 --width 8 --samples 40 --seed %d",
             nets[_i / 4].flags, precisions[_i % 4], _i);
    const struct outcome outcome = run_expect(0, line);
    ck_assert_str_eq(outcome.err, "");
    ck_assert_uint_eq(occurrences(outcome.out, "\n"), nets[_i / 4].rows);
    ck_assert_uint_eq(occurrences(outcome.out, "  ok"), nets[_i / 4].rows);
}
END_TEST

START_TEST(samples_say_how_many_elements_are_moved)
{
    const struct outcome outcome = run_expect(
        0, "check --net 'conv 4 3x3' --batch 1 --height 5 --width 5 --samples "
           "all");
    ck_assert_ptr_nonnull(strstr(outcome.out, "0.weight          108 elem"));
    ck_assert_ptr_nonnull(strstr(outcome.out, "input              75 elem"));
}
END_TEST

START_TEST(no_rounding_is_within_a_tolerance_of_nothing)
{
    const struct outcome outcome =
        run_expect(5, "check --net 'conv 2 3x3' --tolerance 1e-30");
    ck_assert_uint_eq(occurrences(outcome.out, "  WRONG\n"), 3);
    ck_assert_ptr_nonnull(strstr(
        outcome.err, "convlet check: layer 0 (conv 2 3x3) makes it wrong: what "
                     "it is handed is right, the gradient of 0.bias is not\n"));
}
END_TEST

/* The params of 'conv 1 1x1', for one channel. */
static void put_layer(double weight, double bias)
{
    static const size_t one[] = {1, 1, 1, 1};
    static const char *const pairs[] = {"0.weight", "w.npy", "0.bias", "b.npy",
                                        NULL};
    put_constant("w.npy", 4, one, weight);
    put_constant("b.npy", 1, one, bias);
    put_tensors("p.safetensors", pairs);
}

START_TEST(a_net_whose_gradients_are_all_0_proves_nothing)
{
    put_layer(0, -1);
    const struct outcome outcome =
        run_expect(5, "check --net 'conv 1 1x1, relu' --channels 1 --params "
                      "p.safetensors");
    ck_assert_ptr_nonnull(strstr(
        outcome.out, "VANISHES: every gradient is 0, and nothing is proved\n"));
    ck_assert_uint_eq(occurrences(outcome.out, "  ok, 0 both ways\n"), 3);
}
END_TEST

START_TEST(an_element_on_a_bend_is_skipped_and_counted)
{
    /* y = x + 0 bends at 0 where x does, and where the bias does for x = 0;
     * the input is 1 x 1, so each tensor has one element. */
    put_layer(0, 0);
    const struct outcome outcome = run_expect(
        5, "check --net 'conv 1 1x1, relu' --channels 1 --batch 1 --height 1 "
           "--width 1 --params p.safetensors");
    ck_assert_ptr_nonnull(
        strstr(outcome.out, "0.bias              1 elements  SKIPPED: nothing "
                            "is proved; 1 of 1 skipped: their step crosses a "
                            "bend\n"));
    ck_assert_ptr_nonnull(strstr(outcome.err, "not every gradient is proved"));
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("check_net");
    TCase *const all = tcase_create("check_net");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_loop_test(
        all, every_param_and_the_input_are_checked_in_both_precisions, 0,
        4 * NETS);
    tcase_add_test(all, samples_say_how_many_elements_are_moved);
    tcase_add_test(all, no_rounding_is_within_a_tolerance_of_nothing);
    tcase_add_test(all, a_net_whose_gradients_are_all_0_proves_nothing);
    tcase_add_test(all, an_element_on_a_bend_is_skipped_and_counted);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
