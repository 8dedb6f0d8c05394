/* test_explain_tile.c - `convlet explain` of what Winograd computes. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "explain_answers.h"
#include "fixtures.h"
#include "run.h"

/* Each answer about the course's example is kept in tests/cli/explain. */
static const struct kept_answer whole[] = {
    {"--algorithm winograd2", "tile.txt"},
    {"--algorithm winograd --at 0,0,1,4 --padding 1 --digits 3",
     "tile_padded.txt"},
    {"--algorithm winograd2 --at 0,0,2,2 --format json", "tile.json"},
    {"--algorithm winograd2 --at 0,0,2,2 --padding 2,1,0,1 --format svg",
     "tile.svg"},
};

START_TEST(an_answer_is_the_one_that_is_kept)
{
    expect_kept_answer(&whole[_i], "");
}
END_TEST

static const char *const algorithms[] = {"winograd", "winograd2"};

/* "LINE --algorithm NAME --dtype TYPE" of all four. */
static const char *line_of(int variant, const char *flags, const char *number,
                           char line[256])
{
    snprintf(line, 256,
             "explain --input random %s --algorithm %s --dtype %s %s", flags,
             algorithms[variant % 2], variant / 2 ? "float64" : "float32",
             number);
    return line;
}

START_TEST(outputs_of_any_tile_match_bit_by_bit)
{
    static const char *const layers[] = {
        "--kernel-size 3",
        "--kernel-size 3 --height 7 --width 6 --padding 1",
        "--kernel-size 3 --height 5 --width 9 --padding 2,0,1,3 --channels 5",
        "--kernel-size 3 --channels 40 --kernels 3 --tie-input-channels",
        "--net 'conv 3 3x3, relu, conv 2 3x3 padding=same' --height 6",
    };
    static const char *const numbers[] = {"--at 0", "--at 3,2", "--at 1,0,2,3",
                                          "--at 2,1"};
    char line[256];
    for (int variant = 0; variant < 4; variant++)
        for (size_t l = 0; l < sizeof layers / sizeof *layers; l++)
            for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++) {
                const struct outcome outcome = run_expect(
                    0, line_of(variant, layers[l], numbers[n], line));
                ck_assert_msg(strstr(outcome.out, "\nmatches: yes\n"), "%s",
                              line);
            }
}
END_TEST

START_TEST(no_line_is_longer_than_a_terminal)
{
    expect_tidy_answer("explain --input random --kernel-size 3 --channels 3 "
                       "--terms all --algorithm winograd --at 1,0,2,3",
                       80);
    expect_tidy_answer("explain --algorithm winograd2 --padding 2", 80);
}
END_TEST

/* A small gradient beside large numbers rounds as these do. */
START_TEST(gradients_match_within_what_the_largest_numbers_round)
{
    static const char *const numbers[] = {
        "--grad-input 0,0,0,0", "--grad-input 0,1,5,5", "--grad-weight 0,0,1,2",
        "--grad-bias 0"};
    char line[256], flags[128];
    for (int seed = 0; seed < 8; seed++)
        for (int variant = 0; variant < 4; variant++)
            for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++) {
                snprintf(flags, sizeof flags,
                         "--batch 1 --channels 2 --height 6 --width 6 "
                         "--kernel-size 3 --padding 1 --seed %d",
                         seed);
                const struct outcome outcome =
                    run_expect(0, line_of(variant, flags, numbers[n], line));
                ck_assert_ptr_nonnull(strstr(outcome.out, "\nmatches: yes\n"));
            }
}
END_TEST

START_TEST(what_overflows_spoils_its_tile_and_still_matches)
{
    const char *const line =
        "explain --algorithm winograd --dtype float32 --weight "
        "'[[1,2,1],[0,1,0],[1,0,2]]' "
        "--input '[[1,1,1,1,1,1],[1,1,3e38,1,1,1],[1,1,1,1,1,1],[1,1,1,1,1,1],"
        "[1,1,1,1,1,1],[1,1,1,1,1,1]]' --at 0,0,3,3";
    const struct outcome outcome = run_expect(0, line);
    ck_assert_ptr_nonnull(strstr(
        outcome.out, "\n9 terms, added plainly in double: 8\n"
                     "y[0,0,3,3] by the winograd algorithm, float32: nan\n"));
    ck_assert_ptr_nonnull(strstr(outcome.out, "\nmatches: yes\n"));
}
END_TEST

START_TEST(other_layers_say_why_they_have_no_tiles)
{
    expect_mistake("--algorithm winograd --stride 2", 3,
                   "algorithm winograd is for stride 1, dilation 1 and one "
                   "group; use tiled");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("explain_tile");
    TCase *const all = tcase_create("all");
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, an_answer_is_the_one_that_is_kept, 0,
                        sizeof whole / sizeof *whole);
    tcase_add_test(all, outputs_of_any_tile_match_bit_by_bit);
    tcase_add_test(all, no_line_is_longer_than_a_terminal);
    tcase_add_test(all, gradients_match_within_what_the_largest_numbers_round);
    tcase_add_test(all, what_overflows_spoils_its_tile_and_still_matches);
    tcase_add_test(all, other_layers_say_why_they_have_no_tiles);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
