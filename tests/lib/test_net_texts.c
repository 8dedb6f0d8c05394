/* test_net_texts.c - how much a net's text may ask for, and both precisions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/net.h"
#include "expect.h"

static cvl_net_config config_of(const char *spec)
{
    return (cvl_net_config){.spec = spec,
                            .input_shape = {1, 4, 3, 2},
                            .dtype = CVL_F32,
                            .exec = cvl_exec_default()};
}

static void expect_refused(const cvl_net_config *config, const char *message)
{
    cvl_net net;
    cvl_error err;
    expect_fail(cvl_net_plan(&net, config, &err), err, CVL_EINVAL, message);
    ck_assert_ptr_null(net.layers);
}

/* "relu,relu,...", `count` times. */
static const char *relus(char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) memcpy(text + 5 * i, "relu,", 5);
    text[5 * count - 1] = '\0';
    return text;
}

START_TEST(a_net_has_64_layers_at_most)
{
    char text[5 * 65];
    cvl_net net;
    cvl_error err;
    for (size_t count = 63; count <= 64; count++) {
        const cvl_net_config config = config_of(relus(text, count));
        expect_ok(cvl_net_plan(&net, &config, &err), err);
        ck_assert_uint_eq(net.layer_count, count);
        cvl_net_free(&net);
    }
    const cvl_net_config config = config_of(relus(text, 65));
    expect_refused(&config, "65 layers are more than 64");
}
END_TEST

START_TEST(a_nets_text_has_4095_characters_at_most)
{
    char text[4097] = "";
    cvl_net net;
    cvl_error err;
    const cvl_net_config config = config_of(text);
    for (size_t length = 4094; length <= 4096; length++) {
        memset(text, ' ', length);
        memcpy(text + length - 4, "relu", 5);
        if (length == 4096) break;
        expect_ok(cvl_net_plan(&net, &config, &err), err);
        cvl_net_free(&net);
    }
    expect_refused(&config, "the net's text is longer than 4095 characters");
}
END_TEST

static const struct {
    const char *spec, *message;
} refused[] = {
    {"conv 4 1 bias=no bias=no bias=no bias=no bias=no bias=no bias=no "
     "bias=no bias=no bias=no bias=no bias=no bias=no bias=no",
     "layer 0 (conv 4 1 bias=no bias=no bias=no bias=no bias=no bias=no "
     "bias=no bias=no bias=no bias=no bias=no bias=no bias=no bias=no): has "
     "more than 16 words"},
    {"conv 1000001 1",
     "layer 0 (conv 1000001 1): output channels '1000001' is not a number from "
     "1 to 1000000"},
    {"conv 4 1x1x1", "layer 0 (conv 4 1x1x1): kernel size '1x1x1' is not a "
                     "size such as 3 or 3x5"},
};

START_TEST(a_layer_that_asks_for_too_much_is_answered_with_its_words)
{
    const cvl_net_config config = config_of(refused[_i].spec);
    expect_refused(&config, refused[_i].message);
}
END_TEST

START_TEST(an_input_larger_than_any_memory_is_refused)
{
    cvl_net_config config = config_of("relu");
    config.input_shape[0] = (size_t)1 << 62;
    expect_refused(&config, "an input of 4611686018427387904 x 4 x 3 x 2 is "
                            "larger than any memory");
}
END_TEST

/* What padding=same makes of a wide window is more than a user may write as a
 * kernel, and is read back all the same. */
START_TEST(the_words_of_the_widest_layer_build_it_again)
{
    static const char words[] =
        "conv 4 1000000x1000000 stride=1000000x1000000 "
        "padding=149999850x149999850x149999850x149999850 dilation=300x300 "
        "groups=4 bias=no tied=yes";
    cvl_net net;
    cvl_error err;
    cvl_layer_info info;
    cvl_net_config config =
        config_of("conv 4 1000000 stride=1000000 padding=same dilation=300 "
                  "groups=4 bias=no tied=yes");
    config.algo = CVL_CONV_DIRECT;
    for (size_t i = 0; i < 2; i++) {
        expect_ok(cvl_net_plan(&net, &config, &err), err);
        cvl_net_layer_info(&net, 0, &info);
        ck_assert_str_eq(info.text, words);
        cvl_net_free(&net);
        config.spec = words;
    }
}
END_TEST

START_TEST(every_init_has_a_name_that_is_read_back)
{
    static const char *const names[] = {"normal", "kaiming", "zeros"};
    for (int i = CVL_INIT_NORMAL; i <= CVL_INIT_ZEROS; i++) {
        cvl_init init = CVL_INIT_NORMAL;
        ck_assert_str_eq(cvl_init_name((cvl_init)i), names[i]);
        ck_assert(cvl_init_parse(names[i], &init));
        ck_assert_int_eq(init, i);
    }
    cvl_init init = CVL_INIT_ZEROS;
    ck_assert(!cvl_init_parse("ones", &init));
    ck_assert_int_eq(init, CVL_INIT_ZEROS);
}
END_TEST

START_TEST(a_kinds_usage_starts_with_its_name)
{
    size_t count = 0;
    for (const char *name; (name = cvl_layer_kind_name(count)); count++) {
        const char *const usage = cvl_layer_kind_usage(count);
        ck_assert(!strncmp(usage, name, strlen(name)));
        ck_assert(strchr(" :", usage[strlen(name)]));
    }
    ck_assert_uint_ge(count, 3);
    ck_assert_ptr_null(cvl_layer_kind_usage(count));
}
END_TEST

START_TEST(a_planned_net_knows_its_params_but_holds_no_number)
{
    const cvl_net_config config = config_of("relu, conv 3 2x1");
    cvl_net net;
    cvl_error err;
    expect_ok(cvl_net_plan(&net, &config, &err), err);
    ck_assert_uint_eq(net.param_count, 2);
    ck_assert_str_eq(net.params[0].name, "1.weight");
    ck_assert_uint_eq(net.params[0].value.count, 24);
    ck_assert_ptr_null(net.params[0].value.data);
    ck_assert_str_eq(net.params[1].name, "1.bias");
    ck_assert_uint_eq(cvl_net_param_numbers(&net), 27);
    cvl_net_free(&net);
}
END_TEST

/* Channel c of four becomes the pixel (c / 2, c % 2) of each 2x2 block; the
 * way back undoes it. */
START_TEST(a_shuffle_moves_the_same_numbers_in_both_precisions)
{
    const cvl_dtype dtype = _i ? CVL_F64 : CVL_F32;
    cvl_net_config config = config_of("relu, shuffle 2");
    cvl_net net;
    cvl_error err;
    cvl_tensor x, dx, dy;
    config.dtype = dtype;
    expect_ok(cvl_net_build(&net, &config, &err), err);
    ck_assert(!cvl_tensor_init(&x, dtype, 4, config.input_shape, NULL));
    ck_assert(!cvl_tensor_init(&dx, dtype, 4, config.input_shape, NULL));
    for (size_t i = 0; i < x.count; i++) cvl_tensor_set(&x, i, (double)i + 1.0);
    cvl_net_forward(&net, &x);
    for (size_t c = 0; c < 4; c++)
        for (size_t h = 0; h < 3; h++)
            for (size_t w = 0; w < 2; w++)
                ck_assert(cvl_tensor_get(&x, (c * 3 + h) * 2 + w) ==
                          cvl_tensor_get(&net.output,
                                         (2 * h + c / 2) * 4 + 2 * w + c % 2));
    ck_assert(!cvl_tensor_init(&dy, dtype, 4, net.output.shape, NULL));
    cvl_tensor_copy(&dy, &net.output);
    cvl_net_backward(&net, &x, &dy, &dx);
    for (size_t i = 0; i < x.count; i++)
        ck_assert(cvl_tensor_get(&dx, i) == cvl_tensor_get(&x, i));
    cvl_tensor_free(&x);
    cvl_tensor_free(&dx);
    cvl_tensor_free(&dy);
    cvl_net_free(&net);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("net_texts");
    TCase *const all = tcase_create("net_texts");
    tcase_add_test(all, a_net_has_64_layers_at_most);
    tcase_add_test(all, a_nets_text_has_4095_characters_at_most);
    tcase_add_loop_test(
        all, a_layer_that_asks_for_too_much_is_answered_with_its_words, 0,
        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(all, an_input_larger_than_any_memory_is_refused);
    tcase_add_test(all, the_words_of_the_widest_layer_build_it_again);
    tcase_add_test(all, every_init_has_a_name_that_is_read_back);
    tcase_add_test(all, a_kinds_usage_starts_with_its_name);
    tcase_add_test(all, a_planned_net_knows_its_params_but_holds_no_number);
    tcase_add_loop_test(
        all, a_shuffle_moves_the_same_numbers_in_both_precisions, 0, 2);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
