/* test_bench.c - the command bench: what it prints, never how fast it is. */
#include <stdio.h>

#include "bench_clock.h"
#include "bench_layer.h"
#include "bench_peak.h"
#include "bench_report.h"
#include "program.h"
#include "scratch.h"

enum { LIMIT = 16384, COLUMNS = 9, ARGUMENTS = 24 };

static char out_text[LIMIT], err_text[LIMIT];

static void read_file(const char *path, char text[LIMIT])
{
    cvl_error err;
    cvl_bytes bytes;
    expect_ok(cvl_file_read(path, LIMIT - 1, &bytes, &err), err);
    memcpy(text, bytes.data, bytes.size + 1);
    cvl_bytes_free(&bytes);
}

/* Lets a file take a stream's place; returns what restores it. */
static int redirect(FILE *stream, const char *path)
{
    fflush(stream);
    const int saved = dup(fileno(stream));
    FILE *const file = fopen(path, "w");
    ck_assert(saved >= 0 && file);
    ck_assert_int_ge(dup2(fileno(file), fileno(stream)), 0);
    fclose(file);
    return saved;
}

static void restore(FILE *stream, int saved)
{
    fflush(stream);
    ck_assert_int_ge(dup2(saved, fileno(stream)), 0);
    close(saved);
}

/* Runs `convlet bench LINE`, whose words stand between single spaces, with
 * times so short that a test lasts no second. */
static int run(const char *line)
{
    static char words[512];
    const char *argv[ARGUMENTS] = {"convlet",   "bench", "--rounds",  "2",
                                   "--seconds", "0.001", "--threads", "1"};
    int argc = 8;
    ck_assert_uint_lt(strlen(line), sizeof words);
    memcpy(words, line, strlen(line) + 1);
    for (char *word = words; *word;) {
        ck_assert_int_lt(argc, ARGUMENTS);
        argv[argc++] = word;
        word += strcspn(word, " ");
        if (*word) *word++ = '\0';
    }
    const struct program program = {
        .run = {[COMMAND_BENCH] = bench_run}, .out = stdout, .err = stderr};
    const int out = redirect(stdout, "out"), err = redirect(stderr, "err");
    const int status = program_run(&program, argc, argv);
    restore(stdout, out);
    restore(stderr, err);
    read_file("out", out_text);
    read_file("err", err_text);
    return status;
}

/* The next row of the output, cut into fields at tabs; false at the end. */
static bool next_row(char **at, char *fields[COLUMNS])
{
    if (!**at) return false;
    for (size_t i = 0; i < COLUMNS; i++) {
        fields[i] = *at;
        *at += strcspn(*at, "\t\n");
        ck_assert_int_eq(**at, i + 1 < COLUMNS ? '\t' : '\n');
        *(*at)++ = '\0';
    }
    return true;
}

/* The output from its first row on: the header was right. */
static char *rows(void)
{
    static const char header[] = "shape\talgorithm\tisa\tthreads\tphase\t"
                                 "min_us\tmedian_us\tgflops\tpct_peak\n";
    ck_assert_int_eq(strncmp(out_text, header, sizeof header - 1), 0);
    return out_text + sizeof header - 1;
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
    ck_assert_int_eq(run("--algorithm direct --isa base"), EXIT_OK);
    ck_assert_str_eq(err_text, "");
    char *at = rows();
    for (size_t i = 0; i < PHASES; i++) {
        ck_assert(next_row(&at, fields));
        ck_assert_str_eq(fields[0], "2x3x20x20-4x2x2");
        ck_assert_str_eq(fields[1], "direct");
        ck_assert_str_eq(fields[2], "base");
        ck_assert_str_eq(fields[3], "1");
        ck_assert_str_eq(fields[4], phases[i]);
        ck_assert_double_le(positive(fields[5]), positive(fields[6]));
        positive(fields[7]);
        positive(fields[8]);
    }
    ck_assert(!next_row(&at, fields));
}
END_TEST

START_TEST(all_algorithms_come_one_after_the_other)
{
    const struct option *const option = option_find("algorithm", COMMAND_BENCH);
    char *fields[COLUMNS];
    ck_assert_int_eq(run("--algorithm all --phase step --dtype float64"),
                     EXIT_OK);
    char *at = rows();
    for (size_t i = 0; option->choices[i]; i++) {
        if (!strcmp(option->choices[i], "all") ||
            !strcmp(option->choices[i], "auto"))
            continue;
        ck_assert(next_row(&at, fields));
        ck_assert_str_eq(fields[1], option->choices[i]);
        ck_assert_str_eq(fields[4], "step");
    }
    ck_assert(!next_row(&at, fields));
}
END_TEST

START_TEST(every_algorithm_of_the_library_can_be_chosen)
{
    const struct option *const all = option_find("algorithm", COMMAND_TRAIN);
    const struct option *const ours = option_find("algorithm", COMMAND_BENCH);
    ck_assert_str_eq(ours->choices[0], "all");
    for (size_t i = 0; all->choices[i]; i++) {
        ck_assert_ptr_nonnull(ours->choices[i + 1]);
        ck_assert_str_eq(ours->choices[i + 1], all->choices[i]);
    }
}
END_TEST

static const char two_shapes[] = "A a 1 1 5 5 1 3 3 1 1\n"
                                 "B b 2 2 6 7 3 1 2 0 2\n";

START_TEST(a_file_of_shapes_is_measured_line_by_line)
{
    char *fields[COLUMNS];
    put("shapes", two_shapes);
    ck_assert_int_eq(run("--shapes shapes --phase forward --no-bias"), EXIT_OK);
    char *at = rows();
    ck_assert(next_row(&at, fields));
    ck_assert_str_eq(fields[0], "A");
    ck_assert(next_row(&at, fields));
    ck_assert_str_eq(fields[0], "B");
    ck_assert(!next_row(&at, fields));
}
END_TEST

START_TEST(one_shape_of_a_file_can_be_picked)
{
    char *fields[COLUMNS];
    put("shapes", two_shapes);
    ck_assert_int_eq(run("--shapes shapes --shape B --phase stepx"), EXIT_OK);
    char *at = rows();
    ck_assert(next_row(&at, fields));
    ck_assert_str_eq(fields[0], "B");
    ck_assert_str_eq(fields[4], "stepx");
    ck_assert(!next_row(&at, fields));
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
    {"--phase backward", EXIT_USAGE,
     "convlet bench: --phase: 'backward' is not one of all, forward, "
     "grad_weight, grad_input, step, stepx\n"},
    {"--seconds 0", EXIT_USAGE,
     "convlet bench: --seconds: '0' is out of range; expected 0.001 "
     "to 3600\n"},
};

START_TEST(a_wrong_request_is_refused_before_anything_is_printed)
{
    put("shapes", two_shapes);
    put("wrong", "A a\n");
    ck_assert_int_eq(run(refused[_i].line), refused[_i].status);
    ck_assert_str_eq(out_text, "");
    ck_assert_str_eq(err_text, refused[_i].message);
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
    bench_report_header(file, true);
    bench_report_row(file, true, &row);
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
    Suite *const suite = suite_create("bench");
    TCase *const tests = tcase_create("bench");
    tcase_add_checked_fixture(tests, enter_directory, leave_directory);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, every_phase_is_a_row_of_positive_numbers);
    tcase_add_test(tests, all_algorithms_come_one_after_the_other);
    tcase_add_test(tests, every_algorithm_of_the_library_can_be_chosen);
    tcase_add_test(tests, a_file_of_shapes_is_measured_line_by_line);
    tcase_add_test(tests, one_shape_of_a_file_can_be_picked);
    tcase_add_loop_test(tests,
                        a_wrong_request_is_refused_before_anything_is_printed,
                        0, (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(tests, a_table_for_a_terminal_is_aligned);
    tcase_add_test(tests, the_clock_warms_up_and_makes_a_few_batches);
    tcase_add_test(tests, a_summary_is_the_minimum_and_the_median);
    tcase_add_test(tests, a_step_moves_the_parameters_along_the_gradients);
    tcase_add_test(tests, every_instruction_set_has_a_peak);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
