/* test_npy_file.c - arrays are saved as numpy.save does, and come back. */
#include <stdio.h>
#include <string.h>

#include "convlet/npy.h"
#include "expect.h"
#include "scratch.h"

/* What the text of a header is filled up to. */
enum { PADDED = 118 };

/* Saves an array of `ndim` axes that counts up from 1; compares the file. */
static void expect_saved(cvl_dtype dtype, size_t ndim, const size_t *shape,
                         const char *header, const char *last_bytes)
{
    cvl_error err;
    cvl_bytes bytes;
    cvl_tensor tensor, back;
    expect_ok(cvl_tensor_init(&tensor, dtype, ndim, shape, &err), err);
    for (size_t i = 0; i < tensor.count; i++)
        cvl_tensor_set(&tensor, i, (double)i + 1);
    expect_ok(cvl_npy_save("a.npy", &tensor, &err), err);
    expect_ok(cvl_file_read("a.npy", 4096, &bytes, &err), err);

    char padded[PADDED + 1];
    snprintf(padded, sizeof padded, "%-117s\n", header);
    const size_t width = cvl_dtype_size(dtype);
    ck_assert_uint_eq(bytes.size, 128 + cvl_tensor_bytes(&tensor));
    ck_assert_mem_eq(bytes.data, "\x93NUMPY\x01\x00v\x00", 10);
    ck_assert_mem_eq(bytes.data + 10, padded, PADDED);
    ck_assert_mem_eq(bytes.data + bytes.size - width, last_bytes, width);

    cvl_bytes formatted;
    expect_ok(cvl_npy_format(&tensor, &formatted, &err), err);
    ck_assert_uint_eq(formatted.size, bytes.size);
    ck_assert_mem_eq(formatted.data, bytes.data, bytes.size);
    cvl_bytes_free(&formatted);
    cvl_bytes_free(&bytes);

    expect_ok(cvl_npy_load("a.npy", &back, &err), err);
    expect_ok(cvl_tensor_check_like("loaded", &back, &tensor, &err), err);
    ck_assert(cvl_tensor_allclose(&back, &tensor, 0, 0));
    cvl_tensor_free(&back);
    cvl_tensor_free(&tensor);
}

/* Headers and last bytes as numpy.save of NumPy 1.24 writes them. */
START_TEST(npy_saves_byte_for_byte_as_numpy)
{
    expect_saved(CVL_F64, 1, (size_t[]){5},
                 "{'descr': '<f8', 'fortran_order': False, 'shape': (5,), }",
                 "\x00\x00\x00\x00\x00\x00\x14\x40");
    expect_saved(CVL_F64, 2, (size_t[]){2, 3},
                 "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }",
                 "\x00\x00\x00\x00\x00\x00\x18\x40");
    expect_saved(CVL_F32, 4, (size_t[]){1, 2, 3, 1},
                 "{'descr': '<f4', 'fortran_order': False, "
                 "'shape': (1, 2, 3, 1), }",
                 "\x00\x00\xc0\x40");
}
END_TEST

START_TEST(npy_load_names_the_file)
{
    cvl_error err;
    cvl_tensor tensor = {.count = 7};
    put("a.npy", "not an array");
    expect_fail(cvl_npy_load("a.npy", &tensor, &err), err, CVL_EFORMAT,
                "a.npy: is not a .npy file; write one with numpy.save(path, "
                "a)");
    ck_assert_uint_eq(tensor.count, 0);
    tensor.count = 7;
    expect_fail(cvl_npy_load("b.npy", &tensor, &err), err, CVL_EIO,
                "b.npy: cannot open: No such file or directory");
    ck_assert_uint_eq(tensor.count, 0);
    ck_assert_int_eq(cvl_npy_load("a.npy", &tensor, NULL), CVL_EFORMAT);
}
END_TEST

START_TEST(npy_save_passes_on_what_the_system_says)
{
    cvl_error err;
    double value = 1;
    const cvl_tensor tensor =
        cvl_tensor_wrap(CVL_F64, 1, (size_t[]){1}, &value);
    expect_fail(cvl_npy_save("none/a.npy", &tensor, &err), err, CVL_EIO,
                "none/a.npy: cannot write: No such file or directory");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        npy_saves_byte_for_byte_as_numpy,
        npy_load_names_the_file,
        npy_save_passes_on_what_the_system_says,
        NULL,
    };
    return run_tests_between("npy_file", tests, enter_directory,
                             leave_directory);
}
