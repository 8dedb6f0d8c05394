/* bmp.c - BMP: whether it is whole, before a decoder believes it. */
#include <stdint.h>

#include "pictures/formats.h"

/*
 * stb_image reads zeros past the end of a file, and leftovers of the stack for
 * a colour beyond the palette; neither is an error to it. It is to us. Of an
 * OS/2 palette it reads four colours too few, which are such leftovers then.
 */

typedef struct bmp {
    size_t data;   /* where the rows start */
    size_t header; /* bytes of the information header: 12 is OS/2's */
    size_t width, height;
    size_t bits;    /* a pixel */
    size_t packing; /* 0 none, 3 by masks, others run-length */
    size_t colours; /* in the palette */
    size_t row_bytes;
} bmp;

static uint32_t little(const unsigned char *bytes, unsigned count)
{
    uint32_t value = 0;
    while (count--) value = value << 8 | bytes[count];
    return value;
}

static cvl_status bmp_damaged(const char *what, size_t value, cvl_error *err)
{
    return cvl_fail(err, CVL_EFORMAT, "damaged BMP: %s %zu", what, value);
}

/* Reads the fields, and refuses what nobody writes. */
static cvl_status bmp_fields(const unsigned char *bytes, size_t size, bmp *b,
                             cvl_error *err)
{
    if (size < 26) return bmp_damaged("it ends at byte", size, err);
    b->data = little(bytes + 10, 4);
    b->header = little(bytes + 14, 4);
    const bool old = b->header == 12;
    if (!old && b->header != 40 && b->header != 56 && b->header != 108 &&
        b->header != 124)
        return bmp_damaged("its header has the unknown size", b->header, err);
    if (size < 14 + b->header) return bmp_damaged("it ends at byte", size, err);
    b->width = little(bytes + 18, old ? 2 : 4);
    b->height = little(bytes + (old ? 20 : 22), old ? 2 : 4);
    if (!old && b->height > INT32_MAX) /* negative: the top row comes first */
        b->height = (uint32_t)(0U - (uint32_t)b->height);
    b->bits = little(bytes + (old ? 24 : 28), 2);
    b->packing = old ? 0 : little(bytes + 30, 4);
    if (b->packing != 0 && b->packing != 3)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "a run-length coded BMP is not read; save it "
                        "uncompressed");
    const size_t n = b->bits;
    if (n != 1 && n != 4 && n != 8 && n != 16 && n != 24 && n != 32)
        return bmp_damaged("its bits a pixel are", n, err);
    if (old && n < 24)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "an OS/2 BMP with a palette is not read; save it as "
                        "PNG");
    if (b->data < 14 + b->header || b->data > size)
        return bmp_damaged("its pixels start at byte", b->data, err);
    b->colours = (b->data - 14 - b->header) / (old ? 3 : 4);
    return CVL_OK;
}

/* Every pixel is in the palette. */
static cvl_status bmp_check_palette(const unsigned char *bytes, const bmp *b,
                                    cvl_error *err)
{
    if (!b->colours || b->colours > 256)
        return bmp_damaged("the size of its palette is", b->colours, err);
    if (b->colours >> b->bits) return CVL_OK; /* no index is too large */
    const unsigned mask = (1U << b->bits) - 1;
    for (size_t y = 0; y < b->height; y++) {
        const unsigned char *const row = bytes + b->data + y * b->row_bytes;
        for (size_t x = 0; x < b->width; x++) {
            const size_t bit = x * b->bits;
            const unsigned index =
                (unsigned)row[bit / 8] >> (8 - b->bits - bit % 8) & mask;
            if (index >= b->colours)
                return cvl_fail(err, CVL_EFORMAT,
                                "damaged BMP: a pixel has colour %u of a "
                                "palette of %zu",
                                index, b->colours);
        }
    }
    return CVL_OK;
}

static cvl_status bmp_header(const unsigned char *bytes, size_t size,
                             picture_header *header, cvl_error *err)
{
    bmp b = {0};
    cvl_status status = bmp_fields(bytes, size, &b, err);
    if (!status) status = picture_set_size(header, b.width, b.height, err);
    if (status) return status;
    header->info.channels = 3;

    b.row_bytes = (b.width * b.bits + 31) / 32 * 4;
    const size_t expected = b.row_bytes * b.height;
    if (size - b.data < expected)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged BMP: it has %zu bytes of pixels, expected %zu",
                        size - b.data, expected);
    return b.bits < 16 ? bmp_check_palette(bytes, &b, err) : CVL_OK;
}

const picture_format picture_bmp = {
    .name = "BMP",
    .kind = "BMP",
    .endings = {".bmp"},
    .magic = {"BM"},
    .header = bmp_header,
    .decode = picture_stb_decode,
    .encode = picture_stb_bmp,
};
