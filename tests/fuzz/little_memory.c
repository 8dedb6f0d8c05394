/* little_memory.c - the memory that there is for targets that plan layers. */
#include "convlet/memory_available.h"

/* A block that is larger is refused, as it is where there is no more: no input
 * fills all that the machine has, which takes long. */
size_t cvl_memory_available_in(const char *root)
{
    (void)root;
    return (size_t)64 << 20;
}
