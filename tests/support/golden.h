/* golden.h - the reference arrays under tests/golden, and their indices. */
#ifndef CVL_TESTS_GOLDEN_H
#define CVL_TESTS_GOLDEN_H

#include <cjson/cJSON.h>

#include "convlet/tensor.h"

enum { GOLDEN_PATH = 512 };

/* "TEST_DATA/golden/FOLDER/CASE/NAME" into path; returns path. */
const char *golden_path(char path[GOLDEN_PATH], const char *folder,
                        const char *name, const char *file);

/* The parsed index of a folder, such as "conv2d/cases.json"; cJSON_Delete. */
cJSON *golden_index(const char *file);

/* A member that must be there. */
const cJSON *golden_get(const cJSON *object, const char *key);

/* An array of so many sizes. */
void golden_sizes(const cJSON *object, const char *key, size_t *sizes,
                  size_t count);

/* The array of a file; aborts the test where it cannot be read. */
cvl_tensor golden_load(const char *path);

/*
 * Every element of got within tolerance * max(1, max |want|) of want, the
 * shapes aside; infinities and not-a-numbers are the same, and do not count for
 * the maximum. `what` is for the message.
 */
void golden_compare(const char *what, const cvl_tensor *got,
                    const cvl_tensor *want, double tolerance);

/* What README.md suggests for sums of `terms` terms. */
double golden_tolerance(cvl_dtype dtype, size_t terms);

/* The second column of losses.csv; the caller frees it. */
double *golden_losses(const char *path, size_t *count);

/*
 * Runs `convlet` in this process on arguments that end in NULL, without the
 * program's name. Fails the test unless it ends in status 0 and says nothing
 * on stdout or stderr.
 */
void golden_run(const char *const *arguments);

#endif
