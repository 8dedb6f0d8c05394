/* test_conjugate.c - conjugate gradients end at the lowest point. */
#include <math.h>

#include "convlet/trainer.h"
#include "expect.h"

/* A layer of 18 weights on pixels much alike: a long valley. Targets are what
 * another kernel makes, and noise of this size. */
static void make(cvl_trainer *trainer, cvl_dtype dtype, double noise,
                 cvl_tensor *x, cvl_tensor *t)
{
    const cvl_net_config config = {.spec = "conv 2 3x3 bias=no",
                                   .input_shape = {1, 1, 24, 24},
                                   .dtype = dtype,
                                   .exec = cvl_exec_default()};
    const cvl_loss mean = {.reduction = CVL_REDUCTION_MEAN};
    const cvl_optimizer_settings cg = {.kind = cvl_optimizer_kind_find("cg")};
    cvl_error err;
    cvl_random random;
    cvl_random_seed(&random, 8);
    expect_ok(cvl_trainer_init(trainer, &config, &mean, &cg, &err), err);
    expect_ok(cvl_tensor_init(x, dtype, 4, config.input_shape, &err), err);
    expect_ok(cvl_tensor_init_like(t, &trainer->net.output, &err), err);
    for (size_t i = 0; i < x->count; i++) {
        const size_t row = i / 24, column = i % 24;
        cvl_tensor_set(x, i,
                       sin((double)column / 5) + cos((double)row / 4) +
                           0.02 * cvl_random_normal(&random));
    }
    cvl_net_init_params(&trainer->net, CVL_INIT_NORMAL, &random);
    cvl_net_forward(&trainer->net, x);
    for (size_t i = 0; i < t->count; i++)
        cvl_tensor_set(t, i,
                       cvl_tensor_get(&trainer->net.output, i) +
                           noise * cvl_random_normal(&random));
    cvl_net_init_params(&trainer->net, CVL_INIT_ZEROS, &random);
}

static double gradient(const cvl_trainer *trainer)
{
    const cvl_tensor *const g = &trainer->net.params[0].grad;
    double sum = 0;
    for (size_t i = 0; i < g->count; i++)
        sum += cvl_tensor_get(g, i) * cvl_tensor_get(g, i);
    return sqrt(sum);
}

/* Steps until it settles, 2000 at most; first is the first gradient's length.
 */
static size_t settle(cvl_trainer *trainer, const cvl_tensor *x,
                     const cvl_tensor *t, double *first)
{
    size_t steps = 0;
    bool settled = false;
    while (!settled && steps < 2000) {
        settled = cvl_trainer_step(trainer, x, t).settled;
        if (steps++ == 0) *first = gradient(trainer);
    }
    ck_assert(settled);
    return steps;
}

static void unmake(cvl_trainer *trainer, cvl_tensor *x, cvl_tensor *t)
{
    cvl_trainer_free(trainer);
    cvl_tensor_free(x);
    cvl_tensor_free(t);
}

/* However many steps that takes: here more than a window has numbers. */
START_TEST(in_float64_the_gradient_has_vanished)
{
    cvl_trainer trainer;
    cvl_tensor x, t;
    double first;
    make(&trainer, CVL_F64, 0.1, &x, &t);
    const size_t steps = settle(&trainer, &x, &t, &first);
    ck_assert_uint_gt(steps, 9);
    ck_assert_uint_lt(steps, 400);
    ck_assert_double_le(gradient(&trainer), 1e-12 * first);
    unmake(&trainer, &x, &t);
}
END_TEST

START_TEST(whitened_it_vanishes_in_a_few_steps)
{
    cvl_trainer trainer, other;
    cvl_tensor x, t, again, target;
    cvl_error err;
    double first;
    make(&trainer, CVL_F64, 0.1, &x, &t);
    make(&other, CVL_F64, 0.1, &again, &target);
    expect_ok(cvl_trainer_whiten(&trainer, &x, &err), err);
    ck_assert_uint_lt(settle(&trainer, &x, &t, &first), 12);
    settle(&other, &again, &target, &first);
    for (size_t i = 0; i < trainer.net.params[0].value.count; i++)
        ck_assert_double_eq_tol(cvl_tensor_get(&trainer.net.params[0].value, i),
                                cvl_tensor_get(&other.net.params[0].value, i),
                                1e-6);
    unmake(&trainer, &x, &t);
    unmake(&other, &again, &target);
}
END_TEST

/* Where rounding keeps float32 above a millionth, the gradient stops falling,
 * and the patience is 100 steps and one a weight. */
START_TEST(in_float32_it_ends_where_it_falls_no_more)
{
    cvl_trainer trainer;
    cvl_tensor x, t;
    double first;
    make(&trainer, CVL_F32, 100, &x, &t);
    const size_t numbers = trainer.net.params[0].value.count;
    const size_t steps = settle(&trainer, &x, &t, &first);
    ck_assert_double_gt(gradient(&trainer), 1e-6 * first);
    ck_assert_uint_gt(steps, 100 + numbers);
    ck_assert_uint_eq(trainer.optimizer.descent.since, 101 + numbers);
    ck_assert_double_le(trainer.optimizer.descent.least, 1e-2 * first);
    unmake(&trainer, &x, &t);
}
END_TEST

/* No slope at all: nothing to go down. */
START_TEST(at_the_lowest_point_it_has_settled_at_once)
{
    cvl_trainer trainer;
    cvl_tensor x, t;
    double first;
    make(&trainer, CVL_F64, 0, &x, &t);
    cvl_tensor_fill(&x, 0);
    cvl_tensor_fill(&t, 1);
    ck_assert_uint_eq(settle(&trainer, &x, &t, &first), 1);
    ck_assert_double_eq(first, 0);
    ck_assert_double_eq(cvl_tensor_get(&trainer.net.params[0].value, 0), 0);
    unmake(&trainer, &x, &t);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("conjugate");
    TCase *const all = tcase_create("conjugate");
    tcase_add_test(all, in_float64_the_gradient_has_vanished);
    tcase_add_test(all, whitened_it_vanishes_in_a_few_steps);
    tcase_add_test(all, in_float32_it_ends_where_it_falls_no_more);
    tcase_add_test(all, at_the_lowest_point_it_has_settled_at_once);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
