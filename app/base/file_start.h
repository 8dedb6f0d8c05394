/* file_start.h - the first bytes of a file, to tell what it is. */
#ifndef CONVLET_BASE_FILE_START_H
#define CONVLET_BASE_FILE_START_H

#include <stdbool.h>
#include <stddef.h>

#include <convlet/error.h>

/*
 * Reads up to `size` bytes from the beginning of the file; *got is how many.
 * 0 of what is no regular file, or not there: whoever opens it says why.
 * CVL_EIO, with the path, where that cannot be told.
 */
cvl_status file_start(const char *path, unsigned char *bytes, size_t size,
                      size_t *got, cvl_error *err);

/* Do these first bytes of a file announce a .npy array? */
bool file_start_is_npy(const unsigned char *bytes, size_t size);

#endif
