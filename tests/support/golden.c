/* golden.c - see golden.h. */
#include "golden.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/program.h"
#include "commands.h"
#include "convlet/file.h"
#include "convlet/npy.h"
#include "expect.h"
#include "options.h"

const char *golden_path(char path[GOLDEN_PATH], const char *folder,
                        const char *name, const char *file)
{
    const int length = snprintf(path, GOLDEN_PATH, "%s/golden/%s/%s/%s",
                                TEST_DATA, folder, name, file);
    ck_assert(length > 0 && length < GOLDEN_PATH);
    return path;
}

/* A file of tests/golden as text, ending in a zero byte. */
static cvl_bytes read_text(const char *path)
{
    cvl_error err;
    cvl_bytes bytes;
    expect_ok(cvl_file_read(path, 1 << 20, &bytes, &err), err);
    return bytes;
}

cJSON *golden_index(const char *file)
{
    char path[GOLDEN_PATH];
    cvl_bytes bytes = read_text(golden_path(path, ".", ".", file));
    cJSON *const index = cJSON_Parse((const char *)bytes.data);
    ck_assert_msg(index != NULL, "%s is not JSON", path);
    cvl_bytes_free(&bytes);
    return index;
}

const cJSON *golden_get(const cJSON *object, const char *key)
{
    const cJSON *const member = cJSON_GetObjectItem(object, key);
    ck_assert_msg(member != NULL, "no %s", key);
    return member;
}

void golden_sizes(const cJSON *object, const char *key, size_t *sizes,
                  size_t count)
{
    const cJSON *const array = golden_get(object, key);
    ck_assert_int_eq(cJSON_GetArraySize(array), (int)count);
    for (size_t i = 0; i < count; i++)
        sizes[i] = (size_t)cJSON_GetArrayItem(array, (int)i)->valueint;
}

cvl_tensor golden_load(const char *path)
{
    cvl_tensor tensor;
    cvl_error err;
    expect_ok(cvl_npy_load(path, &tensor, &err), err);
    return tensor;
}

void golden_compare(const char *what, const cvl_tensor *got,
                    const cvl_tensor *want, double tolerance)
{
    ck_assert_msg(got->count == want->count, "%s has %zu elements, not %zu",
                  what, got->count, want->count);
    double scale = 1.0;
    for (size_t i = 0; i < want->count; i++)
        if (isfinite(cvl_tensor_get(want, i)))
            scale = fmax(scale, fabs(cvl_tensor_get(want, i)));
    for (size_t i = 0; i < want->count; i++) {
        const double is = cvl_tensor_get(got, i);
        const double should = cvl_tensor_get(want, i);
        if (!isfinite(should)) {
            ck_assert_msg(isnan(should) ? isnan(is) : is == should,
                          "%s[%zu]: %g, not %g", what, i, is, should);
            continue;
        }
        ck_assert_msg(fabs(is - should) <= tolerance * scale,
                      "%s[%zu]: %g, not %g", what, i, is, should);
    }
}

double golden_tolerance(cvl_dtype dtype, size_t terms)
{
    return dtype == CVL_F64 ? 1e-10 : 1e-4 * fmax(1.0, (double)terms / 1000);
}

double *golden_losses(const char *path, size_t *count)
{
    cvl_bytes bytes = read_text(path);
    double *const losses = malloc(bytes.size * sizeof *losses);
    ck_assert_ptr_nonnull(losses);
    *count = 0;
    const char *line = strchr((const char *)bytes.data, '\n');
    for (; line && line[1]; line = strchr(line + 1, '\n')) {
        const char *const comma = strchr(line, ',');
        ck_assert_ptr_nonnull(comma);
        losses[(*count)++] = strtod(comma + 1, NULL);
    }
    cvl_bytes_free(&bytes);
    return losses;
}

void golden_run(const char *const *arguments)
{
    enum { MAX_WORDS = 64 };
    const char *words[MAX_WORDS] = {"convlet"};
    int count = 1;
    for (; arguments[count - 1]; count++) {
        ck_assert_int_lt(count, MAX_WORDS);
        words[count] = arguments[count - 1];
    }
    char *text = NULL;
    size_t size = 0;
    FILE *const stream = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(stream);
    const struct program program = {.commands = command_table,
                                    .options = option_table,
                                    .out = stream,
                                    .err = stream};
    const int status = program_run(&program, count, words);
    fclose(stream);
    ck_assert_msg(status == 0 && size == 0, "status %d: %s", status, text);
    free(text);
}
