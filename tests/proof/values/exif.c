/* exif.c - the orientation in Exif data, of a JPEG or a PNG. */
/*
 * bound:   data of 0 to 64 bytes, of each such size, and of 4,096 and 65,536
 * sources:
 * options: -eva-slevel 0 -eva-slevel-function number:16
 */
#include <__fc_builtin.h>

#include "pictures/size.c"

enum { MOST = 65536, EACH = 64 };

static unsigned char data[MOST];

void prove(void)
{
    Frama_C_make_unknown((char *)data, sizeof data);
    //@ loop unroll EACH + 1;
    for (size_t size = 0; size <= EACH; size++)
        picture_exif_orientation(data + MOST - size, size);
    picture_exif_orientation(data + MOST - 4096, 4096);
    picture_exif_orientation(data, MOST);
}
