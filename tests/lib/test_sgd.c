/* test_sgd.c - the optimiser's arithmetic, step by step. */
#include "convlet/sgd.h"
#include "expect.h"

/* Two steps on p = 1 with the gradient 0.5, by hand. */
static double after_two_steps(const cvl_sgd *sgd, double *velocity)
{
    static const size_t one[] = {1};
    double p = 1.0, g = 0.5, v = 0.0;
    cvl_tensor param = cvl_tensor_wrap(CVL_F64, 1, one, &p);
    const cvl_tensor grad = cvl_tensor_wrap(CVL_F64, 1, one, &g);
    cvl_tensor vel = cvl_tensor_wrap(CVL_F64, 1, one, &v);
    for (int i = 0; i < 2; i++)
        cvl_sgd_step(sgd, &param, &grad, velocity ? &vel : NULL);
    if (velocity) *velocity = v;
    return p;
}

START_TEST(plain_steps_go_down_the_gradient)
{
    const cvl_sgd sgd = {.lr = 0.1};
    ck_assert_double_eq_tol(after_two_steps(&sgd, NULL), 0.9, 1e-15);
}
END_TEST

START_TEST(momentum_remembers_the_last_step)
{
    const cvl_sgd sgd = {.lr = 0.1, .momentum = 0.5};
    double v;
    /* v: 0.5, 0.75 */
    ck_assert_double_eq_tol(after_two_steps(&sgd, &v), 1 - 0.05 - 0.075, 1e-15);
    ck_assert_double_eq_tol(v, 0.75, 1e-15);
}
END_TEST

START_TEST(nesterov_looks_ahead)
{
    const cvl_sgd sgd = {.lr = 0.1, .momentum = 0.5, .nesterov = true};
    double v;
    /* moves: 0.5 + 0.5 * 0.5, 0.5 + 0.5 * 0.75 */
    ck_assert_double_eq_tol(after_two_steps(&sgd, &v), 1 - 0.075 - 0.0875,
                            1e-15);
}
END_TEST

START_TEST(weight_decay_pulls_toward_zero)
{
    const cvl_sgd sgd = {.lr = 0.1, .weight_decay = 1.0};
    /* g: 1.5, 0.5 + 0.85 */
    ck_assert_double_eq_tol(after_two_steps(&sgd, NULL), 0.85 - 0.135, 1e-15);
}
END_TEST

static const struct {
    cvl_sgd sgd;
    const char *message;
} refused[] = {
    {{.lr = -1}, "learning rate is -1, expected a number >= 0"},
    {{.lr = 1, .momentum = 1}, "momentum is 1, expected 0 <= momentum < 1"},
    {{.lr = 1, .momentum = -0.5},
     "momentum is -0.5, expected 0 <= momentum < 1"},
    {{.lr = 1, .weight_decay = -2},
     "weight decay is -2, expected a number >= 0"},
    {{.lr = 1, .nesterov = true}, "nesterov needs a momentum, for example 0.9"},
};

START_TEST(values_that_make_no_sense_are_named)
{
    cvl_error err;
    expect_fail(cvl_sgd_check(&refused[_i].sgd, &err), err, CVL_EINVAL,
                refused[_i].message);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("sgd");
    TCase *const all = tcase_create("sgd");
    tcase_add_test(all, plain_steps_go_down_the_gradient);
    tcase_add_test(all, momentum_remembers_the_last_step);
    tcase_add_test(all, nesterov_looks_ahead);
    tcase_add_test(all, weight_decay_pulls_toward_zero);
    tcase_add_loop_test(all, values_that_make_no_sense_are_named, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
