/* suite.h - what every test program's main does. */
#ifndef CVL_TESTS_SUITE_H
#define CVL_TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Runs one suite; the exit status of main. Takes over the suite. */
static inline int run_suite(Suite *suite)
{
    SRunner *const runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
