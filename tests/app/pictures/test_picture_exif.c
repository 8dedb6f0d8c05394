/* test_picture_exif.c - a picture stands as its camera was held. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/file.h>

#include "jailed.h"
#include "pictures/formats.h"
#include "pictures/picture.h"

enum { SEGMENT = 32, WIDTH = 24, HEIGHT = 16 };

static cvl_error err;
static cvl_tensor plain, turned;
static picture_info info;

static void setup(void)
{
    err = (cvl_error){.status = CVL_OK};
}

static void teardown(void)
{
    cvl_tensor_free(&plain);
    cvl_tensor_free(&turned);
}

/* The data of an APP1 segment with one entry, the orientation. */
static void write_exif(unsigned char data[SEGMENT], bool big_end,
                       unsigned char orientation)
{
    static const unsigned char big[SEGMENT] =
        "Exif\0\0MM\0*\0\0\0\010\0\001\001\022\0\003\0\0\0\001\0\0\0\0";
    static const unsigned char little[SEGMENT] =
        "Exif\0\0II*\0\010\0\0\0\001\0\022\001\003\0\001\0\0\0\0\0\0\0";
    memcpy(data, big_end ? big : little, SEGMENT);
    data[big_end ? 25 : 24] = orientation;
}

/* rgb.jpg with `size` bytes of a segment behind its first marker. */
static void load_with(const unsigned char *data, size_t size,
                      cvl_tensor *pixels)
{
    cvl_bytes file;
    ck_assert_int_eq(
        cvl_file_read(TEST_DATA "/pictures/rgb.jpg", 1 << 20, &file, &err),
        CVL_OK);
    unsigned char *const bytes = malloc(file.size + size + 4);
    ck_assert_ptr_nonnull(bytes);
    const unsigned char head[] = {0xff, 0xd8, 0xff,
                                  0xe1, 0,    (unsigned char)(size + 2)};
    memcpy(bytes, head, sizeof head);
    if (size) memcpy(bytes + 6, data, size);
    memcpy(bytes + 6 + size, (unsigned char *)file.data + 2, file.size - 2);
    const picture_policy policy = {.jailed = true};
    const cvl_status status = picture_parse(
        bytes, file.size + size + 4, &policy, CVL_F64, pixels, &info, &err);
    ck_assert_msg(status == CVL_OK, "%s", err.message);
    free(bytes);
    cvl_bytes_free(&file);
}

/* Where the file's row 0 and its column 0 are seen: the table of Exif 2.32. */
static const char *const seen[9][2] = {{0},
                                       {"top", "left"},
                                       {"top", "right"},
                                       {"bottom", "right"},
                                       {"bottom", "left"},
                                       {"left", "top"},
                                       {"right", "top"},
                                       {"right", "bottom"},
                                       {"left", "bottom"}};

/* Goes `steps` away from a side. */
static void go(const char *side, size_t steps, size_t *x, size_t *y)
{
    if (!strcmp(side, "top")) *y = steps;
    if (!strcmp(side, "bottom")) *y = info.height - 1 - steps;
    if (!strcmp(side, "left")) *x = steps;
    if (!strcmp(side, "right")) *x = info.width - 1 - steps;
}

START_TEST(each_orientation_is_turned_upright)
{
    unsigned char data[SEGMENT];
    if (!jail_works()) return;
    load_with(NULL, 0, &plain);
    for (int end = 0; end < 2; end++) {
        write_exif(data, end, (unsigned char)_i);
        load_with(data, SEGMENT, &turned);
        ck_assert_uint_eq(info.width, _i < 5 ? WIDTH : HEIGHT);
        ck_assert_uint_eq(info.height, _i < 5 ? HEIGHT : WIDTH);
        ck_assert_uint_eq(turned.shape[3], info.width);
        for (size_t i = 0; i < plain.count; i++) {
            const size_t area = (size_t)WIDTH * HEIGHT;
            size_t x = 0, y = 0;
            go(seen[_i][0], i % area / WIDTH, &x, &y);
            go(seen[_i][1], i % WIDTH, &x, &y);
            const size_t at = i / area * area + y * info.width + x;
            ck_assert_double_eq(cvl_tensor_get(&turned, at),
                                cvl_tensor_get(&plain, i));
        }
        cvl_tensor_free(&turned);
    }
}
END_TEST

START_TEST(a_damaged_orientation_is_none)
{
    static const struct {
        size_t at;
        unsigned char value;
    } damage[] = {{0, 'e'},   {6, 'N'}, {9, '+'},   {13, 0xff},
                  {10, 0xff}, {15, 0},  {17, 0x13}, {19, 4},
                  {25, 0},    {25, 9},  {24, 0x80}};
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        unsigned char data[SEGMENT];
        write_exif(data, true, 6);
        ck_assert_uint_eq(picture_exif_orientation(data, SEGMENT), 6);
        data[damage[i].at] = damage[i].value;
        ck_assert_uint_eq(picture_exif_orientation(data, SEGMENT), 1);
    }
}
END_TEST

START_TEST(an_orientation_may_be_a_long_number)
{
    enum { MARK = 6, TYPE = 18, VALUE = 24 };
    unsigned char data[SEGMENT];
    for (int end = 0; end < 2; end++) {
        write_exif(data, end, 0);
        data[TYPE + end] = 4;
        data[VALUE + 3 * end] = 7;
        ck_assert_uint_eq(picture_exif_orientation(data, SEGMENT), 7);
        ck_assert_uint_eq(picture_exif_orientation(data + MARK, SEGMENT - MARK),
                          7);
        data[VALUE + 1] = 1;
        ck_assert_uint_eq(picture_exif_orientation(data, SEGMENT), 1);
    }
}
END_TEST

/* Memory of the exact size, so that a sanitizer sees a byte too far. */
START_TEST(a_segment_that_is_cut_has_no_orientation)
{
    enum { ENTRY_END = 28 };
    unsigned char data[SEGMENT];
    write_exif(data, false, 8);
    for (size_t size = 1; size <= SEGMENT; size++) {
        unsigned char *const cut = malloc(size);
        ck_assert_ptr_nonnull(cut);
        memcpy(cut, data, size);
        ck_assert_uint_eq(picture_exif_orientation(cut, size),
                          size < ENTRY_END ? 1 : 8);
        free(cut);
    }
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("picture_exif");
    TCase *const tests = tcase_create("tests");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, each_orientation_is_turned_upright, 1, 9);
    tcase_add_test(tests, a_damaged_orientation_is_none);
    tcase_add_test(tests, an_orientation_may_be_a_long_number);
    tcase_add_test(tests, a_segment_that_is_cut_has_no_orientation);
    suite_add_tcase(suite, tests);
    SRunner *const runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
