/* test_idx.c - IDX files: every type, and what is refused by name and place. */
#include <math.h>
#include <string.h>

#include "convlet/idx.h"
#include "expect.h"

/* A file of two elements of that type, as bytes. */
typedef struct image {
    unsigned char bytes[64];
    size_t size;
} image;

static image make(unsigned type, size_t axes, const void *data, size_t size)
{
    image file = {.bytes = {0, 0, (unsigned char)type, (unsigned char)axes}};
    file.size = 4;
    for (size_t i = 0; i < axes; i++) {
        file.bytes[file.size + 3] = i + 1 == axes ? 2 : 1;
        file.size += 4;
    }
    memcpy(file.bytes + file.size, data, size);
    file.size += size;
    return file;
}

START_TEST(idx_reads_every_type_with_the_highest_byte_first)
{
    static const struct {
        unsigned type;
        size_t width;
        unsigned char data[16];
        double first, second;
    } cases[] = {{0x08, 1, {0x80, 0xff}, 128, 255},
                 {0x09, 1, {0x80, 0x7f}, -128, 127},
                 {0x0B, 2, {0xff, 0xfe, 0x01, 0x02}, -2, 258},
                 {0x0C, 4, {0x80, 0, 0, 0, 0, 0, 1, 0}, -2147483648.0, 256},
                 {0x0D, 4, {0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0}, 1, -2.5},
                 {0x0E,
                  8,
                  {0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xff, 0xf0, 0, 0, 0, 0, 0, 0},
                  1.5,
                  -HUGE_VAL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const image file =
            make(cases[i].type, 2, cases[i].data, 2 * cases[i].width);
        cvl_numbers numbers;
        cvl_error err;
        expect_ok(cvl_idx_parse(file.bytes, file.size, &numbers, &err), err);
        ck_assert(cvl_idx_is(file.bytes, file.size));
        ck_assert_uint_eq(numbers.ndim, 2);
        ck_assert_uint_eq(numbers.shape[0], 1);
        ck_assert_uint_eq(numbers.shape[1], 2);
        ck_assert_uint_eq(numbers.shape[3], 1);
        ck_assert_uint_eq(numbers.count, 2);
        ck_assert(cvl_numbers_are_bytes(&numbers) == (cases[i].type == 0x08));
        ck_assert_double_eq(cvl_numbers_get(&numbers, 0), cases[i].first);
        ck_assert_double_eq(cvl_numbers_get(&numbers, 1), cases[i].second);
    }
}
END_TEST

static void refused(const image *file, size_t size, cvl_status status,
                    const char *message)
{
    cvl_numbers numbers = {.ndim = 9};
    cvl_error err;
    expect_fail(cvl_idx_parse(file->bytes, size, &numbers, &err), err, status,
                message);
    ck_assert_uint_eq(numbers.ndim, 0);
    ck_assert_ptr_null(numbers.data);
}

START_TEST(idx_refuses_what_is_damaged)
{
    const image good = make(0x08, 2, "ab", 2);
    refused(&good, 0, CVL_EFORMAT,
            "is cut short: has 0 bytes, an IDX file starts with 4");
    refused(&good, 3, CVL_EFORMAT,
            "is cut short: has 3 bytes, an IDX file starts with 4");
    refused(&good, 11, CVL_EFORMAT,
            "is cut short: has 11 bytes, the header of 2 axes has 12");
    refused(&good, 13, CVL_EFORMAT,
            "has 1 byte of data, 1 x 2 elements of 1 byte need 2; it is cut "
            "short");
    refused(&good, 15, CVL_EFORMAT,
            "has 3 bytes of data, 1 x 2 elements of 1 byte need 2; it is too "
            "long");
    image bad = good;
    bad.bytes[1] = 1;
    refused(&bad, bad.size, CVL_EFORMAT,
            "is no IDX file: it starts with the bytes 00 01 08 02, expected 00 "
            "00, a type from 08 to 0e and how many axes");
    bad = make(0x0A, 2, "ab", 2);
    refused(&bad, bad.size, CVL_EFORMAT,
            "is no IDX file: it starts with the bytes 00 00 0a 02, expected 00 "
            "00, a type from 08 to 0e and how many axes");
    bad = make(0x08, 5, "ab", 2);
    refused(&bad, bad.size, CVL_EUNSUPPORTED,
            "has 5 axes, convlet takes 1 to 4; save fewer");
    bad = make(0x08, 0, "ab", 2);
    refused(&bad, bad.size, CVL_EUNSUPPORTED,
            "has 0 axes, convlet takes 1 to 4; save fewer");
    bad = good;
    bad.bytes[11] = 0;
    refused(&bad, bad.size, CVL_EFORMAT,
            "is empty, of 1 x 0 elements; expected 1 or more along each axis");
}
END_TEST

START_TEST(idx_refuses_sizes_beyond_any_memory)
{
    image file = make(0x0E, 4, "ab", 2);
    memset(file.bytes + 4, 0xff, 16);
    refused(&file, file.size, CVL_EFORMAT,
            "has 2 bytes of data, 4294967295 x 4294967295 x 4294967295 x "
            "4294967295 elements need more than any memory");
    memset(file.bytes + 4, 0, 16);
    file.bytes[7] = file.bytes[11] = file.bytes[15] = file.bytes[16] = 1;
    refused(&file, file.size, CVL_EFORMAT,
            "has 2 bytes of data, 1 x 1 x 1 x 16777216 elements of 8 bytes "
            "need 134217728; it is cut short");
}
END_TEST

START_TEST(numbers_say_what_they_are)
{
    const struct {
        cvl_numbers numbers;
        const char *text;
    } cases[] = {{{.kind = CVL_UNSIGNED, .width = 1}, "unsigned 8-bit numbers"},
                 {{.kind = CVL_SIGNED, .width = 8}, "signed 64-bit numbers"},
                 {{.kind = CVL_FLOATING, .width = 4}, "32-bit floats"}};
    char text[CVL_NUMBERS_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(cvl_numbers_text(&cases[i].numbers, text),
                         cases[i].text);
}
END_TEST

START_TEST(numbers_of_any_width_are_read_in_either_order)
{
    static const unsigned char bytes[8] = {1, 0, 0, 0, 0, 0, 0, 0x80};
    cvl_numbers numbers = {
        .kind = CVL_UNSIGNED, .width = 8, .count = 1, .data = bytes};
    ck_assert_double_eq(cvl_numbers_get(&numbers, 0), 9223372036854775809.0);
    numbers.big_endian = true;
    ck_assert_double_eq(cvl_numbers_get(&numbers, 0), 72057594037928064.0);
    numbers.kind = CVL_SIGNED;
    numbers.big_endian = false;
    ck_assert_double_eq(cvl_numbers_get(&numbers, 0), -9223372036854775807.0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        idx_reads_every_type_with_the_highest_byte_first,
        idx_refuses_what_is_damaged,
        idx_refuses_sizes_beyond_any_memory,
        numbers_say_what_they_are,
        numbers_of_any_width_are_read_in_either_order,
        NULL};
    return run_tests("idx", tests);
}
