/* test_conv2d.c - the algorithms against each other, exactly. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "cases.h"
#include "convlet/conv2d_step.h"
#include "convlet/gradcheck.h"
#include "convlet/memory.h"
#include "expect.h"
#include "kernel/kernel.h"
#include "sanitized.h"

static const size_t THREADS[] = {1, 2, 3, 7};
enum { THREAD_COUNTS = 4, GEOMETRIES = 1000, MANY_GEOMETRIES = 5000 };

static const cvl_conv_algo ALGOS[] = {
    CVL_CONV_DIRECT,
    CVL_CONV_IM2COL,
#ifdef CVL_TILED
    CVL_CONV_TILED,
#endif
};
enum { ALGO_COUNT = sizeof ALGOS / sizeof *ALGOS };

/* Threads however little there is to do. */
static cvl_exec exec_with(size_t threads)
{
    cvl_exec exec = cvl_exec_default();
    exec.threads = threads;
    exec.parallel_flops = 0;
    return exec;
}

static void assert_all_equal_direct(const cvl_conv2d_geometry *g, uint32_t seed,
                                    size_t threads)
{
    const cvl_exec one = exec_with(1), many = exec_with(threads);
    cvl_random random;
    case_arrays oracle, got;
    cvl_random_seed(&random, seed);
    case_init(&oracle, g, CVL_F64, true, &random);
    case_run(&oracle, g, CVL_CONV_DIRECT, &one);
    for (int dtype = CVL_F32; dtype <= CVL_F64; dtype++)
        for (size_t i = 0; i < ALGO_COUNT; i++) {
            cvl_random_seed(&random, seed);
            case_init(&got, g, (cvl_dtype)dtype, true, &random);
            case_run(&got, g, ALGOS[i], &many);
            const char *const difference = case_difference(&got, &oracle);
            char text[256];
            ck_assert_msg(!difference, "%s of %s in %s on %zu threads: %s",
                          difference, cvl_conv_algo_name(ALGOS[i]),
                          cvl_dtype_name((cvl_dtype)dtype), threads,
                          case_describe(g, text));
            case_free(&got);
        }
    case_free(&oracle);
}

static void assert_geometries_equal_direct(size_t count, size_t threads)
{
    cvl_random random;
    cvl_random_seed(&random, 1);
    for (uint32_t i = 0; i < count; i++) {
        const cvl_conv2d_geometry g = case_geometry(&random);
        assert_all_equal_direct(&g, i, threads);
    }
}

START_TEST(integer_results_equal_direct_bit_for_bit)
{
    assert_geometries_equal_direct(case_share(GEOMETRIES), THREADS[_i]);
}
END_TEST

START_TEST(integer_results_of_many_equal_direct_bit_for_bit)
{
    assert_geometries_equal_direct(case_share(MANY_GEOMETRIES), THREADS[_i]);
}
END_TEST

START_TEST(real_results_do_not_depend_on_the_threads)
{
    cvl_random random;
    cvl_random_seed(&random, 2);
    const cvl_exec one = exec_with(1), many = exec_with(THREADS[_i]);
    for (uint32_t i = 0; i < 200; i++) {
        const cvl_conv2d_geometry g = case_geometry(&random);
        for (size_t a = 0; a < ALGO_COUNT; a++) {
            const cvl_dtype dtype = i % 2 ? CVL_F32 : CVL_F64;
            cvl_random data = random;
            case_arrays first, second;
            case_init(&first, &g, dtype, false, &data);
            data = random;
            case_init(&second, &g, dtype, false, &data);
            case_run(&first, &g, ALGOS[a], &one);
            case_run(&second, &g, ALGOS[a], &many);
            char text[256];
            const char *const difference = case_difference(&first, &second);
            ck_assert_msg(!difference, "%s of %s: %s", difference,
                          cvl_conv_algo_name(ALGOS[a]),
                          case_describe(&g, text));
            case_free(&first);
            case_free(&second);
        }
    }
}
END_TEST

/* Gradients by finite differences and adjoints, with a random dy. */
static void assert_gradients_check(cvl_conv_algo algo, cvl_dtype dtype,
                                   double tolerance)
{
    cvl_random random;
    cvl_random_seed(&random, 3);
    const cvl_exec exec = exec_with(2);
    for (size_t i = 0; i < 60; i++) {
        const cvl_conv2d_geometry g = case_geometry(&random);
        case_arrays a;
        cvl_conv2d conv;
        cvl_gradcheck check;
        case_init(&a, &g, dtype, false, &random);
        ck_assert_int_eq(cvl_conv2d_init(&conv, &g, dtype, algo, &exec, NULL),
                         CVL_OK);
        ck_assert_int_eq(cvl_gradcheck_conv2d(&conv, &a.x, &a.w, &a.b, &a.dy, 8,
                                              &check, NULL),
                         CVL_OK);
        char text[256];
        case_describe(&g, text);
        ck_assert_uint_eq(check.row_count, 3);
        for (size_t r = 0; r < check.row_count; r++)
            ck_assert_msg(check.rows[r].error < tolerance, "%s: %g for %s",
                          check.rows[r].name, check.rows[r].error, text);
        ck_assert_msg(check.adjoint_error < tolerance, "adjoints: %g for %s",
                      check.adjoint_error, text);
        cvl_conv2d_free(&conv);
        case_free(&a);
    }
}

START_TEST(gradients_agree_with_difference_quotients)
{
    assert_gradients_check(ALGOS[_i], CVL_F64, 1e-12);
    assert_gradients_check(ALGOS[_i], CVL_F32, 1e-5);
}
END_TEST

/* The direct kernel, with one element of one gradient a little off. */
static void grad_weight_off(const void *plan, const void *x, const void *dy,
                            void *dw, void *db, void *work)
{
    cvl_direct_f64.grad_weight(plan, x, dy, dw, db, work);
    ((double *)dw)[0] *= 1.001;
}

static void grad_input_off(const void *plan, const void *w, const void *dy,
                           void *dx, void *work)
{
    cvl_direct_f64.grad_input(plan, w, dy, dx, work);
    ((double *)dx)[0] *= 1.001;
}

/* The check of the notebook's layer with this kernel. */
static cvl_gradcheck check_kernel(const cvl_conv_kernel *kernel)
{
    const cvl_conv2d_geometry g = CASE_NOTEBOOK;
    const cvl_exec exec = exec_with(1);
    cvl_random random;
    cvl_random_seed(&random, 4);
    case_arrays a;
    cvl_conv2d conv;
    cvl_gradcheck check;
    case_init(&a, &g, CVL_F64, false, &random);
    ck_assert(
        !cvl_conv2d_init(&conv, &g, CVL_F64, CVL_CONV_DIRECT, &exec, NULL));
    conv.kernel = kernel;
    ck_assert(
        !cvl_gradcheck_conv2d(&conv, &a.x, &a.w, NULL, &a.dy, 0, &check, NULL));
    cvl_conv2d_free(&conv);
    case_free(&a);
    return check;
}

START_TEST(the_check_finds_a_gradient_that_is_off_by_a_thousandth)
{
    cvl_conv_kernel kernel = cvl_direct_f64;
    ck_assert_double_lt(check_kernel(&kernel).rows[0].error, 1e-12);

    kernel.grad_weight = grad_weight_off;
    cvl_gradcheck check = check_kernel(&kernel);
    ck_assert_double_gt(check.rows[0].error, 1e-8);
    ck_assert_uint_eq(check.rows[0].worst_index, 0);
    ck_assert_double_gt(check.adjoint_error, 1e-8);
    ck_assert_double_lt(check.rows[1].error, 1e-12);

    kernel = cvl_direct_f64;
    kernel.grad_input = grad_input_off;
    check = check_kernel(&kernel);
    ck_assert_str_eq(check.rows[1].name, "input");
    ck_assert_double_gt(check.rows[1].error, 1e-8);
    ck_assert_double_lt(check.rows[0].error, 1e-12);
}
END_TEST

START_TEST(a_bias_may_be_left_out)
{
    const cvl_conv2d_geometry g = CASE_NOTEBOOK;
    const cvl_exec exec = exec_with(1);
    cvl_random random;
    cvl_random_seed(&random, 5);
    case_arrays with, without;
    case_init(&with, &g, CVL_F64, true, &random);
    cvl_random_seed(&random, 5);
    case_init(&without, &g, CVL_F64, true, &random);
    cvl_tensor_fill(&with.b, 0);
    case_run(&with, &g, ALGOS[_i], &exec);

    cvl_conv2d conv;
    void *work;
    ck_assert(!cvl_conv2d_init(&conv, &g, CVL_F64, ALGOS[_i], &exec, NULL));
    ck_assert(!cvl_alloc(&work, cvl_conv2d_work_bytes(&conv), "work", NULL));
    cvl_conv2d_forward(&conv, &without.x, &without.w, NULL, &without.y, work);
    cvl_conv2d_grad_weight(&conv, &without.x, &without.dy, &without.dw, NULL,
                           work);
    for (size_t i = 0; i < with.y.count; i++)
        ck_assert(cvl_tensor_get(&with.y, i) == cvl_tensor_get(&without.y, i));
    for (size_t i = 0; i < with.dw.count; i++)
        ck_assert(cvl_tensor_get(&with.dw, i) ==
                  cvl_tensor_get(&without.dw, i));
    for (size_t i = 0; i < without.db.count; i++)
        ck_assert(isnan(cvl_tensor_get(&without.db, i)));
    cvl_free(work);
    cvl_conv2d_free(&conv);
    case_free(&with);
    case_free(&without);
}
END_TEST

START_TEST(tied_weights_equal_repeated_ones)
{
    cvl_conv2d_geometry tied = CASE_NOTEBOOK, spread = CASE_NOTEBOOK;
    tied.tied = true;
    const cvl_exec exec = exec_with(1);
    cvl_random random;
    cvl_random_seed(&random, 6);
    case_arrays a, b;
    case_init(&a, &tied, CVL_F64, true, &random);
    cvl_random_seed(&random, 6);
    case_init(&b, &spread, CVL_F64, true, &random);
    for (size_t i = 0; i < b.w.count; i++)
        cvl_tensor_set(&b.w, i, cvl_tensor_get(&a.w, i / 12 * 4 + i % 4));
    cvl_tensor_copy(&b.b, &a.b);
    cvl_tensor_copy(&b.dy, &a.dy);
    case_run(&a, &tied, ALGOS[_i], &exec);
    case_run(&b, &spread, ALGOS[_i], &exec);

    for (size_t i = 0; i < a.y.count; i++)
        ck_assert(cvl_tensor_get(&a.y, i) == cvl_tensor_get(&b.y, i));
    for (size_t i = 0; i < a.dx.count; i++)
        ck_assert(cvl_tensor_get(&a.dx, i) == cvl_tensor_get(&b.dx, i));
    for (size_t i = 0; i < a.dw.count; i++) {
        double sum = 0;
        for (size_t c = 0; c < 3; c++)
            sum += cvl_tensor_get(&b.dw, (i / 4 * 3 + c) * 4 + i % 4);
        ck_assert(cvl_tensor_get(&a.dw, i) == sum);
    }
    case_free(&a);
    case_free(&b);
}
END_TEST

START_TEST(an_impossible_geometry_is_refused_with_its_sizes)
{
    cvl_conv2d_geometry g = CASE_NOTEBOOK;
    g.kernel_height = 23;
    const cvl_exec exec = exec_with(1);
    cvl_conv2d conv;
    cvl_error err = {0};
    ck_assert_int_eq(
        cvl_conv2d_init(&conv, &g, CVL_F32, CVL_CONV_AUTO, &exec, &err),
        CVL_EINVAL);
    ck_assert_str_eq(err.message,
                     "kernel height 23 does not fit the padded input height "
                     "22; use a smaller kernel or more padding");
    ck_assert_ptr_null(conv.plan);
    cvl_conv2d_free(&conv);
}
END_TEST

START_TEST(algorithm_names_parse_back)
{
    for (int i = CVL_CONV_AUTO; i <= CVL_CONV_WINOGRAD2; i++) {
        cvl_conv_algo algo;
        ck_assert(
            cvl_conv_algo_parse(cvl_conv_algo_name((cvl_conv_algo)i), &algo));
        ck_assert_int_eq(algo, i);
    }
    cvl_conv_algo algo;
    ck_assert(!cvl_conv_algo_parse("winograd4", &algo));
}
END_TEST

START_TEST(what_is_built_can_be_planned_and_nothing_else)
{
    cvl_conv2d_geometry g = CASE_NOTEBOOK;
    g.kernel_height = g.kernel_width = 3;
    g.stride_y = g.stride_x = 1;
    cvl_exec exec = cvl_exec_default();
    for (int isa = CVL_ISA_BASE; isa <= (int)cvl_isa_detect(); isa++)
        for (int i = CVL_CONV_AUTO; i <= CVL_CONV_WINOGRAD2; i++) {
            cvl_conv2d conv;
            cvl_error err = {0};
            char message[64];
            exec.isa = (cvl_isa)isa;
            const bool built =
                cvl_conv_algo_is_built((cvl_conv_algo)i, (cvl_isa)isa);
            const cvl_status status = cvl_conv2d_init(
                &conv, &g, CVL_F64, (cvl_conv_algo)i, &exec, &err);
            ck_assert_int_eq(status, built ? CVL_OK : CVL_EUNSUPPORTED);
            snprintf(message, sizeof message,
                     "this build has no algorithm %s; use im2col",
                     cvl_conv_algo_name((cvl_conv_algo)i));
            if (!built) ck_assert_str_eq(err.message, message);
            cvl_conv2d_free(&conv);
        }
}
END_TEST

/* A plane whose places an int cannot count; nothing of its size is made. */
START_TEST(auto_says_that_the_planes_are_too_large_for_tiled)
{
    const cvl_conv2d_geometry g = {
        .batch = 1,
        .in_channels = 1,
        .in_height = 1,
        .in_width = (size_t)INT32_MAX + 1,
        .out_channels = 1,
        .kernel_height = 1,
        .kernel_width = 1,
        .stride_y = 1,
        .stride_x = 1,
        .dilation_y = 1,
        .dilation_x = 1,
        .groups = 1,
    };
    const cvl_exec exec = cvl_exec_default();
    char text[CVL_CONV_TEXT_SIZE];
    cvl_conv2d conv;
    cvl_error err;
    expect_ok(cvl_conv2d_init(&conv, &g, CVL_F32, CVL_CONV_AUTO, &exec, &err),
              err);
    const bool built = cvl_conv_algo_is_built(CVL_CONV_TILED, exec.isa);
    ck_assert_str_eq(cvl_conv2d_choice(&conv, text),
                     built ? "im2col; the planes are too large for tiled, and "
                             "direct would sum one output at a time"
                           : "im2col; this build has no tiled, and direct "
                             "would sum one output at a time");
    cvl_conv2d_free(&conv);
}
END_TEST

static cvl_tensor *part_of(case_arrays *a, size_t i)
{
    cvl_tensor *const parts[] = {&a->x, &a->w, &a->dy, &a->y, &a->dw, &a->dx};
    return parts[i];
}

/* Where a term is not finite, no algorithm makes a number of the sum. */
START_TEST(what_is_not_finite_reaches_every_sum_that_it_is_in)
{
    static const double values[] = {(double)NAN, (double)INFINITY,
                                    -(double)INFINITY};
    cvl_random random;
    cvl_random_seed(&random, 9);
    for (uint32_t i = 0; i < 150; i++) {
        const cvl_conv2d_geometry g = case_geometry(&random);
        const size_t bad = i % 3, value = cvl_random_below(&random, 3);
        cvl_exec exec = exec_with(1);
        cvl_random draws;
        case_arrays want, got;
        cvl_random_seed(&draws, i);
        case_init(&want, &g, CVL_F32, true, &draws);
        const size_t at =
            cvl_random_below(&random, (uint32_t)part_of(&want, bad)->count);
        cvl_tensor_set(part_of(&want, bad), at, values[value]);
        case_run(&want, &g, CVL_CONV_DIRECT, &exec);
        for (size_t k = 0; k < ALGO_COUNT; k++)
            for (int isa = 0; isa <= (int)cvl_isa_detect(); isa++) {
                exec.isa = (cvl_isa)isa;
                cvl_random_seed(&draws, i);
                case_init(&got, &g, CVL_F32, true, &draws);
                cvl_tensor_set(part_of(&got, bad), at, values[value]);
                case_run(&got, &g, ALGOS[k], &exec);
                for (size_t p = 3; p < 6; p++)
                    for (size_t e = 0; e < part_of(&want, p)->count; e++)
                        ck_assert(
                            isfinite(cvl_tensor_get(part_of(&want, p), e)) ||
                            !isfinite(cvl_tensor_get(part_of(&got, p), e)));
                case_free(&got);
            }
        case_free(&want);
    }
}
END_TEST

START_TEST(numbers_outside_the_enums_are_refused)
{
    const cvl_conv2d_geometry *const g = &CASE_NOTEBOOK;
    cvl_exec exec = exec_with(1);
    cvl_conv2d conv;
    cvl_conv2d_step step;
    cvl_tensor tensor;
    cvl_error err;
    const size_t one = 1;
    expect_fail(
        cvl_conv2d_init(&conv, g, (cvl_dtype)7, CVL_CONV_AUTO, &exec, &err),
        err, CVL_EINVAL, "7 is no element type");
    expect_fail(
        cvl_conv2d_init(&conv, g, CVL_F32, (cvl_conv_algo)9, &exec, &err), err,
        CVL_EINVAL, "9 is no algorithm");
    expect_fail(cvl_conv2d_step_init(&step, g, (cvl_dtype)7, CVL_CONV_AUTO,
                                     &exec, &err),
                err, CVL_EINVAL, "7 is no element type");
    expect_fail(cvl_tensor_init(&tensor, (cvl_dtype)2, 1, &one, &err), err,
                CVL_EINVAL, "2 is no element type");
    ck_assert(!cvl_conv_algo_is_built(CVL_CONV_TILED, (cvl_isa)40));
    exec.isa = (cvl_isa)40;
    expect_fail(cvl_conv2d_init(&conv, g, CVL_F32, CVL_CONV_TILED, &exec, &err),
                err, CVL_EINVAL, "40 is no instruction set");
}
END_TEST

/* A window that moves by more than there is has one place. */
START_TEST(a_stride_beyond_the_input_is_one_of_its_size)
{
    static const size_t beyond[] = {6, 64, INT32_MAX, (size_t)PTRDIFF_MAX + 1,
                                    SIZE_MAX};
    const size_t stride = beyond[_i];
    cvl_conv2d_geometry g = CASE_NOTEBOOK;
    g.in_height = g.in_width = 5;
    g.stride_y = stride;
    g.stride_x = 1;
    assert_all_equal_direct(&g, 1, 2);
    g.stride_x = stride;
    assert_all_equal_direct(&g, 2, 2);
    g.stride_y = 1;
    g.pad_left = g.pad_right = 3;
    assert_all_equal_direct(&g, 3, 2);
}
END_TEST

/* Mostly small; else a size at which some sum or product wraps. */
static size_t extreme(cvl_random *random, uint32_t often)
{
    static const size_t edges[] = {0,
                                   13,
                                   65535,
                                   INT32_MAX,
                                   (size_t)INT32_MAX + 1,
                                   SIZE_MAX / 16,
                                   SIZE_MAX / 8,
                                   PTRDIFF_MAX,
                                   (size_t)PTRDIFF_MAX + 1,
                                   SIZE_MAX - 7,
                                   SIZE_MAX};
    enum { EDGES = sizeof edges / sizeof *edges };
    if (cvl_random_u32(random) % often) return 1 + cvl_random_u32(random) % 3;
    return edges[cvl_random_u32(random) % EDGES];
}

static cvl_conv2d_geometry extreme_geometry(cvl_random *random)
{
    cvl_conv2d_geometry g = {.groups = 1};
    size_t *const sizes[] = {&g.batch,      &g.in_channels,  &g.in_height,
                             &g.in_width,   &g.out_channels, &g.kernel_width,
                             &g.stride_y,   &g.stride_x,     &g.dilation_y,
                             &g.dilation_x, &g.pad_top,      &g.pad_bottom,
                             &g.pad_left,   &g.pad_right,    &g.kernel_height};
    const uint32_t often = 2 + cvl_random_u32(random) % 12;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        *sizes[i] = extreme(random, often);
    if (cvl_random_u32(random) % 4 == 0) cvl_conv2d_pad_same(&g);
    if (cvl_random_u32(random) % 4 == 0) cvl_conv2d_pad_fit(&g);
    return g;
}

/* Whether the arrays of a geometry are a few kilobytes, padded. */
static bool is_small(const cvl_conv2d_geometry *g)
{
    size_t x[4], w[4];
    cvl_conv2d_input_shape(g, x);
    cvl_conv2d_weight_shape(g, w);
    return x[0] * x[1] * (x[2] + g->pad_top + g->pad_bottom) *
                   (x[3] + g->pad_left + g->pad_right) <
               10000 &&
           w[0] * w[1] * w[2] * w[3] < 1000 && cvl_conv2d_flops(g) < 1e5;
}

/* Whether an array of it, padded, or of all windows, would fit in memory and
 * fill it. */
static bool is_huge(const cvl_conv2d_geometry *g)
{
    const double rows =
        (double)g->in_height + (double)g->pad_top + (double)g->pad_bottom;
    const double columns =
        (double)g->in_width + (double)g->pad_left + (double)g->pad_right;
    const double planes = (double)g->in_channels + (double)g->out_channels;
    const double taps = (double)g->kernel_height * (double)g->kernel_width;
    return (double)g->batch * planes * rows * columns > 1e7 ||
           (double)g->in_channels * (double)g->out_channels * taps > 1e7;
}

/* What fits no array is refused, the rest planned, and computed as direct
 * does; nothing divides by what has wrapped. */
START_TEST(sizes_at_the_edge_are_refused_or_right)
{
    struct rlimit limit = {(rlim_t)4 << 30, (rlim_t)4 << 30};
    size_t small = 0, valid = 0;
    cvl_random random;
    /* Plans of gigabytes are not what this is about. */
    if (!UNDER_SANITIZER) setrlimit(RLIMIT_AS, &limit);
    cvl_random_seed(&random, 5);
    for (uint32_t i = 0; i < 8000; i++) {
        const cvl_conv2d_geometry g = extreme_geometry(&random);
        if (cvl_conv2d_geometry_check(&g, NULL)) continue;
        if (UNDER_SANITIZER && is_huge(&g)) continue;
        valid++;
        if (is_small(&g)) {
            assert_all_equal_direct(&g, i, 1);
            small++;
        }
        for (size_t k = 0; k < ALGO_COUNT; k++) {
            const cvl_exec exec = exec_with(k ? 1 : CVL_MAX_THREADS);
            cvl_conv2d conv;
            cvl_conv2d_step step;
            if (!cvl_conv2d_init(&conv, &g, CVL_F64, ALGOS[k], &exec, NULL))
                cvl_conv2d_free(&conv);
            if (!cvl_conv2d_step_init(&step, &g, CVL_F32, ALGOS[k], &exec,
                                      NULL))
                cvl_conv2d_step_free(&step);
        }
    }
    ck_assert_uint_gt(small, 100);
    ck_assert_uint_gt(valid, small + 50);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("conv2d");
    TCase *const exact = tcase_create("exact");
    tcase_set_timeout(exact, 240);
    tcase_add_loop_test(exact, integer_results_equal_direct_bit_for_bit, 0,
                        THREAD_COUNTS);
    tcase_add_loop_test(exact, real_results_do_not_depend_on_the_threads, 0,
                        THREAD_COUNTS);
    tcase_add_loop_test(exact, gradients_agree_with_difference_quotients, 0,
                        ALGO_COUNT);
    tcase_add_test(exact, what_is_not_finite_reaches_every_sum_that_it_is_in);
    tcase_add_test(exact, numbers_outside_the_enums_are_refused);
    tcase_add_loop_test(exact, a_stride_beyond_the_input_is_one_of_its_size, 0,
                        5);
    tcase_add_test(exact, sizes_at_the_edge_are_refused_or_right);
    suite_add_tcase(suite, exact);

    TCase *const many = tcase_create("many");
    tcase_set_timeout(many, 240);
    tcase_set_tags(many, "slow");
    tcase_add_loop_test(many, integer_results_of_many_equal_direct_bit_for_bit,
                        0, THREAD_COUNTS);
    suite_add_tcase(suite, many);

    TCase *const interface = tcase_create("interface");
    tcase_add_loop_test(interface, a_bias_may_be_left_out, 0, ALGO_COUNT);
    tcase_add_loop_test(interface, tied_weights_equal_repeated_ones, 0,
                        ALGO_COUNT);
    tcase_add_test(interface, an_impossible_geometry_is_refused_with_its_sizes);
    tcase_add_test(interface,
                   the_check_finds_a_gradient_that_is_off_by_a_thousandth);
    tcase_add_test(interface, algorithm_names_parse_back);
    tcase_add_test(interface, what_is_built_can_be_planned_and_nothing_else);
    tcase_add_test(interface,
                   auto_says_that_the_planes_are_too_large_for_tiled);
    suite_add_tcase(suite, interface);
    return run_suite(suite);
}
