/* test_report.c - a report is whole, safe, and no larger than it says. */
#include <math.h>
#include <string.h>

#include "base/html.h"
#include "made_report.h"
#include "train/run.h"

static const char SPEC[] = "conv 2 3x3, relu, conv 1 3x3";

static void expect_escaped(const char *text, const char *expected)
{
    struct text html = {0};
    html_escape(&html, text);
    ck_assert_str_eq(html.data, expected);
    text_free(&html);
}

START_TEST(text_from_outside_loses_its_markup)
{
    expect_escaped("<script>alert(\"1\")</script>&'.png",
                   "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;"
                   "&#39;.png");
    expect_escaped("a\nb\x1b[2Jc\x7f", "a\nb\xef\xbf\xbd[2Jc\xef\xbf\xbd");
    expect_escaped("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8d\x8e",
                   "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8d\x8e");
}
END_TEST

#define REPLACED "\xef\xbf\xbd"

START_TEST(what_is_not_utf8_is_replaced_byte_by_byte)
{
    expect_escaped("\xff<", REPLACED "&lt;");
    expect_escaped("\xc3<b>", REPLACED "&lt;b&gt;");
    expect_escaped("\xe2\x82", REPLACED REPLACED);
    expect_escaped("\xc0\xbc", REPLACED REPLACED); /* an overlong < */
    expect_escaped("\xed\xa0\x80", REPLACED REPLACED REPLACED);
    expect_escaped("\xf4\x90\x80\x80", REPLACED REPLACED REPLACED REPLACED);
}
END_TEST

START_TEST(base64_agrees_with_rfc_4648)
{
    static const char *const expected[] = {"Zg==",     "Zm8=",     "Zm9v",
                                           "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (size_t size = 1; size <= 6; size++) {
        struct text html = {0};
        html_base64(&html, (const unsigned char *)"foobar", size);
        ck_assert_str_eq(html.data, expected[size - 1]);
        text_free(&html);
    }
}
END_TEST

START_TEST(numbers_are_set_for_people)
{
    static const struct {
        double value;
        const char *html;
    } numbers[] = {{0.5, "0.5"},
                   {-2.4654321e-6, "&minus;2.465&times;10<sup>&minus;6</sup>"},
                   {1e70, "1&times;10<sup>70</sup>"},
                   {-INFINITY, "&minus;&infin;"},
                   {NAN, "NaN"}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct text html = {0};
        html_number(&html, numbers[i].value);
        ck_assert_str_eq(html.data, numbers[i].html);
        text_free(&html);
    }
}
END_TEST

START_TEST(a_report_is_whole_and_refers_to_nothing_outside)
{
    for (int kind = REPORT_FINISHED; kind <= REPORT_INTERRUPTED; kind++) {
        struct made_report made;
        made_report_init(&made, SPEC, 20);
        made.report.outcome = (enum report_outcome)kind;
        made.report.is_picture = kind % 2;
        const char *const page = made_page(&made);
        ck_assert_uint_gt(expect_balanced(page), 100);
        expect_self_contained(page);
        ck_assert_ptr_nonnull(strstr(page, "prefers-color-scheme: dark"));
        ck_assert_ptr_nonnull(strstr(page, "default-src 'none'"));
        /* Four pictures, and a strip for each of two layers. */
        ck_assert_uint_eq(occurrences(page, "<img "),
                          4 + 2 * made.history.snapshot_count);
        made_report_free(&made);
    }
}
END_TEST

START_TEST(hostile_names_stay_text)
{
    static const char hostile[] = "</title> <script>\"'\xff.png";
    struct made_report made;
    struct text harmless;
    made_report_init(&made, SPEC, 3);
    make_page(&made.report, &harmless);
    made.report.input = made.report.target = made.report.command =
        made.report.config = made.report.recipe = made.report.version =
            made.report.processor = made.report.isa = hostile;
    expect_same_elements(&made, harmless.data);
    text_free(&harmless);
    made_report_free(&made);
}
END_TEST

START_TEST(a_diverged_run_says_where_and_its_curve_ends_there)
{
    struct made_report made;
    made_report_init(&made, SPEC, 5);
    history_add(&made.history, 5, INFINITY, -INFINITY);
    history_finish(&made.history, &made.net, 5);
    cvl_tensor_set(&made.net.params[0].value, 0, NAN);
    cvl_tensor_fill(&made.net.output, INFINITY);
    made.report.outcome = REPORT_DIVERGED;
    const char *const page = made_page(&made);
    ck_assert_ptr_nonnull(
        strstr(page, "<p class=\"badge bad\">diverged at step 5</p>"));
    ck_assert_ptr_nonnull(strstr(page, ">diverged at step 5</text>"));
    ck_assert_ptr_null(strstr(page, "inf,"));
    ck_assert_ptr_null(strstr(page, "nan,"));
    ck_assert_ptr_null(strstr(page, "[5,"));
    ck_assert_ptr_nonnull(strstr(page, "[4,0.2]]"));
    expect_balanced(page);
    made_report_free(&made);
}
END_TEST

START_TEST(a_run_that_grew_says_how_much_and_one_without_output_shows_none)
{
    struct made_report made;
    made_report_init(&made, SPEC, 5);
    made.report.outcome = REPORT_GROWN;
    made.report.growth = 5123;
    const char *page = made_page(&made);
    ck_assert_ptr_nonnull(
        strstr(page, "<p class=\"badge bad\">finished, the loss grew 5.1e+03 "
                     "times</p>"));
    made.report.outcome = REPORT_DIVERGED;
    made.report.growth = INFINITY;
    made.report.y = NULL;
    page = made_page(&made);
    ck_assert_ptr_nonnull(strstr(page, "The loss is no longer finite"));
    ck_assert_ptr_nonnull(strstr(page, "there is no prediction."));
    ck_assert_uint_eq(occurrences(page, "<img "),
                      2 + 2 * made.history.snapshot_count);
    expect_balanced(page);
    made_report_free(&made);
}
END_TEST

START_TEST(a_run_without_a_step_or_a_kernel_has_a_report)
{
    struct made_report made;
    made_report_init(&made, "conv 1 1x1", 0);
    const char *page = made_page(&made);
    ck_assert_ptr_nonnull(strstr(page, "No step was taken."));
    expect_balanced(page);
    made.history.layer_count = 0;
    page = made_page(&made);
    ck_assert_ptr_null(strstr(page, "id=\"kernels\""));
    expect_balanced(page);
    made_report_free(&made);
}
END_TEST

/* Of three channels: each is a group's own, or all share a kernel. */
START_TEST(kernels_name_the_input_channels_of_the_net)
{
    struct made_report made;
    made_report_init(&made, "conv 6 1x1 groups=3", 2);
    const char *page = made_page(&made);
    ck_assert_ptr_nonnull(strstr(
        page, "After: kernel from input channel 2 to output channel 5\""));
    ck_assert_ptr_nonnull(
        strstr(page, "<figcaption>in 1 &rarr; out 3</figcaption>"));
    ck_assert_ptr_null(strstr(page, "in 0 &rarr; out 2"));
    made_report_free(&made);
    made_report_init(&made, "conv 2 1x1 tied=yes", 2);
    page = made_page(&made);
    ck_assert_ptr_nonnull(strstr(
        page, "After: kernel from input channels 0-2 to output channel 1\""));
    ck_assert_ptr_nonnull(
        strstr(page, "<figcaption>in 0-2 &rarr; out 1</figcaption>"));
    made_report_free(&made);
    made_report_init(&made, "conv 48 1x1, conv 48 1x1 groups=2", 2);
    page = made_page(&made);
    ck_assert_ptr_nonnull(
        strstr(page, "the first 8 of 24 input channels of each group."));
    made_report_free(&made);
}
END_TEST

/* The kernels of one may be nearly white on the scale of another. */
START_TEST(each_layer_has_the_colours_of_its_own_scale)
{
    struct made_report made;
    made_report_init(&made, "conv 2 1x1, conv 1 1x1", 100);
    const char *const page = made_page(&made);
    const char *const kernels = strstr(page, "id=\"kernels\"");
    const char *const second = strstr(kernels, "Layer 1");
    /* The first weight of all was set to the step. */
    const char *const hundred = strstr(kernels, "<span>99</span>");
    ck_assert(hundred && hundred < second);
    ck_assert_ptr_null(strstr(second, "<span>99</span>"));
    ck_assert_ptr_nonnull(strstr(second, "class=\"legend\""));
    made_report_free(&made);
}
END_TEST

START_TEST(a_long_run_of_a_large_net_makes_a_bounded_page)
{
    struct made_report made;
    made_report_init(&made, "conv 40 3x3 padding=1, conv 30 8x9", 50000);
    const char *const page = made_page(&made);
    ck_assert_uint_lt(made.html.size, 2000000);
    ck_assert_ptr_nonnull(
        strstr(page, "The first 8 of 30 output channels and the first 8 of 40 "
                     "input channels."));
    ck_assert_ptr_nonnull(strstr(page, "One step of 32 is drawn"));
    made_report_free(&made);
}
END_TEST

START_TEST(a_report_that_cannot_be_written_says_where)
{
    struct made_report made;
    cvl_error err;
    made_report_init(&made, SPEC, 1);
    ck_assert_int_eq(
        report_write(-1, "/nonexistent/report.html", &made.report, &err),
        CVL_EIO);
    ck_assert_ptr_eq(strstr(err.message, "/nonexistent/report.html: "),
                     err.message);
    made_report_free(&made);
}
END_TEST

START_TEST(the_command_can_be_typed_again)
{
    static const char *const words[] = {"--input", "it's $HOME.png", "--out=r",
                                        ""};
    const struct start_settings start = {.argument_count = 4,
                                         .arguments = words};
    struct text text = {0};
    run_command_line(&start, &text);
    ck_assert_str_eq(text.data, "convlet train --input 'it'\\''s $HOME.png' "
                                "--out=r ''");
    text_free(&text);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        text_from_outside_loses_its_markup,
        what_is_not_utf8_is_replaced_byte_by_byte,
        base64_agrees_with_rfc_4648,
        numbers_are_set_for_people,
        a_report_is_whole_and_refers_to_nothing_outside,
        hostile_names_stay_text,
        a_diverged_run_says_where_and_its_curve_ends_there,
        a_run_that_grew_says_how_much_and_one_without_output_shows_none,
        a_run_without_a_step_or_a_kernel_has_a_report,
        kernels_name_the_input_channels_of_the_net,
        each_layer_has_the_colours_of_its_own_scale,
        a_long_run_of_a_large_net_makes_a_bounded_page,
        a_report_that_cannot_be_written_says_where,
        the_command_can_be_typed_again,
        NULL,
    };
    return run_tests("report", tests);
}
