/* test_evaluate.c - what a net, and what no net, gets right. */
#include "classify/evaluate.h"

#include <math.h>
#include <string.h>

#include "classify/baselines.h"
#include "expect.h"

/* The digits, of which the last 300 are held out. */
static void read_digits(struct samples *samples)
{
    const struct samples_request request = {.data = "digits",
                                            .hold_out = "last:300"};
    cvl_error err;
    expect_ok(samples_read(&request, samples, &err), err);
}

static void build(cvl_net *net, const char *spec, size_t batch, cvl_init init)
{
    const cvl_net_config config = {.spec = spec,
                                   .input_shape = {batch, 1, 8, 8},
                                   .dtype = CVL_F64,
                                   .exec = cvl_exec_default()};
    cvl_random random;
    cvl_error err;
    cvl_random_seed(&random, 3);
    expect_ok(cvl_net_build(net, &config, &err), err);
    cvl_net_init_params(net, init, &random);
}

static void run(struct tally *tally, cvl_net *net,
                const struct samples *samples)
{
    const cvl_loss loss = {.kind = cvl_loss_kind_find("cross-entropy")};
    const cvl_exec exec = cvl_exec_default();
    const size_t labels[4] = {net->input.shape[0], 1, 1, 1};
    cvl_tensor x, t;
    cvl_error err;
    expect_ok(cvl_tensor_init(&x, CVL_F64, 4, net->input.shape, &err), err);
    expect_ok(cvl_tensor_init(&t, CVL_F64, 4, labels, &err), err);
    expect_ok(tally_init(tally, 10, labels[0], &err), err);
    tally_run(tally, net, &loss, &exec, samples, &samples->held_out, &x, &t);
    cvl_tensor_free(&x);
    cvl_tensor_free(&t);
}

START_TEST(a_part_is_counted_once_whatever_the_batch)
{
    static const size_t batches[] = {1, 7, 300, 512};
    struct samples samples;
    struct tally first = {.count = 0};
    read_digits(&samples);
    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++) {
        struct tally tally;
        cvl_net net;
        build(&net, "conv 3 3x3, batchnorm, relu, dense 10", batches[i],
              CVL_INIT_KAIMING);
        run(&tally, &net, &samples);
        ck_assert_int_eq(net.mode, CVL_MODE_TRAIN);
        ck_assert_uint_eq(tally.count, 300);
        ck_assert_uint_eq(tally.answers.total, 300);
        ck_assert(tally_accuracy(&tally) < 0.6);
        if (i) {
            ck_assert_double_eq_tol(tally.loss, first.loss, 1e-12);
            ck_assert_uint_eq(tally.answers.right, first.answers.right);
            tally_free(&tally);
        } else {
            first = tally;
        }
        cvl_net_free(&net);
    }
    tally_free(&first);
    tally_free(&first);
    samples_free(&samples);
}
END_TEST

START_TEST(a_net_that_says_nothing_answers_one_class_at_ln_k)
{
    struct samples samples;
    struct tally tally;
    struct text text = {0};
    cvl_net net;
    read_digits(&samples);
    build(&net, "dense 10", 32, CVL_INIT_ZEROS);
    run(&tally, &net, &samples);
    ck_assert_double_eq_tol(tally.loss, log(10), 1e-12);
    ck_assert_uint_eq(tally_only_answer(&tally), 0);
    tally_describe(&tally, "held out", &text);
    ck_assert_ptr_nonnull(strstr(text.data, "held out: "));
    ck_assert_ptr_nonnull(strstr(text.data, " of 300 right ("));
    text_free(&text);
    cvl_net_free(&net);
    tally_free(&tally);
    samples_free(&samples);
}
END_TEST

/* Of three samples, in batches of two: (9 + 0 + 16) / 3. */
START_TEST(inputs_as_they_are_have_a_loss_too)
{
    double inputs[] = {5, 1, 2, 3}, targets[] = {0, 4, 2, 7}, background = 0;
    size_t held_out[] = {1, 2, 3};
    const size_t shape[4] = {2, 1, 1, 1};
    const struct samples samples = {
        .count = 4,
        .input = {SAMPLES_F64, {1, 1, 1}, 1, 1, inputs},
        .target = {SAMPLES_F64, {1, 1, 1}, 1, 1, targets},
        .held_out = {3, held_out},
        .background = &background};
    const cvl_loss loss = {.kind = cvl_loss_kind_find("mse")};
    const cvl_exec exec = cvl_exec_default();
    struct tally tally;
    cvl_tensor x, t;
    cvl_error err;
    expect_ok(cvl_tensor_init(&x, CVL_F64, 4, shape, &err), err);
    expect_ok(cvl_tensor_init(&t, CVL_F64, 4, shape, &err), err);
    expect_ok(tally_init(&tally, 0, 2, &err), err);
    ck_assert_double_eq_tol(tally_untouched(&tally, &loss, &exec, &samples,
                                            &samples.held_out, &x, &t),
                            25 / 3.0, 1e-15);
    tally_free(&tally);
    cvl_tensor_free(&x);
    cvl_tensor_free(&t);
}
END_TEST

/* Labels 0, 1, 1, 1 of pixels 0, 10, 20, 21; held out: 9 and 1. */
START_TEST(baselines_are_the_frequent_class_and_the_nearest_sample)
{
    unsigned char pixels[] = {0, 10, 20, 21, 9, 1};
    uint32_t labels[] = {0, 1, 1, 1, 1, 0};
    size_t training[] = {0, 1, 2, 3}, held_out[] = {4, 5};
    const struct samples samples = {
        .count = 6,
        .input = {SAMPLES_U8, {1, 1, 1}, 1, 255, pixels},
        .labels = labels,
        .classes = 2,
        .training = {4, training},
        .held_out = {2, held_out}};
    struct baselines found;
    struct text text = {0};
    cvl_error err;
    expect_ok(baselines_measure(&samples, &found, &err), err);
    ck_assert(found.always == 1 && found.frequent == 1);
    ck_assert(found.nearest == 2 && found.compared == 2);
    ck_assert_uint_eq(found.references, 4);
    baselines_describe(&found, &samples, &text);
    ck_assert_str_eq(text.data,
                     "always 1, the most frequent class: 50.0 % (1); the "
                     "nearest training sample: 100.0 % (2)");
    text_free(&text);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_part_is_counted_once_whatever_the_batch,
        a_net_that_says_nothing_answers_one_class_at_ln_k,
        inputs_as_they_are_have_a_loss_too,
        baselines_are_the_frequent_class_and_the_nearest_sample, NULL};
    return run_tests("evaluate", tests);
}
