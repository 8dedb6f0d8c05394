/* bmp_pixels.c - the pixels of a BMP: its palette, and what they become. */
/*
 * bound:   headers of 40 bytes; of 1, 2, 4 and 8 bits, 1 and 3 pixels wide, a
 *          row from the bottom that becomes colours and two from the top that
 *          become grey, with palettes of 1, of 3 and 4, of 9, and of 255 and
 *          256 colours; of 16, 24 and 32 bits, as wide, two rows from the
 *          bottom and one from the top, with masks and without; files of the
 *          size that these take, and those of two rows and 16 bits or more of a
 *          byte less
 * takes:   minutes
 * sources: app/pictures/size.c
 * options: -eva-precision 0 -eva-ilevel 256 -eva-auto-loop-unroll 300
 *          -eva-slevel-function bmp_read:20 -eva-slevel-function bmp_fields:20
 *          -eva-slevel-function bmp_set_fields:20 -eva-slevel-function decode:4
 *          -eva-slevel-function bmp_set_palette:4 -eva-slevel-function
 *          bmp_decode:4 -eva-slevel-function jail_pool_take:2
 *          -eva-split-return-function bmp_read:full
 * assumes: a piece of the pool has the bytes that were asked for, or is not
 *          there
 */
#include <__fc_builtin.h>

#include "pictures/bmp.c"

enum { MOST = 2048, WIDTHS = 3 };

static unsigned char file[MOST], room[MOST];

/* A piece ends with the pool, so that a byte too many is seen. */
void *jail_pool_take(jail_pool *pool, size_t bytes)
{
    return Frama_C_interval(0, 1) ? room + MOST - bytes : NULL;
}

static void decode(const unsigned char *bytes, size_t size, size_t channels)
{
    jail_pool pool = {.base = room, .size = MOST};
    picture_header header = {.info = {.format = &picture_bmp}};
    jail_verdict verdict = {0};
    header.info.channels = channels;
    bmp_decode(bytes, size, &header, &pool, &verdict);
}

/* A file of unknown bytes, but for its header, with so many bytes before its
 * rows; all of these but those that are missing end with it. */
static unsigned char *file_of(size_t before, size_t bits, size_t width,
                              size_t height, size_t missing, size_t *rows)
{
    const size_t row = (width * bits + 31) / 32 * 4;
    const size_t data = FILE_HEADER + before;
    unsigned char *const bytes = file + MOST - data - row * height + missing;
    Frama_C_make_unknown((char *)file, sizeof file);
    put_little(bytes + 10, data);
    put_little(bytes + 14, WINDOWS);
    put_little(bytes + 18, width);
    put_little(bytes + 22, height);
    bytes[28] = (unsigned char)bits;
    bytes[29] = 0;
    put_little(bytes + 30, 0);
    *rows = row;
    return bytes;
}

/* Any index that is in a palette of so many colours, or beyond it. */
static unsigned any_index(size_t bits, size_t colours, bool beyond)
{
    return beyond ? Frama_C_unsigned_int_interval(colours, (1U << bits) - 1)
                  : Frama_C_unsigned_int_interval(0, colours - 1);
}

/* Writes pixels that are in the palette, up to number `last`; that one is
 * beyond it, and what is behind it can be anything. */
static void fill(unsigned char *rows, size_t row, size_t bits, size_t width,
                 size_t height, size_t colours, size_t last)
{
    const size_t each = 8 / bits;
    //@ loop unroll 2;
    for (size_t y = 0; y < height; y++)
        //@ loop unroll WIDTHS;
        for (size_t first = 0; first < width; first += each) {
            unsigned byte = 0;
            //@ loop unroll 8;
            for (size_t i = 0; i < each; i++) {
                const size_t number = y * width + first + i;
                unsigned index =
                    Frama_C_unsigned_int_interval(0, (1U << bits) - 1);
                if (first + i < width && number <= last)
                    index = any_index(bits, colours, number == last);
                byte += index << (8 - bits - i * bits);
            }
            rows[y * row + first / each] = (unsigned char)byte;
        }
}

/* Every picture of this size and palette: by its first pixel beyond it. */
static void decode_indexed(size_t bits, size_t width, size_t height,
                           size_t colours, bool top_first)
{
    for (size_t last = 0; last <= width * height; last++) {
        size_t row;
        unsigned char *const bytes =
            file_of(WINDOWS + 4 * colours, bits, width, height, 0, &row);
        const size_t data = FILE_HEADER + WINDOWS + 4 * colours;
        if (top_first) put_little(bytes + 22, 0 - height);
        put_little(bytes + 46, colours);
        if (colours >> bits && last < width * height) continue;
        if (!(colours >> bits))
            fill(bytes + data, row, bits, width, height, colours, last);
        decode(bytes, data + row * height, top_first ? 1 : 3);
    }
}

static void decode_plain(size_t bits, size_t width, size_t height,
                         size_t packing, bool top_first, size_t missing)
{
    size_t row;
    const size_t gap = packing ? 16 : 0;
    unsigned char *const bytes =
        file_of(WINDOWS + gap, bits, width, height, missing, &row);
    if (top_first) put_little(bytes + 22, 0 - height);
    put_little(bytes + 30, packing);
    decode(bytes, FILE_HEADER + WINDOWS + gap + row * height - missing, 3);
}

void prove(void)
{
    static const size_t palettes[][2] = {{1, 1}, {2, 3},   {2, 4},
                                         {4, 9}, {8, 255}, {8, 256}};
    for (size_t i = 0; i < sizeof palettes / sizeof *palettes; i++)
        for (size_t width = 1; width <= WIDTHS; width += 2)
            for (size_t height = 1; height <= 2; height++)
                decode_indexed(palettes[i][0], width, height, palettes[i][1],
                               height == 2);
    for (size_t bits = 16; bits <= 32; bits += 8)
        for (size_t width = 1; width <= WIDTHS; width += 2)
            for (size_t packing = 0; packing <= 6; packing += 3) {
                decode_plain(bits, width, 1, packing, true, 0);
                decode_plain(bits, width, 2, packing, false, 0);
                decode_plain(bits, width, 2, packing, false, 1);
            }
}
