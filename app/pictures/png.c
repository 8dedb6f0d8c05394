/* png.c - PNG: whether it is whole, before a decoder believes it. */
#include <stdint.h>
#include <string.h>

#include <convlet/memory.h>
#include <convlet/number.h>

#include "base/checksum.h"
#include "pictures/formats.h"

/*
 * stb_image does not look at a PNG's checksums; a flipped bit in the data of a
 * picture would go unnoticed into the training. So they are verified here.
 */

enum {
    SIGNATURE = 8,
    CHUNK_FRAME = 12, /* length, type and checksum around a chunk's data */
    IHDR_SIZE = 13,
    DEFLATE_RATIO = 1032 /* no deflated byte unpacks to more */
};

static uint32_t big32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
           (uint32_t)bytes[2] << 8 | bytes[3];
}

typedef struct png_chunk {
    char type[5];
    const unsigned char *data;
    size_t size;
} png_chunk;

/* The chunk at *at, checked; *at moves to the next. */
static cvl_status png_next(const unsigned char *bytes, size_t size, size_t *at,
                           png_chunk *chunk, cvl_error *err)
{
    const unsigned char *const here = bytes + *at;
    const size_t rest = size - *at;
    const size_t length = rest < CHUNK_FRAME ? rest : big32(here);
    if (length + CHUNK_FRAME > rest)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNG: it ends at byte %zu, in a chunk that "
                        "starts at byte %zu",
                        size, *at);
    *chunk = (png_chunk){.data = here + 8, .size = length};
    memcpy(chunk->type, here + 4, 4);
    for (size_t i = 0; i < 4; i++) {
        const char letter = (char)(chunk->type[i] | 0x20);
        if (letter < 'a' || letter > 'z')
            return cvl_fail(err, CVL_EFORMAT,
                            "damaged PNG: no chunk starts at byte %zu", *at);
    }
    if (checksum_crc32(here + 4, chunk->size + 4) !=
        big32(chunk->data + chunk->size))
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNG: the checksum of its %s chunk at byte "
                        "%zu is wrong",
                        chunk->type, *at);
    *at += CHUNK_FRAME + chunk->size;
    return CVL_OK;
}

/*
 * The same PNG with a palette of 256 colours, the missing ones black, since a
 * pixel beyond its palette would get leftovers of stb_image's stack; and
 * without empty IDAT chunks, of which it computes NULL + 0. From the pool; NULL
 * where that is too small. *size follows. The checksums, verified before, are
 * left behind.
 */
static const unsigned char *png_mend(const unsigned char *bytes, size_t *size,
                                     jail_pool *pool)
{
    enum { COLOUR_TYPE = 25, PALETTE = 3, FULL = 3 * 256 };
    unsigned char *const mended = jail_pool_take(pool, *size + FULL);
    if (!mended) return NULL;
    memcpy(mended, bytes, SIGNATURE);
    bool fill = bytes[COLOUR_TYPE] == PALETTE;
    size_t at = SIGNATURE, used = SIGNATURE;
    png_chunk chunk = {.size = 0};
    while (strcmp(chunk.type, "IEND") != 0) {
        const unsigned char *const here = bytes + at;
        if (png_next(bytes, *size, &at, &chunk, NULL)) break;
        if (!strcmp(chunk.type, "IDAT") && !chunk.size) continue;
        unsigned char *const copy = mended + used;
        memcpy(copy, here, CHUNK_FRAME + chunk.size);
        used += CHUNK_FRAME + chunk.size;
        if (!fill || strcmp(chunk.type, "PLTE") != 0 || chunk.size >= FULL)
            continue;
        fill = false;
        memset(copy + 8 + chunk.size, 0, FULL - chunk.size);
        copy[2] = FULL >> 8;
        copy[3] = FULL & 0xff;
        used += FULL - chunk.size;
    }
    *size = used;
    return mended;
}

/* Samples a pixel by colour type; 0 where there is no such type. */
static size_t png_samples(unsigned colour_type)
{
    static const size_t samples[7] = {1, 0, 3, 1, 2, 0, 4};
    return colour_type < 7 ? samples[colour_type] : 0;
}

/* IHDR: the size and kind; *unpacked is the least that the data unpack to. */
static cvl_status png_ihdr(const png_chunk *chunk, picture_header *header,
                           size_t *unpacked, cvl_error *err)
{
    enum { GREY = 0, PALETTE = 3, GREY_ALPHA = 4 };
    if (strcmp(chunk->type, "IHDR") != 0 || chunk->size != IHDR_SIZE)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNG: it starts with %s of %zu bytes, expected "
                        "IHDR of 13",
                        chunk->type, chunk->size);
    const unsigned char *const data = chunk->data;
    const cvl_status status =
        picture_set_size(header, big32(data), big32(data + 4), err);
    if (status) return status;
    const unsigned depth = data[8], type = data[9];
    const size_t samples = png_samples(type);
    const bool narrow = depth == 1 || depth == 2 || depth == 4;
    if (!samples || (depth != 8 && depth != 16 && !narrow) ||
        (narrow && type != GREY && type != PALETTE) ||
        (depth == 16 && type == PALETTE) || data[10] || data[11] ||
        data[12] > 1)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNG: no colour type %u of %u bits is known",
                        type, depth);
    header->info.channels = type == GREY || type == GREY_ALPHA ? 1 : 3;
    header->info.depth = depth == 16 ? 16 : 8;
    header->maximum = depth == 16 ? 65535 : 255;
    *unpacked = header->info.width * header->info.height * samples * depth / 8;
    return CVL_OK;
}

/* Does the chunk say what colours the samples are? */
static bool png_is_profile(const char *type)
{
    return !strcmp(type, "iCCP") || !strcmp(type, "cICP") ||
           !strcmp(type, "sRGB") || !strcmp(type, "gAMA") ||
           !strcmp(type, "cHRM");
}

/* What a chunk tells that is neither the size nor the pixels. */
static void png_ancillary(const png_chunk *chunk, picture_header *header)
{
    enum { SRGB_GAMMA = 45455 };
    if (!strcmp(chunk->type, "eXIf") && header->orientation == 1)
        header->orientation =
            picture_exif_orientation(chunk->data, chunk->size);
    if (!strcmp(chunk->type, "iCCP") || !strcmp(chunk->type, "cICP"))
        header->info.notes |= PICTURE_PROFILE;
    if (!strcmp(chunk->type, "gAMA") && chunk->size == 4 &&
        big32(chunk->data) != SRGB_GAMMA)
        header->info.notes |= PICTURE_GAMMA;
}

static cvl_status png_header(const unsigned char *bytes, size_t size,
                             picture_header *header, cvl_error *err)
{
    size_t at = SIGNATURE, unpacked = 0, packed = 0;
    png_chunk chunk = {.size = 0};
    cvl_status status = png_next(bytes, size, &at, &chunk, err);
    if (!status) status = png_ihdr(&chunk, header, &unpacked, err);
    while (!status && strcmp(chunk.type, "IEND") != 0) {
        status = png_next(bytes, size, &at, &chunk, err);
        if (!status && !strcmp(chunk.type, "IDAT")) packed += chunk.size;
        if (!status) png_ancillary(&chunk, header);
    }
    if (!status && packed < unpacked / DEFLATE_RATIO + 1)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNG: %zu byte%s of data cannot hold %zu x %zu "
                        "pixels",
                        packed, cvl_plural(packed), header->info.width,
                        header->info.height);
    return status;
}

static void png_decode(const unsigned char *bytes, size_t size,
                       const picture_header *header, jail_pool *pool,
                       jail_verdict *verdict)
{
    static const char too_large[] = "its palette is too large";
    bytes = png_mend(bytes, &size, pool);
    if (bytes)
        picture_stb_decode(bytes, size, header, pool, verdict);
    else
        memcpy(verdict->reason, too_large, /* GCOV_EXCL_LINE: the pool has */
               sizeof too_large);          /* GCOV_EXCL_LINE: room for it */
}

/* Copies the chunks that say what colours the samples are, one after the
 * other, unless `to` is NULL, and returns how many bytes these are. */
static size_t png_gather(const unsigned char *bytes, size_t size,
                         unsigned char *to)
{
    size_t at = SIGNATURE, used = 0;
    png_chunk chunk = {.size = 0};
    while (strcmp(chunk.type, "IEND") != 0) {
        const unsigned char *const here = bytes + at;
        if (png_next(bytes, size, &at, &chunk, NULL)) break;
        if (!png_is_profile(chunk.type)) continue;
        if (to) memcpy(to + used, here, CHUNK_FRAME + chunk.size);
        used += CHUNK_FRAME + chunk.size;
    }
    return used;
}

static cvl_status png_read_profile(const unsigned char *bytes, size_t size,
                                   picture_profile *profile, cvl_error *err)
{
    void *data;
    const size_t used = png_gather(bytes, size, NULL);
    const cvl_status status =
        used ? cvl_alloc(&data, used, "a colour profile", err) : CVL_OK;
    if (status || !used) return status;
    png_gather(bytes, size, data);
    profile->chunks = (cvl_bytes){data, used};
    return CVL_OK;
}

static bool png_write_profile(picture_sink *sink,
                              const picture_profile *profile)
{
    enum { BEHIND_IHDR = SIGNATURE + CHUNK_FRAME + IHDR_SIZE };
    if (!profile->chunks.size) return false;
    picture_sink_insert(sink, BEHIND_IHDR, profile->chunks.data,
                        profile->chunks.size);
    return true;
}

static unsigned char *put_big32(unsigned char *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> (24 - 8 * i));
    return to + 4;
}

/* The zlib stream of bytes that are not compressed: RFC 1950 and 1951. */
static unsigned char *put_stored(unsigned char *to, const cvl_bytes *bytes)
{
    enum { BLOCK = 65535, PRIME = 65521 };
    uint32_t low = 1, high = 0;
    *to++ = 0x78;
    *to++ = 1;
    for (size_t at = 0; at < bytes->size; at += BLOCK) {
        const size_t rest = bytes->size - at;
        const size_t length = rest < BLOCK ? rest : BLOCK;
        *to++ = rest == length;
        *to++ = (unsigned char)length;
        *to++ = (unsigned char)(length >> 8);
        *to++ = (unsigned char)~length;
        *to++ = (unsigned char)(~length >> 8);
        memcpy(to, bytes->data + at, length);
        to += length;
    }
    for (size_t i = 0; i < bytes->size; i++) {
        low = (low + bytes->data[i]) % PRIME;
        high = (high + low) % PRIME;
    }
    return put_big32(to, high << 16 | low);
}

cvl_status picture_png_iccp(const cvl_bytes *icc, cvl_bytes *chunk,
                            cvl_error *err)
{
    /* Its name, and a method of compression: 0. */
    static const char head[] = "iCCPICC profile\0";
    const size_t room = 64 + icc->size + icc->size / 1024;
    void *data;
    const cvl_status status = cvl_alloc(&data, room, "a colour profile", err);
    if (status) return status;
    unsigned char *const start = data, *const type = start + 4;
    memcpy(type, head, sizeof head);
    unsigned char *const end = put_stored(type + sizeof head, icc);
    put_big32(start, (uint32_t)(end - type - 4));
    put_big32(end, checksum_crc32(type, (size_t)(end - type)));
    *chunk = (cvl_bytes){start, (size_t)(end + 4 - start)};
    return CVL_OK;
}

const picture_format picture_png = {
    .name = "PNG",
    .kind = "PNG",
    .endings = {".png"},
    .magic = {"\x89PNG\r\n\x1a\n"},
    .header = png_header,
    .transparent = true,
    .decode = png_decode,
    .encode = picture_stb_png,
    .read_profile = png_read_profile,
    .write_profile = png_write_profile,
};
