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

/* How a net is computed. */
struct way {
    cvl_conv_algo algo;
    cvl_isa isa;
    const cvl_conv_algo *algos; /* NULL, or of each layer */
};

static const char *name_way(struct way way)
{
    for (size_t i = 0; way.algos && i < CVL_MAX_LAYERS; i++)
        if (way.algos[i] != CVL_CONV_AUTO)
            return cvl_conv_algo_name(way.algos[i]);
    return way.algo == CVL_CONV_FASTEST ? "the fastest"
                                        : cvl_conv_algo_name(way.algo);
}

/* The tiles of a net against another on the whole of x. */
static void compare_tiles(const struct made *made, const cvl_net *net,
                          const cvl_tensor *x, struct way way)
{
    static const size_t tiles[] = {16, 23, 64, 0};
    cvl_error err;
    cvl_net whole;
    cvl_tensor y;
    cvl_net_config config = config_of(made, x->shape[2], x->shape[3]);
    config.algo = way.algo;
    config.algos = way.algos;
    config.exec.threads = 1;
    config.exec.isa = way.isa;
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
                      made->spec, name_way(way), cvl_isa_name(way.isa),
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
            compare_tiles(made, &net, &x,
                          (struct way){CVL_CONV_AUTO, (cvl_isa)isa, NULL});
        compare_tiles(made, &net, &x,
                      (struct way){CVL_CONV_IM2COL, CVL_ISA_BASE, NULL});
        if (x.count < 5000)
            compare_tiles(made, &net, &x,
                          (struct way){CVL_CONV_DIRECT, CVL_ISA_BASE, NULL});
        cvl_tensor_free(&x);
    }
    cvl_net_free(&net);
}
END_TEST

/*
 * Layers that round blocks of outputs, 4 or 2 a side, in all places where they
 * meet each other, strides, shuffles, pools and paddings that begin anywhere.
 */
static const struct made blocked[] = {
    {.spec = "conv 3 3x3 padding=same", .channels = 3},
    {.spec = "conv 16 3x3, relu, conv 17 3x3 padding=2x0x1x3, conv 1 3x3 "
             "padding=5",
     .channels = 8},
    {.spec = "conv 8 3x3 padding=same, relu, conv 8 3x3 padding=same, relu, "
             "conv 8 3x3 padding=same, relu, conv 8 3x3 padding=same",
     .channels = 1,
     .dtype = CVL_F64},
    {.spec = "conv 9 3x3 padding=1, conv 6 5x4 padding=same, relu, conv 5 3x3",
     .channels = 2},
    {.spec = "conv 12 4x4 stride=2 padding=1, relu, conv 12 3x3 padding=same, "
             "relu, conv 12 3x3 padding=same, shuffle 2, conv 3 3x3 padding=1",
     .channels = 3},
    {.spec = "conv 8 3x3, conv 4 3x3 stride=3x2 padding=1, conv 9 3x3 "
             "padding=same, shuffle 3, conv 2 3x3 padding=0x1x2x0",
     .channels = 1,
     .dtype = CVL_F64},
    {.spec = "conv 8 3x3 padding=same, maxpool 3 stride=2 padding=1 ceil=yes, "
             "conv 8 3x3 padding=same, avgpool 2 stride=1, conv 4 3x3",
     .channels = 1},
    {.spec = "conv 4 3x3 padding=same, shuffle 2, conv 8 3x3 padding=1, conv "
             "2 3x3 stride=5 padding=2",
     .channels = 2},
    {.spec = "conv 8 3x3 padding=same tied=yes, conv 4 3x3 dilation=2, conv 4 "
             "3x3 groups=2, conv 2 3x3 bias=no padding=3",
     .channels = 2},
};
enum { BLOCKED = sizeof blocked / sizeof blocked[0] };

/* This algorithm wherever it can be; false where that is nowhere. */
static bool force(const cvl_net_config *config, cvl_conv_algo algo,
                  cvl_conv_algo algos[CVL_MAX_LAYERS])
{
    cvl_net net;
    bool found = false;
    ck_assert(!cvl_net_plan(&net, config, NULL));
    for (size_t i = 0; i < CVL_MAX_LAYERS; i++) {
        cvl_conv2d probe;
        const cvl_conv2d *const conv =
            i < net.layer_count ? cvl_net_conv2d(&net, i) : NULL;
        algos[i] = CVL_CONV_AUTO;
        if (!conv || cvl_conv2d_init(&probe, &conv->geometry, config->dtype,
                                     algo, &config->exec, NULL))
            continue;
        cvl_conv2d_free(&probe);
        algos[i] = algo;
        found = true;
    }
    cvl_net_free(&net);
    return found;
}

/* By blocks of 4 and of 2, and by what is fastest, on a random x. */
static void compare_blocked(const struct made *made, const size_t size[2],
                            cvl_isa isa)
{
    const cvl_net_config trained = config_of(made, 60, 60);
    const size_t shape[4] = {1, made->channels, size[0], size[1]};
    cvl_net_config config = config_of(made, size[0], size[1]);
    cvl_conv_algo algos[CVL_MAX_LAYERS];
    cvl_net net;
    cvl_tensor x;
    cvl_random random;
    config.exec.isa = isa;
    build(&trained, &net);
    ck_assert(!cvl_tensor_init(&x, made->dtype, 4, shape, NULL));
    cvl_random_seed(&random, 4);
    cvl_random_fill_normal(&random, &x, 0.5, 0.3);
    for (int algo = CVL_CONV_WINOGRAD; algo <= (int)CVL_CONV_WINOGRAD2; algo++)
        if (force(&config, (cvl_conv_algo)algo, algos))
            compare_tiles(made, &net, &x,
                          (struct way){CVL_CONV_AUTO, isa, algos});
    compare_tiles(made, &net, &x, (struct way){CVL_CONV_FASTEST, isa, NULL});
    cvl_tensor_free(&x);
    cvl_net_free(&net);
}

START_TEST(tiles_are_cut_where_blocks_are_rounded_together)
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int isa = CVL_ISA_BASE; isa <= (int)cvl_isa_detect(); isa++)
            compare_blocked(&blocked[_i], sizes[i], (cvl_isa)isa);
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
        const size_t size[2] = {draw(&random, 5, 90), draw(&random, 5, 90)};
        const size_t shape[4] = {1, 1, size[0], size[1]};
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
        compare_tiles(&made, &net, &x,
                      (struct way){CVL_CONV_AUTO, cvl_isa_detect(), NULL});
        cvl_tensor_free(&x);
        cvl_net_free(&net);
        compared++;
    }
}
END_TEST

/* A chain of what moves, enlarges and shrinks blocks, at random. */
static void draw_blocked(cvl_random *random, char *spec, size_t size)
{
    static const char *const paddings[] = {"0", "1", "2x0x1x3", "3"};
    static const char *const others[] = {"maxpool 2",
                                         "maxpool 3x2 stride=2x1 padding=1",
                                         "avgpool 2 stride=1",
                                         "conv 4 2x4 stride=2x1 padding=1",
                                         "conv 4 3x3 stride=1x3",
                                         "relu"};
    const size_t layers = draw(random, 1, 4);
    for (size_t i = 0, used = 0; i < layers; i++) {
        const size_t factor = draw(random, 1, 3);
        used += (size_t)snprintf(spec + used, size - used,
                                 "%sconv %zu 3x3 padding=%s", i ? ", " : "",
                                 factor * factor * draw(random, 1, 3),
                                 paddings[draw(random, 0, 3)]);
        used += (size_t)snprintf(spec + used, size - used, ", %s",
                                 others[draw(random, 0, 5)]);
        if (factor > 1 && draw(random, 0, 1))
            used += (size_t)snprintf(spec + used, size - used,
                                     ", conv %zu 3x3 padding=same, shuffle %zu",
                                     factor * factor, factor);
    }
}

START_TEST(any_net_of_blocks_has_the_bits_of_the_whole)
{
    cvl_random random;
    size_t compared = 0;
    cvl_random_seed(&random, 8);
    while (compared < 100) {
        char spec[512];
        draw_blocked(&random, spec, sizeof spec);
        const struct made made = {.spec = spec,
                                  .channels = draw(&random, 1, 3),
                                  .dtype = compared % 2 ? CVL_F64 : CVL_F32};
        const size_t size[2] = {draw(&random, 5, 90), draw(&random, 5, 90)};
        const cvl_net_config trained = config_of(&made, 60, 60),
                             config = config_of(&made, size[0], size[1]);
        cvl_net net;
        if (cvl_net_plan(&net, &config, NULL)) continue;
        const bool large = net.output.count > 60000;
        cvl_net_free(&net);
        if (large || cvl_net_plan(&net, &trained, NULL)) continue;
        cvl_net_free(&net);
        compare_blocked(&made, size, cvl_isa_detect());
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
    tcase_add_loop_test(all, tiles_are_cut_where_blocks_are_rounded_together, 0,
                        BLOCKED);
    tcase_add_test(all, any_net_of_blocks_has_the_bits_of_the_whole);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
