/* safetensors.c - fuzz target: the bytes of a .safetensors file. */
#include "convlet/safetensors.h"
#include "fuzz.h"

/* Every tensor is a view of numbers that are there, and is found by name. */
static void check_content(const cvl_safetensors *file, size_t size)
{
    const uintptr_t begin = (uintptr_t)file->arena.base;
    const uintptr_t end = begin + file->arena.capacity;
    size_t sum = 0;
    FUZZ_EXPECT(file->tensor_count <= CVL_SAFETENSORS_MAX_TENSORS);
    for (size_t i = 0; i < file->tensor_count; i++) {
        const cvl_named_tensor *const named = &file->tensors[i];
        const cvl_tensor *const tensor = &named->tensor;
        const uintptr_t data = (uintptr_t)tensor->data;
        const size_t bytes = cvl_tensor_bytes(tensor);
        FUZZ_EXPECT(tensor->ndim >= 1 && tensor->ndim <= CVL_MAX_NDIM);
        FUZZ_EXPECT(data >= begin && bytes <= end - data);
        FUZZ_EXPECT(cvl_safetensors_find(file, named->name) == tensor);
        sum += bytes;
    }
    FUZZ_EXPECT(sum < size);
    for (size_t i = 0; i < file->metadata_count; i++) {
        const cvl_metadata_entry *const entry = &file->metadata[i];
        FUZZ_EXPECT(cvl_safetensors_metadata(file, entry->key) == entry->value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const cvl_safetensors empty;
    cvl_error err = {0};
    cvl_safetensors file;
    const cvl_status status = cvl_safetensors_parse(bytes, size, &file, &err);
    if (status) {
        fuzz_expect_refusal(status, &err);
        FUZZ_EXPECT(!memcmp(&file, &empty, sizeof empty));
        return 0;
    }
    check_content(&file, size);
    cvl_safetensors_free(&file);
    return 0;
}
