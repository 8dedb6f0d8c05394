/* test_limits.c - each limit of a file is where it is said to be. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "convlet/npy.h"
#include "convlet/safetensors.h"
#include "expect.h"
#include "pictures/formats.h"
#include "sanitized.h"

/* A .npy file of one number, whose header is padded to `length` bytes. */
static cvl_status parse_npy(size_t length, cvl_error *err)
{
    static const char text[] =
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }";
    const size_t size = 12 + length + 8;
    unsigned char *const bytes = malloc(size);
    cvl_tensor tensor;
    ck_assert_ptr_nonnull(bytes);
    memset(bytes, ' ', size);
    memcpy(bytes, "\x93NUMPY\x02\x00", 8);
    for (size_t i = 0; i < 4; i++)
        bytes[8 + i] = (unsigned char)(length >> 8 * i);
    memcpy(bytes + 12, text, sizeof text - 1);
    const cvl_status status = cvl_npy_parse(bytes, size, &tensor, err);
    free(bytes);
    cvl_tensor_free(&tensor);
    return status;
}

START_TEST(a_npy_header_has_64_kib_at_most)
{
    cvl_error err;
    expect_ok(parse_npy(65535, &err), err);
    expect_ok(parse_npy(65536, &err), err);
    expect_fail(parse_npy(65537, &err), err, CVL_EFORMAT,
                "has a header of 65537 bytes, more than the limit of 65536; "
                "save the array again with numpy.save");
}
END_TEST

/* Sanitizers and valgrind map memory of their own all the time. */
static bool mapping_can_be_limited(void)
{
    const char *const preloaded = getenv("LD_PRELOAD");
    return !UNDER_SANITIZER && !(preloaded && strstr(preloaded, "valgrind"));
}

/* A process that may map no more has room for a header, and for no tensor. */
START_TEST(a_file_whose_tensors_do_not_fit_leaves_nothing)
{
    static const char header[] = "{\"a\":{\"dtype\":\"F32\",\"shape\":"
                                 "[1048576],\"data_offsets\":[0,4194304]}}";
    static const cvl_safetensors empty;
    const size_t length = sizeof header - 1, size = 8 + length + 4194304;
    struct rlimit before, none;
    cvl_safetensors file;
    cvl_error err;
    if (!mapping_can_be_limited()) return;
    unsigned char *const bytes = calloc(1, size);
    ck_assert_ptr_nonnull(bytes);
    bytes[0] = (unsigned char)length;
    memcpy(bytes + 8, header, length);
    free(malloc(65536)); /* the heap keeps it, for the header */
    ck_assert_int_eq(getrlimit(RLIMIT_AS, &before), 0);
    none = before;
    none.rlim_cur = 0;
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &none), 0);
    const cvl_status status = cvl_safetensors_parse(bytes, size, &file, &err);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &before), 0);
    ck_assert_int_eq(status, CVL_ENOMEM);
    ck_assert_ptr_nonnull(strstr(err.message, ": 4194"));
    ck_assert_mem_eq(&file, &empty, sizeof empty);
    free(bytes);
}
END_TEST

/* A JPEG with nothing but a frame header and an empty scan. */
static cvl_status read_jpeg(size_t width, size_t height, cvl_error *err)
{
    const unsigned char bytes[] = {0xff,
                                   0xd8, /* start */
                                   0xff,
                                   0xc0,
                                   0,
                                   11,
                                   8, /* frame */
                                   (unsigned char)(height >> 8),
                                   (unsigned char)height,
                                   (unsigned char)(width >> 8),
                                   (unsigned char)width,
                                   1,
                                   1,
                                   0x11,
                                   0, /* one component */
                                   0xff,
                                   0xda,
                                   0,
                                   2, /* scan */
                                   0xff,
                                   0xd9}; /* end */
    picture_header header;
    return picture_header_read(bytes, sizeof bytes, &header, err);
}

/* 64 x 1048576 pixels cannot be told in a JPEG's 16 bits a side, nor can a
 * product of two such sides come to one pixel more; PNM can. */
static cvl_status read_pnm(size_t width, size_t height, cvl_error *err)
{
    char text[64];
    picture_header header;
    const int size =
        snprintf(text, sizeof text, "P5 %zu %zu 255\n", width, height);
    return picture_header_read((unsigned char *)text, (size_t)size, &header,
                               err);
}

START_TEST(a_picture_has_64_mebipixels_at_most)
{
    cvl_error err;
    expect_ok(read_jpeg(8192, 8191, &err), err);
    expect_ok(read_jpeg(8192, 8192, &err), err);
    expect_fail(read_jpeg(8192, 8193, &err), err, CVL_EUNSUPPORTED,
                "8192 x 8193 pixels are more than the 67108864 that convlet "
                "reads");
    /* By single pixels; the samples are missing, which is found after. */
    expect_fail(read_pnm(67108863, 1, &err), err, CVL_EFORMAT,
                "damaged PNM: it has 0 bytes of samples, expected 67108863");
    expect_fail(read_pnm(67108864, 1, &err), err, CVL_EFORMAT,
                "damaged PNM: it has 0 bytes of samples, expected 67108864");
    expect_fail(read_pnm(67108865, 1, &err), err, CVL_EUNSUPPORTED,
                "67108865 x 1 pixels are more than the 67108864 that convlet "
                "reads");
}
END_TEST

/* A BMP of one pixel of 8 bits, the first of so many colours. */
static cvl_status read_bmp(size_t colours, cvl_error *err)
{
    unsigned char bytes[54 + 4 * 257 + 4] = "BM";
    const size_t data = 54 + 4 * colours;
    picture_header header;
    bytes[10] = (unsigned char)data;
    bytes[11] = (unsigned char)(data >> 8);
    bytes[14] = 40;            /* the size of the header */
    bytes[18] = bytes[22] = 1; /* width and height */
    bytes[26] = 1;             /* one plane */
    bytes[28] = 8;             /* bits */
    bytes[46] = (unsigned char)colours;
    bytes[47] = (unsigned char)(colours >> 8);
    return picture_header_read(bytes, data + 4, &header, err);
}

START_TEST(a_palette_has_1_to_256_colours)
{
    cvl_error err;
    expect_fail(read_bmp(0, &err), err, CVL_EFORMAT,
                "damaged BMP: the size of its palette is 0");
    expect_ok(read_bmp(1, &err), err);
    expect_ok(read_bmp(255, &err), err);
    expect_ok(read_bmp(256, &err), err);
    expect_fail(read_bmp(257, &err), err, CVL_EFORMAT,
                "damaged BMP: the size of its palette is 257");
}
END_TEST

START_TEST(every_list_of_formats_is_made_from_their_rows)
{
    char text[PICTURE_LIST_SIZE];
    ck_assert_str_eq(picture_kinds(text), "PNG, JPEG, BMP, binary PNM");
    ck_assert_str_eq(picture_endings(NULL, text), ".png, .bmp, .jpg or .jpeg");
    ck_assert_str_eq(picture_endings(".npy", text),
                     ".png, .bmp, .jpg, .jpeg or .npy");
}
END_TEST

/* A product that wraps around to a small number must not pass for one. */
START_TEST(sizes_whose_products_overflow_are_no_small_sizes)
{
    cvl_error err;
    cvl_tensor tensor;
    const size_t half = (size_t)1 << (sizeof(size_t) * 4);
    const size_t wraps[][4] = {{half, half, 1, 1},
                               {half, half, 2, 1},
                               {SIZE_MAX, 1, 1, 1},
                               {SIZE_MAX / 4 + 2, 4, 1, 1}};
    for (size_t i = 0; i < sizeof wraps / sizeof *wraps; i++) {
        ck_assert_int_eq(cvl_tensor_init(&tensor, CVL_F32, 4, wraps[i], &err),
                         CVL_ENOMEM);
        ck_assert_ptr_null(tensor.data);
    }
    ck_assert_int_eq(read_pnm(99999999, 99999999, &err), CVL_EUNSUPPORTED);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_npy_header_has_64_kib_at_most,
        a_file_whose_tensors_do_not_fit_leaves_nothing,
        a_picture_has_64_mebipixels_at_most,
        a_palette_has_1_to_256_colours,
        every_list_of_formats_is_made_from_their_rows,
        sizes_whose_products_overflow_are_no_small_sizes,
        NULL,
    };
    return run_tests("limits", tests);
}
