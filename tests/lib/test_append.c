/* test_append.c - texts made piece by piece end where their room does. */
#include "convlet/append.h"

#include <string.h>

#include "expect.h"

START_TEST(pieces_stand_one_behind_the_other)
{
    char text[16] = "";
    cvl_append(text, sizeof text, "%zu", (size_t)12);
    cvl_append(text, sizeof text, "%s", "");
    cvl_append(text, sizeof text, " x %d", 3);
    ck_assert_str_eq(text, "12 x 3");
}
END_TEST

START_TEST(what_does_not_fit_is_cut_off)
{
    char text[9] = "";
    memset(text, '#', sizeof text);
    text[0] = '\0';
    for (int i = 0; i < 4; i++) cvl_append(text, 8, "%s", "abc");
    ck_assert_str_eq(text, "abcabca");
    ck_assert_int_eq(text[8], '#');
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        pieces_stand_one_behind_the_other,
        what_does_not_fit_is_cut_off,
        NULL,
    };
    return run_tests("append", tests);
}
