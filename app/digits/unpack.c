/* unpack.c - see digits.h for the contract. */
#include "digits/digits.h"

#include <stdbool.h>
#include <stdint.h>

#include <convlet/memory.h>

enum { SIDE = 8, PIXELS = SIDE * SIDE, LEVELS = 4, BLACK = 16 };

/* Of one thing that is so or not: how likely it is, of 65536, and how often it
 * was seen, up to where it is no longer counted. */
struct odds {
    uint16_t one;
    uint16_t seen;
};

/* What is coded of a pixel: above 0, 16, and the nodes of its bits. */
enum { ABOVE_0, IS_BLACK, NODES, MOST_SEEN = 60 };
typedef struct odds pixel_odds[NODES + 15];

struct decoder {
    const unsigned char *next;
    uint32_t range, code;
};

static bool decode(struct decoder *from, struct odds *odds)
{
    const uint32_t bound = (from->range >> 16) * odds->one;
    const bool is_one = from->code < bound;
    const uint32_t p = odds->one, parts = 2U * odds->seen + 3;
    uint32_t now = p;
    if (is_one) {
        from->range = bound;
        now += (65536 - p) * 2 / parts;
    } else {
        from->range -= bound;
        from->code -= bound;
        now -= p * 2 / parts;
    }
    odds->one = (uint16_t)(now < 32 ? 32 : now > 65504 ? 65504 : now);
    if (odds->seen < MOST_SEEN) odds->seen++;
    for (; from->range < 1U << 24; from->range <<= 8)
        from->code = from->code << 8 | *from->next++;
    return is_one;
}

static unsigned char pixel(struct decoder *from, struct odds *odds)
{
    unsigned node = 1;
    if (!decode(from, &odds[ABOVE_0])) return 0;
    if (decode(from, &odds[IS_BLACK])) return BLACK;
    while (node < BLACK)
        node = 2 * node + decode(from, &odds[NODES + node - 1]);
    return (unsigned char)(node - BLACK);
}

static size_t level(unsigned char pixel)
{
    return (size_t)(pixel > 0) + (pixel > 5) + (pixel > 11);
}

cvl_status digits_unpack(unsigned char *pixels, cvl_error *err)
{
    enum { CONTEXTS = LEVELS * LEVELS * PIXELS };
    struct decoder from = {.next = digits_packed, .range = UINT32_MAX};
    void *room;
    const cvl_status status =
        cvl_alloc(&room, CONTEXTS * sizeof(pixel_odds), "the digits", err);
    if (status) return status;
    pixel_odds *const odds = room;
    for (size_t i = 0; i < CONTEXTS; i++)
        for (size_t j = 0; j < sizeof *odds / sizeof **odds; j++)
            odds[i][j] = (struct odds){.one = 32768};
    for (int i = 0; i < 4; i++) from.code = from.code << 8 | *from.next++;
    for (size_t i = 0; i < digits_count * PIXELS; i++) {
        const size_t at = i % PIXELS;
        const unsigned char left = at % SIDE ? pixels[i - 1] : 0;
        const unsigned char above = at >= SIDE ? pixels[i - SIDE] : 0;
        pixels[i] = pixel(
            &from, odds[(level(left) * LEVELS + level(above)) * PIXELS + at]);
    }
    cvl_free(room);
    return CVL_OK;
}
