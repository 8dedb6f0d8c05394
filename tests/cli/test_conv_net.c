/* test_conv_net.c - `convlet conv` on a whole net, forward and backward. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/npy.h"
#include "convlet/safetensors.h"
#include "expect.h"
#include "fixtures.h"
#include "run.h"

#define NET "--net 'conv 4 3x2 padding=1 stride=1x2, relu, conv 2 2x2' "

/* x, dy and the params of NET. */
static void enter(void)
{
    static const size_t x[] = {2, 3, 7, 6}, dy[] = {2, 2, 6, 3};
    static const size_t w0[] = {4, 3, 3, 2}, b0[] = {4};
    static const size_t w2[] = {2, 4, 2, 2}, b2[] = {2};
    static const char *const pairs[] = {"0.weight", "w0.npy",   "0.bias",
                                        "b0.npy",   "2.weight", "w2.npy",
                                        "2.bias",   "b2.npy",   NULL};
    enter_scratch();
    put_array("x.npy", 4, x);
    put_array("dy.npy", 4, dy);
    put_array("w0.npy", 4, w0);
    put_array("b0.npy", 1, b0);
    put_array("w2.npy", 4, w2);
    put_array("b2.npy", 1, b2);
    put_tensors("p.safetensors", pairs);
}

/* Two files hold the same axes, dtype and values. */
static void expect_equal(const char *got, const char *want)
{
    cvl_tensor a = get_array(got), b = get_array(want);
    cvl_error err;
    expect_ok(cvl_tensor_check_like(got, &a, &b, &err), err);
    ck_assert_mem_eq(a.data, b.data, cvl_tensor_bytes(&b));
    cvl_tensor_free(&a);
    cvl_tensor_free(&b);
}

START_TEST(a_net_of_one_layer_is_that_convolution)
{
    static const char *const pairs[] = {"0.weight", "w0.npy", "0.bias",
                                        "b0.npy", NULL};
    static const size_t dy[] = {2, 4, 7, 4};
    put_array("dy4.npy", 4, dy);
    put_tensors("one.safetensors", pairs);
    run_expect(0, "conv --input x.npy --weight w0.npy --bias b0.npy --padding "
                  "1 --stride 1,2 -o y1.npy --grad-output dy4.npy --grad-input "
                  "dx1.npy --grad-weight dw1.npy --grad-bias db1.npy");
    run_expect(0, "conv --net 'conv 4 3x2 padding=1 stride=1x2' --params "
                  "one.safetensors --input x.npy -o y2.npy --grad-output "
                  "dy4.npy --grad-input dx2.npy --grad-params g.safetensors");
    put_param("dw2.npy", "g.safetensors", "0.weight");
    put_param("db2.npy", "g.safetensors", "0.bias");
    expect_equal("y2.npy", "y1.npy");
    expect_equal("dx2.npy", "dx1.npy");
    expect_equal("dw2.npy", "dw1.npy");
    expect_equal("db2.npy", "db1.npy");
}
END_TEST

/* What relu does to the array of the file. */
static void rectify(const char *to, const char *from)
{
    cvl_tensor x = get_array(from);
    cvl_error err;
    for (size_t i = 0; i < x.count; i++)
        cvl_tensor_set(&x, i, fmax(cvl_tensor_get(&x, i), 0));
    expect_ok(cvl_npy_save(to, &x, &err), err);
    cvl_tensor_free(&x);
}

START_TEST(a_net_is_its_layers_one_after_the_other)
{
    run_expect(0, "conv --input x.npy --weight w0.npy --bias b0.npy --padding "
                  "1 --stride 1,2 -o a.npy");
    rectify("b.npy", "a.npy");
    run_expect(0, "conv --input b.npy --weight w2.npy --bias b2.npy -o "
                  "want.npy --grad-output dy.npy --grad-weight dw.npy");
    const struct outcome outcome = run_expect(
        0, "conv " NET "--params p.safetensors --input x.npy -o y.npy "
           "--grad-output dy.npy --grad-params g.safetensors");
    ck_assert_str_eq(outcome.out, "");
    ck_assert_str_eq(outcome.err, "");
    put_param("got.npy", "g.safetensors", "2.weight");
    expect_equal("y.npy", "want.npy");
    expect_equal("got.npy", "dw.npy");
}
END_TEST

START_TEST(a_loss_is_printed_and_its_gradient_sent_back)
{
    /* y = 2 x is 2 and 4; toward ones the mean of 1 and 9 is 5, and dy = y - 1
     * = 1 and 3; dw = <x, dy> = 7. */
    const struct outcome outcome = run_expect(
        0, "conv --net 'conv 1 1x1 bias=no' --params two.safetensors --input "
           "'1 2' -o - --grad-loss - --grad-input - --grad-params -");
    ck_assert_str_eq(outcome.err, "");
    ck_assert_str_eq(outcome.out, "y [1,1,1,2]\n2 4\nloss:5\n"
                                  "dy [1,1,1,2]\n1 3\ndx [1,1,1,2]\n2 6\n"
                                  "0.weight [1,1,1,1]\n7\n");
}
END_TEST

START_TEST(a_target_alone_asks_for_the_loss)
{
    const struct outcome outcome = run_expect(
        0, "conv --net 'conv 1 1x1 bias=no' --params two.safetensors --input "
           "'1 2' --target '0 4' --reduction sum");
    ck_assert_str_eq(outcome.out, "loss:4\n");
}
END_TEST

START_TEST(labels_give_a_loss_and_how_many_are_right)
{
    /* Logits of 0 and log 3: p is 1/4 and 3/4, and dy is that minus the label,
     * over both samples. */
    static const double logit = 1.0986122886681098;
    static const size_t two[] = {2, 2};
    char x[64];
    put_constant("labels.npy", 1, two, 1);
    snprintf(x, sizeof x, "'[[0, %.17g], [0, %.17g]]'", logit, logit);
    char line[256];
    snprintf(line, sizeof line,
             "conv --net 'leaky 1' --input %s --loss cross-entropy --labels "
             "'1 0' --grad-loss dy.npy --force",
             x);
    const struct outcome outcome = run_expect(0, line);
    static const char first[] = "loss:", second[] = ",accuracy:";
    char *end;
    ck_assert(!strncmp(outcome.out, first, strlen(first)));
    const double loss = strtod(outcome.out + strlen(first), &end);
    ck_assert(!strncmp(end, second, strlen(second)));
    const double accuracy = strtod(end + strlen(second), &end);
    ck_assert_str_eq(end, "\n");
    ck_assert_double_eq_tol(loss, (log(4.0 / 3) + log(4)) / 2, 1e-15);
    ck_assert_double_eq(accuracy, 0.5);
    static const double want[] = {0.125, -0.125, -0.375, 0.375};
    cvl_tensor dy = get_array("dy.npy");
    expect_shape(&dy, 2, two);
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq_tol(cvl_tensor_get(&dy, i), want[i], 1e-15);
    cvl_tensor_free(&dy);
    snprintf(line, sizeof line,
             "conv --net 'leaky 1' --input %s --loss cross-entropy --labels "
             "labels.npy",
             x);
    ck_assert_ptr_nonnull(strstr(run_expect(0, line).out, ",accuracy:1\n"));
}
END_TEST

START_TEST(numbers_that_are_none_are_taken_and_noted)
{
    cvl_tensor x = get_array("x.npy");
    cvl_error err;
    cvl_tensor_set(&x, 7, INFINITY);
    cvl_tensor_set(&x, 9, NAN);
    expect_ok(cvl_npy_save("odd.npy", &x, &err), err);
    cvl_tensor_free(&x);
    const struct outcome outcome = run_expect(
        0, "conv --net relu --input odd.npy -o y.npy --dtype float32");
    ck_assert_str_eq(outcome.err,
                     "convlet conv: note: odd.npy: element [0,0,1,1] is inf, "
                     "and is taken as it is\n");
    cvl_tensor y = get_array("y.npy");
    ck_assert(isinf(cvl_tensor_get(&y, 7)));
    cvl_tensor_free(&y);
    /* One convolution takes none. */
    ck_assert_ptr_nonnull(
        strstr(run_expect(3, "conv --input odd.npy --weight w0.npy").err,
               "every value must be finite"));
}
END_TEST

START_TEST(channels_may_come_last)
{
    run_expect(0, "conv " NET "--params p.safetensors --input x.npy -o y.npy");
    cvl_tensor x = get_array("x.npy"), turned;
    cvl_error err;
    static const size_t nhwc[] = {0, 2, 3, 1}, shape[] = {2, 7, 6, 3};
    expect_ok(cvl_tensor_init(&turned, CVL_F64, 4, shape, &err), err);
    cvl_tensor_transpose(&turned, &x, nhwc);
    expect_ok(cvl_npy_save("turned.npy", &turned, &err), err);
    cvl_tensor_free(&x);
    cvl_tensor_free(&turned);
    run_expect(0, "conv " NET "--params p.safetensors --input turned.npy "
                  "--input-layout nhwc -o z.npy");
    cvl_tensor y = get_array("y.npy"), z = get_array("z.npy");
    static const size_t back[] = {2, 6, 3, 2};
    expect_shape(&z, 4, back);
    for (size_t i = 0; i < z.count; i++)
        ck_assert_double_eq(
            cvl_tensor_get(&z, i),
            cvl_tensor_get(&y, (i / 36 * 2 + i % 2) * 18 + i / 2 % 18));
    cvl_tensor_free(&y);
    cvl_tensor_free(&z);
}
END_TEST

START_TEST(the_dtype_is_float64_where_one_array_is)
{
    static const struct {
        const char *flags;
        cvl_dtype dtype;
    } cases[] = {
        {"--input random", CVL_F32},
        {"--input x.npy", CVL_F64},
        {"--input random --params p.safetensors", CVL_F64},
        {"--input x.npy --dtype float32", CVL_F32},
        {"--height 7 --width 6 --dtype float64", CVL_F64},
    };
    char line[256];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(line, sizeof line, "conv " NET "%s -o y.npy --force",
                 cases[i].flags);
        run_expect(0, line);
        cvl_tensor y = get_array("y.npy");
        ck_assert_int_eq(y.dtype, cases[i].dtype);
        cvl_tensor_free(&y);
    }
}
END_TEST

START_TEST(what_is_drawn_is_the_seeds)
{
    static char first[65536];
    const char *const line =
        "conv " NET "--seed 4 --batch 1 --height 5 --grad-params -";
    memcpy(first, run_expect(0, line).out, sizeof first);
    ck_assert_ptr_nonnull(strstr(first, "loss:"));
    ck_assert_str_eq(run_expect(0, line).out, first);
    ck_assert_str_ne(run_expect(0, "conv " NET "--seed 5 --batch 1 --height 5 "
                                   "--grad-params -")
                         .out,
                     first);
}
END_TEST

START_TEST(a_loss_that_is_named_is_printed_if_only_the_default)
{
    static const char line[] = "conv --net 'conv 1 1x1 bias=no' --params "
                               "two.safetensors --input '1 2'";
    char named[160];
    ck_assert_str_eq(run_expect(0, line).out, "y [1,1,1,2]\n2 4\n");
    snprintf(named, sizeof named, "%s --loss mse", line);
    ck_assert_str_eq(run_expect(0, named).out, "loss:5\n");
}
END_TEST

START_TEST(buffers_are_printed_where_there_are_some)
{
    ck_assert_str_eq(run_expect(0, "conv --net 'batchnorm momentum=1' --input "
                                   "'1 2 3' --mode train --buffers -")
                         .out,
                     "0.running_mean [1]\n2\n0.running_var [1]\n1\n");
    ck_assert_str_eq(
        run_expect(2, "conv --net relu --input '1 2' --buffers -").err,
        "convlet conv: --buffers: no layer of this net has some, as batchnorm "
        "has; leave it out\n");
}
END_TEST

START_TEST(buffers_that_a_file_lacks_are_noted)
{
    static const size_t axes[] = {3};
    static const char *const params[] = {"0.weight", "c.npy", "0.bias", "c.npy",
                                         NULL};
    static const char *const others[] = {
        "bn.weight", "c.npy",          "bn.bias", "c.npy", "bn.running_mean",
        "c.npy",     "bn.running_var", "c.npy",   NULL};
    const char *const line =
        "conv --net batchnorm --params bn.safetensors --input x.npy -o y.npy "
        "--force";
    put_array("c.npy", 1, axes);
    put_tensors("bn.safetensors", params);
    ck_assert_str_eq(run_expect(0, line).err,
                     "convlet conv: note: bn.safetensors: lacks 2 of the net's "
                     "2 buffers, as 0.running_mean; they stay as they start\n");
    put_tensors("bn.safetensors", others);
    ck_assert_ptr_null(strstr(run_expect(0, line).err, "lacks"));
}
END_TEST

START_TEST(a_model_brings_its_net_its_params_and_its_size)
{
    run_expect(0, "train --net 'conv 2 3x3, relu' --channels 1 --height 6 "
                  "--width 5 --steps 2 --out run --quiet");
    run_expect(0, "conv --model run/model.safetensors --batch 3 -o y.npy");
    cvl_tensor y = get_array("y.npy");
    static const size_t shape[] = {3, 2, 4, 3};
    expect_shape(&y, 4, shape);
    cvl_tensor_free(&y);
    /* Any picture goes in, and the same numbers come out as of --params. */
    static const size_t large[] = {1, 1, 9, 8};
    put_array("large.npy", 4, large);
    run_expect(0, "conv --model run/model.safetensors --input large.npy -o "
                  "a.npy");
    run_expect(0, "conv --net 'conv 2 3x3, relu' --params "
                  "run/model.safetensors --input large.npy -o b.npy");
    expect_equal("a.npy", "b.npy");
}
END_TEST

START_TEST(threads_change_nothing)
{
    static const int threads[] = {2, 3, 7};
    char line[256];
    run_expect(0, "conv " NET "--height 40 --width 33 --threads 1 -o y1.npy "
                  "--grad-input dx1.npy");
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        snprintf(line, sizeof line,
                 "conv " NET "--height 40 --width 33 --threads %d -o y.npy "
                 "--grad-input dx.npy --force",
                 threads[i]);
        run_expect(0, line);
        expect_equal("y.npy", "y1.npy");
        expect_equal("dx.npy", "dx1.npy");
    }
}
END_TEST

/* Cases of tests/golden/classifier, computed by another framework: the flags,
 * the params by name, and the gradients and buffers that are compared. */
static const struct {
    const char *folder, *flags, *pairs[9], *grads[5], *buffers[5];
} references[] = {
    {"max_pool2d/017_nan_and_infinities", "--net 'maxpool 2'", {0}, {0}, {0}},
    {"avg_pool2d/007_ceil_padding_does_not_count",
     "--net 'avgpool 3 stride=2 padding=1 ceil=yes count-padding=no'",
     {0},
     {0},
     {0}},
    {"linear/001_planes",
     "--net 'dense 7'",
     {"0.weight", "weight", "0.bias", "bias"},
     {"0.weight", "dweight", "0.bias", "dbias"},
     {0}},
    {"linear/000_vector",
     "--net 'dense 3'",
     {"x.weight", "weight", "x.bias", "bias"},
     {"0.weight", "dweight", "0.bias", "dbias"},
     {0}},
    {"batch_norm/000_planes_train",
     "--net batchnorm --mode train --buffers b.safetensors",
     {"0.weight", "gamma", "0.bias", "beta", "0.running_mean", "running_mean",
      "0.running_var", "running_var"},
     {"0.weight", "dgamma", "0.bias", "dbeta"},
     {"0.running_mean", "running_mean_after", "0.running_var",
      "running_var_after"}},
    {"batch_norm/004_other_eps_and_momentum_eval",
     "--net 'batchnorm momentum=0.25 eps=0.001' --buffers b.safetensors",
     {"0.weight", "gamma", "0.bias", "beta", "0.running_mean", "running_mean",
      "0.running_var", "running_var"},
     {"0.weight", "dgamma", "0.bias", "dbeta"},
     {"0.running_mean", "running_mean_after", "0.running_var",
      "running_var_after"}},
};

/* A file of ours has the numbers of one of theirs, which may have fewer axes.
 */
static void expect_near(const char *got, const char *folder, const char *want)
{
    char path[256];
    snprintf(path, sizeof path, TEST_DATA "/golden/classifier/%s/%s.npy",
             folder, want);
    cvl_tensor a = get_array(got), b = get_array(path);
    ck_assert_uint_eq(a.count, b.count);
    for (size_t i = 0; i < a.count; i++) {
        const double x = cvl_tensor_get(&a, i), y = cvl_tensor_get(&b, i);
        ck_assert(isnan(x) == isnan(y));
        if (isfinite(y))
            ck_assert_double_eq_tol(x, y, 1e-10);
        else if (!isnan(y))
            ck_assert_double_eq(x, y);
    }
    cvl_tensor_free(&a);
    cvl_tensor_free(&b);
}

START_TEST(arrays_of_another_framework_give_what_they_gave_there)
{
    const char *const folder = references[_i].folder;
    const char *pairs[9] = {0};
    char paths[4][256], line[1024];
    const bool has_params = references[_i].pairs[0];
    for (size_t i = 0; references[_i].pairs[i]; i += 2) {
        snprintf(paths[i / 2], sizeof paths[0],
                 TEST_DATA "/golden/classifier/%s/%s.npy", folder,
                 references[_i].pairs[i + 1]);
        pairs[i] = references[_i].pairs[i];
        pairs[i + 1] = paths[i / 2];
    }
    if (has_params) put_tensors("theirs.safetensors", pairs);
    snprintf(line, sizeof line,
             "conv %s --input " TEST_DATA
             "/golden/classifier/%s/x.npy --grad-output " TEST_DATA
             "/golden/classifier/%s/dy.npy %s -o y.npy --grad-input dx.npy "
             "%s --force",
             references[_i].flags, folder, folder,
             has_params ? "--params theirs.safetensors" : "",
             has_params ? "--grad-params g.safetensors" : "");
    run_expect(0, line);
    expect_near("y.npy", folder, "y");
    expect_near("dx.npy", folder, "dx");
    for (size_t i = 0; references[_i].grads[i]; i += 2) {
        put_param("grad.npy", "g.safetensors", references[_i].grads[i]);
        expect_near("grad.npy", folder, references[_i].grads[i + 1]);
    }
    for (size_t i = 0; references[_i].buffers[i]; i += 2) {
        put_param("buffer.npy", "b.safetensors", references[_i].buffers[i]);
        expect_near("buffer.npy", folder, references[_i].buffers[i + 1]);
    }
}
END_TEST

static const struct {
    int status;
    const char *line, *message;
} refusals[] = {
    {2, "conv --net relu --weight w0.npy",
     "--weight is of one convolution; a net takes its arrays from --params, "
     "and "
     "writes gradients to --grad-params"},
    {2, "conv --net relu --stride 2",
     "--stride has no effect beside a net, whose layers say it, as conv 8 3x3 "
     "stride=2"},
    {2, "conv --input x.npy --weight w0.npy --params p.safetensors",
     "--params is for a net; add --net, as --net \"conv 8 3x3, relu\""},
    {2, "conv --model m.safetensors --net relu",
     "--net has no effect beside --model; m.safetensors has its own"},
    {2, "conv --net relu --input x.npy --height 4",
     "--height is for random input; x.npy has its own size"},
    {2, "conv --net relu --grad-output dy.npy --target ones --grad-input -",
     "--target has no effect beside --grad-output, which is the gradient to "
     "send back"},
    {2, "conv --net relu --grad-output dy.npy",
     "--grad-output is there, but no gradient is asked for; add --grad-params "
     "or --grad-input, with a file or with - to print it"},
    {3, "conv " NET "--input x.npy --grad-output x.npy --grad-input -",
     "x.npy is f64[2x3x7x6], expected f64[2x2x6x3]"},
    {3, "conv " NET "--input x.npy --target dy.npy --params x.npy",
     "x.npy: is a .npy array, expected a model; a run's model is its "
     "model.safetensors"},
    {2, "conv --net 'dense 3' --loss cross-entropy --labels '0 3'",
     "0 3: label 1 is 3, expected a whole number from 0 to 2"},
    {3, "conv --net 'dense 3' --loss cross-entropy --labels w0.npy",
     "w0.npy: has 72 labels for 2 samples"},
    {2, "conv --net 'dense 3' --loss cross-entropy --target ones",
     "--target is for losses of arrays; --loss cross-entropy takes --labels"},
    {2, "conv --net 'dense 3' --labels '0 1'",
     "--labels goes with a loss of labels; add --loss cross-entropy"},
    {2, "conv " NET "--input x.npy -o x.npy --force",
     "x.npy is an input, x.npy; choose another --output"},
    {2, "conv --net 'conv 4 9x9' --input x.npy",
     "layer 0 (conv 4 9x9): kernel height 9 does not fit the padded input "
     "height 7; use a smaller kernel or more padding"},
};

START_TEST(what_does_not_go_is_refused_in_words)
{
    char want[512];
    const struct outcome outcome =
        run_expect(refusals[_i].status, refusals[_i].line);
    snprintf(want, sizeof want, "convlet conv: %s\n", refusals[_i].message);
    ck_assert_str_eq(outcome.err, want);
    ck_assert_str_eq(outcome.out, "");
}
END_TEST

static void enter_two(void)
{
    static const size_t one[] = {1, 1, 1, 1};
    static const char *const pairs[] = {"0.weight", "two.npy", NULL};
    enter();
    put_constant("two.npy", 4, one, 2);
    put_tensors("two.safetensors", pairs);
}

int main(void)
{
    const TTest *const tests[] = {
        a_net_of_one_layer_is_that_convolution,
        a_net_is_its_layers_one_after_the_other,
        a_loss_is_printed_and_its_gradient_sent_back,
        a_target_alone_asks_for_the_loss,
        labels_give_a_loss_and_how_many_are_right,
        numbers_that_are_none_are_taken_and_noted,
        channels_may_come_last,
        the_dtype_is_float64_where_one_array_is,
        what_is_drawn_is_the_seeds,
        buffers_that_a_file_lacks_are_noted,
        buffers_are_printed_where_there_are_some,
        a_loss_that_is_named_is_printed_if_only_the_default,
        a_model_brings_its_net_its_params_and_its_size,
        threads_change_nothing,
    };
    Suite *const suite = suite_create("conv_net");
    TCase *const all = tcase_create("conv_net");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, enter_two, leave_scratch);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(all, tests[i]);
    tcase_add_loop_test(all,
                        arrays_of_another_framework_give_what_they_gave_there,
                        0, (int)(sizeof references / sizeof *references));
    tcase_add_loop_test(all, what_does_not_go_is_refused_in_words, 0,
                        (int)(sizeof refusals / sizeof *refusals));
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
