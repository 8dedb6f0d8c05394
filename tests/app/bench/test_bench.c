/* test_bench.c - the parts of the command bench, by themselves. */
#include <stdio.h>

#include "bench/bench.h"
#include "bench/clock.h"
#include "bench/layer.h"
#include "bench/machine.h"
#include "options.h"
#include "scratch.h"

START_TEST(every_algorithm_of_the_library_can_be_chosen)
{
    struct options options;
    const char *name;
    options_of(option_table, "bench", &options);
    const struct option *const ours = option_find(&options, "algorithm");
    ck_assert_str_eq(option_choice(ours, 0), "all");
    for (size_t i = 0; (name = cvl_conv_algo_name((cvl_conv_algo)i)); i++)
        ck_assert_str_eq(option_choice(ours, i + 1), name);
}
END_TEST

START_TEST(a_table_for_a_terminal_is_aligned)
{
    const struct bench_row row = {.shape = "S01",
                                  .algorithm = "im2col",
                                  .isa = "avx512",
                                  .threads = 2,
                                  .phase = "step",
                                  .times = {12.25, 1000},
                                  .gflops = 3.5,
                                  .pct_peak = 99.5};
    FILE *const file = fopen("table", "w");
    ck_assert_ptr_nonnull(file);
    bench_print_header(file, true);
    bench_print_row(file, true, &row);
    fclose(file);
    expect_text("table",
                "shape            algorithm isa    threads phase       "
                "    min_us  median_us  gflops pct_peak\n"
                "S01              im2col    avx512       2 step        "
                "      12.2     1000.0     3.5     99.5\n");
}
END_TEST

static void count_call(void *context)
{
    ++*(size_t *)context;
}

START_TEST(the_clock_warms_up_and_makes_a_few_batches)
{
    double us[BENCH_BATCHES];
    size_t calls = 0;
    const size_t batches = bench_clock(count_call, &calls, 1e-9, us);
    ck_assert_uint_ge(batches, 1);
    ck_assert_uint_le(batches, BENCH_BATCHES);
    ck_assert_uint_ge(calls, batches + 1);
}
END_TEST

START_TEST(a_summary_is_the_minimum_and_the_median)
{
    double odd[] = {3, 1, 2}, even[] = {4, 1, 2, 8}, one[] = {5};
    ck_assert_double_eq(bench_summary(odd, 3).min_us, 1);
    ck_assert_double_eq(bench_summary(odd, 3).median_us, 2);
    ck_assert_double_eq(bench_summary(even, 4).median_us, 3);
    ck_assert_double_eq(bench_summary(one, 1).median_us, 5);
}
END_TEST

START_TEST(a_step_moves_the_parameters_along_the_gradients)
{
    const cvl_conv2d_geometry g = {.batch = 2,
                                   .in_channels = 2,
                                   .in_height = 5,
                                   .in_width = 5,
                                   .out_channels = 3,
                                   .kernel_height = 3,
                                   .kernel_width = 3,
                                   .stride_y = 1,
                                   .stride_x = 1,
                                   .dilation_y = 1,
                                   .dilation_x = 1,
                                   .groups = 1};
    const cvl_exec exec = {.threads = 1};
    struct bench_data data;
    struct bench_layer layer;
    cvl_error err;
    expect_ok(bench_data_init(&data, &g, CVL_F64, true, &err), err);
    expect_ok(bench_layer_init(&layer, &data, &g, CVL_CONV_DIRECT, &exec, &err),
              err);
    const double w = cvl_tensor_get(&data.w, 7), b = cvl_tensor_get(&data.b, 1);
    bench_phase_call(BENCH_STEPX)(&layer);
    const double dw = cvl_tensor_get(&data.dw, 7);
    const double db = cvl_tensor_get(&data.db, 1);
    ck_assert_double_ne(dw, 0);
    ck_assert_double_eq(cvl_tensor_get(&data.w, 7), w - 1e-6 * dw);
    ck_assert_double_eq(cvl_tensor_get(&data.b, 1), b - 1e-6 * db);
    ck_assert_double_ne(cvl_tensor_get(&data.dx, 20), 0);
    bench_layer_free(&layer);
    bench_layer_free(&layer);
    bench_data_free(&data);
}
END_TEST

START_TEST(every_instruction_set_has_a_peak)
{
    cvl_exec exec = cvl_exec_default();
    for (int isa = CVL_ISA_BASE; isa <= (int)cvl_isa_detect(); isa++) {
        exec.isa = (cvl_isa)isa;
        ck_assert_double_gt(bench_peak(&exec, CVL_F32), 0);
        ck_assert_double_gt(bench_peak(&exec, CVL_F64), 0);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        every_algorithm_of_the_library_can_be_chosen,
        a_table_for_a_terminal_is_aligned,
        the_clock_warms_up_and_makes_a_few_batches,
        a_summary_is_the_minimum_and_the_median,
        a_step_moves_the_parameters_along_the_gradients,
        every_instruction_set_has_a_peak,
        NULL,
    };
    return run_tests_between("bench", tests, enter_directory, leave_directory);
}
