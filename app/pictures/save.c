/* save.c - see picture.h for the contract. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <convlet/file.h>
#include <convlet/memory.h>

#include "pictures/parts.h"

picture_format picture_format_by_name(const char *path)
{
    static const struct {
        const char *ending;
        picture_format format;
    } endings[] = {{".png", PICTURE_PNG},
                   {".bmp", PICTURE_BMP},
                   {".jpg", PICTURE_JPEG},
                   {".jpeg", PICTURE_JPEG}};
    const char *const dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (!strcasecmp(dot, endings[i].ending)) return endings[i].format;
    return PICTURE_NONE;
}

unsigned char picture_sample(double value)
{
    if (!(value > 0.0)) return 0; /* NaN too */
    return value < 1.0 ? (unsigned char)lround(value * 255.0) : 255;
}

/* samples[y,x,c] = pixels[c,y,x], of 0..255. */
static void to_samples(const cvl_tensor *pixels, unsigned char *samples)
{
    const size_t channels = pixels->shape[1];
    const size_t area = pixels->shape[2] * pixels->shape[3];
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < area; i++)
            samples[i * channels + c] =
                picture_sample(cvl_tensor_get(pixels, c * area + i));
}

static cvl_status check_shape(const char *path, picture_format format,
                              const cvl_tensor *pixels, cvl_error *err)
{
    enum { JPEG_MAX_SIDE = 65535 };
    const size_t *const shape = pixels->shape;
    char text[CVL_DESCRIBE_SIZE];
    if (pixels->ndim != 4 || shape[0] != 1 || (shape[1] != 1 && shape[1] != 3))
        return cvl_fail(err, CVL_ESHAPE,
                        "%s: a picture is [1,1,H,W] or [1,3,H,W], not %s", path,
                        cvl_tensor_describe(pixels, text));
    if (shape[2] > PICTURE_MAX_PIXELS / shape[3])
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "%s: %zu x %zu pixels are more than the %d that "
                        "convlet writes",
                        path, shape[3], shape[2], PICTURE_MAX_PIXELS);
    if (format == PICTURE_JPEG &&
        (shape[2] > JPEG_MAX_SIDE || shape[3] > JPEG_MAX_SIDE))
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "%s: a JPEG has at most %d pixels a side, not %zu x "
                        "%zu; write a PNG",
                        path, JPEG_MAX_SIDE, shape[3], shape[2]);
    return CVL_OK;
}

/* The encoder's bytes, in its pool, as a block of their own. */
static cvl_status keep(const unsigned char *file, size_t size, size_t room,
                       cvl_bytes *bytes, cvl_error *err)
{
    if (!file)
        return cvl_fail(err, CVL_ENOMEM,
                        "out of memory: encoding it needs more than %zu bytes",
                        room);
    void *data;
    const cvl_status status =
        cvl_alloc(&data, size + 1, "the encoded picture", err);
    if (status) return status;
    memcpy(data, file, size);
    *bytes = (cvl_bytes){data, size};
    return CVL_OK;
}

cvl_status picture_encode(picture_format format, const unsigned char *samples,
                          size_t width, size_t height, size_t channels,
                          cvl_bytes *bytes, cvl_error *err)
{
    /* What stb_image_write takes for a PNG: its hash table grown by doubling,
     * and less than ten times the samples. */
    enum { FIXED = 16 << 20, COPIES = 12 };
    const size_t room = FIXED + COPIES * (width * height * channels + height);
    /* Pages that are not touched cost nothing. */
    unsigned char *const block = malloc(room);
    const unsigned char *file = NULL;
    size_t size = 0;
    *bytes = (cvl_bytes){0};
    if (block) {
        picture_pool pool = picture_pool_over(block, room);
        pool.touched = room; /* not zero: pieces are cleared, not all of it */
        file = picture_stb_encode(format, samples, width, height, channels,
                                  &pool, &size);
    }
    const cvl_status status = keep(file, size, room, bytes, err);
    free(block);
    return status;
}

cvl_status picture_save(const char *path, const cvl_tensor *pixels,
                        cvl_error *err)
{
    const picture_format format = picture_format_by_name(path);
    if (format == PICTURE_NONE)
        return cvl_fail(err, CVL_EINVAL,
                        "%s: a picture's name ends in .png, .bmp, .jpg or "
                        ".jpeg",
                        path);
    cvl_status status = check_shape(path, format, pixels, err);
    if (status) return status;

    unsigned char *const samples = malloc(pixels->count);
    if (!samples)
        return cvl_fail(err, CVL_ENOMEM, "%s: out of memory: %zu samples", path,
                        pixels->count);
    to_samples(pixels, samples);
    cvl_bytes bytes;
    status = picture_encode(format, samples, pixels->shape[3], pixels->shape[2],
                            pixels->shape[1], &bytes, err);
    free(samples);
    if (status) return cvl_error_prefix(err, status, "%s", path);
    const cvl_span span = {.data = bytes.data, .size = bytes.size};
    status = cvl_file_write(path, &span, 1, err);
    cvl_bytes_free(&bytes);
    return status;
}
