/* live.c - see live.h for the contract. */
#include "live/live.h"

#include <convlet/memory.h>

const char *live_version(void)
{
    return CONVLET_VERSION;
}

void *live_alloc(size_t bytes)
{
    void *block;
    (void)cvl_alloc(&block, bytes, "a block", NULL);
    return block;
}

void live_release(void *block)
{
    cvl_free(block);
}
