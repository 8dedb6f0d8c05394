/* test_trainer.c - a step takes any loss, and any optimiser that fits. */
#include "convlet/trainer.h"

#include <math.h>

#include "expect.h"

/* The sum of |y - t|: a loss that is no quadratic, as a row of its own. */
static double absolute_errors(const cvl_loss *loss, const cvl_tensor *y,
                              const cvl_tensor *t, const cvl_tensor *mask,
                              double scale, const cvl_exec *exec,
                              cvl_tensor *grad)
{
    double sum = 0;
    (void)loss, (void)exec;
    for (size_t i = 0; i < y->count; i++) {
        const double part = mask ? cvl_tensor_get(mask, i) : 1;
        const double e = cvl_tensor_get(y, i) - cvl_tensor_get(t, i);
        sum += part * fabs(e);
        if (grad) cvl_tensor_set(grad, i, part * scale * ((e > 0) - (e < 0)));
    }
    return sum;
}

static const cvl_loss_kind ABSOLUTE = {.name = "absolute",
                                       .usage = "absolute: |y - t|",
                                       .target = CVL_TARGET_ARRAY,
                                       .value_and_grad = absolute_errors};

/* The first channel of each image, times its label. */
static double label_products(const cvl_loss *loss, const cvl_tensor *y,
                             const cvl_tensor *t, const cvl_tensor *mask,
                             double scale, const cvl_exec *exec,
                             cvl_tensor *grad)
{
    double sum = 0;
    (void)loss, (void)mask, (void)exec;
    if (grad) cvl_tensor_fill(grad, 0);
    for (size_t n = 0; n < y->shape[0]; n++) {
        const size_t at = n * y->count / y->shape[0];
        sum += cvl_tensor_get(y, at) * cvl_tensor_get(t, n);
        if (grad) cvl_tensor_set(grad, at, scale * cvl_tensor_get(t, n));
    }
    return sum;
}

static const cvl_loss_kind LABELS = {.name = "products",
                                     .usage = "products: y times the label",
                                     .target = CVL_TARGET_LABELS,
                                     .value_and_grad = label_products};

static cvl_net_config config_of(const char *spec, size_t batch)
{
    return (cvl_net_config){.spec = spec,
                            .input_shape = {batch, 1, 6, 7},
                            .dtype = CVL_F64,
                            .exec = cvl_exec_default()};
}

/* A trainer that does not move, its params, and numbers for x and t. */
static void make(cvl_trainer *trainer, const cvl_net_config *config,
                 const cvl_loss *loss, cvl_tensor *x, cvl_tensor *t)
{
    static const cvl_optimizer_settings still = {.lr = 0};
    cvl_error err;
    cvl_random random;
    cvl_random_seed(&random, 5);
    expect_ok(cvl_trainer_init(trainer, config, loss, &still, &err), err);
    cvl_net_init_params(&trainer->net, CVL_INIT_NORMAL, &random);
    const size_t labels[4] = {config->input_shape[0], 1, 1, 1};
    const bool by_label = trainer->loss.kind->target == CVL_TARGET_LABELS;
    ck_assert(!cvl_tensor_init(x, CVL_F64, 4, config->input_shape, NULL));
    ck_assert(!cvl_tensor_init(
        t, CVL_F64, 4, by_label ? labels : trainer->net.output.shape, NULL));
    cvl_random_fill_normal(&random, x, 0, 1);
    cvl_random_fill_normal(&random, t, 0, 1);
}

static const struct {
    const char *spec;
    size_t batch;
} nets[] = {{"conv 2 2x3", 3},
            {"conv 64 3x3 padding=1", 64}, /* in chunks */
            {"conv 2 2x3, relu, conv 1 3x3", 2}};
static const cvl_loss_kind *const kinds[] = {NULL, &ABSOLUTE, &LABELS};

/* Each loss of each net: one weight moved by h moves the loss by g h. */
START_TEST(the_gradients_are_those_of_the_loss)
{
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        const cvl_net_config config = config_of(nets[_i].spec, nets[_i].batch);
        const cvl_loss loss = {.kind = kinds[k],
                               .reduction = CVL_REDUCTION_MEAN};
        const double h = 1e-7;
        cvl_trainer trainer;
        cvl_tensor x, t;
        make(&trainer, &config, &loss, &x, &t);
        cvl_tensor *const w = &trainer.net.params[0].value;
        const cvl_step_result before = cvl_trainer_step(&trainer, &x, &t);
        const double slope = cvl_tensor_get(&trainer.net.params[0].grad, 1);
        cvl_tensor_set(w, 1, cvl_tensor_get(w, 1) + h);
        const cvl_step_result behind = cvl_trainer_step(&trainer, &x, &t);
        ck_assert(before.finite && !before.all_close && !before.settled);
        ck_assert(before.mean == before.loss);
        ck_assert_double_eq_tol((behind.loss - before.loss) / h, slope,
                                1e-5 * (1 + fabs(slope)));
        cvl_tensor_free(&x);
        cvl_tensor_free(&t);
        cvl_trainer_free(&trainer);
        cvl_trainer_free(&trainer);
    }
}
END_TEST

START_TEST(steps_of_quadratics_refuse_what_is_none)
{
    const cvl_optimizer_settings cg = {.kind = cvl_optimizer_kind_find("cg")};
    const cvl_loss squares = {0}, absolute = {.kind = &ABSOLUTE};
    const cvl_net_config lone = config_of("conv 2 2x3", 1);
    const cvl_net_config stack = config_of("conv 2 2x3, relu", 1);
    cvl_trainer trainer;
    cvl_error err;
    expect_ok(cvl_trainer_init(&trainer, &lone, &squares, &cg, &err), err);
    ck_assert(cvl_trainer_is_quadratic(&trainer));
    cvl_trainer_free(&trainer);
    expect_fail(cvl_trainer_init(&trainer, &stack, &squares, &cg, &err), err,
                CVL_EINVAL,
                "optimizer cg is for one conv layer, and this net is none; use "
                "sgd or adam");
    cvl_trainer_free(&trainer);
    expect_fail(cvl_trainer_init(&trainer, &lone, &absolute, &cg, &err), err,
                CVL_EINVAL,
                "optimizer cg is for a quadratic loss, and absolute is none; "
                "use sgd or adam");
    cvl_trainer_free(&trainer);
}
END_TEST

START_TEST(nothing_moves_where_the_loss_is_not_finite_or_the_target_is_met)
{
    const cvl_net_config config = config_of("conv 2 2x3, relu", 1);
    const cvl_loss loss = {0};
    cvl_trainer trainer;
    cvl_tensor x, t;
    make(&trainer, &config, &loss, &x, &t);
    trainer.optimizer.settings.lr = 1;
    cvl_net_forward(&trainer.net, &x);
    cvl_tensor_copy(&t, &trainer.net.output);
    const double w = cvl_tensor_get(&trainer.net.params[0].value, 0);
    ck_assert(cvl_trainer_step(&trainer, &x, &t).all_close);
    cvl_tensor_set(&t, 3, NAN);
    ck_assert(!cvl_trainer_step(&trainer, &x, &t).finite);
    ck_assert(cvl_tensor_get(&trainer.net.params[0].value, 0) == w);
    ck_assert_uint_eq(trainer.optimizer.updates, 0);
    cvl_tensor_free(&x);
    cvl_tensor_free(&t);
    cvl_trainer_free(&trainer);
}
END_TEST

/* With momentum, so that what the optimiser keeps is of both. */
START_TEST(a_step_of_fewer_images_is_that_of_a_net_for_these)
{
    const cvl_loss loss = {.kind = kinds[_i], .reduction = CVL_REDUCTION_MEAN};
    const cvl_net_config five = config_of("conv 2 2x3, relu, conv 1 3x3", 5);
    const cvl_net_config three = config_of(five.spec, 3);
    cvl_trainer both, one;
    cvl_tensor x, t, few, few_t;
    cvl_error err;
    make(&both, &five, &loss, &x, &t);
    make(&one, &three, &loss, &few, &few_t);
    both.optimizer.settings.lr = one.optimizer.settings.lr = 0.01;
    expect_ok(cvl_trainer_add_rest(&both, &five, 3, &err), err);
    const cvl_step_result all = cvl_trainer_step(&both, &x, &t);
    ck_assert(all.output == &both.net.output);
    for (size_t i = 0; i < both.net.param_count; i++)
        cvl_tensor_copy(&one.net.params[i].value, &both.net.params[i].value);
    const cvl_step_result rest = cvl_trainer_step(&both, &few, &few_t);
    const cvl_step_result same = cvl_trainer_step(&one, &few, &few_t);
    ck_assert(rest.output == &both.rest.output);
    ck_assert(rest.finite && rest.loss == same.loss && rest.mean == same.mean);
    ck_assert_uint_eq(both.optimizer.updates, 2);
    for (size_t i = 0; i < both.net.param_count; i++)
        ck_assert(cvl_tensor_allclose(&both.net.params[i].value,
                                      &one.net.params[i].value, 0, 0));
    cvl_tensor *const all_tensors[] = {&x, &t, &few, &few_t};
    for (size_t i = 0; i < 4; i++) cvl_tensor_free(all_tensors[i]);
    cvl_trainer_free(&both);
    cvl_trainer_free(&one);
}
END_TEST

/* What a watch was told, in order. */
struct told {
    size_t count;
    struct {
        cvl_part part;
        size_t layer;
    } at[32];
};

static void note(void *context, cvl_part part, size_t layer)
{
    struct told *const told = context;
    ck_assert_uint_lt(told->count, 32);
    told->at[told->count].part = part;
    told->at[told->count++].layer = layer;
}

static void expect_told(const struct told *told, size_t *at, cvl_part part,
                        size_t layer)
{
    ck_assert_uint_lt(*at, told->count);
    ck_assert_int_eq(told->at[*at].part, part);
    ck_assert_uint_eq(told->at[(*at)++].layer, layer);
}

/* Two trainers of one beginning, one of them watched, take two steps. */
static void step_watched(const char *spec, const cvl_loss *loss,
                         struct told *told)
{
    const cvl_net_config config = config_of(spec, 5);
    cvl_trainer watched, alone;
    cvl_tensor x, t, same_x, same_t;
    make(&watched, &config, loss, &x, &t);
    make(&alone, &config, loss, &same_x, &same_t);
    watched.net.watch = (cvl_watch){note, told};
    watched.optimizer.settings.lr = alone.optimizer.settings.lr = 0.01;
    for (size_t i = 0; i < 2; i++) {
        told->count = 0;
        const cvl_step_result a = cvl_trainer_step(&watched, &x, &t);
        const cvl_step_result b = cvl_trainer_step(&alone, &same_x, &same_t);
        ck_assert(a.finite && !a.all_close && a.loss == b.loss);
    }
    for (size_t i = 0; i < watched.net.param_count; i++)
        ck_assert(cvl_tensor_allclose(&watched.net.params[i].value,
                                      &alone.net.params[i].value, 0, 0));
    cvl_tensor *const tensors[] = {&x, &t, &same_x, &same_t};
    for (size_t i = 0; i < 4; i++) cvl_tensor_free(tensors[i]);
    cvl_trainer_free(&watched);
    cvl_trainer_free(&alone);
}

START_TEST(whoever_looks_on_is_told_of_each_part_and_changes_nothing)
{
    const cvl_loss loss = {.kind = kinds[_i], .reduction = CVL_REDUCTION_MEAN};
    struct told told;
    size_t at = 0;
    step_watched(
        "conv 4 3x3 padding=same, batchnorm, leaky, maxpool 2, dense 3", &loss,
        &told);
    expect_told(&told, &at, CVL_PART_REST, 0);
    for (size_t i = 0; i < 5; i++) expect_told(&told, &at, CVL_PART_FORWARD, i);
    expect_told(&told, &at, CVL_PART_LOSS, 0);
    for (size_t i = 5; i-- > 0;) expect_told(&told, &at, CVL_PART_BACKWARD, i);
    expect_told(&told, &at, CVL_PART_REST, 0);
    expect_told(&told, &at, CVL_PART_UPDATE, 0);
    ck_assert_uint_eq(at, told.count);
}
END_TEST

START_TEST(of_a_lone_layer_all_but_the_update_is_one_part)
{
    const cvl_loss loss = {.kind = kinds[_i], .reduction = CVL_REDUCTION_MEAN};
    struct told told;
    size_t at = 0;
    step_watched("conv 4 3x3", &loss, &told);
    expect_told(&told, &at, CVL_PART_REST, 0);
    expect_told(&told, &at, CVL_PART_DESCENT, 0);
    expect_told(&told, &at, CVL_PART_REST, 0);
    expect_told(&told, &at, CVL_PART_UPDATE, 0);
    ck_assert_uint_eq(at, told.count);
}
END_TEST

START_TEST(a_layer_says_what_a_pass_multiplies)
{
    const cvl_net_config config = config_of(
        "conv 4 3x3 tied=yes, batchnorm, maxpool 2, dense 3 bias=no", 5);
    static const double flops[] = {2. * 5 * 4 * 4 * 5 * 3 * 3, 0, 0,
                                   2. * 5 * 3 * 4 * 2 * 2};
    cvl_net net;
    cvl_error err;
    expect_ok(cvl_net_plan(&net, &config, &err), err);
    for (size_t i = 0; i < net.layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(&net, i, &info);
        ck_assert_double_eq(info.flops, flops[i]);
    }
    cvl_net_free(&net);
}
END_TEST

/* The names of rows, and that each is found by its own. */
START_TEST(rows_are_listed_and_found)
{
    size_t count = 0;
    for (; cvl_optimizer_kind_name(count); count++) {
        const char *const name = cvl_optimizer_kind_name(count);
        ck_assert_str_eq(cvl_optimizer_kind_find(name)->name, name);
        ck_assert_ptr_nonnull(cvl_optimizer_kind_usage(count));
    }
    ck_assert_uint_ge(count, 3);
    ck_assert_ptr_null(cvl_optimizer_kind_usage(count));
    ck_assert_ptr_null(cvl_optimizer_kind_find("sgdm"));
    for (count = 0; cvl_loss_kind_name(count); count++) {
        const char *const name = cvl_loss_kind_name(count);
        ck_assert_str_eq(cvl_loss_kind_find(name)->name, name);
        ck_assert_ptr_nonnull(cvl_loss_kind_usage(count));
    }
    ck_assert_uint_ge(count, 1);
    ck_assert_ptr_null(cvl_loss_kind_usage(count));
    ck_assert_ptr_null(cvl_loss_kind_find("squares"));
    ck_assert_str_eq(cvl_schedule_name(CVL_SCHEDULE_COSINE), "cosine");
    ck_assert_ptr_null(cvl_schedule_name(CVL_SCHEDULE_COSINE + 1));
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("trainer");
    TCase *const all = tcase_create("trainer");
    tcase_add_loop_test(all, the_gradients_are_those_of_the_loss, 0,
                        sizeof nets / sizeof nets[0]);
    tcase_add_test(all, steps_of_quadratics_refuse_what_is_none);
    tcase_add_test(
        all, nothing_moves_where_the_loss_is_not_finite_or_the_target_is_met);
    tcase_add_loop_test(all, a_step_of_fewer_images_is_that_of_a_net_for_these,
                        0, sizeof kinds / sizeof kinds[0]);
    tcase_add_loop_test(
        all, whoever_looks_on_is_told_of_each_part_and_changes_nothing, 0,
        sizeof kinds / sizeof kinds[0]);
    tcase_add_loop_test(all, of_a_lone_layer_all_but_the_update_is_one_part, 0,
                        sizeof kinds / sizeof kinds[0]);
    tcase_add_test(all, a_layer_says_what_a_pass_multiplies);
    tcase_add_test(all, rows_are_listed_and_found);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
