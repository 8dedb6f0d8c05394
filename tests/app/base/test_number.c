/* test_number.c - numbers as text: short, plain, and the same when read. */
#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "comma_locale.h"
#include "expect.h"
#include "scratch.h"

static const struct {
    double value;
    const char *text;
} numbers[] = {
    {0, "0"},
    {10, "10"},
    {-200, "-200"},
    {0.1, "0.1"},
    {0.1 + 0.2, "0.30000000000000004"},
    {15.117241302038604, "15.117241302038604"},
    {0.0001, "0.0001"},
    {1e-05, "1e-05"},
    {9007199254740992, "9007199254740992"},
    {1e15, "1000000000000000"},
    {1e16, "1e+16"},
    {2.5e20, "2.5e+20"},
    {INFINITY, "inf"},
    {-INFINITY, "-inf"},
    {NAN, "nan"},
};

START_TEST(a_number_is_written_plainly_and_reads_back)
{
    char text[NUMBER_SIZE];
    const double value = numbers[_i].value;
    ck_assert_str_eq(number_format(value, text), numbers[_i].text);
    if (!isnan(value)) ck_assert_double_eq(strtod(text, NULL), value);
}
END_TEST

START_TEST(a_float_has_no_digits_that_it_does_not_need)
{
    char text[NUMBER_SIZE];
    ck_assert_str_eq(number_format_single(0.1F, text), "0.1");
    ck_assert_str_eq(number_format_single(16777216.0F, text), "16777216");
    ck_assert_str_eq(number_format_single(1.0F / 3, text), "0.33333334");
    ck_assert_str_eq(number_format_single((float)NAN, text), "nan");
}
END_TEST

/* What is read, and how many characters of it are a number. */
static const struct {
    const char *text;
    size_t used;
    double value;
} starts[] = {
    {"0.5", 3, 0.5},       {".5e1x", 4, 5},    {"5.", 2, 5},
    {"-1.25,3", 5, -1.25}, {"1e3 2", 3, 1000}, {"1.2.3", 3, 1.2},
    {"1e", 1, 1},          {"1,5", 1, 1},      {"1e999", 5, INFINITY},
    {"nan", 0, 0},         {"inf", 0, 0},      {"0x1p3", 1, 0},
    {" 1", 0, 0},          {"", 0, 0},         {".", 0, 0},
    {"e5", 0, 0},
};

static void expect_starts(void)
{
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        const char *const text = starts[i].text, *end;
        ck_assert_double_eq(cvl_number_read(text, &end), starts[i].value);
        ck_assert_msg((size_t)(end - text) == starts[i].used, "%s: %s", text,
                      end);
    }
}

START_TEST(the_number_that_a_text_begins_with_is_read)
{
    char text[2048];
    const char *end;
    expect_starts();
    memset(text, '1', sizeof text);
    text[1024] = '\0';
    ck_assert(isinf(cvl_number_read(text, &end)) && !*end);
    text[1024] = '1';
    text[1025] = '\0';
    cvl_number_read(text, &end);
    ck_assert_ptr_eq(end, text);
}
END_TEST

START_TEST(a_number_is_the_same_in_every_locale)
{
    char text[NUMBER_SIZE];
    if (!comma_locale()) return;
    expect_starts();
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        ck_assert_str_eq(number_format(numbers[i].value, text),
                         numbers[i].text);
    ck_assert_str_eq(number_format_single(1.0F / 3, text), "0.33333334");
    ck_assert_str_eq(cvl_number_digits(2.0 / 3, 3, text), "0.667");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("number");
    TCase *const all = tcase_create("number");
    tcase_add_loop_test(all, a_number_is_written_plainly_and_reads_back, 0,
                        (int)(sizeof numbers / sizeof numbers[0]));
    tcase_add_checked_fixture(all, enter_directory, leave_directory);
    tcase_add_test(all, a_float_has_no_digits_that_it_does_not_need);
    tcase_add_test(all, the_number_that_a_text_begins_with_is_read);
    tcase_add_test(all, a_number_is_the_same_in_every_locale);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
