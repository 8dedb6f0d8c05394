/* test_utf8.c - what is a character, and how long. */
#include "convlet/utf8.h"

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
        ck_assert_uint_eq(cvl_utf8_length(texts[i].text, NULL),
                          texts[i].length);
}
END_TEST

START_TEST(length_reads_no_further_than_the_end)
{
    static const char text[] = "\xf0\x90\x80\x80";
    for (size_t size = 0; size < 4; size++)
        ck_assert_uint_eq(cvl_utf8_length(text, text + size), 0);
    ck_assert_uint_eq(cvl_utf8_length(text, text + 4), 4);
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

START_TEST(control_characters_are_told_and_replaced)
{
    static const struct {
        const char *text, *replaced;
    } texts[] = {
        {"", ""},
        {"plain \xc3\xa9\xe2\x82\xac", "plain \xc3\xa9\xe2\x82\xac"},
        {"\x1b[1m\n\x7f", "?[1m??"},
        {"a\xc2\x9b"
         "31m\xc2\xa0",
         "a?31m\xc2\xa0"},
        {"\x9b"
         "31m\xe9",
         "?31m\xe9"},          /* of Latin-1 */
        {"\xe2\x82", "\xe2?"}, /* cut short */
        {"\xe2\x80\x9b", "\xe2\x80\x9b"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[32];
        memcpy(text, texts[i].text, strlen(texts[i].text) + 1);
        cvl_control_replace(text);
        ck_assert_str_eq(text, texts[i].replaced);
        ck_assert_uint_eq(cvl_control_length(text), 0);
    }
    ck_assert_uint_eq(cvl_control_length("\xc2\x80"), 2);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        length_tells_characters_from_what_is_none,
        control_characters_are_told_and_replaced,
        length_reads_no_further_than_the_end,
        check_looks_at_every_character,
        NULL,
    };
    return run_tests("utf8", tests);
}
