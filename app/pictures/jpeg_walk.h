/* jpeg_walk.h - private: the segments of a JPEG, one after the other. */
#ifndef CONVLET_PICTURES_JPEG_WALK_H
#define CONVLET_PICTURES_JPEG_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include <convlet/error.h>

/* Markers: T.81, table B.1. */
enum jpeg_marker {
    JPEG_TEM = 0x01,
    JPEG_SOF0 = 0xc0,
    JPEG_SOF2 = 0xc2,
    JPEG_DHT = 0xc4,
    JPEG_SOF7 = 0xc7,
    JPEG_JPG = 0xc8,
    JPEG_DAC = 0xcc,
    JPEG_SOF15 = 0xcf,
    JPEG_RST0 = 0xd0,
    JPEG_RST7 = 0xd7,
    JPEG_SOI = 0xd8,
    JPEG_EOI = 0xd9,
    JPEG_SOS = 0xda,
    JPEG_DQT = 0xdb,
    JPEG_DRI = 0xdd,
    JPEG_APP0 = 0xe0,
    JPEG_APP1 = 0xe1,
    JPEG_APP2 = 0xe2,
    JPEG_APP14 = 0xee
};

/* A file, and the segment of it that was come to last. */
typedef struct jpeg_walk {
    const unsigned char *bytes;
    size_t size, at;           /* of the file, and behind the segment */
    unsigned marker;           /* 0: the file ended without an end marker */
    const unsigned char *data; /* of the segment, behind its length */
    size_t length;
    size_t scan;  /* bytes of entropy-coded data behind that */
    size_t stray; /* the first byte that belongs to no segment; or 0 */
} jpeg_walk;

/* A number of two bytes. */
static inline size_t big16(const unsigned char *bytes)
{
    return (size_t)bytes[0] << 8 | bytes[1];
}

static inline bool jpeg_is_restart(unsigned marker)
{
    return marker >= JPEG_RST0 && marker <= JPEG_RST7;
}

/*
 * Goes on to the next segment, over whatever is before it. To begin with, `at`
 * is 2, behind the first marker, and all but the file is 0. CVL_EFORMAT for
 * what cannot be one, or is cut.
 */
cvl_status jpeg_next(jpeg_walk *walk, cvl_error *err);

/* CVL_EFORMAT: the file ends too early. */
cvl_status jpeg_cut(size_t size, cvl_error *err);

#endif
