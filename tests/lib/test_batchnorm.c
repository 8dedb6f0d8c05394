/* test_batchnorm.c - a layer with buffers: two modes, slopes, files, steps. */
#include <math.h>
#include <string.h>

#include "convlet/model.h"
#include "convlet/terms.h"
#include "convlet/trainer.h"
#include "convlet/window.h"
#include "expect.h"
#include "scratch.h"

static cvl_net_config config_of(const char *spec, size_t batch, size_t side,
                                cvl_dtype dtype)
{
    return (cvl_net_config){.spec = spec,
                            .input_shape = {batch, 3, side, side},
                            .dtype = dtype,
                            .exec = {.threads = 1, .isa = CVL_ISA_BASE}};
}

static cvl_tensor drawn(const cvl_tensor *like, cvl_random *random)
{
    cvl_tensor tensor;
    cvl_error err;
    expect_ok(cvl_tensor_init_like(&tensor, like, &err), err);
    cvl_random_fill_normal(random, &tensor, 0.5, 2);
    return tensor;
}

/* A net with drawn params, and what it is run on. */
typedef struct run {
    cvl_net net;
    cvl_tensor x, dy, dx;
} run;

static void run_init(run *r, const cvl_net_config *config)
{
    cvl_error err;
    cvl_random random;
    cvl_tensor x;
    expect_ok(cvl_net_build(&r->net, config, &err), err);
    cvl_random_seed(&random, 5);
    cvl_net_init_params(&r->net, CVL_INIT_KAIMING, &random);
    for (size_t i = 0; i < r->net.param_count; i++)
        cvl_random_fill_normal(&random, &r->net.params[i].value, 0.3, 0.8);
    expect_ok(cvl_tensor_init(&x, config->dtype, 4, config->input_shape, &err),
              err);
    cvl_random_fill_normal(&random, &x, 0.5, 2);
    r->x = x;
    r->dy = drawn(&r->net.output, &random);
    r->dx = drawn(&r->x, &random);
}

static void run_free(run *r)
{
    cvl_tensor_free(&r->x);
    cvl_tensor_free(&r->dy);
    cvl_tensor_free(&r->dx);
    cvl_net_free(&r->net);
}

/* sum(y dy), without a trace in the buffers. */
static double value_of(run *r)
{
    double sum = 0;
    cvl_net_keep_buffers(&r->net);
    cvl_net_forward(&r->net, &r->x);
    cvl_net_restore_buffers(&r->net);
    for (size_t i = 0; i < r->dy.count; i++)
        sum += cvl_tensor_get(&r->net.output, i) * cvl_tensor_get(&r->dy, i);
    return sum;
}

/* Every element's slope by central differences. */
static void expect_slopes(run *r, cvl_tensor *values, const cvl_tensor *slopes)
{
    static const double h = 1e-5;
    for (size_t i = 0; i < values->count; i++) {
        const double here = cvl_tensor_get(values, i);
        cvl_tensor_set(values, i, here + h);
        const double above = value_of(r);
        cvl_tensor_set(values, i, here - h);
        const double below = value_of(r);
        cvl_tensor_set(values, i, here);
        ck_assert_double_eq_tol(cvl_tensor_get(slopes, i),
                                (above - below) / (2 * h), 1e-7);
    }
}

static const cvl_mode modes[] = {CVL_MODE_TRAIN, CVL_MODE_EVAL};

START_TEST(its_gradients_are_slopes_in_both_modes)
{
    const cvl_net_config config = config_of(
        "conv 2 2x2, batchnorm eps=0.1, tanh, conv 3 2x2, batchnorm, sigmoid",
        2, 4, CVL_F64);
    run r;
    run_init(&r, &config);
    cvl_net_set_mode(&r.net, modes[_i]);
    cvl_tensor_fill(&r.net.buffers[1].value, 3);
    cvl_tensor sent = r.dy;
    value_of(&r);
    cvl_net_backward(&r.net, &r.x, &sent, &r.dx);
    for (size_t i = 0; i < r.net.param_count; i++)
        expect_slopes(&r, &r.net.params[i].value, &r.net.params[i].grad);
    expect_slopes(&r, &r.x, &r.dx);
    run_free(&r);
}
END_TEST

/* Forward and backward, twice, so that the buffers matter. */
static void run_steps(run *r)
{
    for (int i = 0; i < 2; i++) {
        cvl_net_forward(&r->net, &r->x);
        cvl_net_backward(&r->net, &r->x, &r->dy, &r->dx);
    }
}

static void expect_same(const cvl_tensor *got, const cvl_tensor *want)
{
    ck_assert_mem_eq(got->data, want->data, cvl_tensor_bytes(want));
}

START_TEST(any_number_of_threads_gives_the_same_bits)
{
    static const char spec[] = "batchnorm, conv 5 2x2, leaky, batchnorm, tanh, "
                               "sigmoid, batchnorm momentum=0.5";
    for (int dtype = CVL_F32; dtype <= CVL_F64; dtype++) {
        cvl_net_config config = config_of(spec, 7, 23, (cvl_dtype)dtype);
        run one;
        run_init(&one, &config);
        run_steps(&one);
        for (size_t threads = 2; threads <= 7; threads += threads - 1) {
            run more;
            config.exec.threads = threads;
            config.exec.parallel_flops = 0;
            run_init(&more, &config);
            run_steps(&more);
            expect_same(&more.net.output, &one.net.output);
            expect_same(&more.dx, &one.dx);
            for (size_t i = 0; i < one.net.param_count; i++)
                expect_same(&more.net.params[i].grad, &one.net.params[i].grad);
            for (size_t i = 0; i < one.net.buffer_count; i++)
                expect_same(&more.net.buffers[i].value,
                            &one.net.buffers[i].value);
            run_free(&more);
        }
        run_free(&one);
    }
}
END_TEST

START_TEST(eval_changes_no_buffer_and_train_all_of_them)
{
    const cvl_net_config config = config_of("batchnorm", 2, 3, CVL_F64);
    run r;
    run_init(&r, &config);
    cvl_net_set_mode(&r.net, CVL_MODE_EVAL);
    cvl_net_forward(&r.net, &r.x);
    for (size_t c = 0; c < 3; c++) {
        ck_assert(cvl_tensor_get(&r.net.buffers[0].value, c) == 0);
        ck_assert(cvl_tensor_get(&r.net.buffers[1].value, c) == 1);
    }
    cvl_net_set_mode(&r.net, CVL_MODE_TRAIN);
    cvl_net_forward(&r.net, &r.x);
    for (size_t c = 0; c < 3; c++) {
        ck_assert(cvl_tensor_get(&r.net.buffers[0].value, c) != 0);
        ck_assert(cvl_tensor_get(&r.net.buffers[1].value, c) != 1);
    }
    run_free(&r);
}
END_TEST

/* What a channel of one number says of its variance is nothing; but to
 * evaluate, it is a number like any other. */
START_TEST(one_number_of_a_channel_is_refused_before_training_alone)
{
    const cvl_net_config config =
        config_of("conv 2 3x3, batchnorm", 1, 3, CVL_F64);
    static const char refusal[] =
        "layer 1 (batchnorm): it is to learn from one number of each channel, "
        "which has no variance; take more images at a time, or put it where "
        "there are more places than one";
    const cvl_loss loss = {.reduction = CVL_REDUCTION_MEAN};
    const cvl_optimizer_settings sgd = {.lr = 0.1};
    cvl_trainer trainer;
    cvl_error err;
    run r;
    expect_fail(cvl_trainer_init(&trainer, &config, &loss, &sgd, &err), err,
                CVL_EINVAL, refusal);
    cvl_trainer_free(&trainer);
    run_init(&r, &config);
    expect_fail(cvl_net_check_train(&r.net, &err), err, CVL_EINVAL, refusal);
    cvl_net_set_mode(&r.net, CVL_MODE_EVAL);
    cvl_net_forward(&r.net, &r.x);
    ck_assert(isfinite(cvl_tensor_get(&r.net.output, 0)));
    run_free(&r);
}
END_TEST

START_TEST(a_step_that_changes_nothing_keeps_the_buffers)
{
    const cvl_net_config config =
        config_of("batchnorm, conv 2 2x2, batchnorm", 2, 3, CVL_F64);
    const cvl_loss loss = {.reduction = CVL_REDUCTION_MEAN};
    const cvl_optimizer_settings sgd = {.lr = 0.1};
    cvl_trainer trainer;
    cvl_error err;
    cvl_random random;
    expect_ok(cvl_trainer_init(&trainer, &config, &loss, &sgd, &err), err);
    cvl_random_seed(&random, 1);
    cvl_net_init_params(&trainer.net, CVL_INIT_KAIMING, &random);
    cvl_tensor x = {0}, t = drawn(&trainer.net.output, &random);
    ck_assert(!cvl_tensor_init(&x, CVL_F64, 4, config.input_shape, NULL));
    cvl_random_fill_normal(&random, &x, 0, 1);
    ck_assert(cvl_trainer_step(&trainer, &x, &t).finite);
    const double mean = cvl_tensor_get(&trainer.net.buffers[0].value, 1);
    ck_assert(mean != 0);
    cvl_tensor_set(&x, 20, NAN);
    ck_assert(!cvl_trainer_step(&trainer, &x, &t).finite);
    ck_assert(cvl_tensor_get(&trainer.net.buffers[0].value, 1) == mean);
    double largest;
    cvl_tensor_set(&x, 20, 1);
    const cvl_objective objective = cvl_trainer_objective(&trainer, &x, &t);
    expect_ok(cvl_curvature_largest(&objective, &largest, &err), err);
    ck_assert(cvl_tensor_get(&trainer.net.buffers[0].value, 1) == mean);
    cvl_tensor_free(&x);
    cvl_tensor_free(&t);
    cvl_trainer_free(&trainer);
}
END_TEST

START_TEST(a_channel_that_is_not_a_number_spoils_no_other)
{
    const cvl_net_config config = config_of("batchnorm", 2, 3, CVL_F32);
    run r;
    run_init(&r, &config);
    cvl_tensor_set(&r.x, 9, NAN); /* of channel 1 */
    cvl_net_forward(&r.net, &r.x);
    for (size_t i = 0; i < r.x.count; i++)
        ck_assert(isnan(cvl_tensor_get(&r.net.output, i)) == (i / 9 % 3 == 1));
    ck_assert(isnan(cvl_tensor_get(&r.net.buffers[0].value, 1)));
    ck_assert(isfinite(cvl_tensor_get(&r.net.buffers[0].value, 2)));
    run_free(&r);
}
END_TEST

START_TEST(a_model_file_keeps_the_buffers)
{
    static const char spec[] = "conv 2 2x2, batchnorm";
    const cvl_model_about about = {.spec = spec};
    const cvl_net_config config = config_of(spec, 2, 4, CVL_F32);
    cvl_model model;
    cvl_error err;
    run r;
    enter_directory();
    run_init(&r, &config);
    cvl_net_forward(&r.net, &r.x);
    expect_ok(cvl_model_save("m.safetensors", &about, &r.net, &err), err);
    expect_ok(cvl_model_load("m.safetensors", &model, &err), err);
    ck_assert_uint_eq(model.net.buffer_count, 2);
    ck_assert_str_eq(model.net.buffers[0].name, "1.running_mean");
    ck_assert_str_eq(model.net.buffers[1].name, "1.running_var");
    ck_assert_int_eq(model.net.mode, CVL_MODE_EVAL);
    for (size_t i = 0; i < 2; i++)
        expect_same(&model.net.buffers[i].value, &r.net.buffers[i].value);
    cvl_model_free(&model);
    run_free(&r);
    leave_directory();
}
END_TEST

/* A file of params alone, as others write, leaves the buffers alone. */
START_TEST(params_come_without_buffers_too)
{
    const cvl_net_config config =
        config_of("conv 2 2x2, batchnorm", 2, 4, CVL_F32);
    cvl_named_tensor all[CVL_MAX_PARAMS + CVL_MAX_BUFFERS];
    cvl_error err;
    bool by_order;
    run from, to;
    run_init(&from, &config);
    run_init(&to, &config);
    cvl_tensor_fill(&to.net.params[2].value, 0);
    cvl_tensor_fill(&to.net.buffers[1].value, 7);
    ck_assert_uint_eq(cvl_model_list(&from.net, all), 6);
    const cvl_safetensors file = {.tensor_count = 4, .tensors = all};
    expect_ok(cvl_model_copy_params(&file, &to.net, &by_order, &err), err);
    ck_assert(!by_order);
    expect_same(&to.net.params[2].value, &from.net.params[2].value);
    ck_assert(cvl_tensor_get(&to.net.buffers[1].value, 1) == 7);
    run_free(&from);
    run_free(&to);
}
END_TEST

static void add_product(void *context, const cvl_term *term)
{
    *(double *)context += term->product;
}

static void expect_terms(const cvl_terms *terms, cvl_array array, size_t param,
                         const cvl_tensor *values)
{
    for (size_t i = 0; i < values->count; i++) {
        cvl_element number = {.array = array, .param = param};
        double sum = 0;
        size_t rest = i;
        for (size_t axis = 4; axis-- > 0; rest /= values->shape[axis])
            number.at[axis] = (ptrdiff_t)(rest % values->shape[axis]);
        cvl_terms_visit(terms, &number, add_product, &sum);
        ck_assert_double_eq_tol(sum, cvl_tensor_get(values, i), 1e-11);
    }
}

START_TEST(its_terms_add_up_to_its_numbers_in_both_modes)
{
    const cvl_net_config config = config_of("batchnorm", 2, 3, CVL_F64);
    run r;
    run_init(&r, &config);
    cvl_net_forward(&r.net, &r.x); /* the buffers are no more 0 and 1 */
    cvl_net_set_mode(&r.net, modes[_i]);
    cvl_net_forward(&r.net, &r.x);
    cvl_net_backward(&r.net, &r.x, &r.dy, &r.dx);
    const cvl_terms terms = cvl_net_terms(&r.net, 0, &r.x, &r.dy);
    expect_terms(&terms, CVL_ARRAY_Y, 0, &r.net.output);
    expect_terms(&terms, CVL_ARRAY_DX, 0, &r.dx);
    for (size_t i = 0; i < 2; i++)
        expect_terms(&terms, CVL_ARRAY_GRAD, i, &r.net.params[i].grad);
    run_free(&r);
}
END_TEST

START_TEST(it_sees_a_point_to_evaluate_and_everything_to_train)
{
    const cvl_net_config config = config_of("batchnorm", 2, 9, CVL_F64);
    cvl_net net;
    cvl_error err;
    expect_ok(cvl_net_plan(&net, &config, &err), err);
    ck_assert_uint_ge(cvl_net_receptive(&net, 1, 0).field, 9);
    cvl_net_set_mode(&net, CVL_MODE_EVAL);
    ck_assert_uint_eq(cvl_net_receptive(&net, 1, 0).field, 1);
    cvl_net_free(&net);
}
END_TEST

START_TEST(its_text_reads_back)
{
    static const struct {
        const char *given, *full;
    } texts[] = {
        {"batchnorm", "batchnorm"},
        {"batchnorm eps=0.00001 momentum=0.1", "batchnorm"},
        {"batchnorm momentum=.25", "batchnorm momentum=0.25"},
        {"batchnorm eps=1e-3 momentum=1", "batchnorm momentum=1 eps=0.001"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const cvl_net_config config = config_of(texts[i].given, 2, 3, CVL_F32);
        cvl_net net;
        cvl_layer_info info;
        cvl_error err;
        expect_ok(cvl_net_plan(&net, &config, &err), err);
        cvl_net_layer_info(&net, 0, &info);
        ck_assert_str_eq(info.text, texts[i].full);
        cvl_net_free(&net);
    }
}
END_TEST

static const struct {
    const char *spec, *message;
} refusals[] = {
    {"batchnorm momentum=2",
     "layer 0 (batchnorm momentum=2): momentum '2' is not from 0 to 1"},
    {"batchnorm eps=0", "layer 0 (batchnorm eps=0): eps '0' is not above 0"},
    {"batchnorm affine=no", "layer 0 (batchnorm affine=no): unknown key "
                            "'affine'; batchnorm takes momentum, eps"},
    {"batchnorm 8", "layer 0 (batchnorm 8): '8' is not key=value, such as "
                    "momentum=0.1; a comma ends a layer"},
};

START_TEST(words_it_does_not_know_are_refused)
{
    const cvl_net_config config = config_of(refusals[_i].spec, 2, 3, CVL_F32);
    cvl_net net;
    cvl_error err;
    expect_fail(cvl_net_plan(&net, &config, &err), err, CVL_EINVAL,
                refusals[_i].message);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("batchnorm");
    TCase *const all = tcase_create("batchnorm");
    tcase_add_loop_test(all, its_gradients_are_slopes_in_both_modes, 0, 2);
    tcase_add_test(all, any_number_of_threads_gives_the_same_bits);
    tcase_add_test(all, eval_changes_no_buffer_and_train_all_of_them);
    tcase_add_test(all,
                   one_number_of_a_channel_is_refused_before_training_alone);
    tcase_add_test(all, a_step_that_changes_nothing_keeps_the_buffers);
    tcase_add_test(all, a_channel_that_is_not_a_number_spoils_no_other);
    tcase_add_test(all, a_model_file_keeps_the_buffers);
    tcase_add_test(all, params_come_without_buffers_too);
    tcase_add_loop_test(all, its_terms_add_up_to_its_numbers_in_both_modes, 0,
                        2);
    tcase_add_test(all, it_sees_a_point_to_evaluate_and_everything_to_train);
    tcase_add_test(all, its_text_reads_back);
    tcase_add_loop_test(all, words_it_does_not_know_are_refused, 0, 4);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
