/* test_picture.c - pictures come in whole or not at all, whatever they hold. */
#include <check.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#endif

#include <convlet/file.h>

#include "data/source.h"
#include "jailed.h"
#include "pictures/formats.h"
#include "sanitized.h"

#define PICTURES TEST_DATA "/pictures/"

static char scratch[64];
static cvl_error err;
static cvl_tensor pixels;
static picture_info info;

static void setup(void)
{
    snprintf(scratch, sizeof scratch, "/tmp/convlet_picture_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(scratch));
    err = (cvl_error){.status = CVL_OK};
    info = (picture_info){.format = NULL};
}

static void teardown(void)
{
    cvl_tensor_free(&pixels);
    rmdir(scratch);
}

static cvl_bytes read_picture(const char *name)
{
    char path[512];
    cvl_bytes bytes;
    snprintf(path, sizeof path, PICTURES "%s", name);
    ck_assert_int_eq(cvl_file_read(path, 1 << 20, &bytes, &err), CVL_OK);
    return bytes;
}

static void load(const char *name, cvl_dtype dtype)
{
    char path[512];
    snprintf(path, sizeof path, PICTURES "%s", name);
    cvl_tensor_free(&pixels);
    const cvl_status status = picture_load(path, dtype, &pixels, &info, &err);
    ck_assert_msg(status == CVL_OK, "%s", err.message);
}

/* The pictures in tests/pictures, by formula. */
static double value8(size_t x, size_t y, size_t c)
{
    return (double)((x * 40 + y * 17 + c * 90 + 3) & 255) / 255.0;
}

static double value16(size_t x, size_t y, size_t c)
{
    return (double)((x * 9973 + y * 3331 + c * 20011 + 257 * x * y + 1) &
                    65535) /
           65535.0;
}

static double value_jpeg(size_t x, size_t y, size_t c)
{
    return (double)(40 + x * 5 + y * 3 + c * 20) / 255.0;
}

typedef double formula(size_t x, size_t y, size_t c);

static void assert_pixels(formula *expected, double tolerance)
{
    const size_t height = pixels.shape[2], width = pixels.shape[3];
    for (size_t c = 0; c < pixels.shape[1]; c++)
        for (size_t y = 0; y < height; y++)
            for (size_t x = 0; x < width; x++) {
                const double got =
                    cvl_tensor_get(&pixels, (c * height + y) * width + x);
                const double diff = fabs(got - expected(x, y, c));
                ck_assert_msg(diff <= tolerance, "%zu,%zu,%zu: %g", c, y, x,
                              got);
            }
}

static void expect_format(const char *path, const picture_format *expected)
{
    struct source source;
    ck_assert_msg(!source_look(path, &source, &err), "%s", err.message);
    ck_assert_ptr_eq(source.format, expected);
    ck_assert((source.kind == SOURCE_PICTURE) == (expected != NULL));
}

START_TEST(a_picture_is_recognised_by_its_first_bytes)
{
    expect_format(PICTURES "rgb8.png", &picture_png);
    expect_format(PICTURES "rgb.jpg", &picture_jpeg);
    expect_format(PICTURES "rgb24.bmp", &picture_bmp);
    expect_format(PICTURES "rgb8.ppm", &picture_pnm);
    expect_format(PICTURES "grey8.pgm", &picture_pnm);
    expect_format(PICTURES, NULL);
    expect_format(PICTURES "nothing.png", NULL);
    expect_format(TEST_DATA "/CMakeLists.txt/below", NULL);
    expect_format(TEST_DATA "/CMakeLists.txt", NULL);
    ck_assert_ptr_null(picture_recognise((const unsigned char *)"P4", 2));
    ck_assert_ptr_null(picture_recognise((const unsigned char *)"", 0));
}
END_TEST

static const struct {
    const char *name;
    const picture_format *format;
    size_t channels;
    unsigned depth;
    bool alpha_dropped;
    formula *expected;
} exact[] = {
    {"grey8.png", &picture_png, 1, 8, false, value8},
    {"rgb8.png", &picture_png, 3, 8, false, value8},
    {"interlaced.png", &picture_png, 3, 8, false, value8},
    {"greyalpha8.png", &picture_png, 1, 8, true, value8},
    {"rgba8.png", &picture_png, 3, 8, true, value8},
    {"grey16.png", &picture_png, 1, 16, false, value16},
    {"rgb16.png", &picture_png, 3, 16, false, value16},
    {"rgba16.png", &picture_png, 3, 16, true, value16},
    {"rgb24.bmp", &picture_bmp, 3, 8, false, value8},
    {"rgb8.ppm", &picture_pnm, 3, 8, false, value8},
    {"grey8.pgm", &picture_pnm, 1, 8, false, value8},
    {"grey16.pgm", &picture_pnm, 1, 16, false, value16},
};

START_TEST(every_lossless_format_gives_the_exact_samples)
{
    load(exact[_i].name, CVL_F64);
    ck_assert_ptr_eq(info.format, exact[_i].format);
    ck_assert_uint_eq(info.width, 6);
    ck_assert_uint_eq(info.height, 5);
    ck_assert_uint_eq(info.channels, exact[_i].channels);
    ck_assert_uint_eq(info.depth, exact[_i].depth);
    ck_assert_int_eq(info.notes == PICTURE_ALPHA, exact[_i].alpha_dropped);
    ck_assert_uint_eq(pixels.shape[0], 1);
    ck_assert_uint_eq(pixels.shape[1], exact[_i].channels);
    ck_assert_uint_eq(pixels.shape[2], 5);
    ck_assert_uint_eq(pixels.shape[3], 6);
    assert_pixels(exact[_i].expected, 0.0);
    load(exact[_i].name, CVL_F32);
    assert_pixels(exact[_i].expected, 0x1p-25);
}
END_TEST

static const unsigned colours[4][3] = {
    {10, 20, 30}, {40, 50, 60}, {200, 210, 220}, {0, 0, 0}};

static double value_palette(size_t x, size_t y, size_t c)
{
    return colours[(x + y) % 3][c] / 255.0;
}

/* Its fourth colour is not in the file: black, as in libpng. */
static double value_palette_beyond(size_t x, size_t y, size_t c)
{
    return colours[(x + y) % 4][c] / 255.0;
}

static double value_palette8(size_t x, size_t y, size_t c)
{
    return (double)((x + y) % 7 * (10 + 10 * c)) / 255.0;
}

static void load_on_white(const char *name)
{
    cvl_bytes bytes = read_picture(name);
    const cvl_status status =
        picture_read(name, &bytes, true, CVL_F64, &pixels, &info, &err);
    ck_assert_msg(status == CVL_OK, "%s", err.message);
    cvl_bytes_free(&bytes);
}

/* What a viewer shows of a sample before white. */
static double on_white(double value, double opacity, double most)
{
    return round(value * opacity * most + most * (1 - opacity)) / most;
}

static const struct {
    const char *name;
    double most;
    formula *value;
} transparent[] = {{"greyalpha8.png", 255, value8},
                   {"rgba8.png", 255, value8},
                   {"rgba16.png", 65535, value16}};

START_TEST(transparent_pixels_are_put_on_white_where_that_is_asked_for)
{
    load_on_white(transparent[_i].name);
    ck_assert_uint_eq(info.notes, PICTURE_ON_WHITE);
    const size_t height = pixels.shape[2], width = pixels.shape[3];
    for (size_t i = 0; i < pixels.count; i++) {
        const size_t c = i / width / height, y = i / width % height;
        const double opacity =
            transparent[_i].value(i % width, y, pixels.shape[1]);
        ck_assert_double_eq_tol(cvl_tensor_get(&pixels, i),
                                on_white(transparent[_i].value(i % width, y, c),
                                         opacity, transparent[_i].most),
                                1e-12);
    }
}
END_TEST

START_TEST(what_is_opaque_is_as_it_was_on_white)
{
    static const char *const names[] = {"rgb8.png", "grey16.png", "rgb24.bmp",
                                        "grey8.pgm"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        load_on_white(names[i]);
        ck_assert_uint_eq(info.notes, 0);
        assert_pixels(i == 1 ? value16 : value8, 0.0);
        cvl_tensor_free(&pixels);
    }
}
END_TEST

START_TEST(a_palette_is_looked_up)
{
    load("palette2.png", CVL_F64);
    ck_assert_uint_eq(pixels.shape[1], 3);
    assert_pixels(value_palette, 0.0);
    load("palette_beyond.png", CVL_F64);
    assert_pixels(value_palette_beyond, 0.0);
    load("palette8.bmp", CVL_F64);
    ck_assert_uint_eq(pixels.shape[1], 3);
    assert_pixels(value_palette8, 0.0);
}
END_TEST

START_TEST(jpeg_is_read_in_a_jail)
{
    if (!jail_works()) return;
    static const char *const names[] = {"rgb.jpg", "progressive.jpg",
                                        "grey.jpg"};
    static const double tolerances[] = {0.03, 0.08, 0.03};
    for (size_t i = 0; i < 3; i++) {
        load(names[i], CVL_F32);
        ck_assert_ptr_eq(info.format, &picture_jpeg);
        ck_assert_uint_eq(info.channels, i < 2 ? 3 : 1);
        ck_assert_uint_eq(pixels.shape[2], 16);
        ck_assert_uint_eq(pixels.shape[3], 24);
        ck_assert(!(info.notes & PICTURE_ALPHA));
        assert_pixels(value_jpeg, tolerances[i]);
    }
}
END_TEST

START_TEST(without_a_jail_only_sound_decoders_run)
{
    const picture_policy policy = {.jailed = false};
    cvl_bytes bytes = read_picture("rgba16.png");
    ck_assert_int_eq(picture_parse(bytes.data, bytes.size, &policy, CVL_F64,
                                   &pixels, &info, &err),
                     CVL_OK);
    ck_assert(info.notes & PICTURE_ALPHA);
    assert_pixels(value16, 0.0);
    cvl_bytes_free(&bytes);

    if (!picture_jpeg.needs_jail) return;
    bytes = read_picture("rgb.jpg");
    cvl_tensor untouched = {0};
    ck_assert_int_eq(picture_parse(bytes.data, bytes.size, &policy, CVL_F64,
                                   &untouched, NULL, &err),
                     CVL_EUNSUPPORTED);
    ck_assert_str_eq(err.message,
                     "JPEG is read only where a process can be jailed (Linux "
                     "with seccomp), or with stb_image 2.30 or later; convert "
                     "it to PNG");
    ck_assert_ptr_null(untouched.data);
    cvl_bytes_free(&bytes);
}
END_TEST

/* Saving. */

/* Saves `pixels` as scratch/name, forgets them and loads them again. */
static void save_and_load(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", scratch, name);
    cvl_status status = picture_save(path, &pixels, &err);
    ck_assert_msg(status == CVL_OK, "%s", err.message);
    const cvl_dtype dtype = pixels.dtype;
    cvl_tensor_free(&pixels);
    status = picture_load(path, dtype, &pixels, &info, &err);
    ck_assert_msg(status == CVL_OK, "%s", err.message);
    unlink(path);
}

START_TEST(what_is_saved_is_loaded_again)
{
    load("rgb8.png", CVL_F32);
    save_and_load("a.png");
    assert_pixels(value8, 0x1p-25);
    save_and_load("a.BMP");
    assert_pixels(value8, 0x1p-25);
    load("grey8.png", CVL_F64);
    save_and_load("g.png");
    ck_assert_uint_eq(info.channels, 1);
    assert_pixels(value8, 0.0);
    save_and_load("g.bmp");
    ck_assert_uint_eq(info.channels, 1);
    assert_pixels(value8, 0.0);
    if (!jail_works()) return;
    load("rgb.jpg", CVL_F64);
    save_and_load("a.jpg");
    ck_assert_ptr_eq(info.format, &picture_jpeg);
    assert_pixels(value_jpeg, 0.05);
    save_and_load("a.jpeg");
    assert_pixels(value_jpeg, 0.05);
    load("grey.jpg", CVL_F64);
    save_and_load("g.jpg");
    ck_assert_uint_eq(info.channels, 1);
    assert_pixels(value_jpeg, 0.05);
}
END_TEST

START_TEST(values_are_clamped_and_rounded_and_nan_is_black)
{
    static const double given[8] = {
        -1.0, 2.0, NAN, INFINITY, 0.5, 1.49 / 255.0, 1.51 / 255.0, -INFINITY};
    static const unsigned expected[8] = {0, 255, 0, 255, 128, 1, 2, 0};
    static const size_t shape[4] = {1, 1, 2, 4};
    ck_assert_int_eq(cvl_tensor_init(&pixels, CVL_F64, 4, shape, &err), CVL_OK);
    for (size_t i = 0; i < 8; i++) cvl_tensor_set(&pixels, i, given[i]);
    save_and_load("v.png");
    for (size_t i = 0; i < 8; i++)
        ck_assert_double_eq(cvl_tensor_get(&pixels, i), expected[i] / 255.0);
}
END_TEST

START_TEST(saving_refuses_other_endings_and_shapes)
{
    static const size_t shape[4] = {1, 2, 2, 4};
    ck_assert_int_eq(cvl_tensor_init(&pixels, CVL_F32, 4, shape, &err), CVL_OK);
    ck_assert_int_eq(picture_save("x.gif", &pixels, &err), CVL_EINVAL);
    ck_assert_str_eq(err.message, "x.gif: a picture's name ends in .png, .bmp, "
                                  ".jpg or .jpeg");
    ck_assert_int_eq(picture_save("png", &pixels, &err), CVL_EINVAL);
    ck_assert_int_eq(picture_save("x.png", &pixels, &err), CVL_ESHAPE);
    ck_assert_str_eq(err.message, "x.png: a picture is [1,1,H,W] or [1,3,H,W], "
                                  "not f32[1x2x2x4]");
}
END_TEST

START_TEST(an_encoder_without_room_returns_nothing)
{
    static const unsigned char samples[12] = {0};
    static unsigned char block[1 << 16];
    for (size_t room = 0; room < sizeof block; room = 2 * room + 16) {
        memset(block, 0, sizeof block);
        jail_pool pool = jail_pool_over(block, room);
        size_t size = 0;
        /* Its hash table alone takes 128 kB. */
        ck_assert_ptr_null(picture_encode_in(&pool, &picture_png, samples, 2, 2,
                                             3, NULL, &size));
    }
}
END_TEST

/* Damage. */

static void assert_refused(const char *name, cvl_status expected,
                           const char *message)
{
    char path[512], whole[1024];
    snprintf(path, sizeof path, PICTURES "%s", name);
    snprintf(whole, sizeof whole, "%s: %s", path, message);
    const picture_info before = info;
    ck_assert_int_eq(picture_load(path, CVL_F32, &pixels, &info, &err),
                     expected);
    ck_assert_str_eq(err.message, whole);
    ck_assert_ptr_null(pixels.data);
    ck_assert_mem_eq(&before, &info, sizeof info);
}

START_TEST(a_bomb_is_refused_before_it_unpacks)
{
    assert_refused("bomb.png", CVL_EUNSUPPORTED,
                   "23170 x 23170 pixels are more than the 67108864 that "
                   "convlet reads");
    assert_refused("bomb_within.png", CVL_EFORMAT,
                   "damaged PNG: 3802 bytes of data cannot hold 8192 x 8192 "
                   "pixels");
}
END_TEST

START_TEST(a_colour_beyond_the_palette_is_damage)
{
    assert_refused("palette_beyond.bmp", CVL_EFORMAT,
                   "damaged BMP: a pixel has colour 7 of a palette of 7");
}
END_TEST

/* Of three bytes a colour, which stb_image reads in part. */
START_TEST(a_palette_of_os2_is_read_whole)
{
    static const unsigned expected[3][2] = {{20, 100}, {30, 150}, {40, 200}};
    load("palette_os2.bmp", CVL_F64);
    for (size_t c = 0; c < 3; c++)
        for (size_t x = 0; x < 2; x++)
            ck_assert_double_eq(cvl_tensor_get(&pixels, 2 * c + x),
                                expected[c][x] / 255.0);
}
END_TEST

START_TEST(what_is_no_picture_is_refused_by_name)
{
    char message[1024];
    ck_assert_int_eq(
        picture_load(TEST_DATA "/CMakeLists.txt", CVL_F32, &pixels, NULL, &err),
        CVL_EFORMAT);
    snprintf(message, sizeof message,
             "%s/CMakeLists.txt: no picture of a kind that convlet reads (PNG, "
             "JPEG, BMP, binary PNM)",
             TEST_DATA);
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(picture_load(PICTURES, CVL_F32, &pixels, NULL, &err),
                     CVL_EIO);
}
END_TEST

/* Every name in tests/pictures that can be read. */
static const char *const readable[] = {
    "grey8.png",    "rgb8.png",   "interlaced.png", "greyalpha8.png",
    "rgba8.png",    "grey16.png", "rgb16.png",      "rgba16.png",
    "palette2.png", "rgb24.bmp",  "palette8.bmp",   "rgb8.ppm",
    "grey8.pgm",    "grey16.pgm", "rgb.jpg",        "progressive.jpg",
    "grey.jpg",
};
enum { READABLE = sizeof readable / sizeof *readable };

static cvl_status parse(const unsigned char *bytes, size_t size, bool jailed)
{
    const picture_policy policy = {.jailed = jailed};
    cvl_tensor_free(&pixels);
    return picture_parse(bytes, size, &policy, CVL_F32, &pixels, &info, &err);
}

START_TEST(a_file_that_is_cut_anywhere_is_refused)
{
    cvl_bytes bytes = read_picture(readable[_i]);
    const bool jpeg = *bytes.data == 0xff;
    const size_t count = jpeg && !jail_works() ? 0 : bytes.size;
    for (size_t size = 0; size < count; size++) {
        /* An exact block, so that reading past its end is seen. */
        unsigned char *const cut = malloc(size ? size : 1);
        ck_assert_ptr_nonnull(cut);
        memcpy(cut, bytes.data, size);
        const cvl_status status = parse(cut, size, true);
        free(cut);
        if (jpeg && size + 2 >= bytes.size) {
            ck_assert_int_eq(status, CVL_OK); /* its end marker is cut */
            ck_assert_uint_eq(info.notes, PICTURE_UNENDED);
            continue;
        }
        ck_assert_msg(status == CVL_EFORMAT, "%s cut at %zu: %s", readable[_i],
                      size, cvl_status_name(status));
        ck_assert_ptr_null(strchr(err.message, '\n'));
        ck_assert_ptr_null(pixels.data);
    }
    cvl_bytes_free(&bytes);
}
END_TEST

START_TEST(a_flipped_bit_in_a_png_is_noticed)
{
    cvl_bytes bytes = read_picture("rgb8.png");
    for (size_t bit = 0; bit < 8 * bytes.size; bit++) {
        bytes.data[bit / 8] ^= (unsigned char)(1U << bit % 8);
        ck_assert_int_ne(parse(bytes.data, bytes.size, true), CVL_OK);
        bytes.data[bit / 8] ^= (unsigned char)(1U << bit % 8);
    }
    ck_assert_int_eq(parse(bytes.data, bytes.size, true), CVL_OK);
    bytes.data[60] ^= 1;
    ck_assert_int_eq(parse(bytes.data, bytes.size, true), CVL_EFORMAT);
    ck_assert_str_eq(err.message, "damaged PNG: the checksum of its IDAT chunk "
                                  "at byte 33 is wrong");
    cvl_bytes_free(&bytes);
}
END_TEST

/* Numbers that look random and are the same every time. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static uint32_t crc_of(const unsigned char *bytes, size_t size)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < 8 * size; i++) {
        const uint32_t bit = (uint32_t)bytes[i / 8] >> i % 8 & 1;
        crc = crc >> 1 ^ ((crc ^ bit) & 1 ? 0xedb88320 : 0);
    }
    return crc ^ 0xffffffff;
}

/* Makes the checksums of a PNG right again, so that damage gets past them. */
static void mend_checksums(unsigned char *bytes, size_t size)
{
    size_t at = 8;
    while (at < size && size - at >= 12) {
        const size_t length = (size_t)bytes[at] << 24 |
                              (size_t)bytes[at + 1] << 16 |
                              (size_t)bytes[at + 2] << 8 | bytes[at + 3];
        if (length > size - at - 12) return;
        const uint32_t crc = crc_of(bytes + at + 4, length + 4);
        for (size_t i = 0; i < 4; i++)
            bytes[at + 8 + length + i] = (unsigned char)(crc >> (24 - 8 * i));
        at += 12 + length;
    }
}

/* One to four bytes changed, anywhere. */
static void mutate(unsigned char *bytes, size_t size, uint32_t *random)
{
    size_t count = 1 + next_random(random) % 4;
    while (count--) {
        const uint32_t word = next_random(random);
        const size_t at = (word >> 8) % size;
        const unsigned char extremes[4] = {0, 0xff, 0x7f, 0x80};
        const unsigned flipped = bytes[at] ^ 1U << (word & 7);
        bytes[at] = word & 4 ? extremes[word & 3] : (unsigned char)flipped;
    }
    if (*bytes == 0x89) mend_checksums(bytes, size);
}

/* Whether a sanitizer found something in the jail: what it writes is told, but
 * most of them are stopped by the jail before, as they ask who they are. */
static bool is_reported(void)
{
    return strstr(err.message, "the decoder reported: ") ||
           strstr(err.message, "the system stopped the decoder");
}

static void mutate_and_parse(const char *name, bool jailed, size_t rounds)
{
    cvl_bytes bytes = read_picture(name);
    unsigned char *const copy = malloc(bytes.size);
    ck_assert_ptr_nonnull(copy);
    uint32_t random = 20240229;
    for (size_t round = 0; round < rounds; round++) {
        memcpy(copy, bytes.data, bytes.size);
        mutate(copy, bytes.size, &random);
        const cvl_status status = parse(copy, bytes.size, jailed);
        ck_assert_int_eq(status == CVL_OK, pixels.data != NULL);
        if (status) ck_assert_ptr_null(strchr(err.message, '\n'));
        /* The decoder of JPEGs may fail: it is why there is a jail. */
        if (status && *bytes.data != 0xff) ck_assert(!is_reported());
    }
    free(copy);
    cvl_bytes_free(&bytes);
}

START_TEST(no_mutation_gets_out_of_the_jail)
{
    mutate_and_parse(readable[_i], true, 25);
}
END_TEST

START_TEST(none_of_many_mutations_gets_out_of_the_jail)
{
    mutate_and_parse(readable[_i], true, 250);
}
END_TEST

START_TEST(no_mutation_crashes_the_sound_decoders)
{
    mutate_and_parse(readable[_i], false, 2000);
}
END_TEST

/* Decoders that misbehave. */

/* A page that nobody may touch; sanitizers report a NULL themselves. */
static volatile char *forbidden;

#if defined(__GNUC__)
__attribute__((no_sanitize("address"), no_sanitize("undefined")))
#endif
static void
crash(const unsigned char *bytes, size_t size, const picture_header *header,
      jail_pool *pool, jail_verdict *verdict)
{
    picture_stb_decode(bytes, size, header, pool, verdict);
    *forbidden = 1;
}

static void spin(const unsigned char *bytes, size_t size,
                 const picture_header *header, jail_pool *pool,
                 jail_verdict *verdict)
{
    (void)bytes, (void)size, (void)header, (void)pool;
    for (volatile unsigned *turns = &verdict->components;;) ++*turns;
}

static void escape(const unsigned char *bytes, size_t size,
                   const picture_header *header, jail_pool *pool,
                   jail_verdict *verdict)
{
    picture_stb_decode(bytes, size, header, pool, verdict);
    (void)getppid();
}

static void lie_about_size(const unsigned char *bytes, size_t size,
                           const picture_header *header, jail_pool *pool,
                           jail_verdict *verdict)
{
    picture_stb_decode(bytes, size, header, pool, verdict);
    verdict->width++;
}

static void lie_about_place(const unsigned char *bytes, size_t size,
                            const picture_header *header, jail_pool *pool,
                            jail_verdict *verdict)
{
    picture_stb_decode(bytes, size, header, pool, verdict);
    verdict->offset = pool->size - 1;
}

static void babble(const unsigned char *bytes, size_t size,
                   const picture_header *header, jail_pool *pool,
                   jail_verdict *verdict)
{
    (void)bytes, (void)size, (void)header, (void)pool;
    memset(verdict->reason, '\n', sizeof verdict->reason);
}

static void say_nothing(const unsigned char *bytes, size_t size,
                        const picture_header *header, jail_pool *pool,
                        jail_verdict *verdict)
{
    (void)bytes, (void)size, (void)header, (void)pool, (void)verdict;
}

/* As a sanitizer would. */
static void complain(const unsigned char *bytes, size_t size,
                     const picture_header *header, jail_pool *pool,
                     jail_verdict *verdict)
{
    picture_stb_decode(bytes, size, header, pool, verdict);
    if (write(STDERR_FILENO, "stb:1: bad\n", 11) != 11) verdict->done = 0;
}

static const struct {
    picture_decoder *decode;
    unsigned cpu_seconds, wall_seconds;
    const char *message;
} criminals[] = {
    {crash, 0, 0, "the decoder crashed (signal 11)"},
    {spin, 1, 60, "the decoder needed more than 1 s"},
    {spin, 60, 1, "the decoder did not end and was stopped"},
    {escape, 0, 0, "the system stopped the decoder"},
    {lie_about_size, 0, 0, "what it decodes to is not what its header says"},
    {lie_about_place, 0, 0, "what it decodes to is not what its header says"},
    {babble, 0, 0,
     "???????????????????????????????????????????????????????????????"},
    {say_nothing, 0, 0, "it cannot be decoded"},
    {complain, 0, 0, "the decoder reported: stb:1: bad?"},
};

START_TEST(a_criminal_decoder_ends_in_an_error_and_nothing_else)
{
    if (!jail_works()) return;
    char message[256];
    snprintf(message, sizeof message, "damaged PNG: %s", criminals[_i].message);
    cvl_bytes bytes = read_picture("rgb8.png");
    const picture_policy policy = {.jailed = true,
                                   .decode = criminals[_i].decode,
                                   .cpu_seconds = criminals[_i].cpu_seconds,
                                   .wall_seconds = criminals[_i].wall_seconds};
    ck_assert_int_eq(picture_parse(bytes.data, bytes.size, &policy, CVL_F32,
                                   &pixels, NULL, &err),
                     CVL_EFORMAT);
    ck_assert_str_eq(err.message, message);
    ck_assert_ptr_null(pixels.data);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
    munmap((char *)forbidden, 4096);
    cvl_bytes_free(&bytes);
}
END_TEST

static int listening;

static void write_to_a_file(const unsigned char *bytes, size_t size,
                            const picture_header *header, jail_pool *pool,
                            jail_verdict *verdict)
{
    picture_stb_decode(bytes, size, header, pool, verdict);
    if (write(listening, "!", 1) == 1) verdict->done = 0;
}

/* Reads beyond its end, which AddressSanitizer reports. */
static void read_too_far(const unsigned char *bytes, size_t size,
                         const picture_header *header, jail_pool *pool,
                         jail_verdict *verdict)
{
    static const unsigned char block[4] = {1, 2, 3, 4};
    volatile size_t far = UNDER_ASAN ? sizeof block : 0;
    picture_stb_decode(bytes, size, header, pool, verdict);
    verdict->components += block[far] > 9;
}

START_TEST(what_a_sanitizer_reports_in_the_jail_is_seen)
{
    if (!UNDER_ASAN || !jail_works()) return;
    cvl_bytes bytes = read_picture("rgb8.png");
    const picture_policy policy = {.jailed = true, .decode = read_too_far};
    ck_assert_int_eq(picture_parse(bytes.data, bytes.size, &policy, CVL_F32,
                                   &pixels, NULL, &err),
                     CVL_EFORMAT);
    ck_assert(is_reported());
    cvl_bytes_free(&bytes);
}
END_TEST

START_TEST(a_jailed_decoder_has_no_files)
{
    if (!jail_works()) return;
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    listening = ends[1];
    cvl_bytes bytes = read_picture("rgb8.png");
    const picture_policy policy = {.jailed = true, .decode = write_to_a_file};
    ck_assert_int_eq(picture_parse(bytes.data, bytes.size, &policy, CVL_F32,
                                   &pixels, NULL, &err),
                     CVL_OK);
    close(ends[1]);
    char byte;
    ck_assert_int_eq(read(ends[0], &byte, 1), 0);
    close(ends[0]);
    cvl_bytes_free(&bytes);
}
END_TEST

static void take_its_time(const unsigned char *bytes, size_t size,
                          const picture_header *header, jail_pool *pool,
                          jail_verdict *verdict)
{
    picture_stb_decode(bytes, size, header, pool, verdict);
    for (volatile unsigned turns = 0; turns < 100000000;) ++turns;
}

static void do_nothing(int number)
{
    (void)number;
}

/* Sends signals to this process and its children until it is killed. */
static pid_t start_nuisance(void)
{
    const pid_t group = getpid(), child = fork();
    if (child == 0)
        for (;;) {
            kill(-group, SIGHUP);
            kill(-group, SIGINT);
            usleep(1000);
        }
    return child;
}

/* As under nohup, and as in training, which ends with a checkpoint. */
START_TEST(a_signal_that_is_not_for_the_decoder_leaves_it_alone)
{
    if (!jail_works()) return;
    cvl_bytes bytes = read_picture("rgb8.png");
    const picture_policy policy = {.jailed = true, .decode = take_its_time};
    const struct sigaction handled = {.sa_handler = do_nothing,
                                      .sa_flags = SA_RESTART};
    setpgid(0, 0);
    signal(SIGHUP, SIG_IGN);
    sigaction(SIGINT, &handled, NULL);
    const pid_t nuisance = start_nuisance();
    const cvl_status status = picture_parse(bytes.data, bytes.size, &policy,
                                            CVL_F32, &pixels, NULL, &err);
    kill(nuisance, SIGKILL);
    waitpid(nuisance, NULL, 0);
    ck_assert_msg(status == CVL_OK, "%s", err.message);
    cvl_bytes_free(&bytes);
}
END_TEST

START_TEST(a_process_that_is_not_to_be_had_is_no_missing_jail)
{
    if (!jail_works() || !picture_jpeg.needs_jail) return;
    cvl_bytes bytes = read_picture("rgb.jpg");
    struct rlimit files;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &files), 0);
    const struct rlimit none = {3, files.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    const cvl_status status = parse(bytes.data, bytes.size, true);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &files), 0);
    ck_assert_int_eq(status, CVL_EIO);
    ck_assert_str_eq(err.message,
                     "no pipe for its decoder: Too many open files");
    cvl_bytes_free(&bytes);
}
END_TEST

#if defined(__linux__)
/* As in a container: under a filter, which here allows everything. */
static bool enter_container(void)
{
    struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const struct sock_fprog program = {.len = 1, .filter = code};
    return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
           !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

START_TEST(a_jail_holds_in_a_container_too)
{
    if (!jail_works()) return;
    cvl_bytes bytes = read_picture("rgb8.png");
    const pid_t child = fork();
    if (child == 0) {
        picture_policy policy = {.jailed = true, .decode = escape};
        if (!enter_container()) _exit(1);
        if (!picture_parse(bytes.data, bytes.size, &policy, CVL_F32, &pixels,
                           NULL, &err) ||
            strcmp(err.message,
                   "damaged PNG: the system stopped the decoder") != 0)
            _exit(2);
        _exit(picture_load(PICTURES "rgb.jpg", CVL_F32, &pixels, NULL, &err)
                  ? 3
                  : 0);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    cvl_bytes_free(&bytes);
}
END_TEST
#endif

START_TEST(a_pool_zeroes_what_it_hands_out_again)
{
    static unsigned char block[256];
    memset(block, 0, sizeof block);
    jail_pool pool = jail_pool_over(block, sizeof block);
    unsigned char *const first = jail_pool_take(&pool, 100);
    memset(first, 7, 100);
    jail_pool_give(&pool, first);
    unsigned char *const again = jail_pool_take(&pool, 10);
    ck_assert_ptr_eq(again, first);
    unsigned char *const grown = jail_pool_grow(&pool, again, 10, 200);
    ck_assert_ptr_eq(grown, first);
    for (size_t i = 0; i < 200; i++) ck_assert_uint_eq(grown[i], 0);
    grown[199] = 9;
    ck_assert_ptr_null(jail_pool_take(&pool, 100));
    ck_assert_ptr_null(jail_pool_take(&pool, SIZE_MAX));
    ck_assert_ptr_null(jail_pool_grow(&pool, grown, 200, SIZE_MAX));
    unsigned char *const second = jail_pool_take(&pool, 1);
    ck_assert_ptr_nonnull(second);
    ck_assert_uint_eq(grown[199], 9);
    unsigned char *const moved = jail_pool_grow(&pool, grown, 10, 16);
    ck_assert_ptr_eq(moved, second + 16);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("picture");
    TCase *const tcase = tcase_create("picture");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, a_picture_is_recognised_by_its_first_bytes);
    tcase_add_loop_test(tcase, every_lossless_format_gives_the_exact_samples, 0,
                        sizeof exact / sizeof *exact);
    tcase_add_loop_test(
        tcase, transparent_pixels_are_put_on_white_where_that_is_asked_for, 0,
        sizeof transparent / sizeof *transparent);
    tcase_add_test(tcase, what_is_opaque_is_as_it_was_on_white);
    tcase_add_test(tcase, a_palette_is_looked_up);
    tcase_add_test(tcase, jpeg_is_read_in_a_jail);
    tcase_add_test(tcase, without_a_jail_only_sound_decoders_run);
    tcase_add_test(tcase, what_is_saved_is_loaded_again);
    tcase_add_test(tcase, values_are_clamped_and_rounded_and_nan_is_black);
    tcase_add_test(tcase, saving_refuses_other_endings_and_shapes);
    tcase_add_test(tcase, an_encoder_without_room_returns_nothing);
    tcase_add_test(tcase, a_bomb_is_refused_before_it_unpacks);
    tcase_add_test(tcase, a_colour_beyond_the_palette_is_damage);
    tcase_add_test(tcase, a_palette_of_os2_is_read_whole);
    tcase_add_test(tcase, what_is_no_picture_is_refused_by_name);
    tcase_add_loop_test(tcase, a_file_that_is_cut_anywhere_is_refused, 0,
                        READABLE);
    tcase_add_test(tcase, a_flipped_bit_in_a_png_is_noticed);
    tcase_add_loop_test(tcase, no_mutation_gets_out_of_the_jail, 0, READABLE);
    tcase_add_loop_test(tcase, no_mutation_crashes_the_sound_decoders, 0,
                        READABLE);
    tcase_add_loop_test(tcase,
                        a_criminal_decoder_ends_in_an_error_and_nothing_else, 0,
                        sizeof criminals / sizeof *criminals);
    tcase_add_test(tcase, what_a_sanitizer_reports_in_the_jail_is_seen);
    tcase_add_test(tcase, a_jailed_decoder_has_no_files);
    tcase_add_test(tcase, a_signal_that_is_not_for_the_decoder_leaves_it_alone);
    tcase_add_test(tcase, a_process_that_is_not_to_be_had_is_no_missing_jail);
#if defined(__linux__)
    tcase_add_test(tcase, a_jail_holds_in_a_container_too);
#endif
    tcase_add_test(tcase, a_pool_zeroes_what_it_hands_out_again);
    suite_add_tcase(suite, tcase);
    TCase *const many = tcase_create("many");
    tcase_set_timeout(many, 120);
    tcase_set_tags(many, "slow");
    tcase_add_checked_fixture(many, setup, teardown);
    tcase_add_loop_test(many, none_of_many_mutations_gets_out_of_the_jail, 0,
                        READABLE);
    suite_add_tcase(suite, many);
    SRunner *const runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
