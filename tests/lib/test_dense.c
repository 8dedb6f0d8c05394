/* test_dense.c - the dense layer is the convolution that it stands for. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "cases.h"
#include "convlet/dense.h"
#include "convlet/memory.h"
#include "expect.h"

static const size_t THREADS[] = {1, 2, 3, 7};
enum { THREAD_COUNTS = 4, DRAWN = 60 };

static const cvl_conv_algo ALGOS[] = {CVL_CONV_DIRECT, CVL_CONV_AUTO};

/* A kernel as large as the input. */
static cvl_conv2d_geometry geometry_of(size_t batch, size_t channels,
                                       size_t height, size_t width,
                                       size_t outputs)
{
    return (cvl_conv2d_geometry){.batch = batch,
                                 .in_channels = channels,
                                 .in_height = height,
                                 .in_width = width,
                                 .out_channels = outputs,
                                 .kernel_height = height,
                                 .kernel_width = width,
                                 .stride_y = 1,
                                 .stride_x = 1,
                                 .dilation_y = 1,
                                 .dilation_x = 1,
                                 .groups = 1};
}

/* Sizes at which tiles, vectors, strips, pieces and tasks end, or do not. */
static const size_t FIXED[][5] = {
    {1, 1, 1, 1, 1},    {1, 1, 1, 1, 40},   {64, 1, 1, 1, 10},
    {1, 7, 1, 1, 3},    {4, 8, 1, 1, 3},    {5, 3, 3, 5, 13},
    {8, 16, 1, 3, 24},  {9, 2, 7, 7, 25},   {31, 84, 1, 1, 10},
    {32, 6, 4, 4, 12},  {33, 1, 1, 49, 97}, {130, 5, 1, 5, 3},
    {300, 3, 1, 1, 2},  {2, 1, 1, 1025, 5}, {6, 1, 3, 700, 4},
    {3, 1, 9, 33, 300}, {513, 1, 1, 7, 9},  {1024, 1, 1, 2, 1},
};
enum { FIXED_COUNT = sizeof FIXED / sizeof *FIXED };

static size_t between(cvl_random *random, size_t low, size_t high)
{
    return low + cvl_random_below(random, (uint32_t)(high - low + 1));
}

/* The fixed sizes, then drawn ones. */
static cvl_conv2d_geometry draw(size_t index, cvl_random *random)
{
    if (index < FIXED_COUNT) {
        const size_t *const s = FIXED[index];
        return geometry_of(s[0], s[1], s[2], s[3], s[4]);
    }
    const size_t batch = between(random, 1, between(random, 1, 70));
    const size_t channels = between(random, 1, 9);
    const size_t height = between(random, 1, 6), width = between(random, 1, 9);
    return geometry_of(batch, channels, height, width, between(random, 1, 60));
}

static cvl_exec exec_with(size_t threads, cvl_isa isa)
{
    return (cvl_exec){.threads = threads, .isa = isa};
}

/* As case_run, but as a dense layer. */
static void run_dense(case_arrays *a, const cvl_conv2d_geometry *g,
                      cvl_conv_algo algo, const cvl_exec *exec)
{
    cvl_dense dense;
    cvl_error err;
    void *work;
    expect_ok(cvl_dense_init(&dense, g->batch,
                             g->in_channels * g->in_height * g->in_width,
                             g->out_channels, a->x.dtype, algo, exec, &err),
              err);
    expect_ok(cvl_alloc(&work, cvl_dense_work_bytes(&dense), "work", &err),
              err);
    cvl_dense_forward(&dense, &a->x, &a->w, &a->b, &a->y, work);
    cvl_dense_grad_weight(&dense, &a->x, &a->dy, &a->dw, &a->db, work);
    cvl_dense_grad_input(&dense, &a->w, &a->dy, &a->dx, work);
    cvl_free(work);
}

static void assert_equals_convolution(const cvl_conv2d_geometry *g,
                                      uint32_t seed, size_t threads)
{
    const cvl_exec one = exec_with(1, CVL_ISA_BASE);
    cvl_random random;
    case_arrays oracle, got;
    cvl_random_seed(&random, seed);
    case_init(&oracle, g, CVL_F64, true, &random);
    case_run(&oracle, g, CVL_CONV_DIRECT, &one);
    for (int dtype = CVL_F32; dtype <= CVL_F64; dtype++)
        for (int isa = 0; isa <= (int)cvl_isa_detect(); isa++)
            for (size_t i = 0; i < sizeof ALGOS / sizeof *ALGOS; i++) {
                const cvl_exec exec = exec_with(threads, (cvl_isa)isa);
                cvl_random_seed(&random, seed);
                case_init(&got, g, (cvl_dtype)dtype, true, &random);
                run_dense(&got, g, ALGOS[i], &exec);
                const char *const difference = case_difference(&got, &oracle);
                char text[256];
                ck_assert_msg(
                    !difference, "%s by %s for %s in %s: %s", difference,
                    cvl_conv_algo_name(ALGOS[i]), cvl_isa_name((cvl_isa)isa),
                    cvl_dtype_name((cvl_dtype)dtype), case_describe(g, text));
                case_free(&got);
            }
    case_free(&oracle);
}

START_TEST(integer_results_equal_the_convolutions_bit_for_bit)
{
    cvl_random random;
    cvl_random_seed(&random, 1);
    for (uint32_t i = 0; i < FIXED_COUNT + case_share(DRAWN); i++) {
        const cvl_conv2d_geometry g = draw(i, &random);
        assert_equals_convolution(&g, i, THREADS[_i]);
    }
}
END_TEST

/* Real numbers: many threads as one, and both close to plain loops. */
START_TEST(real_results_do_not_depend_on_the_threads)
{
    cvl_random random;
    cvl_random_seed(&random, 2);
    for (uint32_t i = 0; i < FIXED_COUNT + case_share(DRAWN); i++) {
        const cvl_conv2d_geometry g = draw(i, &random);
        const cvl_dtype dtype = i % 2 ? CVL_F32 : CVL_F64;
        const cvl_isa isa = cvl_isa_detect();
        const cvl_exec one = exec_with(1, isa),
                       many = exec_with(THREADS[_i], isa);
        case_arrays a[3];
        for (size_t k = 0; k < 3; k++) {
            cvl_random data = random;
            case_init(&a[k], &g, dtype, false, &data);
            run_dense(&a[k], &g, k == 2 ? CVL_CONV_DIRECT : CVL_CONV_AUTO,
                      k == 1 ? &many : &one);
        }
        char text[256];
        const char *const difference = case_difference(&a[0], &a[1]);
        ck_assert_msg(!difference, "%s: %s", difference,
                      case_describe(&g, text));
        const double near = dtype == CVL_F32 ? 2e-5 : 1e-13;
        ck_assert(cvl_tensor_allclose(&a[0].y, &a[2].y, near, 5 * near));
        ck_assert(cvl_tensor_allclose(&a[0].dw, &a[2].dw, near, 5 * near));
        ck_assert(cvl_tensor_allclose(&a[0].db, &a[2].db, near, 5 * near));
        ck_assert(cvl_tensor_allclose(&a[0].dx, &a[2].dx, near, 5 * near));
        for (size_t k = 0; k < 3; k++) case_free(&a[k]);
    }
}
END_TEST

/* sum(y * dy) */
static double product_of(const cvl_tensor *y, const cvl_tensor *dy)
{
    double sum = 0;
    for (size_t i = 0; i < y->count; i++)
        sum += cvl_tensor_get(y, i) * cvl_tensor_get(dy, i);
    return sum;
}

/* The loss is linear in each number: a step of 1 either way is exact but for
 * rounding. */
static void assert_quotients(const cvl_dense *dense, case_arrays *a,
                             cvl_tensor *moved, const cvl_tensor *gradient,
                             void *work)
{
    for (size_t i = 0; i < moved->count; i++) {
        const double value = cvl_tensor_get(moved, i);
        double loss[2];
        for (int side = 0; side < 2; side++) {
            cvl_tensor_set(moved, i, value + (side ? 1 : -1));
            cvl_dense_forward(dense, &a->x, &a->w, &a->b, &a->y, work);
            loss[side] = product_of(&a->y, &a->dy);
        }
        cvl_tensor_set(moved, i, value);
        ck_assert_double_eq_tol((loss[1] - loss[0]) / 2,
                                cvl_tensor_get(gradient, i), 1e-11);
    }
}

START_TEST(gradients_agree_with_difference_quotients)
{
    const cvl_conv2d_geometry g = geometry_of(6, 2, 3, 5, 7);
    const cvl_exec exec = cvl_exec_default();
    cvl_random random;
    case_arrays a;
    cvl_dense dense;
    cvl_error err;
    void *work;
    cvl_random_seed(&random, 3);
    case_init(&a, &g, CVL_F64, false, &random);
    run_dense(&a, &g, ALGOS[_i], &exec);
    expect_ok(cvl_dense_init(&dense, 6, 30, 7, CVL_F64, ALGOS[_i], &exec, &err),
              err);
    expect_ok(cvl_alloc(&work, cvl_dense_work_bytes(&dense), "work", &err),
              err);
    assert_quotients(&dense, &a, &a.w, &a.dw, work);
    assert_quotients(&dense, &a, &a.b, &a.db, work);
    assert_quotients(&dense, &a, &a.x, &a.dx, work);
    cvl_free(work);
    case_free(&a);
}
END_TEST

START_TEST(a_bias_may_be_left_out)
{
    const cvl_conv2d_geometry g = geometry_of(9, 3, 2, 5, 14);
    const cvl_exec exec = cvl_exec_default();
    cvl_random random;
    case_arrays with, without;
    cvl_dense dense;
    cvl_error err;
    void *work;
    cvl_random_seed(&random, 4);
    case_init(&with, &g, CVL_F32, true, &random);
    cvl_random_seed(&random, 4);
    case_init(&without, &g, CVL_F32, true, &random);
    cvl_tensor_fill(&with.b, 0);
    run_dense(&with, &g, ALGOS[_i], &exec);
    expect_ok(
        cvl_dense_init(&dense, 9, 30, 14, CVL_F32, ALGOS[_i], &exec, &err),
        err);
    expect_ok(cvl_alloc(&work, cvl_dense_work_bytes(&dense), "work", &err),
              err);
    cvl_dense_forward(&dense, &without.x, &without.w, NULL, &without.y, work);
    cvl_dense_grad_weight(&dense, &without.x, &without.dy, &without.dw, NULL,
                          work);
    ck_assert(cvl_tensor_allclose(&with.y, &without.y, 0, 0));
    ck_assert(cvl_tensor_allclose(&with.dw, &without.dw, 0, 0));
    for (size_t i = 0; i < without.db.count; i++)
        ck_assert(isnan(cvl_tensor_get(&without.db, i)));
    cvl_free(work);
    case_free(&with);
    case_free(&without);
}
END_TEST

static cvl_tensor *part_of(case_arrays *a, size_t i)
{
    cvl_tensor *const parts[] = {&a->x, &a->w, &a->dy, &a->y, &a->dw, &a->dx};
    return parts[i];
}

START_TEST(what_is_not_finite_reaches_the_sums_that_it_is_in_and_no_others)
{
    static const double values[] = {(double)NAN, (double)INFINITY,
                                    -(double)INFINITY};
    cvl_random random;
    cvl_random_seed(&random, 5);
    for (uint32_t i = 0; i < case_share(DRAWN); i++) {
        const cvl_conv2d_geometry g = draw(FIXED_COUNT + i, &random);
        const size_t bad = i % 3, value = cvl_random_below(&random, 3);
        case_arrays a[2];
        for (size_t k = 0; k < 2; k++) {
            cvl_random draws = random;
            cvl_exec exec = exec_with(1, cvl_isa_detect());
            case_init(&a[k], &g, CVL_F32, true, &draws);
            const size_t at =
                cvl_random_below(&draws, (uint32_t)part_of(&a[k], bad)->count);
            cvl_tensor_set(part_of(&a[k], bad), at, values[value]);
            run_dense(&a[k], &g, ALGOS[k], &exec);
        }
        for (size_t p = 3; p < 6; p++)
            for (size_t e = 0; e < part_of(&a[0], p)->count; e++)
                ck_assert(!isfinite(cvl_tensor_get(part_of(&a[0], p), e)) ==
                          !isfinite(cvl_tensor_get(part_of(&a[1], p), e)));
        case_free(&a[0]);
        case_free(&a[1]);
    }
}
END_TEST

START_TEST(an_impossible_size_is_refused_with_its_numbers)
{
    const cvl_exec exec = cvl_exec_default();
    cvl_dense dense;
    cvl_error err;
    expect_fail(
        cvl_dense_init(&dense, 1, 0, 3, CVL_F32, CVL_CONV_AUTO, &exec, &err),
        err, CVL_EINVAL,
        "a dense layer of batch 1, 0 inputs and 3 outputs is empty");
    const cvl_status status = cvl_dense_init(
        &dense, 1, SIZE_MAX / 4, 8, CVL_F32, CVL_CONV_AUTO, &exec, &err);
    char text[CVL_ERROR_SIZE];
    snprintf(text, sizeof text,
             "a dense layer of batch 1, %zu inputs and 8 outputs is larger "
             "than any memory",
             SIZE_MAX / 4);
    expect_fail(status, err, CVL_EINVAL, text);
    ck_assert_ptr_null(dense.kernel);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("dense");
    TCase *const all = tcase_create("dense");
    const int algos = sizeof ALGOS / sizeof *ALGOS;
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, integer_results_equal_the_convolutions_bit_for_bit,
                        0, THREAD_COUNTS);
    tcase_add_loop_test(all, real_results_do_not_depend_on_the_threads, 0,
                        THREAD_COUNTS);
    tcase_add_loop_test(all, gradients_agree_with_difference_quotients, 0,
                        algos);
    tcase_add_loop_test(all, a_bias_may_be_left_out, 0, algos);
    tcase_add_test(
        all, what_is_not_finite_reaches_the_sums_that_it_is_in_and_no_others);
    tcase_add_test(all, an_impossible_size_is_refused_with_its_numbers);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
