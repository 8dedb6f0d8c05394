/* test_gradcheck.c - a net's gradients: right ones, wrong ones, and where. */
#include "convlet/gradcheck.h"

#include <math.h>
#include <string.h>

#include "convlet/layer.h"
#include "expect.h"

static const char SPEC[] = "conv 4 3x3, relu, conv 3 3x3 padding=1, relu, "
                           "conv 2 1x1";

/* A net, its input, and a target for it. */
static struct {
    cvl_net_config config;
    cvl_net net;
    cvl_tensor x, t;
    cvl_loss loss;
} s;

static void enter(const char *spec, cvl_dtype dtype)
{
    cvl_error err;
    cvl_random random;
    s.config = (cvl_net_config){.spec = spec,
                                .input_shape = {2, 2, 7, 6},
                                .dtype = dtype,
                                .exec = cvl_exec_default()};
    s.loss = (cvl_loss){.reduction = CVL_REDUCTION_MEAN};
    cvl_random_seed(&random, 1);
    expect_ok(cvl_net_build(&s.net, &s.config, &err), err);
    expect_ok(cvl_tensor_init_like(&s.x, &s.net.input, &err), err);
    expect_ok(cvl_tensor_init_like(&s.t, &s.net.output, &err), err);
    cvl_random_fill_normal(&random, &s.x, 0, 1);
    cvl_random_fill_normal(&random, &s.t, 0, 1);
    cvl_net_init_params(&s.net, CVL_INIT_KAIMING, &random);
}

static void leave(void)
{
    cvl_net_free(&s.net);
    cvl_tensor_free(&s.x);
    cvl_tensor_free(&s.t);
}

static cvl_net_gradcheck check(void)
{
    cvl_net_gradcheck result;
    cvl_error err;
    const cvl_gradcheck_task task = {.net = &s.net,
                                     .config = &s.config,
                                     .loss = &s.loss,
                                     .x = &s.x,
                                     .t = &s.t};
    expect_ok(cvl_gradcheck_net(&task, &result, &err), err);
    return result;
}

static const cvl_dtype dtypes[] = {CVL_F64, CVL_F32};

START_TEST(a_net_that_is_right_is_found_right)
{
    enter(SPEC, dtypes[_i]);
    const cvl_net_gradcheck got = check();
    ck_assert(got.good);
    ck_assert_uint_eq(got.row_count, 7);
    ck_assert_str_eq(got.rows[1].name, "0.bias");
    ck_assert_str_eq(got.rows[6].name, "input");
    ck_assert_uint_eq(got.rows[6].checked, s.x.count);
    for (size_t i = 0; i < got.row_count; i++) {
        ck_assert_double_gt(got.rows[i].largest, got.vanishing);
        ck_assert_uint_le(got.rows[i].skipped, got.rows[i].checked / 50);
    }
    leave();
}
END_TEST

/* Kinds with a fault, made of the right ones. */
static cvl_layer_kind wrong;
static const cvl_layer_kind *right;

static void put_wrong(size_t layer)
{
    right = s.net.layers[layer].kind;
    wrong = *right;
    s.net.layers[layer].kind = &wrong;
}

static void pass_all_back(cvl_layer *layer, const cvl_tensor *x,
                          const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    (void)layer;
    (void)x;
    (void)work;
    if (dx) cvl_tensor_copy(dx, dy);
}

static void change_one_weight(cvl_layer *layer, const cvl_tensor *x,
                              const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    right->backward(layer, x, dy, dx, work);
    cvl_tensor *const grad = &layer->params[0].grad;
    cvl_tensor_set(grad, 5, cvl_tensor_get(grad, 5) * 1.01);
}

static void hand_down_too_much(cvl_layer *layer, const cvl_tensor *x,
                               const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    right->backward(layer, x, dy, dx, work);
    for (size_t i = 0; dx && i < dx->count; i++)
        cvl_tensor_set(dx, i, cvl_tensor_get(dx, i) * 1.01);
}

/* A fault of a layer, and where it is seen. */
static const struct {
    size_t layer;
    void (*backward)(cvl_layer *, const cvl_tensor *, const cvl_tensor *,
                     cvl_tensor *, void *);
    const char *wrong;
    bool params, input; /* is what lies below wrong, and the input? */
} faults[] = {
    {3, pass_all_back, "its input", true, true},
    {1, pass_all_back, "its input", true, true},
    {2, change_one_weight, "2.weight", false, false},
    {0, change_one_weight, "0.weight", true, false},
    {2, hand_down_too_much, "its input", true, true},
    {0, hand_down_too_much, "its input", false, true},
};

START_TEST(a_wrong_gradient_is_found_and_its_layer_named)
{
    enter(SPEC, dtypes[_i % 2]);
    const size_t layer = faults[_i / 2].layer;
    put_wrong(layer);
    wrong.backward = faults[_i / 2].backward;
    const cvl_net_gradcheck got = check();
    ck_assert(!got.good);
    ck_assert_uint_eq(got.wrong_layer, layer);
    ck_assert_str_eq(got.wrong, faults[_i / 2].wrong);
    ck_assert_int_eq(got.rows[0].error > got.tolerance, faults[_i / 2].params);
    ck_assert_int_eq(got.rows[6].error > got.tolerance, faults[_i / 2].input);
    ck_assert(got.rows[4].error <= got.tolerance); /* what lies above */
    leave();
}
END_TEST

/* |y| with a gradient that is `slope` where it bends, and off by a share. */
static double excess;

static double value_and_grad(const cvl_loss *loss, const cvl_tensor *y,
                             const cvl_tensor *t, const cvl_tensor *mask,
                             double scale, const cvl_exec *exec,
                             cvl_tensor *grad)
{
    double sum = 0;
    (void)loss;
    (void)mask;
    (void)exec;
    for (size_t i = 0; i < y->count; i++) {
        const double e = cvl_tensor_get(y, i) - cvl_tensor_get(t, i);
        sum += fabs(e);
        if (grad)
            cvl_tensor_set(grad, i, scale * (1 + excess) * (e > 0 ? 1 : -1));
    }
    return sum;
}

static const cvl_loss_kind bent_loss = {.name = "bent",
                                        .value_and_grad = value_and_grad};

START_TEST(a_step_that_crosses_a_bend_is_skipped_wherever_the_bend_lies)
{
    /* y = x, so each element of x has a bend of its own, at a share of the
     * largest step; where that is too near, the smallest steps cross it too. */
    static const double shares[] = {0,   1e-5,    1e-4, 1e-3, 0.1, 2.0 / 7,
                                    0.3, 1.0 / 3, 0.4,  0.5,  0.7, 1};
    enum { SHARES = sizeof shares / sizeof *shares };
    enter("relu", CVL_F64);
    s.loss.kind = &bent_loss;
    excess = 0;
    cvl_tensor_fill(&s.x, 2);
    for (size_t i = 0; i < s.x.count; i++)
        cvl_tensor_set(&s.t, i,
                       2 + ldexp(shares[i % SHARES], -12) *
                               (i / SHARES % 2 ? 1 : -1));
    const cvl_net_gradcheck got = check();
    ck_assert(got.good);
    ck_assert_uint_eq(got.rows[0].skipped, s.x.count * 4 / SHARES);
    leave();
}
END_TEST

START_TEST(a_bend_makes_up_for_no_wrong_gradient)
{
    enter("relu", CVL_F64);
    s.loss.kind = &bent_loss;
    excess = 0.001;
    cvl_tensor_fill(&s.x, 2);
    for (size_t i = 0; i < s.x.count; i++)
        cvl_tensor_set(&s.t, i, 2 + ldexp(i % 2 ? 0.3 : 2.0, -13));
    const cvl_net_gradcheck got = check();
    ck_assert(!got.good);
    ck_assert_uint_eq(got.rows[0].skipped, 0);
    leave();
}
END_TEST

START_TEST(an_input_of_another_shape_is_refused)
{
    cvl_net_gradcheck result;
    cvl_error err;
    enter(SPEC, CVL_F64);
    const cvl_gradcheck_task task = {.net = &s.net,
                                     .config = &s.config,
                                     .loss = &s.loss,
                                     .x = &s.t,
                                     .t = &s.t};
    expect_fail(cvl_gradcheck_net(&task, &result, &err), err, CVL_ESHAPE,
                "input is f64[2x2x5x4], expected f64[2x2x7x6]");
    const cvl_gradcheck_task other = {.net = &s.net,
                                      .config = &s.config,
                                      .loss = &s.loss,
                                      .x = &s.x,
                                      .t = &s.x};
    expect_fail(cvl_gradcheck_net(&other, &result, &err), err, CVL_ESHAPE,
                "mse target is f64[2x2x7x6], expected f64[2x2x5x4]");
    leave();
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("gradcheck");
    TCase *const all = tcase_create("gradcheck");
    tcase_add_loop_test(all, a_net_that_is_right_is_found_right, 0, 2);
    tcase_add_loop_test(all, a_wrong_gradient_is_found_and_its_layer_named, 0,
                        2 * (int)(sizeof faults / sizeof *faults));
    tcase_add_test(
        all, a_step_that_crosses_a_bend_is_skipped_wherever_the_bend_lies);
    tcase_add_test(all, a_bend_makes_up_for_no_wrong_gradient);
    tcase_add_test(all, an_input_of_another_shape_is_refused);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
