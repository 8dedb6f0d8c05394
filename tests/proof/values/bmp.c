/* bmp.c - the headers, the masks and the palette of a BMP. */
/*
 * bound:   files of 0 to 40 bytes, of each such size; headers of 12, 40, 52,
 *          56, 64 and 124 bytes in files of 4,096 and of 65,536 bytes, and of 0
 *          and of 16 bytes behind the header
 * sources: app/pictures/size.c
 * options: -eva-slevel 0 -eva-auto-loop-unroll 4
 */
#include <__fc_builtin.h>

#include "pictures/bmp.c"

enum { MOST = 1 << 16, HEADERS = 40 };

static unsigned char file[MOST];

/* All that is read of a file but its pixels. */
static void read_headers(const unsigned char *bytes, size_t size)
{
    cvl_error err;
    bmp b = {0};
    if (bmp_fields(bytes, size, &b, &err)) return;
    const size_t data = little(bytes + 10, 4);
    size_t start = FILE_HEADER + b.header;
    if (b.bits >= 16) {
        bmp_set_fields(bytes, size, &b, &start, &err);
    } else if (data >= start && data <= size) {
        if (!bmp_set_palette(bytes, start, data, &b, &err)) bmp_is_grey(&b);
    }
}

static void read_sized(size_t size, size_t header)
{
    unsigned char *const bytes = file + MOST - size;
    Frama_C_make_unknown((char *)file, sizeof file);
    bytes[14] = (unsigned char)header;
    bytes[15] = bytes[16] = bytes[17] = 0;
    read_headers(bytes, size);
}

void prove(void)
{
    static const unsigned char headers[] = {12, 40, 52, 56, 64, 124};
    Frama_C_make_unknown((char *)file, sizeof file);
    cvl_error err;
    bmp b;
    //@ loop unroll HEADERS + 1;
    for (size_t size = 0; size <= HEADERS; size++)
        bmp_fields(file + MOST - size, size, &b, &err);
    //@ loop unroll 6;
    for (size_t i = 0; i < sizeof headers; i++) {
        const size_t least = FILE_HEADER + headers[i];
        read_sized(least, headers[i]);
        read_sized(least + 16, headers[i]);
        read_sized(4096, headers[i]);
        read_sized(MOST, headers[i]);
    }
}
