/* test_number.c - numbers as text: short, plain, and the same when read. */
#include "base/number.h"

#include <math.h>
#include <stdlib.h>

#include "expect.h"

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

int main(void)
{
    Suite *const suite = suite_create("number");
    TCase *const all = tcase_create("number");
    tcase_add_loop_test(all, a_number_is_written_plainly_and_reads_back, 0,
                        (int)(sizeof numbers / sizeof numbers[0]));
    tcase_add_test(all, a_float_has_no_digits_that_it_does_not_need);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
