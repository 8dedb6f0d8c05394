/* test_pool.c - pooling against plain loops, and what it refuses. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "convlet/pool.h"
#include "convlet/random.h"
#include "expect.h"

enum { DRAWS = 400 };

/* The arrays of one pooling; y and dx are what is made of x and dy. */
typedef struct arrays {
    cvl_pool_geometry g;
    cvl_tensor x, dy, y, dx;
} arrays;

static size_t draw(cvl_random *random, size_t low, size_t high)
{
    return low + cvl_random_below(random, (uint32_t)(high - low + 1));
}

/* Every other is the 2x2 that most nets have, of even and of odd sizes. */
static cvl_pool_geometry random_geometry(cvl_random *random)
{
    cvl_pool_geometry g;
    do {
        const bool usual = draw(random, 0, 1);
        g = (cvl_pool_geometry){.batch = draw(random, 1, 3),
                                .channels = draw(random, 1, 3),
                                .ceil = draw(random, 0, 1),
                                .count_padding = draw(random, 0, 1)};
        for (size_t i = 0; i < 2; i++) {
            g.in[i] = draw(random, 1, usual ? 25 : 9);
            g.window[i] = usual ? 2 : draw(random, 1, 5);
            g.stride[i] = usual ? 2 : draw(random, 1, 4);
            g.padding[i] = usual ? 0 : draw(random, 0, g.window[i] / 2);
        }
    } while (cvl_pool_geometry_check(&g, NULL));
    return g;
}

/* Few different numbers, so that many are equal; and now and then none, or
 * one that no other is above. */
static double draw_number(cvl_random *random)
{
    switch (draw(random, 0, 19)) {
    case 0: return NAN;
    case 1: return -INFINITY;
    case 2: return INFINITY;
    case 3: return -0.0;
    default: return (double)draw(random, 0, 4) - 2;
    }
}

static void arrays_init(arrays *a, cvl_dtype dtype, bool finite,
                        cvl_random *random)
{
    size_t in[4], out[4];
    cvl_pool_input_shape(&a->g, in);
    cvl_pool_output_shape(&a->g, out);
    cvl_tensor *const tensors[] = {&a->x, &a->dx, &a->y, &a->dy};
    for (size_t i = 0; i < 4; i++) {
        ck_assert(
            !cvl_tensor_init(tensors[i], dtype, 4, i < 2 ? in : out, NULL));
        cvl_tensor_fill(tensors[i], NAN);
    }
    for (size_t i = 0; i < a->x.count; i++)
        cvl_tensor_set(
            &a->x, i, finite ? cvl_random_normal(random) : draw_number(random));
    for (size_t i = 0; i < a->dy.count; i++)
        cvl_tensor_set(&a->dy, i, (double)draw(random, 1, 9));
}

static void arrays_free(arrays *a)
{
    cvl_tensor_free(&a->x);
    cvl_tensor_free(&a->dy);
    cvl_tensor_free(&a->y);
    cvl_tensor_free(&a->dx);
}

/* What one output reads, from the formula alone: the padded plane is gone
 * through, place by place. */
typedef struct window {
    size_t count, best; /* of x; the place of the largest */
    double most, sum;
    size_t counted;
    size_t at[64];
} window;

static window read_window(const arrays *a, size_t plane, size_t p, size_t q)
{
    const cvl_pool_geometry *const g = &a->g;
    window w = {.most = -INFINITY};
    for (size_t i = 0; i < g->window[0]; i++)
        for (size_t j = 0; j < g->window[1]; j++) {
            const long h = (long)(p * g->stride[0] + i) - (long)g->padding[0];
            const long v = (long)(q * g->stride[1] + j) - (long)g->padding[1];
            const bool inside =
                h >= 0 && h < (long)g->in[0] && v >= 0 && v < (long)g->in[1];
            w.counted += inside || (g->count_padding &&
                                    h < (long)(g->in[0] + g->padding[0]) &&
                                    v < (long)(g->in[1] + g->padding[1]));
            if (!inside) continue;
            const size_t at =
                (plane * g->in[0] + (size_t)h) * g->in[1] + (size_t)v;
            const double x = cvl_tensor_get(&a->x, at);
            w.sum += x;
            if (!w.count || x > w.most || isnan(x)) {
                w.most = x;
                w.best = at;
            }
            w.at[w.count++] = at;
        }
    return w;
}

static void expect_bits(const char *what, const cvl_tensor *got, size_t at,
                        double want)
{
    const double is = cvl_tensor_get(got, at);
    ck_assert_msg((isnan(is) && isnan(want)) ||
                      (is == want && !signbit(is) == !signbit(want)),
                  "%s[%zu] is %g, expected %g", what, at, is, want);
}

/* y and dx, by plain loops. */
static void expect_plain(const arrays *a, bool max)
{
    size_t out[4];
    cvl_pool_output_shape(&a->g, out);
    double *const dx = calloc(a->x.count, sizeof *dx);
    ck_assert_ptr_nonnull(dx);
    for (size_t i = 0; i < a->y.count; i++) {
        const size_t q = i % out[3], p = i / out[3] % out[2];
        const window w = read_window(a, i / out[3] / out[2], p, q);
        const double dy = cvl_tensor_get(&a->dy, i);
        ck_assert_uint_gt(w.count, 0);
        if (max) {
            expect_bits("y", &a->y, i, w.most);
            dx[w.best] += dy;
            continue;
        }
        expect_bits("y", &a->y, i, w.sum / (double)w.counted);
        for (size_t k = 0; k < w.count; k++)
            dx[w.at[k]] += dy / (double)w.counted;
    }
    for (size_t i = 0; i < a->dx.count; i++)
        expect_bits("dx", &a->dx, i, dx[i]);
    free(dx);
}

static void run(arrays *a, bool max, const cvl_exec *exec)
{
    if (max) {
        cvl_maxpool_forward(&a->g, exec, &a->x, &a->y);
        cvl_maxpool_backward(&a->g, exec, &a->x, &a->dy, &a->dx);
    } else {
        cvl_avgpool_forward(&a->g, exec, &a->x, &a->y);
        cvl_avgpool_backward(&a->g, exec, &a->dy, &a->dx);
    }
}

START_TEST(maxima_are_those_of_plain_loops_with_ties_and_nan)
{
    cvl_random random;
    cvl_random_seed(&random, 3);
    for (size_t i = 0; i < DRAWS; i++) {
        arrays a = {.g = random_geometry(&random)};
        arrays_init(&a, i % 2 ? CVL_F32 : CVL_F64, false, &random);
        run(&a, true, NULL);
        expect_plain(&a, true);
        arrays_free(&a);
    }
}
END_TEST

START_TEST(averages_are_those_of_plain_loops)
{
    cvl_random random;
    cvl_random_seed(&random, 4);
    for (size_t i = 0; i < DRAWS; i++) {
        arrays a = {.g = random_geometry(&random)};
        arrays_init(&a, CVL_F64, true, &random);
        run(&a, false, NULL);
        expect_plain(&a, false);
        arrays_free(&a);
    }
}
END_TEST

/* The upstream gradient is another at each output; x is apart by more than the
 * step almost everywhere. */
START_TEST(gradients_are_slopes)
{
    static const double h = 1e-6;
    cvl_random random;
    cvl_random_seed(&random, 5);
    for (size_t i = 0; i < 40; i++) {
        const bool max = i % 2;
        arrays a = {.g = random_geometry(&random)};
        arrays_init(&a, CVL_F64, true, &random);
        run(&a, max, NULL);
        cvl_tensor dx = a.dx;
        ck_assert(!cvl_tensor_init_like(&a.dx, &dx, NULL));
        for (size_t k = 0; k < a.x.count; k++) {
            const double here = cvl_tensor_get(&a.x, k);
            double loss[2] = {0};
            for (size_t side = 0; side < 2; side++) {
                cvl_tensor_set(&a.x, k, here + (side ? h : -h));
                run(&a, max, NULL);
                for (size_t j = 0; j < a.y.count; j++)
                    loss[side] +=
                        cvl_tensor_get(&a.y, j) * cvl_tensor_get(&a.dy, j);
            }
            cvl_tensor_set(&a.x, k, here);
            ck_assert_double_eq_tol((loss[1] - loss[0]) / (2 * h),
                                    cvl_tensor_get(&dx, k), 1e-5);
        }
        cvl_tensor_free(&dx);
        arrays_free(&a);
    }
}
END_TEST

START_TEST(threads_change_no_bit)
{
    static const size_t threads[] = {2, 3, 7};
    cvl_random random;
    cvl_random_seed(&random, 6);
    for (size_t i = 0; i < 40; i++) {
        const bool max = i % 2;
        arrays a = {.g = random_geometry(&random)};
        arrays_init(&a, i % 4 < 2 ? CVL_F32 : CVL_F64, true, &random);
        arrays b = {.g = a.g};
        run(&a, max, NULL);
        arrays_init(&b, a.x.dtype, true, &random);
        cvl_tensor_copy(&b.x, &a.x);
        cvl_tensor_copy(&b.dy, &a.dy);
        for (size_t k = 0; k < 3; k++) {
            /* However little there is to do. */
            const cvl_exec exec = {.threads = threads[k]};
            run(&b, max, &exec);
            ck_assert_mem_eq(a.y.data, b.y.data, cvl_tensor_bytes(&a.y));
            ck_assert_mem_eq(a.dx.data, b.dx.data, cvl_tensor_bytes(&a.dx));
        }
        arrays_free(&a);
        arrays_free(&b);
    }
}
END_TEST

START_TEST(the_readers_of_an_element_are_the_windows_that_hold_it)
{
    cvl_random random;
    cvl_random_seed(&random, 7);
    for (size_t i = 0; i < DRAWS; i++) {
        const cvl_pool_geometry g = random_geometry(&random);
        for (size_t x = 0; x < g.in[0]; x++) {
            size_t first, end;
            cvl_pool_readers(&g, 0, x, &first, &end);
            for (size_t p = 0; p < cvl_pool_out(&g, 0); p++) {
                const cvl_pool_span span = cvl_pool_span_of(&g, 0, p);
                ck_assert_int_eq(x >= span.first && x < span.end,
                                 p >= first && p < end);
            }
        }
    }
}
END_TEST

START_TEST(impossible_sizes_are_refused_by_name)
{
    static const struct {
        cvl_pool_geometry g;
        const char *message;
    } rows[] = {
        {{0, 1, {4, 4}, {2, 2}, {2, 2}, {0, 0}, false, true},
         "batch is 0, expected 1 or more"},
        {{1, 0, {4, 4}, {2, 2}, {2, 2}, {0, 0}, false, true},
         "channels is 0, expected 1 or more"},
        {{1, 1, {0, 4}, {2, 2}, {2, 2}, {0, 0}, false, true},
         "input height is 0, expected 1 or more"},
        {{1, 1, {4, 4}, {2, 0}, {2, 2}, {0, 0}, false, true},
         "window width is 0, expected 1 or more"},
        {{1, 1, {4, 4}, {2, 2}, {0, 2}, {0, 0}, false, true},
         "stride height is 0, expected 1 or more"},
        {{1, 1, {4, 4}, {3, 3}, {2, 2}, {1, 2}, false, true},
         "padding width 2 is more than half the window width 3; use 1 or less"},
        {{1, 1, {4, 2}, {2, 3}, {2, 3}, {0, 0}, false, true},
         "window width 3 does not fit the padded input width 2; use a smaller "
         "window or more padding"},
        {{1, 1, {4, 2}, {2, 5}, {2, 3}, {0, 0}, true, true},
         "window width 5 does not fit the padded input width 2; use a smaller "
         "window or more padding"},
        {{1, 1, {SIZE_MAX, 4}, {2, 2}, {2, 2}, {0, 0}, false, true},
         "the padded input height is too large"},
        {{SIZE_MAX / 8, 4, {4, 4}, {2, 2}, {2, 2}, {0, 0}, false, true},
         "an array of 2305843009213693951 x 4 x 4 x 4 is larger than any "
         "memory"},
    };
    cvl_error err;
    expect_fail(cvl_pool_geometry_check(&rows[_i].g, &err), err, CVL_EINVAL,
                rows[_i].message);
}
END_TEST

/* Of five with a window of two: the window at the last element is there, the
 * one that would begin behind it is not. */
START_TEST(a_window_that_would_begin_behind_the_input_is_left_out)
{
    cvl_pool_geometry g = {.batch = 1,
                           .channels = 1,
                           .in = {5, 5},
                           .window = {2, 2},
                           .stride = {2, 2},
                           .padding = {0, 1},
                           .ceil = true,
                           .count_padding = true};
    ck_assert_uint_eq(cvl_pool_out(&g, 0), 3);
    ck_assert_uint_eq(cvl_pool_out(&g, 1), 3);
    ck_assert_uint_eq(cvl_pool_span_of(&g, 0, 2).counted, 1);
    ck_assert_uint_eq(cvl_pool_span_of(&g, 1, 0).counted, 2);
    /* One element is enough for a window that its stride brings along. */
    g.in[0] = 1;
    ck_assert(!cvl_pool_geometry_check(&g, NULL));
    ck_assert_uint_eq(cvl_pool_out(&g, 0), 1);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("pool");
    TCase *const all = tcase_create("pool");
    tcase_add_test(all, maxima_are_those_of_plain_loops_with_ties_and_nan);
    tcase_add_test(all, averages_are_those_of_plain_loops);
    tcase_add_test(all, gradients_are_slopes);
    tcase_add_test(all, threads_change_no_bit);
    tcase_add_test(all, the_readers_of_an_element_are_the_windows_that_hold_it);
    tcase_add_loop_test(all, impossible_sizes_are_refused_by_name, 0, 10);
    tcase_add_test(all, a_window_that_would_begin_behind_the_input_is_left_out);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
