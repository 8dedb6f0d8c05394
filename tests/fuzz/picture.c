/* picture.c - fuzz target: pictures, decoded in the fuzzer's own process. */
#include "picture_common.h"

/*
 * Where the stb_image at hand is known to write out of bounds on a JPEG, the
 * reader refuses to decode one without its jail; app/jail does that.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const picture_policy policy = {.jailed = false};
    fuzz_picture(bytes, size, &policy);
    return 0;
}
