/* test_report.c - what a run says at its end, and what its report shows. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"

enum { PAGE = 1 << 22 };

/* The report of the run in `directory`; valid until the next call. */
static const char *report_of(const char *directory)
{
    static char page[PAGE];
    char path[256];
    snprintf(path, sizeof path, "%s/report.html", directory);
    ck_assert_uint_lt(get_text(path, page, sizeof page), PAGE - 1);
    return page;
}

static void expect_in(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in: %.2000s", part,
                  text);
}

static void expect_not_in(const char *text, const char *part)
{
    ck_assert_msg(!strstr(text, part), "'%s' is there", part);
}

START_TEST(a_diverged_run_shows_no_prediction_that_is_none)
{
    run_expect(4, "train --quiet --lr 1000 --out run");
    const char *const page = report_of("run");
    expect_in(page, "<b>Target</b>");
    expect_not_in(page, "<b>Prediction</b>");
    expect_not_in(page, "<b>Difference</b>");
    expect_in(page, "The output of the last step is not finite; there is no "
                    "prediction.");
}
END_TEST

START_TEST(a_loss_that_has_grown_is_said_and_far_beyond_is_a_failure)
{
    const struct outcome grown =
        run_expect(0, "train --quiet --lr 0.05 --steps 5 --out grown");
    ck_assert_ptr_eq(strstr(grown.err, "convlet train: warning: the loss grew "
                                       "from 82.31 to "),
                     grown.err);
    expect_in(grown.err, " times; try a smaller --lr than 0.05; it is stable "
                         "below 2/lambda_max = ");
    expect_in(report_of("grown"), "<p class=\"badge bad\">finished, the loss "
                                  "grew ");
    expect_in(report_of("grown"), "<b>Prediction</b>");
    const struct outcome beyond =
        run_expect(4, "train --quiet --lr 0.05 --steps 6 --out beyond");
    ck_assert_ptr_eq(strstr(beyond.err, "convlet train: step 5: training "
                                        "diverged: the loss grew from "),
                     beyond.err);
    expect_in(report_of("beyond"), "<p class=\"badge bad\">diverged at step 5");
    expect_in(report_of("beyond"), "<p>The loss grew ");
    ck_assert_int_ne(access("beyond/model.safetensors", R_OK), 0);
}
END_TEST

/* Its rate bounds no step: nothing ever overflows. */
START_TEST(adam_that_runs_away_fails)
{
    const struct outcome outcome = run_expect(
        4, "train --quiet --optimizer adam --lr 1e6 --steps 60 --out run");
    expect_in(outcome.err, " times; try a smaller --lr than 1e+06\n");
}
END_TEST

/* A copy of what stands from `start` to `end` in a report. */
static char *part_of(const char *directory, const char *start, const char *end)
{
    const char *const page = report_of(directory);
    const char *const from = strstr(page, start);
    const char *const to = from ? strstr(from, end) : NULL;
    ck_assert_msg(to != NULL, "no %s", start);
    char *const part = malloc((size_t)(to - from) + 1);
    memcpy(part, from, (size_t)(to - from));
    part[to - from] = '\0';
    return part;
}

static void expect_same_part(const char *start, const char *end)
{
    char *const whole = part_of("whole", start, end);
    char *const parts = part_of("parts", start, end);
    ck_assert_str_eq(whole, parts);
    free(whole);
    free(parts);
}

START_TEST(the_report_of_a_resumed_run_tells_the_whole_of_it)
{
    run_expect(0, "train --quiet --steps 40 --out whole");
    run_expect(0, "train --quiet --steps 24 --out parts");
    run_expect(0, "train --quiet --resume parts --steps 38");
    run_expect(0, "train --quiet --resume parts --steps 40");
    expect_same_part("<script type=\"application/json\"", "</script>");
    expect_same_part("<h4>Before <small>step 0</small></h4>", "<h4>After");
    expect_same_part("<h4>After", "<p class=\"bias\">");
    expect_same_part("<polyline ", "/>");
    expect_in(report_of("parts"), "<dt>steps</dt><dd>40<small>");
    expect_in(report_of("parts"), "<dt>wall time since step 38</dt>");
}
END_TEST

/* The first loss was of another run of the program. */
START_TEST(a_loss_that_grows_over_a_resumption_is_said)
{
    run_expect(0, "train --quiet --lr 0.05 --steps 3 --out run");
    const struct outcome outcome =
        run_expect(4, "train --quiet --resume run --steps 6");
    expect_in(outcome.err, "the loss grew from 82.31 to ");
}
END_TEST

#define LEAVES                                                            \
    "train --degrade noise:25 --target leaves --patch 17 --batch-size 4 " \
    "--log-every 2 --steps 9 --lr-schedule constant --lr-warmup 0 "

START_TEST(the_report_of_a_restorer_says_what_else_could_be_done)
{
    run_expect(0, LEAVES "--quiet --lr 0.01 --out run --net 'conv 6 3x3 "
                         "padding=same, relu, conv 3 3x3 padding=same'");
    const char *const page = report_of("run");
    expect_in(page, "Held out, never trained on: <b>a picture of dead leaves"
                    "</b>");
    expect_in(page, "<tr><td>doing nothing</td><td>20.");
    expect_in(page, "<tr><td>the best Gaussian blur, of ");
    expect_in(page, "<tr><td>this net</td><td>");
    expect_in(page, "<figcaption>PSNR of the held out picture, in dB");
    expect_in(page, ">best blur</text>");
    expect_in(page, "<p class=\"badge bad\">finished, no better than ");
    expect_in(page, "<h2>What the layers make of the input</h2>");
    expect_in(page, "<small>3&times;256&times;256</small>");
    expect_in(page, "as the colours that they answer most");
}
END_TEST

#define DIGITS                                                                \
    "train --data digits --quiet --log-every 40 --loss cross-entropy --lr "   \
    "0.01 --optimizer adam --init kaiming --net 'conv 4 3x3 stride=2, relu, " \
    "dense 10' "

START_TEST(the_report_of_a_classifier_shows_what_it_took_for_what)
{
    run_expect(0, DIGITS "--epochs 2 --out run");
    const char *const page = report_of("run");
    expect_in(page, "<p class=\"verdict\">held out: ");
    expect_in(page, "<td>the nearest training sample</td><td>99.2&nbsp;%</td>"
                    "<td>356 of 359</td>");
    expect_in(page, "<td>always 1, the most frequent class</td><td>");
    expect_in(page, "Of the 359 samples that are held out: a row for each");
    expect_in(page, "<table class=\"confusion\">");
    expect_in(page, "<h2>The worst mistakes</h2>");
    expect_in(page, "<h2>Right, but barely</h2>");
    expect_in(page, "<span class=\"key c1\">held out</span>");
    expect_not_in(page, "Warning:");
    ck_assert_uint_lt(strlen(page), 1000000);
}
END_TEST

/* Nothing of it depends on the threads, nor on where the run was stopped. */
START_TEST(a_classifiers_report_is_the_same_by_parts_and_threads)
{
    run_expect(0, DIGITS "--epochs 3 --out whole");
    run_expect(0, DIGITS "--epochs 2 --threads 3 --out parts");
    run_expect(0, "train --quiet --resume parts --threads 2 --epochs 3");
    expect_same_part("<section id=\"epochs\"", "</section>");
    expect_same_part("<section id=\"confusion\"", "</section>");
    expect_same_part("<section id=\"mistakes\"", "</section>");
    expect_same_part("<table class=\"numbers bars\"", "</table>");
    expect_same_part("<p class=\"verdict\"", "</p>");
}
END_TEST

START_TEST(without_a_held_out_part_the_report_tells_of_what_was_trained_on)
{
    run_expect(0, DIGITS "--hold-out none --epochs 1 --out run");
    const char *const page = report_of("run");
    expect_in(page, "<p class=\"verdict\">trained on: ");
    expect_in(page, "Of the 1797 samples that are trained on: a row for each");
    expect_not_in(page, "the nearest training sample");
    char *const epochs = part_of("run", "<section id=\"epochs\"", "</section>");
    expect_not_in(epochs, "<span class=\"key c1\">");
    free(epochs);
}
END_TEST

START_TEST(a_classifier_that_learned_nothing_is_warned_of_in_its_report)
{
    run_expect(0, DIGITS "--init zeros --lr 1e-9 --epochs 1 --out run");
    const char *const page = report_of("run");
    expect_in(page, "<p class=\"badge bad\">finished, no better than always "
                    "answering 1</p>");
    expect_in(page, "<p class=\"warning\">Warning: every answer to what is "
                    "held out is ");
    expect_in(page, "<p class=\"warning\">Warning: the loss is 2.303 and has "
                    "not left ln 10 = 2.303, which guessing gives;");
}
END_TEST

START_TEST(a_diverged_classifier_shows_no_pictures_of_what_it_did_not_say)
{
    run_expect(4, DIGITS "--optimizer sgd --lr 1e300 --epochs 2 --out run");
    const char *const page = report_of("run");
    expect_in(page, "<p class=\"badge bad\">diverged at step ");
    expect_in(page, "It was never measured: no epoch was over.");
    expect_not_in(page, "class=\"sample\"");
    expect_not_in(page, "id=\"mistakes\"");
    expect_not_in(page, "Warning:");
}
END_TEST

#define NORMED                                                              \
    "train --quiet --data digits --batch-size 64 --lr 0.02 --seed 4 --net " \
    "'conv 4 3x3, batchnorm, relu, maxpool 2, conv 6 3x3, relu, dense auto' "

START_TEST(a_resumed_classifier_shows_the_inside_of_the_whole_run)
{
    run_expect(0, NORMED "--epochs 3 --out whole");
    run_expect(0, NORMED "--epochs 1 --out parts");
    run_expect(0, "train --quiet --resume parts --epochs 3");
    expect_same_part("<section id=\"updates\"", "</section>");
    expect_same_part("<section id=\"looks\"", "</section>");
    expect_same_part("<section id=\"features\"", "</section>");
    expect_in(report_of("parts"), "<h4>Barely right: <b>");
    expect_in(report_of("parts"), "<b>Softmax</b>");
}
END_TEST

/* The params of every step say so, whatever is trained. */
START_TEST(a_run_that_is_watched_computes_the_same)
{
    static const char *const runs[] = {
        NORMED "--epochs 1 --log-params --log-every 1",
        NORMED "--epochs 1 --log-params --log-every 1 --dtype float64",
        ("train --quiet --degrade noise:25 --target leaves --patch 17 --lr "
         "0.01 "
         "--batch-size 4 --steps 6 --log-params --log-every 1 --net 'conv 4 "
         "3x3 "
         "padding=same, batchnorm, relu, conv 3 3x3 padding=same'"),
        ("train --quiet --steps 6 --log-params --log-every 1 --net 'conv 4 "
         "3x3, "
         "batchnorm, relu, conv 1 3x3'")};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        char line[512], name[32];
        const struct outcome alone = run_expect(0, runs[i]);
        char *const expected = strdup(alone.out);
        snprintf(name, sizeof name, "run%zu", i);
        snprintf(line, sizeof line, "%s --out %s", runs[i], name);
        ck_assert_str_eq(run_expect(0, line).out, expected);
        expect_in(report_of(name), "<section id=\"features\"");
        free(expected);
    }
}
END_TEST

START_TEST(a_diverged_classifier_says_what_is_not_finite)
{
    run_expect(4, NORMED "--epochs 9 --optimizer sgd --lr 1e30 --out run");
    const char *const page = report_of("run");
    expect_in(page, "<p class=\"badge bad\">diverged at step ");
    expect_in(page, "What the net makes of a sample is not finite");
    expect_not_in(page, "<b>Softmax</b>");
}
END_TEST

START_TEST(the_stable_bound_stands_beside_the_rate)
{
    run_expect(0, "train --quiet --steps 9 --out run");
    expect_in(report_of("run"), "stable below 2/lambda_max = ");
}
END_TEST

/* Such biases keep two channels of the first layer at 0. */
START_TEST(channels_that_never_fire_are_counted)
{
    put_npy("bias.npy",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (4,), }", 0);
    static const double low[4] = {-99, -99, 99, 99};
    FILE *const file = fopen("bias.npy", "ab");
    ck_assert_uint_eq(fwrite(low, sizeof *low, 4, file), 4);
    fclose(file);
    const struct outcome outcome = run_expect(
        0, "train --steps 3 --lr 1e-9 --init-bias bias.npy --out run "
           "--net 'conv 4 3x3, relu, conv 1 3x3, relu'");
    expect_in(outcome.err, "convlet train: warning: ");
    expect_in(outcome.err, "channels of relu layers never fire (2 of 4 in "
                           "layer 1");
    expect_in(outcome.err, "a longer --lr-warmup or --init kaiming\n");
    expect_in(report_of("run"), "<dt>Dead channels</dt><dd>");
    expect_in(report_of("run"), ": 2 of 4 in layer 1");
}
END_TEST

START_TEST(zeros_that_stay_zeros_are_warned_of)
{
    static const char warning[] = "warning: --init zeros leaves the kernels ";
    static const struct {
        const char *net;
        bool stuck;
    } nets[] = {{"'conv 4 3x3, relu, conv 1 3x3'", true},
                {"'conv 4 3x3, conv 1 3x3'", true},
                {"'conv 4 3x3, relu'", true},
                {"'conv 4 3x3'", false},
                {"'conv 4 3x3, shuffle 2'", false}};
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        char line[128];
        snprintf(line, sizeof line,
                 "train --quiet --steps 2 --init zeros --net %s", nets[i].net);
        ck_assert((strstr(run_expect(0, line).err, warning) != NULL) ==
                  nets[i].stuck);
    }
    expect_not_in(run_expect(0, "train --quiet --steps 2 --net 'conv 4 3x3, "
                                "relu, conv 1 3x3'")
                      .err,
                  warning);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_diverged_run_shows_no_prediction_that_is_none,
        a_loss_that_has_grown_is_said_and_far_beyond_is_a_failure,
        adam_that_runs_away_fails,
        the_report_of_a_resumed_run_tells_the_whole_of_it,
        a_resumed_classifier_shows_the_inside_of_the_whole_run,
        a_run_that_is_watched_computes_the_same,
        a_diverged_classifier_says_what_is_not_finite,
        a_loss_that_grows_over_a_resumption_is_said,
        the_report_of_a_restorer_says_what_else_could_be_done,
        the_report_of_a_classifier_shows_what_it_took_for_what,
        a_classifiers_report_is_the_same_by_parts_and_threads,
        without_a_held_out_part_the_report_tells_of_what_was_trained_on,
        a_classifier_that_learned_nothing_is_warned_of_in_its_report,
        a_diverged_classifier_shows_no_pictures_of_what_it_did_not_say,
        the_stable_bound_stands_beside_the_rate,
        channels_that_never_fire_are_counted,
        zeros_that_stay_zeros_are_warned_of,
        NULL,
    };
    return run_tests_between("cli_report", tests, enter_scratch, leave_scratch);
}
