/* test_grown.c - three new rows, and the library does everything with them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "convlet/loss.h"
#include "convlet/model.h"
#include "convlet/terms.h"
#include "convlet/tiler.h"
#include "convlet/trainer.h"
#include "expect.h"
#include "scratch.h"

#define SPEC "conv 3 3x3 padding=same, square, conv 2 2x2 padding=1"

enum { BATCH = 2, CHANNELS = 2, HEIGHT = 7, WIDTH = 6 };

static const cvl_net_config config = {
    .spec = SPEC,
    .input_shape = {BATCH, CHANNELS, HEIGHT, WIDTH},
    .dtype = CVL_F64,
    .exec = {.threads = 1, .isa = CVL_ISA_BASE},
};

static cvl_trainer trainer;
static cvl_tensor x, t;

/* A tensor like that one, of random numbers. */
static cvl_tensor drawn(const cvl_tensor *like, cvl_random *random)
{
    cvl_tensor tensor;
    cvl_error err;
    expect_ok(cvl_tensor_init(&tensor, CVL_F64, like->ndim, like->shape, &err),
              err);
    for (size_t i = 0; i < tensor.count; i++)
        cvl_tensor_set(&tensor, i, cvl_random_normal(random));
    return tensor;
}

static void set_up(void)
{
    const cvl_loss loss = {.kind = cvl_loss_kind_find("log-cosh"),
                           .reduction = CVL_REDUCTION_MEAN};
    const cvl_optimizer_settings sign = {
        .kind = cvl_optimizer_kind_find("sign"), .lr = 0.01, .momentum = 0.5};
    cvl_error err;
    cvl_random random;
    enter_directory();
    cvl_random_seed(&random, 7);
    ck_assert(loss.kind && sign.kind);
    expect_ok(cvl_trainer_init(&trainer, &config, &loss, &sign, &err), err);
    cvl_net_init_params(&trainer.net, CVL_INIT_KAIMING, &random);
    x = drawn(&trainer.net.input, &random);
    t = drawn(&trainer.net.output, &random);
}

static void tear_down(void)
{
    cvl_trainer_free(&trainer);
    cvl_tensor_free(&x);
    cvl_tensor_free(&t);
    leave_directory();
}

/* The loss at the params and x as they are, and its gradient by the output. */
static double loss_now(cvl_tensor *grad)
{
    double value;
    cvl_error err;
    cvl_net_forward(&trainer.net, &x);
    expect_ok(cvl_loss_compute(&trainer.loss, &trainer.net.output, &t, NULL,
                               t.count, NULL, grad, &value, &err),
              err);
    return value;
}

/* Every element's slope by central differences. */
static void expect_slopes(cvl_tensor *values, const cvl_tensor *slopes)
{
    static const double h = 1e-5;
    for (size_t i = 0; i < values->count; i++) {
        const double here = cvl_tensor_get(values, i);
        cvl_tensor_set(values, i, here + h);
        const double above = loss_now(NULL);
        cvl_tensor_set(values, i, here - h);
        const double below = loss_now(NULL);
        cvl_tensor_set(values, i, here);
        const double slope = (above - below) / (2 * h);
        ck_assert_double_eq_tol(cvl_tensor_get(slopes, i), slope, 1e-8);
    }
}

START_TEST(their_gradients_are_slopes)
{
    cvl_random random;
    cvl_random_seed(&random, 0);
    cvl_tensor dx = drawn(&x, &random), dy = drawn(&t, &random);
    loss_now(&dy);
    cvl_net_backward(&trainer.net, &x, &dy, &dx);
    for (size_t i = 0; i < trainer.net.param_count; i++) {
        cvl_param *const param = &trainer.net.params[i];
        expect_slopes(&param->value, &param->grad);
    }
    expect_slopes(&x, &dx);
    cvl_tensor_free(&dx);
    cvl_tensor_free(&dy);
}
END_TEST

static void add_product(void *context, const cvl_term *term)
{
    *(double *)context += term->product;
}

/* Every number of an array of the net's middle layer is the sum of its terms.
 */
static void expect_terms(const cvl_terms *terms, cvl_array array,
                         const cvl_tensor *numbers)
{
    const size_t *const shape = numbers->shape;
    for (size_t i = 0; i < numbers->count; i++) {
        cvl_element number = {.array = array};
        size_t rest = i;
        for (size_t axis = 4; axis-- > 0; rest /= shape[axis])
            number.at[axis] = (ptrdiff_t)(rest % shape[axis]);
        double sum = 0;
        cvl_terms_visit(terms, &number, add_product, &sum);
        ck_assert_double_eq_tol(sum, cvl_tensor_get(numbers, i), 1e-12);
    }
}

START_TEST(their_numbers_are_explained)
{
    static const char *const before = "conv 3 3x3 padding=same";
    cvl_net_config first = config, whole = config;
    cvl_net net, front;
    cvl_error err;
    cvl_random random;
    first.spec = before;
    whole.spec = "conv 3 3x3 padding=same, square";
    expect_ok(cvl_net_build(&front, &first, &err), err);
    expect_ok(cvl_net_build(&net, &whole, &err), err);
    cvl_random_seed(&random, 1);
    cvl_net_init_params(&net, CVL_INIT_KAIMING, &random);
    cvl_random_seed(&random, 1);
    cvl_net_init_params(&front, CVL_INIT_KAIMING, &random);
    cvl_tensor dy = drawn(&net.output, &random);
    cvl_tensor sent = drawn(&net.output, &random);
    cvl_net_forward(&front, &x);
    cvl_net_forward(&net, &x);
    cvl_tensor_copy(&sent, &dy);
    cvl_net_backward(&net, &x, &sent, NULL);
    const cvl_terms terms = cvl_net_terms(&net, 1, &x, &dy);
    expect_terms(&terms, CVL_ARRAY_Y, &net.output);
    /* The gradient by its input, by hand. */
    for (size_t i = 0; i < dy.count; i++)
        cvl_tensor_set(&sent, i,
                       2 * cvl_tensor_get(&front.output, i) *
                           cvl_tensor_get(&dy, i));
    expect_terms(&terms, CVL_ARRAY_DX, &sent);
    cvl_tensor_free(&dy);
    cvl_tensor_free(&sent);
    cvl_net_free(&net);
    cvl_net_free(&front);
}
END_TEST

START_TEST(they_train)
{
    const double before = loss_now(NULL);
    for (int i = 0; i < 200; i++)
        ck_assert(cvl_trainer_step(&trainer, &x, &t).finite);
    ck_assert_double_lt(loss_now(NULL), before / 2);
}
END_TEST

/* One image through the net, whole and in pieces. */
START_TEST(tiles_are_the_whole)
{
    enum { TALL = 41, WIDE = 52 };
    cvl_net_config large = config;
    cvl_net net;
    cvl_tiler tiler;
    cvl_error err;
    cvl_random random;
    const size_t shape[4] = {1, CHANNELS, TALL, WIDE};
    memcpy(large.input_shape, shape, sizeof shape);
    large.forward_only = true;
    expect_ok(cvl_net_build(&net, &large, &err), err);
    cvl_random_seed(&random, 3);
    for (size_t i = 0; i < net.param_count; i++)
        cvl_tensor_copy(&net.params[i].value, &trainer.net.params[i].value);
    cvl_tensor picture = drawn(&net.input, &random);
    cvl_tensor tiled = drawn(&net.output, &random);
    cvl_net_forward(&net, &picture);
    expect_ok(cvl_tiler_init(&tiler, &large, &net, CVL_TILER_MIN_TILE, &err),
              err);
    expect_ok(cvl_tiler_prepare(&tiler, TALL, WIDE, &err), err);
    ck_assert_uint_gt(cvl_tiler_tiles(&tiler), 4);
    cvl_tiler_run(&tiler, &picture, &tiled, NULL, NULL);
    ck_assert_mem_eq(tiled.data, net.output.data, cvl_tensor_bytes(&tiled));
    cvl_tiler_free(&tiler);
    cvl_tensor_free(&picture);
    cvl_tensor_free(&tiled);
    cvl_net_free(&net);
}
END_TEST

START_TEST(a_model_with_them_comes_back)
{
    const cvl_model_about about = {.spec = SPEC};
    cvl_model model;
    cvl_error err;
    expect_ok(cvl_model_save("m.safetensors", &about, &trainer.net, &err), err);
    expect_ok(cvl_model_load("m.safetensors", &model, &err), err);
    ck_assert_str_eq(model.spec, SPEC);
    for (size_t i = 0; i < model.net.param_count; i++) {
        const cvl_tensor *const value = &trainer.net.params[i].value;
        ck_assert_mem_eq(model.net.params[i].value.data, value->data,
                         cvl_tensor_bytes(value));
    }
    cvl_model_free(&model);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        their_gradients_are_slopes, their_numbers_are_explained,  they_train,
        tiles_are_the_whole,        a_model_with_them_comes_back, NULL};
    return run_tests_between("grown", tests, set_up, tear_down);
}
