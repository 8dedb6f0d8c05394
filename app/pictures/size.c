/* size.c - how large a picture is, and which way up it stands. */
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
