/* stb_write.c - the one place where stb_image_write is compiled. */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/file.h>
#include <convlet/memory.h>

#include "pictures/formats.h"

/*
 * stb_image_write does not check all of its allocations. So they come from a
 * pool, and one that does not fit leaves by longjmp; the pool's owner frees
 * everything at once. Both variables are the encoder's own while it runs.
 */
static _Thread_local jail_pool *write_pool;
static _Thread_local jmp_buf write_refusal;

static _Noreturn void refuse(void)
{
    longjmp(write_refusal, 1);
}

static void *grow(void *piece, size_t old_bytes, size_t bytes)
{
    void *const grown = jail_pool_grow(write_pool, piece, old_bytes, bytes);
    if (!grown) refuse();
    return grown;
}

static void give(const void *piece)
{
    jail_pool_give(write_pool, piece);
}

#define STBIW_MALLOC(size) grow(NULL, 0, (size_t)(size))
#define STBIW_REALLOC_SIZED(piece, old, size) \
    grow(piece, (size_t)(old), (size_t)(size))
#define STBIW_FREE(piece) give(piece)
#define STBIW_ASSERT(truth) ((truth) ? (void)0 : refuse())
#define STBI_WRITE_NO_STDIO
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb_image_write.h>

/* Beyond 90 it takes no samples together. */
enum { JPEG_QUALITY = 95 };

void picture_sink_add(picture_sink *sink, const void *data, size_t size)
{
    const size_t end = sink->size + size;
    if (!size) return;
    if (end > sink->room) {
        const size_t room = 2 * end + 4096;
        sink->data = grow(sink->data, sink->room, room);
        sink->room = room;
    }
    memcpy(sink->data + sink->size, data, size);
    sink->size = end;
}

void picture_sink_insert(picture_sink *sink, size_t at, const void *data,
                         size_t size)
{
    const size_t end = sink->size;
    picture_sink_add(sink, data, size);
    memmove(sink->data + at + size, sink->data + at, end - at);
    memcpy(sink->data + at, data, size);
}

static void append(void *context, void *data, int size)
{
    if (size > 0) picture_sink_add(context, data, (size_t)size);
}

int picture_stb_png(picture_sink *sink, int width, int height, int channels,
                    const unsigned char *samples)
{
    return stbi_write_png_to_func(append, sink, width, height, channels,
                                  samples, 0);
}

int picture_stb_jpeg(picture_sink *sink, int width, int height, int channels,
                     const unsigned char *samples)
{
    return stbi_write_jpg_to_func(append, sink, width, height, channels,
                                  samples, JPEG_QUALITY);
}

const unsigned char *picture_encode_in(jail_pool *pool,
                                       const picture_format *format,
                                       const unsigned char *samples,
                                       size_t width, size_t height,
                                       size_t channels,
                                       picture_profile *profile, size_t *size)
{
    picture_sink sink = {0};
    write_pool = pool;
    if (setjmp(write_refusal)) return NULL;
    const int written =
        format->encode(&sink, (int)width, (int)height, (int)channels, samples);
    if (profile)
        profile->kept = written && profile->channels == channels &&
                        format->write_profile &&
                        format->write_profile(&sink, profile);
    *size = sink.size;
    return written ? sink.data : NULL;
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

cvl_status picture_encode(const picture_format *format,
                          const unsigned char *samples, size_t width,
                          size_t height, size_t channels,
                          picture_profile *profile, cvl_bytes *bytes,
                          cvl_error *err)
{
    /* What stb_image_write takes for a PNG: its hash table grown by doubling,
     * and less than ten times the samples. */
    enum { FIXED = 16 << 20, COPIES = 12 };
    const size_t more = profile ? profile->icc.size + profile->chunks.size : 0;
    const size_t room =
        FIXED + COPIES * (width * height * channels + height + more);
    /* Pages that are not touched cost nothing. */
    unsigned char *const block = malloc(room);
    const unsigned char *file = NULL;
    size_t size = 0;
    *bytes = (cvl_bytes){0};
    if (block) {
        jail_pool pool = jail_pool_over(block, room);
        pool.touched = room; /* not zero: pieces are cleared, not all of it */
        file = picture_encode_in(&pool, format, samples, width, height,
                                 channels, profile, &size);
    }
    const cvl_status status = keep(file, size, room, bytes, err);
    free(block);
    return status;
}
