/* expect.h - what every test program needs: errors compared, a runner. */
#ifndef EXPECT_H
#define EXPECT_H

#include <check.h>
#include <stdlib.h>

#include "convlet/error.h"

/* A call went well; else the test fails with what the call said. */
#define expect_ok(got, err) \
    ck_assert_msg((got) == CVL_OK, "unexpected error: %s", (err).message)

/* A call failed with this status and this whole message. */
#define expect_fail(got, err, expected, text)     \
    do {                                          \
        ck_assert_int_eq(got, expected);          \
        ck_assert_int_eq((err).status, expected); \
        ck_assert_str_eq((err).message, text);    \
    } while (0)

/* Runs a suite, which it takes over; for main to return. */
static inline int run_suite(Suite *suite)
{
    SRunner *const runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Runs the tests of one program, a list that ends in NULL, each between
 * `before` and `after` (or NULL); for main to return. */
static inline int run_tests_between(const char *name, const TTest *const *tests,
                                    void (*before)(void), void (*after)(void))
{
    Suite *const suite = suite_create(name);
    TCase *const all = tcase_create(name);
    if (before) tcase_add_checked_fixture(all, before, after);
    for (size_t i = 0; tests[i]; i++) tcase_add_test(all, tests[i]);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}

static inline int run_tests(const char *name, const TTest *const *tests)
{
    return run_tests_between(name, tests, NULL, NULL);
}

#endif
