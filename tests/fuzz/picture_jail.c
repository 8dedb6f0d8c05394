/* picture_jail.c - fuzz target: pictures, decoded in a jailed child. */
#include "picture_common.h"

/* Whatever becomes of the child, its parent goes on and says so. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const picture_policy policy = {
        .jailed = true, .cpu_seconds = 5, .wall_seconds = 60};
    fuzz_picture(bytes, size, &policy);
    return 0;
}
