/* test_gzip.c - packed files are unpacked, and damaged ones refused. */
#include <stdint.h>
#include <string.h>

#include "base/checksum.h"
#include "expect.h"
#include "pictures/gzip.h"

/* What gzip -9 makes of the bytes i * i / 9973 % 11, of which there are 1500.
 */
static const unsigned char packed[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0xb5, 0x8f,
    0xcb, 0x16, 0x82, 0x50, 0x0c, 0x03, 0x51, 0x44, 0x1e, 0xff, 0xff, 0xc1,
    0x6e, 0x3c, 0x90, 0x26, 0xd3, 0x8b, 0x1b, 0xb3, 0x4e, 0x66, 0xda, 0x69,
    0xfa, 0x7f, 0x1e, 0x3f, 0xe7, 0x39, 0xce, 0xdc, 0xe7, 0xd5, 0x64, 0xa1,
    0xbc, 0x21, 0x6b, 0x64, 0xf3, 0xec, 0x96, 0xc3, 0x32, 0xfc, 0xba, 0x7f,
    0xa4, 0xbd, 0xb7, 0x3b, 0x8f, 0x4f, 0xc2, 0x43, 0xf0, 0x00, 0x50, 0x83,
    0x14, 0x74, 0xa1, 0x0a, 0x4f, 0x38, 0x5c, 0xe0, 0x74, 0x43, 0x1b, 0xd8,
    0xb0, 0xcc, 0xac, 0xc4, 0xc2, 0x23, 0x1a, 0xb1, 0x00, 0x04, 0x67, 0x25,
    0xa5, 0x63, 0x08, 0x22, 0x00, 0xb1, 0x97, 0xb9, 0xac, 0xc5, 0xef, 0xf2,
    0x7e, 0x6a, 0x5a, 0x93, 0xda, 0x0e, 0x66, 0xb0, 0xaa, 0xa3, 0xba, 0x39,
    0x4d, 0xcd, 0xa4, 0x2c, 0x52, 0x52, 0x0e, 0xc3, 0x3e, 0xd6, 0x6f, 0xdb,
    0xa3, 0xb2, 0x74, 0x6f, 0xaa, 0x40, 0xb5, 0xa6, 0x30, 0xa5, 0x28, 0x48,
    0x21, 0xb6, 0xbd, 0x2f, 0x0f, 0x6b, 0x55, 0x7b, 0x59, 0xa3, 0x75, 0xb1,
    0xb4, 0xf4, 0x01, 0x7a, 0x03, 0x14, 0xf7, 0xdc, 0x05, 0x00, 0x00};
enum { SIZE = 1500, PACKED = sizeof packed };

static unsigned char expected(size_t i)
{
    return (unsigned char)(i * i / 9973 % 11);
}

/* A packed file, and what became of it. */
static unsigned char file[1 << 21];
static cvl_bytes unpacked;
static cvl_error err;

static cvl_status unpack(size_t size)
{
    const cvl_bytes bytes = {file, size};
    return gzip_unpack(&bytes, &unpacked, &err);
}

static void expect_unpacked(size_t size)
{
    expect_ok(unpack(size), err);
    ck_assert_uint_eq(unpacked.size, SIZE);
    for (size_t i = 0; i < SIZE; i++)
        ck_assert_uint_eq(unpacked.data[i], expected(i));
    ck_assert_uint_eq(unpacked.data[SIZE], 0);
    cvl_bytes_free(&unpacked);
}

static void refused(size_t size, cvl_status status, const char *message)
{
    expect_fail(unpack(size), err, status, message);
    ck_assert_ptr_null(unpacked.data);
}

static size_t put(const void *bytes, size_t size)
{
    memcpy(file, bytes, size);
    return size;
}

START_TEST(checksum_is_that_of_the_standard)
{
    static unsigned char many[100003];
    for (size_t i = 0; i < sizeof many; i++) many[i] = expected(i);
    ck_assert_uint_eq(checksum_crc32("123456789", 9), 0xcbf43926);
    ck_assert_uint_eq(checksum_crc32("", 0), 0);
    ck_assert_uint_eq(checksum_crc32(many, sizeof many), 0x3e48b99b);
}
END_TEST

START_TEST(packed_file_is_unpacked)
{
    put(packed, PACKED);
    ck_assert(gzip_is(file, PACKED));
    expect_unpacked(PACKED);
}
END_TEST

START_TEST(name_comment_extra_and_checksum_of_a_header_are_skipped)
{
    static const unsigned char header[] = {
        0x1f, 0x8b, 8,   30,  0,   0, 0,   0,   2, 3,    3,
        0,    'a',  'b', 'c', 'n', 0, 'c', 'o', 0, 0x12, 0x34};
    put(header, sizeof header);
    memcpy(file + sizeof header, packed + 10, PACKED - 10);
    expect_unpacked(sizeof header + PACKED - 10);
}
END_TEST

START_TEST(stored_bytes_are_taken_as_they_are)
{
    static const unsigned char stored[] = {0x1f, 0x8b, 8, 0, 0, 0,    0,   0,
                                           0,    3,    1, 9, 0, 0xf6, 0xff};
    const size_t at = put(stored, sizeof stored);
    static const unsigned char behind[] = {'1',  '2',  '3', '4',  '5',  '6',
                                           '7',  '8',  '9', 0x26, 0x39, 0xf4,
                                           0xcb, 0x09, 0,   0,    0};
    memcpy(file + at, behind, sizeof behind);
    expect_ok(unpack(at + 17), err);
    ck_assert_str_eq((const char *)unpacked.data, "123456789");
    cvl_bytes_free(&unpacked);
    file[at] = 'x';
    refused(at + 17, CVL_EFORMAT,
            "damaged gzip file: the checksum of its 9 bytes is wrong");
}
END_TEST

START_TEST(file_that_is_cut_short_is_refused_at_every_byte)
{
    put(packed, PACKED);
    for (size_t size = 0; size < PACKED; size++) {
        ck_assert_int_ne(unpack(size), CVL_OK);
        ck_assert_ptr_null(unpacked.data);
        ck_assert(strstr(err.message, "unpacks to ") ||
                  (strstr(err.message, "damaged gzip file: ") == err.message &&
                   strstr(err.message, "it is cut short")));
    }
    refused(9, CVL_EFORMAT,
            "damaged gzip file: its 9 bytes end in the header; it is cut "
            "short: get it again");
}
END_TEST

START_TEST(flipped_bits_never_go_unnoticed)
{
    for (size_t i = 0; i < PACKED; i++) {
        put(packed, PACKED);
        file[i] ^= (unsigned char)(1 << i % 8);
        if (unpack(PACKED)) {
            ck_assert_ptr_null(unpacked.data);
            continue;
        }
        /* It was none of the packed bits, nor of what tells of them. */
        cvl_bytes_free(&unpacked);
        expect_unpacked(PACKED);
    }
}
END_TEST

START_TEST(several_members_and_what_is_behind_one_are_refused)
{
    put(packed, PACKED);
    memcpy(file + PACKED, packed, PACKED);
    refused(
        2 * (size_t)PACKED, CVL_EFORMAT,
        "has 167 bytes behind its packed data; expected one member, as gzip "
        "writes it");
    put(packed, PACKED - 8);
    file[PACKED - 8] = 'x';
    memcpy(file + PACKED - 7, packed + PACKED - 8, 8);
    refused(PACKED + 1, CVL_EFORMAT,
            "has 1 byte behind its packed data; expected one member, as gzip "
            "writes it");
}
END_TEST

/* Puts another size at the end. */
static void put_size(unsigned long size)
{
    for (size_t i = 0; i < 4; i++)
        file[PACKED - 4 + i] = (unsigned char)(size >> 8 * i & 255);
}

START_TEST(sizes_that_cannot_be_are_refused_before_anything_is_unpacked)
{
    put(packed, PACKED);
    put_size(0xffffffff);
    refused(PACKED, CVL_EFORMAT,
            "damaged gzip file: 149 packed bytes cannot become the 4294967295 "
            "that its end tells of; it is cut short or damaged: get it again");
    put_size(0x20000000);
    refused(PACKED, CVL_EFORMAT,
            "damaged gzip file: 149 packed bytes cannot become the 536870912 "
            "that its end tells of; it is cut short or damaged: get it again");
    put_size(SIZE - 1);
    refused(PACKED, CVL_EFORMAT,
            "damaged gzip file: it unpacks to more than its end tells");
    put_size(SIZE + 1);
    refused(PACKED, CVL_EFORMAT,
            "damaged gzip file: unpacks to 1500 bytes, its end tells of 1501; "
            "it is cut short or damaged: get it again");
}
END_TEST

START_TEST(more_than_a_gibibyte_is_left_to_gunzip)
{
    put(packed, PACKED);
    file[sizeof file - 4] = 1;
    file[sizeof file - 1] = 0x40;
    refused(sizeof file, CVL_EUNSUPPORTED,
            "unpacks to 1073741825 bytes, more than 1073741824; unpack it with "
            "gunzip");
}
END_TEST

START_TEST(flags_of_the_future_and_other_bytes_are_refused)
{
    put(packed, PACKED);
    file[3] = 0x20;
    refused(PACKED, CVL_EUNSUPPORTED,
            "has the gzip flags 20; unpack it with gunzip");
    file[0] = 'x';
    ck_assert(!gzip_is(file, PACKED));
    ck_assert(!gzip_is((const unsigned char *)"\x1f\x8b", 2));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        checksum_is_that_of_the_standard,
        packed_file_is_unpacked,
        name_comment_extra_and_checksum_of_a_header_are_skipped,
        stored_bytes_are_taken_as_they_are,
        file_that_is_cut_short_is_refused_at_every_byte,
        flipped_bits_never_go_unnoticed,
        several_members_and_what_is_behind_one_are_refused,
        sizes_that_cannot_be_are_refused_before_anything_is_unpacked,
        more_than_a_gibibyte_is_left_to_gunzip,
        flags_of_the_future_and_other_bytes_are_refused,
        NULL};
    return run_tests("gzip", tests);
}
