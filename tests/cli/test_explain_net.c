/* test_explain_net.c - `convlet explain` on any layer of a net. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "explain_answers.h"
#include "fixtures.h"
#include "run.h"

static const struct kept_answer whole[] = {
    {"--net 'conv 1 3x3 padding=1, relu' --params p.safetensors --layer 0 "
     "--at 1,2",
     "net_conv.txt"},
    {"--net 'conv 1 3x3 padding=1, relu' --params p.safetensors --layer 0 "
     "--grad-bias 0",
     "net_conv_bias.txt"},
    {"--net 'leaky 0.5, relu' --input '-2 0 1 3' --layer 1 --at 0",
     "net_relu.txt"},
    {"--net 'leaky 0.5, relu' --input '-2 0 1 3' --layer 1 --grad-input 1",
     "net_relu_back.txt"},
    {"--net 'leaky 0.5, relu' --input '-2 0 1 3' --layer 0 --at 0",
     "net_leaky.txt"},
    {"--net 'maxpool 2x3 stride=1 padding=1, relu' --layer 0 --at 3,4",
     "net_maxpool.txt"},
    {"--net 'maxpool 1x2 stride=1' --at 2,2", "net_maxpool_tie.txt"},
    {"--net 'maxpool 1x2 stride=1' --grad-input 2,3",
     "net_maxpool_tie_back.txt"},
    {"--net 'maxpool 2 stride=1' --grad-input 1,2", "net_maxpool_back.txt"},
    {"--net 'maxpool 2 stride=3' --grad-input 2,2", "net_maxpool_unread.txt"},
    {"--net 'avgpool 2 padding=1' --at 0,0", "net_avgpool.txt"},
    {"--net 'avgpool 4 stride=1' --grad-input 1,1", "net_avgpool_back.txt"},
    {"--net 'shuffle 2' --input range:1,4,2,2 --at 1,2", "net_shuffle.txt"},
    {"--net batchnorm --params bn.safetensors --input '3 5 3 5' --at 1",
     "net_batchnorm.txt"},
    {"--net batchnorm --params bn.safetensors --input '3 5 3 5' --mode eval "
     "--at 1",
     "net_batchnorm_eval.txt"},
    {"--net 'maxpool 2, dense 2 bias=no' --params d.safetensors --layer 1 "
     "--grad-weight 1,0,1,1",
     "net_dense.txt"},
    {"--net 'leaky 0.5' --input '-2 0 1 3' --reduction sum --loss-row 0",
     "net_loss.txt"},
    {"--net 'leaky 0.5' --input '-2 0 1 3' --reduction mean --loss huber:2 "
     "--target zeros --loss-row 0 --terms 2 --format json",
     "net_loss.json"},
    {"--net 'maxpool 2x3 stride=1 padding=1, relu' --layer 0 --at 3,4 "
     "--format json",
     "net_maxpool.json"},
    {"--net 'relu, leaky 0.5' --input '-2 0 1 3' --layer 0 --grad-input 0 "
     "--format json",
     "net_relu_back.json"},
    {"--net 'maxpool 2x3 stride=1, relu' --layer 0 --at 2,1 --format svg",
     "net_maxpool.svg"},
    {"--net 'maxpool 2 stride=1' --grad-input 1,2 --format svg",
     "net_maxpool_back.svg"},
    {"--net 'maxpool all' --input range:1,1,12,11 --at 0 --terms 4 "
     "--format svg",
     "net_maxpool_all.svg"},
    {"--net 'avgpool 2 padding=1' --at 0,0 --format svg", "net_avgpool.svg"},
    {"--net 'avgpool 4 stride=1' --grad-input 1,1 --format svg",
     "net_avgpool_back.svg"},
    {"--net 'leaky 0.5, relu' --input '-2 0 1 3' --layer 0 --at 0 --format svg",
     "net_leaky.svg"},
    {"--net 'relu, leaky 0.5' --input '-2 0 1 3' --layer 0 --grad-input 0 "
     "--format svg",
     "net_relu_back.svg"},
    {"--net 'shuffle 2' --input range:1,4,2,2 --at 1,2 --format svg",
     "net_shuffle.svg"},
    {"--net batchnorm --params bn.safetensors --input '3 5 3 5' --at 1 "
     "--format svg",
     "net_batchnorm.svg"},
    {"--net 'maxpool 2, maxpool 2, dense 2 bias=no' --params e.safetensors "
     "--layer 2 --at 1,0,0 --format svg",
     "net_dense.svg"},
};

START_TEST(an_answer_is_the_one_that_is_kept)
{
    char more[64];
    const bool has_input = strstr(whole[_i].line, "--input");
    put_answer_params();
    snprintf(more, sizeof more, "%s%s", has_input ? "" : " --input example",
             strstr(whole[_i].line, "--grad") ? " --reduction sum" : "");
    expect_kept_answer(&whole[_i], more);
}
END_TEST

#define NET "--net 'conv 2 3x3 padding=1, batchnorm, relu, maxpool 2, dense 3' "

/* Of every layer, either way, in both precisions. */
START_TEST(every_number_matches)
{
    static const char *const numbers[] = {"--at 1,0,0,0", "--grad-input 1,1",
                                          "--grad-weight 1", "--grad-bias 1"};
    static const char *const nets[] = {
        NET,
        ("--net 'conv 4 2x3 stride=2, tanh, shuffle 2, sigmoid, avgpool "
         "3x2 padding=1 ceil=yes stride=2, leaky, dense 4' "),
        "--net 'maxpool all, dense 3 bias=no, tanh, batchnorm' "};
    static const char *const ways[] = {
        "", "--dtype float64 --mode eval",
        ("--loss cross-entropy --label-smoothing "
         "0.1")};
    char line[512];
    size_t answered = 0;
    for (size_t n = 0; n < 3; n++)
        for (int layer = 0; layer < 7; layer++)
            for (size_t i = 0; i < 4; i++) {
                snprintf(line, sizeof line,
                         "explain %s%s%s --height 9 --width 7 --layer %d %s",
                         nets[n], ways[_i], i || _i < 2 ? "" : " --format json",
                         layer, numbers[i]);
                if (!i && _i == 2) continue;
                const struct outcome outcome = run(line);
                if (outcome.status == 2) continue;
                ck_assert_msg(!outcome.status, "%s: %s%s", line, outcome.err,
                              outcome.out);
                ck_assert_ptr_nonnull(strstr(outcome.out, "\nmatches: yes\n"));
                answered++;
            }
    ck_assert_uint_gt(answered, 20);
}
END_TEST

/* Of what stands on the sheet nothing lies beside it. */
START_TEST(every_number_is_drawn)
{
    static const char *const numbers[] = {"--at 1,1,0,0", "--grad-input 1,1",
                                          "--grad-weight 1", "--grad-bias 1"};
    char line[512];
    size_t drawn = 0;
    for (int layer = 0; layer < 7; layer++)
        for (size_t i = 0; i < 4; i++) {
            snprintf(line, sizeof line,
                     "explain --net 'conv 4 3x3 padding=1, batchnorm, tanh, "
                     "maxpool 2, shuffle 2, avgpool 3 padding=1, dense 3' "
                     "--height 9 --width 7 --format svg --layer %d %s",
                     layer, numbers[i]);
            const struct outcome outcome = run(line);
            if (outcome.status == 2) continue;
            ck_assert_msg(!outcome.status, "%s: %s", line, outcome.err);
            ck_assert_ptr_nonnull(strstr(outcome.out, ">matches: yes<"));
            ck_assert_ptr_nonnull(strstr(outcome.out, "</svg>\n"));
            ck_assert_ptr_null(strstr(outcome.out, "nan\""));
            for (const char *at = outcome.out; (at = strstr(at, " x=\""));) {
                const double x = strtod(at += 4, NULL);
                ck_assert_msg(x >= 0 && x <= 390, "%s: at %g", line, x);
            }
            drawn++;
        }
    ck_assert_uint_ge(drawn, 18);
}
END_TEST

/* No place on the sheet is, and a window at the edge is no function. */
START_TEST(what_is_not_finite_or_alone_is_drawn_too)
{
    static const char *const lines[] = {
        "batchnorm' --input n.npy --at 1",
        "relu, batchnorm' --input i.npy --layer 1 --grad-weight 0",
        "batchnorm' --params flat.safetensors --input h.npy --at 1",
        "tanh' --input n.npy --at 1",
        "maxpool 2' --input n.npy --at 0",
        "relu' --input n.npy --grad-input 1",
        "dense 2' --input n.npy --at 0",
        "avgpool 2 stride=1' --input example --grad-input 0",
        "batchnorm' --params flat.safetensors --input example --at 1"};
    static const size_t planes[] = {1, 1, 2, 2}, one[] = {1};
    static const char *const flat[] = {"0.weight", "z.npy", "0.bias", "z.npy",
                                       NULL};
    char line[256];
    put_constant("n.npy", 4, planes, NAN);
    put_constant("i.npy", 4, planes, INFINITY);
    put_constant("h.npy", 4, planes, 1e300);
    put_constant("z.npy", 1, one, 0);
    put_tensors("flat.safetensors", flat);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        snprintf(line, sizeof line, "explain --format svg --net '%s", lines[i]);
        const struct outcome outcome = run(line);
        ck_assert_msg(!outcome.status, "%s: %s", line, outcome.err);
        ck_assert_msg(!strstr(outcome.out, "nan\"") &&
                          !strstr(outcome.out, "\"nan") &&
                          !strstr(outcome.out, "\"-nan") &&
                          !strstr(outcome.out, "width=\"-"),
                      "%s: %s", line, outcome.out);
    }
}
END_TEST

/* Each column of the row has a bar for each class. */
START_TEST(the_row_of_a_softmax_is_drawn)
{
    const struct outcome outcome =
        run_expect(0, "explain --net 'dense 4' --loss cross-entropy "
                      "--labels '3 1' --loss-row 1 --format svg");
    size_t bars = 0, labels = 0;
    for (const char *at = outcome.out; (at = strstr(at, ">class ")); at++)
        bars += at[7] >= '0' && at[7] <= '3';
    for (const char *at = outcome.out; (at = strstr(at, "1, the label")); at++)
        labels++;
    ck_assert_uint_eq(bars, 16);
    ck_assert_uint_eq(labels, 4);
    ck_assert_ptr_nonnull(strstr(outcome.out, ">matches: yes<"));
}
END_TEST

START_TEST(a_convolution_of_a_net_is_explained_as_one_alone)
{
    static char alone[ANSWER_LIMIT];
    static const char *const numbers[] = {"--at 1,2", "--grad-weight 0,1",
                                          "--grad-input 2,1", "--grad-bias 0"};
    char line[256];
    put_answer_params();
    for (size_t i = 0; i < 4; i++) {
        snprintf(line, sizeof line,
                 "explain --input example --weight w.npy --bias b.npy "
                 "--padding 1%s %s",
                 i ? " --reduction sum --target ones" : "", numbers[i]);
        snprintf(alone, sizeof alone, "%s",
                 strstr(run_expect(0, line).out, "[ ] takes part"));
        snprintf(line, sizeof line,
                 "explain --input example --net 'conv 1 3x3 padding=1' "
                 "--params p.safetensors%s %s",
                 i ? " --reduction sum" : "", numbers[i]);
        ck_assert_str_eq(strstr(run_expect(0, line).out, "[ ] takes part"),
                         alone);
    }
}
END_TEST

/* What the function is made of, and what it is. */
START_TEST(a_function_is_named)
{
    const char *out = run_expect(0, "explain --net tanh --input '0.5 1' --at 0 "
                                    "--digits 4")
                          .out;
    ck_assert_ptr_nonnull(strstr(out, "x[0,0,0,0] 0.5 =  0.4621  0.4621"));
    ck_assert_ptr_nonnull(strstr(out, "  tanh x\n"));
    out = run_expect(0, "explain --net sigmoid --input '0 1' --grad-input 0 "
                        "--reduction sum")
              .out;
    ck_assert_ptr_nonnull(
        strstr(out, "dy[0,0,0,0] -1 * 0.25 =   -0.25  -0.25"));
    ck_assert_ptr_nonnull(strstr(out, "factor: y (1 - y)\n"));
}
END_TEST

/* One space for each run of them: how wide columns are, hangs on the last
 * digits of a machine's exp. */
static void squeeze(const char *text, char *squeezed)
{
    for (; *text; text++)
        if (*text != ' ' || text[1] != ' ') *squeezed++ = *text;
    *squeezed = '\0';
}

/* log 2, log 6 and log 8 are probabilities of an eighth, three and a half. */
#define ROW                                                                  \
    "explain --net 'leaky 1' --input '[[0,0,0],[0.6931471805599453,"         \
    "1.791759469228055,2.0794415416798357]]' --loss cross-entropy --labels " \
    "'0 1' --loss-row "

START_TEST(a_row_of_softmax_is_the_one_of_the_definition)
{
    static char squeezed[ANSWER_LIMIT];
    const char *out = run_expect(0, ROW "1").out;
    static const char *const lines[] = {
        "loss of sample 1: cross-entropy, reduction mean, label 1\n",
        "logit is y of layer 0, leaky 1, compared with 0 1\n",
        " 0 0.693147 -1.38629 0.25 0.125 2.07944 0 0 0.125 0.0625\n",
        " 1 1.79176 -0.287682 0.75 0.375 0.980829 1 0.980829 -0.625 ",
        " -0.625 -0.3125 label\n",
        " 2 2.07944 0 1 0.5 0.693147 0 0 0.5 0.25\n",
        " sum 2 1 1 0.980829 ",
        "\nlog of sum 0.693147180559945",
        "\nlog-sum-exp 2.77258872223978",
        " 0 1.09861 1.09861\n",
        " 1 0.980829 2.07944 this one\n",
        "\n2 samples: 2.079441541679835",
        ", divided by 2: 1.03972077083991",
        "\nmatches: yes\n"};
    squeeze(out, squeezed);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        ck_assert_msg(strstr(squeezed, lines[i]), "%s in %s", lines[i], out);
    out = run_expect(0, ROW "1 --label-smoothing 0.3 --format json").out;
    ck_assert_ptr_nonnull(strstr(out, "\"label\":\t1,"));
    ck_assert_ptr_nonnull(strstr(out, "\"q\":\t0.8,"));
    ck_assert_ptr_nonnull(strstr(out, "\"q\":\t0.1,"));
    ck_assert_ptr_nonnull(strstr(out, "\"matches\":\ttrue\n"));
    /* Of any size. */
    out = run_expect(0, "explain --net 'leaky 1' --input '[[-1e308,1e308]]' "
                        "--loss cross-entropy --labels 1 --loss-row 0")
              .out;
    ck_assert_ptr_nonnull(strstr(out, "largest logit  1e+308\n"));
    ck_assert_ptr_nonnull(strstr(out, "\nmatches: yes\n"));
    ck_assert_ptr_nonnull(strstr(run_expect(0, ROW "1 --format svg").out,
                                 ">loss of sample 1</text>"));
}
END_TEST

/* Whatever the loss, the reduction, the precision. */
START_TEST(every_loss_is_the_sum_of_its_terms)
{
    static const char *const losses[] = {"mse", "l1", "huber:0.5",
                                         "charbonnier",
                                         "cross-entropy --label-smoothing 0.2"};
    char line[256];
    for (size_t i = 0; i < 5; i++)
        for (int way = 0; way < 5; way++) {
            snprintf(line, sizeof line,
                     "explain " NET "--height 5 --width 6 --loss-row 1 --loss "
                     "%s --reduction %s --dtype %s",
                     losses[i], way % 3 ? "mean" : "sum",
                     way % 2 ? "float32" : "float64");
            ck_assert_ptr_nonnull(
                strstr(run_expect(0, line).out, "\nmatches: yes\n"));
        }
}
END_TEST

START_TEST(what_is_saved_is_the_layers)
{
    static const size_t x[] = {1, 2, 2, 2}, y[] = {1, 3, 1, 1};
    run_expect(0, "explain " NET "--batch 1 --height 4 --width 4 --mode eval "
                  "--save-arrays kept");
    run_expect(0, "conv --net 'dense 3 bias=no' --input kept/x.npy -o y.npy");
    const char *const names[] = {"kept/x.npy", "kept/y.npy", "kept/dy.npy"};
    for (size_t i = 0; i < 3; i++) {
        cvl_tensor tensor = get_array(names[i]);
        expect_shape(&tensor, 4, i ? y : x);
        cvl_tensor_free(&tensor);
    }
    ck_assert_uint_eq(count_entries("kept"), 5);
}
END_TEST

START_TEST(a_model_brings_its_net_its_params_and_its_size)
{
    run_expect(0, "train --net 'conv 2 3x3, relu' --channels 1 --height 6 "
                  "--width 5 --steps 2 --out run --quiet");
    const char *out = run_expect(0, "explain --model run/model.safetensors "
                                    "--batch 3 --at 2,1,3,2")
                          .out;
    ck_assert_ptr_nonnull(strstr(out, "layer 1, relu, of 2: y[2,1,3,2]\n"));
    ck_assert_ptr_nonnull(strstr(out, "x is y of layer 0, conv 2 3x3\n"));
}
END_TEST

/* The number behind a word, such as "p". */
static double member(const char *json, const char *name)
{
    char key[64];
    snprintf(key, sizeof key, "\"%s\":\t", name);
    const char *const at = strstr(json, key);
    ck_assert_msg(at, "%s", name);
    return strtod(at + strlen(key), NULL);
}

/* A picture becomes what the classifier was trained on, and so do bytes. */
START_TEST(a_models_input_is_prepared_as_apply_does_it)
{
    static const char *const files[] = {ASSETS "/drawn/seven.png", "x.idx"};
    unsigned char bytes[16 + 64] = {0, 0, 8, 3, 0, 0, 0, 1,
                                    0, 0, 0, 8, 0, 0, 0, 8};
    char line[512], out[512];
    run_expect(0, "train --data digits --net 'conv 2 3x3, relu, dense 10' "
                  "--epochs 1 --standardize --quiet --out run");
    for (size_t i = 0; i < 64; i++) bytes[16 + i] = (unsigned char)(i * 7 % 17);
    put_bytes("x.idx", bytes, sizeof bytes);
    for (size_t i = 0; i < 2; i++) {
        snprintf(line, sizeof line,
                 "apply --model run/model.safetensors --format csv --quiet %s",
                 files[i]);
        snprintf(out, sizeof out, "%s",
                 strchr(run_expect(0, line).out, '\n') + 1);
        /* file,answer,truth, and the probability of each class */
        const long answer = strtol(strchr(out, ',') + 1, NULL, 10);
        const char *at = out;
        for (long k = 0; k < answer + 3; k++) at = strchr(at, ',') + 1;
        const double p = strtod(at, NULL);
        snprintf(line, sizeof line,
                 "explain --model run/model.safetensors --input %s --loss "
                 "cross-entropy --loss-row 0 --format json%s%s",
                 files[i], i ? "" : " --labels ", i ? "" : "0");
        const char *row = run_expect(0, line).out;
        for (long k = answer; k > 0; k--)
            row = strstr(strstr(row, "\"p\":") + 1, "\"p\":");
        ck_assert_double_eq_tol(member(row, "p"), p, 1e-5);
    }
}
END_TEST

START_TEST(a_restorers_picture_becomes_luminance)
{
    static const size_t shape[] = {1, 1, 128, 128};
    run_expect(0, "train --target leaves --degrade noise:25 --color y --net "
                  "'conv 1 3x3 padding=same' --patch 8 --batch-size 2 --steps "
                  "1 --quiet --out run");
    run_expect(0, "explain --model run/model.safetensors --input " ASSETS
                  "/sample.png --save-arrays kept");
    cvl_tensor x = get_array("kept/x.npy");
    ck_assert_uint_eq(x.shape[1], shape[1]);
    cvl_tensor_free(&x);
}
END_TEST

START_TEST(no_line_of_an_answer_is_long_or_ends_in_a_space)
{
    static const char *const lines[] = {
        "explain " NET "--layer 1 --grad-input 1,1,9,9",
        "explain " NET "--layer 1 --at 1,1,19,19 --mode eval",
        "explain " NET "--layer 3 --grad-input 1,1,19,19",
        "explain " NET "--loss cross-entropy --grad-weight 2,1,9,9",
        "explain " NET "--loss cross-entropy --loss-row 1",
        "explain " NET "--loss-row 1 --terms 1",
        "explain --net 'maxpool 7' --at 1,2,1,1"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        expect_tidy_answer(lines[i], 110);
}
END_TEST

static const struct {
    const char *line;
    int status;
    const char *message;
} wrong[] = {
    {"--net 'relu, maxpool 2' --layer 2", 2,
     "--layer: there is no layer 2; they count from 0, and the last one is 1"},
    {"--net 'maxpool 2' --at 0,0,10,0", 2,
     "--at: there is no y[0,0,10,0]; the last N,K,Y,X is 1,2,9,9"},
    {"--net 'conv 4 3x3, maxpool 2' --layer 0 --grad-input 0,3,0,0", 2,
     "--grad-input: there is no dx[0,3,0,0]; the last N,C,Y,X is 1,2,19,19"},
    {"--net 'conv 4 3x3, batchnorm' --grad-weight 4", 2,
     "--grad-weight: there is no dw[4]; the last K is 3"},
    {"--net 'conv 4 3x3, batchnorm' --grad-weight 1,2", 2,
     "--grad-weight: dw of this layer has 1 axis; write one number, the "
     "channel"},
    {"--net 'conv 4 3x3, relu, dense 2 bias=no, tanh' --grad-weight 0", 2,
     "--grad-weight: layer 3 (tanh) has no weight; ask of --layer 0 or 2"},
    {"--net 'conv 4 3x3, dense 2 bias=no' --grad-bias 0", 2,
     "--grad-bias: layer 1 (dense) has no bias; ask of --layer 0"},
    {"--net relu --grad-bias 0", 2,
     "--grad-bias: layer 0 (relu) has no bias; no layer of the net has one"},
    {"--net relu --geometry", 2,
     "--geometry: layer 0 has no kernels; take a --layer that is conv or "
     "dense"},
    {"--layer 0", 2,
     "--layer is for a net; add --net, as --net \"conv 8 3x3, relu\""},
    {"--mode eval", 2,
     "--mode is for a net; add --net, as --net \"conv 8 3x3, relu\""},
    {"--loss-row 0", 2,
     "--loss-row is for a net; add --net, as --net \"conv 8 3x3, relu\""},
    {"--net relu --loss-row 2", 2,
     "--loss-row: there is no sample 2; they count from 0, and the last one is "
     "1"},
    {"--net relu --loss-row 0 --at 0", 2,
     "--at and --loss-row are two questions; ask one at a time"},
    {"--net relu --loss-row 0 --layer 0", 2,
     "--layer has no effect beside --loss-row, which is of the net's output"},
    {"--net relu --loss-row 0 --grad-output dy.npy", 2,
     "--grad-output takes the place of a loss, and --loss-row asks for one"},
    {"--net relu --softmax 0", 2,
     "unknown flag --softmax; did you mean --loss-row?"},
    {"--net relu --weight w.npy", 2,
     "--weight is of one convolution; a net takes its arrays from --params"},
    {"--net relu --kernels 2", 2,
     "--kernels is of one convolution; a net's layers say theirs, as conv 8 "
     "3x3 stride=2"},
    {"--net relu --stride 2", 2,
     "--stride is of one convolution; a net's layers say theirs, as conv 8 "
     "3x3 stride=2"},
    {"--model m.safetensors --net relu", 2,
     "--net has no effect beside --model; m.safetensors has its own"},
    {"--net relu --input x.npy --height 4", 2,
     "--height is for random input; x.npy has its own size"},
    {"--net relu --target zeros", 2,
     "--target is for gradients; add --grad-weight K,C,I,J, --grad-input "
     "N,C,Y,X or --grad-bias K"},
    {"--net relu --grad-input 0 --target filter:gaussian", 2,
     "--target filter:gaussian is of one convolution; of a net name ones, "
     "zeros, or a picture or array"},
    {"--net relu --grad-input 0 --labels '1'", 2,
     "--labels goes with a loss of labels; add --loss cross-entropy"},
    {"--net 'dense 3' --grad-input 0 --loss cross-entropy --target ones", 2,
     "--target is for losses of arrays; --loss cross-entropy takes --labels"},
    {"--net relu --grad-input 0 --loss cross-entropy", 2,
     "loss cross-entropy takes one number for each class, and the output is "
     "f32[2x3x20x20]; end the net in avgpool all, or dense"},
    {"--net 'dense 3, batchnorm' --batch 1", 2,
     "layer 1 (batchnorm): it is to learn from one number of each channel, "
     "which has no variance; take more images at a time, or put it where "
     "there are more places than one"},
};

START_TEST(each_mistake_gets_its_one_line)
{
    static const size_t planes[] = {1, 1, 5, 4};
    put_array("x.npy", 4, planes);
    expect_mistake(wrong[_i].line, wrong[_i].status, wrong[_i].message);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("explain_net");
    TCase *const all = tcase_create("explain_net");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_loop_test(all, an_answer_is_the_one_that_is_kept, 0,
                        (int)(sizeof whole / sizeof whole[0]));
    tcase_add_loop_test(all, every_number_matches, 0, 3);
    tcase_add_test(all, every_number_is_drawn);
    tcase_add_test(all, what_is_not_finite_or_alone_is_drawn_too);
    tcase_add_test(all, the_row_of_a_softmax_is_drawn);
    tcase_add_test(all, a_convolution_of_a_net_is_explained_as_one_alone);
    tcase_add_test(all, a_function_is_named);
    tcase_add_test(all, a_row_of_softmax_is_the_one_of_the_definition);
    tcase_add_test(all, every_loss_is_the_sum_of_its_terms);
    tcase_add_test(all, what_is_saved_is_the_layers);
    tcase_add_test(all, a_model_brings_its_net_its_params_and_its_size);
    tcase_add_test(all, a_models_input_is_prepared_as_apply_does_it);
    tcase_add_test(all, a_restorers_picture_becomes_luminance);
    tcase_add_test(all, no_line_of_an_answer_is_long_or_ends_in_a_space);
    tcase_add_loop_test(all, each_mistake_gets_its_one_line, 0,
                        (int)(sizeof wrong / sizeof wrong[0]));
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
