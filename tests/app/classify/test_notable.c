/* test_notable.c - of many answers the ones worth a look are kept. */
#include "classify/notable.h"

#include <math.h>

#include "classify/softmax.h"
#include "expect.h"

/* One more of three classes; what is left of 1 is divided evenly. */
static void add(struct notable *notable, size_t sample, size_t truth,
                size_t answer, double p)
{
    double all[3] = {(1 - p) / 2, (1 - p) / 2, (1 - p) / 2};
    all[answer] = p;
    notable_add(notable, sample, truth, answer, all);
}

static void expect_samples(const struct notable_list *list,
                           const size_t *samples, size_t count)
{
    ck_assert_uint_eq(list->count, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(list->cases[i].sample, samples[i]);
}

START_TEST(the_surest_mistakes_come_first_and_of_equals_the_earlier)
{
    struct notable notable;
    cvl_error err;
    expect_ok(notable_init(&notable, 3, &err), err);
    add(&notable, 10, 0, 1, 0.5);
    add(&notable, 11, 0, 1, 0.9);
    add(&notable, 12, 0, 1, 0.5);
    add(&notable, 13, 2, 1, 0.7);
    add(&notable, 14, 0, 1, 0.6);
    add(&notable, 15, 0, 0, 0.99);
    expect_samples(&notable.worst, (const size_t[]){11, 13, 14, 10, 12}, 5);
    const struct notable_list pair = notable_pair(&notable, 0, 1);
    expect_samples(&pair, (const size_t[]){11, 14, 10}, NOTABLE_EACH);
    ck_assert_uint_eq(notable_pair(&notable, 1, 0).count, 0);
    const struct notable_case *const first = notable.worst.cases;
    ck_assert(first->truth == 0 && first->answer == 1 && first->next == 0);
    ck_assert(first->p_answer == 0.9);
    ck_assert_double_eq_tol(first->p_truth, 0.05, 1e-12);
    notable_clear(&notable);
    ck_assert_uint_eq(notable.worst.count, 0);
    ck_assert_uint_eq(notable_pair(&notable, 0, 1).count, 0);
    notable_free(&notable);
    notable_free(&notable);
}
END_TEST

START_TEST(of_the_right_ones_the_closest_are_kept_with_the_next_class)
{
    struct notable notable;
    cvl_error err;
    expect_ok(notable_init(&notable, 3, &err), err);
    notable_add(&notable, 0, 2, 2, (const double[]){0.1, 0.3, 0.6});
    notable_add(&notable, 1, 2, 2, (const double[]){0.44, 0.1, 0.46});
    notable_add(&notable, 2, 0, 0, (const double[]){0.4, 0.29, 0.31});
    expect_samples(&notable.barely, (const size_t[]){1, 2, 0}, 3);
    ck_assert_uint_eq(notable.barely.cases[0].next, 0);
    ck_assert_uint_eq(notable.barely.cases[1].next, 2);
    ck_assert_uint_eq(notable.barely.cases[2].next, 1);
    notable_free(&notable);
}
END_TEST

/* As many as there is room for, of a sequence that goes up and down. */
START_TEST(however_many_come_the_lists_hold_the_same_as_a_sort)
{
    enum { MANY = 997, CLASSES = NOTABLE_CLASSES + 1 };
    struct notable notable;
    double p[CLASSES] = {0};
    cvl_error err;
    expect_ok(notable_init(&notable, CLASSES, &err), err);
    for (size_t i = 0; i < MANY; i++) {
        p[1] = (double)(i * 389 % MANY) / MANY;
        notable_add(&notable, i, 0, 1, p);
    }
    ck_assert_uint_eq(notable.worst.count, NOTABLE_WORST);
    for (size_t i = 0; i < NOTABLE_WORST; i++)
        ck_assert(notable.worst.cases[i].p_answer ==
                  (double)(MANY - 1 - i) / MANY);
    ck_assert_uint_eq(notable_pair(&notable, 0, 1).count, 0);
    notable_free(&notable);
}
END_TEST

START_TEST(an_answer_that_is_no_number_is_counted_and_not_kept)
{
    const size_t shape[4] = {2, 2, 1, 1};
    double logits[4] = {NAN, 1, 0, log(3)}, p[2];
    const cvl_tensor y = cvl_tensor_wrap(CVL_F64, 4, shape, logits);
    struct notable notable;
    cvl_error err;
    expect_ok(notable_init(&notable, 2, &err), err);
    for (size_t n = 0; n < 2; n++) {
        softmax_row(&y, n, p);
        notable_add(&notable, n, 0, n, p);
    }
    ck_assert_uint_eq(notable.lost, 1);
    expect_samples(&notable.worst, (const size_t[]){1}, 1);
    ck_assert_double_eq_tol(notable.worst.cases[0].p_answer, 0.75, 1e-15);
    notable_free(&notable);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_surest_mistakes_come_first_and_of_equals_the_earlier,
        of_the_right_ones_the_closest_are_kept_with_the_next_class,
        however_many_come_the_lists_hold_the_same_as_a_sort,
        an_answer_that_is_no_number_is_counted_and_not_kept, NULL};
    return run_tests("notable", tests);
}
