/* test_bench_steps.c - the parts of a net's step, by themselves. */
#include <stdio.h>

#include "bench/net_table.h"
#include "scratch.h"

START_TEST(every_part_has_a_row_in_the_order_of_a_step)
{
    static const struct {
        cvl_part part;
        size_t layer;
    } order[] = {
        {CVL_PART_FORWARD, 0},  {CVL_PART_FORWARD, 1},  {CVL_PART_FORWARD, 2},
        {CVL_PART_LOSS, 0},     {CVL_PART_BACKWARD, 2}, {CVL_PART_BACKWARD, 1},
        {CVL_PART_BACKWARD, 0}, {CVL_PART_UPDATE, 0},   {CVL_PART_REST, 0}};
    enum { COUNT = sizeof order / sizeof order[0] };
    const cvl_net net = {.layer_count = 3};
    for (size_t i = 0; i < COUNT; i++)
        ck_assert_uint_eq(bench_step_row(&net, order[i].part, order[i].layer),
                          BENCH_DATA_ROW + 1 + i);
    ck_assert_uint_eq(bench_step_row(&net, CVL_PART_DESCENT, 0),
                      bench_step_row(&net, CVL_PART_FORWARD, 0));
    ck_assert_uint_eq(bench_step_rows(&net), BENCH_DATA_ROW + 1 + COUNT + 1);
}
END_TEST

/* A trainer on random numbers, and one that takes the same steps unmeasured. */
struct twins {
    struct bench_feed feed;
    cvl_trainer measured, alone;
};

static void make(cvl_trainer *trainer, const cvl_net_config *net,
                 const char *optimizer)
{
    const cvl_loss loss = {.kind = cvl_loss_kind_find("cross-entropy")};
    const cvl_optimizer_settings settings = {
        .kind = cvl_optimizer_kind_find(optimizer),
        .lr = 1e-3,
        .beta1 = 0.9,
        .beta2 = 0.999,
        .epsilon = 1e-8};
    cvl_error err;
    cvl_random random;
    cvl_random_seed(&random, 1);
    expect_ok(cvl_trainer_init(trainer, net, &loss, &settings, &err), err);
    cvl_net_init_params(&trainer->net, CVL_INIT_KAIMING, &random);
}

static void twins_init(struct twins *twins, const struct config *config,
                       const char *spec, cvl_dtype dtype)
{
    cvl_net_config net = {.spec = spec,
                          .input_shape = {3, 1, 8, 8},
                          .dtype = dtype,
                          .exec = {.threads = 2}};
    cvl_error err;
    expect_ok(bench_feed_init(&twins->feed, config, &net.exec, dtype,
                              net.input_shape, &err),
              err);
    make(&twins->measured, &net, "adam");
    make(&twins->alone, &net, "adam");
    expect_ok(bench_feed_aim(&twins->feed, &twins->measured, &err), err);
}

static void twins_free(struct twins *twins)
{
    bench_feed_free(&twins->feed);
    cvl_trainer_free(&twins->measured);
    cvl_trainer_free(&twins->alone);
}

/* Whatever is measured, each step is a step of training, of the batch whose
 * turn it is; and no time of it is lost. */
static void expect_steps(const struct config *config, cvl_dtype dtype)
{
    struct twins twins;
    struct bench_steps steps;
    struct bench_step_times times[16];
    cvl_error err;
    twins_init(&twins, config,
               "conv 2 3x3, batchnorm, relu, maxpool 2, dense 10", dtype);
    expect_ok(bench_steps_init(&steps, &twins.measured, &twins.feed, 2, &err),
              err);
    bench_steps_round(&steps, 1e-9);
    bench_steps_round(&steps, 1e-9);
    twins.feed.step = 0;
    for (size_t i = 0; i < twins.measured.optimizer.updates; i++) {
        bench_feed_draw(&twins.feed);
        cvl_trainer_step(&twins.alone, &twins.feed.x, &twins.feed.t);
    }
    ck_assert_uint_ge(steps.count, 2);
    ck_assert_uint_ge(twins.measured.optimizer.updates, 2 * steps.count);
    for (size_t i = 0; i < twins.alone.net.param_count; i++)
        ck_assert(cvl_tensor_allclose(&twins.alone.net.params[i].value,
                                      &twins.measured.net.params[i].value, 0,
                                      0));
    double sum = 0;
    ck_assert_uint_eq(steps.rows, 15);
    bench_steps_summary(&steps, times);
    for (size_t i = 0; i + 1 < steps.rows; i++) {
        ck_assert_double_ge(times[i].us, times[i].times.min_us);
        ck_assert_double_ge(times[i].times.median_us, times[i].times.min_us);
        sum += times[i].us;
    }
    ck_assert_double_eq(times[14].us, times[14].times.min_us);
    ck_assert_double_eq_tol(sum, times[14].us, 1e-9 * sum + 1e-6);
    bench_steps_free(&steps);
    twins_free(&twins);
}

START_TEST(measured_steps_are_steps_and_their_parts_add_up)
{
    const struct config config = {.data = {.seed = 0}};
    expect_steps(&config, _i ? CVL_F64 : CVL_F32);
}
END_TEST

/* 1,438 digits are 479 whole batches of 3; the short one is left out. */
START_TEST(samples_come_in_the_order_of_training)
{
    struct config config = {
        .data = {.data = "digits", .batch_size = 3, .shift = 1}};
    struct samples_batches other;
    cvl_tensor x, t;
    cvl_error err;
    struct bench_feed feed;
    size_t shape[4];
    const cvl_exec exec = {.threads = 2};
    const struct samples_cut cut = {.size = 3, .drop_last = true};
    expect_steps(&config, CVL_F64);
    expect_ok(bench_feed_init(&feed, &config, &exec, CVL_F32, shape, &err),
              err);
    ck_assert_uint_eq(shape[0], 3);
    ck_assert_uint_eq(shape[3], 8);
    ck_assert_uint_eq(feed.batches.rest, 0);
    expect_ok(samples_batches_init(&other, &feed.samples, &cut, CVL_F32, &x, &t,
                                   &err),
              err);
    for (size_t step = 0; step < 5; step++) {
        bench_feed_draw(&feed);
        samples_batches_draw(&other, &feed.samples, 0, 1, step, NULL, &x, &t);
        ck_assert(cvl_tensor_allclose(&feed.x, &x, 0, 0));
        ck_assert(cvl_tensor_allclose(&feed.t, &t, 0, 0));
    }
    cvl_tensor_free(&x);
    cvl_tensor_free(&t);
    samples_batches_free(&other);
    bench_feed_free(&feed);
}
END_TEST

static const struct bench_net_machine machine = {
    .dtype = "float32", .isa = "avx2", .threads = 1, .peak = 90, .memory = 12};

static void print_all(const char *name, bool aligned,
                      const struct bench_net_row *rows, size_t count)
{
    FILE *const file = fopen(name, "w");
    ck_assert_ptr_nonnull(file);
    bench_net_print_header(file, aligned, &machine);
    for (size_t i = 0; i < count; i++)
        bench_net_print_row(file, aligned, &machine, &rows[i]);
    fclose(file);
}

START_TEST(a_table_for_a_terminal_is_aligned_and_one_for_a_file_is_not)
{
    static const struct bench_net_row rows[] = {
        {.phase = "data"},
        {.layer = "0",
         .text = "conv 48 4x4 stride=2x2 padding=1x1x1x1",
         .algorithm = "tiled",
         .phase = "backward",
         .times = {995.25, {975, 1490.5}},
         .pct_step = 32.75,
         .gflops = 50.5,
         .pct_peak = 61.25},
        {.layer = "12",
         .text = "relu",
         .phase = "forward",
         .times = {4, {2, 3}},
         .pct_step = 0.125,
         .gb = 80,
         .pct_copy = 478.25},
    };
    print_all("table", true, rows, 3);
    expect_text("table",
                "float32, avx2, 1 thread: at most 90.0 GFLOP/s, and 12.0 GB/s "
                "copied\n"
                "layer                    phase            us     %     min_us "
                " median_us    % of\n"
                "                         data            0.0   0.0        0.0 "
                "       0.0   -\n"
                " 0 conv 48 4x4 stride=2x backward      995.2  32.8      975.0 "
                "    1490.5  61 peak\n"
                "12 relu                  forward         4.0   0.1        2.0 "
                "       3.0 478 copy\n");
    print_all("file", false, rows, 3);
    expect_text("file",
                "layer\ttext\talgorithm\tisa\tthreads\tphase\tus\tpct_step\t"
                "min_us\tmedian_us\tgflops\tpct_peak\tgb\tpct_copy\n"
                "-\t-\t-\tavx2\t1\tdata\t0.000\t0.00\t0.000\t0.000\t-\t-\t-\t-"
                "\n"
                "0\tconv 48 4x4 stride=2x2 padding=1x1x1x1\ttiled\tavx2\t1\t"
                "backward\t995.250\t32.75\t975.000\t1490.500\t50.500\t61.25\t-"
                "\t-\n"
                "12\trelu\t-\tavx2\t1\tforward\t4.000\t0.12\t2.000\t3.000\t-\t-"
                "\t80.000\t478.25\n");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("bench_steps");
    TCase *const tests = tcase_create("bench_steps");
    tcase_add_checked_fixture(tests, enter_directory, leave_directory);
    tcase_add_test(tests, every_part_has_a_row_in_the_order_of_a_step);
    tcase_add_loop_test(tests, measured_steps_are_steps_and_their_parts_add_up,
                        0, 2);
    tcase_add_test(tests, samples_come_in_the_order_of_training);
    tcase_add_test(tests,
                   a_table_for_a_terminal_is_aligned_and_one_for_a_file_is_not);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
