/* checksum.h - the sum that PNG and gzip files are checked by. */
#ifndef CONVLET_BASE_CHECKSUM_H
#define CONVLET_BASE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* The CRC-32 of PNG, zlib and gzip. Source: RFC 1952, section 8. */
uint32_t checksum_crc32(const void *bytes, size_t size);

#endif
