/* test_golden_classifier_training.c - classifiers train as PyTorch's do. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/file.h"
#include "convlet/idx.h"
#include "convlet/trainer.h"
#include "expect.h"
#include "golden_cases.h"

/* The digits that come with convlet, 8 x 8 each, and where the held-out ones
 * begin. */
#define DIGITS TEST_DATA "/../assets/digits/"
enum { SIDE = 8, AREA = SIDE * SIDE, ALL = 1797, HELD = 1437, FEW = 4 };

typedef struct digits {
    cvl_bytes image_bytes, label_bytes;
    cvl_numbers images, labels;
} digits;

static cvl_numbers load(const char *path, cvl_bytes *bytes)
{
    cvl_numbers numbers;
    cvl_error err;
    expect_ok(cvl_file_read(path, 1 << 20, bytes, &err), err);
    expect_ok(cvl_idx_parse(bytes->data, bytes->size, &numbers, &err), err);
    return numbers;
}

static void digits_load(digits *all)
{
    all->images = load(DIGITS "images.idx", &all->image_bytes);
    all->labels = load(DIGITS "labels.idx", &all->label_bytes);
}

static void digits_free(digits *all)
{
    cvl_bytes_free(&all->image_bytes);
    cvl_bytes_free(&all->label_bytes);
}

static void put_digit(const digits *all, size_t from, size_t to, cvl_tensor *x,
                      cvl_tensor *labels)
{
    for (size_t i = 0; i < AREA; i++)
        cvl_tensor_set(x, to * AREA + i,
                       cvl_numbers_get(&all->images, from * AREA + i) / 16);
    cvl_tensor_set(labels, to, cvl_numbers_get(&all->labels, from));
}

static cvl_optimizer_settings settings_of(const cJSON *optimizer)
{
    const bool is_adam =
        !strcmp(golden_get(optimizer, "kind")->valuestring, "adam");
    cvl_optimizer_settings settings = {
        .kind =
            cvl_optimizer_kind_find(golden_get(optimizer, "kind")->valuestring),
        .lr = golden_get(optimizer, "lr")->valuedouble,
        .weight_decay = golden_get(optimizer, "weight_decay")->valuedouble};
    if (is_adam) {
        settings.beta1 = golden_get(optimizer, "beta1")->valuedouble;
        settings.beta2 = golden_get(optimizer, "beta2")->valuedouble;
        settings.epsilon = golden_get(optimizer, "epsilon")->valuedouble;
    } else {
        settings.momentum = golden_get(optimizer, "momentum")->valuedouble;
    }
    return settings;
}

/* The params as torch drew them; dense weights are matrices there. */
static void set_params(const golden_case *one, cvl_net *net)
{
    cvl_random unused;
    cvl_random_seed(&unused, 0);
    cvl_net_init_params(net, CVL_INIT_ZEROS, &unused);
    for (size_t i = 0; i < net->param_count; i++) {
        char name[64];
        snprintf(name, sizeof name, "init/%s", net->params[i].name);
        cvl_tensor value = golden_case_load(one, name);
        cvl_tensor_copy(&net->params[i].value, &value);
        cvl_tensor_free(&value);
    }
}

static void expect_values(const golden_case *one, const char *folder,
                          const cvl_param *params, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s/%s", folder, params[i].name);
        golden_case_expect(one, name, &params[i].value,
                           one->dtype == CVL_F64 ? 1e-9 : 1e-4);
    }
}

static size_t largest_of(const cvl_tensor *logits, size_t row)
{
    const size_t classes = logits->shape[1];
    size_t best = 0;
    for (size_t k = 1; k < classes; k++)
        if (cvl_tensor_get(logits, row * classes + k) >
            cvl_tensor_get(logits, row * classes + best))
            best = k;
    return best;
}

/* What the trained net says of the digits that it has not seen. */
static void expect_held(const golden_case *one, cvl_net_config config,
                        const cvl_net *trained, const digits *all)
{
    const size_t count = ALL - HELD;
    const size_t shape[4] = {count, 1, 1, 1};
    cvl_net net;
    cvl_tensor x, labels;
    cvl_error err;
    int correct = 0;
    config.input_shape[0] = count;
    config.forward_only = true;
    expect_ok(cvl_net_build(&net, &config, &err), err);
    cvl_net_share_params(&net, trained);
    ck_assert(!cvl_tensor_init(&x, config.dtype, 4, config.input_shape, NULL));
    ck_assert(!cvl_tensor_init(&labels, config.dtype, 4, shape, NULL));
    for (size_t i = 0; i < count; i++) put_digit(all, HELD + i, i, &x, &labels);
    cvl_net_forward(&net, &x);
    golden_case_expect(one, "held_logits", &net.output,
                       config.dtype == CVL_F64 ? 1e-9 : 1e-4);
    for (size_t i = 0; i < count; i++)
        correct +=
            (double)largest_of(&net.output, i) == cvl_tensor_get(&labels, i);
    const int want = golden_get(one->settings, "held_correct")->valueint;
    ck_assert_int_le(abs(correct - want), config.dtype == CVL_F64 ? 0 : 2);
    cvl_tensor_free(&x);
    cvl_tensor_free(&labels);
    cvl_net_free(&net);
}

static void train(const golden_case *one, cvl_trainer *trainer,
                  const digits *all, size_t steps)
{
    cvl_tensor order = golden_case_load(one, "order");
    cvl_tensor losses = golden_case_load(one, "losses");
    const size_t batch = order.shape[1], label_shape[4] = {batch, 1, 1, 1};
    const double rtol = one->dtype == CVL_F64 ? 1e-10 : 1e-5;
    cvl_tensor x, labels;
    ck_assert(!cvl_tensor_init_like(&x, &trainer->net.input, NULL));
    ck_assert(!cvl_tensor_init(&labels, one->dtype, 4, label_shape, NULL));
    ck_assert_uint_le(steps, order.shape[0]);
    for (size_t step = 0; step < steps; step++) {
        for (size_t i = 0; i < batch; i++)
            put_digit(all, (size_t)cvl_tensor_get(&order, step * batch + i), i,
                      &x, &labels);
        const double want = cvl_tensor_get(&losses, step);
        const double loss = cvl_trainer_step(trainer, &x, &labels).loss;
        ck_assert_msg(fabs(loss - want) <= rtol * want,
                      "%s, %s, step %zu: %.17g, not %.17g", one->folder,
                      cvl_dtype_name(one->dtype), step, loss, want);
    }
    cvl_tensor_free(&x);
    cvl_tensor_free(&labels);
    cvl_tensor_free(&order);
    cvl_tensor_free(&losses);
}

/* The case's net, as it begins. */
static cvl_net_config start(const golden_case *one, size_t threads,
                            cvl_trainer *trainer)
{
    const cvl_loss loss = {.kind = cvl_loss_kind_find("cross-entropy"),
                           .reduction = CVL_REDUCTION_MEAN};
    const cvl_optimizer_settings settings =
        settings_of(golden_get(one->settings, "optimizer"));
    cvl_net_config config = {
        .spec = golden_get(one->settings, "net")->valuestring,
        .input_shape = {(size_t)golden_case_number(one, "batch"), 1, SIDE,
                        SIDE},
        .dtype = one->dtype,
        .exec = cvl_exec_default()};
    cvl_error err;
    if (threads) {
        config.exec.threads = threads;
        config.exec.parallel_flops = 0;
    }
    expect_ok(cvl_trainer_init(trainer, &config, &loss, &settings, &err), err);
    set_params(one, &trainer->net);
    return config;
}

static void check(const golden_case *one)
{
    cvl_trainer trainer;
    digits all;
    digits_load(&all);
    const cvl_net_config config = start(one, 0, &trainer);
    const cvl_net *const net = &trainer.net;
    train(one, &trainer, &all, (size_t)golden_case_number(one, "steps"));
    expect_values(one, "final", net->params, net->param_count);
    expect_values(one, "final_buffers", net->buffers, net->buffer_count);
    expect_held(one, config, net, &all);
    cvl_trainer_free(&trainer);
    digits_free(&all);
}

START_TEST(classifiers_train_as_torch_does_in_both_precisions)
{
    ck_assert_uint_eq(golden_each("training", check), 4);
}
END_TEST

static void expect_same(const cvl_param *got, const cvl_param *want,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_mem_eq(got[i].value.data, want[i].value.data,
                         cvl_tensor_bytes(&want[i].value));
}

static void check_threads(const golden_case *one)
{
    static const size_t threads[] = {2, 3, 7};
    cvl_trainer alone, more;
    digits all;
    digits_load(&all);
    start(one, 1, &alone);
    train(one, &alone, &all, FEW);
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        start(one, threads[i], &more);
        train(one, &more, &all, FEW);
        expect_same(more.net.params, alone.net.params, alone.net.param_count);
        expect_same(more.net.buffers, alone.net.buffers,
                    alone.net.buffer_count);
        cvl_trainer_free(&more);
    }
    cvl_trainer_free(&alone);
    digits_free(&all);
}

START_TEST(any_number_of_threads_trains_to_the_same_bits)
{
    golden_each("training", check_threads);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        classifiers_train_as_torch_does_in_both_precisions,
        any_number_of_threads_trains_to_the_same_bits, NULL};
    return run_tests("golden classifier training", tests);
}
