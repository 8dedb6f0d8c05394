/* stb_read.c - the one place where stb_image is compiled, and how. */
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include "pictures/formats.h"

/*
 * Why a pool instead of malloc: a jailed process cannot ask the system for
 * memory, and a picture that makes stb_image ask for too much must be told no.
 * Why no assert: it would end the trainer when the decoder runs unjailed. Both
 * variables are the decoder's own while it runs.
 */
static _Thread_local jail_pool *stb_pool;
static _Thread_local jmp_buf stb_refusal;

static void *stb_take(size_t bytes)
{
    return jail_pool_take(stb_pool, bytes);
}

static void *stb_grow(void *piece, size_t old_bytes, size_t bytes)
{
    return jail_pool_grow(stb_pool, piece, old_bytes, bytes);
}

static void stb_give(const void *piece)
{
    jail_pool_give(stb_pool, piece);
}

static _Noreturn void stb_refuse(void)
{
    longjmp(stb_refusal, 1);
}

#define STBI_MALLOC(size) stb_take(size)
#define STBI_REALLOC_SIZED(piece, old, size) stb_grow(piece, old, size)
#define STBI_FREE(piece) stb_give(piece)
#define STBI_ASSERT(truth) ((truth) ? (void)0 : stb_refuse())
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_NO_LINEAR
#define STBI_NO_STDIO
#define STBI_NO_SIMD /* the same pixels, and the same bugs, everywhere */
#define STBI_MAX_DIMENSIONS PICTURE_MAX_PIXELS
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#include <stb_image.h>

static unsigned get(const void *samples, size_t i, bool wide)
{
    return wide ? ((const stbi__uint16 *)samples)[i]
                : ((const stbi_uc *)samples)[i];
}

/* Puts samples with their opacity, in place, on white; false where all were
 * opaque. As viewers do, without regard to how light adds up. */
static bool put_on_white(void *samples, const picture_header *header)
{
    const bool wide = header->info.depth == 16;
    const size_t channels = header->info.channels;
    const size_t count = header->info.width * header->info.height;
    const uint64_t most = wide ? 65535 : 255;
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        const size_t from = i * (channels + 1);
        const uint64_t opacity = get(samples, from + channels, wide);
        found |= opacity < most;
        for (size_t c = 0; c < channels; c++) {
            const uint64_t sum = get(samples, from + c, wide) * opacity +
                                 most * (most - opacity);
            const uint64_t value = (sum + most / 2) / most;
            if (wide)
                ((stbi__uint16 *)samples)[i * channels + c] =
                    (stbi__uint16)value;
            else
                ((stbi_uc *)samples)[i * channels + c] = (stbi_uc)value;
        }
    }
    return found;
}

/* Points at the samples that stb_image decoded, or NULL. */
static void *decode(const unsigned char *bytes, size_t size,
                    const picture_header *header, jail_verdict *verdict)
{
    int width = 0, height = 0, components = 0;
    const int channels = (int)header->info.channels + header->on_white;
    void *const samples =
        header->info.depth == 16
            ? (void *)stbi_load_16_from_memory(bytes, (int)size, &width,
                                               &height, &components, channels)
            : (void *)stbi_load_from_memory(bytes, (int)size, &width, &height,
                                            &components, channels);
    verdict->width = (size_t)width;
    verdict->height = (size_t)height;
    verdict->components = (unsigned)components;
    /* What else is wrong with the size is for the parent to say. */
    const bool fits = verdict->width == header->info.width &&
                      verdict->height == header->info.height;
    if (samples && header->on_white && fits && !put_on_white(samples, header) &&
        components % 2 == 0)
        verdict->components--;
    return samples;
}

/* What stb_image says in one word, in more. */
static const char *reason_in_words(const char *reason)
{
    if (!reason) return "the decoder gave no reason";
    if (!strcmp(reason, "outofmem"))
        return "its data unpack to more than the picture's size";
    return reason;
}

/* Decodes; the reason why not, or NULL. */
static const char *try_decode(const unsigned char *bytes, size_t size,
                              const picture_header *header,
                              jail_verdict *verdict)
{
    if (setjmp(stb_refusal)) return "the decoder lost its way";
    const unsigned char *const samples = decode(bytes, size, header, verdict);
    if (!samples) return reason_in_words(stbi_failure_reason());
    verdict->offset = (size_t)(samples - stb_pool->base);
    return NULL;
}

void picture_stb_decode(const unsigned char *bytes, size_t size,
                        const picture_header *header, jail_pool *pool,
                        jail_verdict *verdict)
{
    stb_pool = pool;
    const char *const reason = try_decode(bytes, size, header, verdict);
    if (reason)
        strncat(verdict->reason, reason, sizeof verdict->reason - 1);
    else
        verdict->done = 1;
    stb_pool = NULL;
}

/* Inflates; the reason why not, or NULL. It looks into what stb_image keeps to
 * itself, since nothing else tells how many bytes were used. */
static const char *try_inflate(const unsigned char *bytes, size_t size,
                               char *unpacked, size_t room,
                               jail_verdict *verdict)
{
    stbi__zbuf state = {.zbuffer = (stbi_uc *)bytes};
    if (setjmp(stb_refusal)) return "the decoder lost its way";
    state.zbuffer_end = state.zbuffer + size;
    if (!stbi__do_zlib(&state, unpacked, (int)room, 0, 0)) {
        const char *const reason = stbi_failure_reason();
        if (reason && !strcmp(reason, "output buffer limit"))
            return "it unpacks to more than its end tells";
        const bool used_up = state.zbuffer == state.zbuffer_end;
        if (used_up || (reason && !strcmp(reason, "read past buffer")))
            return "its packed data have no end; it is cut short: get it again";
        return reason_in_words(reason);
    }
    verdict->height = (size_t)(state.zout - state.zout_start);
    /* Whole bytes that wait among the bits were not used. */
    verdict->width =
        (size_t)(state.zbuffer - bytes) - (size_t)(state.num_bits / 8);
    return NULL;
}

void picture_stb_inflate(const unsigned char *bytes, size_t size, size_t room,
                         jail_pool *pool, jail_verdict *verdict)
{
    stb_pool = pool;
    char *const unpacked = jail_pool_take(pool, room);
    const char *const reason =
        unpacked ? try_inflate(bytes, size, unpacked, room, verdict)
                 : "there is no room";
    if (reason)
        strncat(verdict->reason, reason, sizeof verdict->reason - 1);
    else
        verdict->offset = (size_t)((unsigned char *)unpacked - pool->base);
    verdict->done = !reason;
    stb_pool = NULL;
}
