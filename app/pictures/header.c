/* header.c - what a picture file promises, and whether it is whole. */
#include <string.h>

#include "pictures/parts.h"

const char *picture_format_name(picture_format format)
{
    switch (format) {
    case PICTURE_PNG: return "PNG";
    case PICTURE_JPEG: return "JPEG";
    case PICTURE_BMP: return "BMP";
    case PICTURE_PNM: return "PNM";
    case PICTURE_NONE: break;
    }
    return "unknown";
}

picture_format picture_recognise(const unsigned char *bytes, size_t size)
{
    if (size >= 8 && !memcmp(bytes, "\x89PNG\r\n\x1a\n", 8)) return PICTURE_PNG;
    if (size >= 3 && !memcmp(bytes, "\xff\xd8\xff", 3)) return PICTURE_JPEG;
    if (size >= 2 && !memcmp(bytes, "BM", 2)) return PICTURE_BMP;
    if (size >= 2 && bytes[0] == 'P' && (bytes[1] == '5' || bytes[1] == '6'))
        return PICTURE_PNM;
    return PICTURE_NONE;
}

cvl_status picture_set_size(picture_header *header, size_t width, size_t height,
                            cvl_error *err)
{
    if (!width || !height)
        return cvl_fail(
            err, CVL_EFORMAT, "damaged %s: its size is %zu x %zu pixels",
            picture_format_name(header->info.format), width, height);
    if (width > PICTURE_MAX_PIXELS / height)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "%zu x %zu pixels are more than the %d that convlet "
                        "reads",
                        width, height, PICTURE_MAX_PIXELS);
    header->info.width = width;
    header->info.height = height;
    return CVL_OK;
}

/* JPEG: a walk from marker to marker. */

enum {
    JPEG_TEM = 0x01,
    JPEG_SOF0 = 0xc0,
    JPEG_SOF2 = 0xc2,
    JPEG_DHT = 0xc4,
    JPEG_JPG = 0xc8,
    JPEG_DAC = 0xcc,
    JPEG_SOF15 = 0xcf,
    JPEG_RST0 = 0xd0,
    JPEG_RST7 = 0xd7,
    JPEG_SOI = 0xd8,
    JPEG_EOI = 0xd9,
    JPEG_SOS = 0xda,
    JPEG_APP1 = 0xe1
};

static size_t big16(const unsigned char *bytes)
{
    return (size_t)bytes[0] << 8 | bytes[1];
}

/* A segment that starts a frame, of `size` bytes after its marker. */
static cvl_status jpeg_frame(unsigned marker, const unsigned char *segment,
                             size_t size, picture_header *header,
                             cvl_error *err)
{
    if (header->info.width)
        return cvl_fail(err, CVL_EFORMAT, "damaged JPEG: it has two frames");
    if (size < 8)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged JPEG: its frame header is too short");
    if (marker > JPEG_SOF2 || segment[2] != 8)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "a lossless, arithmetic or %u-bit JPEG is not read; "
                        "convert it to PNG",
                        (unsigned)segment[2]);
    const unsigned components = segment[7];
    if (components != 1 && components != 3 && components != 4)
        return cvl_fail(err, CVL_EFORMAT, "damaged JPEG: it has %u components",
                        components);
    header->info.channels = components == 1 ? 1 : 3;
    return picture_set_size(header, big16(segment + 5), big16(segment + 3),
                            err);
}

/* The end of the entropy-coded data at `at`: the next real marker. */
static size_t jpeg_skip_scan(const unsigned char *bytes, size_t size, size_t at)
{
    while (at + 1 < size) {
        const unsigned char next = bytes[at + 1];
        if (bytes[at] == 0xff && next != 0 && next != 0xff &&
            (next < JPEG_RST0 || next > JPEG_RST7))
            break;
        at++;
    }
    return at;
}

static bool jpeg_is_frame(unsigned marker)
{
    return marker >= JPEG_SOF0 && marker <= JPEG_SOF15 && marker != JPEG_DHT &&
           marker != JPEG_JPG && marker != JPEG_DAC;
}

static cvl_status jpeg_cut(size_t size, cvl_error *err)
{
    return cvl_fail(err, CVL_EFORMAT,
                    "damaged JPEG: it ends at byte %zu, before its "
                    "end-of-image marker",
                    size);
}

cvl_status picture_jpeg_header(const unsigned char *bytes, size_t size,
                               picture_header *header, cvl_error *err)
{
    bool scanned = false;
    size_t at = 2;
    for (;;) {
        if (size - at < 2) return jpeg_cut(size, err);
        if (bytes[at] != 0xff)
            return cvl_fail(err, CVL_EFORMAT,
                            "damaged JPEG: no marker at byte %zu", at);
        const unsigned marker = bytes[at + 1];
        if (marker == 0xff) {
            at++;
            continue;
        }
        if (marker == JPEG_EOI && scanned) return CVL_OK;
        if (marker <= JPEG_TEM || (marker >= JPEG_RST0 && marker <= JPEG_EOI))
            return cvl_fail(err, CVL_EFORMAT,
                            "damaged JPEG: marker %02x at byte %zu", marker,
                            at);
        at += 2;
        if (size - at < 2) return jpeg_cut(size, err);
        const size_t length = big16(bytes + at);
        if (length < 2)
            return cvl_fail(err, CVL_EFORMAT,
                            "damaged JPEG: empty segment at byte %zu", at);
        if (length > size - at) return jpeg_cut(size, err);
        if (jpeg_is_frame(marker)) {
            const cvl_status status =
                jpeg_frame(marker, bytes + at, length, header, err);
            if (status) return status;
        }
        if (marker == JPEG_APP1 && header->orientation == 1)
            header->orientation =
                picture_exif_orientation(bytes + at + 2, length - 2);
        at += length;
        if (marker == JPEG_SOS) {
            if (!header->info.width)
                return cvl_fail(err, CVL_EFORMAT,
                                "damaged JPEG: a scan before the frame header");
            scanned = true;
            at = jpeg_skip_scan(bytes, size, at);
        }
    }
}

/* PNM: three numbers, then the samples. */

/* Reads a number and the blanks and comments before it; false at a letter. */
static bool pnm_number(const unsigned char *bytes, size_t size, size_t *at,
                       size_t *number)
{
    bool comment = false;
    for (; *at < size; (*at)++) {
        const unsigned char c = bytes[*at];
        if (c == '#') comment = true;
        if (c == '\n') comment = false;
        if (!comment && (!c || !strchr(" \t\r\n\v\f", c))) break;
    }
    const size_t first = *at;
    size_t value = 0;
    for (; *at < size && bytes[*at] >= '0' && bytes[*at] <= '9'; (*at)++)
        if (value < 100000000) value = 10 * value + (bytes[*at] - '0');
    *number = value;
    return *at > first;
}

cvl_status picture_pnm_header(const unsigned char *bytes, size_t size,
                              picture_header *header, cvl_error *err)
{
    size_t at = 2, width, height, maximum;
    if (!pnm_number(bytes, size, &at, &width) ||
        !pnm_number(bytes, size, &at, &height) ||
        !pnm_number(bytes, size, &at, &maximum) || at >= size)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNM: no width, height and maximum after P%c",
                        bytes[1]);
    if (maximum < 1 || maximum > 65535)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNM: its maximum is %zu, expected 1 to 65535",
                        maximum);
    const cvl_status status = picture_set_size(header, width, height, err);
    if (status) return status;
    header->data = at + 1; /* one blank after the maximum */
    header->maximum = (unsigned)maximum;
    header->info.channels = bytes[1] == '5' ? 1 : 3;
    header->info.depth = maximum > 255 ? 16 : 8;

    const size_t expected =
        width * height * header->info.channels * (header->info.depth / 8);
    if (size - header->data < expected)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNM: it has %zu bytes of samples, expected "
                        "%zu",
                        size - header->data, expected);
    return CVL_OK;
}

cvl_status picture_header_read(const unsigned char *bytes, size_t size,
                               picture_header *header, cvl_error *err)
{
    *header = (picture_header){
        .info = {.format = picture_recognise(bytes, size), .depth = 8},
        .maximum = 255,
        .orientation = 1};
    switch (header->info.format) {
    case PICTURE_PNG: return picture_png_header(bytes, size, header, err);
    case PICTURE_JPEG: return picture_jpeg_header(bytes, size, header, err);
    case PICTURE_BMP: return picture_bmp_header(bytes, size, header, err);
    case PICTURE_PNM: return picture_pnm_header(bytes, size, header, err);
    case PICTURE_NONE: break;
    }
    return cvl_fail(err, CVL_EFORMAT,
                    "no picture of a kind that convlet reads (PNG, JPEG, BMP, "
                    "binary PNM)");
}
