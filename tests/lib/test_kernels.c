/* test_kernels.c - every path of the tiled kernels against direct. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "cases.h"
#include "convlet/exec.h"
#include "convlet/geometry.h"
#include "convlet/memory.h"
#include "convlet/tensor.h"
#include "kernel/covers.h"
#include "kernel/kernel.h"
#include "kernel/tiled.h"
#include "tiled_arrays.h"

static const size_t RESULTS[] = {Y, DX, DW, DB};
static const char *const RESULT_NAMES[] = {"y", "dx", "dw", "db"};

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

static const cvl_conv_kernel *const DIRECT[] = {&cvl_direct_f32,
                                                &cvl_direct_f64};
static const cvl_conv_kernel *const IM2COL[] = {&cvl_im2col_f32,
                                                &cvl_im2col_f64};

/* What a judge says, as doubles; one block for all four results. */
static double *expected_of(const cvl_conv_kernel *kernel,
                           const cvl_conv2d_geometry *g, arrays *a, bool bias)
{
    const cvl_exec one = {.threads = 1};
    void *plan, *expected;
    size_t work, total = 0;
    ck_assert_int_eq(kernel->plan(g, &one, &plan, &work, NULL), CVL_OK);
    a->data[WORK] = arrays_place(WORK, work, true);
    run_passes(kernel, plan, a, bias);
    cvl_free(plan);
    for (size_t r = 0; r < 4; r++) total += a->count[RESULTS[r]];
    ck_assert_int_eq(
        cvl_alloc(&expected, total * sizeof(double), "results", NULL), CVL_OK);
    double *to = expected;
    for (size_t r = 0; r < 4; r++)
        for (size_t i = 0; i < a->count[RESULTS[r]]; i++)
            *to++ = arrays_get(a, RESULTS[r], i);
    return expected;
}

static const cvl_tiled_path FORWARD[] = {CVL_TILED_PLANES, CVL_TILED_ROWS,
                                         CVL_TILED_EXPAND, CVL_TILED_TURNED};
static const cvl_tiled_path GRADIENT[] = {CVL_TILED_DOTS, CVL_TILED_TURNED,
                                          CVL_TILED_DOTS_SWAP,
                                          CVL_TILED_TURNED_SWAP};

static const cvl_conv_kernel *kernel_of(cvl_isa isa, cvl_dtype dtype,
                                        cvl_tiled_machine *machine)
{
    static const cvl_conv_kernel *const KERNELS[][2] = {
        {&cvl_tiled_base_f32, &cvl_tiled_base_f64},
#ifdef CVL_TILED_X86
        {&cvl_tiled_avx2_f32, &cvl_tiled_avx2_f64},
        {&cvl_tiled_avx512_f32, &cvl_tiled_avx512_f64},
#endif
    };
    const size_t bytes = (size_t)16 << isa;
    *machine = (cvl_tiled_machine){
        .real_bytes = cvl_dtype_size(dtype),
        .lanes = bytes / cvl_dtype_size(dtype),
        .wide = isa == CVL_ISA_AVX512,
    };
    return KERNELS[isa][dtype];
}

static void describe(char *text, size_t size, const cvl_conv2d_geometry *g)
{
    snprintf(text, size,
             "N%zu C%zu H%zu W%zu K%zu %zux%zu stride %zu,%zu pad "
             "%zu,%zu,%zu,%zu dilation %zu,%zu groups %zu",
             g->batch, g->in_channels, g->in_height, g->in_width,
             g->out_channels, g->kernel_height, g->kernel_width, g->stride_y,
             g->stride_x, g->pad_top, g->pad_bottom, g->pad_left, g->pad_right,
             g->dilation_y, g->dilation_x, g->groups);
}

/* Results must equal `expected` in every element, and so be overwritten. */
static void compare(const cvl_conv2d_geometry *g, const arrays *a,
                    const double *expected, bool bias, cvl_isa isa, size_t path)
{
    for (size_t r = 0; r < 4; r++)
        for (size_t i = 0; i < a->count[RESULTS[r]]; i++, expected++) {
            const double is = arrays_get(a, RESULTS[r], i);
            if (is == *expected || (RESULTS[r] == DB && !bias)) continue;
            char text[256];
            describe(text, sizeof text, g);
            ck_abort_msg("%s[%zu] is %g, must be %g: %s, %s, %zu bytes, "
                         "path %zu",
                         RESULT_NAMES[r], i, is, *expected, text,
                         cvl_isa_name(isa), cvl_dtype_size(a->dtype), path);
        }
}

/* How often each path was carried out; a forced path gives way to another
 * where it cannot take the shape. */
static size_t taken[CVL_TILED_PATHS];

/* Not-a-numbers, as if nothing had been computed yet. */
static void clear_results(const arrays *a)
{
    for (size_t r = 0; r < 4; r++)
        memset(a->data[RESULTS[r]], 0xFF,
               a->count[RESULTS[r]] * cvl_dtype_size(a->dtype));
}

/* All results of one path, in arrays that held no numbers before. */
static void run_path(const cvl_conv2d_geometry *g, arrays *a,
                     const cvl_exec *exec, size_t path, bool bias)
{
    cvl_tiled_machine machine;
    const cvl_conv_kernel *const kernel =
        kernel_of(exec->isa, a->dtype, &machine);
    machine.forward = FORWARD[path];
    machine.grad_input = FORWARD[path];
    machine.grad_weight = GRADIENT[path];
    void *plan;
    size_t work;
    ck_assert_int_eq(cvl_tiled_plan_make(g, exec, &machine, &plan, &work, NULL),
                     CVL_OK);
    const cvl_tiled_plan *const p = plan;
    taken[p->forward.path]++;
    taken[p->grad_input.path]++;
    taken[p->grad_weight.path]++;
    a->data[WORK] = arrays_place(WORK, work, true);
    clear_results(a);
    run_passes(kernel, plan, a, bias);
    cvl_free(plan);
}

/* All paths and instruction sets on one geometry and element type. */
static void check_paths(const cvl_conv_kernel *const judges[],
                        const cvl_conv2d_geometry *g, cvl_dtype dtype)
{
    arrays a;
    arrays_make(&a, g, dtype, true);
    const bool bias = pick(0, 3) != 0;
    double *const expected = expected_of(judges[dtype], g, &a, bias);
    for (cvl_isa isa = CVL_ISA_BASE; isa <= cvl_isa_detect(); isa++)
        for (size_t path = 0; path < 4; path++) {
            const cvl_exec exec = {.threads = 1, .isa = isa};
            run_path(g, &a, &exec, path, bias);
            compare(g, &a, expected, bias, isa, path);
        }
    cvl_free(expected);
}

static void check_many(size_t count, uint32_t seed,
                       cvl_conv2d_geometry (*make)(bool wide))
{
    arrays_map(seed);
    for (size_t done = 0; done < count;) {
        const cvl_conv2d_geometry g = make(pick(0, 9) == 0);
        if (cvl_conv2d_geometry_check(&g, NULL)) continue;
        if (cvl_conv2d_flops(&g) > 3e5) continue;
        check_paths(DIRECT, &g, done % 2 ? CVL_F32 : CVL_F64);
        done++;
    }
    for (size_t path = CVL_TILED_PLANES; path < CVL_TILED_PATHS; path++)
        ck_assert_msg(taken[path] > count / 20, "path %zu was taken %zu times",
                      path, taken[path]);
}

START_TEST(every_path_equals_direct_on_any_geometry)
{
    check_many(case_share(4000), 1, random_geometry);
}
END_TEST

START_TEST(every_path_equals_direct_on_same_convolutions)
{
    check_many(case_share(2000), 2, same_geometry);
}
END_TEST

/* 75000 phases of the input gradient: of two taps, of one, and of none. A walk
 * past all taps for each, as that of direct, would not end in time. */
START_TEST(a_stride_of_many_columns_equals_im2col)
{
    const cvl_conv2d_geometry g = {.batch = 1,
                                   .in_channels = 2,
                                   .in_height = 1,
                                   .in_width = 200000,
                                   .out_channels = 3,
                                   .kernel_height = 1,
                                   .kernel_width = 50000,
                                   .stride_y = 1,
                                   .stride_x = 75000,
                                   .pad_left = 7,
                                   .dilation_y = 1,
                                   .dilation_x = 2,
                                   .groups = 1};
    arrays_map(4);
    check_paths(IM2COL, &g, CVL_F32);
    check_paths(IM2COL, &g, CVL_F64);
}
END_TEST

/* Nothing may be added to such a stride, and no sign be read into it. */
START_TEST(a_stride_near_the_end_of_size_t_equals_direct)
{
    static const size_t STRIDES[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1,
                                     SIZE_MAX / 2, SIZE_MAX / 3};
    arrays_map(5);
    for (size_t i = 0; i < sizeof STRIDES / sizeof *STRIDES; i++)
        for (size_t dilation = 1; dilation < 4; dilation++) {
            const cvl_conv2d_geometry g = {.batch = 2,
                                           .in_channels = 3,
                                           .in_height = 9,
                                           .in_width = 11,
                                           .out_channels = 4,
                                           .kernel_height = 3,
                                           .kernel_width = 2,
                                           .stride_y = STRIDES[i],
                                           .stride_x = STRIDES[i],
                                           .pad_top = 1,
                                           .pad_left = 2,
                                           .dilation_y = dilation,
                                           .dilation_x = dilation,
                                           .groups = 1};
            check_paths(DIRECT, &g, i % 2 ? CVL_F32 : CVL_F64);
        }
}
END_TEST

/* Large enough for threads to be used, and for several blocks and chunks. */
static const cvl_conv2d_geometry LARGE[] = {
    {.batch = 12,
     .in_channels = 3,
     .in_height = 40,
     .in_width = 41,
     .out_channels = 5,
     .kernel_height = 3,
     .kernel_width = 5,
     .stride_y = 1,
     .stride_x = 1,
     .pad_top = 1,
     .pad_bottom = 1,
     .pad_left = 2,
     .pad_right = 2,
     .dilation_y = 1,
     .dilation_x = 1,
     .groups = 1},
    {.batch = 2,
     .in_channels = 40,
     .in_height = 19,
     .in_width = 23,
     .out_channels = 70,
     .kernel_height = 3,
     .kernel_width = 3,
     .stride_y = 2,
     .stride_x = 2,
     .pad_top = 1,
     .pad_left = 1,
     .dilation_y = 1,
     .dilation_x = 1,
     .groups = 1},
    {.batch = 3,
     .in_channels = 64,
     .in_height = 30,
     .in_width = 33,
     .out_channels = 2,
     .kernel_height = 5,
     .kernel_width = 5,
     .stride_y = 1,
     .stride_x = 1,
     .pad_top = 2,
     .pad_bottom = 2,
     .pad_left = 2,
     .pad_right = 2,
     .dilation_y = 1,
     .dilation_x = 1,
     .groups = 2},
};

/* Every bit of every result. */
static void check_threads(const cvl_conv2d_geometry *g, cvl_dtype dtype,
                          cvl_isa isa, size_t path)
{
    static const size_t THREADS[] = {2, 3, 7};
    arrays a;
    arrays_make(&a, g, dtype, false);
    cvl_exec exec = {.threads = 1, .isa = isa};
    run_path(g, &a, &exec, path, true);
    void *once[4];
    for (size_t r = 0; r < 4; r++) {
        const size_t bytes = a.count[RESULTS[r]] * cvl_dtype_size(dtype);
        ck_assert_int_eq(cvl_alloc(&once[r], bytes, "result", NULL), CVL_OK);
        memcpy(once[r], a.data[RESULTS[r]], bytes);
    }
    for (size_t i = 0; i < sizeof THREADS / sizeof *THREADS; i++) {
        exec.threads = THREADS[i];
        run_path(g, &a, &exec, path, true);
        for (size_t r = 0; r < 4; r++)
            ck_assert_msg(!memcmp(once[r], a.data[RESULTS[r]],
                                  a.count[RESULTS[r]] * cvl_dtype_size(dtype)),
                          "%s differs with %zu threads: %s, path %zu",
                          RESULT_NAMES[r], exec.threads, cvl_isa_name(isa),
                          path);
    }
    for (size_t r = 0; r < 4; r++) cvl_free(once[r]);
}

START_TEST(no_bit_depends_on_the_number_of_threads)
{
    arrays_map(3);
    for (size_t i = 0; i < sizeof LARGE / sizeof *LARGE; i++) {
        ck_assert(cvl_conv2d_flops(&LARGE[i]) > 8e6);
        for (cvl_isa isa = CVL_ISA_BASE; isa <= cvl_isa_detect(); isa++)
            for (size_t path = 0; path < 4; path++)
                check_threads(&LARGE[i], i % 2 ? CVL_F64 : CVL_F32, isa, path);
    }
}
END_TEST

/* A sum over many images must not lose digits, whatever the path. */
START_TEST(long_weight_sums_stay_accurate)
{
    arrays_map(3);
    cvl_conv2d_geometry g = LARGE[0];
    g.batch = 24;
    arrays a;
    arrays_make(&a, &g, CVL_F32, false);
    double *const expected = expected_of(DIRECT[CVL_F32], &g, &a, true);
    const double *const dw = expected + a.count[Y] + a.count[DX];
    for (cvl_isa isa = CVL_ISA_BASE; isa <= cvl_isa_detect(); isa++)
        for (size_t path = 0; path < 4; path++) {
            const cvl_exec exec = {.threads = 1, .isa = isa};
            run_path(&g, &a, &exec, path, true);
            for (size_t i = 0; i < a.count[DW]; i++)
                ck_assert_double_eq_tol(arrays_get(&a, DW, i), dw[i], 2e-3);
        }
    cvl_free(expected);
}
END_TEST

/* The plan of a layer that keeps its size, for AVX-512, and its scratch. */
static void *plan_with(size_t inputs, size_t outputs, size_t side,
                       size_t kernel, size_t threads, size_t *work)
{
    const cvl_conv2d_geometry g = {.batch = 8,
                                   .in_channels = inputs,
                                   .in_height = side,
                                   .in_width = side,
                                   .out_channels = outputs,
                                   .kernel_height = kernel,
                                   .kernel_width = kernel,
                                   .stride_y = 1,
                                   .stride_x = 1,
                                   .pad_top = kernel / 2,
                                   .pad_bottom = kernel / 2,
                                   .pad_left = kernel / 2,
                                   .pad_right = kernel / 2,
                                   .dilation_y = 1,
                                   .dilation_x = 1,
                                   .groups = 1};
    const cvl_exec exec = {.threads = threads, .parallel_flops = 1e6};
    const cvl_tiled_machine machine = {
        .real_bytes = 4, .lanes = 16, .wide = true};
    void *plan;
    ck_assert_int_eq(
        cvl_tiled_plan_make(&g, &exec, &machine, &plan, work, NULL), CVL_OK);
    return plan;
}

static void *plan_of(size_t inputs, size_t outputs, size_t side, size_t kernel)
{
    size_t work;
    return plan_with(inputs, outputs, side, kernel, 1, &work);
}

/* A kernel as large as its input, without padding. */
static cvl_conv2d_geometry covering_geometry(void)
{
    cvl_conv2d_geometry g = random_geometry(false);
    g.batch = pick(1, pick(0, 3) ? 9 : 60);
    g.kernel_height = g.in_height = pick(1, 6);
    g.kernel_width = g.in_width = pick(1, pick(0, 3) ? 6 : 40);
    g.out_channels = g.groups * pick(1, pick(0, 3) ? 9 : 70);
    g.pad_top = g.pad_bottom = g.pad_left = g.pad_right = 0;
    if (g.in_height > 1) g.dilation_y = 1;
    if (g.in_width > 1) g.dilation_x = 1;
    return g;
}

START_TEST(a_kernel_that_covers_its_input_equals_direct)
{
    arrays_map(4);
    for (size_t i = 0; i < case_share(600); i++) {
        cvl_conv2d_geometry g = covering_geometry();
        ck_assert_int_eq(cvl_conv2d_geometry_check(&g, NULL), CVL_OK);
        ck_assert(cvl_covers(&g));
        arrays a;
        arrays_make(&a, &g, i % 2 ? CVL_F32 : CVL_F64, true);
        const bool bias = pick(0, 3) != 0;
        double *const expected = expected_of(DIRECT[a.dtype], &g, &a, bias);
        for (cvl_isa isa = CVL_ISA_BASE; isa <= cvl_isa_detect(); isa++) {
            const cvl_exec exec = {.threads = pick(1, 3), .isa = isa};
            const cvl_conv_kernel *const kernel =
                i % 2 ? &cvl_covers_f32 : &cvl_covers_f64;
            void *plan;
            size_t work;
            ck_assert_int_eq(kernel->plan(&g, &exec, &plan, &work, NULL),
                             CVL_OK);
            a.data[WORK] = arrays_place(WORK, work, true);
            clear_results(&a);
            run_passes(kernel, plan, &a, bias);
            cvl_free(plan);
            compare(&g, &a, expected, bias, isa, 0);
        }
        cvl_free(expected);
    }
}
END_TEST

START_TEST(no_other_kernel_covers_its_input)
{
    arrays_map(5);
    for (size_t i = 0; i < case_share(200); i++) {
        cvl_conv2d_geometry g = covering_geometry();
        size_t *const more[] = {&g.in_height,  &g.in_width, &g.pad_top,
                                &g.pad_bottom, &g.pad_left, &g.pad_right};
        ++*more[i % 6];
        ck_assert(!cvl_covers(&g));
    }
}
END_TEST

/* What two more workers take of the scratch. */
static size_t bytes_of_two(size_t side)
{
    size_t one, three;
    cvl_free(plan_with(3, 32, side, 3, 1, &one));
    cvl_free(plan_with(3, 32, side, 3, 3, &three));
    return three - one;
}

START_TEST(workers_that_run_side_by_side_write_far_apart)
{
    ck_assert_uint_ge(bytes_of_two(64), 2 * (size_t)CVL_WORKERS_APART);
    ck_assert_uint_lt(bytes_of_two(16), CVL_WORKERS_APART); /* one does it */
}
END_TEST

/* Checks what a plan says of the three passes, and frees it. */
static void check_words(void *plan, const char *forward, const char *weights,
                        const char *input)
{
    const char *const expected[] = {forward, weights, input};
    for (cvl_conv_pass pass = CVL_FORWARD; pass <= CVL_GRAD_INPUT; pass++) {
        char text[200];
        cvl_tiled_describe(plan, pass, text, sizeof text);
        ck_assert_str_eq(text, expected[pass]);
    }
    cvl_free(plan);
}

START_TEST(a_plan_says_what_it_chose_and_why_not_the_others)
{
    check_words(plan_of(64, 64, 56, 3),
                "turned: lanes are 64 channels, 576 taps a sum; expand is for "
                "few outputs of many inputs",
                "turned: lanes are 64 channels",
                "turned: lanes are 64 channels, 576 taps a sum; expand is for "
                "few outputs of many inputs");
    check_words(plan_of(32, 1, 33, 5),
                "expand: 25 products a pixel, shifted and added after; 1 "
                "outputs would fill no tile",
                "dots: lanes are pixels, x and dy exchanged; turned needs 32 "
                "channels (32) and 64 taps (25)",
                "planes: rows of 33 pixels that runs cross; expand is for few "
                "outputs of many inputs; turned needs 32 outputs (32) and 200 "
                "taps (25)");
    check_words(plan_of(3, 3, 512, 5),
                "rows of 512 pixels, each a run; expand is for few outputs of "
                "many inputs; turned needs 32 outputs (3) and 200 taps (75)",
                "dots: lanes are pixels; turned needs 32 channels (3) and 64 "
                "taps (75)",
                "rows of 512 pixels, each a run; expand is for few outputs of "
                "many inputs; turned needs 32 outputs (3) and 200 taps (75)");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("kernels");
    TCase *const tcase = tcase_create("kernels");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, every_path_equals_direct_on_any_geometry);
    tcase_add_test(tcase, every_path_equals_direct_on_same_convolutions);
    tcase_add_test(tcase, a_stride_of_many_columns_equals_im2col);
    tcase_add_test(tcase, a_stride_near_the_end_of_size_t_equals_direct);
    tcase_add_test(tcase, no_bit_depends_on_the_number_of_threads);
    tcase_add_test(tcase, long_weight_sums_stay_accurate);
    tcase_add_test(tcase, a_kernel_that_covers_its_input_equals_direct);
    tcase_add_test(tcase, no_other_kernel_covers_its_input);
    tcase_add_test(tcase, workers_that_run_side_by_side_write_far_apart);
    tcase_add_test(tcase, a_plan_says_what_it_chose_and_why_not_the_others);
    suite_add_tcase(suite, tcase);
    SRunner *const runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
