/* test_conv_choice.c - which algorithm a layer takes by itself. */
#include <stdio.h>
#include <string.h>

#include "cases.h"
#include "convlet/trainer.h"
#include "convlet/window.h"
#include "expect.h"

/* A 3x3 layer of so many images, channels, rows, columns and outputs. */
typedef struct shape {
    size_t batch, in, height, width, out;
} shape;

static cvl_conv2d_geometry geometry_of(const shape *s)
{
    return case_same_3x3(s->batch, s->in, s->height, s->width, s->out);
}

/* What is chosen where anything may be, for that many threads. */
static cvl_conv_algo choose(const cvl_conv2d_geometry *g, cvl_conv_algo asked,
                            cvl_dtype dtype, cvl_isa isa, size_t threads)
{
    const cvl_exec exec = {.threads = threads, .isa = isa};
    cvl_conv2d conv;
    cvl_error err;
    expect_ok(cvl_conv2d_init(&conv, g, dtype, asked, &exec, &err), err);
    const cvl_conv_algo algo = conv.algo;
    cvl_conv2d_free(&conv);
    return algo;
}

/* The best instruction set for which winograd is there and measured. */
static bool find_isa(cvl_isa *isa)
{
    *isa = cvl_isa_detect();
    return *isa != CVL_ISA_BASE &&
           cvl_conv_algo_is_built(CVL_CONV_WINOGRAD, *isa);
}

/* Layers of nets that are known, and of the presets. */
static const shape gaining[] = {
    {8, 64, 56, 56, 64},  {8, 512, 14, 14, 512}, {16, 48, 16, 16, 48},
    {16, 48, 16, 16, 12}, {16, 32, 28, 28, 32},  {8, 256, 7, 7, 256},
    {64, 16, 28, 28, 32}, {1, 16, 300, 200, 16}, {16, 64, 8, 8, 64},
};
static const shape losing[] = {
    {16, 1, 28, 28, 32}, {16, 3, 224, 224, 16}, {16, 32, 28, 28, 1},
    {64, 64, 1, 1, 64},  {64, 64, 1, 50, 64},   {1, 512, 7, 7, 512},
    {64, 64, 5, 5, 64},
};
enum {
    GAINING = sizeof gaining / sizeof *gaining,
    LOSING = sizeof losing / sizeof *losing
};

START_TEST(deep_layers_of_3x3_take_winograd_and_others_do_not)
{
    cvl_isa isa;
    if (!find_isa(&isa)) return;
    for (size_t i = 0; i < GAINING; i++) {
        const cvl_conv2d_geometry g = geometry_of(&gaining[i]);
        ck_assert_msg(choose(&g, CVL_CONV_FASTEST, CVL_F32, isa, 1) ==
                          CVL_CONV_WINOGRAD,
                      "%zu", i);
        ck_assert_int_eq(choose(&g, CVL_CONV_AUTO, CVL_F32, isa, 1),
                         CVL_CONV_TILED);
    }
    for (size_t i = 0; i < LOSING; i++) {
        const cvl_conv2d_geometry g = geometry_of(&losing[i]);
        ck_assert_msg(choose(&g, CVL_CONV_FASTEST, CVL_F32, isa, 1) ==
                          CVL_CONV_TILED,
                      "%zu", i);
    }
}
END_TEST

START_TEST(what_winograd_is_not_for_is_chosen_as_auto_does)
{
    cvl_isa isa;
    if (!find_isa(&isa)) return;
    cvl_conv2d_geometry cases[8];
    for (size_t i = 0; i < 8; i++) cases[i] = geometry_of(&gaining[0]);
    cases[0].kernel_height = 2;
    cases[1].kernel_width = 5;
    cases[2].stride_y = 2;
    cases[3].stride_x = 2;
    cases[4].dilation_y = 2;
    cases[5].dilation_x = 2;
    cases[6].groups = 2;
    cases[7].in_height = cases[7].in_width = 3;
    cases[7].pad_top = cases[7].pad_bottom = 0;
    cases[7].pad_left = cases[7].pad_right = 0;
    for (size_t i = 0; i < 8; i++)
        ck_assert_int_eq(choose(&cases[i], CVL_CONV_FASTEST, CVL_F32, isa, 1),
                         choose(&cases[i], CVL_CONV_AUTO, CVL_F32, isa, 1));
    const cvl_conv2d_geometry g = geometry_of(&gaining[0]);
    ck_assert_int_eq(choose(&g, CVL_CONV_FASTEST, CVL_F32, CVL_ISA_BASE, 1),
                     choose(&g, CVL_CONV_AUTO, CVL_F32, CVL_ISA_BASE, 1));
}
END_TEST

START_TEST(neither_threads_nor_the_machine_have_a_say)
{
    cvl_random random;
    cvl_random_seed(&random, 5);
    for (size_t i = 0; i < 300; i++) {
        const shape s = {1 + cvl_random_below(&random, 20),
                         1 + cvl_random_below(&random, 70),
                         1 + cvl_random_below(&random, 40),
                         1 + cvl_random_below(&random, 40),
                         1 + cvl_random_below(&random, 70)};
        const cvl_conv2d_geometry g = geometry_of(&s);
        const cvl_isa best = cvl_isa_detect();
        const cvl_conv_algo one =
            choose(&g, CVL_CONV_FASTEST, CVL_F32, best, 1);
        for (size_t threads = 2; threads < 9; threads += 3)
            ck_assert_int_eq(
                choose(&g, CVL_CONV_FASTEST, CVL_F32, best, threads), one);
        if (best > CVL_ISA_AVX2)
            ck_assert_int_eq(
                choose(&g, CVL_CONV_FASTEST, CVL_F32, CVL_ISA_AVX2, 1), one);
    }
}
END_TEST

/* More images of the same are never the reason against it. */
START_TEST(a_larger_batch_gains_no_less)
{
    cvl_isa isa;
    if (!find_isa(&isa)) return;
    for (size_t i = 0; i < GAINING; i++) {
        shape s = gaining[i];
        for (; s.batch < 1000; s.batch *= 3) {
            const cvl_conv2d_geometry g = geometry_of(&s);
            ck_assert_int_eq(choose(&g, CVL_CONV_FASTEST, CVL_F32, isa, 1),
                             CVL_CONV_WINOGRAD);
        }
    }
}
END_TEST

START_TEST(a_choice_says_why)
{
    cvl_isa isa;
    if (!find_isa(&isa)) return;
    const cvl_exec exec = {.threads = 1, .isa = isa};
    static const struct {
        const shape *s;
        cvl_conv_algo asked;
        const char *begins, *says;
    } cases[] = {
        {&gaining[0], CVL_CONV_FASTEST, "winograd for ",
         "of the time of tiled"},
        {&losing[1], CVL_CONV_FASTEST, "tiled for ", "; winograd would take "},
        {&gaining[0], CVL_CONV_AUTO, "tiled for ", "; direct would "},
        {&gaining[0], CVL_CONV_WINOGRAD, "winograd, as asked", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const cvl_conv2d_geometry g = geometry_of(cases[i].s);
        char text[CVL_CONV_TEXT_SIZE];
        cvl_conv2d conv;
        cvl_error err;
        expect_ok(
            cvl_conv2d_init(&conv, &g, CVL_F32, cases[i].asked, &exec, &err),
            err);
        cvl_conv2d_choice(&conv, text);
        ck_assert_msg(strstr(text, cases[i].begins) == text &&
                          strstr(text, cases[i].says) != NULL,
                      "%s", text);
        ck_assert_uint_lt(strlen(text), sizeof text - 1);
        cvl_conv2d_free(&conv);
    }
}
END_TEST

static const char spec[] = "conv 16 3x3 padding=same, relu, conv 16 3x3 "
                           "padding=same, shuffle 2, conv 4 3x3 padding=1";

/* The net on that many images, 4 x 4, of which a few do not gain. */
static cvl_net_config config_of(size_t images)
{
    return (cvl_net_config){.spec = spec,
                            .input_shape = {images, 3, 4, 4},
                            .algo = CVL_CONV_FASTEST,
                            .exec = {.threads = 1, .isa = cvl_isa_detect()}};
}

START_TEST(the_rest_of_a_batch_is_computed_as_the_batch)
{
    const cvl_loss loss = {.reduction = CVL_REDUCTION_MEAN};
    const cvl_optimizer_settings sgd = {.kind = cvl_optimizer_kind_find("sgd"),
                                        .lr = 0.1};
    const cvl_net_config config = config_of(64), few = config_of(1);
    cvl_conv_algo algos[3][CVL_MAX_LAYERS];
    cvl_trainer trainer;
    cvl_net alone;
    cvl_error err;
    cvl_isa isa;
    expect_ok(cvl_trainer_init(&trainer, &config, &loss, &sgd, &err), err);
    expect_ok(cvl_trainer_add_rest(&trainer, &config, 1, &err), err);
    expect_ok(cvl_net_plan(&alone, &few, &err), err);
    cvl_net_algos(&trainer.net, algos[0]);
    cvl_net_algos(&trainer.rest, algos[1]);
    cvl_net_algos(&alone, algos[2]);
    ck_assert(!memcmp(algos[0], algos[1], sizeof algos[0]));
    /* Or this would prove nothing. */
    if (find_isa(&isa)) {
        ck_assert_int_eq(algos[0][2], CVL_CONV_WINOGRAD);
        ck_assert_int_eq(algos[2][2], CVL_CONV_TILED);
    }
    ck_assert_int_eq(algos[0][1], CVL_CONV_AUTO);
    cvl_net_free(&alone);
    cvl_trainer_free(&trainer);
}
END_TEST

START_TEST(each_layer_may_be_told_its_algorithm)
{
    static const cvl_conv_algo told[CVL_MAX_LAYERS] = {
        CVL_CONV_IM2COL, CVL_CONV_AUTO, CVL_CONV_DIRECT};
    cvl_net_config config = config_of(2);
    cvl_conv_algo algos[CVL_MAX_LAYERS];
    cvl_net net;
    cvl_error err;
    config.algo = CVL_CONV_TILED;
    if (!cvl_conv_algo_is_built(CVL_CONV_TILED, config.exec.isa)) return;
    config.algos = told;
    expect_ok(cvl_net_plan(&net, &config, &err), err);
    cvl_net_algos(&net, algos);
    ck_assert_int_eq(algos[0], CVL_CONV_IM2COL);
    ck_assert_int_eq(algos[1], CVL_CONV_AUTO);
    ck_assert_int_eq(algos[2], CVL_CONV_DIRECT);
    ck_assert_int_eq(algos[4], CVL_CONV_TILED); /* as algo says */
    cvl_net_free(&net);
}
END_TEST

/* The layers of `spec` by this algorithm, where it is for them. */
static bool plan_by(cvl_conv_algo algo, cvl_net *net)
{
    static cvl_conv_algo algos[CVL_MAX_LAYERS];
    cvl_net_config config = config_of(1);
    config.input_shape[2] = config.input_shape[3] = 40;
    config.algo = CVL_CONV_AUTO;
    config.algos = algos;
    algos[0] = algos[2] = algos[4] = algo;
    return !cvl_net_plan(net, &config, NULL);
}

START_TEST(blocks_that_are_rounded_together_move_as_a_whole)
{
    static const struct {
        cvl_conv_algo algo;
        size_t block, period, per, low, high;
    } cases[] = {{CVL_CONV_AUTO, 1, 1, 2, 5, 35},
                 {CVL_CONV_WINOGRAD, 4, 4, 8, 20, 20},
                 {CVL_CONV_WINOGRAD2, 2, 2, 4, 10, 30}};
    for (size_t i = 0; i < 3; i++) {
        cvl_net net;
        size_t period, per, plain;
        cvl_extent extent, all;
        if (!plan_by(cases[i].algo, &net)) continue;
        ck_assert_uint_eq(cvl_conv2d_block(cvl_net_conv2d(&net, 2)),
                          cases[i].block);
        ck_assert(cvl_net_exact_period(&net, 0, &period, &per));
        ck_assert_uint_eq(period, cases[i].period);
        ck_assert_uint_eq(per, cases[i].per);
        ck_assert(cvl_net_period(&net, 0, &plain, &per));
        ck_assert_uint_eq(plain, 1);
        ck_assert(cvl_net_extent(&net, 0, 20, &all));
        ck_assert(cvl_net_exact_extent(&net, 0, 20, &extent));
        ck_assert_uint_eq(extent.count, 40);
        ck_assert_uint_eq(all.low, 5);
        ck_assert_uint_eq(all.high, 35);
        ck_assert_uint_eq(extent.low, cases[i].low);
        ck_assert_uint_eq(extent.high, cases[i].high);
        cvl_net_free(&net);
    }
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("conv_choice");
    TCase *const all = tcase_create("conv_choice");
    tcase_add_test(all, deep_layers_of_3x3_take_winograd_and_others_do_not);
    tcase_add_test(all, what_winograd_is_not_for_is_chosen_as_auto_does);
    tcase_add_test(all, neither_threads_nor_the_machine_have_a_say);
    tcase_add_test(all, a_larger_batch_gains_no_less);
    tcase_add_test(all, a_choice_says_why);
    tcase_add_test(all, the_rest_of_a_batch_is_computed_as_the_batch);
    tcase_add_test(all, each_layer_may_be_told_its_algorithm);
    tcase_add_test(all, blocks_that_are_rounded_together_move_as_a_whole);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
