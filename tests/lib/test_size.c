/* test_size.c - sizes do not wrap, in sums, in products, or in decimals. */
#include "convlet/size.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "expect.h"

START_TEST(size_mul_and_add_refuse_to_wrap)
{
    size_t out = 7;
    ck_assert(cvl_size_mul(SIZE_MAX / 2, 2, &out));
    ck_assert_uint_eq(out, SIZE_MAX - 1);
    ck_assert(cvl_size_mul(SIZE_MAX, 1, &out));
    ck_assert_uint_eq(out, SIZE_MAX);
    ck_assert(cvl_size_mul(SIZE_MAX, 0, &out));
    ck_assert_uint_eq(out, 0);
    ck_assert(cvl_size_add(SIZE_MAX - 1, 1, &out));
    ck_assert_uint_eq(out, SIZE_MAX);

    out = 7;
    ck_assert(!cvl_size_mul(SIZE_MAX / 2 + 1, 2, &out));
    ck_assert(!cvl_size_mul(2, SIZE_MAX / 2 + 1, &out));
    ck_assert(!cvl_size_add(SIZE_MAX, 1, &out));
    ck_assert(!cvl_size_add(1, SIZE_MAX, &out));
    ck_assert_uint_eq(out, 7);
}
END_TEST

START_TEST(size_product_multiplies_all_or_refuses)
{
    size_t out = 7;
    ck_assert(!cvl_size_product((size_t[]){2, SIZE_MAX / 2, 2}, 3, &out));
    ck_assert_uint_eq(out, 7);
    ck_assert(cvl_size_product((size_t[]){2, 3, 5, 7}, 4, &out));
    ck_assert_uint_eq(out, 210);
    ck_assert(cvl_size_product(NULL, 0, &out));
    ck_assert_uint_eq(out, 1);
}
END_TEST

START_TEST(aligned_sizes_are_the_next_multiple)
{
    ck_assert_uint_eq(cvl_aligned(0), 0);
    ck_assert_uint_eq(cvl_aligned(1), CVL_ALIGNMENT);
    ck_assert_uint_eq(cvl_aligned(CVL_ALIGNMENT), CVL_ALIGNMENT);
    ck_assert_uint_eq(cvl_aligned(CVL_ALIGNMENT + 1), 2 * CVL_ALIGNMENT);
}
END_TEST

START_TEST(align_refuses_to_wrap)
{
    size_t out = 7;
    ck_assert(cvl_size_align(65, &out));
    ck_assert_uint_eq(out, 128);
    ck_assert(cvl_size_align(SIZE_MAX - 63, &out));
    ck_assert_uint_eq(out, SIZE_MAX - 63);
    ck_assert(!cvl_size_align(SIZE_MAX - 62, &out));
}
END_TEST

/* A text, how many of its characters are the number, and its value. */
START_TEST(parse_reads_the_digits_that_a_text_begins_with)
{
    static const struct {
        const char *text;
        size_t digits, value;
    } texts[] = {
        {"0", 1, 0},       {"007x", 3, 7}, {"1000000,2", 7, 1000000},
        {"1 000", 1, 1},   {"", 0, 0},     {"-1", 0, 0},
        {" 1", 0, 0},      {"x", 0, 0},    {"+1", 0, 0},
        {"12\xb2", 2, 12},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *at = texts[i].text;
        size_t value = 9;
        ck_assert(cvl_size_parse(&at, NULL, &value) == (texts[i].digits > 0));
        ck_assert_uint_eq((size_t)(at - texts[i].text), texts[i].digits);
        ck_assert_uint_eq(value, texts[i].value);
    }
}
END_TEST

START_TEST(parse_stops_at_the_end_it_is_given)
{
    static const char text[] = "1234";
    for (size_t length = 0; length <= 4; length++) {
        static const size_t values[] = {0, 1, 12, 123, 1234};
        const char *at = text;
        size_t value;
        ck_assert(cvl_size_parse(&at, text + length, &value) == (length > 0));
        ck_assert_ptr_eq(at, text + length);
        ck_assert_uint_eq(value, values[length]);
    }
}
END_TEST

START_TEST(parse_tells_the_largest_size_from_what_is_beyond)
{
    char text[64];
    snprintf(text, sizeof text, "%zu", SIZE_MAX);
    const size_t length = strlen(text);
    const char *at = text;
    size_t value = 0;
    ck_assert(cvl_size_parse(&at, NULL, &value));
    ck_assert_uint_eq(value, SIZE_MAX);

    /* One more, and ten times as much. */
    for (int more = 0; more < 2; more++) {
        if (more)
            snprintf(text, sizeof text, "%zu0", SIZE_MAX);
        else
            text[length - 1]++;
        at = text;
        value = 0;
        ck_assert(!cvl_size_parse(&at, NULL, &value));
        ck_assert_uint_eq(value, SIZE_MAX);
        ck_assert_int_eq(*at, '\0');
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        size_mul_and_add_refuse_to_wrap,
        size_product_multiplies_all_or_refuses,
        aligned_sizes_are_the_next_multiple,
        align_refuses_to_wrap,
        parse_reads_the_digits_that_a_text_begins_with,
        parse_stops_at_the_end_it_is_given,
        parse_tells_the_largest_size_from_what_is_beyond,
        NULL,
    };
    return run_tests("size", tests);
}
