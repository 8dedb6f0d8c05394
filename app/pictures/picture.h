/* picture.h - pictures in and out of tensors. */
#ifndef CONVLET_PICTURES_PICTURE_H
#define CONVLET_PICTURES_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include <convlet/error.h>
#include <convlet/file.h>
#include <convlet/tensor.h>

/* A format, a row of formats.h. PNM: the binary ones, P5, grey, and P6. */
typedef struct picture_format picture_format;
extern const picture_format picture_png, picture_jpeg, picture_bmp, picture_pnm;

/* What of a file is left aside or passed over, to be said. */
enum picture_note {
    PICTURE_ALPHA = 1,     /* it has an alpha channel, the tensor not */
    PICTURE_PROFILE = 2,   /* a colour profile: samples are taken for sRGB */
    PICTURE_GAMMA = 4,     /* the same, of a gamma that is not sRGB's */
    PICTURE_UNENDED = 8,   /* it has no end marker, but all of its pixels */
    PICTURE_STRAY = 16,    /* there are bytes between its segments */
    PICTURE_ON_WHITE = 32, /* it is transparent, and was put on white */
    PICTURE_LAST_NOTE = PICTURE_ON_WHITE
};

/* What a picture file holds. */
typedef struct picture_info {
    const picture_format *format;
    size_t width, height;
    size_t channels; /* of the tensor: 1, grey, or 3, red green blue */
    unsigned depth;  /* bits of a sample as it was read: 8 or 16 */
    unsigned notes;  /* of enum picture_note */
} picture_info;

/* What a file says of its colours, to be said again where a picture that was
 * made from it is written. {0} is nothing. */
typedef struct picture_profile {
    size_t channels;  /* of the pictures that it is for */
    cvl_bytes icc;    /* an ICC profile; or none */
    cvl_bytes chunks; /* the same, or what else there was, for a PNG */
    bool kept;        /* it was written */
} picture_profile;

/* Pictures with more pixels, and files with more bytes, are refused. */
enum { PICTURE_MAX_PIXELS = 64 * 1024 * 1024 };
enum { PICTURE_MAX_BYTES = 256 * 1024 * 1024 };

/* The format by the first bytes of a file, of which PICTURE_START are enough
 * for all of them; NULL for what is no picture. */
enum { PICTURE_START = 8 };
const picture_format *picture_recognise(const unsigned char *bytes,
                                        size_t size);

/* The format whose files' names end as this one; NULL for none. */
const picture_format *picture_format_by_name(const char *path);

/* Whether files of the format are written, and its pixels changed by it; false
 * for NULL. */
bool picture_is_written(const picture_format *format);
bool picture_is_lossy(const picture_format *format);

/* The ending of what a picture of this format becomes: its own, or ".png" where
 * that is not written or would not keep the pixels. */
const char *picture_ending(const picture_format *format);

/* For messages: the formats that are read, "PNG, JPEG, ...", and the endings
 * that are written, then `more` unless it is NULL: ".png, .bmp or .jpg". */
enum { PICTURE_LIST_SIZE = 64 };
const char *picture_kinds(char text[PICTURE_LIST_SIZE]);
const char *picture_endings(const char *more, char text[PICTURE_LIST_SIZE]);

/*
 * Reads a picture into a new tensor [1,C,H,W] of values v/255, or v/65535 for
 * a 16-bit PNG (a PNM: v/its maximum), so from 0 to 1; C is 1 or 3. Alpha is
 * dropped, and a JPEG or PNG is turned upright, as its Exif orientation says.
 * A damaged or hostile file is an error, never a crash: see formats.h.
 *
 *   path     the file
 *   dtype    of the tensor
 *   pixels   receives the tensor; the caller frees it
 *   info     NULL, or receives what the file holds
 *
 * Every message starts with the path. CVL_EIO where the file cannot be read,
 * CVL_EFORMAT where it is damaged or no picture, CVL_EUNSUPPORTED where it is
 * of a kind or a size that is not read, CVL_ENOMEM. On error nothing is
 * written.
 */
cvl_status picture_load(const char *path, cvl_dtype dtype, cvl_tensor *pixels,
                        picture_info *info, cvl_error *err);

/* The same of a file that was read: `path` is for the messages, and transparent
 * pixels are put on white, as viewers show them, rather than taken for what
 * they would be if they were opaque. */
cvl_status picture_read(const char *path, const cvl_bytes *bytes, bool on_white,
                        cvl_dtype dtype, cvl_tensor *pixels, picture_info *info,
                        cvl_error *err);

/* What a file that was read says of its colours; free it. CVL_ENOMEM. */
cvl_status picture_profile_read(const cvl_bytes *file, picture_profile *profile,
                                cvl_error *err);

/* Frees and resets; idempotent. */
void picture_profile_free(picture_profile *profile);

/*
 * Writes a tensor [1,1,H,W] or [1,3,H,W] as a picture of 8 bits a sample, in
 * the format that the name asks for: .png, .bmp, .jpg or .jpeg. Values are
 * clamped to 0..1 and rounded to nearest; NaN becomes 0.
 * Every message starts with the path. CVL_EINVAL for another ending,
 * CVL_ESHAPE for another shape, CVL_EUNSUPPORTED for more pixels than are
 * read, CVL_EIO, CVL_ENOMEM; an existing file is untouched then.
 */
cvl_status picture_save(const char *path, const cvl_tensor *pixels,
                        cvl_error *err);

/* The same with a profile, or NULL, if the file has room for one:
 * profile->kept; and in the directory that is open, as cvl_file_write_at. */
cvl_status picture_save_with(int directory, const char *path,
                             const cvl_tensor *pixels, picture_profile *profile,
                             cvl_error *err);

/* And in a format that is written, whatever the name. */
cvl_status picture_save_as(const picture_format *format, int directory,
                           const char *path, const cvl_tensor *pixels,
                           picture_profile *profile, cvl_error *err);

/*
 * Encodes samples of 8 bits, [H,W,C] in memory, as the bytes of a file; free
 * them with cvl_bytes_free. C is 1, grey, 3, red green blue, or for a PNG 4,
 * with opacity. At most PICTURE_MAX_PIXELS. The profile is NULL, or set to
 * `kept` where the file has it. CVL_ENOMEM.
 */
cvl_status picture_encode(const picture_format *format,
                          const unsigned char *samples, size_t width,
                          size_t height, size_t channels,
                          picture_profile *profile, cvl_bytes *bytes,
                          cvl_error *err);

/* A value as a sample: clamped to 0..1, rounded to nearest; NaN is 0. */
unsigned char picture_sample(double value);

#endif
