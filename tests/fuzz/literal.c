/* literal.c - fuzz target: an array written out, after a byte for the words. */
#include "data/literal.h"

#include <math.h>

#include "fuzz.h"

enum { MAX_SIZE = 4096, MAX_AGAIN = 256, NUMBER = 32 };

/* Whether the axes behind a word ask for an array that is made for real, and
 * takes long; those beyond any memory are refused. */
static bool is_slow(const char *text)
{
    double product = 1;
    const char *at = strchr(text, ':');
    while (at && *at) {
        const size_t digits = strspn(++at, "0123456789");
        if (digits) product *= strtod(at, NULL);
        at += digits;
        if (*at != ',') break;
    }
    return product > 1e5 && product < 1e15;
}

/* Writes the numbers of one row of `axis`, from element *next on, in brackets.
 */
static char *write_rows(const cvl_tensor *t, size_t axis, size_t *next,
                        char *to)
{
    *to++ = '[';
    for (size_t i = 0; i < t->shape[axis]; i++) {
        if (i) *to++ = ',';
        if (axis + 1 < t->ndim)
            to = write_rows(t, axis + 1, next, to);
        else
            to += snprintf(to, NUMBER, "%.17g", cvl_tensor_get(t, (*next)++));
    }
    *to++ = ']';
    *to = '\0';
    return to;
}

/* What was read is written with brackets, and read again: to the same array. */
static void check_round_trip(const cvl_tensor *tensor)
{
    static char text[MAX_AGAIN * (NUMBER + 2 * CVL_MAX_NDIM) + 1];
    cvl_tensor again;
    cvl_error err;
    size_t next = 0;
    write_rows(tensor, 0, &next, text);
    FUZZ_EXPECT(next == tensor->count && literal_is(text));
    FUZZ_EXPECT(!literal_parse(text, NULL, &again, &err));
    FUZZ_EXPECT(again.ndim == tensor->ndim);
    FUZZ_EXPECT(!memcmp(again.shape, tensor->shape, sizeof again.shape));
    for (size_t i = 0; i < next; i++)
        FUZZ_EXPECT(cvl_tensor_get(&again, i) == cvl_tensor_get(tensor, i));
    cvl_tensor_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char text[MAX_SIZE + 1];
    cvl_error err = {0};
    cvl_tensor tensor;
    cvl_random random;
    const bool draws = fuzz_byte(&bytes, &size) & 1;
    if (size > MAX_SIZE) size = MAX_SIZE;
    if (size) memcpy(text, bytes, size);
    text[size] = '\0';
    if (is_slow(text) || !literal_is(text)) return 0;

    cvl_random_seed(&random, 0);
    const cvl_status status =
        literal_parse(text, draws ? &random : NULL, &tensor, &err);
    if (status) {
        fuzz_expect_refusal(status, &err);
        FUZZ_EXPECT(!tensor.data && !tensor.count);
        return 0;
    }
    FUZZ_EXPECT(tensor.dtype == CVL_F64 && tensor.count >= 1);
    FUZZ_EXPECT(tensor.ndim >= 1 && tensor.ndim <= CVL_MAX_NDIM);
    for (size_t i = 0; i < tensor.count; i++)
        FUZZ_EXPECT(isfinite(cvl_tensor_get(&tensor, i)));
    if (tensor.count <= MAX_AGAIN) check_round_trip(&tensor);
    cvl_tensor_free(&tensor);
    return 0;
}
