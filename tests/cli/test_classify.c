/* test_classify.c - samples are learned in batches, and told apart. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "convlet/file.h"
#include "convlet/model.h"
#include "convlet/npy.h"
#include "expect.h"
#include "fixtures.h"
#include "run.h"

/* A net that learns the digits in a blink. */
#define SMALL                                                            \
    "--data digits --threads 1 --net 'conv 4 3x3 stride=2, relu, dense " \
    "auto' --init kaiming --lr 0.05 --momentum 0.9 --log-every 20 --quiet "

static void expect_same_file(const char *one, const char *other)
{
    static char a[1 << 18], b[1 << 18];
    const size_t size = get_text(one, a, sizeof a);
    ck_assert_msg(size == get_text(other, b, sizeof b) &&
                      memcmp(a, b, size) == 0,
                  "%s and %s differ", one, other);
}

/* But for the checkpoint, which holds the settings too. */
static void expect_same_run(const char *one, const char *other)
{
    static const char *const files[] = {"model.safetensors", "loss.csv",
                                        "epochs.csv"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char a[64], b[64];
        snprintf(a, sizeof a, "%s/%s", one, files[i]);
        snprintf(b, sizeof b, "%s/%s", other, files[i]);
        expect_same_file(a, b);
    }
}

static size_t count_lines(const char *text, const char *start)
{
    size_t count = 0;
    for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
        count += strncmp(text, start, strlen(start)) == 0;
    return count;
}

/* The last line of stderr, "held out: N of M right (P %)". */
static double verdict(const struct outcome *outcome, unsigned *count)
{
    const char *last = outcome->err;
    for (const char *c = last; *c; c++)
        if (*c == '\n' && c[1]) last = c + 1;
    char *end = NULL;
    ck_assert_msg(!strncmp(last, "held out: ", 10), "%s", last);
    const unsigned long right = strtoul(last + 10, &end, 10);
    ck_assert_msg(!strncmp(end, " of ", 4), "%s", last);
    *count = (unsigned)strtoul(end + 4, &end, 10);
    ck_assert_msg(!strncmp(end, " right (", 8), "%s", last);
    const double percent = strtod(end + 8, &end);
    ck_assert_str_eq(end, " %)\n");
    ck_assert_double_eq_tol(percent, 100.0 * (double)right / *count, 0.051);
    return percent;
}

/* An array of small whole numbers. */
static void put_numbers(const char *name, size_t ndim, const size_t *shape,
                        const double *values)
{
    cvl_tensor tensor;
    cvl_error err;
    expect_ok(cvl_tensor_init(&tensor, CVL_F64, ndim, shape, &err), err);
    for (size_t i = 0; i < tensor.count; i++)
        cvl_tensor_set(&tensor, i, values[i]);
    expect_ok(cvl_npy_save(name, &tensor, &err), err);
    cvl_tensor_free(&tensor);
}

/* Grey pictures of 6 x 6, whose bright half tells them apart. */
static void put_square(const char *name, bool is_left, unsigned seed)
{
    unsigned char bytes[64];
    const int head = snprintf((char *)bytes, sizeof bytes, "P5\n6 6\n255\n");
    for (size_t i = 0; i < 36; i++)
        bytes[(size_t)head + i] =
            (unsigned char)(((i % 6 < 3) == is_left ? 160 : 20) +
                            ((size_t)seed * 7 + i * 13) % 60);
    put_bytes(name, bytes, (size_t)head + 36);
}

static void put_folders(void)
{
    static const char *const names[2] = {"cat", "no cat"};
    mkdir("set", 0777);
    for (unsigned k = 0; k < 2; k++) {
        char path[64];
        snprintf(path, sizeof path, "set/%s", names[k]);
        mkdir(path, 0777);
        for (unsigned i = 0; i < 10; i++) {
            snprintf(path, sizeof path, "set/%s/%u.pgm", names[k], i);
            put_square(path, k == 0, i);
        }
    }
}

static const struct {
    const char *hold_out;
    unsigned count;
    double percent;
} promises[] = {{"every:5", 359, 98.5}, {"last:360", 360, 95}};

START_TEST(the_preset_tells_digits_apart_as_promised)
{
    char line[128];
    unsigned count;
    snprintf(line, sizeof line,
             "train --preset digits --threads 1 --hold-out %s",
             promises[_i].hold_out);
    const struct outcome outcome = run_expect(0, line);
    ck_assert_double_ge(verdict(&outcome, &count), promises[_i].percent);
    ck_assert_uint_eq(count, promises[_i].count);
    ck_assert_ptr_nonnull(strstr(outcome.err, "to compare with: always 1, the "
                                              "most frequent class: "));
    ck_assert_uint_eq(count_lines(outcome.err, "held out:"), 1);
    ck_assert_uint_eq(count_lines(outcome.out, "epoch:"), 40);
}
END_TEST

START_TEST(each_epoch_has_its_line_in_every_form)
{
    char text[1024];
    struct outcome outcome = run_expect(0, "train " SMALL "--epochs 2 --out a");
    ck_assert_uint_eq(count_lines(outcome.out, "epoch:"), 2);
    ck_assert_uint_eq(count_lines(outcome.out, "epoch:1,loss:"), 1);
    ck_assert_uint_eq(count_lines(outcome.out, "step:"), 6);
    ck_assert_uint_eq(count_lines(outcome.out, "step:89,loss:"), 1);
    get_text("a/epochs.csv", text, sizeof text);
    ck_assert_uint_eq(count_lines(text, "epoch,loss,accuracy,held-out-loss,"
                                        "held-out-accuracy"),
                      1);
    ck_assert_uint_eq(count_lines(text, "1,"), 1);
    get_text("a/loss.csv", text, sizeof text);
    ck_assert_uint_eq(count_lines(text, "step,loss\n"), 1);
    outcome = run_expect(0, "train " SMALL "--epochs 2 --log csv");
    ck_assert_uint_eq(count_lines(outcome.out, "step,epoch,loss,accuracy,"), 1);
    ck_assert_uint_eq(count_lines(outcome.out, ",1,"), 1);
    outcome = run_expect(0, "train " SMALL "--epochs 2 --hold-out none "
                            "--log jsonl");
    ck_assert_uint_eq(count_lines(outcome.out, "{\"epoch\":1,\"loss\":"), 1);
    ck_assert_ptr_null(strstr(outcome.out, "held-out"));
}
END_TEST

/* 1438 samples in batches of 32 are 44 and a short one; in 70 steps is one
 * epoch and a part. */
static const struct {
    const char *name, *first, *whole;
} stops[] = {
    {"steps", "--steps 70", "--steps 110"},
    {"epochs", "--epochs 1", "--epochs 3"},
    {"moved", "--steps 50 --shift 1 --standardize",
     "--steps 60 --shift 1 "
     "--standardize"},
    {"norm",
     "--net 'conv 4 3x3, batchnorm, relu, avgpool all, dense 10' --steps 20",
     "--net 'conv 4 3x3, batchnorm, relu, avgpool all, dense 10' --steps 70"}};

START_TEST(a_run_that_stops_within_an_epoch_goes_on_to_the_same_bytes)
{
    char line[640];
    snprintf(line, sizeof line, "train " SMALL "%s --out whole",
             stops[_i].whole);
    run_expect(0, line);
    snprintf(line, sizeof line, "train " SMALL "%s --out parts",
             stops[_i].first);
    run_expect(0, line);
    const char *const more = strstr(stops[_i].whole, "--steps")
                                 ? strstr(stops[_i].whole, "--steps")
                                 : stops[_i].whole;
    snprintf(line, sizeof line, "train --quiet --resume parts %.*s",
             (int)strcspn(more + 10, " ") + 10, more);
    run_expect(0, line);
    expect_same_run("parts", "whole");
    expect_same_file("parts/checkpoint.safetensors",
                     "whole/checkpoint.safetensors");
}
END_TEST

START_TEST(threads_never_change_what_is_learned)
{
    run_expect(0, "train " SMALL "--epochs 1 --shift 1 --out one");
    run_expect(0,
               "train " SMALL "--epochs 1 --shift 1 --threads 3 --out three");
    expect_same_run("three", "one");
}
END_TEST

START_TEST(an_order_is_followed_to_the_step)
{
    static const double order[6] = {5, 0, 1, 1436, 5, 2};
    static const size_t shape[2] = {3, 2};
    put_numbers("order.npy", 2, shape, order);
    const struct outcome outcome =
        run_expect(0, "train --data digits --hold-out last:360 --order "
                      "order.npy --net 'dense 10' --log-every 1 --out ordered");
    ck_assert_uint_eq(count_lines(outcome.out, "step:"), 3);
    ck_assert_uint_eq(count_lines(outcome.out, "epoch:"), 0);
    ck_assert_ptr_nonnull(strstr(outcome.err, "f32[2x1x8x8]"));
    run_expect(0, "train --data digits --hold-out last:360 --order order.npy "
                  "--net 'dense 10' --steps 2 --out fewer --quiet");
    run_expect(0, "train --resume fewer --steps 3 --quiet");
    expect_same_file("fewer/model.safetensors", "ordered/model.safetensors");
    put_numbers("order.npy", 2, shape, (const double[]){5, 0, 1, 3, 5, 2});
    const char *const err =
        run_expect(2, "train --resume fewer --steps 4 --quiet").err;
    ck_assert_ptr_nonnull(strstr(err, "learned from other data: --order"));
}
END_TEST

START_TEST(the_last_short_batch_is_trained_on_or_left_out)
{
    struct outcome outcome = run_expect(
        0, "train --data digits --net 'dense 10' --epochs 1 --log-every 99");
    ck_assert_ptr_nonnull(strstr(outcome.err, "1438 samples to train on, 359 "
                                              "held out, 45 steps an epoch"));
    ck_assert_uint_eq(count_lines(outcome.out, "step:44,"), 1);
    outcome = run_expect(0, "train --data digits --net 'dense 10' --epochs 1 "
                            "--log-every 99 --drop-last");
    ck_assert_uint_eq(count_lines(outcome.out, "step:43,"), 1);
}
END_TEST

START_TEST(a_folder_for_each_class_is_learned_and_named)
{
    cvl_model model;
    cvl_model_about about;
    cvl_error err;
    unsigned count;
    put_folders();
    const struct outcome outcome = run_expect(
        0, "train --data set --epochs 30 --batch-size 4 --out run --threads 1");
    ck_assert(verdict(&outcome, &count) > 99 && count == 4);
    ck_assert_ptr_nonnull(strstr(outcome.err, "always cat, the most frequent"));
    expect_ok(cvl_model_load("run/model.safetensors", &model, &err), err);
    expect_ok(cvl_model_read_about(&model, &about, &err), err);
    ck_assert_str_eq(about.classes, "cat\nno cat");
    ck_assert_str_eq(about.scaling, "0..1");
    ck_assert(about.divisor == 255 && about.color == CVL_COLOR_Y);
    cvl_model_free(&model);
    ck_assert_ptr_nonnull(strstr(run_expect(0, "train --resume run").err,
                                 "already at step 120; for more, raise "
                                 "--epochs"));
    put_square("set/cat/3.pgm", true, 99);
    ck_assert_ptr_nonnull(strstr(run_expect(2, "train --resume run").err,
                                 "set/cat/3.pgm holds other bytes"));
}
END_TEST

START_TEST(held_out_files_that_are_learned_from_are_told)
{
    const struct outcome outcome = run_expect(
        0, "train --data digits --hold-out digits --net 'dense 10' --steps 1");
    ck_assert_ptr_nonnull(
        strstr(outcome.err,
               "convlet train: warning: 1797 of the 1797 samples that are held "
               "out are trained on as well, and say nothing of what it makes "
               "of others; hold out other files\n"));
}
END_TEST

START_TEST(a_quiet_run_says_its_result_alone)
{
    unsigned count;
    const struct outcome outcome = run_expect(0, "train " SMALL "--epochs 1");
    verdict(&outcome, &count);
    ck_assert_uint_eq(count_lines(outcome.err, ""), 1);
    ck_assert_str_eq(
        run_expect(0, "train " SMALL "--epochs 1 --hold-out none").err, "");
}
END_TEST

START_TEST(arrays_are_one_batch_until_its_size_is_given)
{
    static const size_t in[4] = {6, 1, 3, 3}, out[4] = {6, 1, 3, 3};
    put_array("x.npy", 4, in);
    put_array("t.npy", 4, out);
    struct outcome outcome =
        run_expect(0, "train --input x.npy --target t.npy --net 'conv 1 1x1' "
                      "--steps 3");
    ck_assert_ptr_nonnull(strstr(outcome.err, "f32[6x1x3x3]"));
    ck_assert_uint_eq(count_lines(outcome.out, "epoch:"), 0);
    outcome = run_expect(0, "train --input x.npy --target t.npy --net 'conv 1 "
                            "1x1' --batch-size 4 --epochs 3");
    ck_assert_ptr_nonnull(strstr(outcome.err, "f32[4x1x3x3]"));
    ck_assert_uint_eq(count_lines(outcome.out, "step:"), 6);
    ck_assert_uint_eq(count_lines(outcome.out, "epoch:"), 3);
    put_numbers("l.npy", 1, (const size_t[]){6},
                (const double[]){0, 1, 0, 1, 1, 0});
    outcome = run_expect(0, "train --input x.npy --target l.npy --loss "
                            "cross-entropy --net 'dense 2' --steps 2");
    ck_assert_uint_eq(count_lines(outcome.out, "epoch:1,loss:"), 1);
}
END_TEST

START_TEST(directories_of_pairs_train_a_restorer)
{
    mkdir("in", 0777);
    mkdir("out", 0777);
    for (unsigned i = 0; i < 6; i++) {
        char path[32];
        snprintf(path, sizeof path, "in/%u.pgm", i);
        put_square(path, true, i);
        snprintf(path, sizeof path, "out/%u.pgm", i);
        put_square(path, true, i);
    }
    const struct outcome outcome = run_expect(
        0, "train --input in --target out --net 'conv 1 1x1' --reduction mean "
           "--lr 0.1 --epochs 60 --batch-size 2 --hold-out last:2 --out run "
           "--log-every 500");
    ck_assert_uint_eq(count_lines(outcome.out, "epoch:59,loss:"), 1);
    ck_assert_ptr_nonnull(strstr(outcome.out, ",held-out-loss:"));
    ck_assert_ptr_nonnull(strstr(outcome.err, "held out: a loss of "));
    ck_assert_ptr_nonnull(
        strstr(run_expect(4, "train --input in --target out --net 'conv 1 "
                             "1x1' --batch-size 6 --lr 0.2 --steps 300")
                   .err,
               "; try --reduction mean, as the notebook's sums over all "
               "numbers but the samples; try a smaller --lr than 0.2"));
    ck_assert_ptr_nonnull(strstr(
        run_expect(3, "train --input in --target out --net 'conv 2 1x1'").err,
        "the net makes 2x6x6 of a sample, and its target is 1x6x6; "
        "change --net, or --kernels, --stride and --padding"));
}
END_TEST

/* Each number of an input is 140 of 255 off its target. */
START_TEST(pairs_are_compared_with_their_inputs_as_they_are)
{
    static const char untouched[] =
        "to compare with: the inputs as they are: a loss of 0.301423\n";
    mkdir("in", 0777);
    mkdir("out", 0777);
    for (unsigned i = 0; i < 5; i++) {
        char path[32];
        snprintf(path, sizeof path, "in/%u.pgm", i);
        put_square(path, true, i);
        snprintf(path, sizeof path, "out/%u.pgm", i);
        put_square(path, false, i);
    }
    const char *err = run_expect(0, "train --input in --target out --net 'conv "
                                    "1 1x1' --init zeros --epochs 1 "
                                    "--hold-out last:2")
                          .err;
    ck_assert_ptr_nonnull(strstr(err, untouched));
    ck_assert_ptr_null(strstr(err, "untouched, at a loss of"));
    err =
        run_expect(
            0,
            "train --input in --target out --net 'conv 4 1x1, conv "
            "1 1x1' --seed 5 --lr 1e-9 --epochs 1 --hold-out last:2 --out run")
            .err;
    ck_assert_ptr_nonnull(strstr(err, untouched));
    ck_assert_ptr_nonnull(
        strstr(err, "what is held out would be nearer to its targets "
                    "untouched, at a loss of 0.3014 instead of "));
    ck_assert_ptr_nonnull(strstr(
        err, "; try --optimizer adam --init kaiming --reduction mean\n"));
    cvl_bytes page;
    cvl_error error;
    expect_ok(cvl_file_read("run/report.html", 1 << 20, &page, &error), error);
    static const char *const words[] = {
        "Warning: what is held out would be nearer to its targets untouched",
        " in 2 samples; 0.301423 of the inputs as they are</p>",
        "The first of the last batch's 3.</p>", "grey is none"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        ck_assert_ptr_nonnull(strstr((const char *)page.data, words[i]));
    cvl_bytes_free(&page);
}
END_TEST

START_TEST(a_classifier_that_learned_nothing_is_told)
{
    const char *err =
        run_expect(0, "train --data digits --net 'dense 10' --init zeros --lr "
                      "1e-9 --steps 3")
            .err;
    ck_assert_ptr_nonnull(strstr(err, "has not left ln 10 = 2.303"));
    ck_assert_ptr_nonnull(strstr(err, "gives; try another --lr or --init, or"));
    err = run_expect(0, "train --data digits --net 'dense 10' --lr 1e-9 "
                        "--steps 3")
              .err;
    ck_assert_ptr_nonnull(strstr(err, "gives; try --preset digits beside "
                                      "--net, for Adam and --init kaiming"));
    err = run_expect(0, "train --data digits --net 'conv 4 3x3, relu, dense "
                        "10' --init zeros --steps 3")
              .err;
    ck_assert_ptr_nonnull(strstr(err, "every answer to what is held out is "));
    ck_assert_ptr_nonnull(strstr(err, "warning: --init zeros leaves"));
}
END_TEST

static const struct {
    int status;
    const char *line, *err;
} mistakes[] = {
    {2, "train --data digits --steps 3 --epochs 3",
     "--steps does not go with --epochs; leave one of them out"},
    {2, "train --data digits --order o.npy --epochs 3",
     "--order does not go with --epochs; leave one of them out"},
    {2, "train --data digits --order o.npy --shift 1",
     "--order does not go with --shift; leave one of them out"},
    {2, "train --data digits --hold-out every:5 --validation a.png",
     "--validation goes with --degrade, which makes the input"},
    {2, "train --input x.npy --target t.npy --batch-size 2 --validation a.png",
     "--validation goes with --degrade; --hold-out says which of the pairs to "
     "measure with"},
    {2, "train --input x.npy --target t.npy --batch-size 2 --residual",
     "--residual goes with --degrade; of pairs the net learns the whole "
     "target, not what the input lacks"},
    {2, "train --input x.npy --target t.npy --batch-size 2 --patch 9",
     "--patch goes with --degrade, not with pairs, which are taken whole"},
    {2, "train --data digits --hold-out 0.2",
     "hold-out is '0.2'; write every:5 for one of each 5, or last:N for the "
     "last N"},
    {1, "train --data digits --hold-out lst:4",
     "lst:4: no such file or directory; expected none, every:N, last:N, "
     "'digits', a directory, IMAGES,LABELS or FILE.bin,..."},
    {2, "train --data digits --input x.npy",
     "--input does not go with --data, which has inputs and labels"},
    {2, "train --data digits --net 'dense 10' --batch 10",
     "--batch is for random input; --batch-size says how many samples a step "
     "takes"},
    {2, "train --data digits --val-split 0.2",
     "unknown flag --val-split; did you mean --hold-out?"},
    {2, "train --data digits --rtol 0.1",
     "--rtol does not go with samples, of which each step sees others"},
    {2, "train --data digits --net 'dense 9'",
     "the net tells 9 classes apart, and the data has 10; end --net with dense "
     "10"},
    {2, "train --data digits --loss mse",
     "--loss mse is for numbers, and the samples have labels; use --loss "
     "cross-entropy"},
    {2, "train --data digits --net 'conv 1 1x1' --optimizer cg",
     "--loss cross-entropy takes one number for each class, and the output is "
     "f32[32x1x8x8]; end the net in avgpool all, or dense"},
    {2, "train --hold-out every:3",
     "--hold-out goes with samples: --data, or --input and --target of files"},
    {2, "train --batch-size 4",
     "--batch-size goes with --data, --degrade, or --input and --target of "
     "files"},
    {2, "train --input x.npy --batch-size 4",
     "--target ones is for one batch; samples need files, an array with as "
     "many of them, or a directory"},
    {2, "train --data digits --epochs 1000000000000",
     "--epochs: '1000000000000' is out of range; expected none, or 1 to "
     "1000000000"},
    {1, "train --data nowhere --epochs 3", NULL},
    {1, "train --preset fashion --data nowhere", NULL},
};

START_TEST(what_does_not_go_together_is_refused_in_one_line)
{
    static const size_t shape[4] = {4, 1, 3, 3};
    char expected[512];
    put_array("x.npy", 4, shape);
    const struct outcome outcome =
        run_expect(mistakes[_i].status, mistakes[_i].line);
    ck_assert_uint_eq(count_lines(outcome.err, ""), 1);
    if (!mistakes[_i].err) return;
    snprintf(expected, sizeof expected, "convlet train: %s\n",
             mistakes[_i].err);
    ck_assert_str_eq(outcome.err, expected);
}
END_TEST

START_TEST(a_preset_whose_data_is_not_installed_says_how)
{
    struct stat info;
    if (!stat("/usr/share/datasets/fashion-mnist", &info)) return;
    ck_assert_ptr_nonnull(strstr(run_expect(1, "train --preset fashion").err,
                                 "apt-get install dataset-fashion-mnist"));
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("classify");
    TCase *const all = tcase_create("classify");
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, the_preset_tells_digits_apart_as_promised, 0,
                        sizeof promises / sizeof promises[0]);
    tcase_add_test(all, each_epoch_has_its_line_in_every_form);
    tcase_add_loop_test(
        all, a_run_that_stops_within_an_epoch_goes_on_to_the_same_bytes, 0,
        sizeof stops / sizeof stops[0]);
    tcase_add_test(all, threads_never_change_what_is_learned);
    tcase_add_test(all, an_order_is_followed_to_the_step);
    tcase_add_test(all, the_last_short_batch_is_trained_on_or_left_out);
    tcase_add_test(all, a_folder_for_each_class_is_learned_and_named);
    tcase_add_test(all, held_out_files_that_are_learned_from_are_told);
    tcase_add_test(all, a_quiet_run_says_its_result_alone);
    tcase_add_test(all, arrays_are_one_batch_until_its_size_is_given);
    tcase_add_test(all, directories_of_pairs_train_a_restorer);
    tcase_add_test(all, pairs_are_compared_with_their_inputs_as_they_are);
    tcase_add_test(all, a_preset_whose_data_is_not_installed_says_how);
    tcase_add_test(all, a_classifier_that_learned_nothing_is_told);
    tcase_add_loop_test(all, what_does_not_go_together_is_refused_in_one_line,
                        0, sizeof mistakes / sizeof mistakes[0]);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
