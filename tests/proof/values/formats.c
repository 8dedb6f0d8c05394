/* formats.c - which kind of picture a file is. */
/*
 * bound:   files of 0 to 12 bytes, of each such size, and of 65,536 bytes
 * sources:
 * options: -eva-precision 1 -eva-slevel 0
 * assumes: each reader is a row of its own: png, jpeg, bmp, pnm
 */
#include <__fc_builtin.h>

#include "pictures/formats.c"

enum { MOST = 1 << 16, EACH = 12 };

const picture_format picture_png = {.magic = {"\x89PNG\r\n\x1a\n"}};
const picture_format picture_jpeg = {.magic = {"\xff\xd8\xff"}};
const picture_format picture_bmp = {.magic = {"BM"}};
const picture_format picture_pnm = {.magic = {"P5", "P6"}};

static unsigned char file[MOST];

void prove(void)
{
    Frama_C_make_unknown((char *)file, sizeof file);
    //@ loop unroll EACH + 1;
    for (size_t size = 0; size <= EACH; size++)
        picture_recognise(file + MOST - size, size);
    picture_recognise(file, MOST);
}
