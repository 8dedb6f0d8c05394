/* directory.h - directories that results go to. */
#ifndef CONVLET_BASE_DIRECTORY_H
#define CONVLET_BASE_DIRECTORY_H

#include <stdbool.h>

#include <convlet/error.h>

/* Is there a directory of that name? */
bool directory_exists(const char *path);

/*
 * Makes the directory, and those above it that are missing. `flag` ("out") is
 * what to choose otherwise. CVL_EIO, CVL_ENOMEM; CVL_EINVAL for "-".
 */
cvl_status directory_make(const char *path, const char *flag, cvl_error *err);

#endif
