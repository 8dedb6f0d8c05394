/* test_edges.c - what others made, and what others are used to. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "fixtures.h"
#include "rows.h"
#include "run.h"
#include "sanitized.h"

/* Writes a .safetensors file of this header, before `data` zero bytes. */
static void put_safetensors(const char *name, const char *header, size_t data)
{
    unsigned char bytes[1024] = {0};
    const size_t size = strlen(header);
    ck_assert_uint_lt(8 + size + data, sizeof bytes);
    bytes[0] = (unsigned char)(size & 255);
    bytes[1] = (unsigned char)(size >> 8);
    memcpy(bytes + 8, header, size + 1);
    put_bytes(name, bytes, 8 + size + data);
}

#define PARAM                                                \
    "\"0.weight\":{\"dtype\":\"F64\",\"shape\":[1,1,1,2],"   \
    "\"data_offsets\":[0,16]},\"0.bias\":{\"dtype\":\"F64\"" \
    ",\"shape\":[1],\"data_offsets\":[16,24]}"
#define COUNTER                                                          \
    ",\"1.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_" \
    "offsets\":[24,32]}"

static const char INIT[] = "train --channels 1 --kernels 1 --kernel-size 1,2 "
                           "--steps 1 --init ./model.safetensors";

START_TEST(what_a_net_does_not_need_of_a_file_is_passed_over)
{
    char line[256];
    snprintf(line, sizeof line, "%s --quiet", INIT);
    put_safetensors("model.safetensors", "{" PARAM "}", 24);
    const struct outcome plain = run_expect(0, line);
    char loss[64];
    snprintf(loss, sizeof loss, "%s", plain.out);
    put_safetensors("model.safetensors", "{" PARAM COUNTER "}", 32);
    const struct outcome more = run_expect(0, line);
    ck_assert_str_eq(more.out, loss);
    ck_assert_str_eq(more.err, "");
    ck_assert_ptr_nonnull(strstr(
        run_expect(0, INIT).err,
        "convlet train: note: ./model.safetensors: passed over 1 "
        "tensor; tensor \"1.num_batches_tracked\" has the dtype \"I64\", "
        "convlet reads F32 and F64\n"));
    put_safetensors("model.safetensors", "{\"__metadata__\":null," PARAM "}",
                    24);
    ck_assert_str_eq(run_expect(0, line).out, loss);
}
END_TEST

START_TEST(params_of_other_names_are_taken_and_this_is_said)
{
    static const char renamed[] =
        "{\"net.7.weight\":{\"dtype\":\"F64\",\"shape\":[1,1,1,2],"
        "\"data_offsets\":[0,16]},\"net.7.bias\":{\"dtype\":\"F64\","
        "\"shape\":[1],\"data_offsets\":[16,24]}}";
    char loss[64];
    put_safetensors("model.safetensors", "{" PARAM "}", 24);
    snprintf(loss, sizeof loss, "%s", run_expect(0, INIT).out);
    put_safetensors("model.safetensors", renamed, 24);
    const struct outcome other = run_expect(0, INIT);
    ck_assert_str_eq(other.out, loss);
    ck_assert_ptr_nonnull(
        strstr(other.err, "convlet train: note: ./model.safetensors: its names "
                          "are not those of the net; its arrays were taken by "
                          "order and shape\n"));
}
END_TEST

START_TEST(what_it_needs_is_named_where_it_cannot_be_read)
{
    put_safetensors("model.safetensors",
                    "{\"0.weight\":{\"dtype\":\"F16\",\"shape\":[1,1,1,2],"
                    "\"data_offsets\":[0,4]}}",
                    4);
    ck_assert_ptr_nonnull(
        strstr(run_expect(3, INIT).err,
               "convlet train: ./model.safetensors: tensor \"0.weight\" has "
               "the dtype \"F16\", convlet reads F32 and F64; save it as "
               "t.float() or t.double()\n"));
}
END_TEST

START_TEST(net_says_the_layers_of_a_model_from_elsewhere)
{
    const size_t shape[] = {2, 3, 7};
    put_array("x.npy", 3, shape);
    put_safetensors("model.safetensors",
                    "{\"__metadata__\":{\"format\":\"pt\"}," PARAM COUNTER "}",
                    32);
    ck_assert_str_eq(
        run_expect(3, "apply --model model.safetensors x.npy -o y.npy").err,
        "convlet apply: model.safetensors: does not say what its layers are; "
        "say so, as --net \"conv 8 3x3, relu, conv 3 3x3\"\n");
    run_expect(0, "apply --model model.safetensors --net 'conv 1 1x2' x.npy "
                  "-o y.npy");
    const size_t made[] = {2, 3, 6};
    cvl_tensor y = get_array("y.npy");
    expect_shape(&y, 3, made);
    cvl_tensor_free(&y);
    const struct outcome shown = run_expect(
        0, "show --model model.safetensors --net 'conv 1 1x2, relu'");
    ck_assert_ptr_nonnull(strstr(shown.out, "net      conv 1 1x2, relu\n"));
    ck_assert_str_eq(
        run_expect(3, "show --model model.safetensors --net 'conv 1 2x2'").err,
        "convlet show: model.safetensors: 0.weight is f64[1x1x1x2], expected "
        "f64[1x1x2x2]\n");
    run_expect(0, "train --quiet --steps 1 --out run");
    ck_assert_str_eq(
        run_expect(2, "show --model run/model.safetensors --net 'conv 1 2x2'")
            .err,
        "convlet show: run/model.safetensors: says itself that its net is "
        "'conv 4 2x2 stride=2x2 padding=1x1x1x1 dilation=1x1 groups=1 bias'; "
        "it "
        "takes no other\n");
}
END_TEST

/* Runs the line with this file as standard input, through a pipe or not. */
static struct outcome run_with(const char *input, bool piped, int status,
                               const char *line)
{
    const struct conditions conditions = {.input = input, .piped = piped};
    const struct outcome outcome = run_under(&conditions, line);
    ck_assert_msg(outcome.status == status, "convlet %s: %d: %s", line,
                  outcome.status, outcome.err);
    return outcome;
}

static void expect_same_file(const char *name, const char *other)
{
    static char a[1 << 16], b[1 << 16];
    const size_t size = get_text(name, a, sizeof a);
    ck_assert_uint_eq(get_text(other, b, sizeof b), size);
    ck_assert_mem_eq(a, b, size);
}

/* A model of three channels, and two pictures. */
static void make_model(void)
{
    run_expect(0, "train --quiet --net 'conv 3 3x3 padding=same' --steps 1 "
                  "--out m");
    put_picture("photo.png", "rgb8.png", 0, 0);
    put_picture("photo.jpg", "rgb.jpg", 0, 0);
}

START_TEST(a_dash_is_standard_input_and_output)
{
    if (UNDER_TSAN) return;
    make_model();
    run_expect(0, "apply --model m/model.safetensors photo.png -o y.png");
    run_expect(0, "apply --model m/model.safetensors photo.jpg -o z.png");
    for (int piped = 0; piped < 2; piped++) {
        const char *const err =
            run_with("photo.png", piped, 0,
                     "apply --model m/model.safetensors - -o - > out.png")
                .err;
        ck_assert_str_eq(err, "");
        expect_same_file("out.png", "y.png");
        run_with("photo.jpg", piped, 0,
                 "apply --model m/model.safetensors - -o - > out.png");
        expect_same_file("out.png", "z.png");
        run_with("photo.png", piped, 0,
                 "apply --model m/model.safetensors --force - -o dir");
        expect_same_file("dir/stdin.png", "y.png");
        run_with("m/model.safetensors", piped, 0,
                 "apply --model - --force photo.png -o out.png");
        expect_same_file("out.png", "y.png");
    }
    ck_assert_uint_eq(count_entries("."), 7);
}
END_TEST

START_TEST(arrays_and_settings_come_through_standard_input)
{
    const size_t shape[] = {1, 1, 2, 3};
    put_array("x.npy", 4, shape);
    static const char config[] = "[geometry]\nstride = 1\n";
    put_bytes("x.ini", config, sizeof config - 1);
    for (int piped = 0; piped < 2; piped++) {
        ck_assert_str_eq(
            run_with("x.npy", piped, 0, "conv --input - --weight 2 --bias 1")
                .out,
            "y [1,1,2,3]\n 3  5  7\n 9 11 13\n");
        /* Twice the same. */
        ck_assert_str_eq(
            run_with("x.npy", piped, 0, "conv --input - --weight -").out,
            "y [1,1,1,1]\n91\n");
        ck_assert_ptr_nonnull(strstr(
            run_with("x.ini", piped, 0, "train --config - --print-config").out,
            "; -:2\n"));
        run_with("x.npy", piped, 0,
                 "train --quiet --steps 1 --input - --kernels 1 --out run "
                 "--force");
        run_with("x.npy", piped, 0, "train --resume run --steps 2");
    }
    ck_assert_str_eq(
        run_with("x.ini", true, 3, "conv --input - --weight 1").err,
        "convlet conv: standard input: is neither a picture of a "
        "kind that convlet reads (PNG, JPEG, BMP, binary PNM) nor "
        "a .npy array\n");
    ck_assert_str_eq(run_expect(3, "conv --input - --weight 1").err,
                     "convlet conv: standard input: is empty; expected a "
                     "picture or a .npy array\n");
}
END_TEST

static const struct {
    const char *line, *err;
} no_outputs[] = {
    {"apply --model m/model.safetensors photo.png photo.jpg -o -",
     "convlet apply: --output -: standard output takes one result, not 2; name "
     "a directory\n"},
    {"apply --model m/model.safetensors photo.png -o - --compare photo.png",
     "convlet apply: --output -: standard output takes the result alone; leave "
     "out --compare\n"},
    {"train --quiet --steps 1 --out -",
     "convlet train: --out: - is standard output, which is no directory; one "
     "of that name is ./-\n"},
    {"explain --save-arrays -",
     "convlet explain: --save-arrays: - is standard output, which is no "
     "directory; one of that name is ./-\n"},
};

START_TEST(a_dash_that_cannot_be_is_refused)
{
    make_model();
    const size_t before = count_entries(".");
    ck_assert_str_eq(run_expect(2, no_outputs[_i].line).err,
                     no_outputs[_i].err);
    ck_assert_uint_eq(count_entries("."), before);
    run_expect(0, "train --quiet --steps 1 --out ./-");
}
END_TEST

START_TEST(a_result_that_standard_output_does_not_take_is_a_failure)
{
    make_model();
    ck_assert_str_eq(
        run_expect(1, "apply --model m/model.safetensors photo.png -o - "
                      "> /dev/full")
            .err,
        "convlet apply: /dev/stdout: cannot write: No space left on device\n");
    run_expect(1, "apply --model m/model.safetensors photo.png -o - >&-");
}
END_TEST

START_TEST(every_command_has_its_help_behind_h)
{
    static const char *const commands[] = {"train", "conv",  "explain", "check",
                                           "show",  "apply", "bench"};
    static char help[1 << 16];
    char line[64];
    snprintf(line, sizeof line, "%s --help", commands[_i]);
    snprintf(help, sizeof help, "%s", run_expect(0, line).out);
    snprintf(line, sizeof line, "%s -h", commands[_i]);
    ck_assert_str_eq(run_expect(0, line).out, help);
    snprintf(line, sizeof line, "%s --no-such-thing -h", commands[_i]);
    ck_assert_str_eq(run_expect(0, line).out, help);
}
END_TEST

static const struct {
    const char *text, *err;
} comments[] = {
    {"lr = 0.01 # note", "lr: '0.01 # note': "},
    {"input = a.png\t# note", "input: 'a.png?# note': "},
    {"init-bias = # note", "init-bias: '# note': "},
};

START_TEST(a_comment_that_is_none_is_refused_with_a_hint)
{
    char err[256];
    put_bytes("a.ini", comments[_i].text, strlen(comments[_i].text));
    snprintf(err, sizeof err,
             "convlet train: a.ini:1: %sbehind a value a comment begins with ; "
             "and not with #; a # that belongs to the value is written in "
             "quotes, as \"a #1\"\n",
             comments[_i].err);
    ck_assert_str_eq(run_expect(2, "train --config a.ini --print-config").err,
                     err);
}
END_TEST

START_TEST(a_hash_in_a_value_is_written_in_quotes)
{
    static const char *const names[] = {"a #1.png", "#1.png", "a#1.png"};
    static const char *const written[] = {
        "\ninput = \"a #1.png\"", "\ninput = \"#1.png\"", "\ninput = a#1.png"};
    char line[128];
    snprintf(line, sizeof line,
             "train --preset filter --input '%s' --print-config > a.ini",
             names[_i]);
    run_expect(0, line);
    static char text[1 << 14];
    get_text("a.ini", text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, written[_i]));
    const struct outcome again =
        run_expect(0, "train --config a.ini --print-config");
    ck_assert_ptr_nonnull(strstr(again.out, written[_i]));
}
END_TEST

/* ESC [, DEL, and the control sequence introducer as U+009B and as a byte. */
#define EVIL "a\x1b[31m\x7f\xc2\x9b\x9b\n.png"
#define TAME "a?[31m????.png"

static void expect_tame(const char *text)
{
    for (const char *c = text; *c; c++) {
        const unsigned char code = (unsigned char)*c;
        ck_assert_msg((code >= ' ' || code == '\n') && code != 0x7f &&
                          (code < 0x80 || code > 0x9f),
                      "%02x in %s", code, text);
    }
}

START_TEST(a_name_cannot_command_the_terminal)
{
    if (UNDER_TSAN) return;
    make_model();
    put_picture(EVIL, "rgb8.png", 0, 0);
    struct outcome outcome =
        run_expect(0, "apply --model m/model.safetensors " EVIL " -o '" EVIL
                      ".png' --compare " EVIL);
    expect_tame(outcome.err);
    expect_tame(outcome.out);
    ck_assert_str_eq(outcome.err, "wrote " TAME ".png\n");
    ck_assert_ptr_nonnull(strstr(outcome.out, TAME " psnr:"));
    ck_assert_ptr_null(strchr(outcome.out, '\n')[1] ? "two lines" : NULL);
    outcome = run_expect(0, "train --input " EVIL " --target " EVIL
                            " --steps 1 --out 'r" EVIL "'");
    expect_tame(outcome.err);
    expect_tame(outcome.out);
    static char text[1 << 18];
    get_text("r" EVIL "/report.html", text, sizeof text);
    expect_tame(text);
    get_text("r" EVIL "/config.ini", text, sizeof text);
    expect_tame(text);
    ck_assert_ptr_nonnull(
        strstr(text, "a\\x1b[31m\\x7f\\xc2\\x9b\\x9b\\x0a.png\""));
    expect_tame(run_expect(0, "train --resume 'r" EVIL "' --steps 2").err);
    expect_tame(run_expect(1, "conv --input '" EVIL "x' --weight 1").err);
    expect_tame(run_expect(2, "train --'" EVIL "' 1").err);
    expect_tame(run_expect(0, "train --input '" EVIL "' --print-config").out);
}
END_TEST

static const struct {
    const char *line, *err;
} habits[] = {
    {"train --cuda", "there is no flag --cuda; convlet computes on processors "
                     "alone; --threads says on how many"},
    {"train --profile",
     "there is no flag --profile; convlet bench --net SPEC says where the time "
     "of a step goes"},
    {"bench --device=cpu",
     "there is no flag --device; convlet computes on processors alone; "
     "--threads says on how many"},
    {"train --epochs 3", "--epochs goes with samples: --data, or --input and "
                         "--target of files"},
    {"train --model m.safetensors",
     "there is no flag --model; --init FILE starts from a model, --resume DIR "
     "goes on with a run, --net \"conv 8 3x3, relu, conv 3 3x3\" says the "
     "layers"},
    {"conv --transposed",
     "there is no flag --transposed; a transposed convolution is the gradient "
     "by the input: convlet conv --grad-output X --grad-input -; to enlarge "
     "pictures, train with --degrade shrink:2"},
    {"apply --input photo.png",
     "there is no flag --input; files are named without a flag: convlet apply "
     "--model MODEL photo.png -o better.png"},
    {"train --padding reflect",
     "--padding: 'reflect' is not a padding; only zeros are padded; pad the "
     "array before, as np.pad does, for anything else"},
    {"train --loss MSELoss",
     "--loss: 'MSELoss' is not one of {losses}; did you mean 'mse'? With "
     "--reduction mean it is torch's MSELoss"},
    {"train --loss mae",
     "--loss: 'mae' is not one of {losses}; did you mean 'l1'? With "
     "--reduction mean it is torch's L1Loss"},
    {"train --loss hubr:2",
     "--loss: 'hubr:2' is not one of {losses}; did you mean 'huber'?"},
    {"train --loss huber:",
     "--loss: delta '' of loss huber is not a number above 0"},
    {"train --loss charbonnier:0",
     "--loss: eps '0' of loss charbonnier is not a number above 0"},
    {"train --loss mse:2", "--loss: loss mse takes no number, got '2'"},
    {"train --loss cross-entropy",
     "--loss cross-entropy is of labels, and random is what is learned from; "
     "name labelled samples with --data, or arrays with --input and --target"},
    {"train --loss cross-entropy --region valid",
     "--region leaves out pixels of a target; --loss cross-entropy has labels"},
    {"train --loss l1 --label-smoothing 0.1",
     "--label-smoothing is for a loss of labels, as cross-entropy; --loss l1 "
     "has none"},
    {"train --loss huber --optimizer cg",
     "--optimizer cg is for a quadratic loss, and huber is none; use sgd or "
     "adam"},
    {"explain --loss cross-entropy --target ones --grad-bias 0",
     "--loss cross-entropy is of labels, and a convolution is explained "
     "toward an array; take mse, l1, huber or charbonnier"},
    {"train --optimizer AdamW",
     "--optimizer: 'AdamW' is not one of {optimizers}; adam is the nearest"},
    {"train --init he_normal",
     "--init: 'he_normal' is not one of normal, kaiming, zeros; did you mean "
     "'kaiming'?"},
    {"train --net 'Conv2d 8 3x3'",
     "--net: layer 0: unknown layer 'Conv2d'; did you mean 'conv'? conv 8 3x3 "
     "has 8 kernels of 3x3"},
    {"conv --net 'conv 8 3x3, nn.MaxPool2d(2)'",
     "--net: layer 1: unknown layer 'nn.MaxPool2d'; did you mean 'maxpool'? "
     "maxpool 2 takes the largest of 2x2"},
    {"train --net 'flatten, dense 10'",
     "--net: layer 0: unknown layer 'flatten'; leave it out; numbers stay in "
     "channels, rows and columns, and dense takes them as they are"},
    {"train --net 'dense 10, softmax'",
     "--net: layer 1: unknown layer 'softmax'; it belongs to the loss; end "
     "with dense, and say --loss cross-entropy"},
    {"check --net 'dense 10, dropout 0.5'",
     "--net: layer 1: unknown layer 'dropout'; there is none; against "
     "overfitting, --shift moves the pictures and --weight-decay keeps weights "
     "small"},
    {"train --net 'fc 10'",
     "--net: layer 0: unknown layer 'fc'; did you mean 'dense'? dense 10 makes "
     "10 numbers of all channels, rows and columns"},
    {"train --net 'batchnorm2d'",
     "--net: layer 0: unknown layer 'batchnorm2d'; did you mean 'batchnorm'?"},
    {"train --net 'upsample 2'",
     "--net: layer 0: unknown layer 'upsample'; did you mean 'shuffle'? conv "
     "12 3x3 padding=same, shuffle 2 makes 3 channels of twice the size"},
    {"train --net 'transposed 8 3x3'",
     "--net: layer 0: unknown layer 'transposed'; a transposed convolution is "
     "the gradient by the input: convlet conv --grad-output X --grad-input -; "
     "in a net, conv and shuffle 2 enlarge"},
    {"train --net 'conv 4 3x3, ReLU'",
     "--net: layer 1: unknown layer 'ReLU'; did you mean 'relu'?"},
    {"apply --model m --net 'conv 4 3x3, maxpol 2' x.png",
     "--net: layer 1: unknown layer 'maxpol'; did you mean 'maxpool'?"},
    {"train --config habit.ini", "habit.ini:1: unknown key 'device'; convlet "
                                 "computes on processors alone; --threads "
                                 "says on how many"},
};

START_TEST(a_habit_gets_an_answer_that_leads_further)
{
    char named[512], err[640];
    put_bytes("habit.ini", "device = cuda\n", 14);
    const char *const line = habits[_i].line;
    snprintf(err, sizeof err, "convlet %.*s: %s\n", (int)strcspn(line, " "),
             line, rows_named(habits[_i].err, named, sizeof named));
    ck_assert_str_eq(run_expect(2, line).err, err);
}
END_TEST

/* Its results are pictures: all of target.png would be white. */
START_TEST(a_target_of_no_picture_s_values_is_noted)
{
    static const char train[] =
        "train --kernel-size 1 --steps 1 --input four.pgm --target ";
    char line[256];
    put_bytes("four.pgm", "P5 4 4 255\n\0abcdefghijklmn\377", 27);
    run_expect(0, "conv --input four.pgm --weight 255 -o bytes.npy");
    run_expect(0, "conv --input four.pgm --weight 1 -o values.npy");
    snprintf(line, sizeof line, "%sbytes.npy --out noted", train);
    ck_assert_ptr_nonnull(
        strstr(run_expect(0, line).err,
               "convlet train: note: bytes.npy: its values go from 0 to 255, "
               "those of a picture from 0 to 1; what is beyond becomes black "
               "or white\n"));
    snprintf(line, sizeof line, "%svalues.npy --out plain", train);
    ck_assert_ptr_null(strstr(run_expect(0, line).err, "its values go"));
    snprintf(line, sizeof line, "%sbytes.npy", train);
    ck_assert_ptr_null(strstr(run_expect(0, line).err, "its values go"));
}
END_TEST

START_TEST(json_has_one_zero)
{
    const struct outcome outcome =
        run_expect(0, "explain --input '0 1' --weight '-1 1' --at 0 --format "
                      "json");
    ck_assert_ptr_nonnull(strstr(outcome.out, "\"product\":\t0"));
    ck_assert_ptr_null(strstr(outcome.out, "-0,"));
    ck_assert_ptr_null(strstr(outcome.out, "-0\n"));
}
END_TEST

START_TEST(a_drawing_has_the_sums_unrounded)
{
    const struct outcome outcome =
        run_expect(0, "explain --input '1234 2000' --weight '1 0.25' --bias "
                      "0.5 --at 0 --format svg");
    ck_assert_ptr_nonnull(strstr(outcome.out, "1734.5</text>"));
    ck_assert_ptr_nonnull(strstr(outcome.out, "500    1734</text>"));
}
END_TEST

static const struct {
    const char *picture, *flags, *err;
} too_small[] = {
    {"one.pgm", "noise:25",
     "one.pgm: is held out, and too small for the net at 1 x 1 (height x "
     "width); choose a larger one with --validation"},
    {"three.pgm", "noise:25",
     "three.pgm: is held out, and too small for the net at 3 x 3 (height x "
     "width); choose a larger one with --validation"},
    {"one.pgm", "down:2",
     "one.pgm: a picture of 1 x 1 (height x width) is too small for --degrade "
     "down:2"},
    {"one.pgm", "shrink:2",
     "one.pgm: is 1 x 1 (height x width), too small to be made 2 times "
     "smaller"},
    {"one.pgm", "noise:25 --net 'conv 3 9x9 padding=3'",
     "layer 0 (conv 3 9x9 padding=3): kernel height 9 does not fit the padded "
     "input height 7; use a smaller kernel or more padding"},
    {"three.pgm", "noise:25 --net 'conv 3 2x2'",
     "with --degrade, the output must be as large as the input; use "
     "padding=same and stride=1, and as many kernels at the end as there are "
     "channels (3)"},
};

START_TEST(a_picture_too_small_to_be_held_out_is_named)
{
    char line[256], err[512];
    put_bytes("one.pgm", "P5 1 1 255\n~", 12);
    put_bytes("three.pgm", "P5 3 3 255\nabcdefghi", 20);
    snprintf(line, sizeof line,
             "train --quiet --target leaves --patch 16 --steps 1 "
             "--validation %s --degrade %s",
             too_small[_i].picture, too_small[_i].flags);
    snprintf(err, sizeof err, "convlet train: %s\n", too_small[_i].err);
    ck_assert_str_eq(run_expect(2, line).err, err);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        what_a_net_does_not_need_of_a_file_is_passed_over,
        params_of_other_names_are_taken_and_this_is_said,
        what_it_needs_is_named_where_it_cannot_be_read,
        net_says_the_layers_of_a_model_from_elsewhere,
        a_dash_is_standard_input_and_output,
        arrays_and_settings_come_through_standard_input,
        a_result_that_standard_output_does_not_take_is_a_failure,
        a_name_cannot_command_the_terminal,
        json_has_one_zero,
        a_target_of_no_picture_s_values_is_noted,
        a_drawing_has_the_sums_unrounded,
    };
    Suite *const suite = suite_create("edges");
    TCase *const all = tcase_create("edges");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(all, tests[i]);
    tcase_add_loop_test(all, a_dash_that_cannot_be_is_refused, 0, 4);
    tcase_add_loop_test(all, every_command_has_its_help_behind_h, 0, 7);
    tcase_add_loop_test(all, a_comment_that_is_none_is_refused_with_a_hint, 0,
                        3);
    tcase_add_loop_test(all, a_hash_in_a_value_is_written_in_quotes, 0, 3);
    tcase_add_loop_test(all, a_habit_gets_an_answer_that_leads_further, 0,
                        (int)(sizeof habits / sizeof habits[0]));
    tcase_add_loop_test(all, a_picture_too_small_to_be_held_out_is_named, 0,
                        (int)(sizeof too_small / sizeof too_small[0]));
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
