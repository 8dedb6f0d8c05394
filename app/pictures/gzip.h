/* gzip.h - unpacks a file that was packed by gzip. */
#ifndef CONVLET_PICTURES_GZIP_H
#define CONVLET_PICTURES_GZIP_H

#include <stdbool.h>

#include <convlet/file.h>

/* Files that unpack to more bytes, 1 GiB, are refused. */
enum { GZIP_MAX_BYTES = 1 << 30 };

/* Do the bytes begin as a packed file does? */
bool gzip_is(const unsigned char *bytes, size_t size);

/*
 * Unpacks a file of one member into new bytes, which are freed by
 * cvl_bytes_free, in a jail where there is one; see formats.h, whose decoder
 * this is too. The size and the CRC-32 at the end of the file must be right.
 * CVL_EFORMAT where it is damaged or has several members, CVL_EUNSUPPORTED for
 * more than GZIP_MAX_BYTES, CVL_ENOMEM; without the path. Source: RFC 1952.
 */
cvl_status gzip_unpack(const cvl_bytes *file, cvl_bytes *unpacked,
                       cvl_error *err);

#endif
