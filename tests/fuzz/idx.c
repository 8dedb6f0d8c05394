/* idx.c - fuzz target: the bytes of an IDX file. */
#include "convlet/idx.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    cvl_error err = {0};
    cvl_numbers numbers;
    const cvl_status status = cvl_idx_parse(bytes, size, &numbers, &err);
    if (status) {
        fuzz_expect_refusal(status, &err);
        FUZZ_EXPECT(!numbers.data && !numbers.count);
        return 0;
    }
    FUZZ_EXPECT(cvl_idx_is(bytes, size));
    FUZZ_EXPECT(numbers.ndim >= 1 && numbers.ndim <= CVL_MAX_NDIM);
    FUZZ_EXPECT(numbers.count >= 1 && numbers.big_endian);
    FUZZ_EXPECT(numbers.data + numbers.count * numbers.width == bytes + size);
    double sum = 0;
    for (size_t i = 0; i < numbers.count; i++)
        sum += cvl_numbers_get(&numbers, i);
    (void)sum;
    return 0;
}
