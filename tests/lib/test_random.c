/* test_random.c - the stream equals numpy.random.RandomState. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "convlet/random.h"
#include "expect.h"
#include "golden.h"

/* Equal, or neighbours: log() may round the last bit another way. */
static void expect_within_an_ulp(double got, double want)
{
    ck_assert_msg(nextafter(want, -INFINITY) <= got &&
                      got <= nextafter(want, INFINITY),
                  "got %a, expected %a", got, want);
}

static uint32_t u32_at(const cJSON *array, int i)
{
    return (uint32_t)cJSON_GetArrayItem(array, i)->valuedouble;
}

/* cJSON's own reading of a decimal is not always the nearest number. */
static double hex_at(const cJSON *object, int i)
{
    return strtod(cJSON_GetArrayItem(golden_get(object, "hex"), i)->valuestring,
                  NULL);
}

static void check_words(const cJSON *seed, uint32_t number)
{
    cvl_random random;
    cvl_random_seed(&random, number);
    const cJSON *const first = golden_get(seed, "raw_uint32");
    const cJSON *const later = golden_get(seed, "raw_uint32_1296_to_1299");
    ck_assert_int_ge(cJSON_GetArraySize(first), 8);
    for (int i = 0; i < 1300; i++) {
        const uint32_t word = cvl_random_u32(&random);
        if (i < cJSON_GetArraySize(first))
            ck_assert_uint_eq(word, u32_at(first, i));
        if (i >= 1296) ck_assert_uint_eq(word, u32_at(later, i - 1296));
    }
}

static void check_uniform(const cJSON *seed, uint32_t number)
{
    cvl_random random;
    cvl_random_seed(&random, number);
    const cJSON *const want = golden_get(seed, "random_sample");
    const int count = cJSON_GetArraySize(golden_get(want, "hex"));
    ck_assert_int_ge(count, 8);
    for (int i = 0; i < count; i++)
        ck_assert_double_eq(cvl_random_uniform(&random), hex_at(want, i));
}

static void check_normal(const cJSON *seed, uint32_t number)
{
    cvl_random random;
    cvl_random_seed(&random, number);
    const cJSON *const want = golden_get(seed, "standard_normal");
    ck_assert_int_eq(cJSON_GetArraySize(golden_get(want, "hex")), 9);
    for (int i = 0; i < 9; i++)
        expect_within_an_ulp(cvl_random_normal(&random), hex_at(want, i));
    ck_assert_uint_eq(
        random.position,
        (uint32_t)golden_get(seed, "raw_words_used_by_standard_normal")
            ->valueint);

    /* The tenth value waits while a uniform draw passes by. */
    const cJSON *const after = golden_get(seed, "after_9_standard_normal");
    ck_assert(random.has_normal);
    ck_assert_double_eq(cvl_random_uniform(&random), hex_at(after, 0));
    expect_within_an_ulp(cvl_random_normal(&random), hex_at(after, 1));
    ck_assert(!random.has_normal);
    expect_within_an_ulp(cvl_random_normal(&random), hex_at(after, 2));
}

static void check_below(const cJSON *seed, uint32_t number)
{
    cvl_random random;
    cvl_random_seed(&random, number);
    const cJSON *const want = golden_get(seed, "randint_0_10");
    ck_assert_int_ge(cJSON_GetArraySize(want), 8);
    for (int i = 0; i < cJSON_GetArraySize(want); i++)
        ck_assert_uint_eq(cvl_random_below(&random, 10), u32_at(want, i));
    ck_assert_uint_eq(
        random.position,
        (uint32_t)golden_get(seed, "raw_words_used_by_randint")->valueint);
}

static void for_each_seed(void (*check)(const cJSON *seed, uint32_t number))
{
    cJSON *const root = golden_index("numpy_rng.json");
    const cJSON *seed;
    int seeds = 0;
    cJSON_ArrayForEach(seed, golden_get(root, "seeds"))
    {
        check(seed, (uint32_t)golden_get(seed, "seed")->valuedouble);
        seeds++;
    }
    ck_assert_int_eq(seeds, 4);
    cJSON_Delete(root);
}

START_TEST(raw_words_equal_numpys_past_two_refills)
{
    for_each_seed(check_words);
}
END_TEST

START_TEST(uniform_equals_random_sample_to_the_bit)
{
    for_each_seed(check_uniform);
}
END_TEST

START_TEST(normal_equals_standard_normal_and_keeps_its_second_value)
{
    for_each_seed(check_normal);
}
END_TEST

START_TEST(below_equals_randint_and_uses_as_many_words)
{
    for_each_seed(check_below);
}
END_TEST

/* RandomState(3).randint(0, b) for each b; the next word proves the count. */
START_TEST(below_takes_every_bound_from_one_to_the_largest)
{
    static const uint32_t bounds[] = {1,    2,     3,           16,         17,
                                      1000, 65537, 2147483648u, 4294967295u};
    static const uint32_t want[] = {0,   0,     0,          9,         3,
                                    952, 25365, 1687694333, 1877166739};
    cvl_random random;
    cvl_random_seed(&random, 3);
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
        ck_assert_uint_eq(cvl_random_below(&random, bounds[i]), want[i]);
    ck_assert_uint_eq(cvl_random_u32(&random), 3849549514u);
}
END_TEST

START_TEST(below_one_is_zero_and_uses_no_word)
{
    cvl_random random;
    cvl_random_seed(&random, 9);
    const uint32_t position = random.position;
    ck_assert_uint_eq(cvl_random_below(&random, 1), 0);
    ck_assert_uint_eq(random.position, position);
}
END_TEST

/* RandomState(seed).permutation(count), then the next raw word. */
START_TEST(permutation_equals_numpys)
{
    static const struct {
        uint32_t seed, next;
        size_t count, want[16];
    } cases[] = {
        {0, 2357136044, 0, {0}},
        {0, 2357136044, 1, {0}},
        {0, 2546248239, 2, {1, 0}},
        {0, 1879422756, 10, {2, 8, 4, 9, 1, 6, 7, 3, 0, 5}},
        {1, 1666063943, 10, {2, 9, 6, 4, 0, 3, 1, 7, 8, 5}},
        {42, 2571218620, 7, {0, 1, 5, 2, 4, 3, 6}},
        {123,
         601083951,
         16,
         {7, 10, 4, 0, 5, 9, 8, 11, 3, 1, 6, 15, 12, 2, 13, 14}},
        {4294967295, 1217888032, 9, {5, 1, 8, 7, 0, 6, 4, 2, 3}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t order[17];
        for (size_t j = 0; j < 17; j++) order[j] = 77;
        cvl_random random;
        cvl_random_seed(&random, cases[i].seed);
        cvl_random_permutation(&random, cases[i].count, order);
        for (size_t j = 0; j < cases[i].count; j++)
            ck_assert_uint_eq(order[j], cases[i].want[j]);
        ck_assert_uint_eq(order[cases[i].count], 77);
        ck_assert_uint_eq(cvl_random_u32(&random), cases[i].next);
    }
}
END_TEST

/* sum(i * order[i]) and the ends of RandomState(seed).permutation(2000). */
START_TEST(long_permutation_equals_numpys)
{
    static size_t order[2000];
    cvl_random random;
    cvl_random_seed(&random, 7);
    cvl_random_permutation(&random, 2000, order);
    size_t sum = 0;
    for (size_t i = 0; i < 2000; i++) sum += i * order[i];
    ck_assert_uint_eq(sum, 2004798067);
    ck_assert_uint_eq(order[0], 1072);
    ck_assert_uint_eq(order[1999], 175);
    ck_assert_uint_eq(cvl_random_u32(&random), 3059289263);
}
END_TEST

/* RandomState(5).uniform(-2, 3, 6) and .normal(10, 0.5, 6). */
static const double UNIFORM[] = {-0x1.c7b28e2e57a50p-1, 0x1.2d44c7f281980p+1,
                                 -0x1.eecc88cb9aaccp-1, 0x1.4be9360e5b08ap+1,
                                 0x1.c4aa50397c470p-2,  0x1.0f083a9f7a54cp+0};
static const double NORMAL[] = {0x1.470f448da447cp+3, 0x1.3ab4c17fe6470p+3,
                                0x1.66e47054041ecp+3, 0x1.3bf76e3e3c69ap+3,
                                0x1.41c0f63fce5e6p+3, 0x1.5951d7b845124p+3};

START_TEST(fills_equal_numpys_draws_in_index_order)
{
    double values[6];
    cvl_tensor tensor = cvl_tensor_wrap(CVL_F64, 2, (size_t[]){2, 3}, values);
    cvl_random random;
    cvl_random_seed(&random, 5);
    cvl_random_fill_uniform(&random, &tensor, -2, 3);
    for (size_t i = 0; i < 6; i++) ck_assert_double_eq(values[i], UNIFORM[i]);

    cvl_random_seed(&random, 5);
    cvl_random_fill_normal(&random, &tensor, 10, 0.5);
    for (size_t i = 0; i < 6; i++) expect_within_an_ulp(values[i], NORMAL[i]);
}
END_TEST

START_TEST(fills_of_float32_are_the_same_draws_rounded)
{
    float values[6];
    cvl_tensor tensor = cvl_tensor_wrap(CVL_F32, 1, (size_t[]){6}, values);
    cvl_random random;
    cvl_random_seed(&random, 5);
    cvl_random_fill_uniform(&random, &tensor, -2, 3);
    for (size_t i = 0; i < 6; i++)
        ck_assert_float_eq(values[i], (float)UNIFORM[i]);

    /* None of these is near enough to a rounding edge for an ulp to matter. */
    cvl_random_seed(&random, 5);
    cvl_random_fill_normal(&random, &tensor, 10, 0.5);
    for (size_t i = 0; i < 6; i++)
        ck_assert_float_eq(values[i], (float)NORMAL[i]);
}
END_TEST

START_TEST(a_copy_forks_the_stream)
{
    cvl_random random;
    cvl_random_seed(&random, 11);
    for (int i = 0; i < 1001; i++) (void)cvl_random_normal(&random);
    ck_assert(random.has_normal);

    cvl_random fork = random;
    double first[700];
    for (int i = 0; i < 700; i++) first[i] = cvl_random_normal(&random);
    for (int i = 0; i < 700; i++)
        ck_assert_double_eq(cvl_random_normal(&fork), first[i]);
}
END_TEST

/* From any place of the state, with and without one that waits. */
START_TEST(normals_drawn_together_are_those_drawn_one_by_one)
{
    static double together[1500];
    cvl_random random, fork;
    cvl_random_seed(&random, 12);
    for (size_t count = 0; count < 1500; count = count * 5 / 4 + 1) {
        fork = random;
        cvl_random_normals(&random, count, together);
        for (size_t i = 0; i < count; i++)
            ck_assert_double_eq(together[i], cvl_random_normal(&fork));
        ck_assert_mem_eq(random.state, fork.state, sizeof fork.state);
        ck_assert_uint_eq(random.position, fork.position);
        ck_assert(random.has_normal == fork.has_normal);
        ck_assert_double_eq(cvl_random_normal(&random),
                            cvl_random_normal(&fork));
        (void)cvl_random_u32(&random);
    }
}
END_TEST

START_TEST(seeding_again_forgets_the_kept_normal)
{
    cvl_random random, fresh;
    cvl_random_seed(&fresh, 2);
    cvl_random_seed(&random, 1);
    (void)cvl_random_normal(&random);
    cvl_random_seed(&random, 2);
    ck_assert_double_eq(cvl_random_normal(&random), cvl_random_normal(&fresh));
}
END_TEST

START_TEST(a_position_beyond_the_state_refills_instead_of_reading_there)
{
    cvl_random random, fresh;
    cvl_random_seed(&random, 4);
    fresh = random;
    random.position = UINT32_MAX;
    ck_assert_uint_eq(cvl_random_u32(&random), cvl_random_u32(&fresh));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        raw_words_equal_numpys_past_two_refills,
        uniform_equals_random_sample_to_the_bit,
        normal_equals_standard_normal_and_keeps_its_second_value,
        below_equals_randint_and_uses_as_many_words,
        below_takes_every_bound_from_one_to_the_largest,
        below_one_is_zero_and_uses_no_word,
        permutation_equals_numpys,
        long_permutation_equals_numpys,
        fills_equal_numpys_draws_in_index_order,
        fills_of_float32_are_the_same_draws_rounded,
        a_copy_forks_the_stream,
        normals_drawn_together_are_those_drawn_one_by_one,
        seeding_again_forgets_the_kept_normal,
        a_position_beyond_the_state_refills_instead_of_reading_there,
        NULL,
    };
    return run_tests("random", tests);
}
