/* test_history.c - a history of bounded size keeps what a report needs. */
#include <stdint.h>

#include "made_report.h"

START_TEST(a_short_run_keeps_every_step)
{
    struct made_report made;
    made_report_init(&made, "conv 2 3x3", 50);
    const struct history *const history = &made.history;
    ck_assert_uint_eq(history->point_count, 50);
    ck_assert_uint_eq(history->step_count, 50);
    ck_assert_uint_eq(history->stride, 1);
    for (size_t i = 0; i < 50; i++)
        ck_assert_uint_eq(history->points[i].step, i);
    ck_assert(history->points[9].loss == 0.1 && history->points[9].psnr == 9);
    ck_assert(history->seconds >= 0);
    made_report_free(&made);
}
END_TEST

START_TEST(a_long_run_is_thinned_evenly_and_keeps_its_ends)
{
    enum { STEPS = 9999 };
    struct made_report made;
    made_report_init(&made, "conv 2 3x3", STEPS);
    const struct history *const history = &made.history;
    ck_assert_uint_le(history->point_count, HISTORY_POINTS + 1);
    ck_assert_uint_ge(history->point_count, HISTORY_POINTS / 2);
    ck_assert_uint_eq(history->stride, 8);
    ck_assert_uint_eq(history->points[0].step, 0);
    for (size_t i = 1; i + 1 < history->point_count; i++)
        ck_assert_uint_eq(history->points[i].step, 8 * i);
    ck_assert_uint_eq(history->points[history->point_count - 1].step,
                      STEPS - 1);
    made_report_free(&made);
}
END_TEST

/* The steps of the snapshots of a run. */
static const struct {
    size_t steps, count, first[4], last;
} runs[] = {
    {1, 2, {0, 1}, 1},
    {3, 4, {0, 1, 2, 3}, 3},
    {50, HISTORY_SNAPSHOTS, {0, 1, 2, 3}, 50},
    {1000000, HISTORY_SNAPSHOTS, {0, 3, 11, 42}, 1000000},
};

START_TEST(snapshots_are_dense_at_first_and_end_with_the_run)
{
    struct history history;
    struct made_report made;
    cvl_error err;
    made_report_init(&made, "conv 2 3x3", 1);
    expect_ok(history_init(&history, &made.net, 0, runs[_i].steps, &err), err);
    for (size_t step = 0; step < runs[_i].steps; step++)
        history_look(&history, &made.net, step);
    history_finish(&history, &made.net, runs[_i].steps);
    ck_assert_uint_eq(history.snapshot_count, runs[_i].count);
    for (size_t i = 0; i < 4 && i < runs[_i].count; i++)
        ck_assert_uint_eq(history.snapshots[i].step, runs[_i].first[i]);
    ck_assert_uint_eq(history.snapshots[history.snapshot_count - 1].step,
                      runs[_i].last);
    history_free(&history);
    history_free(&history);
    made_report_free(&made);
}
END_TEST

START_TEST(a_snapshot_holds_the_kernels_as_they_were)
{
    struct made_report made;
    made_report_init(&made, "conv 2 3x3, relu, conv 9 1x1", 3);
    const struct history *const history = &made.history;
    ck_assert_uint_eq(history->layer_count, 2);
    ck_assert_uint_eq(history->layers[1].layer, 2);
    ck_assert_uint_eq(history->layers[1].shape[0], HISTORY_PLANES);
    ck_assert_uint_eq(history->layers[1].total[0], 9);
    const cvl_tensor first = history_kernels(history, 0, 1);
    const cvl_tensor last = history_kernels(history, 0, 3);
    const cvl_tensor second = history_kernels(history, 1, 3);
    /* made_report_init sets element 0 to the step after each. */
    ck_assert(cvl_tensor_get(&first, 0) == 0);
    ck_assert(cvl_tensor_get(&last, 0) == 2);
    for (size_t i = 1; i < last.count; i++)
        ck_assert(cvl_tensor_get(&last, i) ==
                  cvl_tensor_get(&made.net.params[0].value, i));
    for (size_t i = 0; i < second.count; i++)
        ck_assert(cvl_tensor_get(&second, i) ==
                  cvl_tensor_get(&made.net.params[2].value, i));
    made_report_free(&made);
}
END_TEST

START_TEST(snapshots_of_large_kernels_are_bounded)
{
    struct history history;
    cvl_net net;
    cvl_error err;
    const cvl_net_config config = {.spec = "conv 8 100x100",
                                   .input_shape = {1, 8, 100, 100},
                                   .exec = cvl_exec_default()};
    expect_ok(cvl_net_build(&net, &config, &err), err);
    expect_ok(history_init(&history, &net, 0, 5, &err), err);
    const size_t *const shape = history.layers[0].shape;
    ck_assert_uint_le(shape[0] * shape[1] * 10000, HISTORY_VALUES);
    ck_assert_uint_ge(shape[0] * shape[1], 2);
    ck_assert_uint_lt(history.arena.capacity,
                      HISTORY_SNAPSHOTS * HISTORY_VALUES * sizeof(double) +
                          65536);
    history_free(&history);
    cvl_net_free(&net);
}
END_TEST

START_TEST(an_empty_history_records_nothing)
{
    struct history history = {0};
    struct made_report made;
    made_report_init(&made, "conv 2 3x3", 1);
    history_look(&history, &made.net, 0);
    history_add(&history, 0, 1, 1);
    history_finish(&history, &made.net, 1);
    ck_assert_uint_eq(history.step_count, 0);
    ck_assert_uint_eq(history.snapshot_count, 0);
    made_report_free(&made);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("history");
    TCase *const all = tcase_create("history");
    tcase_add_test(all, a_short_run_keeps_every_step);
    tcase_add_test(all, a_long_run_is_thinned_evenly_and_keeps_its_ends);
    tcase_add_loop_test(all, snapshots_are_dense_at_first_and_end_with_the_run,
                        0, (int)(sizeof runs / sizeof *runs));
    tcase_add_test(all, a_snapshot_holds_the_kernels_as_they_were);
    tcase_add_test(all, snapshots_of_large_kernels_are_bounded);
    tcase_add_test(all, an_empty_history_records_nothing);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
