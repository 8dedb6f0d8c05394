/* png_copy.c - the chunks of a PNG that are copied, as many as were counted. */
/*
 * bound:   a header, a chunk of each kind that is told from others, of 0 to 768
 *          bytes, one of iCCP, IDAT, PLTE, tEXt and IEND, and an end: the file
 *          whole, a byte of it missing, and with a wrong checksum
 * takes:   minutes
 * options: -eva-precision 0 -eva-auto-loop-unroll 16 -eva-min-loop-unroll 8
 *          -eva-alloc-builtin fresh -eva-slevel-function png_mend:50
 *          -eva-slevel-function png_gather:50 -eva-slevel-function png_next:20
 *          -eva-slevel-function png_read_profile:20 -eva-slevel-function
 *          cvl_alloc:4 -eva-slevel-function jail_pool_take:2
 *          -eva-split-return full
 * assumes: the checksum of a chunk is right or wrong, and the same each time; a
 *          piece of the pool has the bytes that were asked for, or is not there
 */
#include <__fc_builtin.h>
#include <string.h>

/* As the C library's, of which Frama-C knows a contract alone. */
static int compare(const char *a, const char *b)
{
    size_t i = 0;
    while (a[i] && a[i] == b[i]) i++;
    return (unsigned char)a[i] - (unsigned char)b[i];
}

#define strcmp compare
#include "pictures/png.c"

enum { MOST = 2048 };

typedef struct kind {
    char type[5];
    size_t size;
} kind;

static const kind header = {"IHDR", IHDR_SIZE}, end = {"IEND", 0};
static const kind kinds[] = {{"iCCP", 5}, {"IDAT", 0},  {"PLTE", 3},
                             {"tEXt", 2}, {"IEND", 0},  {"iCCP", 0},
                             {"cICP", 4}, {"sRGB", 1},  {"gAMA", 4},
                             {"IDAT", 5}, {"cHRM", 32}, {"PLTE", 768}};
enum { KINDS = sizeof kinds / sizeof *kinds, SECOND = 5 };

static unsigned char file[MOST], room[MOST];
static const unsigned char *wrong; /* the chunk whose checksum is */

uint32_t checksum_crc32(const void *bytes, size_t size)
{
    return (const unsigned char *)bytes == wrong;
}

/* A piece ends with the pool, so that a byte too many is seen. */
void *jail_pool_take(jail_pool *pool, size_t bytes)
{
    return Frama_C_interval(0, 1) ? room + MOST - bytes : NULL;
}

static unsigned char *put(unsigned char *to, const kind *chunk)
{
    put_big32(to, (uint32_t)chunk->size);
    memcpy(to + 4, chunk->type, 4);
    return put_big32(to + 8 + chunk->size, 0);
}

/* Copies from a file of four chunks; so many bytes of it are missing. */
static void copy(const kind *first, const kind *second, size_t missing,
                 bool damaged)
{
    const size_t size = SIGNATURE + 4 * CHUNK_FRAME + header.size +
                        first->size + second->size + end.size - missing;
    unsigned char *const bytes = file + MOST - size;
    Frama_C_make_unknown((char *)file, sizeof file);
    unsigned char *at = put(bytes + SIGNATURE, &header);
    at = put(at, first);
    wrong = damaged ? at + 4 : NULL;
    at = put(at, second);
    if (!missing) put(at, &end);

    jail_pool pool = {.base = room, .size = MOST};
    picture_profile profile = {.channels = 3};
    cvl_error err;
    size_t mended = size;
    png_mend(bytes, &mended, &pool);
    png_read_profile(bytes, size, &profile, &err);
}

void prove(void)
{
    for (size_t first = 0; first < KINDS; first++)
        for (size_t second = 0; second < SECOND; second++) {
            copy(&kinds[first], &kinds[second], 0, false);
            copy(&kinds[first], &kinds[second], 1, false);
            copy(&kinds[first], &kinds[second], 0, true);
        }
}
