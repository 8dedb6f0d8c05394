/* bmp.c - BMP: rows of pixels, palettes and masks, read and written. */
#include <stdint.h>
#include <string.h>

#include <convlet/number.h>

#include "pictures/formats.h"

/*
 * A file is a header of 14 bytes, one of 12 (OS/2) or 40 to 124, masks, a
 * palette, perhaps a gap, and the rows. Everything is checked before a pixel
 * is looked at; all that is left to a decoder are shifts.
 */
enum {
    FILE_HEADER = 14,
    OS2 = 12,    /* bytes of that header */
    OS2_V2 = 64, /* which has no masks, and other ways of packing */
    WINDOWS = 40,
    MASKS = FILE_HEADER + WINDOWS, /* in the header, or behind it */
    PLANES = 4                     /* red, green, blue, alpha */
};

/* The bits of a pixel that are one sample. */
typedef struct bmp_field {
    unsigned shift, bits; /* 0 bits: there is none */
} bmp_field;

typedef struct bmp {
    const unsigned char *palette, *rows;
    size_t header; /* bytes of the information header */
    size_t width, height;
    bool top_first; /* the top row comes first */
    size_t bits;    /* a pixel */
    size_t packing; /* 0 none, 3 and 6 by masks */
    size_t colours; /* in the palette */
    size_t colour_bytes;
    size_t row_bytes;
    bmp_field field[PLANES];
} bmp;

static uint32_t little(const unsigned char *bytes, size_t count)
{
    uint32_t value = 0;
    while (count--) value = value << 8 | bytes[count];
    return value;
}

static cvl_status bmp_damaged(const char *what, size_t value, cvl_error *err)
{
    return cvl_fail(err, CVL_EFORMAT, "damaged BMP: %s %zu", what, value);
}

/* Refuses what is packed in a way that is not read. */
static cvl_status bmp_check_packing(const bmp *b, cvl_error *err)
{
    static const char *const kinds[] = {
        NULL, "a run-length coded BMP",  "a run-length coded BMP",
        NULL, "a BMP that holds a JPEG", "a BMP that holds a PNG",
        NULL};
    const bool os2 = b->header == OS2_V2;
    const char *kind = NULL;
    if (b->packing < sizeof kinds / sizeof *kinds) kind = kinds[b->packing];
    if (os2 && b->packing == 3) kind = "a Huffman coded BMP";
    if (os2 && b->packing == 4) kind = "a run-length coded BMP";
    if (kind)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "%s is not read; save it uncompressed", kind);
    if (b->packing > 6 || (os2 && b->packing))
        return bmp_damaged("its compression is", b->packing, err);
    return CVL_OK;
}

/* Reads the fields, and refuses what nobody writes. */
static cvl_status bmp_fields(const unsigned char *bytes, size_t size, bmp *b,
                             cvl_error *err)
{
    if (size < 26) return bmp_damaged("it ends at byte", size, err);
    b->header = little(bytes + 14, 4);
    const bool old = b->header == OS2;
    if (!old && (b->header < WINDOWS || b->header > 124))
        return bmp_damaged("its header has the unknown size", b->header, err);
    if (size < FILE_HEADER + b->header)
        return bmp_damaged("it ends at byte", size, err);
    b->width = little(bytes + 18, old ? 2 : 4);
    b->height = little(bytes + (old ? 20 : 22), old ? 2 : 4);
    b->top_first = !old && b->height > INT32_MAX; /* it is negative */
    if (b->top_first) b->height = (uint32_t)(0U - (uint32_t)b->height);
    b->bits = little(bytes + (old ? 24 : 28), 2);
    b->packing = old ? 0 : little(bytes + 30, 4);
    const size_t n = b->bits;
    const cvl_status status = bmp_check_packing(b, err);
    if (status) return status;
    if (n != 1 && n != 2 && n != 4 && n != 8 && n != 16 && n != 24 && n != 32)
        return bmp_damaged("its bits a pixel are", n, err);
    if (b->packing && n != 16 && n != 32)
        return bmp_damaged("it has masks, and its bits a pixel are", n, err);
    return CVL_OK;
}

/* The field that a mask selects: bits that lie together. */
static cvl_status bmp_mask(uint32_t mask, bmp_field *field, cvl_error *err)
{
    unsigned shift = 0, bits = 0;
    while (shift < 31 && mask && !(mask >> shift & 1)) shift++;
    const uint32_t aligned = mask >> shift;
    while (bits < 32 && aligned >> bits & 1) bits++;
    *field = (bmp_field){shift, bits};
    if ((uint64_t)aligned >> bits)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged BMP: the bits of its mask %08x do not lie "
                        "together",
                        (unsigned)mask);
    return CVL_OK;
}

/* Where the samples of a pixel without a palette are; *end is behind what
 * says so. */
static cvl_status bmp_set_fields(const unsigned char *bytes, size_t size,
                                 bmp *b, size_t *end, cvl_error *err)
{
    const unsigned bits = b->bits == 16 ? 5 : 8;
    for (unsigned i = 0; i < 3; i++)
        b->field[i] = (bmp_field){(2 - i) * bits, bits};
    /* Without masks the fourth byte is reserved, but often alpha. */
    if (b->bits == 32) b->field[3] = (bmp_field){24, 8};
    if (!b->packing) return CVL_OK;

    const bool alpha = b->packing == 6 || b->header >= MASKS + 16 - FILE_HEADER;
    const size_t masks_end = MASKS + (alpha ? 16 : 12);
    if (*end < masks_end) *end = masks_end;
    if (size < *end) return bmp_damaged("it ends at byte", size, err);
    b->field[3] = (bmp_field){0};
    const size_t masks = alpha ? 4 : 3;
    for (size_t i = 0; i < masks; i++) {
        const uint32_t mask = little(bytes + MASKS + 4 * i, 4);
        const cvl_status status = bmp_mask(mask, &b->field[i], err);
        if (status) return status;
        if (i < 3 && !mask)
            return bmp_damaged("there is no mask of colour", i, err);
    }
    return CVL_OK;
}

/* How many colours are in the palette, which starts at `start`. */
static cvl_status bmp_set_palette(const unsigned char *bytes, size_t start,
                                  size_t data, bmp *b, cvl_error *err)
{
    b->palette = bytes + start;
    b->colour_bytes = b->header == OS2 ? 3 : 4;
    const size_t room = (data - start) / b->colour_bytes;
    if (b->header != OS2) b->colours = little(bytes + 46, 4);
    if (!b->colours) b->colours = (size_t)1 << b->bits;
    if (b->colours > room) b->colours = room;
    if (!b->colours || b->colours > 256)
        return bmp_damaged("the size of its palette is", b->colours, err);
    return CVL_OK;
}

static unsigned bmp_index(const bmp *b, const unsigned char *row, size_t x)
{
    const size_t bit = x * b->bits;
    return row[bit / 8] >> (8 - b->bits - bit % 8) & ((1U << b->bits) - 1);
}

/* Every pixel is in the palette. */
static cvl_status bmp_check_palette(const bmp *b, cvl_error *err)
{
    if (b->colours >> b->bits) return CVL_OK; /* no index is too large */
    for (size_t y = 0; y < b->height; y++)
        for (size_t x = 0; x < b->width; x++) {
            const unsigned index = bmp_index(b, b->rows + y * b->row_bytes, x);
            if (index >= b->colours)
                return cvl_fail(err, CVL_EFORMAT,
                                "damaged BMP: a pixel has colour %u of a "
                                "palette of %zu",
                                index, b->colours);
        }
    return CVL_OK;
}

/* Whether it has a palette, all of it grey: then the picture is grey. */
static bool bmp_is_grey(const bmp *b)
{
    for (size_t i = 0; i < b->colours; i++) {
        const unsigned char *const bgr = b->palette + i * b->colour_bytes;
        if (bgr[0] != bgr[1] || bgr[1] != bgr[2]) return false;
    }
    return b->colours > 0;
}

static cvl_status bmp_read(const unsigned char *bytes, size_t size, bmp *b,
                           picture_header *header, cvl_error *err)
{
    *b = (bmp){0};
    cvl_status status = bmp_fields(bytes, size, b, err);
    if (!status) status = picture_set_size(header, b->width, b->height, err);
    if (status) return status;
    const size_t data = little(bytes + 10, 4);
    size_t start = FILE_HEADER + b->header;
    if (b->bits >= 16) status = bmp_set_fields(bytes, size, b, &start, err);
    if (!status && (data < start || data > size))
        status = bmp_damaged("its pixels start at byte", data, err);
    if (!status && b->bits < 16)
        status = bmp_set_palette(bytes, start, data, b, err);
    if (status) return status;

    b->rows = bytes + data;
    b->row_bytes = (b->width * b->bits + 31) / 32 * 4;
    const size_t expected = b->row_bytes * b->height;
    if (size - data < expected)
        return cvl_fail(
            err, CVL_EFORMAT,
            "damaged BMP: it has %zu byte%s of pixels, expected %zu",
            size - data, cvl_plural(size - data), expected);
    return b->bits < 16 ? bmp_check_palette(b, err) : CVL_OK;
}

static cvl_status bmp_header(const unsigned char *bytes, size_t size,
                             picture_header *header, cvl_error *err)
{
    bmp b;
    const cvl_status status = bmp_read(bytes, size, &b, header, err);
    header->info.channels = !status && bmp_is_grey(&b) ? 1 : 3;
    return status;
}

/* A sample of eight bits: the first eight, or its own repeated. */
static unsigned bmp_sample(uint32_t pixel, bmp_field field)
{
    if (!field.bits) return 0;
    const uint32_t aligned = pixel >> field.shift << (32 - field.bits);
    uint32_t filled = aligned;
    for (unsigned bits = field.bits; bits < 8; bits *= 2)
        filled |= filled >> bits;
    return filled >> 24;
}

/* One pixel's samples; whether it has opacity. */
static bool bmp_pixel(const bmp *b, const unsigned char *row, size_t x,
                      size_t channels, unsigned char *samples)
{
    if (b->bits < 16) {
        const unsigned char *const bgr =
            b->palette + b->colour_bytes * bmp_index(b, row, x);
        for (size_t c = 0; c < channels; c++) samples[c] = bgr[2 - c];
        return false;
    }
    const size_t bytes = b->bits / 8;
    const uint32_t pixel = little(row + x * bytes, bytes);
    for (size_t c = 0; c < channels; c++)
        samples[c] = (unsigned char)bmp_sample(pixel, b->field[c]);
    return bmp_sample(pixel, b->field[3]) != 0;
}

static void bmp_decode(const unsigned char *bytes, size_t size,
                       const picture_header *header, jail_pool *pool,
                       jail_verdict *verdict)
{
    bmp b;
    picture_header again = *header;
    const size_t channels = header->info.channels;
    if (bmp_read(bytes, size, &b, &again, NULL)) return;
    unsigned char *const samples =
        jail_pool_take(pool, b.width * b.height * channels);
    if (!samples) return;
    bool alpha = false;
    for (size_t y = 0; y < b.height; y++) {
        const size_t from = b.top_first ? y : b.height - 1 - y;
        unsigned char *to = samples + y * b.width * channels;
        for (size_t x = 0; x < b.width; x++, to += channels)
            alpha |=
                bmp_pixel(&b, b.rows + from * b.row_bytes, x, channels, to);
    }
    verdict->width = b.width;
    verdict->height = b.height;
    verdict->components = (unsigned)channels + alpha;
    verdict->offset = (size_t)(samples - pool->base);
    verdict->done = 1;
}

static void put_little(unsigned char *bytes, size_t value)
{
    for (size_t i = 0; i < 4; i++) bytes[i] = (unsigned char)(value >> 8 * i);
}

/* A picture of one channel gets a palette of 256 greys. */
static int bmp_encode(picture_sink *sink, int width, int height, int channels,
                      const unsigned char *samples)
{
    unsigned char head[MASKS] = "BM", colour[4] = {0};
    const size_t w = (size_t)width, h = (size_t)height, n = (size_t)channels;
    const size_t greys = n == 1 ? 256 : 0, pad = (0 - w * n) & 3;
    const size_t data = sizeof head + greys * sizeof colour;
    put_little(head + 2, data + (w * n + pad) * h);
    put_little(head + 10, data);
    put_little(head + 14, WINDOWS);
    put_little(head + 18, w);
    put_little(head + 22, h);
    head[26] = 1; /* plane */
    head[28] = (unsigned char)(8 * n);
    picture_sink_add(sink, head, sizeof head);
    for (size_t i = 0; i < greys; i++) {
        memset(colour, (int)i, 3);
        picture_sink_add(sink, colour, sizeof colour);
    }
    for (size_t y = h; y-- > 0;) {
        const unsigned char *const row = samples + y * w * n;
        for (size_t x = 0; x < w; x++) {
            const unsigned char *const rgb = row + x * n;
            const unsigned char bgr[3] = {rgb[n - 1], rgb[n / 2], rgb[0]};
            picture_sink_add(sink, bgr, n);
        }
        picture_sink_add(sink, "\0\0\0", pad);
    }
    return 1;
}

const picture_format picture_bmp = {
    .name = "BMP",
    .kind = "BMP",
    .endings = {".bmp"},
    .magic = {"BM"},
    .header = bmp_header,
    .decode = bmp_decode,
    .encode = bmp_encode,
};
