/* jpeg_walk.c - see jpeg_walk.h for the contract. */
#include "pictures/jpeg_walk.h"

cvl_status jpeg_cut(size_t size, cvl_error *err)
{
    return cvl_fail(err, CVL_EFORMAT,
                    "damaged JPEG: it ends at byte %zu, before its "
                    "end-of-image marker",
                    size);
}

/* The end of the entropy-coded data at `at`: the next real marker, or the end
 * of the file, where half a marker may be. */
static size_t jpeg_skip_scan(const unsigned char *bytes, size_t size, size_t at)
{
    while (at + 1 < size) {
        const unsigned char next = bytes[at + 1];
        if (bytes[at] == 0xff && next != 0 && next != 0xff &&
            !jpeg_is_restart(next))
            break;
        at++;
    }
    return at < size && bytes[at] != 0xff ? size : at;
}

/* Goes to the next marker, over whatever is before it, as libjpeg does; false
 * at the end of the file. */
static bool jpeg_find_marker(jpeg_walk *walk)
{
    for (; walk->at + 2 <= walk->size; walk->at++) {
        const unsigned char *const here = walk->bytes + walk->at;
        if (here[0] == 0xff && here[1] == 0xff) continue; /* it may be filled */
        if (here[0] == 0xff && here[1] > JPEG_TEM && !jpeg_is_restart(here[1]))
            return true;
        if (!walk->stray) walk->stray = walk->at;
    }
    return false;
}

/* Takes the segment whose marker is at `at`. */
static cvl_status jpeg_take(jpeg_walk *walk, cvl_error *err)
{
    const unsigned marker = walk->bytes[walk->at + 1];
    if (marker < JPEG_SOF0 || marker == JPEG_SOI)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged JPEG: marker %02x at byte %zu", marker,
                        walk->at);
    walk->marker = marker;
    walk->at += 2;
    if (walk->marker == JPEG_EOI) return CVL_OK;
    const size_t rest = walk->size - walk->at;
    if (rest < 2) return jpeg_cut(walk->size, err);
    const size_t length = big16(walk->bytes + walk->at);
    if (length < 2)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged JPEG: empty segment at byte %zu", walk->at);
    if (length > rest) return jpeg_cut(walk->size, err);
    walk->data = walk->bytes + walk->at + 2;
    walk->length = length - 2;
    walk->at += length;
    if (marker != JPEG_SOS) return CVL_OK;
    const size_t end = jpeg_skip_scan(walk->bytes, walk->size, walk->at);
    walk->scan = end - walk->at;
    walk->at = end;
    return CVL_OK;
}

cvl_status jpeg_next(jpeg_walk *walk, cvl_error *err)
{
    walk->marker = 0;
    walk->length = walk->scan = 0;
    return jpeg_find_marker(walk) ? jpeg_take(walk, err) : CVL_OK;
}
