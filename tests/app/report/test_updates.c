/* test_updates.c - how much steps change a net is recorded, within bounds. */
#include <math.h>
#include <string.h>

#include "expect.h"
#include "report/updates.h"

static void build(cvl_net *net, const char *spec, cvl_dtype dtype)
{
    cvl_error err;
    cvl_random random;
    const cvl_net_config config = {.spec = spec,
                                   .input_shape = {2, 2, 6, 6},
                                   .dtype = dtype,
                                   .exec = cvl_exec_default()};
    cvl_random_seed(&random, 7);
    expect_ok(cvl_net_build(net, &config, &err), err);
    cvl_net_init_params(net, CVL_INIT_NORMAL, &random);
}

/* A step that multiplies every param by 1 + share of its layer. */
static void step_by(struct updates *updates, cvl_net *net, size_t step,
                    const double *shares)
{
    updates_before(updates, net, step);
    for (size_t i = 0; i < updates->layer_count; i++) {
        cvl_tensor *const w = &net->params[updates->layers[i].param].value;
        for (size_t k = 0; k < w->count; k++)
            cvl_tensor_set(w, k, cvl_tensor_get(w, k) * (1 + shares[i]));
    }
    updates_after(updates, net, step);
}

START_TEST(a_row_holds_what_part_of_itself_each_layer_changed)
{
    static const double shares[3] = {1e-3, 0, -0.25};
    struct updates updates;
    cvl_net net;
    cvl_error err;
    const cvl_dtype dtype = _i ? CVL_F64 : CVL_F32;
    build(&net, "conv 3 3x3, relu, batchnorm, dense 4", dtype);
    expect_ok(updates_init(&updates, &net, &err), err);
    ck_assert_uint_eq(updates.layer_count, 3);
    ck_assert_uint_eq(updates.layers[2].layer, 3);
    ck_assert_str_eq(net.params[updates.layers[2].param].name, "3.weight");
    step_by(&updates, &net, 5, shares);
    const cvl_tensor rows = updates_rows(&updates);
    ck_assert_uint_eq(rows.shape[0], 1);
    ck_assert_uint_eq(rows.shape[1], 4);
    ck_assert(cvl_tensor_get(&rows, 0) == 5);
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_eq_tol(cvl_tensor_get(&rows, 1 + i), fabs(shares[i]),
                                dtype == CVL_F32 ? 1e-6 : 1e-12);
    updates_free(&updates);
    updates_free(&updates);
    cvl_net_free(&net);
}
END_TEST

START_TEST(weights_of_zero_are_changed_by_no_part)
{
    struct updates updates;
    cvl_net net;
    cvl_error err;
    build(&net, "conv 1 1x1", CVL_F32);
    cvl_tensor_fill(&net.params[0].value, 0);
    expect_ok(updates_init(&updates, &net, &err), err);
    updates_before(&updates, &net, 0);
    cvl_tensor_fill(&net.params[0].value, 1);
    updates_after(&updates, &net, 0);
    ck_assert(updates.rows[1] == 0);
    updates_free(&updates);
    cvl_net_free(&net);
}
END_TEST

/* The share of a step, which no other step has. */
static double share_of(size_t step)
{
    return 1e-3 / (1.0 + (double)(step % 97));
}

static void walk(struct updates *updates, cvl_net *net, size_t from, size_t to)
{
    for (size_t step = from; step < to; step++) {
        const double share = step % 2 ? share_of(step) : -share_of(step);
        step_by(updates, net, step, &share);
    }
}

START_TEST(a_long_run_is_thinned_evenly_and_takes_no_more_room)
{
    enum { STEPS = 5000 };
    struct updates updates;
    cvl_net net;
    cvl_error err;
    build(&net, "conv 1 1x1", CVL_F64);
    expect_ok(updates_init(&updates, &net, &err), err);
    const size_t room = updates.arena.capacity;
    walk(&updates, &net, 0, STEPS);
    ck_assert_uint_eq(updates.stride, 16);
    ck_assert_uint_le(updates.count, UPDATES_ROWS);
    ck_assert_uint_gt(updates.count, UPDATES_ROWS / 2);
    for (size_t i = 0; i < updates.count; i++) {
        ck_assert(updates.rows[2 * i] == 16 * (double)i);
        ck_assert_double_eq_tol(updates.rows[2 * i + 1], share_of(16 * i),
                                1e-12);
    }
    ck_assert_uint_eq(updates.arena.capacity, room);
    updates_free(&updates);
    cvl_net_free(&net);
}
END_TEST

/* Wherever it was stopped, around where rows are left out too. */
START_TEST(a_run_that_goes_on_records_as_one_that_did_not_stop)
{
    static const size_t stops[] = {1, 2, 511, 512, 513, 1023, 1024, 1025, 1700};
    struct updates whole, part;
    cvl_net net, twin;
    cvl_error err;
    build(&net, "conv 1 1x1", CVL_F64);
    build(&twin, "conv 1 1x1", CVL_F64);
    expect_ok(updates_init(&whole, &net, &err), err);
    expect_ok(updates_init(&part, &net, &err), err);
    walk(&whole, &net, 0, 2000);
    walk(&part, &twin, 0, stops[_i]);
    struct updates rest;
    const cvl_tensor rows = updates_rows(&part);
    expect_ok(updates_init(&rest, &twin, &err), err);
    expect_ok(updates_recall(&rest, &rows, stops[_i], &err), err);
    walk(&rest, &twin, stops[_i], 2000);
    ck_assert_uint_eq(rest.count, whole.count);
    ck_assert_mem_eq(rest.rows, whole.rows,
                     whole.count * whole.width * sizeof(double));
    updates_free(&whole);
    updates_free(&part);
    updates_free(&rest);
    cvl_net_free(&net);
    cvl_net_free(&twin);
}
END_TEST

static void expect_refused(const double *values, size_t rows, size_t width,
                           const char *message)
{
    struct updates updates;
    cvl_net net;
    cvl_error err;
    double copy[16];
    const size_t shape[2] = {rows, width};
    memcpy(copy, values, rows * width * sizeof *copy);
    const cvl_tensor tensor = cvl_tensor_wrap(CVL_F64, 2, shape, copy);
    build(&net, "conv 1 1x1", CVL_F64);
    expect_ok(updates_init(&updates, &net, &err), err);
    ck_assert_int_eq(updates_recall(&updates, &tensor, 9, &err), CVL_EFORMAT);
    ck_assert_str_eq(err.message, message);
    ck_assert_uint_eq(updates.count, 0);
    updates_free(&updates);
    cvl_net_free(&net);
}

START_TEST(rows_that_are_none_are_refused)
{
    static const char second[] = "row 1 of the sizes of updates is none";
    static const double wide[3] = {0, 1, 1};
    expect_refused(wide, 1, 3, "the sizes of updates are not of this net");
    const double bad[][4] = {{0, 1, 0, 1},        {1, 1, 0, 1},
                             {0, 1, 1, -1},       {0, 1, 1, (double)NAN},
                             {0, 1, 1, INFINITY}, {0, 1, 9, 1},
                             {0, 1, 1.5, 1},      {0, 1, (double)NAN, 1}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect_refused(bad[i], 2, 2, second);
}
END_TEST

START_TEST(a_net_without_weights_records_nothing)
{
    static const struct updates empty = {0};
    struct updates updates, none = empty;
    cvl_net net;
    cvl_error err;
    build(&net, "relu", CVL_F32);
    expect_ok(updates_init(&updates, &net, &err), err);
    updates_before(&updates, &net, 0);
    updates_after(&updates, &net, 0);
    ck_assert_uint_eq(updates.count, 0);
    updates_before(&none, &net, 0);
    updates_after(&none, &net, 0);
    ck_assert_uint_eq(none.count, 0);
    updates_free(&updates);
    cvl_net_free(&net);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("updates");
    TCase *const all = tcase_create("updates");
    tcase_add_loop_test(all, a_row_holds_what_part_of_itself_each_layer_changed,
                        0, 2);
    tcase_add_test(all, weights_of_zero_are_changed_by_no_part);
    tcase_add_test(all, a_long_run_is_thinned_evenly_and_takes_no_more_room);
    tcase_add_loop_test(
        all, a_run_that_goes_on_records_as_one_that_did_not_stop, 0, 9);
    tcase_add_test(all, rows_that_are_none_are_refused);
    tcase_add_test(all, a_net_without_weights_records_nothing);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
