/* jpeg.c - JPEG: whether it is whole, and which way the camera was held. */
#include <string.h>

#include "pictures/formats.h"

/* A TIFF file is written in the byte order of whoever wrote it. */
static size_t number(const unsigned char *bytes, size_t count, bool big_end)
{
    size_t value = 0;
    for (size_t i = 0; i < count; i++)
        value = value << 8 | bytes[big_end ? i : count - 1 - i];
    return value;
}

/*
 * Exif 2.32, sections 4.5 and 4.6.4: "Exif\0\0", then a TIFF file, whose first
 * directory has the orientation as entry 0x112, one SHORT.
 */
unsigned picture_jpeg_orientation(const unsigned char *segment, size_t size)
{
    enum { START = 6, HEAD = 8, ENTRY = 12, TAG = 0x112, SHORT = 3 };
    if (size < START + HEAD || memcmp(segment, "Exif\0", START) != 0) return 1;
    const unsigned char *const tiff = segment + START;
    size -= START;
    const bool big_end = tiff[0] == 'M';
    if (memcmp(tiff, big_end ? "MM\0*" : "II*\0", 4) != 0) return 1;

    const size_t directory = number(tiff + 4, 4, big_end);
    if (directory > size - 2) return 1;
    size_t entries = number(tiff + directory, 2, big_end);
    const size_t room = (size - 2 - directory) / ENTRY;
    if (entries > room) entries = room;
    for (size_t i = 0; i < entries; i++) {
        const unsigned char *const entry = tiff + directory + 2 + i * ENTRY;
        if (number(entry, 2, big_end) != TAG) continue;
        const size_t value = number(entry + 8, 2, big_end);
        const bool known =
            number(entry + 2, 2, big_end) == SHORT && value >= 1 && value <= 8;
        return known ? (unsigned)value : 1;
    }
    return 1;
}

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

static cvl_status jpeg_header(const unsigned char *bytes, size_t size,
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
                picture_jpeg_orientation(bytes + at + 2, length - 2);
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

const picture_format picture_jpeg = {
    .name = "JPEG",
    .kind = "JPEG",
    .endings = {".jpg", ".jpeg"},
    .magic = {"\xff\xd8\xff"},
    .lossy = true,
    .max_side = 65535,
    .header = jpeg_header,
    .decode = picture_stb_decode,
    /* Up to 2.29, stb_image can write past its Huffman tables. */
    .needs_jail = STB_IMAGE_VERSION < 230,
    .encode = picture_stb_jpeg,
};
