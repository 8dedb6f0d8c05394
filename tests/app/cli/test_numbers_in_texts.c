/* test_numbers_in_texts.c - numbers that stand in a text: a net, a loss ... */
#include <float.h>
#include <stdio.h>
#include <string.h>

#include <convlet/loss.h>
#include <convlet/net.h>

#include "bench/shapes.h"
#include "comma_locale.h"
#include "data/literal.h"
#include "expect.h"
#include "patches/degrade.h"
#include "scratch.h"
#include "spellings.h"

enum { TEXT_SIZE = 160 };

static cvl_status parse_loss(const char *text, cvl_error *err)
{
    cvl_loss loss;
    return cvl_loss_parse(text, &loss, err);
}

static cvl_status parse_degrade(const char *text, cvl_error *err)
{
    struct degrade degrade;
    return degrade_parse(text, &degrade, err);
}

static cvl_status parse_literal(const char *text, cvl_error *err)
{
    cvl_tensor tensor;
    const cvl_status status = literal_parse(text, NULL, &tensor, err);
    cvl_tensor_free(&tensor);
    return status;
}

/* Of 4 channels of 32 x 32; without memory for its numbers. */
static cvl_status parse_net(const char *text, cvl_error *err)
{
    cvl_net net;
    const cvl_net_config config = {.spec = text,
                                   .dtype = CVL_F64,
                                   .input_shape = {1, 4, 32, 32},
                                   .exec = cvl_exec_default()};
    const cvl_status status = cvl_net_plan(&net, &config, err);
    cvl_net_free(&net);
    return status;
}

static cvl_status parse_shape(const char *text, cvl_error *err)
{
    struct bench_shapes shapes;
    put("shapes.tsv", text);
    const cvl_status status = bench_shapes_open(&shapes, "shapes.tsv", err);
    bench_shapes_close(&shapes);
    return status;
}

/* What reads the text, the text around the number, and what that may be; a high
 * of 0 is no limit. */
static const struct place {
    cvl_status (*parse)(const char *text, cvl_error *err);
    const char *format;
    bool is_whole, above; /* low itself is out of range */
    double low, high;
    bool or_none; /* an empty text is one */
    bool rounds;  /* what is too close to 0 is 0, as in a file */
    bool is_row;  /* a comma or a blank begins another number */
} places[] = {
    {parse_loss, "huber:%s", .above = true},
    {parse_loss, "charbonnier:%s", .above = true},
    {parse_degrade, "noise:%s", .above = true, .high = 255},
    {parse_degrade, "blur:%s", .above = true, .high = 20},
    {parse_net, "leaky %s", .low = -DBL_MAX, .or_none = true},
    {parse_net, "batchnorm eps=%s", .above = true},
    {parse_net, "batchnorm momentum=%s", .high = 1},
    {parse_net, "conv %s 3x3", .is_whole = true, .low = 1, .high = 1000000},
    {parse_net, "dense %s", .is_whole = true, .low = 1, .high = 1000000},
    {parse_net, "conv 2 %sx1", .is_whole = true, .low = 1, .high = 32},
    {parse_net, "conv 2 3x%s", .is_whole = true, .low = 1, .high = 32},
    {parse_net, "conv 2 3x3 stride=1x%s", .is_whole = true, .low = 1,
     .high = 1000000},
    {parse_net, "conv 2 2x2 dilation=1x%s", .is_whole = true, .low = 1,
     .high = 31},
    {parse_net, "maxpool 1x%s", .is_whole = true, .low = 1, .high = 32},
    {parse_net, "avgpool 2 stride=1x%s", .is_whole = true, .low = 1,
     .high = 1000000},
    {parse_literal, "[[%s]]", .low = -DBL_MAX, .rounds = true, .is_row = true},
    {parse_shape, "A x 1 %s 4 4 2 1 1 0 1\n", .is_whole = true, .low = 1,
     .high = 1e17, .is_row = true},
};

enum { COUNT = sizeof places / sizeof *places };

static bool is_taken(const struct place *place, const struct spelling *s)
{
    const double value = place->is_whole ? (double)s->size : s->real;
    if (!*s->text && place->or_none) return true;
    if (strspn(s->text, "-+.0123456789e") == strlen(s->text) && place->rounds &&
        strstr(s->text, "e-"))
        return true;
    if (!(place->is_whole ? s->is_whole : s->is_real)) return false;
    if (place->above ? value <= place->low : value < place->low) return false;
    return place->high == 0 || value <= place->high;
}

static void try_place(const struct place *place)
{
    char text[TEXT_SIZE];
    cvl_error err;
    for (size_t i = 0; i < spelling_count; i++) {
        const struct spelling *const s = &spellings[i];
        if (s->is_blank || (place->is_row && strpbrk(s->text, ", "))) continue;
        snprintf(text, sizeof text, place->format, s->text);
        const cvl_status status = place->parse(text, &err);
        if (is_taken(place, s)) {
            ck_assert_msg(!status, "%s: %s", text, err.message);
            continue;
        }
        ck_assert_msg(status == CVL_EINVAL || status == CVL_EFORMAT,
                      "%s: status %d", text, status);
        ck_assert_msg(!strpbrk(err.message, "\n\r\t"), "%s", err.message);
    }
}

START_TEST(a_number_in_a_text_is_in_its_range_or_refused)
{
    try_place(&places[_i]);
}
END_TEST

START_TEST(a_decimal_comma_of_the_locale_changes_no_text)
{
    if (!comma_locale()) return;
    for (size_t i = 0; i < COUNT; i++) try_place(&places[i]);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("numbers_in_texts");
    TCase *const all = tcase_create("numbers_in_texts");
    tcase_add_checked_fixture(all, enter_directory, leave_directory);
    tcase_add_loop_test(all, a_number_in_a_text_is_in_its_range_or_refused, 0,
                        COUNT);
    tcase_add_test(all, a_decimal_comma_of_the_locale_changes_no_text);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
