/* test_bench.c - `convlet bench`: what it prints, never how fast it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_rows.h"
#include "cli/program.h"
#include "convlet/conv2d.h"
#include "expect.h"
#include "fixtures.h"
#include "run.h"

enum { COLUMNS = 9 };

/* The output from its first row on: the header was right. */
static char *rows(void)
{
    static const char header[] = "shape\talgorithm\tisa\tthreads\tphase\t"
                                 "min_us\tmedian_us\tgflops\tpct_peak\n";
    ck_assert_int_eq(strncmp(bench_out(), header, sizeof header - 1), 0);
    return bench_out() + sizeof header - 1;
}

static double positive(const char *text)
{
    char *end;
    const double value = strtod(text, &end);
    ck_assert_msg(*end == '\0' && value > 0, "'%s' is not positive", text);
    return value;
}

static const char *const phases[] = {"forward", "grad_weight", "grad_input",
                                     "step", "stepx"};
enum { PHASES = sizeof phases / sizeof phases[0] };

START_TEST(every_phase_is_a_row_of_positive_numbers)
{
    char *fields[COLUMNS];
    const struct outcome outcome =
        bench(EXIT_OK, "--algorithm direct --isa base");
    ck_assert_str_eq(outcome.err, "");
    char *at = rows();
    for (size_t i = 0; i < PHASES; i++) {
        ck_assert(next_row(&at, fields, COLUMNS));
        ck_assert_str_eq(fields[0], "2x3x20x20-4x2x2");
        ck_assert_str_eq(fields[1], "direct");
        ck_assert_str_eq(fields[2], "base");
        ck_assert_str_eq(fields[3], "1");
        ck_assert_str_eq(fields[4], phases[i]);
        ck_assert_double_le(positive(fields[5]), positive(fields[6]));
        positive(fields[7]);
        positive(fields[8]);
    }
    ck_assert(!next_row(&at, fields, COLUMNS));
}
END_TEST

START_TEST(the_machine_has_two_rates_and_no_layer)
{
    char isa[16], dtype[16];
    size_t threads;
    double peak, memory;
    const struct outcome outcome =
        bench(EXIT_OK, "--machine --isa base --dtype float64");
    ck_assert_int_eq(sscanf(outcome.out,
                            "isa\tdtype\tthreads\tpeak_gflops\tmemory_gb\n"
                            "%15s\t%15s\t%zu\t%lf\t%lf\n",
                            isa, dtype, &threads, &peak, &memory),
                     5);
    ck_assert_str_eq(isa, "base");
    ck_assert_str_eq(dtype, "float64");
    ck_assert_uint_eq(threads, 1);
    ck_assert_double_gt(peak, 0);
    ck_assert_double_gt(memory, 0);
}
END_TEST

START_TEST(all_algorithms_come_one_after_the_other)
{
    const char *name;
    char *fields[COLUMNS];
    bench(EXIT_OK, "--algorithm all --phase step --dtype float64 "
                   "--kernel-size 3 --stride 1");
    char *at = rows();
    for (size_t i = 0; (name = cvl_conv_algo_name((cvl_conv_algo)i)); i++) {
        const cvl_conv_algo algo = (cvl_conv_algo)i;
        if (algo == CVL_CONV_AUTO ||
            !cvl_conv_algo_is_built(algo, cvl_isa_detect()))
            continue;
        ck_assert(next_row(&at, fields, COLUMNS));
        ck_assert_str_eq(fields[1], name);
        ck_assert_str_eq(fields[4], "step");
    }
    ck_assert(!next_row(&at, fields, COLUMNS));
}
END_TEST

/* The layer's kernels are of 2x2. */
START_TEST(an_algorithm_that_is_not_for_the_layer_is_left_out_of_all)
{
    char *fields[COLUMNS];
    bench(EXIT_OK, "--algorithm all --phase step");
    for (char *at = rows(); next_row(&at, fields, COLUMNS);)
        ck_assert(!strstr(fields[1], "winograd"));
    const struct outcome outcome = bench(EXIT_DATA, "--algorithm winograd");
    const bool is_built =
        cvl_conv_algo_is_built(CVL_CONV_WINOGRAD, cvl_isa_detect());
    ck_assert_ptr_nonnull(strstr(
        outcome.err, is_built ? "algorithm winograd is for kernels of 3x3, "
                                "this one is 2x2; use tiled"
                              : "this build has no algorithm winograd; use"));
}
END_TEST

static void put_text(const char *name, const char *text)
{
    put_bytes(name, text, strlen(text));
}

static const char two_shapes[] = "A a 1 1 5 5 1 3 3 1 1\n"
                                 "B b 2 2 6 7 3 1 2 0 2\n";

START_TEST(a_file_of_shapes_is_measured_line_by_line)
{
    char *fields[COLUMNS];
    put_text("shapes", two_shapes);
    bench(EXIT_OK, "--shapes shapes --phase forward --no-bias");
    char *at = rows();
    ck_assert(next_row(&at, fields, COLUMNS));
    ck_assert_str_eq(fields[0], "A");
    ck_assert(next_row(&at, fields, COLUMNS));
    ck_assert_str_eq(fields[0], "B");
    ck_assert(!next_row(&at, fields, COLUMNS));
}
END_TEST

START_TEST(one_shape_of_a_file_can_be_picked)
{
    char *fields[COLUMNS];
    put_text("shapes", two_shapes);
    bench(EXIT_OK, "--shapes shapes --shape B --phase stepx");
    char *at = rows();
    ck_assert(next_row(&at, fields, COLUMNS));
    ck_assert_str_eq(fields[0], "B");
    ck_assert_str_eq(fields[4], "stepx");
    ck_assert(!next_row(&at, fields, COLUMNS));
}
END_TEST

static const struct {
    const char *line;
    int status;
    const char *message;
} refused[] = {
    {"--shapes shapes --shape C", EXIT_USAGE,
     "convlet bench: --shape: no 'C' in shapes\n"},
    {"--shape A", EXIT_USAGE,
     "convlet bench: --shape picks a layer of a file; add --shapes FILE\n"},
    {"--shapes missing", EXIT_RUNTIME,
     "convlet bench: missing: cannot open: No such file or directory\n"},
    {"--shapes wrong", EXIT_DATA,
     "convlet bench: wrong:1: expected 11 fields: ID NAME N C H W K KH KW PAD "
     "STRIDE\n"},
    {"--kernel-size 30", EXIT_USAGE,
     "convlet bench: kernel height 30 does not fit the padded input height "
     "22; use a smaller kernel or more padding\n"},
    {"--shapes shapes --batch 4", EXIT_USAGE,
     "convlet bench: --batch has no effect beside --shapes; write it into the "
     "file, or leave out --shapes\n"},
    {"--phase backward", EXIT_USAGE,
     "convlet bench: --phase: 'backward' is not one of all, forward, "
     "grad_weight, grad_input, step, stepx\n"},
    {"--seconds 0", EXIT_USAGE,
     "convlet bench: --seconds: '0' is out of range; expected 0.001 "
     "to 3600\n"},
};

START_TEST(a_wrong_request_is_refused_before_anything_is_printed)
{
    put_text("shapes", two_shapes);
    put_text("wrong", "A a\n");
    const struct outcome outcome = bench(refused[_i].status, refused[_i].line);
    ck_assert_str_eq(outcome.out, "");
    ck_assert_str_eq(outcome.err, refused[_i].message);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("bench");
    TCase *const tests = tcase_create("bench");
    tcase_add_checked_fixture(tests, enter_scratch, leave_scratch);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, every_phase_is_a_row_of_positive_numbers);
    tcase_add_test(tests, the_machine_has_two_rates_and_no_layer);
    tcase_add_test(tests, all_algorithms_come_one_after_the_other);
    tcase_add_test(tests,
                   an_algorithm_that_is_not_for_the_layer_is_left_out_of_all);
    tcase_add_test(tests, a_file_of_shapes_is_measured_line_by_line);
    tcase_add_test(tests, one_shape_of_a_file_can_be_picked);
    tcase_add_loop_test(tests,
                        a_wrong_request_is_refused_before_anything_is_printed,
                        0, (int)(sizeof refused / sizeof refused[0]));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
