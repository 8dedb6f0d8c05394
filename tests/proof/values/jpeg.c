/* jpeg.c - a segment of a JPEG, and what it tells. */
/*
 * bound:   the next marker in files of up to 65,536 bytes; from it on to the
 *          end each of 2 to 9 bytes, and 22 and 65,536 bytes
 * sources: app/pictures/size.c
 * options: -eva-precision 1 -eva-slevel 0 -eva-auto-loop-unroll 16
 *          -eva-split-return full
 * assumes: a file is read segment by segment, and nothing before a segment
 *          while it is looked at but the frame; Exif data are for the row exif
 */
#include <__fc_builtin.h>
#include <stddef.h>

/*@ requires \valid_read(data + (0 .. size - 1));
    assigns \result \from indirect:size;
    ensures 1 <= \result <= 8;
*/
unsigned read_exif(const unsigned char *data, size_t size);

#include "pictures/formats.h"
#define STB_IMAGE_VERSION 230
#define picture_exif_orientation read_exif
#include "pictures/jpeg.c"
#include "pictures/jpeg_walk.c"

enum { MOST = 1 << 16, EACH = 9, FRAME = 18 };

static unsigned char file[MOST], frame[FRAME], table[272];

/* What other segments told, if they were there. */
static jpeg before(void)
{
    jpeg j = {.transform = Frama_C_interval(-1, 255)};
    j.components = Frama_C_size_t_interval(0, 4);
    Frama_C_make_unknown((char *)j.id, sizeof j.id);
    for (size_t c = 0; c < 4; c++)
        j.quantiser[c] = Frama_C_unsigned_char_interval(0, 3);
    j.quantisers = Frama_C_unsigned_int_interval(0, 15);
    for (size_t i = 0; i < 8; i++)
        if (Frama_C_interval(0, 1)) j.huffman[i] = table;
    j.frame = frame;
    j.interval = Frama_C_size_t_interval(0, 65535);
    j.progressive = Frama_C_interval(0, 1);
    j.scanned = Frama_C_interval(0, 1);
    j.cut = Frama_C_interval(0, 1);
    return j;
}

/* What is left of a file, `left` bytes, from a marker on. */
static void read_segment(size_t left)
{
    cvl_error err;
    picture_header header = {.info = {.format = &picture_jpeg},
                             .orientation = 1};
    jpeg_walk walk = {.bytes = file + MOST - left, .size = left};
    jpeg j = before();
    if (jpeg_take(&walk, &err)) return;
    if (walk.marker == JPEG_EOI) {
        jpeg_check_end(&walk, &j, &header, &err);
        return;
    }
    jpeg_is_icc(&walk);
    jpeg_segment(&walk, &j, &header, &err);
}

void prove(void)
{
    Frama_C_make_unknown((char *)file, sizeof file);
    Frama_C_make_unknown((char *)frame, sizeof frame);
    Frama_C_make_unknown((char *)table, sizeof table);
    jpeg_walk walk = {.bytes = file, .size = sizeof file};
    walk.at = Frama_C_size_t_interval(2, sizeof file);
    jpeg_find_marker(&walk);
    //@ loop unroll EACH;
    for (size_t left = 2; left <= EACH; left++) read_segment(left);
    read_segment(22);
    read_segment(MOST);
}
