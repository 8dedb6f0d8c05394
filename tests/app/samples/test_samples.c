/* test_samples.c - samples are split, ordered, moved and made into batches. */
#include "expect.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "samples/samples.h"

static struct samples digits(const char *hold_out)
{
    const struct samples_request request = {"digits", hold_out, COLOR_KEEP};
    struct samples samples;
    cvl_error err;
    expect_ok(samples_read(&request, &samples, &err), err);
    return samples;
}

START_TEST(digits_are_there_with_every_fifth_held_out)
{
    static const size_t of_each[] = {178, 182, 177, 183, 181,
                                     182, 181, 179, 174, 180};
    size_t counts[10] = {0};
    char text[SAMPLES_NAME_SIZE];
    struct samples samples = digits(NULL);
    ck_assert_uint_eq(samples.count, 1797);
    ck_assert_uint_eq(samples.classes, 10);
    ck_assert_uint_eq(samples.input.size, 64);
    ck_assert_uint_eq(samples.training.count, 1438);
    ck_assert_uint_eq(samples.held_out.count, 359);
    ck_assert_uint_eq(samples.held_out.index[0], 4);
    ck_assert_uint_eq(samples.held_out.index[358], 1794);
    ck_assert_uint_eq(samples.training.index[4], 5);
    ck_assert(!samples.own_test);
    for (size_t i = 0; i < samples.count; i++) counts[samples.labels[i]]++;
    ck_assert(!memcmp(counts, of_each, sizeof counts));
    ck_assert_str_eq(samples_class(&samples, 7, text), "7");
    ck_assert_ptr_null(samples.notes.data);
    samples_free(&samples);
    samples_free(&samples);
}
END_TEST

START_TEST(hold_out_counts_as_it_says)
{
    static const struct {
        const char *hold_out;
        size_t training, held_out, first;
    } cases[] = {{"none", 1797, 0, 0},          {"last:360", 1437, 360, 1437},
                 {"last:1", 1796, 1, 1796},     {"every:2", 899, 898, 1},
                 {"every:1797", 1796, 1, 1796}, {"every:5000", 1797, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct samples samples = digits(cases[i].hold_out);
        ck_assert_uint_eq(samples.training.count, cases[i].training);
        ck_assert_uint_eq(samples.held_out.count, cases[i].held_out);
        if (cases[i].held_out)
            ck_assert_uint_eq(samples.held_out.index[0], cases[i].first);
        samples_free(&samples);
    }
}
END_TEST

START_TEST(hold_out_that_leaves_nothing_or_is_no_number_is_refused)
{
    static const struct {
        const char *hold_out, *message;
    } cases[] = {{"every:1", "no sample is left to train on: hold-out takes "
                             "all 1797; hold out fewer"},
                 {"last:1797", "no sample is left to train on: hold-out takes "
                               "all 1797; hold out fewer"},
                 {"every:0", "hold-out is 'every:0'; expected a whole number "
                             "of 1 or more behind 'every:'"},
                 {"last:", "hold-out is 'last:'; expected a whole number of 1 "
                           "or more behind 'last:'"},
                 {"last:3x", "hold-out is 'last:3x'; expected a whole number "
                             "of 1 or more behind 'last:'"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct samples_request request = {"digits", cases[i].hold_out,
                                                COLOR_KEEP};
        struct samples samples;
        cvl_error err;
        expect_fail(samples_read(&request, &samples, &err), err, CVL_EINVAL,
                    cases[i].message);
        ck_assert_ptr_null(samples.labels);
    }
}
END_TEST

/* Sample 0 is a zero whose rows these are. */
static const unsigned char ZERO[2][8] = {{0, 0, 5, 13, 9, 1, 0, 0},
                                         {0, 0, 13, 15, 10, 15, 5, 0}};

START_TEST(batch_holds_the_numbers_and_labels_of_its_samples)
{
    const size_t index[] = {3, 0}, shape[] = {2, 1, 8, 8};
    const size_t labels[] = {2, 1, 1, 1};
    for (int dtype = CVL_F32; dtype <= CVL_F64; dtype++) {
        struct samples samples = digits(NULL);
        cvl_tensor x, wanted;
        ck_assert(!cvl_tensor_init(&x, (cvl_dtype)dtype, 4, shape, NULL));
        ck_assert(!cvl_tensor_init(&wanted, (cvl_dtype)dtype, 4, labels, NULL));
        samples_batch(&samples, index, 2, NULL, &x, &wanted);
        ck_assert_double_eq(cvl_tensor_get(&wanted, 0), 3);
        ck_assert_double_eq(cvl_tensor_get(&wanted, 1), 0);
        for (size_t y = 0; y < 2; y++)
            for (size_t k = 0; k < 8; k++)
                ck_assert_double_eq(cvl_tensor_get(&x, 64 + 8 * y + k),
                                    ZERO[y][k] / 16.0);
        cvl_tensor_free(&x);
        cvl_tensor_free(&wanted);
        samples_free(&samples);
    }
}
END_TEST

/* Whether x is sample 0, moved by that. */
static bool is_moved(const struct samples *samples, const cvl_tensor *x, int dy,
                     int dx)
{
    for (int i = 0; i < 64; i++) {
        const int y = i / 8 - dy, from = i % 8 - dx;
        const bool inside = y >= 0 && y < 8 && from >= 0 && from < 8;
        const double want =
            inside ? ((unsigned char *)samples->input.data)[8 * y + from] : 0;
        if (cvl_tensor_get(x, (size_t)i) != want / 16) return false;
    }
    return true;
}

START_TEST(shift_moves_as_seed_epoch_and_sample_say_and_by_every_step)
{
    const size_t index[] = {0}, shape[] = {1, 1, 8, 8};
    struct samples samples = digits(NULL);
    size_t seen[9] = {0};
    cvl_tensor x;
    ck_assert(!cvl_tensor_init(&x, CVL_F64, 4, shape, NULL));
    for (size_t epoch = 0; epoch < 200; epoch++) {
        const struct samples_shift shift = {1, 7, epoch};
        samples_batch(&samples, index, 1, &shift, &x, NULL);
        size_t matches = 0;
        for (int k = 0; k < 9; k++)
            if (is_moved(&samples, &x, k / 3 - 1, k % 3 - 1))
                matches++, seen[k]++;
        ck_assert_uint_eq(matches, 1);
    }
    for (size_t k = 0; k < 9; k++) ck_assert_uint_gt(seen[k], 5);
    /* Further than the picture is large, it may be gone. */
    const struct samples_shift far = {100, 7, 3};
    samples_batch(&samples, index, 1, &far, &x, NULL);
    cvl_tensor_free(&x);
    samples_free(&samples);
}
END_TEST

START_TEST(order_is_a_permutation_of_its_own_for_each_seed_and_epoch)
{
    size_t order[3][100];
    bool seen[100] = {false};
    samples_order(1, 0, 100, order[0]);
    samples_order(1, 1, 100, order[1]);
    samples_order(2, 0, 100, order[2]);
    for (size_t i = 0; i < 100; i++) seen[order[0][i]] = true;
    for (size_t i = 0; i < 100; i++) ck_assert(seen[i]);
    ck_assert(memcmp(order[0], order[1], sizeof *order) != 0);
    ck_assert(memcmp(order[0], order[2], sizeof *order) != 0);
    samples_order(1, 0, 100, order[1]);
    ck_assert(!memcmp(order[0], order[1], sizeof *order));
    /* Whatever changes this changes what every seed trains. */
    static const size_t first[] = {74, 66, 97, 35, 52, 43, 54, 98};
    ck_assert(!memcmp(order[0], first, sizeof first));
}
END_TEST

START_TEST(standardised_training_part_has_mean_0_and_deviation_1)
{
    const size_t shape[] = {1, 1, 8, 8};
    struct samples samples = digits("last:360");
    double sum = 0, squares = 0;
    cvl_tensor x;
    ck_assert(!cvl_tensor_init(&x, CVL_F64, 4, shape, NULL));
    ck_assert(!samples_standardize(&samples, NULL));
    ck_assert(!samples_standardize(&samples, NULL));
    for (size_t i = 0; i < samples.training.count; i++) {
        samples_batch(&samples, &samples.training.index[i], 1, NULL, &x, NULL);
        for (size_t k = 0; k < 64; k++) {
            const double value = cvl_tensor_get(&x, k);
            sum += value;
            squares += value * value;
        }
    }
    const double count = 64.0 * 1437;
    ck_assert_double_lt(fabs(sum / count), 1e-12);
    ck_assert_double_lt(fabs(squares / count - 1), 1e-12);
    cvl_tensor_free(&x);
    samples_free(&samples);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("samples");
    TCase *const tests = tcase_create("samples");
    tcase_add_test(tests, digits_are_there_with_every_fifth_held_out);
    tcase_add_test(tests, hold_out_counts_as_it_says);
    tcase_add_test(tests,
                   hold_out_that_leaves_nothing_or_is_no_number_is_refused);
    tcase_add_test(tests, batch_holds_the_numbers_and_labels_of_its_samples);
    tcase_add_test(tests,
                   shift_moves_as_seed_epoch_and_sample_say_and_by_every_step);
    tcase_add_test(tests,
                   order_is_a_permutation_of_its_own_for_each_seed_and_epoch);
    tcase_add_test(tests,
                   standardised_training_part_has_mean_0_and_deviation_1);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
