/* test_golden_optimizers.c - Adam and Nesterov step as torch's do. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/adam.h"
#include "convlet/trainer.h"
#include "expect.h"
#include "golden.h"

enum { STEPS = 30 };

static cvl_tensor load(const char *folder, const char *name, const char *file)
{
    char path[GOLDEN_PATH];
    return golden_load(golden_path(path, folder, name, file));
}

static cvl_tensor load_start(const char *file)
{
    return load("mse_training", "sgd_momentum_weight_decay", file);
}

static cvl_optimizer_settings settings_of(const cJSON *run)
{
    const double lr = golden_get(run, "learning_rate")->valuedouble;
    const double decay = golden_get(run, "weight_decay")->valuedouble;
    const char *const name = golden_get(run, "optimizer")->valuestring;
    return (cvl_optimizer_settings){
        .kind = cvl_optimizer_kind_find(name),
        .lr = lr,
        .momentum = golden_get(run, "momentum")->valuedouble,
        .nesterov = cJSON_IsTrue(golden_get(run, "nesterov")),
        .weight_decay = decay,
        .beta1 = golden_get(run, "beta1")->valuedouble,
        .beta2 = golden_get(run, "beta2")->valuedouble,
        .epsilon = golden_get(run, "epsilon")->valuedouble};
}

static void build(const cJSON *run, const cvl_tensor *x, cvl_trainer *trainer)
{
    const cvl_optimizer_settings settings = settings_of(run);
    const cvl_loss loss = {.reduction = CVL_REDUCTION_MEAN};
    cvl_net_config config = {.spec = "conv 4 3x2 stride=2x1 padding=1x1x0x0",
                             .dtype = CVL_F64,
                             .algo = CVL_CONV_AUTO,
                             .exec = cvl_exec_default()};
    cvl_error err;
    memcpy(config.input_shape, x->shape, sizeof config.input_shape);
    expect_ok(cvl_trainer_init(trainer, &config, &loss, &settings, &err), err);
    cvl_tensor w = load_start("weight0_oihw.npy"), b = load_start("bias0.npy");
    cvl_tensor_copy(&trainer->net.params[0].value, &w);
    cvl_tensor_copy(&trainer->net.params[1].value, &b);
    cvl_tensor_free(&w);
    cvl_tensor_free(&b);
}

static void compare(const cJSON *run, const char *file, const cvl_tensor *got)
{
    cvl_tensor want =
        load("adam_training", golden_get(run, "name")->valuestring, file);
    golden_compare(file, got, &want, 1e-10);
    cvl_tensor_free(&want);
}

static void replay(const cJSON *run)
{
    char path[GOLDEN_PATH];
    size_t count;
    double *const losses = golden_losses(
        golden_path(path, "adam_training", golden_get(run, "name")->valuestring,
                    "losses.csv"),
        &count);
    ck_assert_uint_eq(count, STEPS);
    cvl_tensor x = load_start("x.npy"), t = load_start("target.npy");
    cvl_trainer trainer;
    build(run, &x, &trainer);
    for (size_t step = 0; step < count; step++) {
        const cvl_step_result result = cvl_trainer_step(&trainer, &x, &t);
        ck_assert_double_eq_tol(result.loss, losses[step], 1e-10);
        if (step > 0) continue;
        compare(run, "weight_after_1_oihw.npy", &trainer.net.params[0].value);
        compare(run, "bias_after_1.npy", &trainer.net.params[1].value);
    }
    compare(run, "final_weight_oihw.npy", &trainer.net.params[0].value);
    compare(run, "final_bias.npy", &trainer.net.params[1].value);
    cvl_tensor_free(&x);
    cvl_tensor_free(&t);
    cvl_trainer_free(&trainer);
    free(losses);
}

START_TEST(adam_and_nesterov_take_the_steps_of_torch)
{
    cJSON *const index = golden_index("adam_training/runs.json");
    const cJSON *const runs = golden_get(index, "runs");
    ck_assert_int_eq(cJSON_GetArraySize(runs), 3);
    for (const cJSON *run = runs->child; run; run = run->next) replay(run);
    cJSON_Delete(index);
}
END_TEST

static const struct {
    cvl_adam adam;
    const char *message;
} refused[] = {
    {{.lr = -1}, "learning rate is -1, expected a number >= 0"},
    {{.beta1 = 1}, "beta1 is 1, expected 0 <= beta1 < 1"},
    {{.beta2 = -0.5}, "beta2 is -0.5, expected 0 <= beta2 < 1"},
    {{.epsilon = -1}, "epsilon is -1, expected a number >= 0"},
    {{.weight_decay = -2}, "weight decay is -2, expected a number >= 0"},
};

START_TEST(values_that_make_no_sense_are_named)
{
    cvl_error err;
    expect_fail(cvl_adam_check(&refused[_i].adam, &err), err, CVL_EINVAL,
                refused[_i].message);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("optimizers");
    TCase *const all = tcase_create("optimizers");
    tcase_add_test(all, adam_and_nesterov_take_the_steps_of_torch);
    tcase_add_loop_test(all, values_that_make_no_sense_are_named, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
