/* test_dead_leaves.c - dead leaves look as they should, each time the same. */
#include "patches/dead_leaves.h"

#include <math.h>
#include <string.h>

#include "expect.h"

enum { SIDE = 192, PLANE = SIDE * SIDE };

static float picture[3 * PLANE], again[3 * PLANE];

/* As a tensor of that many channels. */
static cvl_tensor wrap(float *pixels, size_t channels)
{
    const size_t shape[4] = {1, channels, SIDE, SIDE};
    return cvl_tensor_wrap(CVL_F32, 4, shape, pixels);
}

static void draw(uint32_t seed, size_t channels, float *into)
{
    struct dead_leaves leaves;
    cvl_random random;
    cvl_error err;
    cvl_tensor drawn = wrap(into, channels);
    expect_ok(dead_leaves_init(&leaves, channels, SIDE, SIDE, &err), err);
    cvl_random_seed(&random, seed);
    dead_leaves_draw(&leaves, &random, &drawn);
    dead_leaves_free(&leaves);
}

START_TEST(one_seed_is_one_picture)
{
    draw(7, 3, picture);
    draw(7, 3, again);
    ck_assert_mem_eq(picture, again, sizeof picture);
    draw(8, 3, again);
    ck_assert_int_ne(memcmp(picture, again, sizeof picture), 0);
}
END_TEST

START_TEST(a_second_picture_goes_on_in_the_stream)
{
    struct dead_leaves leaves;
    cvl_random random, fork;
    cvl_error err;
    cvl_tensor one = wrap(picture, 1), two = wrap(again, 1);
    expect_ok(dead_leaves_init(&leaves, 1, SIDE, SIDE, &err), err);
    cvl_random_seed(&random, 7);
    dead_leaves_draw(&leaves, &random, &one);
    fork = random;
    dead_leaves_draw(&leaves, &random, &one);
    dead_leaves_draw(&leaves, &fork, &two);
    ck_assert_mem_eq(picture, again, PLANE * sizeof *picture);
    dead_leaves_free(&leaves);
}
END_TEST

/* Or runs that were begun would go on with other data. */
START_TEST(known_seeds_give_the_pictures_that_they_always_gave)
{
    static const struct {
        size_t channels;
        double mean, pixels[3];
        uint32_t seed, next; /* in the stream */
    } known[] = {
        {3, 2.01337952, {0.59952718, 0, 0.451092929}, 7, 2320818126},
        {1, 2.13040846, {0.152112484, 0.593580902, 0.406726778}, 8, 1206668877},
        {3, 1.50343139, {0.241690993, 0.500777662, 0}, 9, 2503927715},
        {1, 1.22475444, {0.574974716, 0.270304203, 0.21905984}, 10, 1136424804},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const size_t shape[4] = {1, known[i].channels, 96, 70};
        struct dead_leaves leaves;
        cvl_random random;
        cvl_error err;
        cvl_tensor drawn = cvl_tensor_wrap(CVL_F32, 4, shape, picture);
        const size_t places[3] = {100, 3333, drawn.count - 40};
        double sum = 0;
        expect_ok(dead_leaves_init(&leaves, shape[1], 96, 70, &err), err);
        cvl_random_seed(&random, known[i].seed);
        dead_leaves_draw(&leaves, &random, &drawn);
        for (size_t k = 0; k < drawn.count; k++)
            sum += (double)(k % 7 + 1) * (double)picture[k];
        ck_assert_double_eq_tol(sum / (double)drawn.count, known[i].mean, 1e-7);
        for (size_t k = 0; k < 3; k++)
            ck_assert_double_eq_tol((double)picture[places[k]],
                                    known[i].pixels[k], 1e-7);
        ck_assert_uint_eq(cvl_random_u32(&random), known[i].next);
        dead_leaves_free(&leaves);
    }
}
END_TEST

START_TEST(every_value_is_a_brightness)
{
    draw(1, 3, picture);
    for (size_t i = 0; i < 3 * PLANE; i++) {
        ck_assert_float_ge(picture[i], 0);
        ck_assert_float_le(picture[i], 1.00001F);
    }
}
END_TEST

/* Ten pictures' mean and deviation: uniform ones' are 1/2 and 1/sqrt(12). */
START_TEST(brightness_is_spread_evenly)
{
    double sum = 0, squares = 0;
    for (uint32_t seed = 0; seed < 10; seed++) {
        draw(seed, 1, picture);
        for (size_t i = 0; i < PLANE; i++) {
            sum += (double)picture[i];
            squares += (double)picture[i] * (double)picture[i];
        }
    }
    const double mean = sum / (10 * PLANE);
    ck_assert_double_eq_tol(mean, 0.5, 0.06);
    ck_assert_double_eq_tol(sqrt(squares / (10 * PLANE) - mean * mean), 0.28,
                            0.04);
}
END_TEST

/* The mean square of what pixels `apart` columns differ by. */
static double difference(size_t apart)
{
    double sum = 0;
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = apart; x < SIDE; x++) {
            const double d = (double)picture[y * SIDE + x] -
                             (double)picture[y * SIDE + x - apart];
            sum += d * d;
        }
    return sum / (double)(SIDE * (SIDE - apart));
}

START_TEST(near_pixels_are_alike_and_far_ones_are_not)
{
    double near = 0, middle = 0, far = 0;
    for (uint32_t seed = 0; seed < 5; seed++) {
        draw(seed, 1, picture);
        near += difference(1) / 5;
        middle += difference(8) / 5;
        far += difference(64) / 5;
    }
    /* Of independent uniform ones, it is 1/6. */
    ck_assert_double_lt(near, 0.04);
    ck_assert_double_gt(middle, 1.5 * near);
    ck_assert_double_gt(far, 1.2 * middle);
    ck_assert_double_lt(far, 0.2);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        one_seed_is_one_picture,
        a_second_picture_goes_on_in_the_stream,
        known_seeds_give_the_pictures_that_they_always_gave,
        every_value_is_a_brightness,
        brightness_is_spread_evenly,
        near_pixels_are_alike_and_far_ones_are_not,
        NULL,
    };
    return run_tests("dead_leaves", tests);
}
