/* test_activation.c - functions of each element against plain ones. */
#include <math.h>
#include <string.h>

#include "convlet/activation.h"
#include "convlet/random.h"
#include "expect.h"

/* No multiple of any vector, and more than one task. */
enum { COUNT = 9001, FUNCTIONS = 4 };

static const double SLOPE = 0.1;

static double function(size_t which, double x)
{
    switch (which) {
    case 0: return x < 0 ? 0 : x;
    case 1: return x > 0 ? x : SLOPE * x;
    case 2: return tanh(x);
    default: return 1 / (1 + exp(-x));
    }
}

/* By x, or, of the last two, by y. */
static double slope_at(size_t which, double at)
{
    switch (which) {
    case 0: return at > 0;
    case 1: return at > 0 ? 1 : SLOPE;
    case 2: return 1 - at * at;
    default: return at * (1 - at);
    }
}

static void forward(size_t which, const cvl_tensor *x, const cvl_exec *exec,
                    cvl_tensor *y)
{
    switch (which) {
    case 0: cvl_relu_forward(x, exec, y); break;
    case 1: cvl_leaky_forward(x, SLOPE, exec, y); break;
    case 2: cvl_tanh_forward(x, exec, y); break;
    default: cvl_sigmoid_forward(x, exec, y);
    }
}

static void backward(size_t which, const cvl_tensor *at, const cvl_tensor *dy,
                     const cvl_exec *exec, cvl_tensor *dx)
{
    switch (which) {
    case 0: cvl_relu_backward(at, dy, exec, dx); break;
    case 1: cvl_leaky_backward(at, SLOPE, dy, exec, dx); break;
    case 2: cvl_tanh_backward(at, dy, exec, dx); break;
    default: cvl_sigmoid_backward(at, dy, exec, dx);
    }
}

/* Numbers of both signs, and some that are none or beyond all. */
static cvl_tensor draw(cvl_dtype dtype, uint32_t seed)
{
    static const double odd[] = {NAN, INFINITY, -INFINITY, 0.0, -0.0};
    static const size_t count = COUNT;
    cvl_tensor tensor;
    cvl_random random;
    cvl_error err;
    expect_ok(cvl_tensor_init(&tensor, dtype, 1, &count, &err), err);
    cvl_random_seed(&random, seed);
    cvl_random_fill_normal(&random, &tensor, 0, 2);
    for (size_t i = 0; i < 5; i++)
        cvl_tensor_set(&tensor, 1700 * i + 3, odd[(i + seed) % 5]);
    return tensor;
}

static cvl_tensor copy(const cvl_tensor *tensor)
{
    cvl_tensor made;
    cvl_error err;
    expect_ok(cvl_tensor_clone(&made, tensor, &err), err);
    return made;
}

static void expect_close(const cvl_tensor *got, size_t i, double want)
{
    const double is = cvl_tensor_get(got, i);
    const double most =
        (got->dtype == CVL_F32 ? 4e-7 : 1e-15) * (1 + fabs(want));
    ck_assert_msg(isnan(want) ? isnan(is)
                              : is == want || fabs(is - want) <= most,
                  "number %zu is %.17g, expected %.17g", i, is, want);
}

static void expect_same(const cvl_tensor *a, const cvl_tensor *b)
{
    ck_assert_mem_eq(a->data, b->data, cvl_tensor_bytes(a));
}

START_TEST(
    functions_are_the_plain_ones_and_may_take_the_place_of_what_they_read)
{
    const size_t which = (size_t)_i / 2;
    const cvl_dtype dtype = _i % 2 ? CVL_F64 : CVL_F32;
    cvl_tensor x = draw(dtype, 1), dy = draw(dtype, 2);
    cvl_tensor y = copy(&x), dx = copy(&x), place = copy(&x);
    const cvl_tensor *const at = which < 2 ? &x : &y;
    forward(which, &x, NULL, &y);
    backward(which, at, &dy, NULL, &dx);
    for (size_t i = 0; i < COUNT; i++) {
        const double g = cvl_tensor_get(&dy, i), a = cvl_tensor_get(at, i);
        expect_close(&y, i, function(which, cvl_tensor_get(&x, i)));
        expect_close(&dx, i,
                     which == 0 ? (a > 0 ? g : 0) : g * slope_at(which, a));
    }
    forward(which, &place, NULL, &place);
    expect_same(&place, &y);
    cvl_tensor_copy(&place, &dy);
    backward(which, at, &place, NULL, &place);
    expect_same(&place, &dx);
    cvl_tensor_free(&x);
    cvl_tensor_free(&dy);
    cvl_tensor_free(&y);
    cvl_tensor_free(&dx);
    cvl_tensor_free(&place);
}
END_TEST

START_TEST(any_number_of_threads_gives_the_same_bits)
{
    const size_t which = (size_t)_i / 2;
    const cvl_dtype dtype = _i % 2 ? CVL_F64 : CVL_F32;
    cvl_tensor x = draw(dtype, 3), dy = draw(dtype, 4);
    cvl_tensor one = copy(&x), many = copy(&x);
    for (size_t threads = 2; threads < 8; threads++) {
        const cvl_exec exec = {.threads = threads};
        forward(which, &x, NULL, &one);
        forward(which, &x, &exec, &many);
        expect_same(&one, &many);
        backward(which, &x, &dy, NULL, &one);
        backward(which, &x, &dy, &exec, &many);
        expect_same(&one, &many);
    }
    cvl_tensor_free(&x);
    cvl_tensor_free(&dy);
    cvl_tensor_free(&one);
    cvl_tensor_free(&many);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("activation");
    TCase *const all = tcase_create("activation");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(
        all,
        functions_are_the_plain_ones_and_may_take_the_place_of_what_they_read,
        0, 2 * FUNCTIONS);
    tcase_add_loop_test(all, any_number_of_threads_gives_the_same_bits, 0,
                        2 * FUNCTIONS);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
