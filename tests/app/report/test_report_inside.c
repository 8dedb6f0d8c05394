/* test_report_inside.c - what a report shows of the inside of a net. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "made_report.h"

enum { COUNT = 4, CLASSES = 3, MOST = 3 * 24 * 24 };

/* A classifier with a probe into it, and samples of bytes. */
struct made_inside {
    struct made_report report;
    cvl_net net;
    struct probe probe;
    struct samples samples;
    struct tally tally;
    struct report_labels labels;
    struct probe_case cases[PROBE_CASES];
    struct history history;
};

static void make_samples(struct made_inside *made, size_t channels, size_t side)
{
    static unsigned char bytes[COUNT * MOST];
    static uint32_t truths[COUNT] = {0, 1, 2, 0};
    static double background[3];
    const size_t size = channels * side * side;
    ck_assert_uint_le(size, MOST);
    for (size_t i = 0; i < COUNT * size; i++)
        bytes[i] = (unsigned char)(i * 37 % 251);
    made->samples = (struct samples){
        .count = COUNT,
        .input = {SAMPLES_U8, {channels, side, side}, size, 255, bytes},
        .labels = truths,
        .classes = CLASSES,
        .background = background};
}

/* How often a word stands in the section of that id. */
static size_t in_section(const char *page, const char *id, const char *word)
{
    static char section[1 << 21];
    const char *const from = strstr(page, id);
    const char *const to = from ? strstr(from, "</section>") : NULL;
    ck_assert(to && (size_t)(to - from) < sizeof section);
    memcpy(section, from, (size_t)(to - from));
    section[to - from] = '\0';
    return occurrences(section, word);
}

static const char FEATURES[] = "id=\"features\"", LOOKS[] = "id=\"looks\"";

/* `spec` ends with CLASSES numbers; every sample is looked at. */
static void made_inside_init(struct made_inside *made, const char *spec,
                             size_t channels, size_t side)
{
    cvl_error err;
    cvl_random random;
    cvl_net_config config = {.spec = spec,
                             .input_shape = {2, channels, side, side},
                             .exec = cvl_exec_default()};
    config.exec.threads = 1; /* they cost more than so small a net */
    *made = (struct made_inside){.tally = {.labelled = true}};
    made_report_init(&made->report, "conv 2 3x3", 5);
    cvl_random_seed(&random, 3);
    expect_ok(cvl_net_build(&made->net, &config, &err), err);
    cvl_net_init_params(&made->net, CVL_INIT_KAIMING, &random);
    expect_ok(probe_init(&made->probe, &config, &made->net, &err), err);
    make_samples(made, channels, side);
    expect_ok(tally_init(&made->tally, CLASSES, 1, &err), err);
    expect_ok(history_init(&made->history, &made->net, 0, 1, &err), err);
    history_add(&made->history, 0, 1, 1);
    history_finish(&made->history, &made->net, 1);
    made->labels = (struct report_labels){
        .samples = &made->samples, .tally = &made->tally, .part = "held out"};
    struct report *const report = &made->report.report;
    report->net = &made->net;
    report->history = &made->history;
    report->labels = &made->labels;
    report->t = NULL;
    report->probe = &made->probe;
    report->cases = made->cases;
    for (size_t i = 0; i < COUNT; i++) made->cases[i].sample = i;
    report->case_count = COUNT;
}

static void made_inside_free(struct made_inside *made)
{
    history_free(&made->history);
    tally_free(&made->tally);
    probe_free(&made->probe);
    cvl_net_free(&made->net);
    made_report_free(&made->report);
}

static const char SPEC[] =
    "conv 20 3x3 padding=same, relu, maxpool 2, dense 70, relu, dense 3";

START_TEST(each_layer_shows_its_channels_and_says_how_many_more_there_are)
{
    struct made_inside made;
    made_inside_init(&made, SPEC, 1, 8);
    const char *const page = made_page(&made.report);
    expect_balanced(page);
    expect_self_contained(page);
    const char *const part = strstr(page, "id=\"features\"");
    ck_assert_ptr_nonnull(part);
    /* Of two samples three layers of pictures, 16 channels of each. */
    ck_assert_uint_eq(occurrences(part, "class=\"plane\""), 96);
    ck_assert_uint_eq(occurrences(part, "<small>and 4 more</small>"), 6);
    ck_assert_uint_eq(occurrences(part, "<small>and 6 more</small>"), 4);
    ck_assert_ptr_nonnull(
        strstr(part, "<b>Layer 2</b><small>maxpool 2x2</small><small>"
                     "20&times;4&times;4</small></div>"));
    ck_assert_ptr_nonnull(
        strstr(part, "width=\"4\" height=\"4\" alt=\"layer 2, channel 15\""));
    /* The numbers of 64 and 64 channels, of 3 classes, and of the softmax. */
    ck_assert_uint_eq(in_section(page, FEATURES, "<rect "),
                      2 * 64u + 2 * 64u + 2 * 3u + 2 * 3u);
    ck_assert_uint_eq(occurrences(part, "<span class=\"truth\">0</span>"), 4);
    made_inside_free(&made);
}
END_TEST

START_TEST(a_relu_is_grey_and_what_goes_below_0_is_coloured)
{
    struct made_inside made;
    made_inside_init(&made, SPEC, 1, 8);
    const char *const page = made_page(&made.report);
    /* The header of a PNG of 8 x 8: bits, and 0 for grey or 2 for colours. */
    static const char grey[] = "UgAAAAgAAAAICAAAAAD",
                      colours[] = "UgAAAAgAAAAICAIAAAB";
    const char *const conv = strstr(page, "alt=\"layer 0, channel 3\"");
    const char *const relu = strstr(page, "alt=\"layer 1, channel 3\"");
    const char *const of_conv = strstr(conv, colours);
    const char *const of_relu = strstr(relu, grey);
    ck_assert(of_conv && of_conv < conv + 150);
    ck_assert(of_relu && of_relu < relu + 150);
    made_inside_free(&made);
}
END_TEST

START_TEST(dead_channels_are_crossed_out_and_counted)
{
    struct made_inside made;
    struct dead dead;
    cvl_error err;
    made_inside_init(&made, SPEC, 1, 8);
    cvl_tensor_set(&made.net.params[1].value, 2, -999);
    expect_ok(dead_init(&dead, &made.net, &err), err);
    probe_take(&made.probe, &made.samples, 0);
    dead_look(&dead, made.probe.net);
    made.report.report.dead = &dead;
    const char *const page = made_page(&made.report);
    char said[64];
    snprintf(said, sizeof said, "<small class=\"dead\">%zu dead</small>",
             dead.channels[1]);
    ck_assert_ptr_nonnull(strstr(page, said));
    ck_assert_ptr_nonnull(
        strstr(page, "<span title=\"channel 2, dead\" class=\"dead\"><img "));
    ck_assert_ptr_nonnull(strstr(page, "alt=\"layer 1, channel 2, dead\""));
    ck_assert_ptr_nonnull(strstr(page, "<dt>Dead channels</dt><dd>"));
    dead_free(&dead);
    made_inside_free(&made);
}
END_TEST

/* The class that the net answers to a sample, and its probability in %. */
static size_t answer_to(struct made_inside *made, size_t sample,
                        double *percent)
{
    probe_take(&made->probe, &made->samples, sample);
    const size_t answer = probe_answer(&made->probe);
    *percent = 100 * made->probe.p[answer];
    return answer;
}

START_TEST(right_and_wrong_answers_have_the_maps_that_explain_them)
{
    struct made_inside made;
    double percent;
    char caption[128];
    made_inside_init(&made, SPEC, 1, 8);
    size_t wrong = 0;
    made.samples.labels[0] = (uint32_t)answer_to(&made, 0, &percent);
    made.cases[0].is_close = true;
    for (size_t i = 1; i < COUNT; i++) {
        const size_t answer = answer_to(&made, i, &percent);
        wrong += answer != made.samples.labels[i];
    }
    const char *page = made_page(&made.report);
    const size_t answer = answer_to(&made, 0, &percent);
    snprintf(caption, sizeof caption,
             "<h4>Barely right: <b>%zu</b> <small>%.1f&nbsp;%%</small></h4>",
             answer, percent);
    ck_assert_uint_eq(in_section(page, LOOKS, caption), 1);
    ck_assert_uint_eq(
        in_section(page, LOOKS, "<figcaption>slope of the answer"), COUNT);
    ck_assert_uint_eq(in_section(page, LOOKS, "<figcaption>slope of the truth"),
                      wrong);
    ck_assert_uint_eq(in_section(page, LOOKS, "<figcaption>covered"), COUNT);
    ck_assert_uint_eq(in_section(page, LOOKS, "<h4>Wrong: "), wrong);
    ck_assert_uint_eq(in_section(page, LOOKS, "a patch of 3&times;3 pixels"),
                      1);
    made_inside_free(&made);
}
END_TEST

START_TEST(what_is_not_finite_is_said_and_not_drawn)
{
    struct made_inside made;
    made_inside_init(&made, SPEC, 1, 8);
    cvl_tensor_set(&made.net.params[2].value, 0, INFINITY);
    const char *page = made_page(&made.report);
    expect_balanced(page);
    ck_assert_uint_eq(
        occurrences(page, "What layer 3 makes of it is not finite."), 2);
    ck_assert_uint_eq(
        occurrences(page, "What the net makes of it is not finite."), COUNT);
    ck_assert_ptr_null(strstr(page, "<b>Softmax</b>"));
    ck_assert_ptr_null(strstr(page, "nan"));
    ck_assert_ptr_nonnull(strstr(page, "<h4>Class <b>1</b></h4>"));
    made_inside_free(&made);
}
END_TEST

START_TEST(hostile_names_of_classes_stay_text)
{
    static char hostile[] = "</span><script>\"\xff", plain[] = "b",
                other[] = "c";
    char *names[CLASSES] = {hostile, plain, other};
    struct made_inside made;
    struct text harmless;
    made_inside_init(&made, SPEC, 3, 8);
    make_page(&made.report.report, &harmless);
    made.samples.names = names;
    expect_same_elements(&made.report, harmless.data);
    text_free(&harmless);
    made_inside_free(&made);
}
END_TEST

START_TEST(a_deep_net_of_large_pictures_makes_a_bounded_page)
{
    struct made_inside made;
    struct text spec = {0};
    for (size_t i = 0; i < 12; i++)
        text_add(&spec, "conv 16 3x3 padding=same, tanh, ");
    text_add(&spec, "dense 3");
    made_inside_init(&made, spec.data, 3, 24);
    made.history.layer_count = 0;
    made.report.report.case_count = 2;
    const char *const page = made_page(&made.report);
    expect_balanced(page);
    ck_assert_uint_lt(made.report.html.size, 1000000);
    ck_assert_uint_eq(
        occurrences(strstr(page, "id=\"features\""), "class=\"plane\""), 768);
    made.history.layer_count = 12;
    text_free(&spec);
    made_inside_free(&made);
}
END_TEST

START_TEST(without_labels_the_probe_shows_the_picture_that_it_has)
{
    struct made_inside made;
    made_inside_init(&made, "conv 2 3x3, relu, conv 3 3x3", 1, 8);
    made.report.report.labels = NULL;
    made.report.report.case_count = 0;
    const char *page = made_page(&made.report);
    expect_balanced(page);
    ck_assert_ptr_nonnull(
        strstr(page, "<h2>What the layers make of the input"));
    ck_assert_uint_eq(occurrences(page, "class=\"plane\""), 2 + 2 + 3);
    ck_assert_ptr_null(strstr(page, "id=\"looks\""));
    made.report.report.probe = NULL;
    page = made_page(&made.report);
    ck_assert_ptr_null(strstr(page, "id=\"features\""));
    made_inside_free(&made);
}
END_TEST

START_TEST(kernels_of_red_green_and_blue_are_shown_as_colours)
{
    static const char words[] = "as the colours that they answer most";
    struct made_inside made;
    made_inside_init(&made, "conv 4 3x3, relu, dense 3", 3, 8);
    const char *page = made_page(&made.report);
    ck_assert_ptr_null(strstr(page, words));
    made.report.report.is_rgb = true;
    page = made_page(&made.report);
    ck_assert_uint_eq(occurrences(page, words), 1);
    /* Two and two of 3 x 3, and a line between. */
    ck_assert_ptr_nonnull(strstr(page, "width=\"7\" height=\"7\""));
    made_inside_free(&made);
}
END_TEST

START_TEST(the_curves_of_updates_are_bounded_and_say_what_they_leave_out)
{
    struct made_inside made;
    struct updates updates;
    cvl_error err;
    made_inside_init(&made, SPEC, 1, 8);
    expect_ok(updates_init(&updates, &made.net, &err), err);
    made.report.report.updates = &updates;
    const char *page = made_page(&made.report);
    ck_assert_ptr_null(strstr(page, "id=\"updates\""));
    for (size_t step = 7; step < 3000; step++) {
        updates_before(&updates, &made.net, step);
        for (size_t i = 0; i < 3; i++) {
            cvl_tensor *const w = &made.net.params[2 * i].value;
            for (size_t k = 0; i < 2 && k < w->count; k++)
                cvl_tensor_set(
                    w, k, cvl_tensor_get(w, k) * (step % 2 ? 1.01 : 1 / 1.01));
        }
        updates_after(&updates, &made.net, step);
    }
    page = made_page(&made.report);
    expect_balanced(page);
    const char *const part = strstr(page, "id=\"updates\"");
    ck_assert_ptr_nonnull(part);
    ck_assert_ptr_nonnull(strstr(part, ">usual: 0.001</text>"));
    ck_assert_ptr_nonnull(strstr(
        part,
        "<td>dense 70</td><td>0.0099</td><td>0.0099</td><td>0.0099</td>"));
    ck_assert_ptr_nonnull(
        strstr(part, "<td>dense 3</td><td>0</td><td>0</td><td>0</td>"));
    ck_assert_ptr_nonnull(
        strstr(part, "From step 8 on: the checkpoint keeps "));
    ck_assert_ptr_nonnull(strstr(part, "One step of 8 was measured; a point is "
                                       "the geometric mean of 4 of them."));
    updates_free(&updates);
    made_inside_free(&made);
}
END_TEST

/* The updates of layer 0 go from one part of the weights to another: is
 * that in their drawing? */
static void expect_drawn(double first, double last, const char *element)
{
    enum { STEPS = 8 };
    struct made_inside made;
    struct updates updates;
    cvl_error err;
    made_inside_init(&made, SPEC, 1, 8);
    expect_ok(updates_init(&updates, &made.net, &err), err);
    cvl_tensor *const w = &made.net.params[0].value;
    for (size_t step = 0; step < STEPS; step++) {
        const double share =
            first * pow(last / first, (double)step / (STEPS - 1));
        updates_before(&updates, &made.net, step);
        for (size_t k = 0; k < w->count; k++)
            cvl_tensor_set(w, k, cvl_tensor_get(w, k) * (1 + share));
        updates_after(&updates, &made.net, step);
    }
    updates.layer_count = 1;
    made.report.report.updates = &updates;
    const char *const part = strstr(made_page(&made.report), "id=\"updates\"");
    ck_assert_ptr_nonnull(part);
    ck_assert_ptr_nonnull(strstr(part, element));
    updates_free(&updates);
    made_inside_free(&made);
}

START_TEST(the_name_of_a_level_keeps_out_of_the_way_of_a_curve)
{
    expect_drawn(1.2e-3, 1e-1, "<text class=\"level\" x=\"402\"");
    expect_drawn(1e-1, 1.2e-3, "<text class=\"level start\" x=\"58\"");
}
END_TEST

START_TEST(a_logarithm_that_spans_little_has_marks)
{
    expect_drawn(1.02e-3, 1.2e-3, "class=\"y\">0.0011</text>");
    expect_drawn(1e-3, 9e-3, "class=\"y\">0.005</text>");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        each_layer_shows_its_channels_and_says_how_many_more_there_are,
        a_relu_is_grey_and_what_goes_below_0_is_coloured,
        dead_channels_are_crossed_out_and_counted,
        right_and_wrong_answers_have_the_maps_that_explain_them,
        what_is_not_finite_is_said_and_not_drawn,
        hostile_names_of_classes_stay_text,
        a_deep_net_of_large_pictures_makes_a_bounded_page,
        without_labels_the_probe_shows_the_picture_that_it_has,
        kernels_of_red_green_and_blue_are_shown_as_colours,
        the_curves_of_updates_are_bounded_and_say_what_they_leave_out,
        the_name_of_a_level_keeps_out_of_the_way_of_a_curve,
        a_logarithm_that_spans_little_has_marks,
        NULL};
    return run_tests("report_inside", tests);
}
