/* live.c - see live.h for the contract: what needs no session. */
#include "live/live.h"

#include <stdlib.h>

const char *live_version(void)
{
    return CONVLET_VERSION;
}

void *live_alloc(size_t bytes)
{
    return malloc(bytes ? bytes : 1);
}

void live_release(void *memory)
{
    free(memory);
}
