/* test_npy.c - NumPy's arrays are read; bytes that are none are refused. */
#include <stdio.h>
#include <string.h>

#include "convlet/npy.h"
#include "expect.h"
#include "npy_bytes.h"

static void expect_header_taken(unsigned char version, const char *header)
{
    cvl_error err;
    cvl_tensor tensor;
    npy file = make(version, header, 16);
    static const unsigned char minus_one[8] = {0, 0, 0, 0, 0, 0, 0xf0, 0xbf};
    memcpy(file.bytes + file.size - 8, minus_one, 8);
    expect_ok(parse(&file, &tensor, &err), err);
    ck_assert_int_eq(tensor.dtype, CVL_F64);
    ck_assert_uint_eq(tensor.ndim, 1);
    ck_assert_uint_eq(tensor.count, 2);
    ck_assert(tensor.owned);
    ck_assert_double_eq(cvl_tensor_get(&tensor, 0), 0);
    ck_assert_double_eq(cvl_tensor_get(&tensor, 1), -1);
    cvl_tensor_free(&tensor);
}

START_TEST(npy_takes_headers_that_numpy_takes)
{
    static const char *const headers[] = {
        GOOD,
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }  \n",
        "{'descr':'<f8','fortran_order':False,'shape':(2,)}",
        "{\"shape\": (2,), \"descr\": \"<f8\", \"fortran_order\": False}",
        " {'fortran_order' :\tFalse ,\r\n'shape': ( 2 , ) , 'descr':'<f8' } ",
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        for (unsigned char version = 1; version <= 3; version++)
            expect_header_taken(version, headers[i]);
}
END_TEST

START_TEST(npy_reads_every_axis_and_both_types)
{
    cvl_error err;
    cvl_tensor tensor;
    npy file = make(1,
                    "{'descr': '<f4', 'fortran_order': False, "
                    "'shape': (1, 2, 3, 4,)}",
                    96);
    static const unsigned char one[4] = {0, 0, 0x80, 0x3f};
    memcpy(file.bytes + file.size - 4, one, 4);
    expect_ok(parse(&file, &tensor, &err), err);
    char text[CVL_DESCRIBE_SIZE];
    ck_assert_str_eq(cvl_tensor_describe(&tensor, text), "f32[1x2x3x4]");
    ck_assert_double_eq(cvl_tensor_get(&tensor, 22), 0);
    ck_assert_double_eq(cvl_tensor_get(&tensor, 23), 1);
    cvl_tensor_free(&tensor);
}
END_TEST

START_TEST(npy_views_numbers_of_every_type)
{
    static const struct {
        const char *descr;
        size_t width;
        unsigned char first[8];
        double value;
    } cases[] = {
        {"|b1", 1, {1}, 1},
        {"|u1", 1, {200}, 200},
        {"u1", 1, {200}, 200},
        {"|i1", 1, {200}, -56},
        {"<u2", 2, {1, 2}, 513},
        {">u2", 2, {1, 2}, 258},
        {"<i2", 2, {0xff, 0xff}, -1},
        {"<i4", 4, {0, 0, 0, 0x80}, -2147483648.0},
        {">u4", 4, {0, 0, 0, 7}, 7},
        {"<i8", 8, {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, -2},
        {"<u8", 8, {9}, 9},
        {">i8", 8, {0, 0, 0, 0, 0, 0, 1, 0}, 256},
        {"<f4", 4, {0, 0, 0x80, 0x3f}, 1},
        {">f4", 4, {0x3f, 0x80, 0, 0}, 1},
        {"<f8", 8, {0, 0, 0, 0, 0, 0, 0xf0, 0xbf}, -1},
        {">f8", 8, {0xbf, 0xf0, 0, 0, 0, 0, 0, 0}, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char header[128];
        cvl_numbers numbers;
        cvl_error err;
        snprintf(header, sizeof header,
                 "{'descr': '%s', 'fortran_order': False, 'shape': (3, 1)}",
                 cases[i].descr);
        npy file = make(1, header, 3 * cases[i].width);
        memcpy(file.bytes + file.size - cases[i].width, cases[i].first,
               cases[i].width);
        expect_ok(cvl_npy_view(file.bytes, file.size, &numbers, &err), err);
        ck_assert_uint_eq(numbers.ndim, 2);
        ck_assert_uint_eq(numbers.count, 3);
        ck_assert_uint_eq(numbers.shape[3], 1);
        ck_assert_double_eq(cvl_numbers_get(&numbers, 0), 0);
        ck_assert_double_eq(cvl_numbers_get(&numbers, 2), cases[i].value);
    }
}
END_TEST

START_TEST(npy_views_no_other_types)
{
    static const struct {
        const char *descr, *message;
    } cases[] = {{"<f2", "holds float16 ('<f2') values; save it as floats: "
                         "numpy.save(path, a.astype('float64'))"},
                 {"<b2", "holds bool ('<b2') values; save it as floats: "
                         "numpy.save(path, a.astype('float64'))"},
                 {"<u3", "holds uint24 ('<u3') values; save it as floats: "
                         "numpy.save(path, a.astype('float64'))"},
                 {"|i4", "has no byte order ('|i4'); save it as little-endian: "
                         "numpy.save(path, a.astype('<i4'))"},
                 {"<c8", "holds complex64 ('<c8') values; save its real part: "
                         "numpy.save(path, a.real)"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char header[128];
        cvl_numbers numbers;
        cvl_error err;
        snprintf(header, sizeof header,
                 "{'descr': '%s', 'fortran_order': False, 'shape': (2,)}",
                 cases[i].descr);
        const npy file = make(1, header, 16);
        expect_fail(cvl_npy_view(file.bytes, file.size, &numbers, &err), err,
                    CVL_EUNSUPPORTED, cases[i].message);
        ck_assert_ptr_null(numbers.data);
    }
}
END_TEST

START_TEST(npy_does_not_judge_values)
{
    cvl_error err;
    cvl_tensor tensor;
    npy file = make(1, GOOD, 16);
    memset(file.bytes + file.size - 16, 0xff, 8);
    memcpy(file.bytes + file.size - 2, "\xf0\x7f", 2);
    expect_ok(parse(&file, &tensor, &err), err);
    ck_assert_double_nan(cvl_tensor_get(&tensor, 0));
    ck_assert_double_infinite(cvl_tensor_get(&tensor, 1));
    cvl_tensor_free(&tensor);
}
END_TEST

START_TEST(npy_refuses_what_is_no_npy_file)
{
    static const npy text = {"P6\n640 480\n255\n", 15};
    static const npy zip = {"PK\3\4\x14", 5};
    expect_refused(&text, CVL_EFORMAT,
                   "is not a .npy file; write one with numpy.save(path, a)");
    expect_refused(&zip, CVL_EFORMAT,
                   "is a .npz archive; save one array: numpy.save(path, a)");
}
END_TEST

START_TEST(npy_refuses_other_versions)
{
    npy file = make(4, GOOD, 16);
    expect_refused(&file, CVL_EUNSUPPORTED,
                   "is of .npy version 4.0, expected 1.0 to 3.0; save the "
                   "array again with numpy.save");
    file.bytes[6] = 0;
    expect_refused(&file, CVL_EUNSUPPORTED,
                   "is of .npy version 0.0, expected 1.0 to 3.0; save the "
                   "array again with numpy.save");
    file.bytes[6] = 1;
    file.bytes[7] = 1;
    expect_refused(&file, CVL_EUNSUPPORTED,
                   "is of .npy version 1.1, expected 1.0 to 3.0; save the "
                   "array again with numpy.save");
}
END_TEST

START_TEST(npy_refuses_a_header_beyond_the_limit_and_beyond_the_file)
{
    npy file = make(2, GOOD, 16);
    memset(file.bytes + 8, 0xff, 4);
    expect_refused(&file, CVL_EFORMAT,
                   "has a header of 4294967295 bytes, more than the limit of "
                   "65536; save the array again with numpy.save");
    memcpy(file.bytes + 8, "\x00\x00\x01\x00", 4);
    expect_refused(&file, CVL_EFORMAT,
                   "is cut short: has 73 of the 65536 bytes of its header; "
                   "save the array again");
}
END_TEST

START_TEST(npy_refuses_a_file_cut_short_at_any_byte)
{
    for (unsigned char version = 1; version <= 3; version++) {
        npy file = make(version, GOOD, 16);
        for (; file.size-- > 0;) {
            cvl_error err;
            cvl_tensor tensor;
            ck_assert_int_eq(parse(&file, &tensor, &err), CVL_EFORMAT);
            ck_assert_ptr_null(tensor.data);
            ck_assert_ptr_nonnull(strstr(err.message, "save the array again"));
        }
    }
    const npy empty = {.size = 0}, longer = make(1, GOOD, 17);
    expect_refused(&empty, CVL_EFORMAT,
                   "is cut short: has 0 bytes, a header starts with 10; save "
                   "the array again");
    expect_refused(&longer, CVL_EFORMAT,
                   "has 17 bytes of data, shape (2,) needs 16; save the array "
                   "again");
}
END_TEST

/* Whatever one byte becomes, the result is a tensor or a printable line. */
START_TEST(npy_survives_any_byte_of_its_header_being_any_other)
{
    size_t taken = 0, refused = 0, broken = 0;
    for (unsigned char version = 1; version <= 2; version++) {
        npy file = make(version, GOOD, 16);
        for (size_t i = 0; i < file.size - 16; i++) {
            const unsigned char right = file.bytes[i];
            for (unsigned value = 0; value < 256; value++) {
                cvl_error err;
                cvl_tensor tensor;
                file.bytes[i] = (unsigned char)value;
                if (!parse(&file, &tensor, &err)) {
                    broken += cvl_tensor_bytes(&tensor) != 16;
                    taken++;
                } else {
                    const char *p = err.message;
                    while (*p >= ' ' && *p <= '~') p++;
                    broken += *p != '\0' || tensor.data != NULL;
                    refused++;
                }
                cvl_tensor_free(&tensor);
            }
            file.bytes[i] = right;
        }
    }
    ck_assert_uint_eq(broken, 0);
    ck_assert_uint_gt(taken, 128); /* each byte unchanged, and some spaces */
    ck_assert_uint_gt(refused, 30000);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        npy_takes_headers_that_numpy_takes,
        npy_reads_every_axis_and_both_types,
        npy_views_numbers_of_every_type,
        npy_views_no_other_types,
        npy_does_not_judge_values,
        npy_refuses_what_is_no_npy_file,
        npy_refuses_other_versions,
        npy_refuses_a_header_beyond_the_limit_and_beyond_the_file,
        npy_refuses_a_file_cut_short_at_any_byte,
        npy_survives_any_byte_of_its_header_being_any_other,
        NULL,
    };
    return run_tests("npy", tests);
}
