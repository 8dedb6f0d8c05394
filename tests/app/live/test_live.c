/* test_live.c - sessions compute what the program computes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "live/settings.h"
#include "program.h"

#define NOTEBOOK "net = conv 4 2x2 stride=2 padding=1"

START_TEST(the_notebooks_losses_are_the_programs)
{
    char text[256];
    static const char *const seeds[] = {"0", "1", "4294967295"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(text, sizeof text, NOTEBOOK "\nseed = %s", seeds[i]);
        expect_same_of_both(text);
    }
}
END_TEST

START_TEST(so_are_those_of_any_net)
{
    static const char *const nets[] = {
        "conv 4 3x3, relu, conv 2 2x2 stride=2",
        "conv 8 3x3 padding=same, leaky 0.1, maxpool 2, dense 5",
        "conv 12 3x3 padding=same, shuffle 2, conv 3 2x2 stride=2",
        "conv 4 3x3 padding=1, batchnorm, tanh, avgpool 2, conv 2 1x1 bias=no",
        "conv 6 3x3 groups=3 dilation=2x1, sigmoid",
        "conv 3 3x3 tied=yes padding=same",
        "dense 7, relu, dense 3",
        "relu",
    };
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "net = %s\nheight = 9\nwidth = 8\nseed = %zu\nreduction = "
                 "mean\nlr = 0.01\nsteps = 20",
                 nets[i], i);
        expect_same_of_both(text);
    }
}
END_TEST

START_TEST(so_are_those_of_any_way_to_descend)
{
    static const char *const ways[] = {
        "momentum = 0.9",
        "momentum = 0.9\nnesterov = true\nlr = auto",
        "lr = auto",
        "lr = auto\nreduction = mean",
        "optimizer = adam",
        "optimizer = adam\nlr = auto\nbeta1 = 0.8\nepsilon = 1e-6",
        "optimizer = adam\nwhiten = true\nlr = 0.01",
        "optimizer = cg",
        "weight-decay = 0.1",
        "lr-schedule = cosine\nlr-warmup = 5",
        "lr-schedule = linear\nlr = 0.002",
        "loss = l1\nlr = auto",
        "loss = huber:0.5\nreduction = mean\nlr = auto",
        "loss = charbonnier\nreduction = sum",
        "init = kaiming",
        "init = zeros",
        "region = valid\nreduction = mean",
        "whiten = true\nlr = auto",
        "lr = 1e6\nreduction = sum",
        "rtol = 10",
        "algorithm = direct",
        "algorithm = im2col",
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char text[512];
        snprintf(text, sizeof text, NOTEBOOK "\n%s\nsteps = 30", ways[i]);
        expect_same_of_both(text);
    }
}
END_TEST

START_TEST(so_are_those_of_a_filter_and_of_zeros)
{
    expect_same_of_both("net = conv 1 5x5 padding=same\nchannels = 1\ntarget "
                        "= filter:sobel-x\nreduction = mean\nlr = auto");
    expect_same_of_both("net = conv 3 3x3, conv 3 3x3 padding=2\ntarget = "
                        "filter:gaussian\nbatch = 1\nsteps = 20\ninit = "
                        "kaiming\nreduction = mean\nlr = auto");
    expect_same_of_both(NOTEBOOK "\ntarget = zeros\nsteps = 7");
}
END_TEST

/* Those of the program's own words for whoever has both. */
START_TEST(a_key_is_the_option_of_its_name)
{
    struct options options;
    options_of(option_table, "train", &options);
    for (const struct option *row = settings_table; row->name; row++) {
        const struct option *const option = option_find(&options, row->name);
        ck_assert_msg(option, "%s is no option", row->name);
        ck_assert_uint_eq(row->at, option->at);
        ck_assert_str_eq(row->text, option->text);
        ck_assert(row->low == option->low && row->high == option->high);
        ck_assert(row->above == option->above && row->below == option->below);
        ck_assert_msg(!row->zero == !option->zero, "%s", row->name);
        if (row->zero) ck_assert_str_eq(row->zero, option->zero);
        if (strcmp(row->name, "input") == 0) continue;
        ck_assert_int_eq(row->type, option->type);
        const char *name;
        for (size_t i = 0; (name = option_choice(option, i)); i++)
            ck_assert_str_eq(option_choice(row, i), name);
    }
}
END_TEST

START_TEST(wrong_settings_are_told_in_a_sentence)
{
    static const struct {
        const char *settings, *message;
    } cases[] = {
        {"", "the net is missing; add a line such as net = conv 4 2x2 stride=2 "
             "padding=1"},
        {"net =", "the net is missing; add a line such as net = conv 4 2x2 "
                  "stride=2 padding=1"},
        {"conv 4 2x2", "line 1: expected key = value, not 'conv 4 2x2'"},
        {"# no\n\n  lrr = 1", "line 3: unknown key 'lrr'; did you mean 'lr'?"},
        {"frobnicate = 1", "line 1: unknown key 'frobnicate'"},
        {"out = /tmp", "line 1: unknown key 'out'"},
        {"lr = 1\nlr = 2", "line 2: lr: already set in line 1"},
        {"lr = -1", "line 1: lr: '-1' is out of range; expected auto, or a "
                    "number above 0"},
        {"lr = 1e999", "line 1: lr: '1e999' is beyond what a number can hold; "
                       "expected auto, or a number above 0"},
        {"batch = 0", "line 1: batch: '0' is out of range; expected 1 or more"},
        {"batch = 99999999999999999999999999",
         "line 1: batch: '99999999999999999999999999' is too large; expected 1 "
         "or more"},
        {"batch = 2x",
         "line 1: batch: '2x' is not a whole number; expected 1 or more"},
        {"nesterov = yes", "line 1: nesterov: 'yes' is neither true nor false; "
                           "expected true or false"},
        {"input = /etc/passwd",
         "line 1: input: '/etc/passwd' is not one of random, zeros, given"},
        {NOTEBOOK "\ntarget = a.png",
         "line 2: target: 'a.png' is none; expected ones, zeros, given or "
         "filter:NAME, or leaves beside degrade"},
        {"target = filter:sobel",
         "line 1: target: filter 'sobel' is not one of identity, box, "
         "gaussian, sobel-x, sobel-y, laplacian, sharpen, emboss; did you mean "
         "'sobel-x'?"},
        {"net = conv 4 2x2, softmax",
         "line 1: net: layer 1: unknown layer 'softmax'; it belongs to the "
         "loss; end with dense, and say --loss cross-entropy"},
        {"net = conv 4 2x2 pading=1",
         "layer 0 (conv 4 2x2 pading=1): unknown key 'pading'; conv takes "
         "stride, padding, dilation, groups, bias, tied"},
        {"net = conv 4 99x99",
         "layer 0 (conv 4 99x99): kernel height 99 does not fit the padded "
         "input height 20; use a smaller kernel or more padding"},
        {"net = batchnorm\nbatch = 1\nheight = 1\nwidth = 1",
         "layer 0 (batchnorm): it is to learn from one number of each channel, "
         "which has no variance; take more images at a time, or put it where "
         "there are more places than one"},
        {NOTEBOOK "\ntarget = given\nloss = cross-entropy",
         "loss cross-entropy takes one number for each class, and the output "
         "is f32[2x4x11x11]; end the net in avgpool all, or dense"},
        {"net = dense 3\nloss = cross-entropy",
         "loss cross-entropy is of labels, and target ones has none; say "
         "target = given, and set t"},
        {NOTEBOOK "\nlabel-smoothing = 0.1",
         "loss mse has no labels that could be smoothed"},
        {"net = relu\noptimizer = cg", "--optimizer cg is for one conv layer, "
                                       "and this net is none; use sgd or adam"},
        {"net = conv 3 1x1 padding=1\ntarget = filter:box",
         "the target is f32[2x3x20x20], expected f32[2x3x22x22]"},
        {"net = conv 3 1x1\nregion = valid\nmask-clipped = maybe",
         "line 3: mask-clipped: 'maybe' is neither true nor false; expected "
         "true or false"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int status = live_open(live, cases[i].settings);
        ck_assert(status == CVL_EINVAL || status == CVL_ESHAPE);
        ck_assert_str_eq(live_error(live), cases[i].message);
        expect_refused(live_run(live), CVL_EINVAL,
                       "nothing is open; call live_open");
    }
}
END_TEST

/* Nothing that large is asked for: the limit is far below what there is. */
START_TEST(what_is_too_large_is_refused_with_the_limit)
{
    static const struct {
        const char *settings, *message;
    } cases[] = {
        {NOTEBOOK "\nheight = 1000000\nwidth = 1000000",
         "the input needs 22888184 MiB or more; the limit is 256 MiB; choose "
         "smaller sizes"},
        {NOTEBOOK "\nheight = 18446744073709551615\nwidth = 2",
         "the input needs 17592186044416 MiB or more; the limit is 256 MiB; "
         "choose smaller sizes"},
        {"algorithm = direct\nnet = conv 100000 3x3 padding=same",
         "the net needs 937 MiB or more; the limit is 256 MiB; choose smaller "
         "sizes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_refused(live_open(live, cases[i].settings), CVL_ENOMEM,
                       cases[i].message);
}
END_TEST

START_TEST(restart_begins_with_the_same_bits)
{
    static const char *const settings[] = {
        NOTEBOOK "\nmomentum = 0.9\nlr = auto",
        "net = conv 3 3x3, batchnorm, relu, conv 2 2x2\noptimizer = "
        "adam\nreduction = mean",
        "net = conv 1 5x5 padding=same\nchannels = 1\ntarget = "
        "filter:emboss\noptimizer = cg\nreduction = mean"};
    for (size_t k = 0; k < 3; k++) {
        double first[50], again[50];
        expect_live(live_open(live, settings[k]));
        expect_live(live_step(live, 20, first));
        const size_t taken = live_taken(live);
        expect_live(live_restart(live));
        ck_assert_uint_eq(live_taken(live), 0);
        for (size_t i = 0; i < taken; i++)
            expect_live(live_step(live, 1, &again[i]));
        ck_assert_uint_eq(live_taken(live), taken);
        ck_assert(alike(first, again, taken));
    }
}
END_TEST

/* A change before the first step is a part of the start; a later one is not. */
START_TEST(restart_returns_to_what_was_set_before_the_first_step)
{
    const double weights[4] = {1, 2, 3, 4}, others[4] = {5, 6, 7, 8};
    const double x[9] = {1, -1, 2, 0, 3, 1, 1, 1, -2};
    double first[5], again[5];
    expect_live(live_open(live, "net = conv 1 2x2 bias=no\nbatch = 1\n"
                                "channels = 1\nheight = 3\nwidth = 3\n"
                                "input = given\nlr = auto\ndtype = float64"));
    expect_live(live_set(live, "x", 0, x, 9));
    expect_live(live_set(live, "param", 0, weights, 4));
    expect_live(live_step(live, 5, first));
    ck_assert(isfinite(first[4]) && first[4] < first[0]);
    expect_live(live_set(live, "param", 0, others, 4));
    expect_refused(live_set(live, "x", 0, weights, 4), CVL_ESHAPE,
                   "x has 9 numbers, and 4 are given");
    expect_live(live_restart(live));
    expect_live(live_step(live, 5, again));
    ck_assert(alike(first, again, 5));
}
END_TEST

START_TEST(every_array_is_had_by_its_name)
{
    static const struct {
        const char *name;
        size_t index;
        uint32_t shape[4];
    } arrays[] = {{"x", 0, {2, 3, 20, 20}},
                  {"t", 0, {2, 4, 11, 11}},
                  {"y", 0, {2, 4, 11, 11}},
                  {"dy", 0, {2, 4, 11, 11}},
                  {"dx", 0, {2, 3, 20, 20}},
                  {"param", 0, {4, 3, 2, 2}},
                  {"param", 1, {4, 1, 1, 1}},
                  {"grad", 0, {4, 3, 2, 2}},
                  {"activation", 0, {2, 4, 11, 11}},
                  {"activation-grad", 0, {2, 4, 11, 11}}};
    struct live_array array;
    expect_live(live_open(live, NOTEBOOK));
    expect_live(live_run(live));
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        expect_live(live_tensor(live, arrays[i].name, arrays[i].index, &array));
        ck_assert(array.bits == 32 && array.data);
        ck_assert(memcmp(array.shape, arrays[i].shape, sizeof array.shape) ==
                  0);
        ck_assert(array.count == array.shape[0] * array.shape[1] *
                                     array.shape[2] * array.shape[3]);
    }
    expect_refused(live_tensor(live, "param", 2, &array), CVL_EINVAL,
                   "there is no array 'param' 2; there are x t y dy dx, param "
                   "grad buffer, activation activation-grad, mask where not "
                   "all counts, and, where they were made, sample labels, "
                   "look-x look-y look-p look-activation look-gradient "
                   "look-map, held-x held-t held-y held-base, picture, read");
    expect_refused(live_set(live, "grad", 0, NULL, 0), CVL_EINVAL,
                   "there is no 'grad' 0 to set; there are param, buffer, dy, "
                   "and x and t where the data is not drawn");
}
END_TEST

/* A run leaves no trace: the steps are those of a session that had none. */
START_TEST(runs_change_no_step)
{
    static const char settings[] =
        "net = conv 3 3x3, batchnorm, relu, conv 2 2x2\nreduction = mean";
    double plain[10], watched[10];
    expect_live(live_open(live, settings));
    expect_live(live_step(live, 10, plain));
    expect_live(live_open(live, settings));
    for (size_t i = 0; i < 10; i++) {
        expect_live(live_run(live));
        ck_assert(isnan(plain[i]) || live_loss(live) == plain[i]);
        expect_live(live_forward(live));
        expect_live(live_step(live, 1, &watched[i]));
        ck_assert_ptr_nonnull(live_describe(live));
    }
    ck_assert(alike(plain, watched, 10));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_notebooks_losses_are_the_programs,
        so_are_those_of_any_net,
        so_are_those_of_any_way_to_descend,
        so_are_those_of_a_filter_and_of_zeros,
        a_key_is_the_option_of_its_name,
        wrong_settings_are_told_in_a_sentence,
        what_is_too_large_is_refused_with_the_limit,
        restart_begins_with_the_same_bits,
        restart_returns_to_what_was_set_before_the_first_step,
        every_array_is_had_by_its_name,
        runs_change_no_step,
        NULL};
    return run_tests_between("live", tests, begin, end);
}
