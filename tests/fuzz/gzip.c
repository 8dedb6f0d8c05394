/* gzip.c - fuzz target: a packed file, unpacked in a jailed child. */
#include "pictures/gzip.h"
#include "base/checksum.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    cvl_error err = {0};
    cvl_bytes unpacked;
    unsigned char *const copy = malloc(size ? size : 1);
    FUZZ_EXPECT(copy);
    memcpy(copy, bytes, size);
    const cvl_bytes file = {copy, size};
    const cvl_status status = gzip_unpack(&file, &unpacked, &err);
    free(copy);
    if (status) {
        fuzz_expect_refusal(status, &err);
        FUZZ_EXPECT(!unpacked.data && !unpacked.size);
        return 0;
    }
    FUZZ_EXPECT(gzip_is(bytes, size) && unpacked.size <= GZIP_MAX_BYTES);
    const uint32_t sum = checksum_crc32(unpacked.data, unpacked.size);
    for (size_t i = 0; i < 4; i++)
        FUZZ_EXPECT(bytes[size - 8 + i] == (sum >> 8 * i & 255));
    cvl_bytes_free(&unpacked);
    return 0;
}
