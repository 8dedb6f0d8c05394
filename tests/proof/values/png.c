/* png.c - a chunk of a PNG, what it tells, and an ICC profile made into one. */
/*
 * bound:   each of 0 to 40 bytes from the start of a chunk to the end of the
 *          file, and 64, 128, 256 ... 65,536 bytes; profiles of 0 to 131,072
 *          bytes, around each multiple of 65,535
 * sources: app/pictures/size.c
 * options: -eva-slevel 0 -eva-min-loop-unroll 0 -eva-alloc-builtin fresh
 *          -eva-slevel-function cvl_alloc:9 -eva-slevel-function
 *          picture_png_iccp:9 -eva-split-return full
 * assumes: a file is read chunk by chunk, and nothing before a chunk while it
 *          is looked at; the checksum reads the bytes it is given and no others
 *          (the row checksum), and likewise the Exif data (the row exif)
 */
#include <__fc_builtin.h>

#include "pictures/png.c"

enum { MOST = 1 << 16, EACH = 40, ICC_MOST = 1 << 17 };

static unsigned char file[MOST], profile[ICC_MOST];

/*@ requires \valid_read((const char *)bytes + (0 .. size - 1));
    assigns \result \from indirect:size;
*/
uint32_t checksum_crc32(const void *bytes, size_t size);

static void read_chunk(size_t left)
{
    cvl_error err;
    picture_header header = {.info = {.format = &picture_png},
                             .orientation = 1};
    png_chunk chunk = {.size = 0};
    size_t at = 0, unpacked;
    if (png_next(file + MOST - left, left, &at, &chunk, &err)) return;
    png_is_profile(chunk.type);
    png_ihdr(&chunk, &header, &unpacked, &err);
    /* An eXIf chunk is for exif.c. */
    header.orientation = 2;
    png_ancillary(&chunk, &header);
}

static void pack_profile(size_t size)
{
    cvl_error err;
    cvl_bytes chunk;
    const cvl_bytes icc = {profile + ICC_MOST - size, size};
    picture_png_iccp(&icc, &chunk, &err);
}

void prove(void)
{
    Frama_C_make_unknown((char *)file, sizeof file);
    Frama_C_make_unknown((char *)profile, sizeof profile);
    //@ loop unroll EACH + 1;
    for (size_t left = 0; left <= EACH; left++) read_chunk(left);
    //@ loop unroll 16;
    for (size_t left = 64; left <= MOST; left *= 2) read_chunk(left);

    static const size_t sizes[] = {0,     1,      2,      1023,   65534, 65535,
                                   65536, 131069, 131070, 131071, 131072};
    //@ loop unroll 16;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        pack_profile(sizes[i]);
}
