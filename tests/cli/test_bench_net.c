/* test_bench_net.c - `convlet bench --net`: what it prints, never how fast. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_rows.h"
#include "cli/program.h"
#include "expect.h"
#include "fixtures.h"
#include "run.h"

enum { COLUMNS = 14 };
enum column {
    LAYER,
    TEXT,
    ALGORITHM,
    ISA,
    THREADS,
    PHASE,
    US,
    PCT_STEP,
    MIN_US,
    MEDIAN_US,
    GFLOPS,
    PCT_PEAK,
    GB,
    PCT_COPY
};

/* What the last run printed, cut up; the header is row 0. */
static char *rows[64][COLUMNS];
static size_t row_count;

static void cut_up(void)
{
    char *at = bench_out();
    row_count = 0;
    while (*at) {
        ck_assert_uint_lt(row_count, sizeof rows / sizeof rows[0]);
        next_row(&at, rows[row_count++], COLUMNS);
    }
}

static const char *cell(size_t row, enum column column)
{
    ck_assert_uint_lt(row, row_count);
    return rows[row][column];
}

static double number(size_t row, enum column column)
{
    char *end;
    const double value = strtod(cell(row, column), &end);
    ck_assert_msg(!*end && value >= 0, "'%s' is no time", cell(row, column));
    return value;
}

/* The row of a layer, or of none. */
static void expect_row(size_t row, const char *layer, const char *text,
                       const char *phase)
{
    ck_assert_str_eq(cell(row, LAYER), layer);
    ck_assert_str_eq(cell(row, TEXT), text);
    ck_assert_str_eq(cell(row, PHASE), phase);
}

/* A product has rates of the one kind, what moves numbers those of the other.
 */
static void expect_rates(size_t row, bool product, bool moves)
{
    ck_assert((strcmp(cell(row, GFLOPS), "-") != 0) == product);
    ck_assert((strcmp(cell(row, PCT_PEAK), "-") != 0) == product);
    ck_assert((strcmp(cell(row, GB), "-") != 0) == moves);
    ck_assert((strcmp(cell(row, PCT_COPY), "-") != 0) == moves);
}

/* The parts add up to the step, but for the three digits of each. */
static void expect_sum(void)
{
    const size_t last = row_count - 1;
    double us = 0, percent = 0;
    for (size_t row = 1; row < last; row++) {
        us += number(row, US);
        percent += number(row, PCT_STEP);
        ck_assert_double_le(number(row, MIN_US), number(row, MEDIAN_US));
        ck_assert_double_le(number(row, MIN_US), number(row, US));
    }
    expect_row(last, "-", "-", "step");
    ck_assert_double_gt(us, 0);
    ck_assert_double_eq_tol(us, number(last, US), 0.0005 * (double)row_count);
    ck_assert_double_eq_tol(percent, 100, 0.005 * (double)row_count);
    ck_assert_str_eq(cell(last, PCT_STEP), "100.00");
    ck_assert_str_eq(cell(last, US), cell(last, MIN_US));
}

static const char *const layers[] = {"conv 2 3x3 padding=1x1x1x1", "batchnorm",
                                     "relu", "maxpool 2x2", "dense 10"};
enum { LAYERS = sizeof layers / sizeof layers[0], PASSES = 2 * LAYERS };

/* Rows of a step of those layers: the header, data, two for each, loss, update,
 * rest, step. */
static void expect_layers(void)
{
    char layer[16];
    size_t row = 1;
    ck_assert_uint_eq(row_count, PASSES + 6);
    expect_row(row, "-", "-", "data");
    expect_rates(row++, false, false);
    for (size_t i = 0; i < PASSES; i++, row++) {
        const bool back = i >= LAYERS;
        const size_t which = back ? PASSES - 1 - i : i;
        const bool product = which == 0 || which == LAYERS - 1;
        if (i == LAYERS) expect_row(row++, "-", "-", "loss");
        snprintf(layer, sizeof layer, "%zu", which);
        expect_row(row, layer, layers[which], back ? "backward" : "forward");
        expect_rates(row, product, !product);
        ck_assert(product == (strcmp(cell(row, ALGORITHM), "-") != 0));
    }
    expect_row(row, "-", "-", "update");
    expect_rates(row++, false, true);
    expect_row(row, "-", "-", "rest");
    expect_rates(row++, false, false);
    expect_rates(row, true, false);
    ck_assert_str_eq(cell(1, ISA), "base");
    ck_assert_str_eq(cell(1, THREADS), "1");
    expect_sum();
}

#define NET "conv 2 3x3 padding=same, batchnorm, relu, maxpool 2, dense"

static const char *const measured[] = {
    "--net '" NET " 10' --loss cross-entropy",
    "--net '" NET " 10' --loss mse --dtype float64 --optimizer adam",
    "--net '" NET " 10' --loss huber:0.5 --momentum 0.9 --algorithm direct",
    "--net '" NET " auto' --data digits --shift 1",
    "--model run/model.safetensors --batch 3 --loss cross-entropy",
    "--model run/model.safetensors --data digits --batch-size 4",
};

START_TEST(the_parts_of_a_step_add_up)
{
    char line[256];
    if (strstr(measured[_i], "--model"))
        run_expect(EXIT_OK, "train --quiet --threads 1 --steps 2 --data digits "
                            "--net '" NET " auto' --out run");
    snprintf(line, sizeof line, "--isa base %s", measured[_i]);
    ck_assert_str_eq(bench(EXIT_OK, line).err, "");
    cut_up();
    expect_layers();
}
END_TEST

START_TEST(patches_are_drawn_for_each_step)
{
    bench(EXIT_OK, "--net 'conv 4 3x3 padding=same, relu, conv 1 3x3 "
                   "padding=same' --degrade noise:25 --patch 12 --color y "
                   "--batch-size 3 --residual --optimizer adam");
    cut_up();
    ck_assert_uint_eq(row_count, 12);
    expect_row(1, "-", "-", "data");
    expect_sum();
}
END_TEST

START_TEST(a_lone_layer_descends_in_one)
{
    bench(EXIT_OK, "--net 'conv 4 3x3' --optimizer cg");
    cut_up();
    ck_assert_uint_eq(row_count, 6);
    expect_row(2, "0", "conv 4 3x3", "descent");
    expect_rates(2, true, false);
    expect_row(3, "-", "-", "update");
    expect_rates(3, false, false); /* which has a pass of its own */
    expect_row(4, "-", "-", "rest");
    expect_sum();
}
END_TEST

/* Without a gradient by the input there is nothing to do there. */
START_TEST(what_a_first_layer_does_not_do_has_no_rate)
{
    bench(EXIT_OK, "--net 'relu, conv 1 3x3'");
    cut_up();
    expect_row(6, "0", "relu", "backward");
    expect_rates(6, false, false);
    expect_sum();
}
END_TEST

static const struct {
    const char *line;
    int status;
    const char *message;
} refused[] = {
    {"--net 'conv 4 3x3' --algorithm all", EXIT_USAGE,
     "convlet bench: --algorithm all compares one layer's; for a net, name "
     "one, or leave it out\n"},
    {"--net 'conv 4 3x3' --kernels 3", EXIT_USAGE,
     "convlet bench: --kernels has no effect beside a net, whose layers say "
     "it, as conv 8 3x3 stride=2\n"},
    {"--net 'conv 4 3x3' --phase step", EXIT_USAGE,
     "convlet bench: --phase does not go with a net, of which every part of a "
     "step is measured\n"},
    {"--net relu --machine", EXIT_USAGE,
     "convlet bench: --machine does not go with a net, of which every part of "
     "a step is measured\n"},
    {"--optimizer adam", EXIT_USAGE,
     "convlet bench: --optimizer is for a net; add --net, as --net \"conv 8 "
     "3x3, relu\"\n"},
    {"--net relu --optimizer adam --momentum 0.9", EXIT_USAGE,
     "convlet bench: --momentum has no effect with --optimizer adam; leave it "
     "out\n"},
    {"--net relu --optimizer cg", EXIT_USAGE,
     "convlet bench: optimizer cg is for one conv layer, and this net is none; "
     "use sgd or adam\n"},
    {"--net relu --batch-size 4", EXIT_USAGE,
     "convlet bench: --batch-size is for samples and patches; add --data or "
     "--degrade, as --data digits\n"},
    {"--net relu --patch 8", EXIT_USAGE,
     "convlet bench: --patch is for patches; add --degrade, as --degrade "
     "noise:25\n"},
    {"--net relu --degrade noise:25 --width 8", EXIT_USAGE,
     "convlet bench: --width does not go with --degrade, which makes the input "
     "from the target\n"},
    {"--degrade noise:25", EXIT_USAGE,
     "convlet bench: --degrade is for a net; add --net, as --net \"conv 8 3x3, "
     "relu\"\n"},
    {"--net relu --degrade noises:25", EXIT_USAGE,
     "convlet bench: --degrade: 'noises:25' is not a way to degrade; did you "
     "mean 'noise:...'?\n"},
    {"--net 'conv 3 3x3, relu' --degrade noise:25 --patch 8", EXIT_DATA,
     "convlet bench: the net makes 3x6x6 of a sample, and its target is 3x8x8; "
     "change --net, or --kernels, --stride and --padding\n"},
    {"--net 'avgpool all' --degrade noise:25 --loss cross-entropy", EXIT_USAGE,
     "convlet bench: --loss cross-entropy is of labels, and patches have none; "
     "use --loss mse\n"},
    {"--net relu --shift 1", EXIT_USAGE,
     "convlet bench: --shift is for samples; add --data, as --data digits\n"},
    {"--net relu --data digits --batch 3", EXIT_USAGE,
     "convlet bench: --batch is for random input; digits has its own size, and "
     "--batch-size says how many samples a step takes\n"},
    {"--net 'dense 4' --data digits", EXIT_USAGE,
     "convlet bench: the net tells 4 classes apart, and the data has 10; end "
     "--net with dense 10\n"},
    {"--net 'dense 10' --data digits --loss mse", EXIT_USAGE,
     "convlet bench: --loss mse is for numbers, and the samples have labels; "
     "use --loss cross-entropy\n"},
    {"--net relu --loss cross-entropy", EXIT_USAGE,
     "convlet bench: loss cross-entropy takes one number for each class, and "
     "the output is f32[2x3x20x20]; end the net in avgpool all, or dense\n"},
    {"--net 'conv 4 99x99'", EXIT_USAGE,
     "convlet bench: layer 0 (conv 4 99x99): kernel height 99 does not fit the "
     "padded input height 20; use a smaller kernel or more padding\n"},
    {"--net 'batchnorm' --batch 1 --height 1 --width 1", EXIT_USAGE,
     "convlet bench: layer 0 (batchnorm): it is to learn from one number of "
     "each channel, which has no variance; take more images at a time, or put "
     "it where there are more places than one\n"},
    {"--model nothing", EXIT_RUNTIME,
     "convlet bench: nothing: cannot open: No such file or directory\n"},
    {"--model nothing --height 3", EXIT_USAGE,
     "convlet bench: --height has no effect beside --model; nothing has its "
     "own\n"},
    {"--net 'dense 10' --data nothing", EXIT_RUNTIME,
     "convlet bench: nothing: no such file or directory; expected 'digits', a "
     "directory, IMAGES,LABELS or FILE.bin,...\n"},
};

START_TEST(a_wrong_request_is_refused_before_anything_is_printed)
{
    const struct outcome outcome = bench(refused[_i].status, refused[_i].line);
    const char *const message = refused[_i].message;
    ck_assert_str_eq(outcome.out, "");
    ck_assert_str_eq(outcome.err, message);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("bench_net");
    TCase *const tests = tcase_create("bench_net");
    tcase_add_checked_fixture(tests, enter_scratch, leave_scratch);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, the_parts_of_a_step_add_up, 0,
                        (int)(sizeof measured / sizeof measured[0]));
    tcase_add_test(tests, patches_are_drawn_for_each_step);
    tcase_add_test(tests, a_lone_layer_descends_in_one);
    tcase_add_test(tests, what_a_first_layer_does_not_do_has_no_rate);
    tcase_add_loop_test(tests,
                        a_wrong_request_is_refused_before_anything_is_printed,
                        0, (int)(sizeof refused / sizeof refused[0]));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
