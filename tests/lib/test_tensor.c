/* test_tensor.c - shapes, elements, copies and comparisons of tensors. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "convlet/tensor.h"
#include "expect.h"

static cvl_tensor make(cvl_dtype dtype, size_t ndim, const size_t *shape)
{
    cvl_error err;
    cvl_tensor tensor;
    expect_ok(cvl_tensor_init(&tensor, dtype, ndim, shape, &err), err);
    return tensor;
}

static void count_up(cvl_tensor *tensor)
{
    for (size_t i = 0; i < tensor->count; i++)
        cvl_tensor_set(tensor, i, (double)i);
}

START_TEST(dtypes_have_sizes_and_names)
{
    ck_assert_uint_eq(cvl_dtype_size(CVL_F32), 4);
    ck_assert_uint_eq(cvl_dtype_size(CVL_F64), 8);
    ck_assert_str_eq(cvl_dtype_name(CVL_F32), "float32");
    ck_assert_str_eq(cvl_dtype_name(CVL_F64), "float64");
}
END_TEST

START_TEST(init_makes_a_zeroed_tensor_and_free_resets_it)
{
    static const size_t shape[] = {2, 3, 4, 5};
    for (size_t ndim = 1; ndim <= 4; ndim++) {
        cvl_tensor tensor = make(CVL_F32, ndim, shape);
        size_t count = 1;
        for (size_t i = 0; i < 4; i++) {
            const size_t axis = i < ndim ? shape[i] : 1;
            ck_assert_uint_eq(tensor.shape[i], axis);
            count *= axis;
        }
        ck_assert_uint_eq(tensor.ndim, ndim);
        ck_assert_uint_eq(tensor.count, count);
        ck_assert_uint_eq(cvl_tensor_bytes(&tensor), 4 * count);
        ck_assert(tensor.owned);
        for (size_t i = 0; i < count; i++)
            ck_assert_double_eq(cvl_tensor_get(&tensor, i), 0);
        cvl_tensor_free(&tensor);
        ck_assert_ptr_null(tensor.data);
        ck_assert_uint_eq(tensor.count, 0);
        cvl_tensor_free(&tensor);
    }
}
END_TEST

START_TEST(init_names_what_is_wrong_with_a_shape)
{
    static const struct {
        size_t ndim, shape[4];
        cvl_status status;
        const char *message;
    } cases[] = {
        {0, {0}, CVL_EINVAL, "a tensor has 1 to 4 axes, not 0"},
        {5, {1, 1, 1, 1}, CVL_EINVAL, "a tensor has 1 to 4 axes, not 5"},
        {3, {2, 0, 2}, CVL_EINVAL, "axis 1 of a tensor is empty"},
        {2,
         {SIZE_MAX, 2},
         CVL_ENOMEM,
         "out of memory: f64[18446744073709551615x2] has more elements than "
         "a size can count"},
        {1,
         {SIZE_MAX / 8 + 1},
         CVL_ENOMEM,
         "out of memory: f64[2305843009213693952] has more elements than a "
         "size can count"},
        {1,
         {SIZE_MAX / 8},
         CVL_ENOMEM,
         "out of memory: 18446744073709551608 bytes are needed for "
         "f64[2305843009213693951]"},
    };
    const size_t count = SIZE_MAX == UINT64_MAX ? 6 : 3;
    for (size_t i = 0; i < count; i++) {
        cvl_error err;
        cvl_tensor tensor = {.count = 7};
        expect_fail(cvl_tensor_init(&tensor, CVL_F64, cases[i].ndim,
                                    cases[i].shape, &err),
                    err, cases[i].status, cases[i].message);
        ck_assert_uint_eq(tensor.count, 0);
        ck_assert_ptr_null(tensor.data);
    }
}
END_TEST

START_TEST(wrap_views_memory_that_free_leaves_alone)
{
    double values[] = {1, 2, 3, 4, 5, 6};
    cvl_tensor view = cvl_tensor_wrap(CVL_F64, 2, (size_t[]){2, 3}, values);
    ck_assert_uint_eq(view.count, 6);
    ck_assert_uint_eq(view.shape[3], 1);
    ck_assert(!view.owned);
    cvl_tensor_set(&view, 5, 60);
    cvl_tensor_free(&view);
    ck_assert_double_eq(values[5], 60);
}
END_TEST

START_TEST(describe_names_dtype_and_shape)
{
    char text[CVL_DESCRIBE_SIZE];
    const cvl_tensor nothing = {0};
    cvl_tensor tensor = make(CVL_F32, 4, (size_t[]){2, 3, 20, 21});
    ck_assert_str_eq(cvl_tensor_describe(&tensor, text), "f32[2x3x20x21]");
    cvl_tensor_free(&tensor);
    tensor = make(CVL_F64, 1, (size_t[]){7});
    ck_assert_str_eq(cvl_tensor_describe(&tensor, text), "f64[7]");
    cvl_tensor_free(&tensor);
    ck_assert_str_eq(cvl_tensor_describe(&nothing, text), "f32[]");
}
END_TEST

START_TEST(check_names_both_when_dtype_axes_or_shape_differ)
{
    cvl_error err;
    cvl_tensor x = make(CVL_F64, 2, (size_t[]){2, 2});
    cvl_tensor y = make(CVL_F32, 2, (size_t[]){2, 2});
    expect_ok(cvl_tensor_check("x", &x, CVL_F64, 2, (size_t[]){2, 2}, &err),
              err);
    expect_fail(cvl_tensor_check("x", &x, CVL_F64, 1, (size_t[]){4}, &err), err,
                CVL_ESHAPE, "x is f64[2x2], expected f64[4]");
    expect_fail(cvl_tensor_check("x", &x, CVL_F64, 2, (size_t[]){2, 3}, &err),
                err, CVL_ESHAPE, "x is f64[2x2], expected f64[2x3]");
    expect_fail(
        cvl_tensor_check("x", &x, CVL_F64, 3, (size_t[]){2, 2, 1}, &err), err,
        CVL_ESHAPE, "x is f64[2x2], expected f64[2x2x1]");
    expect_fail(cvl_tensor_check_like("the bias", &y, &x, &err), err,
                CVL_ESHAPE, "the bias is f32[2x2], expected f64[2x2]");
    expect_ok(cvl_tensor_check_like("x", &x, &x, &err), err);
    cvl_tensor_free(&x);
    cvl_tensor_free(&y);
}
END_TEST

START_TEST(copy_keeps_bits_or_rounds_to_the_other_type)
{
    cvl_tensor f64 = make(CVL_F64, 2, (size_t[]){1, 3});
    cvl_tensor f32 = make(CVL_F32, 1, (size_t[]){3});
    cvl_tensor back = make(CVL_F64, 1, (size_t[]){3});
    cvl_tensor_fill(&f64, 0.1);
    cvl_tensor_set(&f64, 1, -0.0);
    cvl_tensor_set(&f64, 2, NAN);
    cvl_tensor_copy(&f32, &f64);
    ck_assert_double_eq(cvl_tensor_get(&f32, 0), (double)0.1f);
    ck_assert(signbit(cvl_tensor_get(&f32, 1)));
    ck_assert_double_nan(cvl_tensor_get(&f32, 2));
    cvl_tensor_copy(&back, &f32);
    ck_assert_double_eq(cvl_tensor_get(&back, 0), (double)0.1f);
    cvl_tensor_copy(&back, &f64);
    ck_assert_mem_eq(back.data, f64.data, cvl_tensor_bytes(&f64));
    cvl_tensor_free(&f64);
    cvl_tensor_free(&f32);
    cvl_tensor_free(&back);
}
END_TEST

/* Element (i,j,k,l) of dst is the one of src that numpy.transpose picks. */
static void check_transpose(cvl_dtype dtype, const size_t axes[4])
{
    cvl_tensor src = make(dtype, 4, (size_t[]){2, 3, 4, 5});
    const size_t *const n = src.shape;
    cvl_tensor dst = make(
        dtype, 4, (size_t[]){n[axes[0]], n[axes[1]], n[axes[2]], n[axes[3]]});
    count_up(&src);
    cvl_tensor_transpose(&dst, &src, axes);
    size_t at = 0, wrong = 0, i[4];
    for (i[0] = 0; i[0] < dst.shape[0]; i[0]++)
        for (i[1] = 0; i[1] < dst.shape[1]; i[1]++)
            for (i[2] = 0; i[2] < dst.shape[2]; i[2]++)
                for (i[3] = 0; i[3] < dst.shape[3]; i[3]++, at++) {
                    size_t from[4];
                    for (size_t k = 0; k < 4; k++) from[axes[k]] = i[k];
                    const size_t flat =
                        ((from[0] * 3 + from[1]) * 4 + from[2]) * 5 + from[3];
                    wrong += cvl_tensor_get(&dst, at) != (double)flat;
                }
    ck_assert_uint_eq(at, 120);
    ck_assert_uint_eq(wrong, 0);
    cvl_tensor_free(&src);
    cvl_tensor_free(&dst);
}

START_TEST(transpose_reorders_axes_as_numpy)
{
    size_t axes[4], orders = 0;
    for (size_t code = 0; code < 256; code++) {
        size_t seen = 0;
        for (size_t k = 0; k < 4; k++) {
            axes[k] = code >> 2 * k & 3;
            seen |= (size_t)1 << axes[k];
        }
        if (seen != 15) continue;
        orders++;
        check_transpose(orders % 2 ? CVL_F32 : CVL_F64, axes);
    }
    ck_assert_uint_eq(orders, 24);
}
END_TEST

START_TEST(transpose_takes_fewer_axes)
{
    static const double want[] = {0, 3, 1, 4, 2, 5};
    cvl_tensor src = make(CVL_F64, 2, (size_t[]){2, 3});
    cvl_tensor dst = make(CVL_F64, 2, (size_t[]){3, 2});
    count_up(&src);
    cvl_tensor_transpose(&dst, &src, (size_t[]){1, 0});
    ck_assert_mem_eq(dst.data, want, sizeof want);
    cvl_tensor_free(&src);
    cvl_tensor_free(&dst);
}
END_TEST

START_TEST(clone_is_a_tensor_of_its_own)
{
    cvl_tensor x = make(CVL_F32, 3, (size_t[]){2, 1, 3});
    cvl_tensor like, copy;
    cvl_error err;
    count_up(&x);
    expect_ok(cvl_tensor_init_like(&like, &x, &err), err);
    expect_ok(cvl_tensor_clone(&copy, &x, &err), err);
    expect_ok(cvl_tensor_check_like("like", &like, &x, &err), err);
    expect_ok(cvl_tensor_check_like("copy", &copy, &x, &err), err);
    cvl_tensor_set(&x, 5, -1);
    ck_assert_double_eq(cvl_tensor_get(&copy, 5), 5);
    ck_assert_double_eq(cvl_tensor_get(&like, 5), 0);
    cvl_tensor_free(&x);
    cvl_tensor_free(&copy);
    cvl_tensor_free(&like);
}
END_TEST

START_TEST(crop_takes_the_first_along_each_axis)
{
    static const double want[] = {0, 1, 4, 5, 24, 25, 28, 29};
    cvl_tensor src = make(CVL_F32, 4, (size_t[]){3, 2, 3, 4});
    cvl_tensor dst = make(CVL_F64, 4, (size_t[]){2, 1, 2, 2});
    count_up(&src);
    cvl_tensor_crop(&dst, &src);
    ck_assert_mem_eq(dst.data, want, sizeof want);
    cvl_tensor_free(&src);
    cvl_tensor_free(&dst);
}
END_TEST

START_TEST(largest_passes_over_what_is_not_finite)
{
    cvl_tensor x = make(CVL_F32, 1, (size_t[]){4});
    ck_assert_double_eq(cvl_tensor_largest(&x), 0);
    cvl_tensor_set(&x, 0, INFINITY);
    cvl_tensor_set(&x, 1, -2.5);
    cvl_tensor_set(&x, 2, NAN);
    cvl_tensor_set(&x, 3, 2);
    ck_assert_double_eq(cvl_tensor_largest(&x), 2.5);
    cvl_tensor_free(&x);
}
END_TEST

START_TEST(first_nonfinite_finds_the_first_or_count)
{
    for (int dtype = CVL_F32; dtype <= CVL_F64; dtype++) {
        cvl_tensor x = make((cvl_dtype)dtype, 1, (size_t[]){5});
        ck_assert_uint_eq(cvl_tensor_first_nonfinite(&x), 5);
        cvl_tensor_set(&x, 4, INFINITY);
        ck_assert_uint_eq(cvl_tensor_first_nonfinite(&x), 4);
        cvl_tensor_set(&x, 2, NAN);
        ck_assert_uint_eq(cvl_tensor_first_nonfinite(&x), 2);
        cvl_tensor_set(&x, 0, -INFINITY);
        ck_assert_uint_eq(cvl_tensor_first_nonfinite(&x), 0);
        cvl_tensor_free(&x);
    }
}
END_TEST

/* What numpy.allclose(a, b, rtol=1e-5, atol=1e-8) says of these. */
START_TEST(allclose_agrees_with_numpy)
{
    static const struct {
        double a, b;
        bool close;
    } cases[] = {
        {1, 1.00001, true},
        {1, 1.00002, false},
        {1e-8, 0, true},
        {1.1e-8, 0, false},
        {0, 1.1e-8, false},
        {INFINITY, INFINITY, true},
        {INFINITY, -INFINITY, false},
        {1, INFINITY, false},
        {INFINITY, 1, false},
        {NAN, NAN, false},
        {NAN, 1, false},
        {1, NAN, false},
        {-1, 1, false},
        {0.0, -0.0, true},
        {100000, 100001, true},
        {100001.00001, 100000, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double x[] = {1, cases[i].a, 2}, y[] = {1, cases[i].b, 2};
        const cvl_tensor a = cvl_tensor_wrap(CVL_F64, 1, (size_t[]){3}, x);
        const cvl_tensor b = cvl_tensor_wrap(CVL_F64, 1, (size_t[]){3}, y);
        ck_assert_msg(cvl_tensor_allclose(&a, &b, 1e-5, 1e-8) == cases[i].close,
                      "%g and %g", cases[i].a, cases[i].b);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        dtypes_have_sizes_and_names,
        init_makes_a_zeroed_tensor_and_free_resets_it,
        init_names_what_is_wrong_with_a_shape,
        wrap_views_memory_that_free_leaves_alone,
        describe_names_dtype_and_shape,
        check_names_both_when_dtype_axes_or_shape_differ,
        copy_keeps_bits_or_rounds_to_the_other_type,
        transpose_reorders_axes_as_numpy,
        transpose_takes_fewer_axes,
        clone_is_a_tensor_of_its_own,
        crop_takes_the_first_along_each_axis,
        largest_passes_over_what_is_not_finite,
        first_nonfinite_finds_the_first_or_count,
        allclose_agrees_with_numpy,
        NULL,
    };
    return run_tests("tensor", tests);
}
