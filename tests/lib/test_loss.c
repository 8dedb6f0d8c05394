/* test_loss.c - the squared error, its scales, and what it refuses. */
#include <math.h>

#include "convlet/loss.h"
#include "expect.h"

/* y - t is 1, 2, ..., 12 over [2,3,1,2]. */
typedef struct pair {
    double y[12], t[12], g[12];
    cvl_tensor prediction, target, gradient;
} pair;

static void make_pair(pair *p)
{
    static const size_t shape[] = {2, 3, 1, 2};
    for (size_t i = 0; i < 12; i++) {
        p->y[i] = 2.0 * (double)i + 1.0;
        p->t[i] = (double)i;
        p->g[i] = NAN;
    }
    p->prediction = cvl_tensor_wrap(CVL_F64, 4, shape, p->y);
    p->target = cvl_tensor_wrap(CVL_F64, 4, shape, p->t);
    p->gradient = cvl_tensor_wrap(CVL_F64, 4, shape, p->g);
}

/* 1 + 4 + ... + 144 */
static const double SQUARES = 650.0;

/* Over all of it, on one thread. */
static cvl_status mse(const cvl_tensor *y, const cvl_tensor *t,
                      cvl_reduction reduction, cvl_tensor *grad, double *value,
                      cvl_error *err)
{
    const cvl_loss loss = {.reduction = reduction};
    return cvl_loss_compute(&loss, y, t, NULL, y->count, NULL, grad, value,
                            err);
}

START_TEST(each_reduction_has_its_scale_and_slope)
{
    static const struct {
        cvl_reduction reduction;
        double loss, slope;
    } rows[] = {{CVL_REDUCTION_MEAN, 650.0 / 12.0, 2.0 / 12.0},
                {CVL_REDUCTION_SUM, 650.0, 2.0},
                /* N K OH = 2 * 3 * 1 */
                {CVL_REDUCTION_NOTEBOOK, 650.0 / 6.0, 0.5}};
    pair p;
    double loss;
    make_pair(&p);
    ck_assert(!mse(&p.prediction, &p.target, rows[_i].reduction, &p.gradient,
                   &loss, NULL));
    ck_assert_double_eq_tol(loss, rows[_i].loss, 1e-12);
    for (size_t i = 0; i < 12; i++)
        ck_assert_double_eq_tol(p.g[i], rows[_i].slope * (double)(i + 1),
                                1e-12);
}
END_TEST

START_TEST(the_gradient_is_the_slope_of_the_loss)
{
    static const cvl_reduction honest[] = {CVL_REDUCTION_MEAN,
                                           CVL_REDUCTION_SUM};
    pair p;
    double loss, up, down;
    make_pair(&p);
    for (size_t r = 0; r < 2; r++) {
        ck_assert(!mse(&p.prediction, &p.target, honest[r], &p.gradient, &loss,
                       NULL));
        for (size_t i = 0; i < 12; i++) {
            p.y[i] += 1;
            mse(&p.prediction, &p.target, honest[r], NULL, &up, NULL);
            p.y[i] -= 2;
            mse(&p.prediction, &p.target, honest[r], NULL, &down, NULL);
            p.y[i] += 1;
            ck_assert_double_eq_tol((up - down) / 2, p.g[i], 1e-10);
        }
    }
}
END_TEST

START_TEST(the_gradient_may_take_the_place_of_the_prediction)
{
    pair p;
    double loss;
    make_pair(&p);
    ck_assert(!mse(&p.prediction, &p.target, CVL_REDUCTION_SUM, &p.prediction,
                   &loss, NULL));
    ck_assert_double_eq(loss, SQUARES);
    ck_assert_double_eq(p.y[3], 8.0);
}
END_TEST

START_TEST(mse_names_both_shapes_when_they_differ)
{
    static const size_t four[] = {4};
    pair p;
    double loss = 7.0;
    cvl_error err;
    make_pair(&p);
    const cvl_tensor t = cvl_tensor_wrap(CVL_F64, 1, four, p.t);
    expect_fail(
        mse(&p.prediction, &t, CVL_REDUCTION_MEAN, &p.gradient, &loss, &err),
        err, CVL_ESHAPE, "mse target is f64[4], expected f64[2x3x1x2]");
    expect_fail(mse(&p.prediction, &p.target, CVL_REDUCTION_MEAN,
                    (cvl_tensor *)&t, &loss, &err),
                err, CVL_ESHAPE,
                "mse gradient is f64[4], expected f64[2x3x1x2]");
    expect_fail(mse(&t, &t, CVL_REDUCTION_NOTEBOOK, NULL, &loss, &err), err,
                CVL_ESHAPE, "reduction notebook needs 4 axes, got 1");
    ck_assert_double_eq(loss, 7.0);
    ck_assert(isnan(p.g[0]));
}
END_TEST

START_TEST(nan_reaches_the_loss)
{
    pair p;
    double loss;
    make_pair(&p);
    p.y[5] = NAN;
    ck_assert(
        !mse(&p.prediction, &p.target, CVL_REDUCTION_MEAN, NULL, &loss, NULL));
    ck_assert(isnan(loss));
}
END_TEST

START_TEST(a_long_float32_sum_keeps_its_digits)
{
    enum { COUNT = 1000003 };
    static float y[COUNT], t[COUNT];
    static const size_t shape[] = {COUNT};
    for (size_t i = 0; i < COUNT; i++) y[i] = 0.1F;
    const cvl_tensor a = cvl_tensor_wrap(CVL_F32, 1, shape, y);
    const cvl_tensor b = cvl_tensor_wrap(CVL_F32, 1, shape, t);
    double loss;
    ck_assert(!mse(&a, &b, CVL_REDUCTION_MEAN, NULL, &loss, NULL));
    ck_assert_double_eq_tol(loss, (double)0.1F * (double)0.1F, 1e-13);
}
END_TEST

START_TEST(names_of_reductions_parse_back)
{
    for (int i = CVL_REDUCTION_MEAN; i <= CVL_REDUCTION_NOTEBOOK; i++) {
        cvl_reduction reduction;
        ck_assert(cvl_reduction_parse(cvl_reduction_name((cvl_reduction)i),
                                      &reduction));
        ck_assert_int_eq((int)reduction, i);
    }
    cvl_reduction untouched = CVL_REDUCTION_SUM;
    ck_assert(!cvl_reduction_parse("average", &untouched));
    ck_assert_int_eq(untouched, CVL_REDUCTION_SUM);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("loss");
    TCase *const all = tcase_create("loss");
    tcase_add_loop_test(all, each_reduction_has_its_scale_and_slope, 0, 3);
    tcase_add_test(all, the_gradient_is_the_slope_of_the_loss);
    tcase_add_test(all, the_gradient_may_take_the_place_of_the_prediction);
    tcase_add_test(all, mse_names_both_shapes_when_they_differ);
    tcase_add_test(all, nan_reaches_the_loss);
    tcase_add_test(all, a_long_float32_sum_keeps_its_digits);
    tcase_add_test(all, names_of_reductions_parse_back);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
