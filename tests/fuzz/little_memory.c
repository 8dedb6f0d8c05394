/* little_memory.c - the memory that there is for targets that plan layers. */
#include "convlet/memory_available.h"

/* Nothing is left for the large blocks that are asked for, of 16 MiB and more:
 * no input fills what the machine has, which takes long. */
size_t cvl_memory_available_in(const char *root)
{
    (void)root;
    return 0;
}
