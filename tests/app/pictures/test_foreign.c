/* test_foreign.c - what other programs write is read as they mean it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <convlet/file.h>

#include "expect.h"
#include "jailed.h"
#include "pictures/formats.h"

enum { ROOM = 1 << 18 };

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
                "damaged PNM: it has 1 byte of samples, expected 3");
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
        ck_assert(!(info.notes & PICTURE_ALPHA));

        start_masked(header, 32, packing, m8888, gap);
        add("\1\2\3\200\4\5\6\200\7\10\11\200\12\13\14\200", 16);
        expect_ok(parse(), err);
        expect_pixel(0, 1, 1, 2, 3);
        expect_pixel(1, 0, 10, 11, 12);
        ck_assert(info.notes / PICTURE_ALPHA == (packing == 6 || header >= 56));

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

/* JPEG and PNG. */

static void read_file(const char *name)
{
    cvl_bytes bytes;
    char path[512];
    snprintf(path, sizeof path, TEST_DATA "/pictures/%s", name);
    expect_ok(cvl_file_read(path, ROOM, &bytes, &err), err);
    size = 0;
    add(bytes.data, bytes.size);
    cvl_bytes_free(&bytes);
}

static void insert(size_t at, const void *bytes, size_t count)
{
    ck_assert_uint_le(size + count, ROOM);
    memmove(file + at + count, file + at, size - at);
    memcpy(file + at, bytes, count);
    size += count;
}

static void drop(size_t at, size_t count)
{
    memmove(file + at, file + at + count, size - at - count);
    size -= count;
}

/* Where the first marker of this kind is. */
static size_t find_marker(unsigned char marker)
{
    for (size_t at = 0; at + 1 < size; at++)
        if (file[at] == 0xff && file[at + 1] == marker) return at;
    ck_abort_msg("no marker %02x", marker);
    return 0;
}

/* What is parsed now has these pixels, and these notes. */
static void expect_same(const cvl_tensor *expected, unsigned notes)
{
    expect_ok(parse(), err);
    ck_assert_uint_eq(info.notes, notes);
    ck_assert_uint_eq(pixels.count, expected->count);
    ck_assert_mem_eq(pixels.data, expected->data, cvl_tensor_bytes(expected));
}

/* The pixels of a file as it is, for the caller to free. */
static cvl_tensor pixels_of(const char *name)
{
    read_file(name);
    expect_ok(parse(), err);
    const cvl_tensor own = pixels;
    pixels = (cvl_tensor){0};
    return own;
}

START_TEST(a_jpeg_is_read_as_viewers_do)
{
    static const char *const names[] = {"rgb.jpg",         "grey.jpg",
                                        "progressive.jpg", "cmyk.jpg",
                                        "restarts.jpg",    "grey_restarts.jpg"};
    static const char stray[] = "\0\0\377\0\1\377\323\2\377\1";
    if (!jail_works()) return;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cvl_tensor whole = pixels_of(names[i]);
        size -= 2;
        expect_same(&whole, PICTURE_UNENDED);
        add("\0\0\0", 3);
        expect_same(&whole, PICTURE_UNENDED);
        read_file(names[i]);
        insert(find_marker(0xc4), stray, sizeof stray - 1);
        insert(find_marker(0xda), "\0", 1);
        expect_same(&whole, PICTURE_STRAY);
        insert(2, "\377\377\377", 3); /* that may be anywhere */
        add("behind its end", 14);
        expect_same(&whole, PICTURE_STRAY);
        cvl_tensor_free(&whole);
    }
}
END_TEST

/* The file, cut to that size, is refused as such. */
static void expect_cut(size_t shorter)
{
    char message[128];
    size = shorter;
    snprintf(message, sizeof message,
             "damaged JPEG: it ends at byte %zu, before its end-of-image "
             "marker",
             size);
    expect_fail(parse(), err, CVL_EFORMAT, message);
}

START_TEST(a_jpeg_without_its_end_is_cut_unless_all_of_it_is_there)
{
    if (!jail_works()) return;
    read_file("rgb.jpg");
    expect_cut(size - 3);
    read_file("rgb.jpg");
    insert(find_marker(0xda), "\377\335\0\4\0\1", 6);
    expect_cut(size - 2); /* it owes restarts */
}
END_TEST

/* A decoder sees no difference between such a cut and the end of its data. */
START_TEST(a_jpeg_is_cut_where_a_restart_is_missing)
{
    static const struct {
        const char *name;
        unsigned char last; /* of its restarts */
    } files[] = {{"restarts.jpg", 0xd1}, {"grey_restarts.jpg", 0xd4}};
    if (!jail_works()) return;
    for (size_t i = 0; i < 2; i++) {
        for (unsigned char marker = 0xd0; marker <= files[i].last; marker++) {
            read_file(files[i].name);
            const size_t at = find_marker(marker);
            expect_cut(at + 3);
            expect_cut(at + 2);
            expect_cut(at);
        }
        read_file(files[i].name);
        expect_cut(size - 4);
        read_file(files[i].name);
        drop(find_marker(files[i].last), 2);
        expect_cut(size - 2);
    }
}
END_TEST

START_TEST(a_jpeg_that_is_not_read_is_refused_by_its_reason)
{
    static const struct {
        size_t at; /* in its frame header */
        unsigned char value;
        const char *kind;
    } kinds[] = {
        {1, 0xc3, "a lossless JPEG"},
        {1, 0xc7, "a lossless JPEG"},
        {1, 0xc5, "a hierarchical JPEG"},
        {1, 0xc9, "an arithmetic coded JPEG"},
        {1, 0xca, "an arithmetic coded JPEG"},
        {1, 0xcc, "an arithmetic coded JPEG"},
        {4, 12, "a JPEG of 12 bits"},
        {6, 0, "a JPEG whose height is behind its pixels (DNL)"},
    };
    char message[128];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        read_file("rgb.jpg");
        file[find_marker(0xc0) + kinds[i].at] = kinds[i].value;
        snprintf(message, sizeof message, "%s is not read; convert it to PNG",
                 kinds[i].kind);
        expect_fail(parse(), err, CVL_EUNSUPPORTED, message);
    }
}
END_TEST

/* stb_image would make grey of it. */
START_TEST(a_jpeg_without_a_table_is_damaged)
{
    static const unsigned char tables[] = {0xdb, 0xc4};
    for (size_t i = 0; i < 2; i++) {
        read_file("grey.jpg");
        const size_t at = find_marker(tables[i]);
        drop(at, 2 + ((size_t)file[at + 2] << 8) + file[at + 3]);
        expect_fail(parse(), err, CVL_EFORMAT,
                    "damaged JPEG: a scan whose tables are missing");
    }
}
END_TEST

static void put_adobe(unsigned char transform)
{
    char marker[] = "\377\356\0\16Adobe\0d\0\0\0\0\0";
    marker[15] = (char)transform;
    insert(2, marker, 16);
}

START_TEST(four_components_are_cmyk_and_transforms_go_with_their_number)
{
    static const unsigned mean[3] = {124, 115, 147};
    if (!jail_works()) return;
    cvl_tensor plain = pixels_of("cmyk.jpg");
    for (size_t c = 0; c < 3; c++) {
        double sum = 0;
        for (size_t i = 0; i < plain.count / 3; i++)
            sum += cvl_tensor_get(&plain, c * plain.count / 3 + i);
        ck_assert_double_eq_tol(255 * sum / (double)(plain.count / 3), mean[c],
                                2);
    }
    put_adobe(0);
    expect_same(&plain, 0);
    cvl_tensor_free(&plain);
    for (unsigned char transform = 0; transform < 4; transform++) {
        read_file("cmyk.jpg");
        put_adobe(transform);
        ck_assert_int_eq(parse() == CVL_OK, transform == 0 || transform == 2);
        read_file("rgb.jpg");
        put_adobe(transform);
        ck_assert_int_eq(parse() == CVL_OK, transform == 0 || transform == 1);
    }
    ck_assert_str_eq(err.message, "damaged JPEG: 3 components, and Adobe's "
                                  "colour transform 3");
}
END_TEST

enum { BEHIND_IHDR = 33 };

START_TEST(an_empty_piece_of_a_png_is_no_damage)
{
    static const char empty[] = "\0\0\0\0IDAT\065\257\006\036";
    static const char *const names[] = {"rgb8.png", "rgba16.png",
                                        "interlaced.png"};
    for (size_t i = 0; i < 3; i++) {
        cvl_tensor plain = pixels_of(names[i]);
        const unsigned notes = info.notes;
        insert(BEHIND_IHDR, empty, 12);
        insert(BEHIND_IHDR, empty, 12);
        insert(size - 12, empty, 12);
        expect_same(&plain, notes);
        cvl_tensor_free(&plain);
    }
}
END_TEST

START_TEST(a_png_stands_as_its_exif_chunk_says)
{
    /* 6 as one SHORT, bare and behind a JPEG's marker; 8 as one LONG. */
    static const char *const chunks[] = {
        "\0\0\0\026eXIfMM\0*\0\0\0\010\0\001\001\022\0\003\0\0\0\001\0\006\0\0"
        "\071\057\243\122",
        "\0\0\0\034eXIfExif\0\0MM\0*\0\0\0\010\0\001\001\022\0\003\0\0\0\001\0"
        "\006\0\0"
        "\134\024\034\122",
        "\0\0\0\026eXIfMM\0*\0\0\0\010\0\001\001\022\0\004\0\0\0\001\0\0\0\010"
        "\127\030\072\033"};
    for (size_t i = 0; i < 3; i++) {
        cvl_tensor plain = pixels_of("rgb8.png");
        insert(BEHIND_IHDR, chunks[i], i == 1 ? 40 : 34);
        expect_ok(parse(), err);
        ck_assert_uint_eq(info.width, 5);
        ck_assert_uint_eq(info.height, 6);
        /* The file's first pixel is seen at the top right, or bottom left. */
        const size_t at = i < 2 ? 4 : 25;
        ck_assert_double_eq(cvl_tensor_get(&pixels, at),
                            cvl_tensor_get(&plain, 0));
        cvl_tensor_free(&plain);
    }
}
END_TEST

/* Profiles. */

static unsigned char icc[70000];

/* A profile, which is any bytes, but for its length and what it is for. */
static void make_icc(const char *space)
{
    for (size_t i = 0; i < sizeof icc; i++)
        icc[i] = (unsigned char)(i * i >> 7);
    memcpy(icc + 16, space, 4);
}

/* Behind a JPEG's first marker, the second piece first. */
static void put_icc(void)
{
    static const size_t from[3] = {0, 40000, sizeof icc};
    for (size_t i = 0; i < 2; i++) {
        const size_t length = from[i + 1] - from[i];
        unsigned char head[18] = "\377\342..ICC_PROFILE";
        head[2] = (unsigned char)((length + 16) >> 8);
        head[3] = (unsigned char)(length + 16);
        head[16] = (unsigned char)(i + 1);
        head[17] = 2;
        insert(2, icc + from[i], length);
        insert(2, head, sizeof head);
    }
}

/* The profile of the file, in another that is written and read again. */
static picture_profile keep_in(const char *name, const cvl_tensor *tensor)
{
    picture_profile profile, again;
    cvl_bytes bytes = {file, size};
    expect_ok(picture_profile_read(&bytes, &profile, &err), err);
    expect_ok(picture_save_with(-1, name, tensor, &profile, &err), err);
    const bool kept = profile.kept;
    picture_profile_free(&profile);
    expect_ok(cvl_file_read(name, 1 << 20, &bytes, &err), err);
    expect_ok(picture_profile_read(&bytes, &again, &err), err);
    size = 0;
    add(bytes.data, bytes.size);
    cvl_bytes_free(&bytes);
    unlink(name);
    again.kept = kept;
    return again;
}

static void expect_kept(const char *name, const cvl_tensor *tensor)
{
    picture_profile profile = keep_in(name, tensor);
    ck_assert(profile.kept);
    if (profile.icc.size) {
        ck_assert_uint_eq(profile.icc.size, sizeof icc);
        ck_assert_mem_eq(profile.icc.data, icc, sizeof icc);
    }
    ck_assert_uint_gt(profile.chunks.size, sizeof icc);
    picture_profile_free(&profile);
}

START_TEST(a_profile_goes_from_file_to_file)
{
    if (!jail_works()) return;
    cvl_tensor grey = pixels_of("grey.jpg"), rgb = pixels_of("rgb.jpg");
    make_icc("RGB ");
    put_icc();
    expect_same(&rgb, PICTURE_PROFILE);
    expect_kept("a.jpg", &rgb);
    expect_kept("a.png", &rgb);
    expect_ok(parse(), err);
    ck_assert_uint_eq(info.notes, PICTURE_PROFILE);
    expect_kept("b.png", &rgb);
    picture_profile none = keep_in("b.jpg", &rgb);
    ck_assert(!none.kept && !none.icc.size && !none.chunks.size);
    read_file("rgb.jpg");
    put_icc();
    none = keep_in("b.bmp", &rgb);
    ck_assert(!none.kept);
    read_file("rgb.jpg");
    put_icc();
    none = keep_in("grey.png", &grey);
    ck_assert(!none.kept && !none.chunks.size);
    make_icc("CMYK");
    read_file("cmyk.jpg");
    put_icc();
    none = keep_in("c.png", &rgb);
    ck_assert(!none.kept);
    cvl_tensor_free(&grey);
    cvl_tensor_free(&rgb);
}
END_TEST

START_TEST(a_gamma_goes_from_png_to_png)
{
    static const char linear[] = "\0\0\0\4gAMA\0\1\206\240"
                                 "\061\350\226\137";
    static const char srgb[] = "\0\0\0\4gAMA\0\0\261\217\013\374\141\005";
    cvl_tensor plain = pixels_of("rgb8.png");
    insert(BEHIND_IHDR, srgb, 16);
    expect_same(&plain, 0);
    read_file("rgb8.png");
    insert(BEHIND_IHDR, linear, 16);
    expect_same(&plain, PICTURE_GAMMA);
    picture_profile profile = keep_in("a.png", &plain);
    ck_assert(profile.kept);
    ck_assert_uint_eq(profile.chunks.size, 16);
    ck_assert_mem_eq(profile.chunks.data, linear, 16);
    picture_profile_free(&profile);
    expect_same(&plain, PICTURE_GAMMA);
    cvl_tensor_free(&plain);
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
        a_jpeg_is_read_as_viewers_do,
        a_jpeg_without_its_end_is_cut_unless_all_of_it_is_there,
        a_jpeg_is_cut_where_a_restart_is_missing,
        a_jpeg_that_is_not_read_is_refused_by_its_reason,
        a_jpeg_without_a_table_is_damaged,
        four_components_are_cmyk_and_transforms_go_with_their_number,
        an_empty_piece_of_a_png_is_no_damage,
        a_png_stands_as_its_exif_chunk_says,
        a_profile_goes_from_file_to_file,
        a_gamma_goes_from_png_to_png,
        NULL,
    };
    return run_tests_between("foreign", tests, setup, teardown);
}
