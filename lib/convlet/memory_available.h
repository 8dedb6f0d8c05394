/* memory_available.h - private: where the figure of the memory comes from. */
#ifndef CVL_MEMORY_AVAILABLE_H
#define CVL_MEMORY_AVAILABLE_H

#include <stddef.h>

/*
 * cvl_memory_available, by the files that the system keeps under `root`: ""
 * for its own, or the directory of a made-up one. Linux alone has them.
 */
size_t cvl_memory_available_in(const char *root);

#endif
