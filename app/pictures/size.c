/* size.c - how large a picture is, and which way up it stands. */
#include <string.h>

#include "pictures/formats.h"

cvl_status picture_set_size(picture_header *header, size_t width, size_t height,
                            cvl_error *err)
{
    if (!width || !height)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged %s: its size is %zu x %zu pixels",
                        header->info.format->name, width, height);
    if (width > PICTURE_MAX_PIXELS / height)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "%zu x %zu pixels are more than the %d that convlet "
                        "reads",
                        width, height, PICTURE_MAX_PIXELS);
    header->info.width = width;
    header->info.height = height;
    return CVL_OK;
}

size_t picture_upright(const picture_header *header, size_t x, size_t y)
{
    const unsigned turn = header->orientation;
    const size_t width = header->info.width, height = header->info.height;
    if (turn == 2 || turn == 3 || turn == 7 || turn == 8) x = width - 1 - x;
    if (turn == 3 || turn == 4 || turn == 6 || turn == 7) y = height - 1 - y;
    return picture_is_turned(header) ? x * height + y : y * width + x;
}

bool picture_is_turned(const picture_header *header)
{
    return header->orientation >= 5;
}

/* A TIFF file is written in the byte order of whoever wrote it. */
static size_t number(const unsigned char *bytes, size_t count, bool big_end)
{
    size_t value = 0;
    for (size_t i = 0; i < count; i++)
        value = value << 8 | bytes[big_end ? i : count - 1 - i];
    return value;
}

/* Exif 2.32, section 4.6.4: the first directory has it as entry 0x112, one
 * SHORT, or from some programs one LONG. */
static unsigned tiff_orientation(const unsigned char *tiff, size_t size)
{
    enum { HEAD = 8, ENTRY = 12, TAG = 0x112, SHORT = 3, LONG = 4 };
    if (size < HEAD) return 1;
    const bool big_end = tiff[0] == 'M';
    if (memcmp(tiff, big_end ? "MM\0*" : "II*\0", 4) != 0) return 1;

    const size_t directory = number(tiff + 4, 4, big_end);
    if (directory > size - 2) return 1;
    const size_t entries = number(tiff + directory, 2, big_end);
    size_t at = directory + 2;
    for (size_t i = 0; i < entries && at + ENTRY <= size; i++, at += ENTRY) {
        const unsigned char *const entry = tiff + at;
        if (number(entry, 2, big_end) != TAG) continue;
        const size_t type = number(entry + 2, 2, big_end);
        const size_t value = number(entry + 8, type == LONG ? 4 : 2, big_end);
        const bool known =
            (type == SHORT || type == LONG) && value >= 1 && value <= 8;
        return known ? (unsigned)value : 1;
    }
    return 1;
}

/* Exif 2.32, section 4.5: a TIFF file, perhaps behind a marker. */
unsigned picture_exif_orientation(const unsigned char *data, size_t size)
{
    enum { START = 6 };
    const bool marked = size >= START && !memcmp(data, "Exif\0", START);
    return marked ? tiff_orientation(data + START, size - START)
                  : tiff_orientation(data, size);
}
