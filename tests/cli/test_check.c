/* test_check.c - `convlet check`: gradients that are right, wrong, or gone. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "convlet/random.h"
#include "expect.h"
#include "fixtures.h"
#include "run.h"

static const char *const geometries[] = {
    "",
    "--height 1 --kernel-size 1,5 --stride 1 --padding 0,2",
    "--height 9 --width 7 --kernel-size 3,2 --stride 2,3 --padding 0,2,1,0",
    "--kernel-size 3 --stride 1 --padding same --dilation 2",
    "--channels 4 --kernels 6 --groups 2 --kernel-size 3 --stride 1",
    "--channels 4 --kernels 4 --groups 4 --kernel-size 3 --stride 2",
    "--channels 5 --tie-input-channels --kernel-size 3 --stride 1",
    "--batch 1 --channels 1 --height 4 --width 4 --kernel-size 4 --padding 0",
    "--height 11 --width 12 --kernel-size 1 --stride 3 --padding 0",
    "--height 8 --width 9 --kernel-size 3 --stride 2 --padding fit --no-bias",
};

/* Geometry x dtype x algorithm. */
enum { GEOMETRIES = sizeof geometries / sizeof geometries[0] };

static size_t occurrences(const char *text, const char *word)
{
    size_t count = 0;
    while ((text = strstr(text, word))) {
        text += strlen(word);
        count++;
    }
    return count;
}

START_TEST(gradients_pass_for_every_geometry_dtype_and_algorithm)
{
    static const char *const variants[] = {
        "--dtype float64 --algorithm direct",
        "--dtype float64 --algorithm im2col",
        "--dtype float32 --algorithm direct",
        "--dtype float32 --algorithm im2col",
    };
    char line[256];
    const char *const geometry = geometries[_i];
    const size_t rows = strstr(geometry, "--no-bias") ? 3 : 4;
    for (size_t v = 0; v < sizeof variants / sizeof variants[0]; v++) {
        snprintf(line, sizeof line, "check %s %s --samples 60 --seed %d",
                 geometry, variants[v], _i);
        const struct outcome outcome = run_expect(0, line);
        ck_assert_str_eq(outcome.err, "");
        ck_assert_uint_eq(occurrences(outcome.out, "\n"), rows);
        ck_assert_uint_eq(occurrences(outcome.out, "  ok\n"), rows);
    }
}
END_TEST

START_TEST(every_element_is_tried_where_all_are_asked_for)
{
    const struct outcome outcome =
        run_expect(0, "check --samples all --height 6 --width 5");
    ck_assert_ptr_nonnull(strstr(outcome.out, "weight      48 elements"));
    ck_assert_ptr_nonnull(strstr(outcome.out, "bias         4 elements"));
    ck_assert_ptr_nonnull(strstr(outcome.out, "input      180 elements"));
}
END_TEST

START_TEST(a_gradient_that_vanishes_proves_nothing)
{
    /* Each window lies on padding alone. */
    const struct outcome outcome =
        run_expect(5, "check --height 1 --width 1 --kernel-size 1 --stride 5 "
                      "--padding 2,0,2,0");
    ck_assert_ptr_nonnull(
        strstr(outcome.out, "weight      12 elements  error        0  worst at "
                            "0: gradient 0, quotient 0  VANISHES: nothing is "
                            "proved\n"));
    ck_assert_uint_eq(
        occurrences(outcome.out, "  VANISHES: nothing is proved\n"), 2);
    /* The bias does not pass through the windows. */
    ck_assert_uint_eq(occurrences(outcome.out, "  ok\nadjoint"), 0);
    ck_assert_ptr_nonnull(strstr(outcome.out, "bias "));
}
END_TEST

START_TEST(no_rounding_is_within_a_tolerance_of_nothing)
{
    const struct outcome outcome = run_expect(5, "check --tolerance 1e-30");
    ck_assert_uint_eq(occurrences(outcome.out, "  WRONG\n"), 4);
    ck_assert_uint_eq(occurrences(outcome.out, "ok\n"), 0);
    ck_assert_str_eq(outcome.err,
                     "convlet check: not every gradient is proved right; see "
                     "what is WRONG or VANISHES\n");
}
END_TEST

START_TEST(a_check_is_the_same_for_any_number_of_threads)
{
    static char one[4096];
    static const char line[] = "check --channels 8 --height 40 --width 40 "
                               "--kernels 16 --kernel-size 3 --samples 3 "
                               "--threads %d";
    char command[256];
    snprintf(command, sizeof command, line, 1);
    const struct outcome outcome = run_expect(0, command);
    memcpy(one, outcome.out, outcome.out_size + 1);
    snprintf(command, sizeof command, line, 3);
    ck_assert_str_eq(run_expect(0, command).out, one);
}
END_TEST

struct sweep {
    double h[16], one_sided[16], central[16];
};

static struct sweep parse_sweep(const char *text)
{
    static const char header[] = "h\tone_sided\tcentral\n";
    struct sweep sweep;
    ck_assert_int_eq(strncmp(text, header, sizeof header - 1), 0);
    text += sizeof header - 1;
    for (size_t i = 0; i < 16; i++) {
        ck_assert_int_eq(sscanf(text, "%lf\t%lf\t%lf\n", &sweep.h[i],
                                &sweep.one_sided[i], &sweep.central[i]),
                         3);
        text = strchr(text, '\n') + 1;
    }
    ck_assert_str_eq(text, "");
    return sweep;
}

/* The largest step at which rounding is seen, and what it leaves. */
static const struct {
    const char *dtype;
    double rounding;
    size_t bend; /* of the one-sided curve: by then h is too small */
} precisions[] = {{"float64", 1e-12, 9}, {"float32", 1e-5, 5}};

START_TEST(a_smaller_step_is_better_only_until_rounding_is_larger)
{
    char line[128];
    snprintf(line, sizeof line,
             "check --h-sweep --height 6 --width 7 --dtype %s",
             precisions[_i].dtype);
    const struct sweep sweep = parse_sweep(run_expect(0, line).out);
    const size_t bend = precisions[_i].bend;
    ck_assert_double_eq(sweep.h[0], 10);
    ck_assert_double_eq(sweep.h[15], 1e-14);
    /* One side: the curvature's share falls as h does. */
    for (size_t i = 1; i < 4; i++)
        ck_assert_double_eq_tol(sweep.one_sided[i - 1] / sweep.one_sided[i], 10,
                                1);
    ck_assert_double_lt(sweep.one_sided[bend - 1], sweep.one_sided[0] / 500);
    ck_assert_double_gt(sweep.one_sided[15], sweep.one_sided[bend - 1] * 100);
    /* Both sides: a quadratic leaves nothing but rounding at h = 1. */
    ck_assert_double_lt(sweep.central[1], precisions[_i].rounding);
    ck_assert_double_gt(sweep.central[bend], 10 * sweep.central[1]);
}
END_TEST

START_TEST(the_one_sided_error_is_the_curvature_by_hand)
{
    /* y = w x, so L = (w x - t)^2 and its quotient is off by h x^2; the
     * gradient is 2 x (w x - t). */
    const struct outcome numbers = run_expect(
        0, "conv --input normal:1,1,1,1 --weight normal:1,1,1,1 --grad-output "
           "normal:1,1,1,1 --output y.npy --grad-weight dw.npy");
    ck_assert_str_eq(numbers.out, "");
    cvl_tensor y = get_array("y.npy"), dw = get_array("dw.npy");
    const double product = cvl_tensor_get(&y, 0); /* w x */
    cvl_random random;
    cvl_random_seed(&random, 0);
    const double x = cvl_random_normal(&random);
    (void)cvl_random_normal(&random);
    const double t = cvl_random_normal(&random);
    ck_assert_double_eq_tol(cvl_tensor_get(&dw, 0), x * t, 1e-15);
    const struct sweep sweep = parse_sweep(
        run_expect(0, "check --h-sweep --batch 1 --channels 1 --height 1 "
                      "--width 1 --kernels 1 --kernel-size 1 --stride 1 "
                      "--padding 0 --no-bias")
            .out);
    const double want = fabs(x * x / (2 * x * (product - t)));
    ck_assert_double_eq_tol(sweep.one_sided[1] / want, 1, 0.01);
    cvl_tensor_free(&y);
    cvl_tensor_free(&dw);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("check");
    TCase *const all = tcase_create("check");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_loop_test(all,
                        gradients_pass_for_every_geometry_dtype_and_algorithm,
                        0, GEOMETRIES);
    tcase_add_test(all, every_element_is_tried_where_all_are_asked_for);
    tcase_add_test(all, a_gradient_that_vanishes_proves_nothing);
    tcase_add_test(all, no_rounding_is_within_a_tolerance_of_nothing);
    tcase_add_test(all, a_check_is_the_same_for_any_number_of_threads);
    tcase_add_loop_test(
        all, a_smaller_step_is_better_only_until_rounding_is_larger, 0, 2);
    tcase_add_test(all, the_one_sided_error_is_the_curvature_by_hand);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
