/* test_learning_rate.c - rates called stable are, and no larger ones. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "begin/learning_rate.h"
#include "expect.h"
#include "train/least_squares.h"

static const cvl_loss mean = {.reduction = CVL_REDUCTION_MEAN};

enum { PROBLEMS = 200, STEPS = 3000 };

/* One random layer with its data; all of it follows from `seed`. */
struct problem {
    char spec[128];
    cvl_trainer trainer;
    cvl_tensor x, t;
};

static size_t draw(cvl_random *random, size_t below)
{
    cvl_tensor one;
    static const size_t shape[] = {1};
    double value;
    one = cvl_tensor_wrap(CVL_F64, 1, shape, &value);
    cvl_random_fill_normal(random, &one, 0, 1);
    return (size_t)(fabs(value) * 1e6) % below;
}

static void make(struct problem *problem, uint32_t seed, cvl_dtype dtype,
                 const cvl_optimizer_settings *settings)
{
    cvl_random random;
    char *const spec = problem->spec;
    cvl_error err;
    cvl_random_seed(&random, seed);
    const size_t shape[4] = {1 + draw(&random, 2), 1 + draw(&random, 3),
                             5 + draw(&random, 5), 5 + draw(&random, 5)};
    snprintf(spec, sizeof problem->spec,
             "conv %zu %zux%zu stride=%zu padding=%zu%s", 1 + draw(&random, 3),
             1 + draw(&random, 4), 1 + draw(&random, 4), 1 + draw(&random, 2),
             draw(&random, 3), draw(&random, 2) ? " bias=no" : "");
    cvl_net_config config = {
        .spec = spec, .dtype = dtype, .exec = cvl_exec_default()};
    memcpy(config.input_shape, shape, sizeof shape);
    expect_ok(
        cvl_trainer_init(&problem->trainer, &config, &mean, settings, &err),
        err);
    problem->trainer.loss.reduction = (cvl_reduction)draw(&random, 3);
    const cvl_tensor *const y = &problem->trainer.net.output;
    expect_ok(cvl_tensor_init(&problem->x, dtype, 4, shape, &err), err);
    expect_ok(cvl_tensor_init(&problem->t, dtype, 4, y->shape, &err), err);
    /* Pictures have a mean, which makes one direction the steepest. */
    cvl_random_fill_normal(&random, &problem->x, (double)draw(&random, 2), 1);
    cvl_random_fill_normal(&random, &problem->t, 0, 1);
    cvl_net_init_params(&problem->trainer.net, CVL_INIT_NORMAL, &random);
}

static void drop(struct problem *problem)
{
    cvl_trainer_free(&problem->trainer);
    cvl_tensor_free(&problem->x);
    cvl_tensor_free(&problem->t);
}

static struct rate_bounds examine(struct problem *problem)
{
    struct rate_bounds found;
    cvl_error err;
    expect_ok(rate_bounds_measure(&problem->trainer, &problem->x, &problem->t,
                                  &found, &err),
              err);
    ck_assert(found.known && found.exact);
    return found;
}

static cvl_step_result take_steps(struct problem *problem, size_t steps)
{
    cvl_step_result result = {.finite = true};
    for (size_t i = 0; i < steps && result.finite; i++)
        result = cvl_trainer_step(&problem->trainer, &problem->x, &problem->t);
    return result;
}

static const cvl_optimizer_settings ways[] = {
    {.momentum = 0},       {.momentum = 0.5},
    {.momentum = 0.97},    {.momentum = 0.9, .nesterov = true},
    {.weight_decay = 0.5},
};
enum { WAYS = sizeof ways / sizeof ways[0] };

START_TEST(auto_converges_on_random_layers)
{
    for (uint32_t seed = 0; seed < PROBLEMS; seed++) {
        struct problem problem;
        cvl_optimizer_settings settings = ways[seed % WAYS];
        make(&problem, seed, CVL_F64, &settings);
        cvl_trainer *const trainer = &problem.trainer;
        const struct rate_bounds found = examine(&problem);
        const double rate =
            learning_rate_auto(&trainer->optimizer.settings, &found);
        ck_assert_double_lt(rate, found.with_momentum);
        trainer->optimizer.settings.lr = rate;
        const double first = take_steps(&problem, 1).loss;
        const double last = take_steps(&problem, STEPS).loss;
        struct least_squares least;
        cvl_error err;
        expect_ok(least_squares_find(trainer, problem.spec, &problem.x,
                                     &problem.t, &least, &err),
                  err);
        /* With decay the lowest loss is not where it ends. */
        if (settings.weight_decay == 0)
            ck_assert_msg(last - least.loss <= 0.01 * (first - least.loss),
                          "seed %u: from %g to %g, not %g", seed, first, last,
                          least.loss);
        ck_assert_msg(last < first, "seed %u: from %g to %g", seed, first,
                      last);
        drop(&problem);
    }
}
END_TEST

static const cvl_optimizer_settings steep[] = {
    {.momentum = 0},
    {.momentum = 0.5},
    {.momentum = 0.5, .nesterov = true},
};

/* Plain descent: 2.1 / lambda_max. */
START_TEST(a_little_beyond_the_bound_diverges_on_random_layers)
{
    for (uint32_t seed = 0; seed < PROBLEMS; seed++) {
        struct problem problem;
        const cvl_optimizer_settings settings = steep[_i];
        make(&problem, seed, CVL_F32, &settings);
        const struct rate_bounds found = examine(&problem);
        const double lr = 1.05 * found.with_momentum;
        if (settings.momentum == 0)
            ck_assert_double_eq_tol(lr, 2.1 / found.largest, 1e-9 * lr);
        problem.trainer.optimizer.settings.lr = lr;
        ck_assert_msg(!take_steps(&problem, STEPS).finite, "seed %u", seed);
        drop(&problem);
    }
}
END_TEST

START_TEST(the_params_are_as_before)
{
    struct problem problem;
    const cvl_optimizer_settings settings = {.lr = 1};
    make(&problem, 3, CVL_F64, &settings);
    const cvl_tensor *const w = &problem.trainer.net.params[0].value;
    cvl_tensor before;
    cvl_error err;
    expect_ok(cvl_tensor_init(&before, w->dtype, 4, w->shape, &err), err);
    cvl_tensor_copy(&before, w);
    examine(&problem);
    ck_assert_mem_eq(before.data, w->data, cvl_tensor_bytes(w));
    cvl_tensor_free(&before);
    drop(&problem);
}
END_TEST

/* y = w x: the loss' second derivative is the slope times the sum of x^2. */
START_TEST(the_curvature_of_one_weight_is_the_sum_of_squares)
{
    static const size_t shape[4] = {1, 1, 1, 3};
    double xs[] = {1, 2, 3}, ts[] = {0, 0, 0}, ones[] = {1, 0, 1};
    const cvl_tensor x = cvl_tensor_wrap(CVL_F64, 4, shape, xs);
    const cvl_tensor t = cvl_tensor_wrap(CVL_F64, 4, shape, ts);
    cvl_net_config config = {.spec = "conv 1 1x1 bias=no",
                             .input_shape = {1, 1, 1, 3},
                             .dtype = CVL_F64,
                             .exec = cvl_exec_default()};
    cvl_trainer trainer;
    cvl_optimizer_settings settings = {.momentum = 0.5};
    struct rate_bounds found;
    cvl_error err;
    expect_ok(cvl_trainer_init(&trainer, &config, &mean, &settings, &err), err);
    expect_ok(rate_bounds_measure(&trainer, &x, &t, &found, &err), err);
    ck_assert_double_eq_tol(found.largest, 2.0 / 3 * 14, 1e-12);
    ck_assert_double_eq_tol(found.bound, 2 / found.largest, 1e-12);
    ck_assert_double_eq_tol(found.with_momentum, 3 / found.largest, 1e-12);
    struct text text = {0};
    rate_bounds_describe(&settings, &found, &text);
    ck_assert_str_eq(text.data, "stable below 2/lambda_max = 0.214, with "
                                "momentum 0.5 below 0.321");
    text_free(&text);
    trainer.mask = cvl_tensor_wrap(CVL_F64, 4, shape, ones);
    trainer.used = 2;
    expect_ok(rate_bounds_measure(&trainer, &x, &t, &found, &err), err);
    ck_assert_double_eq_tol(found.largest, 10, 1e-12);
    cvl_trainer_free(&trainer);
}
END_TEST

/* y = v w x at w = v = 1, x = 1, t = 1: H = 2 [1 1; 1 1] has 4. */
START_TEST(a_stack_gets_a_local_estimate)
{
    static const size_t shape[4] = {1, 1, 1, 1};
    double xs[] = {1}, ts[] = {1};
    const cvl_tensor x = cvl_tensor_wrap(CVL_F64, 4, shape, xs);
    const cvl_tensor t = cvl_tensor_wrap(CVL_F64, 4, shape, ts);
    cvl_net_config config = {.spec = "conv 1 1x1 bias=no, conv 1 1x1 bias=no",
                             .input_shape = {1, 1, 1, 1},
                             .dtype = CVL_F64,
                             .exec = cvl_exec_default()};
    cvl_trainer trainer;
    const cvl_optimizer_settings settings = {.lr = 0};
    struct rate_bounds found;
    cvl_error err;
    expect_ok(cvl_trainer_init(&trainer, &config, &mean, &settings, &err), err);
    for (size_t i = 0; i < 2; i++)
        cvl_tensor_fill(&trainer.net.params[i].value, 1);
    expect_ok(rate_bounds_measure(&trainer, &x, &t, &found, &err), err);
    ck_assert(found.known && !found.exact);
    ck_assert_double_eq_tol(found.largest, 4, 1e-4);
    cvl_trainer_free(&trainer);
}
END_TEST

/* Their own second derivative is 0 nearly everywhere, or huge at 0. */
START_TEST(a_loss_of_lines_gets_a_rate_that_lowers_it)
{
    static const char *const texts[] = {"l1", "huber:0.1", "charbonnier"};
    for (uint32_t seed = 0; seed < 60; seed++) {
        struct problem problem;
        struct rate_bounds found;
        cvl_error err;
        const cvl_optimizer_settings settings = {.momentum = seed % 2 * 0.5};
        make(&problem, seed, CVL_F64, &settings);
        cvl_trainer *const trainer = &problem.trainer;
        const cvl_reduction reduction = trainer->loss.reduction;
        expect_ok(cvl_loss_parse(texts[seed % 3], &trainer->loss, &err), err);
        trainer->loss.reduction = reduction;
        expect_ok(
            rate_bounds_measure(trainer, &problem.x, &problem.t, &found, &err),
            err);
        ck_assert(found.known && !found.exact);
        trainer->optimizer.settings.lr =
            learning_rate_auto(&trainer->optimizer.settings, &found);
        const double first = take_steps(&problem, 1).loss;
        const cvl_step_result last = take_steps(&problem, 300);
        ck_assert(last.finite);
        ck_assert_msg(last.loss < first, "seed %u, %s: from %g to %g", seed,
                      texts[seed % 3], first, last.loss);
        drop(&problem);
    }
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("learning rate");
    TCase *const all = tcase_create("learning rate");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, auto_converges_on_random_layers);
    tcase_add_loop_test(all,
                        a_little_beyond_the_bound_diverges_on_random_layers, 0,
                        sizeof steep / sizeof steep[0]);
    tcase_add_test(all, the_params_are_as_before);
    tcase_add_test(all, the_curvature_of_one_weight_is_the_sum_of_squares);
    tcase_add_test(all, a_stack_gets_a_local_estimate);
    tcase_add_test(all, a_loss_of_lines_gets_a_rate_that_lowers_it);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
