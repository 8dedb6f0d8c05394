/* test_net.c - stacks: built from text, differentiated, put in one arena. */
#include <math.h>
#include <string.h>

#include "convlet/net.h"
#include "expect.h"
#include "rows.h"

static cvl_net_config config_of(const char *spec)
{
    return (cvl_net_config){.spec = spec,
                            .input_shape = {2, 3, 7, 6},
                            .dtype = CVL_F64,
                            .algo = CVL_CONV_AUTO,
                            .exec = cvl_exec_default()};
}

static const struct {
    const char *spec, *text;
    size_t channels, height, width, params;
} specs[] = {
    {"conv 4 3x3", "conv 4 3x3", 4, 5, 4, 112},
    {"conv 4 3 padding=1", "conv 4 3x3 padding=1x1x1x1", 4, 7, 6, 112},
    {"  conv  4 3x2\tpadding=same bias=no",
     "conv 4 3x2 padding=1x1x0x1 bias=no", 4, 7, 6, 72},
    {"conv 3 2x2 stride=2 padding=fit groups=3",
     "conv 3 2x2 stride=2x2 padding=0x1x0x0 groups=3", 3, 4, 3, 15},
    {"conv 2 2x3 dilation=2x1 stride=1x2 padding=1x0x2x1",
     "conv 2 2x3 stride=1x2 padding=1x0x2x1 dilation=2x1", 2, 6, 4, 38},
    {"conv 5 3x3 tied=yes padding=1x2", "conv 5 3x3 padding=1x1x2x2 tied=yes",
     5, 7, 8, 50},
    {"relu", "relu", 3, 7, 6, 0},
    {"dense 4", "dense 4", 4, 1, 1, 508},
    {"dense 4 bias=no", "dense 4 bias=no", 4, 1, 1, 504},
    {"maxpool 2", "maxpool 2x2", 3, 3, 3, 0},
    {"maxpool 3 stride=2 padding=1", "maxpool 3x3 stride=2x2 padding=1x1", 3, 4,
     3, 0},
    {"maxpool 2x5 ceil=yes", "maxpool 2x5 ceil=yes", 3, 4, 2, 0},
    {"maxpool all", "maxpool all", 3, 1, 1, 0},
    {"avgpool 3x2 stride=1x2 padding=1x0 count-padding=no",
     "avgpool 3x2 stride=1x2 padding=1x0 count-padding=no", 3, 7, 3, 0},
    {"avgpool 2 ceil=no count-padding=yes", "avgpool 2x2", 3, 3, 3, 0},
    {"avgpool all", "avgpool all", 3, 1, 1, 0},
};

/* Of every kind of layer, some with others behind them; and what the last of
 * the params is called. */
static const struct {
    const char *spec, *last;
} stacks[] = {
    {"conv 5 3x3 padding=same, relu, conv 4 2x2 stride=2, relu, conv 2 1x1",
     "4.bias"},
    {"conv 8 3x2, relu, shuffle 2, conv 9 3x3, shuffle 3", "3.bias"},
    {"conv 2 3x3, dense 5, relu, dense 3 bias=no", "3.weight"},
    {"conv 4 3x3, maxpool 3x2 stride=2x1 padding=1, conv 2 2x2, avgpool all",
     "2.bias"},
    {"avgpool 2 stride=1 padding=1 count-padding=no, conv 4 2x2, maxpool 2x3 "
     "ceil=yes",
     "1.bias"},
};

START_TEST(a_layer_is_what_its_text_says_and_says_it_back)
{
    cvl_net net, again;
    cvl_error err;
    cvl_layer_info info;
    cvl_net_config config = config_of(specs[_i].spec);
    expect_ok(cvl_net_build(&net, &config, &err), err);
    cvl_net_layer_info(&net, 0, &info);
    ck_assert_str_eq(info.text, specs[_i].text);
    ck_assert_uint_eq(info.output_shape[1], specs[_i].channels);
    ck_assert_uint_eq(info.output_shape[2], specs[_i].height);
    ck_assert_uint_eq(info.output_shape[3], specs[_i].width);
    ck_assert_uint_eq(info.param_numbers, specs[_i].params);

    /* Its own words build the same net. */
    char text[CVL_DESCRIBE_SIZE];
    memcpy(text, info.text, sizeof text);
    config.spec = text;
    expect_ok(cvl_net_build(&again, &config, &err), err);
    cvl_net_layer_info(&again, 0, &info);
    ck_assert_str_eq(info.text, text);
    cvl_net_free(&net);
    cvl_net_free(&again);
    cvl_net_free(&again);
}
END_TEST

static const struct {
    const char *spec, *message;
} refused[] = {
    {"", "layer 0 (): is empty; write a layer such as conv 8 3x3 or relu"},
    {"relu,", "layer 1 (): is empty; write a layer such as conv 8 3x3 or relu"},
    {"pool 2", "layer 0 (pool 2): unknown layer 'pool'; there are {layers}"},
    {"shuffle", "layer 0 (shuffle): shuffle needs its factor, such as "
                "shuffle 2"},
    {"shuffle 1", "layer 0 (shuffle 1): factor '1' is not a number from 2 to "
                  "16"},
    {"shuffle 2x2", "layer 0 (shuffle 2x2): factor '2x2' is not a number "
                    "from 2 to 16"},
    {"shuffle 2 2", "layer 0 (shuffle 2 2): shuffle takes one factor, got "
                    "'2' as well"},
    {"shuffle 2", "layer 0 (shuffle 2): 3 input channels are not a multiple "
                  "of 2 x 2 = 4"},
    {"relu 1", "layer 0 (relu 1): relu takes no argument, got '1'; a comma "
               "ends a layer"},
    {"dense", "layer 0 (dense): dense needs its outputs, such as dense 10"},
    {"dense 0x3", "layer 0 (dense 0x3): outputs '0x3' is not a number from 1 "
                  "to 1000000"},
    {"dense 3 padding=1", "layer 0 (dense 3 padding=1): unknown key 'padding'; "
                          "dense takes bias"},
    {"maxpool", "layer 0 (maxpool): maxpool needs its window, such as maxpool "
                "2, maxpool 3x3 stride=2, or maxpool all"},
    {"maxpool 2 2", "layer 0 (maxpool 2 2): '2' is not key=value, such as "
                    "stride=2; a comma ends a layer"},
    {"maxpool 0x2", "layer 0 (maxpool 0x2): window height is 0, expected 1 or "
                    "more"},
    {"maxpool 2 count-padding=no",
     "layer 0 (maxpool 2 count-padding=no): unknown key 'count-padding'; "
     "maxpool takes stride, padding, ceil"},
    {"avgpool all stride=2", "layer 0 (avgpool all stride=2): avgpool all "
                             "takes no argument, got 'stride=2'; a comma ends "
                             "a layer"},
    {"avgpool 3 padding=2", "layer 0 (avgpool 3 padding=2): padding height 2 "
                            "is more than half the window height 3; use 1 or "
                            "less"},
    {"maxpool 8x2", "layer 0 (maxpool 8x2): window height 8 does not fit the "
                    "padded input height 7; use a smaller window or more "
                    "padding"},
    {"leaky x", "layer 0 (leaky x): slope 'x' is not a number such as 0.01"},
    {"leaky 0x1p-3", "layer 0 (leaky 0x1p-3): slope '0x1p-3' is not a number "
                     "such as 0.01"},
    {"leaky .1 2", "layer 0 (leaky .1 2): leaky takes one slope, got '2' as "
                   "well"},
    {"tanh 1", "layer 0 (tanh 1): tanh takes no argument, got '1'; a comma "
               "ends a layer"},
    {"conv 4", "layer 0 (conv 4): conv needs its output channels and kernel "
               "size, such as conv 64 3x3"},
    {"conv 4 3x", "layer 0 (conv 4 3x): kernel size '3x' is not a size such "
                  "as 3 or 3x5"},
    {"conv 4 3 stride", "layer 0 (conv 4 3 stride): 'stride' is not key=value, "
                        "such as stride=2; a comma ends a layer"},
    {"conv 4 3 | relu", "layer 0 (conv 4 3 | relu): '|' is not key=value, such "
                        "as stride=2; a comma ends a layer"},
    {"conv 4 3 strid=2", "layer 0 (conv 4 3 strid=2): unknown key 'strid'; "
                         "conv takes stride, padding, dilation, groups, bias, "
                         "tied"},
    {"conv 4 3 padding=same padding=1",
     "layer 0 (conv 4 3 padding=same padding=1): padding is there twice"},
    {"conv 4 3 bias=1", "layer 0 (conv 4 3 bias=1): bias '1' is neither yes "
                        "nor no"},
    {"conv 4 3 padding=1x2x3",
     "layer 0 (conv 4 3 padding=1x2x3): padding '1x2x3' is not same, fit, or "
     "sizes such as 1, 1x2 (rows x columns) or 0x1x0x1 (top x bottom x left "
     "x right)"},
    {"relu, conv 4 9x9", "layer 1 (conv 4 9x9): kernel height 9 does not fit "
                         "the padded input height 7; use a smaller kernel or "
                         "more padding"},
    {"conv 4 3 groups=2", "layer 0 (conv 4 3 groups=2): groups 2 does not "
                          "divide the 3 input channels"},
};

START_TEST(a_text_that_makes_no_net_is_answered_with_its_layer)
{
    cvl_net net;
    cvl_error err;
    char message[512];
    const cvl_net_config config = config_of(refused[_i].spec);
    expect_fail(cvl_net_build(&net, &config, &err), err, CVL_EINVAL,
                rows_named(refused[_i].message, message, sizeof message));
    ck_assert_ptr_null(net.layers);
    cvl_net_free(&net);
}
END_TEST

/* L = sum(output * dy) for one x. */
static double loss_of(cvl_net *net, const cvl_tensor *x, const cvl_tensor *dy)
{
    double sum = 0.0;
    cvl_net_forward(net, x);
    for (size_t i = 0; i < dy->count; i++)
        sum += cvl_tensor_get(&net->output, i) * cvl_tensor_get(dy, i);
    return sum;
}

/* Moves one value a little, to both sides. */
static double slope(cvl_net *net, cvl_tensor *value, size_t i,
                    const cvl_tensor *x, const cvl_tensor *dy)
{
    const double step = 1e-5, was = cvl_tensor_get(value, i);
    cvl_tensor_set(value, i, was + step);
    const double up = loss_of(net, x, dy);
    cvl_tensor_set(value, i, was - step);
    const double down = loss_of(net, x, dy);
    cvl_tensor_set(value, i, was);
    return (up - down) / (2 * step);
}

START_TEST(a_stack_has_the_gradients_of_its_difference_quotients)
{
    cvl_net net;
    cvl_error err;
    cvl_random random;
    cvl_tensor x, dx, dy;
    const cvl_net_config config = config_of(stacks[_i].spec);
    expect_ok(cvl_net_build(&net, &config, &err), err);
    cvl_random_seed(&random, 7);
    cvl_net_init_params(&net, CVL_INIT_KAIMING, &random);
    ck_assert(!cvl_tensor_init(&x, CVL_F64, 4, config.input_shape, NULL));
    ck_assert(!cvl_tensor_init(&dx, CVL_F64, 4, config.input_shape, NULL));
    ck_assert(!cvl_tensor_init(&dy, CVL_F64, 4, net.output.shape, NULL));
    cvl_random_fill_normal(&random, &x, 0, 1);
    cvl_random_fill_normal(&random, &dy, 0, 1);
    cvl_net_forward(&net, &x);
    cvl_net_backward(&net, &x, &dy, &dx);

    ck_assert_str_eq(net.params[net.param_count - 1].name, stacks[_i].last);
    for (size_t p = 0; p < net.param_count; p++) {
        cvl_tensor *const value = &net.params[p].value;
        for (size_t i = 0; i < value->count; i += 1 + value->count / 7)
            ck_assert_double_eq_tol(slope(&net, value, i, &x, &dy),
                                    cvl_tensor_get(&net.params[p].grad, i),
                                    1e-6);
    }
    for (size_t i = 0; i < x.count; i += 11)
        ck_assert_double_eq_tol(slope(&net, &x, i, &x, &dy),
                                cvl_tensor_get(&dx, i), 1e-6);
    cvl_tensor_free(&x);
    cvl_tensor_free(&dx);
    cvl_tensor_free(&dy);
    cvl_net_free(&net);
}
END_TEST

START_TEST(params_start_as_asked)
{
    cvl_net net;
    cvl_error err;
    cvl_random random, same;
    const cvl_net_config config = config_of("conv 4 2x2");
    expect_ok(cvl_net_build(&net, &config, &err), err);
    cvl_tensor *const w = &net.params[0].value;
    cvl_random_seed(&random, 5);
    same = random;
    cvl_net_init_params(&net, CVL_INIT_NORMAL, &random);
    /* The notebook draws [I,O,KH,KW]. */
    for (size_t i = 0; i < 3; i++)
        for (size_t o = 0; o < 4; o++)
            for (size_t tap = 0; tap < 4; tap++)
                ck_assert(cvl_tensor_get(w, (o * 3 + i) * 4 + tap) ==
                          cvl_random_normal(&same));
    cvl_net_init_params(&net, CVL_INIT_KAIMING, &random);
    const double deviation = sqrt(2.0 / 12.0);
    for (size_t i = 0; i < w->count; i++)
        ck_assert_double_eq_tol(cvl_tensor_get(w, i),
                                deviation * cvl_random_normal(&same), 1e-15);
    cvl_net_init_params(&net, CVL_INIT_ZEROS, &random);
    for (size_t i = 0; i < w->count; i++) ck_assert(cvl_tensor_get(w, i) == 0);
    ck_assert(cvl_tensor_get(&net.params[1].value, 0) == 0);
    cvl_net_free(&net);
}
END_TEST

START_TEST(a_net_that_only_goes_forward_needs_less_memory_for_the_same_bits)
{
    cvl_net both, forward;
    cvl_error err;
    cvl_random random;
    cvl_tensor x;
    cvl_net_config config =
        config_of("conv 8 3x3 padding=same, relu, conv 8 3x3, relu, conv 2 3");
    expect_ok(cvl_net_build(&both, &config, &err), err);
    config.forward_only = true;
    expect_ok(cvl_net_build(&forward, &config, &err), err);
    cvl_random_seed(&random, 3);
    cvl_net_init_params(&both, CVL_INIT_KAIMING, &random);
    for (size_t i = 0; i < both.param_count; i++) {
        ck_assert_ptr_null(forward.params[i].grad.data);
        cvl_tensor_copy(&forward.params[i].value, &both.params[i].value);
    }
    ck_assert(!cvl_tensor_init(&x, CVL_F64, 4, config.input_shape, NULL));
    cvl_random_fill_normal(&random, &x, 0, 1);
    cvl_net_forward(&both, &x);
    cvl_net_forward(&forward, &x);
    ck_assert_mem_eq(both.output.data, forward.output.data,
                     cvl_tensor_bytes(&both.output));
    ck_assert_uint_lt(forward.arena.used, both.arena.used);
    cvl_tensor_free(&x);
    cvl_net_free(&both);
    cvl_net_free(&forward);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("net");
    TCase *const all = tcase_create("net");
    tcase_add_loop_test(all, a_layer_is_what_its_text_says_and_says_it_back, 0,
                        (int)(sizeof specs / sizeof specs[0]));
    tcase_add_loop_test(all,
                        a_text_that_makes_no_net_is_answered_with_its_layer, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_loop_test(all,
                        a_stack_has_the_gradients_of_its_difference_quotients,
                        0, (int)(sizeof stacks / sizeof stacks[0]));
    tcase_add_test(all, params_start_as_asked);
    tcase_add_test(
        all, a_net_that_only_goes_forward_needs_less_memory_for_the_same_bits);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
