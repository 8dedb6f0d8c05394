/* input.h - files that are read, and "-", which is standard input. */
#ifndef CONVLET_BASE_INPUT_H
#define CONVLET_BASE_INPUT_H

#include <stdbool.h>

#include <convlet/file.h>

/* More than so many bytes are not taken from a pipe. */
enum { INPUT_PIPE_LIMIT = 1 << 30 };

/* Is it "-"? The file of that name is ./- */
bool input_is_stdin(const char *path);

/* What to call the file in a message: its path, or "standard input". */
const char *input_name(const char *path);

/*
 * Opens the file, at its start, and does not wait for a pipe's writer. Standard
 * input may be opened as often as it takes: what comes through a pipe is copied
 * into a temporary file first, which is then standard input.
 * CVL_EIO; CVL_EFORMAT for more than INPUT_PIPE_LIMIT.
 */
cvl_status input_open(const char *path, int *fd, cvl_error *err);

/* cvl_file_read of such a file. */
cvl_status input_read(const char *path, size_t limit, cvl_bytes *bytes,
                      cvl_error *err);

#endif
