/* png.c - PNG: whether it is whole, before a decoder believes it. */
#include <stdint.h>
#include <string.h>

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

/* The CRC-32 of PNG and zlib, four bits at a time: a table of 16 is enough. */
static uint32_t crc32(const unsigned char *bytes, size_t size)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc ^ 0xffffffff;
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
    if (size - *at < CHUNK_FRAME || big32(here) > size - *at - CHUNK_FRAME)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNG: it ends at byte %zu, in a chunk that "
                        "starts at byte %zu",
                        size, *at);
    *chunk = (png_chunk){.data = here + 8, .size = big32(here)};
    memcpy(chunk->type, here + 4, 4);
    for (size_t i = 0; i < 4; i++) {
        const char letter = (char)(chunk->type[i] | 0x20);
        if (letter < 'a' || letter > 'z')
            return cvl_fail(err, CVL_EFORMAT,
                            "damaged PNG: no chunk starts at byte %zu", *at);
    }
    if (crc32(here + 4, chunk->size + 4) != big32(chunk->data + chunk->size))
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNG: the checksum of its %s chunk at byte "
                        "%zu is wrong",
                        chunk->type, *at);
    *at += CHUNK_FRAME + chunk->size;
    return CVL_OK;
}

/*
 * The same PNG with a palette of 256 colours, the missing ones black: a pixel
 * beyond its palette would get leftovers of stb_image's stack. From the pool;
 * `bytes` where nothing is missing; NULL where the pool is too small. *size
 * follows. The PNG's checksums, verified before, are left behind.
 */
static const unsigned char *fill_palette(const unsigned char *bytes,
                                         size_t *size, picture_pool *pool)
{
    enum { COLOUR_TYPE = 25, PALETTE = 3, FULL = 3 * 256 };
    if (bytes[COLOUR_TYPE] != PALETTE) return bytes;
    size_t at = SIGNATURE, next = SIGNATURE;
    png_chunk chunk = {.size = 0};
    while (strcmp(chunk.type, "PLTE") != 0) {
        at = next;
        if (png_next(bytes, *size, &next, &chunk, NULL)) return bytes;
    }
    if (chunk.size >= FULL) return bytes;

    const size_t missing = FULL - chunk.size;
    unsigned char *const filled = picture_pool_take(pool, *size + missing);
    if (!filled) return NULL;
    const size_t end = at + 8 + chunk.size; /* of the colours */
    memcpy(filled, bytes, end);
    memcpy(filled + end + missing, bytes + end, *size - end);
    filled[at + 2] = FULL >> 8;
    filled[at + 3] = FULL & 0xff;
    *size += missing;
    return filled;
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
    }
    if (!status && packed < unpacked / DEFLATE_RATIO + 1)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNG: %zu bytes of data cannot hold %zu x %zu "
                        "pixels",
                        packed, header->info.width, header->info.height);
    return status;
}

static void png_decode(const unsigned char *bytes, size_t size,
                       const picture_header *header, picture_pool *pool,
                       picture_verdict *verdict)
{
    static const char too_large[] = "its palette is too large";
    bytes = fill_palette(bytes, &size, pool);
    if (bytes)
        picture_stb_decode(bytes, size, header, pool, verdict);
    else
        memcpy(verdict->reason, too_large, sizeof too_large);
}

const picture_format picture_png = {
    .name = "PNG",
    .kind = "PNG",
    .endings = {".png"},
    .magic = {"\x89PNG\r\n\x1a\n"},
    .header = png_header,
    .decode = png_decode,
    .encode = picture_stb_png,
};
