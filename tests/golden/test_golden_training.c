/* test_golden_training.c - trained as PyTorch and the notebook train. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/loss.h"
#include "convlet/npy.h"
#include "convlet/trainer.h"
#include "expect.h"
#include "golden.h"

/* One run of an index, and where its files are. */
typedef struct golden_run_entry {
    const char *folder;
    const cJSON *entry;
    bool notebook; /* strided_training, whose fields are fewer */
} golden_run_entry;

static const char *run_name(const golden_run_entry *run)
{
    return golden_get(run->entry, "name")->valuestring;
}

static cvl_tensor load_file(const golden_run_entry *run, const char *file)
{
    char path[GOLDEN_PATH];
    return golden_load(golden_path(path, run->folder, run_name(run), file));
}

static double number(const golden_run_entry *run, const char *key)
{
    const cJSON *const member = cJSON_GetObjectItem(run->entry, key);
    return member ? member->valuedouble : 0.0;
}

static void compare_file(const golden_run_entry *run, const char *file,
                         const cvl_tensor *got, double tolerance)
{
    cvl_tensor want = load_file(run, file);
    golden_compare(file, got, &want, tolerance);
    cvl_tensor_free(&want);
}

static void build(const golden_run_entry *run, cvl_dtype dtype,
                  const cvl_tensor *x, cvl_trainer *trainer)
{
    size_t kernel[2], stride[2], p[4];
    golden_sizes(run->entry, "kernel", kernel, 2);
    golden_sizes(run->entry, "stride", stride, 2);
    golden_sizes(run->entry, "padding", p, 4);
    char spec[256];
    snprintf(spec, sizeof spec,
             "conv %d %zux%zu stride=%zux%zu padding=%zux%zux%zux%zu",
             golden_get(run->entry, "out_channels")->valueint, kernel[0],
             kernel[1], stride[0], stride[1], p[0], p[1], p[2], p[3]);
    cvl_net_config config = {.spec = spec,
                             .dtype = dtype,
                             .algo = CVL_CONV_AUTO,
                             .exec = cvl_exec_default()};
    memcpy(config.input_shape, x->shape, sizeof config.input_shape);
    const cvl_optimizer_settings optimizer = {
        .lr = number(run, "learning_rate"),
        .momentum = number(run, "momentum"),
        .weight_decay = number(run, "weight_decay")};
    const cvl_loss loss = {.reduction = run->notebook ? CVL_REDUCTION_NOTEBOOK
                                                      : CVL_REDUCTION_MEAN};
    cvl_error err;
    expect_ok(cvl_trainer_init(trainer, &config, &loss, &optimizer, &err), err);
    cvl_tensor w = load_file(run, "weight0_oihw.npy");
    cvl_tensor b = load_file(run, "bias0.npy");
    cvl_tensor_copy(&trainer->net.params[0].value, &w);
    cvl_tensor_copy(&trainer->net.params[1].value, &b);
    cvl_tensor_free(&w);
    cvl_tensor_free(&b);
}

static cvl_tensor make_target(const golden_run_entry *run,
                              const cvl_trainer *trainer)
{
    cvl_tensor t;
    const cvl_tensor *const y = &trainer->net.output;
    ck_assert(!cvl_tensor_init(&t, y->dtype, 4, y->shape, NULL));
    if (run->notebook) {
        cvl_tensor_fill(&t, 1.0);
    } else {
        cvl_tensor file = load_file(run, "target.npy");
        cvl_tensor_copy(&t, &file);
        cvl_tensor_free(&file);
    }
    return t;
}

/* What step 0 computed before its update: the trainer still holds it. */
static void compare_first_step(const golden_run_entry *run,
                               const cvl_trainer *trainer, double tolerance)
{
    const cvl_param *const params = trainer->net.params;
    compare_file(run, "prediction0.npy", &trainer->net.output, tolerance);
    compare_file(run, "grad_weight0_oihw.npy", &params[0].grad, tolerance);
    compare_file(run, "grad_bias0.npy", &params[1].grad, tolerance);
    compare_file(run, "weight_after_1_oihw.npy", &params[0].value, tolerance);
    compare_file(run, "bias_after_1.npy", &params[1].value, tolerance);
}

static void replay(const golden_run_entry *run, cvl_dtype dtype)
{
    const bool f64 = dtype == CVL_F64;
    const double tolerance = f64 ? 1e-10 : 1e-4;
    char path[GOLDEN_PATH];
    size_t count;
    double *const losses = golden_losses(
        golden_path(path, run->folder, run_name(run), "losses.csv"), &count);
    ck_assert_uint_eq(count, (size_t)number(run, "steps"));

    cvl_tensor file = load_file(run, "x.npy"), x;
    ck_assert(!cvl_tensor_init(&x, dtype, 4, file.shape, NULL));
    cvl_tensor_copy(&x, &file);
    cvl_trainer trainer;
    build(run, dtype, &x, &trainer);
    cvl_tensor t = make_target(run, &trainer);
    for (size_t step = 0; step < count; step++) {
        const cvl_step_result result = cvl_trainer_step(&trainer, &x, &t);
        const double allowed =
            f64 ? 1e-9 * losses[step] + 1e-18 : 1e-4 * losses[step];
        ck_assert_msg(fabs(result.loss - losses[step]) <= allowed,
                      "step %zu: loss %.17g, not %.17g", step, result.loss,
                      losses[step]);
        if (step == 0) compare_first_step(run, &trainer, tolerance);
    }
    compare_file(run, "final_weight_oihw.npy", &trainer.net.params[0].value,
                 tolerance);
    compare_file(run, "final_bias.npy", &trainer.net.params[1].value,
                 tolerance);
    cvl_tensor_free(&file);
    cvl_tensor_free(&x);
    cvl_tensor_free(&t);
    cvl_trainer_free(&trainer);
    free(losses);
}

static void replay_all(const char *folder, bool notebook, int expected)
{
    char file[64];
    snprintf(file, sizeof file, "%s/runs.json", folder);
    cJSON *const index = golden_index(file);
    const cJSON *const runs = golden_get(index, "runs");
    ck_assert_int_eq(cJSON_GetArraySize(runs), expected);
    for (const cJSON *entry = runs->child; entry; entry = entry->next)
        for (int dtype = CVL_F32; dtype <= CVL_F64; dtype++) {
            const golden_run_entry run = {folder, entry, notebook};
            replay(&run, (cvl_dtype)dtype);
        }
    cJSON_Delete(index);
}

START_TEST(the_notebooks_runs_are_reproduced)
{
    replay_all("strided_training", true, 3);
}
END_TEST

START_TEST(torch_runs_with_momentum_and_decay_are_reproduced)
{
    replay_all("mse_training", false, 2);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_notebooks_runs_are_reproduced,
        torch_runs_with_momentum_and_decay_are_reproduced, NULL};
    return run_tests("golden training", tests);
}
