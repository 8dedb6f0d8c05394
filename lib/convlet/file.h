/* file.h - a file is read whole and bounded, and written whole or not. */
#ifndef CVL_FILE_H
#define CVL_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/bytes.h"
#include "convlet/error.h"

/*
 * Reads the whole of a regular file of at most `limit` bytes. `path` "-" is
 * not special. Retries short reads and EINTR. A zero byte that size does not
 * count follows the data, so that a text is a string.
 * CVL_EIO with "PATH: cannot open: No such file or directory",
 * "PATH: is a directory, expected a file", or what read() said; CVL_EFORMAT
 * with the size and the limit where the file is larger; CVL_ENOMEM. *bytes
 * is {0} then.
 */
cvl_status cvl_file_read(const char *path, size_t limit, cvl_bytes *bytes,
                         cvl_error *err);

/* The same in the directory that is open as `directory`, wherever that was
 * moved to: of `path` the part behind the last slash is the file's name there,
 * and the whole is what messages say. -1: as cvl_file_read. */
cvl_status cvl_file_read_at(int directory, const char *path, size_t limit,
                            cvl_bytes *bytes, cvl_error *err);

/* The same of a file that is open at its start, and stays open. */
cvl_status cvl_file_read_open(int fd, const char *path, size_t limit,
                              cvl_bytes *bytes, cvl_error *err);

/*
 * Writes the pieces, one after the other, as the file `path`: into a
 * temporary file beside it, synced, renamed over `path`, the directory
 * synced. A reader sees the old file or the new one, never a part; on error
 * the old file is untouched and the temporary one is gone. Where `path` is
 * something that rename would destroy (a device, a pipe, the name of an open
 * file such as /dev/stdout) it is written to directly, after what is there.
 * A link to a file stays one, and a file's permissions stay what they were.
 * CVL_EIO with "PATH: cannot write: No space left on device" and the like;
 * a file that the caller may not write is not replaced either.
 */
cvl_status cvl_file_write(const char *path, const cvl_span *pieces,
                          size_t count, cvl_error *err);

/* The same in a directory that is open; as cvl_file_read_at. */
cvl_status cvl_file_write_at(int directory, const char *path,
                             const cvl_span *pieces, size_t count,
                             cvl_error *err);

/* Does the path name an open file, as /dev/stdout does? That belongs to whoever
 * opened it. */
bool cvl_file_is_descriptor(const char *path);

#endif
