/* stb_write.c - the one place where stb_image_write is compiled. */
#include <setjmp.h>
#include <string.h>

#include "pictures/parts.h"

/*
 * stb_image_write does not check all of its allocations. So they come from a
 * pool, and one that does not fit leaves by longjmp; the pool's owner frees
 * everything at once. Both variables are the encoder's own while it runs.
 */
static _Thread_local picture_pool *write_pool;
static _Thread_local jmp_buf write_refusal;

static _Noreturn void refuse(void)
{
    longjmp(write_refusal, 1);
}

static void *grow(void *piece, size_t old_bytes, size_t bytes)
{
    void *const grown = picture_pool_grow(write_pool, piece, old_bytes, bytes);
    if (!grown) refuse();
    return grown;
}

static void give(const void *piece)
{
    picture_pool_give(write_pool, piece);
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

enum { JPEG_QUALITY = 95 };

/* The file as it grows; its room doubles. */
typedef struct growing {
    unsigned char *data;
    size_t size, room;
} growing;

static void append(void *context, void *data, int size)
{
    growing *const file = context;
    if (size <= 0) return;
    const size_t end = file->size + (size_t)size;
    if (end > file->room) {
        const size_t room = 2 * end + 4096;
        file->data = grow(file->data, file->room, room);
        file->room = room;
    }
    memcpy(file->data + file->size, data, (size_t)size);
    file->size = end;
}

const unsigned char *picture_stb_encode(picture_format format,
                                        const unsigned char *samples,
                                        size_t width, size_t height,
                                        size_t channels, picture_pool *pool,
                                        size_t *size)
{
    const int w = (int)width, h = (int)height, c = (int)channels;
    growing file = {0};
    write_pool = pool;
    if (setjmp(write_refusal)) return NULL;
    int written = 0;
    if (format == PICTURE_PNG)
        written = stbi_write_png_to_func(append, &file, w, h, c, samples, 0);
    else if (format == PICTURE_BMP)
        written = stbi_write_bmp_to_func(append, &file, w, h, c, samples);
    else
        written = stbi_write_jpg_to_func(append, &file, w, h, c, samples,
                                         JPEG_QUALITY);
    *size = file.size;
    return written ? file.data : NULL;
}
