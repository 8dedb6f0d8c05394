/* test_report_labels.c - what a classifier's report shows of its answers. */
#include <math.h>
#include <string.h>

#include "classify/softmax.h"
#include "made_report.h"

/* A classifier's answers to samples of C x side x side bytes. */
struct made_labels {
    struct made_report report;
    struct samples samples;
    struct tally tally;
    struct report_labels labels;
};

static void made_labels_init(struct made_labels *made, size_t classes,
                             size_t channels, size_t side, size_t count)
{
    static unsigned char bytes[1 << 20];
    struct samples *const samples = &made->samples;
    cvl_error err;
    *made = (struct made_labels){.tally = {.labelled = true}};
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 37 % 251);
    ck_assert_uint_le(count * channels * side * side, sizeof bytes);
    made_report_init(&made->report, "conv 2 3x3, relu, conv 1 3x3", 5);
    *samples = (struct samples){.count = count,
                                .input = {SAMPLES_U8,
                                          {channels, side, side},
                                          channels * side * side,
                                          255,
                                          bytes},
                                .classes = classes};
    expect_ok(tally_init(&made->tally, classes, 1, &err), err);
    made->labels = (struct report_labels){
        .samples = samples, .tally = &made->tally, .part = "held out"};
    made->report.report.labels = &made->labels;
    made->report.report.t = NULL;
}

static void made_labels_free(struct made_labels *made)
{
    tally_free(&made->tally);
    made_report_free(&made->report);
}

/* The net says `answer` with probability p of sample number tally.count. */
static void answer(struct made_labels *made, size_t truth, size_t answer,
                   double p)
{
    struct tally *const tally = &made->tally;
    const size_t classes = made->samples.classes;
    for (size_t k = 0; k < classes; k++)
        tally->p[k] = (1 - p) / (double)(classes - 1);
    tally->p[answer] = p;
    confusion_add(&tally->answers, truth, answer);
    notable_add(&tally->notable, tally->count++, truth, answer, tally->p);
}

START_TEST(a_confused_pair_has_its_count_and_its_surest_pictures)
{
    struct made_labels made;
    made_labels_init(&made, 3, 1, 8, 9);
    answer(&made, 0, 0, 0.9);
    answer(&made, 0, 0, 0.5);
    for (size_t i = 0; i < 5; i++) answer(&made, 2, 1, 0.5 + 0.1 * (double)i);
    answer(&made, 1, 0, 0.6);
    const char *const page = made_page(&made.report);
    expect_balanced(page);
    expect_self_contained(page);
    const char *const matrix = strstr(page, "<table class=\"confusion\">");
    ck_assert_ptr_nonnull(matrix);
    ck_assert_ptr_nonnull(strstr(
        matrix,
        "<th title=\"0\">0</th><td class=\"right\" style=\"--share:1.00\">"
        "<b>2</b></td><td></td><td></td>"
        "<td class=\"sum\">100&nbsp;%</td>"));
    const char *const cell = strstr(
        matrix,
        "<th title=\"2\">2</th><td></td><td class=\"wrong\" "
        "style=\"--share:1.00\"><b>5</b>"
        "<span title=\"sample 6: is 2 (p 0.050), taken for 1 (p 0.900)\">"
        "<img class=\"sample\" width=\"8\" height=\"8\" alt=\"sample 6: is 2 "
        "(p 0.050), taken for 1 (p 0.900)\" src=");
    ck_assert_ptr_nonnull(cell);
    ck_assert_ptr_nonnull(strstr(cell, "<td class=\"sum\">0&nbsp;%</td>"));
    /* Three of the five, one of the other pair; six mistakes and two right. */
    ck_assert_uint_eq(occurrences(page, "class=\"sample\""), 3 + 1 + 6 + 2);
    ck_assert_ptr_nonnull(strstr(
        page, "<figcaption><span>is <b>2</b> 5.0&nbsp;%</span><span>said "
              "<b>1</b> 90.0&nbsp;%</span><small>sample 6</small>"));
    ck_assert_ptr_nonnull(
        strstr(page, "<figcaption><span>is <b>0</b> 50.0&nbsp;%</span><span>or "
                     "<b>1</b> 25.0&nbsp;%</span><small>sample 1</small>"));
    made_labels_free(&made);
}
END_TEST

START_TEST(hostile_names_of_classes_and_files_stay_text)
{
    static char first[] = "</td><script>\"", second[] = "b\xff'\n<b>";
    static char file[] = "x/\"><script>alert(1)</script>.png";
    char *names[] = {first, second};
    struct samples_file files[4] = {
        {.name = file}, {.name = file}, {.name = file}, {.name = file}};
    struct made_labels made;
    struct text harmless;
    made_labels_init(&made, 2, 3, 4, 4);
    answer(&made, 0, 1, 0.9);
    answer(&made, 1, 0, 0.8);
    answer(&made, 1, 1, 0.7);
    const struct baselines found = {4, 0, 1, 3, 4, 4};
    made.labels.baselines = &found;
    make_page(&made.report.report, &harmless);
    made.samples.names = names;
    made.samples.files = files;
    made.samples.is_filed = true;
    made.report.report.warnings = "<script>1\n<script>2\n";
    const char *const page = made_page(&made.report);
    ck_assert_uint_eq(expect_balanced(page),
                      expect_balanced(harmless.data) + 2);
    ck_assert_uint_eq(occurrences(page, "<script"),
                      occurrences(harmless.data, "<script"));
    ck_assert_ptr_null(strchr(page, '\xff'));
    ck_assert_ptr_nonnull(strstr(page, "<p class=\"warning\">Warning: "
                                       "&lt;script&gt;2</p>"));
    ck_assert_ptr_nonnull(
        strstr(page, "<small>x/<wbr>&quot;&gt;&lt;script&gt;alert(1)"));
    text_free(&harmless);
    made_labels_free(&made);
}
END_TEST

START_TEST(what_needs_no_learning_stands_beside_the_net)
{
    struct made_labels made;
    made_labels_init(&made, 2, 1, 4, 4);
    answer(&made, 0, 0, 0.9);
    answer(&made, 1, 0, 0.8);
    answer(&made, 1, 0, 0.8);
    const struct baselines found = {
        .count = 3, .frequent = 2, .always = 1, .nearest = 3, .compared = 3};
    made.labels.baselines = &found;
    made.report.report.verdict = "held out: 1 of 3 right (33.3 %)";
    const char *page = made_page(&made.report);
    ck_assert_ptr_nonnull(strstr(page, "<p class=\"badge bad\">finished, no "
                                       "better than always answering 1</p>"));
    ck_assert_ptr_nonnull(strstr(page, "<p class=\"verdict\">held out: 1 of 3 "
                                       "right (33.3 %)</p>"));
    ck_assert_ptr_nonnull(strstr(
        page, "<b>this net</b></td><td>33.3&nbsp;%</td><td>1 of 3</td>"));
    ck_assert_ptr_nonnull(
        strstr(page, "training sample</td><td>100.0&nbsp;%</td><td>3 of 3<"));
    ck_assert_ptr_nonnull(strstr(
        page, "the most frequent class</td><td>66.7&nbsp;%</td><td>2 of 3<"));
    answer(&made, 1, 1, 0.8);
    answer(&made, 1, 1, 0.8);
    page = made_page(&made.report);
    ck_assert_ptr_nonnull(strstr(page, "<p class=\"badge\">finished</p>"));
    made_labels_free(&made);
}
END_TEST

START_TEST(of_many_classes_a_map_and_the_pairs_that_are_confused_most)
{
    struct made_labels made;
    made_labels_init(&made, 100, 3, 4, 400);
    for (size_t i = 0; i < 400; i++)
        answer(&made, i % 100, i < 300 ? i % 100 : (i * 7) % 100, 0.5);
    const char *const page = made_page(&made.report);
    expect_balanced(page);
    expect_self_contained(page);
    ck_assert_uint_lt(made.report.html.size, 400000);
    ck_assert_ptr_null(strstr(page, "<table class=\"confusion\">"));
    ck_assert_ptr_nonnull(
        strstr(page, "100 classes are too many for numbers and pictures."));
    ck_assert_ptr_nonnull(
        strstr(page, "<tr><td>1</td><td>7</td><td>1</td></tr>"));
    ck_assert_uint_eq(occurrences(page, "class=\"sample\""),
                      NOTABLE_WORST + NOTABLE_BARELY);
    made_labels_free(&made);
}
END_TEST

/* The largest page there is: every cell has its pictures, of many pixels. */
START_TEST(large_pictures_and_full_cells_make_a_bounded_page)
{
    static const size_t classes[] = {12, 20};
    for (size_t i = 0; i < 2; i++) {
        struct made_labels made;
        made_labels_init(&made, classes[i], 3, 96, 6);
        const size_t pairs = classes[i] * classes[i];
        for (size_t k = 0; k < 3 * pairs; k++) {
            made.tally.count %= 6;
            answer(&made, k % pairs / classes[i], k % classes[i], 0.5);
        }
        const char *const page = made_page(&made.report);
        expect_balanced(page);
        ck_assert_uint_lt(made.report.html.size, 3000000);
        ck_assert_ptr_nonnull(strstr(page, "width=\"32\" height=\"32\""));
        ck_assert_ptr_nonnull(strstr(page, "width=\"48\" height=\"48\""));
        made_labels_free(&made);
    }
}
END_TEST

START_TEST(answers_that_are_no_numbers_show_no_picture)
{
    struct made_labels made;
    made_labels_init(&made, 2, 1, 4, 4);
    const char *page = made_page(&made.report);
    ck_assert_ptr_nonnull(strstr(page, "It was never measured: no epoch was "
                                       "over."));
    ck_assert_uint_eq(occurrences(page, "class=\"sample\""), 0);
    answer(&made, 0, 0, NAN);
    answer(&made, 1, 0, NAN);
    page = made_page(&made.report);
    ck_assert_ptr_nonnull(strstr(page, "The net's answers are not finite."));
    ck_assert_uint_eq(occurrences(page, "class=\"sample\""), 0);
    ck_assert_ptr_null(strstr(page, "id=\"mistakes\""));
    answer(&made, 1, 0, 0.9);
    made.labels.is_old = true;
    page = made_page(&made.report);
    expect_balanced(page);
    ck_assert_ptr_nonnull(strstr(page, "Of 2 the answer is no number;"));
    ck_assert_ptr_nonnull(
        strstr(page, ", when the last epoch that was measured was over"));
    ck_assert_uint_eq(occurrences(page, "class=\"sample\""), 2);
    made_labels_free(&made);
}
END_TEST

/* What a sample may be: some features, two channels, numbers beyond 0 to 1. */
START_TEST(samples_that_are_no_pictures_are_drawn_too)
{
    static float numbers[2 * 2 * 3 * 5];
    static const struct {
        size_t shape[3];
        const char *drawn;
    } kinds[] = {{{15, 1, 1}, "width=\"15\" height=\"1\""},
                 {{2, 3, 5}, "width=\"10\" height=\"3\""},
                 {{1, 6, 5}, "width=\"5\" height=\"6\""},
                 {{30, 1, 1}, "width=\"30\" height=\"1\""}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct made_labels made;
        const size_t *const shape = kinds[i].shape;
        made_labels_init(&made, 2, 1, 4, 2);
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            numbers[k] = (float)k - 7;
        made.samples.input =
            (struct samples_array){SAMPLES_F32,
                                   {shape[0], shape[1], shape[2]},
                                   shape[0] * shape[1] * shape[2],
                                   1,
                                   numbers};
        answer(&made, 0, 1, 0.75);
        const char *const page = made_page(&made.report);
        ck_assert_ptr_nonnull(strstr(page, kinds[i].drawn));
        made_labels_free(&made);
    }
}
END_TEST

START_TEST(epochs_are_drawn_for_both_parts_and_end_where_they_are_not_finite)
{
    struct made_labels made;
    struct epochs epochs = {.count = 0};
    made_labels_init(&made, 2, 1, 4, 2);
    made.report.report.epochs = &epochs;
    const char *page = made_page(&made.report);
    ck_assert_ptr_null(strstr(page, "id=\"epochs\""));
    for (size_t i = 0; i < 4; i++) {
        const struct epochs_row row = {i, i < 3 ? 1.0 / (double)(i + 1) : NAN,
                                       0.25 * (double)i, 0.5, 0.125};
        epochs_add(&epochs, &row);
    }
    page = made_page(&made.report);
    expect_balanced(page);
    ck_assert_ptr_nonnull(strstr(page, "id=\"epochs\""));
    ck_assert_ptr_nonnull(strstr(
        page, "<span class=\"key c0\">trained on</span> <span class=\"key "
              "c1\">held out</span>"));
    ck_assert_ptr_nonnull(strstr(page, "\"rows\":[[0,1,0.5,0,12.5],[1,0.5,0.5,"
                                       "25,12.5],[2,0.3333,0.5,50,12.5]]}"));
    for (size_t i = 0; i < epochs.count; i++)
        epochs.rows[i].accuracy = epochs.rows[i].held_out_accuracy =
            epochs.rows[i].held_out_loss = NAN;
    page = made_page(&made.report);
    ck_assert_ptr_null(strstr(page, "Right, in %"));
    ck_assert_ptr_null(strstr(page, "key c1"));
    ck_assert_ptr_nonnull(strstr(page, "[1,0.5],"));
    made_labels_free(&made);
}
END_TEST

START_TEST(many_epochs_are_thinned_evenly_and_keep_their_ends)
{
    struct epochs epochs = {.count = 0};
    for (size_t i = 0; i < 3001; i++) {
        const struct epochs_row row = {.epoch = i, .loss = (double)i};
        epochs_add(&epochs, &row);
    }
    epochs_finish(&epochs);
    epochs_finish(&epochs);
    ck_assert_uint_eq(epochs.stride, 8);
    ck_assert_uint_le(epochs.count, EPOCHS_ROWS + 1);
    for (size_t i = 0; i < epochs.count; i++)
        ck_assert_uint_eq(epochs.rows[i].epoch, 8 * i);
    ck_assert_uint_eq(epochs.rows[epochs.count - 1].epoch, 3000);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_confused_pair_has_its_count_and_its_surest_pictures,
        hostile_names_of_classes_and_files_stay_text,
        what_needs_no_learning_stands_beside_the_net,
        of_many_classes_a_map_and_the_pairs_that_are_confused_most,
        large_pictures_and_full_cells_make_a_bounded_page,
        answers_that_are_no_numbers_show_no_picture,
        samples_that_are_no_pictures_are_drawn_too,
        epochs_are_drawn_for_both_parts_and_end_where_they_are_not_finite,
        many_epochs_are_thinned_evenly_and_keep_their_ends,
        NULL};
    return run_tests("report_labels", tests);
}
