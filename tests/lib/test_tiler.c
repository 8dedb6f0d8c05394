/* test_tiler.c - a net piece by piece makes the bits of the net in one. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cases.h"
#include "convlet/tiler.h"
#include "expect.h"

struct made {
    const char *spec;
    size_t channels;
    cvl_dtype dtype;
};

static cvl_net_config config_of(const struct made *made, size_t height,
                                size_t width)
{
    return (cvl_net_config){.spec = made->spec,
                            .input_shape = {1, made->channels, height, width},
                            .dtype = made->dtype,
                            .exec = cvl_exec_default()};
}

/* With random params, the same for any size of the input. */
static void build(const cvl_net_config *config, cvl_net *net)
{
    cvl_error err;
    cvl_random random;
    expect_ok(cvl_net_build(net, config, &err), err);
    cvl_random_seed(&random, 11);
    for (size_t i = 0; i < net->param_count; i++)
        cvl_random_fill_normal(&random, &net->params[i].value, 0.0, 0.3);
}

/* Kernels, paddings and channels that every path of every kernel takes. */
static const struct made nets[] = {
    {.spec = "conv 3 3x3 padding=same", .channels = 3},
    {.spec = "conv 8 3x3 padding=same, relu, conv 8 3x3 padding=same, relu, "
             "conv 1 5x5 padding=same",
     .channels = 1},
    {.spec = "conv 36 5x5 padding=same, relu, conv 32 3x3 padding=same, relu, "
             "conv 32 1x1, relu, conv 1 5x5 padding=same",
     .channels = 1},
    {.spec = "conv 8 3x3 padding=same, conv 1 1x41 padding=same",
     .channels = 2,
     .dtype = CVL_F64},
    {.spec = "conv 4 3x3, relu, conv 2 5x3", .channels = 2},
    {.spec = "conv 4 4x2 padding=same, conv 2 3x3 padding=3x0x0x4 "
             "dilation=2x1",
     .channels = 2,
     .dtype = CVL_F64},
    {.spec = "conv 4 3x3 padding=4, relu, conv 2 3x3 padding=same groups=2",
     .channels = 3},
    {.spec = "conv 4 1x1 bias=no, relu, conv 1 3x3 padding=same tied=yes",
     .channels = 2},
    /* Made much larger by its padding, a part of a picture more so. */
    {.spec = "conv 3 3x3 padding=5", .channels = 17},
    /* Pools, whose windows padding and border cut. */
    {.spec = "conv 4 3x3 padding=1, relu, maxpool 2, conv 2 3x3 padding=1",
     .channels = 2},
    {.spec = "maxpool 3 stride=2 padding=1 ceil=yes, avgpool 3x5 stride=1 "
             "padding=1x2 count-padding=no, conv 4 3x3 padding=same, shuffle 2",
     .channels = 2},
    {.spec = "avgpool 3x2 stride=2 padding=1 ceil=yes, conv 2 3x3, maxpool 3x2 "
             "stride=1 padding=1",
     .channels = 1,
     .dtype = CVL_F64},
    {.spec = "conv 4 3x3 padding=1, maxpool 2 ceil=yes, avgpool all",
     .channels = 1},
    /* Smaller, larger, both, and what the rest of a division decides. */
    {.spec = "conv 4 3x3 stride=2 padding=1, relu, conv 2 3x3 stride=3x1",
     .channels = 2},
    {.spec = "conv 2 5x3 stride=2x3 padding=fit, conv 1 2x2 stride=2 "
             "padding=fit",
     .channels = 1,
     .dtype = CVL_F64},
    {.spec = "conv 32 5x5 padding=same, relu, conv 12 3x3 padding=same, "
             "shuffle 2",
     .channels = 1},
    {.spec = "conv 9 3x3, shuffle 3, conv 4 3x3 padding=same, shuffle 2, conv "
             "2 2x2",
     .channels = 1},
    {.spec = "conv 24 4x4 stride=2 padding=1, relu, conv 24 3x3 padding=same, "
             "relu, conv 12 3x3 padding=same, shuffle 2",
     .channels = 3},
    {.spec = "conv 16 5x5 stride=2 padding=same, shuffle 4, conv 2 3x3 "
             "stride=2x1 padding=2",
     .channels = 1},
};
enum { NETS = sizeof nets / sizeof nets[0] };

static const size_t sizes[][2] = {{9, 9}, {17, 50}, {70, 20}, {90, 131}};

static void count(void *ticks)
{
    ++*(size_t *)ticks;
}

/* The tiles of a net against another on the whole of x. */
static void compare_tiles(const struct made *made, const cvl_net *net,
                          const cvl_tensor *x, cvl_conv_algo algo, cvl_isa isa)
{
    static const size_t tiles[] = {16, 23, 64, 0};
    cvl_error err;
    cvl_net whole;
    cvl_tensor y;
    cvl_net_config config = config_of(made, x->shape[2], x->shape[3]);
    config.algo = algo;
    config.exec.threads = 1;
    config.exec.isa = isa;
    build(&config, &whole);
    cvl_net_forward(&whole, x);
    for (size_t i = 0; i < sizeof tiles / sizeof tiles[0]; i++) {
        cvl_tiler tiler;
        config.exec.threads = 1 + i % 3;
        expect_ok(cvl_tiler_init(&tiler, &config, net, tiles[i], &err), err);
        expect_ok(cvl_tiler_prepare(&tiler, x->shape[2], x->shape[3], &err),
                  err);
        ck_assert(!cvl_tensor_init(&y, x->dtype, 4, whole.output.shape, NULL));
        cvl_tensor_fill(&y, NAN);
        size_t ticks = 0;
        cvl_tiler_run(&tiler, x, &y, count, &ticks);
        ck_assert_uint_eq(ticks, cvl_tiler_tiles(&tiler));
        ck_assert_msg(!memcmp(y.data, whole.output.data, cvl_tensor_bytes(&y)),
                      "%s by %s on %s: tiles of %zu differ on %zux%zu",
                      made->spec, cvl_conv_algo_name(algo), cvl_isa_name(isa),
                      tiles[i], x->shape[2], x->shape[3]);
        cvl_tensor_free(&y);
        cvl_tiler_free(&tiler);
        cvl_tiler_free(&tiler);
    }
    cvl_net_free(&whole);
}

START_TEST(tiles_have_the_bits_of_the_whole_whatever_their_size_and_threads)
{
    const struct made *const made = &nets[_i];
    const cvl_net_config trained = config_of(made, 60, 60);
    cvl_net net;
    build(&trained, &net);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const size_t shape[4] = {1, made->channels, sizes[i][0], sizes[i][1]};
        cvl_tensor x;
        cvl_random random;
        ck_assert(!cvl_tensor_init(&x, made->dtype, 4, shape, NULL));
        cvl_random_seed(&random, 4);
        cvl_random_fill_normal(&random, &x, 0.5, 0.3);
        for (int isa = CVL_ISA_BASE; isa <= (int)cvl_isa_detect(); isa++)
            compare_tiles(made, &net, &x, CVL_CONV_AUTO, (cvl_isa)isa);
        compare_tiles(made, &net, &x, CVL_CONV_IM2COL, CVL_ISA_BASE);
        if (x.count < 5000)
            compare_tiles(made, &net, &x, CVL_CONV_DIRECT, CVL_ISA_BASE);
        cvl_tensor_free(&x);
    }
    cvl_net_free(&net);
}
END_TEST

/* A number of low .. high. */
static size_t draw(cvl_random *random, size_t low, size_t high)
{
    return low + cvl_random_below(random, (uint32_t)(high - low + 1));
}

START_TEST(any_net_has_the_bits_of_the_whole)
{
    cvl_random random;
    size_t compared = 0;
    cvl_random_seed(&random, 7);
    while (compared < 150) {
        char spec[512];
        case_net_spec(&random, spec, sizeof spec);
        const struct made made = {
            .spec = spec, .channels = 1, .dtype = CVL_F64};
        const size_t shape[4] = {1, 1, draw(&random, 5, 90),
                                 draw(&random, 5, 90)};
        const cvl_net_config trained = config_of(&made, 60, 60),
                             config = config_of(&made, shape[2], shape[3]);
        cvl_net net;
        cvl_tensor x;
        if (cvl_net_plan(&net, &config, NULL)) continue;
        const bool large = net.output.count > 60000;
        cvl_net_free(&net);
        if (large || cvl_net_plan(&net, &trained, NULL)) continue;
        cvl_net_free(&net);
        build(&trained, &net);
        ck_assert(!cvl_tensor_init(&x, CVL_F64, 4, shape, NULL));
        cvl_random_fill_normal(&random, &x, 0.5, 0.3);
        compare_tiles(&made, &net, &x, CVL_CONV_AUTO, cvl_isa_detect());
        cvl_tensor_free(&x);
        cvl_net_free(&net);
        compared++;
    }
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("tiler");
    TCase *const all = tcase_create("tiler");
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(
        all, tiles_have_the_bits_of_the_whole_whatever_their_size_and_threads,
        0, NETS);
    tcase_add_test(all, any_net_has_the_bits_of_the_whole);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
