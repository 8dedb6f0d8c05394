/* jpeg_copy.c - the segments and profiles of a JPEG that are copied. */
/*
 * bound:   three segments: two pieces of a profile, of 1 to 20 bytes, whose
 *          numbers and counts are 0, 1, 2 and 255, and a frame, tables, a scan
 *          of 5 zeros, Adobe's marker or a comment, and an end; or one piece
 *          and two of the others, with and without an end
 * takes:   minutes
 * options: -eva-precision 0 -eva-auto-loop-unroll 300 -eva-min-loop-unroll 8
 *          -eva-alloc-builtin fresh -eva-slevel-function jpeg_copy:50
 *          -eva-slevel-function icc_find:50 -eva-slevel-function
 *          jpeg_read_profile:20 -eva-slevel-function jpeg_take:20
 *          -eva-slevel-function cvl_alloc:4 -eva-split-return full
 * assumes: a file has one frame, of the length that its components need, as its
 *          header was read; how a profile becomes a chunk is in the row png
 */
#include <__fc_builtin.h>
#include <string.h>

/* As the C library's, of which Frama-C knows a contract alone. */
static int compare(const void *a, const void *b, size_t size)
{
    const unsigned char *const left = a, *const right = b;
    //@ loop unroll 16;
    for (size_t i = 0; i < size; i++)
        if (left[i] != right[i]) return left[i] - right[i];
    return 0;
}

#define memcmp compare
#define STB_IMAGE_VERSION 230
#include "pictures/jpeg.c"
#include "pictures/jpeg_walk.c"

cvl_status picture_png_iccp(const cvl_bytes *icc, cvl_bytes *chunk,
                            cvl_error *err)
{
    return Frama_C_interval(0, 1) ? CVL_OK : assumed_failure(err, CVL_ENOMEM);
}

enum { MOST = 1024, ADDED = 16, SCAN = 5, PIECE = 14 };

typedef struct segment {
    unsigned char marker, length, number, count;
} segment;

static const segment pieces[] = {
    {JPEG_APP2, PIECE + 20, 1, 1},   {JPEG_APP2, PIECE + 20, 1, 2},
    {JPEG_APP2, PIECE + 5, 2, 2},    {JPEG_APP2, PIECE + 1, 2, 2},
    {JPEG_APP2, PIECE + 20, 1, 0},   {JPEG_APP2, PIECE + 3, 0, 1},
    {JPEG_APP2, PIECE + 1, 255, 255}};
static const segment kinds[] = {{JPEG_SOF0, 18, 4, 0},  {JPEG_SOF2, 9, 1, 0},
                                {JPEG_DHT, 17, 0, 0},   {JPEG_SOS, 6, 0, 0},
                                {JPEG_APP14, 12, 0, 0}, {0xfe, 3, 0, 0}};
enum {
    PIECES = sizeof pieces / sizeof *pieces,
    KINDS = sizeof kinds / sizeof *kinds
};

static unsigned char file[MOST], room[MOST];

static size_t size_of(const segment *s)
{
    return 4 + (size_t)s->length + (s->marker == JPEG_SOS ? SCAN : 0);
}

static unsigned char *put(unsigned char *to, const segment *s)
{
    to[0] = 0xff;
    to[1] = s->marker;
    to[2] = 0;
    to[3] = (unsigned char)(s->length + 2);
    if (s->marker == JPEG_SOF0 || s->marker == JPEG_SOF2) to[9] = s->number;
    if (s->marker == JPEG_SOS) memset(to + 4 + s->length, 0, SCAN);
    if (s->marker == JPEG_APP2) {
        memcpy(to + 4, "ICC_PROFILE", 12);
        to[16] = s->number;
        to[17] = s->count;
    }
    return to + size_of(s);
}

/* Copies from a file of three segments. */
static void copy(const segment *first, const segment *second,
                 const segment *third, bool ended)
{
    const size_t size =
        2 + size_of(first) + size_of(second) + size_of(third) + (ended ? 2 : 0);
    unsigned char *const bytes = file + MOST - size;
    Frama_C_make_unknown((char *)file, sizeof file);
    unsigned char *const end = put(put(put(bytes + 2, first), second), third);
    if (ended) {
        end[0] = 0xff;
        end[1] = JPEG_EOI;
    }
    picture_profile profile = {.channels = 3};
    cvl_error err;
    jpeg_copy(bytes, size, room + MOST - size - ADDED);
    jpeg_read_profile(bytes, size, &profile, &err);
}

void prove(void)
{
    for (size_t i = 0; i < PIECES; i++)
        for (size_t k = 0; k < PIECES; k++)
            copy(&pieces[i], &pieces[k], &kinds[i % KINDS], true);
    for (size_t i = 0; i < KINDS; i++)
        for (size_t k = 2; k < KINDS; k++)
            copy(&pieces[0], &kinds[i], &kinds[k], i > k);
}
