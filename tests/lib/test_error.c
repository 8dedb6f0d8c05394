/* test_error.c - an error is one line, whole or visibly cut. */
#include <string.h>

#include "convlet/error.h"
#include "expect.h"

START_TEST(fail_formats_the_message_and_returns_the_status)
{
    cvl_error err;
    expect_fail(cvl_fail(&err, CVL_ESHAPE, "%s is %d", "x", 3), err, CVL_ESHAPE,
                "x is 3");
}
END_TEST

START_TEST(fail_without_an_error_object_still_returns_the_status)
{
    ck_assert_int_eq(cvl_fail(NULL, CVL_ENOMEM, "%d", 1), CVL_ENOMEM);
    ck_assert_int_eq(cvl_error_prefix(NULL, CVL_EIO, "%d", 1), CVL_EIO);
}
END_TEST

/* The longest message that fits, and one that is a byte longer. */
START_TEST(fail_cuts_a_message_that_does_not_fit)
{
    cvl_error err;
    char text[CVL_ERROR_SIZE + 1], cut[CVL_ERROR_SIZE];
    memset(text, 'm', sizeof text);
    text[CVL_ERROR_SIZE - 1] = '\0';
    expect_fail(cvl_fail(&err, CVL_EIO, "%s", text), err, CVL_EIO, text);

    memset(cut, 'm', sizeof cut);
    cut[CVL_ERROR_SIZE - 1] = '\0';
    memcpy(cut + CVL_ERROR_SIZE - 260, "...", 3);
    text[CVL_ERROR_SIZE - 1] = 'm';
    text[CVL_ERROR_SIZE] = '\0';
    expect_fail(cvl_fail(&err, CVL_EIO, "%s", text), err, CVL_EIO, cut);
}
END_TEST

START_TEST(fail_says_what_is_wrong_with_the_longest_name)
{
    static const char why[] = ": cannot open: File name too long";
    cvl_error err;
    char path[4096];
    memset(path, 'd', sizeof path);
    path[sizeof path - 1] = '\0';
    cvl_fail(&err, CVL_EIO, "%s%s", path, why);
    cvl_error_prefix(&err, CVL_EIO, "%s", "model");
    ck_assert_uint_eq(strlen(err.message), CVL_ERROR_SIZE - 1);
    ck_assert_int_eq(strncmp(err.message, "model: ddd", 10), 0);
    ck_assert_str_eq(err.message + CVL_ERROR_SIZE - sizeof why, why);
}
END_TEST

START_TEST(fail_keeps_a_message_one_line_whatever_the_names_in_it)
{
    cvl_error err;
    expect_fail(cvl_fail(&err, CVL_EIO, "%s: no", "a\nb\x1b[31m\x7f\tc"), err,
                CVL_EIO, "a?b?[31m??c: no");
    expect_fail(cvl_fail(&err, CVL_EIO, "%s",
                         "gr\xc3\xbc\xc3\x9f"
                         "e"),
                err, CVL_EIO,
                "gr\xc3\xbc\xc3\x9f"
                "e");
}
END_TEST

START_TEST(prefix_goes_before_the_message_and_keeps_the_status)
{
    cvl_error err;
    cvl_fail(&err, CVL_EFORMAT, "is cut short");
    expect_fail(cvl_error_prefix(&err, CVL_EIO, "layer %d", 2), err,
                CVL_EFORMAT, "layer 2: is cut short");
    expect_fail(cvl_error_prefix(&err, CVL_EIO, "%s", "a.npy"), err,
                CVL_EFORMAT, "a.npy: layer 2: is cut short");
}
END_TEST

START_TEST(prefix_cuts_what_does_not_fit)
{
    cvl_error err;
    char text[CVL_ERROR_SIZE];
    memset(text, 'm', sizeof text);
    text[sizeof text - 1] = '\0';
    cvl_fail(&err, CVL_EFORMAT, "%s", text);
    ck_assert_int_eq(cvl_error_prefix(&err, CVL_EIO, "f"), CVL_EFORMAT);
    memcpy(text, "f: ", 3);
    memcpy(text + sizeof text - 260, "...", 3);
    ck_assert_str_eq(err.message, text);
}
END_TEST

START_TEST(every_status_has_a_name_of_its_own)
{
    static const char *const names[] = {
        "ok",
        "invalid argument",
        "shapes do not fit",
        "out of memory",
        "input or output failed",
        "bad file format",
        "not supported",
    };
    for (int i = 0; i < (int)(sizeof names / sizeof *names); i++)
        ck_assert_str_eq(cvl_status_name((cvl_status)i), names[i]);
    ck_assert_str_eq(cvl_status_name((cvl_status)99), "unknown status");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        fail_formats_the_message_and_returns_the_status,
        fail_without_an_error_object_still_returns_the_status,
        fail_cuts_a_message_that_does_not_fit,
        fail_says_what_is_wrong_with_the_longest_name,
        fail_keeps_a_message_one_line_whatever_the_names_in_it,
        prefix_goes_before_the_message_and_keeps_the_status,
        prefix_cuts_what_does_not_fit,
        every_status_has_a_name_of_its_own,
        NULL,
    };
    return run_tests("error", tests);
}
