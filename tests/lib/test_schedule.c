/* test_schedule.c - the learning rate rises and falls as asked. */
#include <math.h>
#include <string.h>

#include "convlet/random.h"
#include "convlet/trainer.h"
#include "expect.h"

enum { STEPS = 8 };

/* What the docs say, in other words. */
static const struct {
    cvl_schedule schedule;
    size_t warmup;
    double part[STEPS];
} cases[] = {
    {CVL_SCHEDULE_CONSTANT, 0, {1, 1, 1, 1, 1, 1, 1, 1}},
    {CVL_SCHEDULE_CONSTANT, 4, {0.25, 0.5, 0.75, 1, 1, 1, 1, 1}},
    {CVL_SCHEDULE_LINEAR, 0, {1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125}},
    {CVL_SCHEDULE_LINEAR,
     2,
     {0.5, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125}},
    /* cos^2(pi u / 16) */
    {CVL_SCHEDULE_COSINE,
     0,
     {1, 0.9619397662556434, 0.8535533905932737, 0.6913417161825449, 0.5,
      0.3086582838174551, 0.1464466094067262, 0.0380602337443566}},
};

static void build(cvl_trainer *trainer, const char *name)
{
    const cvl_optimizer_settings settings = {.kind =
                                                 cvl_optimizer_kind_find(name),
                                             .lr = 0.125,
                                             .momentum = 0.5,
                                             .beta1 = 0.9,
                                             .beta2 = 0.99,
                                             .epsilon = 1e-8};
    const cvl_loss loss = {.reduction = CVL_REDUCTION_MEAN};
    const cvl_net_config config = {.spec = "conv 2 2x2",
                                   .input_shape = {1, 1, 6, 5},
                                   .dtype = CVL_F64,
                                   .exec = cvl_exec_default()};
    cvl_error err;
    expect_ok(cvl_trainer_init(trainer, &config, &loss, &settings, &err), err);
}

/* The same steps as with rates that are set by hand. */
static void replay(int number, const char *name)
{
    cvl_trainer own, hand;
    cvl_random random;
    cvl_tensor x, t;
    build(&own, name);
    build(&hand, name);
    own.optimizer.settings.schedule = cases[number].schedule;
    own.optimizer.settings.warmup = cases[number].warmup;
    own.optimizer.settings.steps = STEPS;
    ck_assert(!cvl_tensor_init(&x, CVL_F64, 4, own.net.input.shape, NULL));
    ck_assert(!cvl_tensor_init(&t, CVL_F64, 4, own.net.output.shape, NULL));
    cvl_random_seed(&random, 4);
    cvl_random_fill_normal(&random, &x, 0, 1);
    cvl_random_fill_normal(&random, &t, 0, 1);
    for (size_t i = 0; i < STEPS; i++) {
        cvl_optimizer_settings *const by_hand = &hand.optimizer.settings;
        by_hand->lr = 0.125 * cases[number].part[i];
        cvl_trainer_step(&own, &x, &t);
        cvl_trainer_step(&hand, &x, &t);
    }
    for (size_t i = 0; i < own.net.params[0].value.count; i++)
        ck_assert_double_eq_tol(cvl_tensor_get(&own.net.params[0].value, i),
                                cvl_tensor_get(&hand.net.params[0].value, i),
                                1e-13);
    cvl_tensor_free(&x);
    cvl_tensor_free(&t);
    cvl_trainer_free(&own);
    cvl_trainer_free(&hand);
}

START_TEST(a_schedule_takes_the_steps_of_rates_set_by_hand)
{
    replay(_i, "sgd");
    replay(_i, "adam");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("schedule");
    TCase *const all = tcase_create("schedule");
    tcase_add_loop_test(all, a_schedule_takes_the_steps_of_rates_set_by_hand, 0,
                        sizeof cases / sizeof cases[0]);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
