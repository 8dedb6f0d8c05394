/* test_utf8.c - what is a character, and how long. */
#include "convlet/utf8.h"

#include <stdint.h>
#include <string.h>

#include "expect.h"

START_TEST(length_tells_characters_from_what_is_none)
{
    static const struct {
        const char *text;
        size_t length;
    } texts[] = {
        {"", 1}, /* a zero is a character, too */
        {"a", 1},
        {"\x7f", 1},
        {"\xc2\x80z", 2},
        {"\xe0\xa0\x80", 3},
        {"\xed\x9f\xbf", 3},
        {"\xf0\x90\x80\x80", 4},
        {"\xf4\x8f\xbf\xbf", 4},
        {"\x80", 0},         /* the middle of one */
        {"\xc1\xbf", 0},     /* overlong */
        {"\xe0\x9f\xbf", 0}, /* overlong */
        {"\xf0\x8f\xbf\xbf", 0},
        {"\xed\xa0\x80", 0},     /* a surrogate */
        {"\xf4\x90\x80\x80", 0}, /* beyond U+10FFFF */
        {"\xf5\x80\x80\x80", 0},
        {"\xe2\x82", 0}, /* cut short by the string's end */
        {"\xe2z\x82", 0},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_uint_eq(cvl_utf8_length(texts[i].text, SIZE_MAX),
                          texts[i].length);
}
END_TEST

START_TEST(length_reads_no_further_than_size)
{
    static const char text[] = "\xf0\x90\x80\x80";
    for (size_t size = 0; size < 4; size++)
        ck_assert_uint_eq(cvl_utf8_length(text, size), 0);
    ck_assert_uint_eq(cvl_utf8_length(text, 4), 4);
}
END_TEST

START_TEST(check_looks_at_every_character)
{
    ck_assert(cvl_utf8_check(""));
    ck_assert(cvl_utf8_check("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"));
    ck_assert(!cvl_utf8_check("a\xc3\xa9\xe2\x82"));
    ck_assert(!cvl_utf8_check("\xff"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        length_tells_characters_from_what_is_none,
        length_reads_no_further_than_size,
        check_looks_at_every_character,
        NULL,
    };
    return run_tests("utf8", tests);
}
