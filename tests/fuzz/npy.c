/* npy.c - fuzz target: the bytes of a .npy file. */
#include "convlet/npy.h"
#include "fuzz.h"

/* What is read as a tensor is also seen as numbers, the same ones. */
static void view(const uint8_t *bytes, size_t size, const cvl_tensor *tensor)
{
    cvl_error err = {0};
    cvl_numbers numbers;
    const cvl_status status = cvl_npy_view(bytes, size, &numbers, &err);
    if (status) {
        fuzz_expect_refusal(status, &err);
        FUZZ_EXPECT(!tensor->data && !numbers.data);
        return;
    }
    FUZZ_EXPECT(!tensor->data || tensor->count == numbers.count);
    FUZZ_EXPECT(numbers.data + numbers.count * numbers.width == bytes + size);
    const double last = cvl_numbers_get(&numbers, numbers.count - 1);
    if (tensor->data && last == last)
        FUZZ_EXPECT(last == cvl_tensor_get(tensor, numbers.count - 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    cvl_error err = {0};
    cvl_tensor tensor;
    const cvl_status status = cvl_npy_parse(bytes, size, &tensor, &err);
    view(bytes, size, &tensor);
    if (status) {
        fuzz_expect_refusal(status, &err);
        FUZZ_EXPECT(!tensor.data && !tensor.count);
        return 0;
    }
    /* The data are the last bytes of the file, all of them. */
    size_t count = 1;
    FUZZ_EXPECT(tensor.ndim >= 1 && tensor.ndim <= CVL_MAX_NDIM);
    for (size_t i = 0; i < tensor.ndim; i++) count *= tensor.shape[i];
    const size_t data_size = cvl_tensor_bytes(&tensor);
    FUZZ_EXPECT(count == tensor.count && data_size < size);
    const uint16_t one = 1;
    uint8_t low;
    memcpy(&low, &one, 1);
    if (low)
        FUZZ_EXPECT(!memcmp(tensor.data, bytes + size - data_size, data_size));
    cvl_tensor_free(&tensor);
    return 0;
}
