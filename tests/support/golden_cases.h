/* golden_cases.h - the cases of tests/golden/classifier, one op at a time. */
#ifndef CVL_TESTS_GOLDEN_CASES_H
#define CVL_TESTS_GOLDEN_CASES_H

#include "convlet/net.h"
#include "golden.h"

/* One case, in one precision. */
typedef struct golden_case {
    const cJSON *settings; /* its entry in manifest.json */
    const char *folder;    /* "max_pool2d/000_2x2" */
    cvl_dtype dtype;
} golden_case;

/* Calls `check` for each case of the op, in both precisions. Returns how many
 * cases there were. */
size_t golden_each(const char *op, void (*check)(const golden_case *one));

/* An array of the case by its name ("x"), in its dtype, which holds all inputs
 * exactly; and a number of its settings. */
cvl_tensor golden_case_load(const golden_case *one, const char *array);
double golden_case_number(const golden_case *one, const char *key);

/* What a single op may be off by: README.md's tolerances. */
double golden_case_tolerance(const golden_case *one);

/* `got` is that array within a tolerance, the shapes aside; infinities and
 * not-a-numbers are the same. */
void golden_case_expect(const golden_case *one, const char *array,
                        const cvl_tensor *got, double tolerance);

/*
 * The net of `spec`, which is one layer, gives a case's y from x, and from dy
 * dx and the gradients of its params, which have the case's values; all may
 * have fewer than 4 axes; the tolerance is for all.
 */
void golden_case_expect_net(const golden_case *one, const char *spec,
                            double tolerance);

#endif
