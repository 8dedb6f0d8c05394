/* test_classifier_bits.c - a net of every layer trains to the same bits. */
#include <string.h>

#include "convlet/trainer.h"
#include "expect.h"

static const size_t THREADS[] = {1, 2, 3, 7};
enum { THREAD_COUNTS = 4, BATCH = 21, STEPS = 3 };

static const char *const nets[] = {
    "conv 6 5x5 padding=2, relu, maxpool 2, conv 16 5x5, relu, maxpool 2, "
    "dense 120, relu, dense 84, relu, dense 10",
    "conv 5 3x3 bias=no, batchnorm, leaky 0.1, avgpool 3 stride=2 padding=1, "
    "conv 8 2x3, tanh, maxpool 3 stride=1 padding=1, conv 12 3x3, shuffle 2, "
    "sigmoid, avgpool all, dense 10 bias=no",
};
enum { NETS = sizeof nets / sizeof *nets };

/* What is trained with: threads, however little there is to do. */
static void build(cvl_trainer *trainer, const char *spec, cvl_dtype dtype,
                  const char *loss_text, const char *optimizer, size_t threads)
{
    const cvl_net_config config = {
        .spec = spec,
        .input_shape = {BATCH, 1, 28, 28},
        .dtype = dtype,
        .exec = {.threads = threads, .isa = cvl_isa_detect()}};
    const cvl_optimizer_settings settings = {
        .kind = cvl_optimizer_kind_find(optimizer),
        .lr = 0.01,
        .momentum = 0.9,
        .beta1 = 0.9,
        .beta2 = 0.999,
        .epsilon = 1e-8};
    cvl_loss loss = {0};
    cvl_random random;
    cvl_error err;
    expect_ok(cvl_loss_parse(loss_text, &loss, &err), err);
    expect_ok(cvl_trainer_init(trainer, &config, &loss, &settings, &err), err);
    cvl_random_seed(&random, 1);
    cvl_net_init_params(&trainer->net, CVL_INIT_KAIMING, &random);
}

static void train(cvl_trainer *trainer, double losses[STEPS])
{
    const bool labels = trainer->loss.kind->target == CVL_TARGET_LABELS;
    const size_t shape[4] = {BATCH, labels ? 1 : 10, 1, 1};
    const cvl_dtype dtype = trainer->net.input.dtype;
    cvl_tensor x, t;
    cvl_random random;
    cvl_error err;
    expect_ok(cvl_tensor_init_like(&x, &trainer->net.input, &err), err);
    expect_ok(cvl_tensor_init(&t, dtype, 4, shape, &err), err);
    cvl_random_seed(&random, 2);
    cvl_random_fill_normal(&random, &x, 0, 1);
    for (size_t i = 0; i < t.count; i++)
        cvl_tensor_set(&t, i, cvl_random_below(&random, 10));
    for (size_t i = 0; i < STEPS; i++)
        losses[i] = cvl_trainer_step(trainer, &x, &t).loss;
    cvl_tensor_free(&x);
    cvl_tensor_free(&t);
}

static void expect_same(const cvl_param *a, const cvl_param *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(!memcmp(a[i].value.data, b[i].value.data,
                              cvl_tensor_bytes(&a[i].value)),
                      "%s differs", a[i].name);
}

static void compare(const char *spec, cvl_dtype dtype, const char *loss,
                    const char *optimizer, size_t threads)
{
    cvl_trainer one, many;
    double losses[2][STEPS];
    build(&one, spec, dtype, loss, optimizer, 1);
    build(&many, spec, dtype, loss, optimizer, threads);
    train(&one, losses[0]);
    train(&many, losses[1]);
    for (size_t i = 0; i < STEPS; i++)
        ck_assert_msg(losses[0][i] == losses[1][i],
                      "%s, %s: %.17g is %.17g on %zu threads", loss, optimizer,
                      losses[0][i], losses[1][i], threads);
    expect_same(one.net.params, many.net.params, one.net.param_count);
    expect_same(one.net.buffers, many.net.buffers, one.net.buffer_count);
    cvl_trainer_free(&one);
    cvl_trainer_free(&many);
}

START_TEST(a_classifier_trains_to_the_same_bits_on_any_number_of_threads)
{
    const size_t threads = THREADS[_i % THREAD_COUNTS];
    const char *const spec = nets[_i / THREAD_COUNTS];
    compare(spec, CVL_F32, "cross-entropy", "sgd", threads);
    compare(spec, CVL_F64, "cross-entropy", "adam", threads);
    compare(spec, CVL_F32, "huber:0.5", "adam", threads);
    compare(spec, CVL_F64, "l1", "sgd", threads);
    compare(spec, CVL_F32, "charbonnier:0.01", "sgd", threads);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("classifier bits");
    TCase *const all = tcase_create("bits");
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(
        all, a_classifier_trains_to_the_same_bits_on_any_number_of_threads, 0,
        NETS * THREAD_COUNTS);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
