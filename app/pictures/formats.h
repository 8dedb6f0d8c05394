/* formats.h - the formats of pictures, and how their files are decoded. */
#ifndef CONVLET_PICTURES_FORMATS_H
#define CONVLET_PICTURES_FORMATS_H

#include "jail/jail.h"
#include "pictures/picture.h"

/*
 * A file from outside passes these doors, in this order:
 *
 *   1. picture_header_read, our own code: the format is one of four, the file
 *      is whole (PNG checksums, the end of a JPEG, the rows of a BMP) and its
 *      size is one that we read. Nothing is allocated before that.
 *   2. A decoder, stb_image, in a process of its own that may compute and
 *      nothing else (app/jail), with all its memory taken beforehand.
 *   3. What comes back is compared with what the header promised.
 *
 * PNM takes the first door only: there is nothing to decode.
 */

/* What a file promises before it is decoded. */
typedef struct picture_header {
    picture_info info;    /* PICTURE_ALPHA: only the decoder knows */
    unsigned maximum;     /* the sample that means 1.0 */
    size_t data;          /* where samples that lie in the file start */
    bool big_end;         /* and which byte of two comes first */
    unsigned orientation; /* by Exif: 1, upright, to 8; from 5 on it lies */
    bool on_white;        /* put transparent pixels on white */
} picture_header;

/*
 * Reads the header and checks that the file is whole. CVL_EFORMAT or
 * CVL_EUNSUPPORTED with a message that does not know the path.
 */
cvl_status picture_header_read(const unsigned char *bytes, size_t size,
                               picture_header *header, cvl_error *err);

/*
 * The orientation that Exif data tell, behind their marker "Exif\0\0" (a
 * JPEG's) or without (a PNG's), 1 to 8; 1, upright, where they tell none. Never
 * a reason to refuse a picture.
 */
unsigned picture_exif_orientation(const unsigned char *data, size_t size);

/* Where the pixel in column x, row y of the file is in the upright picture,
 * counted row by row from its top left corner. */
size_t picture_upright(const picture_header *header, size_t x, size_t y);

/* Do rows and columns change places? */
bool picture_is_turned(const picture_header *header);

/* Sets the size, and checks it: not empty, and not more than we read. */
cvl_status picture_set_size(picture_header *header, size_t width, size_t height,
                            cvl_error *err);

/*
 * Decodes a file into the pool: header->info.channels samples a pixel, of
 * header->info.depth bits each. Allocates from the pool only.
 */
typedef void picture_decoder(const unsigned char *bytes, size_t size,
                             const picture_header *header, jail_pool *pool,
                             jail_verdict *verdict);

typedef cvl_status picture_header_reader(const unsigned char *bytes,
                                         size_t size, picture_header *header,
                                         cvl_error *err);

/* What is encoded, in the pool of picture_encode_in as it grows; {0} is empty.
 */
typedef struct picture_sink {
    unsigned char *data;
    size_t size, room;
} picture_sink;

/* Encodes samples (H W C, 8 bits) into the sink; 0 where that fails. */
typedef int picture_encoder(picture_sink *sink, int width, int height,
                            int channels, const unsigned char *samples);

/*
 * What a file, whose header was read, says of its colours; profile->channels
 * is set, and the rest {0}. CVL_ENOMEM.
 */
typedef cvl_status picture_profile_reader(const unsigned char *bytes,
                                          size_t size, picture_profile *profile,
                                          cvl_error *err);

/* Says it again in an encoded file; false where that cannot be. */
typedef bool picture_profile_writer(picture_sink *sink,
                                    const picture_profile *profile);

enum { PICTURE_ENDINGS = 4, PICTURE_MAGICS = 2 };

/* A format: one row, in a file of its own, and in the list of formats.c. */
struct picture_format {
    const char *name;                     /* "PNG" */
    const char *kind;                     /* what of it is read: "binary PNM" */
    const char *endings[PICTURE_ENDINGS]; /* of names; then NULL */
    const char *magic[PICTURE_MAGICS];    /* how its files start */
    bool lossy;                           /* pixels are not kept as they are */
    bool transparent;                     /* viewers show what lies behind */
    size_t max_side;                      /* as it is written; 0: any */
    picture_header_reader *header;
    picture_decoder *decode; /* NULL: the samples lie in the file */
    bool needs_jail;         /* its decoder is not trusted without */
    picture_encoder *encode; /* NULL: it is not written */
    picture_profile_reader *read_profile;  /* NULL: it has none */
    picture_profile_writer *write_profile; /* NULL: it has no room for one */
};

/* stb_image, and stb_image_write; JPEG has the quality 95. */
picture_decoder picture_stb_decode;
picture_encoder picture_stb_png, picture_stb_jpeg;

/* Inflates (RFC 1951) the first of the bytes into `room` bytes of the pool:
 * verdict->height bytes, of verdict->width ones. */
void picture_stb_inflate(const unsigned char *bytes, size_t size, size_t room,
                         jail_pool *pool, jail_verdict *verdict);

/* Appends bytes; does not return to an encoder that has no room for them. */
void picture_sink_add(picture_sink *sink, const void *data, size_t size);

/* The same before byte `at` of what is there. */
void picture_sink_insert(picture_sink *sink, size_t at, const void *data,
                         size_t size);

/* An ICC profile as a chunk of a PNG; free it. CVL_ENOMEM. */
cvl_status picture_png_iccp(const cvl_bytes *icc, cvl_bytes *chunk,
                            cvl_error *err);

/* How a file is decoded. The program uses {.jailed = true}; tests others. */
typedef struct picture_policy {
    bool jailed;             /* false: as on a system that has no jail */
    bool on_white;           /* transparent pixels are put on white */
    picture_decoder *decode; /* NULL: the format's */
    unsigned cpu_seconds;    /* 0: by the size of the picture */
    unsigned wall_seconds;   /* 0: a multiple of that */
} picture_policy;

/* picture_load on bytes that are already there. */
cvl_status picture_parse(const unsigned char *bytes, size_t size,
                         const picture_policy *policy, cvl_dtype dtype,
                         cvl_tensor *pixels, picture_info *info,
                         cvl_error *err);

/*
 * Encodes samples (H W C, 8 bits) into the pool; the profile as in
 * picture_encode. NULL where the pool is too small.
 */
const unsigned char *picture_encode_in(jail_pool *pool,
                                       const picture_format *format,
                                       const unsigned char *samples,
                                       size_t width, size_t height,
                                       size_t channels,
                                       picture_profile *profile, size_t *size);

#endif
