/* checksum.c - the checksum of a piece of a PNG or of a gzip file. */
/*
 * bound:   0 to 33, 16,383 to 16,387, and 65,536 bytes, each such size
 * sources:
 * options: -eva-precision 0 -eva-auto-loop-unroll 256
 *
 * From 16,384 bytes on they are taken four at a time.
 */
#include <__fc_builtin.h>

#include "base/checksum.c"

enum { MOST = 1 << 16, EACH = 33, LONG = 1 << 14 };

static unsigned char bytes[MOST];

void prove(void)
{
    Frama_C_make_unknown((char *)bytes, sizeof bytes);
    //@ loop unroll EACH + 1;
    for (size_t size = 0; size <= EACH; size++)
        checksum_crc32(bytes + MOST - size, size);
    //@ loop unroll 5;
    for (size_t size = LONG - 1; size <= LONG + 3; size++)
        checksum_crc32(bytes + MOST - size, size);
    checksum_crc32(bytes, MOST);
}
