/* test_foreign.c - what other programs write is read as they mean it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "pictures/formats.h"
#include "sanitized.h"

enum { ROOM = 4096 };

static unsigned char file[ROOM];
static size_t size;
static cvl_error err;
static cvl_tensor pixels;
static picture_info info;

static void setup(void)
{
    memset(file, 0, sizeof file);
    size = 0;
}

static void teardown(void)
{
    cvl_tensor_free(&pixels);
}

static void add(const void *bytes, size_t count)
{
    ck_assert_uint_le(size + count, ROOM);
    memcpy(file + size, bytes, count);
    size += count;
}

/* From a block of just that size, so that a sanitizer sees a byte too far. */
static cvl_status parse(void)
{
    static const picture_policy policy = {.jailed = true};
    unsigned char *const bytes = malloc(size);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, file, size);
    cvl_tensor_free(&pixels);
    const cvl_status status =
        picture_parse(bytes, size, &policy, CVL_F64, &pixels, &info, &err);
    free(bytes);
    return status;
}

/* A sample of the picture, of 0 to 255. */
static unsigned sample(size_t index)
{
    return (unsigned)lround(255 * cvl_tensor_get(&pixels, index));
}

/* PNM. */

/* One row of three pixels behind this text. */
static cvl_status read_pgm(const char *head)
{
    size = 0;
    add(head, strlen(head));
    add("#\12\377", 3);
    return parse();
}

START_TEST(a_pnm_has_comments_as_netpbm_reads_them)
{
    static const char *const heads[] = {
        "P5 3 1 255\n",          "P5 3 1 255 ",
        "P5 3 1 255\t",          "P5 3 1 255#made here\n",
        "P5 3 1 255#\n",         "P5 3 1 255#made here\r",
        "P5\n#a\n#b\n3 1 255\n", "P5 #a\r3#b\r\n1 255\n",
        "P5#a\n3 1 255\n",
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        expect_ok(read_pgm(heads[i]), err);
        ck_assert_uint_eq(sample(0), '#');
        ck_assert_uint_eq(sample(1), '\n');
        ck_assert_uint_eq(sample(2), 255);
    }
    expect_fail(read_pgm("P5 3 1 255x"), err, CVL_EFORMAT,
                "damaged PNM: no blank at byte 10, behind its maximum");
    expect_fail(read_pgm("P5 3 1 255.0\n"), err, CVL_EFORMAT,
                "damaged PNM: no blank at byte 10, behind its maximum");
    expect_fail(read_pgm("P5 3 1 255#never ends"), err, CVL_EFORMAT,
                "damaged PNM: it has 1 bytes of samples, expected 3");
}
END_TEST

/* BMP. */

static void put(size_t at, size_t value, size_t count)
{
    while (count--) {
        file[at++] = (unsigned char)value;
        value >>= 8;
    }
}

/* The headers of a picture of 2 x 2 pixels, and a gap filled with 0xa5. */
static void start_bmp(size_t header, size_t bits, size_t packing, size_t gap)
{
    memset(file, 0, sizeof file);
    memcpy(file, "BM", 2);
    put(14, header, 4);
    put(18, 2, 4);
    put(22, 2, 4);
    put(26, 1, 2);
    put(28, bits, 2);
    put(30, packing, 4);
    size = 14 + header;
    memset(file + size, 0xa5, gap);
    size += gap;
    put(10, size, 4);
}

static void expect_pixel(size_t x, size_t y, unsigned red, unsigned green,
                         unsigned blue)
{
    const unsigned expected[3] = {red, green, blue};
    ck_assert_uint_eq(pixels.shape[1], 3);
    for (size_t c = 0; c < 3; c++)
        ck_assert_uint_eq(sample(4 * c + 2 * y + x), expected[c]);
}

START_TEST(a_bmp_without_masks_has_any_header_and_gap)
{
    static const size_t headers[] = {40, 44, 52, 56, 64, 108, 124};
    static const size_t gaps[] = {0, 1, 4, 64, 1024};
    for (size_t i = 0; i < 7 * 5 * 2; i++) {
        const size_t bits = i % 2 ? 32 : 24;
        start_bmp(headers[i / 10], bits, 0, gaps[i / 2 % 5]);
        add("\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20", 16);
        expect_ok(parse(), err);
        if (bits == 24) {
            expect_pixel(0, 1, 3, 2, 1);
            expect_pixel(1, 1, 6, 5, 4);
            expect_pixel(0, 0, 11, 10, 9);
        } else {
            expect_pixel(1, 1, 7, 6, 5);
            expect_pixel(1, 0, 15, 14, 13);
        }
    }
    put(22, (size_t)-2, 4); /* from the top, upside down as it were */
    expect_ok(parse(), err);
    expect_pixel(1, 0, 7, 6, 5);
}
END_TEST

/* The masks of the case, in a header of 40 behind it, else within. */
static void start_masked(size_t header, size_t bits, size_t packing,
                         const size_t masks[4], size_t gap)
{
    const bool behind = header == 40;
    start_bmp(header, bits, packing,
              gap + (behind ? packing == 6 ? 16 : 12 : 0));
    const size_t count = packing == 6 || header >= 56 ? 4 : 3;
    for (size_t i = 0; i < count; i++) put(54 + 4 * i, masks[i], 4);
}

START_TEST(a_bmp_with_masks_has_them_in_its_header_or_behind)
{
    static const struct {
        size_t header, packing;
    } kinds[] = {{40, 3}, {40, 6}, {52, 3}, {56, 3}, {108, 3}, {124, 3}};
    static const size_t m565[4] = {0xf800, 0x07e0, 0x001f, 0};
    static const size_t m8888[4] = {0xff, 0xff00, 0xff0000, 0xff000000};
    static const size_t m1010[4] = {0x3ff00000, 0xffc00, 0x3ff, 0};
    for (size_t i = 0; i < 12; i++) {
        const size_t header = kinds[i / 2].header;
        const size_t packing = kinds[i / 2].packing, gap = i % 2 * 8;
        start_masked(header, 16, packing, m565, gap);
        add("\0\370\340\7\37\0\101\10", 8);
        expect_ok(parse(), err);
        expect_pixel(0, 1, 255, 0, 0);
        expect_pixel(1, 1, 0, 255, 0);
        expect_pixel(0, 0, 0, 0, 255);
        expect_pixel(1, 0, 8, 8, 8);
        ck_assert(!info.alpha_dropped);

        start_masked(header, 32, packing, m8888, gap);
        add("\1\2\3\200\4\5\6\200\7\10\11\200\12\13\14\200", 16);
        expect_ok(parse(), err);
        expect_pixel(0, 1, 1, 2, 3);
        expect_pixel(1, 0, 10, 11, 12);
        ck_assert(info.alpha_dropped == (packing == 6 || header >= 56));

        start_masked(header, 32, packing, m1010, gap);
        add("\377\3\0\0\0\374\17\0\0\0\360\77\0\0\0\40", 16);
        expect_ok(parse(), err);
        expect_pixel(0, 1, 0, 0, 255);
        expect_pixel(1, 1, 0, 255, 0);
        expect_pixel(0, 0, 255, 0, 0);
        expect_pixel(1, 0, 128, 0, 0);
    }
}
END_TEST

START_TEST(a_bmp_that_is_not_read_is_refused_by_its_reason)
{
    static const size_t torn[4] = {0xf801, 0x07e0, 0x001e, 0};
    static const size_t none[4] = {0xf800, 0, 0x001f, 0};
    static const struct {
        size_t header, packing;
        cvl_status status;
        const char *message;
    } kinds[] = {
        {40, 1, CVL_EUNSUPPORTED,
         "a run-length coded BMP is not read; save it uncompressed"},
        {64, 4, CVL_EUNSUPPORTED,
         "a run-length coded BMP is not read; save it uncompressed"},
        {64, 3, CVL_EUNSUPPORTED,
         "a Huffman coded BMP is not read; save it uncompressed"},
        {40, 4, CVL_EUNSUPPORTED,
         "a BMP that holds a JPEG is not read; save it uncompressed"},
        {40, 5, CVL_EUNSUPPORTED,
         "a BMP that holds a PNG is not read; save it uncompressed"},
        {40, 7, CVL_EFORMAT, "damaged BMP: its compression is 7"},
        {40, 3, CVL_EFORMAT,
         "damaged BMP: it has masks, and its bits a pixel are 24"},
        {39, 0, CVL_EFORMAT, "damaged BMP: its header has the unknown size 39"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        start_bmp(kinds[i].header, 24, kinds[i].packing, 0);
        size += 16;
        expect_fail(parse(), err, kinds[i].status, kinds[i].message);
    }
    start_masked(40, 16, 3, torn, 0);
    size += 8;
    expect_fail(parse(), err, CVL_EFORMAT,
                "damaged BMP: the bits of its mask 0000f801 do not lie "
                "together");
    start_masked(40, 16, 3, none, 0);
    size += 8;
    expect_fail(parse(), err, CVL_EFORMAT,
                "damaged BMP: there is no mask of colour 1");
    start_bmp(40, 16, 3, 8); /* the masks would end behind the pixels' start */
    put(54, 0xf800, 4);
    put(58, 0x07e0, 4);
    put(62, 0x001f, 4);
    size += 8;
    expect_fail(parse(), err, CVL_EFORMAT,
                "damaged BMP: its pixels start at byte 62");
}
END_TEST

/* A palette of two colours and a gap behind it, by its own count. */
START_TEST(a_palette_ends_before_its_gap)
{
    start_bmp(40, 4, 0, 8 + 20);
    put(46, 2, 4);
    memcpy(file + 54, "\1\2\3\0\11\12\13\0", 8);
    add("\20\0\0\0\1\0\0\0", 8);
    expect_ok(parse(), err);
    expect_pixel(0, 1, 11, 10, 9);
    expect_pixel(1, 1, 3, 2, 1);
    file[size - 4] = 0x20;
    expect_fail(parse(), err, CVL_EFORMAT,
                "damaged BMP: a pixel has colour 2 of a palette of 2");
    /* One of greys is a grey picture. */
    file[size - 4] = 1;
    memcpy(file + 54, "\1\1\1\0\11\11\11\0", 8);
    expect_ok(parse(), err);
    ck_assert_uint_eq(pixels.shape[1], 1);
    ck_assert_uint_eq(sample(2), 9);
    ck_assert_uint_eq(sample(1), 9);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_pnm_has_comments_as_netpbm_reads_them,
        a_bmp_without_masks_has_any_header_and_gap,
        a_bmp_with_masks_has_them_in_its_header_or_behind,
        a_bmp_that_is_not_read_is_refused_by_its_reason,
        a_palette_ends_before_its_gap,
        NULL,
    };
    return run_tests_between("foreign", tests, setup, teardown);
}
