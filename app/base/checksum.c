/* checksum.c - see checksum.h for the contract. */
#include "base/checksum.h"

/* Four bits at a time: a table of 16 is enough. */
static uint32_t crc_by_nibbles(uint32_t crc, const unsigned char *at,
                               size_t size)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    for (size_t i = 0; i < size; i++) {
        crc ^= at[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc;
}

/* Four bytes at a time, each by what it does to the sum from its place: for
 * what is long enough to be worth the tables. Of `size` the multiple of four.
 * Source: Kounavis and Berry, "Novel table lookup-based algorithms for
 * high-performance CRC generation", IEEE Trans. Computers 57, 2008. */
static uint32_t crc_by_words(uint32_t crc, const unsigned char *at, size_t size)
{
    uint32_t table[4][256];
    for (unsigned byte = 0; byte < 256; byte++) {
        table[0][byte] =
            crc_by_nibbles(0, &(unsigned char){(unsigned char)byte}, 1);
        for (unsigned i = 1; i < 4; i++)
            table[i][byte] =
                crc_by_nibbles(table[i - 1][byte], &(unsigned char){0}, 1);
    }
    for (size_t i = 0; i + 4 <= size; i += 4)
        crc = table[3][(crc ^ at[i]) & 255] ^
              table[2][(crc >> 8 ^ at[i + 1]) & 255] ^
              table[1][(crc >> 16 ^ at[i + 2]) & 255] ^
              table[0][(crc >> 24 ^ at[i + 3]) & 255];
    return crc;
}

uint32_t checksum_crc32(const void *bytes, size_t size)
{
    enum { LONG = 1 << 14 };
    const unsigned char *const at = bytes;
    const size_t words = size < LONG ? 0 : size - size % 4;
    uint32_t crc = 0xffffffff;
    if (words) crc = crc_by_words(crc, at, words);
    return crc_by_nibbles(crc, at + words, size - words) ^ 0xffffffff;
}
