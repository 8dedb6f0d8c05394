/* test_confusion.c - which classes were taken for which, in a table. */
#include "classify/confusion.h"

#include "expect.h"

/* Of these classes, 0 is right 12 times and 1 once taken for 0. */
static struct confusion confuse(size_t classes)
{
    struct confusion c;
    cvl_error err;
    expect_ok(confusion_init(&c, classes, &err), err);
    for (size_t i = 0; i < 12; i++) confusion_add(&c, 0, 0);
    confusion_add(&c, 1, 0);
    return c;
}

START_TEST(a_table_has_a_row_for_each_class)
{
    static const char *const names[] = {"cat", "dog", "fish"};
    struct confusion c = confuse(3);
    struct text text = {0};
    confusion_add(&c, 2, 1);
    confusion_add(&c, 2, 2);
    confusion_add_table(&c, names, &text);
    ck_assert_str_eq(text.data, "is \\ taken for  cat  dog  fish\n"
                                "cat              12    .     .\n"
                                "dog               1    .     .\n"
                                "fish              .    1     1\n");
    text_free(&text);
    confusion_free(&c);
}
END_TEST

START_TEST(a_verdict_counts_and_gives_a_share)
{
    struct confusion c = confuse(2);
    struct text text = {0};
    confusion_add_verdict(&c, &text);
    ck_assert_str_eq(text.data, "12 of 13 right (92.3 %)");
    text_free(&text);
    confusion_free(&c);
}
END_TEST

START_TEST(nothing_compared_is_nothing_right)
{
    struct confusion c;
    struct text text = {0};
    cvl_error err;
    expect_ok(confusion_init(&c, 2, &err), err);
    confusion_add_verdict(&c, &text);
    ck_assert_str_eq(text.data, "0 of 0 right (0.0 %)");
    text_free(&text);
    confusion_free(&c);
}
END_TEST

START_TEST(of_many_classes_the_pairs_that_are_confused_most_are_listed)
{
    static const char *const names[21] = {"a", "b", "c", "d", "e", "f", "g",
                                          "h", "i", "j", "k", "l", "m", "n",
                                          "o", "p", "q", "r", "s", "t", "u"};
    struct confusion c = confuse(21);
    struct text text = {0};
    for (size_t i = 0; i < 3; i++) confusion_add(&c, 20, 4);
    confusion_add(&c, 5, 6);
    confusion_add_table(&c, names, &text);
    ck_assert_str_eq(text.data, "u taken for e: 3\n"
                                "b taken for a: 1\n"
                                "f taken for g: 1\n");
    text_free(&text);
    confusion_free(&c);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_table_has_a_row_for_each_class,
        a_verdict_counts_and_gives_a_share,
        nothing_compared_is_nothing_right,
        of_many_classes_the_pairs_that_are_confused_most_are_listed,
        NULL,
    };
    return run_tests("confusion", tests);
}
