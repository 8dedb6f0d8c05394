/* test_winograd.c - Winograd's algorithm against the six loops. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cases.h"
#include "convlet/gradcheck.h"
#include "convlet/memory.h"
#include "expect.h"
#include "kernel/kernel.h"
#include "kernel/winograd.h"
#include "sanitized.h"
#include "tiled_arrays.h"

static const size_t RESULTS[] = {Y, DX, DW, DB};
static const char *const RESULT_NAMES[] = {"y", "dx", "dw", "db"};
enum { RESULT_COUNT = 4, CASES = 1500 };

static const cvl_conv_kernel *kernel_of(enum cvl_winograd_tiles tiles,
                                        cvl_isa isa, cvl_dtype dtype)
{
    static const cvl_conv_kernel *const KERNELS[][2] = {
        {cvl_winograd_base_f32, cvl_winograd_base_f64},
#ifdef CVL_TILED_X86
        {cvl_winograd_avx2_f32, cvl_winograd_avx2_f64},
        {cvl_winograd_avx512_f32, cvl_winograd_avx512_f64},
#endif
    };
    return KERNELS[isa][dtype] + tiles;
}

/* A 3x3 kernel on pictures of any size, with paddings of any. */
static cvl_conv2d_geometry any_geometry(void)
{
    const bool many = pick(0, 5) == 0, wide = pick(0, 9) == 0;
    const size_t least_channels = many ? 100 : 1;
    const size_t most_channels = many ? 150 : pick(0, 2) ? 20 : 40;
    return (cvl_conv2d_geometry){
        .batch = pick(1, 3),
        .in_channels = pick(least_channels, most_channels),
        .out_channels = pick(least_channels, most_channels),
        .in_height = pick(1, many ? 3 : 20),
        .in_width = pick(1, many   ? 5
                            : wide ? 200
                                   : 24),
        .kernel_height = 3,
        .kernel_width = 3,
        .stride_y = 1,
        .stride_x = 1,
        .pad_top = pick(0, 2) ? pick(0, 2) : pick(0, 9),
        .pad_bottom = pick(0, 3) ? pick(0, 2) : pick(0, 9),
        .pad_left = pick(0, 2) ? pick(0, 2) : pick(0, 9),
        .pad_right = pick(0, 3) ? pick(0, 2) : pick(0, 9),
        .dilation_y = 1,
        .dilation_x = 1,
        .groups = 1,
    };
}

static cvl_conv2d_geometry geometry_of(size_t batch, size_t inputs, size_t side,
                                       size_t outputs)
{
    return case_same_3x3(batch, inputs, side, side, outputs);
}

static void run_passes(const cvl_conv_kernel *kernel, const void *plan,
                       const arrays *a, bool bias)
{
    kernel->forward(plan, a->data[X], a->data[W], bias ? a->data[B] : NULL,
                    a->data[Y], a->data[WORK]);
    kernel->grad_weight(plan, a->data[X], a->data[DY], a->data[DW],
                        bias ? a->data[DB] : NULL, a->data[WORK]);
    kernel->grad_input(plan, a->data[W], a->data[DY], a->data[DX],
                       a->data[WORK]);
}

/* How often the weight gradient went which way: chunks, or units; many blocks,
 * or one. */
static size_t taken[2][2];

/* All passes, into arrays that held no numbers before. */
static void run_kernel(const cvl_conv_kernel *kernel,
                       const cvl_conv2d_geometry *g, arrays *a,
                       const cvl_exec *exec, bool bias)
{
    void *plan;
    size_t work;
    cvl_error err;
    expect_ok(kernel->plan(g, exec, &plan, &work, &err), err);
    if (kernel->describe) {
        const cvl_winograd_plan *const p = plan;
        taken[p->grad_weight.chunks > 0][p->grad_weight.blocks > 1]++;
    }
    a->data[WORK] = arrays_place(WORK, work, true);
    for (size_t r = 0; r < RESULT_COUNT; r++)
        memset(a->data[RESULTS[r]], 0xFF,
               a->count[RESULTS[r]] * cvl_dtype_size(a->dtype));
    run_passes(kernel, plan, a, bias);
    cvl_free(plan);
}

/* What the six loops say; one block for all four results. */
static double *expected_of(const cvl_conv2d_geometry *g, arrays *a, bool bias)
{
    const cvl_exec one = {.threads = 1};
    size_t total = 0;
    void *block;
    run_kernel(a->dtype == CVL_F32 ? &cvl_direct_f32 : &cvl_direct_f64, g, a,
               &one, bias);
    for (size_t r = 0; r < RESULT_COUNT; r++) total += a->count[RESULTS[r]];
    ck_assert(!cvl_alloc(&block, total * sizeof(double), "results", NULL));
    double *to = block;
    for (size_t r = 0; r < RESULT_COUNT; r++)
        for (size_t i = 0; i < a->count[RESULTS[r]]; i++)
            *to++ = arrays_get(a, RESULTS[r], i);
    return block;
}

static void set(arrays *a, size_t array, size_t i, double value)
{
    if (a->dtype == CVL_F32)
        ((float *)a->data[array])[i] = (float)value;
    else
        ((double *)a->data[array])[i] = value;
}

/* The largest sum of absolute terms of each result: what errors are measured
 * by, since a result itself may be near 0. */
static void sizes_of(const cvl_conv2d_geometry *g, const arrays *a, bool bias,
                     double sizes[RESULT_COUNT])
{
    static const size_t given[] = {X, W, B, DY};
    arrays copy = *a;
    void *blocks[WORK];
    for (size_t i = 0; i < WORK; i++) {
        ck_assert(!cvl_alloc(&blocks[i], a->count[i] * cvl_dtype_size(a->dtype),
                             "copy", NULL));
        copy.data[i] = blocks[i];
    }
    for (size_t k = 0; k < sizeof given / sizeof *given; k++)
        for (size_t i = 0; i < a->count[given[k]]; i++)
            set(&copy, given[k], i, fabs(arrays_get(a, given[k], i)));
    double *const sums = expected_of(g, &copy, bias);
    const double *sum = sums;
    for (size_t r = 0; r < RESULT_COUNT; r++) {
        sizes[r] = 0;
        for (size_t i = 0; i < a->count[RESULTS[r]]; i++, sum++)
            if (*sum > sizes[r]) sizes[r] = *sum;
    }
    cvl_free(sums);
    for (size_t i = 0; i < WORK; i++) cvl_free(blocks[i]);
}

/* Each result within `limit` of what the loops say. */
static void compare(const cvl_conv2d_geometry *g, const arrays *a,
                    const double *expected, const double limit[RESULT_COUNT],
                    bool bias, const char *which)
{
    for (size_t r = 0; r < RESULT_COUNT; r++)
        for (size_t i = 0; i < a->count[RESULTS[r]]; i++, expected++) {
            const double is = arrays_get(a, RESULTS[r], i);
            if (fabs(is - *expected) <= limit[r] || (RESULTS[r] == DB && !bias))
                continue;
            char text[256];
            ck_abort_msg("%s[%zu] is %g, direct says %g: %s, %s, %zu bytes",
                         RESULT_NAMES[r], i, is, *expected,
                         case_describe(g, text), which,
                         cvl_dtype_size(a->dtype));
        }
}

static double epsilon_of(cvl_dtype dtype)
{
    return dtype == CVL_F32 ? 0x1p-24 : 0x1p-53;
}

/* All instruction sets on one geometry; `tolerance`: of rounding errors of the
 * largest sum of terms, 0 for whole numbers. */
static void check_geometry(const cvl_conv2d_geometry *g, cvl_dtype dtype,
                           enum cvl_winograd_tiles tiles, double tolerance)
{
    arrays a;
    arrays_make(&a, g, dtype, tolerance == 0);
    const bool bias = pick(0, 3) != 0;
    double limit[RESULT_COUNT] = {0};
    if (tolerance > 0) sizes_of(g, &a, bias, limit);
    for (size_t r = 0; r < RESULT_COUNT; r++)
        limit[r] *= tolerance * epsilon_of(dtype);
    double *const expected = expected_of(g, &a, bias);
    for (cvl_isa isa = CVL_ISA_BASE; isa <= cvl_isa_detect(); isa++) {
        const cvl_exec exec = {.threads = 1, .isa = isa};
        run_kernel(kernel_of(tiles, isa, dtype), g, &a, &exec, bias);
        compare(g, &a, expected, limit, bias, cvl_isa_name(isa));
    }
    cvl_free(expected);
}

static void check_many(uint32_t seed, enum cvl_winograd_tiles tiles,
                       double tolerance)
{
    const size_t count = case_share(CASES);
    arrays_map(seed);
    for (size_t done = 0; done < count;) {
        const cvl_conv2d_geometry g = any_geometry();
        if (cvl_conv2d_geometry_check(&g, NULL) || cvl_conv2d_flops(&g) > 1e6)
            continue;
        check_geometry(&g, done % 2 ? CVL_F32 : CVL_F64, tiles, tolerance);
        done++;
    }
    if (count < CASES) return; /* too few to be sure of every way */
    ck_assert_uint_gt(taken[0][0], count / 100);
    ck_assert_uint_gt(taken[1][0], count / 20);
    ck_assert_uint_gt(taken[1][1], count / 20);
}

START_TEST(tiles_of_2x2_equal_direct_on_whole_numbers)
{
    check_many(1, CVL_TILES_2X2, 0);
}
END_TEST

START_TEST(tiles_of_4x4_are_within_a_few_roundings_of_direct)
{
    check_many(2, CVL_TILES_4X4, 64);
}
END_TEST

START_TEST(tiles_of_2x2_are_within_a_few_roundings_of_direct)
{
    check_many(3, CVL_TILES_2X2, 12);
}
END_TEST

/* Large enough for threads, for several blocks, and for every way of the
 * weight gradient: chunks, units, and units of several blocks. */
static const struct large {
    size_t batch, inputs, side, outputs;
} LARGE[] = {{5, 20, 33, 27}, {2, 140, 9, 130}, {131, 137, 3, 131}};
enum { LARGE_COUNT = sizeof LARGE / sizeof *LARGE };

static cvl_conv2d_geometry large_geometry(size_t i)
{
    return geometry_of(LARGE[i].batch, LARGE[i].inputs, LARGE[i].side,
                       LARGE[i].outputs);
}

START_TEST(large_layers_equal_direct_on_whole_numbers)
{
    arrays_map(4);
    for (size_t i = 0; i < LARGE_COUNT; i++) {
        const cvl_conv2d_geometry g = large_geometry(i);
        check_geometry(&g, CVL_F32, CVL_TILES_2X2, 0);
    }
    ck_assert_uint_gt(taken[0][1], 0);
}
END_TEST

/* Every bit of every result. */
static void check_threads(const cvl_conv2d_geometry *g,
                          enum cvl_winograd_tiles tiles, cvl_dtype dtype,
                          cvl_isa isa)
{
    static const size_t THREADS[] = {2, 3, 7};
    const cvl_conv_kernel *const kernel = kernel_of(tiles, isa, dtype);
    arrays a;
    void *once[RESULT_COUNT];
    cvl_exec exec = {.threads = 1, .isa = isa};
    arrays_make(&a, g, dtype, false);
    run_kernel(kernel, g, &a, &exec, true);
    for (size_t r = 0; r < RESULT_COUNT; r++) {
        const size_t bytes = a.count[RESULTS[r]] * cvl_dtype_size(dtype);
        ck_assert(!cvl_alloc(&once[r], bytes, "result", NULL));
        memcpy(once[r], a.data[RESULTS[r]], bytes);
    }
    for (size_t i = 0; i < sizeof THREADS / sizeof *THREADS; i++) {
        exec.threads = THREADS[i];
        run_kernel(kernel, g, &a, &exec, true);
        for (size_t r = 0; r < RESULT_COUNT; r++)
            ck_assert_msg(!memcmp(once[r], a.data[RESULTS[r]],
                                  a.count[RESULTS[r]] * cvl_dtype_size(dtype)),
                          "%s differs with %zu threads: %s", RESULT_NAMES[r],
                          exec.threads, cvl_isa_name(isa));
    }
    for (size_t r = 0; r < RESULT_COUNT; r++) cvl_free(once[r]);
}

START_TEST(no_bit_depends_on_the_number_of_threads)
{
    arrays_map(5);
    for (size_t i = 0; i < LARGE_COUNT; i++)
        for (cvl_isa isa = CVL_ISA_BASE; isa <= cvl_isa_detect(); isa++) {
            const cvl_conv2d_geometry g = large_geometry(i);
            ck_assert(cvl_conv2d_flops(&g) > 8e6);
            check_threads(&g, CVL_TILES_4X4, CVL_F32, isa);
            check_threads(&g, CVL_TILES_2X2, i == 2 ? CVL_F32 : CVL_F64, isa);
        }
}
END_TEST

/* An image has the same y and dx alone and among others. */
START_TEST(no_bit_of_y_or_dx_depends_on_the_batch)
{
    arrays_map(6);
    const cvl_conv2d_geometry all = geometry_of(7, 33, 21, 19);
    const cvl_conv2d_geometry one = geometry_of(1, 33, 21, 19);
    const cvl_exec exec = {.threads = 1, .isa = cvl_isa_detect()};
    const cvl_conv_kernel *const kernel =
        kernel_of(CVL_TILES_4X4, exec.isa, CVL_F32);
    enum { PLANE = 21 * 21 };
    float first_y[19 * PLANE], first_dx[33 * PLANE];
    arrays a;
    arrays_make(&a, &all, CVL_F32, false);
    run_kernel(kernel, &all, &a, &exec, true);
    memcpy(first_y, a.data[Y], sizeof first_y);
    memcpy(first_dx, a.data[DX], sizeof first_dx);
    run_kernel(kernel, &one, &a, &exec, true);
    ck_assert_mem_eq(first_y, a.data[Y], sizeof first_y);
    ck_assert_mem_eq(first_dx, a.data[DX], sizeof first_dx);
}
END_TEST

/* Numbers of N(0,1), and the error of each algorithm, of the largest number. */
static void measure(const cvl_conv2d_geometry *g, cvl_conv_algo algo,
                    cvl_isa isa, const case_arrays *exact, double error[3])
{
    const cvl_exec exec = {.threads = 1, .isa = isa};
    cvl_random random;
    case_arrays a;
    cvl_random_seed(&random, 7);
    case_init(&a, g, CVL_F32, false, &random);
    case_run(&a, g, algo, &exec);
    const cvl_tensor *const is[] = {&a.y, &a.dx, &a.dw};
    const cvl_tensor *const right[] = {&exact->y, &exact->dx, &exact->dw};
    for (size_t r = 0; r < 3; r++) {
        double worst = 0, largest = 0;
        for (size_t i = 0; i < is[r]->count; i++) {
            const double value = cvl_tensor_get(right[r], i);
            worst = fmax(worst, fabs(cvl_tensor_get(is[r], i) - value));
            largest = fmax(largest, fabs(value));
        }
        error[r] = worst / largest;
    }
    case_free(&a);
}

/* float64 of the same numbers, rounded to float32. */
static void make_exact(const cvl_conv2d_geometry *g, case_arrays *exact)
{
    const cvl_exec exec = {.threads = 1, .isa = cvl_isa_detect()};
    cvl_random random;
    cvl_random_seed(&random, 7);
    case_init(exact, g, CVL_F64, false, &random);
    cvl_tensor *const given[] = {&exact->x, &exact->w, &exact->b, &exact->dy};
    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < given[k]->count; i++)
            cvl_tensor_set(given[k], i,
                           (double)(float)cvl_tensor_get(given[k], i));
    case_run(exact, g, CVL_CONV_TILED, &exec);
}

/* Of instruction sets that multiply and add with one rounding; two, as a build
 * for a sanitizer or without optimisation has everywhere, cost more. */
static double slack_of(cvl_isa isa)
{
#ifdef __OPTIMIZE__
    return isa == CVL_ISA_BASE || UNDER_SANITIZER ? 1.2 : 1;
#else
    (void)isa;
    return 1.2;
#endif
}

START_TEST(errors_are_a_millionth_of_the_largest_number)
{
    static const double limit[] = {1.3e-6, 1.7e-6, 1.0e-6};
    const cvl_conv2d_geometry layers[] = {geometry_of(2, 64, 28, 64),
                                          geometry_of(2, 256, 14, 64)};
    for (size_t i = 0; i < 2; i++) {
        case_arrays exact;
        make_exact(&layers[i], &exact);
        for (cvl_isa isa = CVL_ISA_BASE; isa <= cvl_isa_detect(); isa++) {
            double tiled[3], large[3], small[3];
            measure(&layers[i], CVL_CONV_TILED, isa, &exact, tiled);
            measure(&layers[i], CVL_CONV_WINOGRAD, isa, &exact, large);
            measure(&layers[i], CVL_CONV_WINOGRAD2, isa, &exact, small);
            for (size_t r = 0; r < 3; r++)
                ck_assert_msg(large[r] <= limit[r] * slack_of(isa),
                              "%s: %g with %s", RESULT_NAMES[r], large[r],
                              cvl_isa_name(isa));
            for (size_t r = 0; r < 2; r++)
                ck_assert_msg(small[r] <= tiled[r], "%s: %g, tiled %g with %s",
                              RESULT_NAMES[r], small[r], tiled[r],
                              cvl_isa_name(isa));
        }
        case_free(&exact);
    }
}
END_TEST

/* Gradients by finite differences and adjoints. */
static void check_gradients(cvl_conv_algo algo, cvl_dtype dtype,
                            double tolerance)
{
    const cvl_exec exec = {.threads = 1, .isa = cvl_isa_detect()};
    cvl_random random;
    cvl_random_seed(&random, 8);
    for (size_t i = 0; i < 60; i++) {
        const cvl_conv2d_geometry g = any_geometry();
        case_arrays a;
        cvl_conv2d conv;
        cvl_gradcheck check;
        cvl_error err;
        if (cvl_conv2d_geometry_check(&g, NULL) || cvl_conv2d_flops(&g) > 1e6)
            continue;
        case_init(&a, &g, dtype, false, &random);
        expect_ok(cvl_conv2d_init(&conv, &g, dtype, algo, &exec, &err), err);
        expect_ok(cvl_gradcheck_conv2d(&conv, &a.x, &a.w, &a.b, &a.dy, 8,
                                       &check, &err),
                  err);
        for (size_t r = 0; r < check.row_count; r++)
            ck_assert_msg(check.rows[r].error < tolerance, "%s: %g",
                          check.rows[r].name, check.rows[r].error);
        ck_assert_double_lt(check.adjoint_error, tolerance);
        cvl_conv2d_free(&conv);
        case_free(&a);
    }
}

START_TEST(gradients_agree_with_difference_quotients)
{
    for (cvl_conv_algo algo = CVL_CONV_WINOGRAD; algo <= CVL_CONV_WINOGRAD2;
         algo++) {
        check_gradients(algo, CVL_F64, 1e-12);
        check_gradients(algo, CVL_F32, 1e-5);
    }
}
END_TEST

/* Which outputs (row, column) of a channel are not numbers, where x[at][at] is
 * not: all that read it, and none beyond the tiles that do. */
static void check_spread(enum cvl_winograd_tiles tiles, size_t at, double what)
{
    const cvl_conv2d_geometry g = geometry_of(1, 3, 19, 5);
    const cvl_exec exec = {.threads = 1, .isa = cvl_isa_detect()};
    const size_t F = tiles == CVL_TILES_4X4 ? 4 : 2, side = 19;
    arrays a;
    arrays_make(&a, &g, CVL_F32, false);
    set(&a, X, (side + at) * side + at, what);
    run_kernel(kernel_of(tiles, exec.isa, CVL_F32), &g, &a, &exec, true);
    for (size_t k = 0; k < 5; k++)
        for (size_t i = 0; i < side * side; i++) {
            const size_t p = i / side, q = i % side;
            const bool number =
                isfinite(arrays_get(&a, Y, k * side * side + i));
            const bool reads =
                p + 1 >= at && p <= at + 1 && q + 1 >= at && q <= at + 1;
            const bool near = (p / F * F <= at + 1 && at <= p / F * F + F) &&
                              (q / F * F <= at + 1 && at <= q / F * F + F);
            if (reads) ck_assert(!number);
            if (!near) ck_assert(number);
            if (tiles == CVL_TILES_2X2) ck_assert(number == !reads);
        }
    for (size_t k = 0; k < 5; k++) /* of channel 1 alone */
        for (size_t i = 0; i < 27; i++)
            ck_assert(isfinite(arrays_get(&a, DW, k * 27 + i)) == (i / 9 != 1));
}

START_TEST(what_is_no_number_spoils_its_tiles_alone)
{
    arrays_map(9);
    for (size_t at = 1; at < 18; at++) {
        check_spread(CVL_TILES_4X4, at, NAN);
        check_spread(CVL_TILES_2X2, at, NAN);
        check_spread(CVL_TILES_4X4, at, INFINITY);
    }
}
END_TEST

static void expect_refusal(const cvl_conv2d_geometry *g, const char *message)
{
    const cvl_exec exec = {.threads = 1, .isa = CVL_ISA_BASE};
    cvl_conv2d conv;
    cvl_error err;
    ck_assert_int_eq(
        cvl_conv2d_init(&conv, g, CVL_F32, CVL_CONV_WINOGRAD, &exec, &err),
        CVL_EUNSUPPORTED);
    ck_assert_str_eq(err.message, message);
    ck_assert_ptr_null(conv.plan);
}

START_TEST(other_kernels_than_3x3_are_refused_with_the_reason)
{
    cvl_conv2d_geometry g = geometry_of(1, 4, 9, 4);
    g.kernel_width = 5;
    expect_refusal(&g, "algorithm winograd is for kernels of 3x3, this one is "
                       "3x5; use tiled");
    g = geometry_of(1, 4, 9, 4);
    g.stride_x = 2;
    expect_refusal(&g, "algorithm winograd is for stride 1, dilation 1 and one "
                       "group; use tiled");
    g = geometry_of(1, 4, 9, 4);
    g.groups = 2;
    expect_refusal(&g, "algorithm winograd is for stride 1, dilation 1 and one "
                       "group; use tiled");
    /* Steps whose product is 1 where sizes end, and begin again. */
    g = (cvl_conv2d_geometry){.batch = 1,
                              .in_channels = 1,
                              .out_channels = 1,
                              .in_height = 1408233,
                              .in_width = 51639,
                              .kernel_height = 3,
                              .kernel_width = 3,
                              .stride_y = 1408233,
                              .stride_x = 43849,
                              .dilation_y = 647939,
                              .dilation_x = 25819,
                              .groups = 1};
    expect_refusal(&g, "algorithm winograd is for stride 1, dilation 1 and one "
                       "group; use tiled");
    g = geometry_of(1, 4, 9, 4);
    g.pad_left = (size_t)INT32_MAX;
    expect_refusal(&g, "the sizes are too large for algorithm winograd; use "
                       "direct");
}
END_TEST

START_TEST(vectors_that_channels_would_leave_empty_are_halved)
{
    const cvl_conv2d_geometry filled = geometry_of(1, 64, 8, 48);
    const cvl_conv2d_geometry wasted = geometry_of(1, 24, 8, 24);
    ck_assert_int_eq(cvl_winograd_isa(&filled, 4, CVL_ISA_AVX512),
                     CVL_ISA_AVX512);
    ck_assert_int_eq(cvl_winograd_isa(&wasted, 4, CVL_ISA_AVX512),
                     CVL_ISA_AVX2);
    ck_assert_int_eq(cvl_winograd_isa(&wasted, 8, CVL_ISA_AVX512),
                     CVL_ISA_AVX512);
    ck_assert_int_eq(cvl_winograd_isa(&wasted, 4, CVL_ISA_AVX2), CVL_ISA_AVX2);
    ck_assert_int_eq(cvl_winograd_isa(&wasted, 4, CVL_ISA_BASE), CVL_ISA_BASE);
}
END_TEST

/* Checks what a plan says of its passes. */
static void check_words(size_t batch, size_t channels, size_t side,
                        const char *forward, const char *weights)
{
    const cvl_conv2d_geometry g = geometry_of(batch, channels, side, channels);
    const cvl_exec exec = {.threads = 1};
    const char *const expected[] = {forward, weights, forward};
    const cvl_conv_kernel *const kernel =
        kernel_of(CVL_TILES_4X4, CVL_ISA_BASE, CVL_F32);
    void *plan;
    size_t work;
    ck_assert(!kernel->plan(&g, &exec, &plan, &work, NULL));
    for (cvl_conv_pass pass = CVL_FORWARD; pass <= CVL_GRAD_INPUT; pass++) {
        char text[200];
        kernel->describe(plan, pass, text, sizeof text);
        ck_assert_str_eq(text, expected[pass]);
    }
    cvl_free(plan);
}

START_TEST(a_plan_says_how_it_cuts_its_tiles)
{
    check_words(8, 64, 56,
                "1568 tiles of 4x4 in blocks of 28, 36 products each instead "
                "of 144; lanes are 4 of 64 channels",
                "1568 tiles of 4x4 in blocks of 28; 8 chunks of them, each "
                "with sums of its own");
    check_words(8, 256, 14,
                "128 tiles of 4x4 in blocks of 32, 36 products each instead "
                "of 144; lanes are 4 of 256 channels",
                "128 tiles of 4x4 in blocks of 128; 16 units of 64 inputs and "
                "64 outputs, whose sums stay near");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("winograd");
    TCase *const tcase = tcase_create("winograd");
    tcase_set_timeout(tcase, 240);
    tcase_add_test(tcase, tiles_of_2x2_equal_direct_on_whole_numbers);
    tcase_add_test(tcase, tiles_of_4x4_are_within_a_few_roundings_of_direct);
    tcase_add_test(tcase, tiles_of_2x2_are_within_a_few_roundings_of_direct);
    tcase_add_test(tcase, large_layers_equal_direct_on_whole_numbers);
    tcase_add_test(tcase, no_bit_depends_on_the_number_of_threads);
    tcase_add_test(tcase, no_bit_of_y_or_dx_depends_on_the_batch);
    tcase_add_test(tcase, errors_are_a_millionth_of_the_largest_number);
    tcase_add_test(tcase, gradients_agree_with_difference_quotients);
    tcase_add_test(tcase, what_is_no_number_spoils_its_tiles_alone);
    tcase_add_test(tcase, other_kernels_than_3x3_are_refused_with_the_reason);
    tcase_add_test(tcase, vectors_that_channels_would_leave_empty_are_halved);
    tcase_add_test(tcase, a_plan_says_how_it_cuts_its_tiles);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
